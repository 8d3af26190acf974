"""The whole issue beside Chromium's print alone: `python -m benchmarks.issuing [--rounds N] [--length ten|whole]`.

Timed is all from a row of a list of requests to a report in the register: its facts are pulled from the database,
assessed, entered, numbered, typeset, given 骑缝章, signed with a time stamp of the office's own authority (no
network), verified as a stranger would, written, entered as issued. Chromium prints the same pages and does no more.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from unittest.mock import patch

import psutil

from benchmarks import offices
from benchmarks.measure import MB, Bench, Taken, benches, machine_cores, spread, turns
from benchmarks.offices import Kind, words_of
from benchmarks.peers.chromium import Anew
from benchmarks.samples import NOW, TEN, WHOLE, Length, Sample, kept, request, sample
from reportgen import pipeline
from reportgen.batch.sources import Sources
from reportgen.certify import sign, verify
from reportgen.document import compose, enclosed
from reportgen.document.typeset import Typesetter
from reportgen.press import Press
from tests.postgres import Server

WARM, ROUNDS = 2, 9
PEER = "Chromium's print"
TARGET = (1.5, 1.0)
"""What is required of the whole issue as a multiple of Chromium's print, and what is aimed at."""
_FIRST_SEED = 300
_STAGES: tuple[tuple[str, object, tuple[str, ...]], ...] = (
    ("pull", Sources, ("request",)),
    ("assess", pipeline, ("judge",)),
    ("enter and number", Press, ("permit", "current", "enter", "allot")),
    ("compose", compose, ("compose",)),
    ("data to attach", enclosed, ("enclosed",)),
    ("typeset", Typesetter, ("document",)),
    ("stamp and certify", sign, ("certify",)),
    ("verify", verify, ("verify",)),
    ("publish", Press, ("publish",)),
)
"""The stages of an issue and the functions that do them, none within another."""
STAGES = tuple(name for name, _, _ in _STAGES)
REST = "the rest"


@dataclass(frozen=True)
class Report:
    """What an issue made, and the seconds of each of its stages."""

    pdf: bytes
    pages: int
    stages: dict[str, float]


class Issuing:
    """An office on a kind of database, open and warm."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    def __enter__(self) -> Self:
        self._held = ExitStack()
        self._server: Server | None = None
        folder = Path(self._held.enter_context(TemporaryDirectory()))
        url = ""
        if self._kind == "PostgreSQL":
            self._server = self._held.enter_context(offices.postgres())
            url = offices.database(self._server)
        offices.make_office(folder, url)
        self._opened = self._held.enter_context(offices.opened(folder, url))
        self._spent: dict[str, float] = {}
        self._held.enter_context(watched(self._spent))
        return self

    def __exit__(self, *_: object) -> None:
        """Close the office, and its server."""
        self._held.close()

    def prepare(self, given: Sample) -> Callable[[], Report]:
        """Return the issue of a sample's subject; the office has learned of it already."""
        asked = request(given.seed)
        self._opened.learn(asked)
        words = words_of(asked)
        return lambda: self._issued(given, lambda: self._opened.request(words))

    def _issued(self, given: Sample, pulled: Callable[[], Any]) -> Report:
        self._spent.clear()
        office, means, press = self._opened.office, self._opened.means, self._opened.press
        started = time.perf_counter()
        with _cut(given.length):
            done = pipeline.issue(pulled(), office, NOW, None, press, means)
        whole = time.perf_counter() - started
        stages = {name: self._spent.get(name, 0.0) for name in STAGES}
        return Report(done.pdf, done.pages, {**stages, REST: whole - sum(stages.values())})

    def helpers(self) -> list[psutil.Process]:
        """Return the processes of the database."""
        return offices.processes(self._server) if self._server else []


