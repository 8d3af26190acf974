"""What a batch shows while it runs, on stderr: a bar where somebody is watching, else a line now and then."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from reportgen.batch.job import Outcome, State
from reportgen.batch.night import Tally
from reportgen.batch.results import STATES
from reportgen.cli.page import say
from reportgen.errors import TABLE, printable

T = TypeVar("T")
_EACH = 15.0
"""Seconds between two lines where nobody is watching."""
_MINUTE, _HOUR = 60, 3600


class Shown(Protocol):
    """Where the progress of a batch is shown."""

    def ended(self, outcomes: Iterable[Outcome]) -> None:
        """Take note of what has ended, and show it when it is time."""

    def tell(self, text: str) -> None:
        """Say something at once."""


@dataclass
class Pace:
    """How much of so many has ended, what came of it, and how fast it goes."""

    total: int
    begun: float = field(default_factory=time.monotonic)
    counts: dict[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))

    @property
    def done(self) -> int:
        """Return how many have ended."""
        return sum(self.counts.values())

    @property
    def seconds(self) -> float:
        """Return how long it has taken so far."""
        return time.monotonic() - self.begun

    def a_minute(self) -> float:
        """Return how many end in a minute."""
        return self.done * _MINUTE / max(self.seconds, 0.001)

    def count(self, outcomes: Iterable[Outcome]) -> None:
        """Count what has ended."""
        for outcome in outcomes:
            self.counts[outcome.state] += 1

    def words(self) -> str:
        """Return what came of it and how fast it goes, in a few words; none before there is anything."""
        if not self.done:
            return ""
        said = [f"{STATES[state]} {count}" for state, count in self.counts.items() if count]
        return "，".join([*said, f"每分钟 {self.a_minute():.1f} 份"])

    def left(self) -> str:
        """Return how long the rest will take, as far as anybody can tell."""
        if not self.done:
            return ""
        return f"，约需再 {lasting((self.total - self.done) * self.seconds / self.done)}"


@dataclass
class _Lines:
    pace: Pace
    said: float

    def ended(self, outcomes: Iterable[Outcome]) -> None:
        self.pace.count(outcomes)
        pace = self.pace
        if pace.done and time.monotonic() - self.said >= _EACH:
            self.said = time.monotonic()
            self.tell(f"{pace.done}/{pace.total}　{pace.words()}{pace.left()}")

    def tell(self, text: str) -> None:
        click.echo(text.replace("　", "  "), err=True)


@dataclass
class _Bar:
    pace: Pace
    bar: Progress
    task: TaskID

    def ended(self, outcomes: Iterable[Outcome]) -> None:
        self.pace.count(outcomes)
        self.bar.update(self.task, completed=self.pace.done, words=self.pace.words())

    def tell(self, text: str) -> None:
        self.bar.console.print(text)


@contextmanager
def shown(pace: Pace) -> Iterator[Shown]:
    """Show how a batch goes on."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _Lines(pace, pace.begun)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("出具"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[words]}"),
        TextColumn("余"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        yield _Bar(pace, bar, bar.add_task("", total=pace.total, words=""))


@contextmanager
def checking(total: int) -> Iterator[Callable[[], object]]:
    """Show how the check of so many rows goes on, where somebody is watching; call what it yields after each."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda: None
        return
    with Progress(
        TextColumn("核对"), BarColumn(), MofNCompleteColumn(), console=console, transient=True
    ) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)


def lasting(seconds: float) -> str:
    """Return a length of time as a person says it."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} 秒"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} 分钟"
    return f"{seconds / _HOUR:.1f} 小时"


def say_sum(tally: Tally, pace: Pace) -> None:
    """Print the sum of a batch as a table, and how fast this run of it was."""
    table = Table("办理结果", "份数", title=None)
    table.columns[1].justify = "right"
    again = f"（其中 {tally.repeated} 份此前已经出具）" if tally.repeated else ""
    table.add_row(f"已出具{again}", str(tally.issued))
    table.add_row("缺件，未出具", str(tally.gaps))
    table.add_row("未出具", str(tally.failed))
    for code, count in sorted(tally.codes.items()):
        table.add_row(f"　{code} {printable(TABLE[code].what) if code in TABLE else ''}", str(count))
    table.add_row("未办", str(tally.left))
    table.add_row("合计", str(tally.rows), style="bold")
    Console(highlight=False).print(table)
    if tally.waiting:
        say(f"{tally.waiting} 行的申请人有名单命中待人工确认，见逐行结果；用 reportgen screen 查看")
    if pace.done:
        say(f"本次办理 {pace.done} 份，用时 {lasting(pace.seconds)}，每分钟 {pace.a_minute():.1f} 份")