@contextmanager
def watched(spent: dict[str, float]) -> Iterator[None]:
    """Count the seconds of each stage into `spent`."""

    def timing(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def timed(*given: object, **named: object) -> object:
            started = time.perf_counter()
            try:
                return function(*given, **named)
            finally:
                spent[name] = spent.get(name, 0.0) + time.perf_counter() - started

        return timed

    with ExitStack() as patches:
        for name, owner, functions in _STAGES:
            for function in functions:
                timed = timing(name, getattr(owner, function))
                patches.enter_context(patch.object(owner, function, timed))
        yield


@contextmanager
def _cut(length: Length) -> Iterator[None]:
    """Print no more of a report than the sample does; all of it is composed."""
    whole = Typesetter.document

    def document(press: Typesetter, template: str, content: Any, *given: Any) -> Any:
        return whole(press, template, kept(content, length), *given)

    with patch.object(Typesetter, "document", document):
        yield


def measured(length: Length, rounds: int, core: int | None) -> list[dict[str, object]]:
    """Return a row for Chromium and one for each kind of database, the latter with its stages."""
    makers = {PEER: (Anew,), **{f"issue, {kind}": (Issuing, kind) for kind in offices.KINDS}}
    with benches(makers, core) as made:
        taken, reports = _rounds(made, length, rounds)
        peaks = {name: bench.peak(sample(_FIRST_SEED + 999, length)) for name, bench in made.items()}
    return [_row(name, taken, reports, peaks[name]) for name in made]


def _rounds(
    made: Mapping[str, Bench], length: Length, rounds: int
) -> tuple[dict[str, list[Taken]], dict[str, list[Report]]]:
    taken: dict[str, list[Taken]] = {name: [] for name in made}
    reports: dict[str, list[Report]] = {name: [] for name in made}
    for name, result, took in turns(made, lambda turn: sample(_FIRST_SEED + turn, length), WARM, rounds):
        taken[name].append(took)
        reports[name] += [result] if isinstance(result, Report) else []
    return taken, reports


def _row(
    name: str, taken: Mapping[str, list[Taken]], reports: Mapping[str, list[Report]], peak: int
) -> dict[str, object]:
    wall, low, high = spread([took.wall for took in taken[name]])
    pairs = list(zip(taken[name], taken[PEER], strict=True))
    row: dict[str, object] = {
        "name": name,
        "seconds": round(wall, 3),
        "quartiles": [round(low, 3), round(high, 3)],
        "cpu": round(spread([took.cpu for took in taken[name]])[0], 3),
        "to_print": round(spread([its.wall / peer.wall for its, peer in pairs])[0], 2),
        "to_print_cpu": round(spread([its.cpu / peer.cpu for its, peer in pairs])[0], 2),
        "rounds": len(taken[name]),
        "peak_mb": round(peak / MB),
    }
    if reports[name]:
        row["pages"] = reports[name][-1].pages
        row["kilobytes"] = len(reports[name][-1].pdf) // 1024
        row["stages"] = {
            stage: round(spread([report.stages[stage] for report in reports[name]])[0], 4)
            for stage in (*STAGES, REST)
        }
    return row


def table(found: list[dict[str, Any]]) -> str:
    """Return rows as text for a terminal, and the stages below them."""
    lines = [
        f"{'':<18} {'wall s':>7} {'quartiles':>13} {'cpu s':>6} {'to print':>8} {'by cpu':>7} {'pages':>5} {'KB':>5} {'MB':>5}"
    ]
    for row in found:
        low, high = row["quartiles"]
        lines.append(
            f"{row['name']:<18} {row['seconds']:7.3f} {low:6.3f}-{high:6.3f} {row['cpu']:6.3f} {row['to_print']:8.2f} "
            f"{row['to_print_cpu']:7.2f} {row.get('pages', ''):>5} {row.get('kilobytes', ''):>5} {row['peak_mb']:5}"
        )
    staged = [row for row in found if "stages" in row]
    for stage in (*STAGES, REST):
        times = "".join(f"{row['stages'][stage] * 1000:12.0f} ms" for row in staged)
        lines.append(f"  {stage:<18}{times}")
    return "\n".join([*lines, f"required: {TARGET[0]} x Chromium's print; goal: {TARGET[1]} x"])


def main() -> None:
    """Measure one length of report, or both, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--length", choices=(TEN, WHOLE), action="append")
    parser.add_argument("--core", type=int, default=machine_cores()[-1], help="the core all are pinned to")
    given = parser.parse_args()
    for length in given.length or [TEN]:
        print(f"sample: {length}, {given.rounds} rounds, core {given.core}")
        print(table(measured(length, given.rounds, given.core)), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
