"""A batch from its list of requests to its end: what is still to be done, what came of each row, and the sum of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

from reportgen.batch.columns import HEADS
from reportgen.batch.job import Entry, Item, Job, Outcome, Place, State, do
from reportgen.batch.manifest import Manifest
from reportgen.batch.reading import Row
from reportgen.batch.run import outcomes
from reportgen.batch.wording import RowFault, told
from reportgen.errors import ExitCode, Fault, ReportgenError

_AGAIN = frozenset({State.FAILED, State.GAPS})


@dataclass(frozen=True)
class Tally:
    """The rows of a batch: how many there are, and how many came to what; `codes` counts the failed ones.

    `waiting` are those with hits on lists that are 待人工确认.
    """

    rows: int
    issued: int
    repeated: int
    gaps: int
    failed: int
    waiting: int
    codes: dict[str, int]

    @property
    def left(self) -> int:
        """Return how many rows nothing has come of yet."""
        return self.rows - self.issued - self.gaps - self.failed

    @property
    def exit_code(self) -> ExitCode:
        """Return the gravest: a row failed, a row lacks evidence, or neither."""
        if self.failed:
            return ExitCode.BATCH_PARTLY_FAILED
        return ExitCode.INSUFFICIENT if self.gaps else ExitCode.DONE


@dataclass
class Night:
    """A batch at work: the rows of its list, the manifest it keeps, and what is said of rows that failed today."""

    rows: Sequence[Row]
    manifest: Manifest
    place: Place
    details: dict[int, str] = field(default_factory=dict)

    def to_do(self, *, retry_failed: bool) -> list[Row]:
        """Return the rows nothing has come of, and with `retry_failed` those without a report."""
        done = self.manifest.entries
        again = _AGAIN if retry_failed else frozenset()
        return [row for row in self.rows if row.number not in done or done[row.number].state in again]

    def uses(self) -> dict[str, int]:
        """Return the rows that have a report, by their request keys."""
        entries = self.manifest.entries.values()
        return {entry.key: entry.row for entry in entries if entry.state is State.ISSUED}

    def refuse(self, faults: Iterable[RowFault]) -> None:
        """Enter faulty rows as failed, each with the code of its first fault."""
        by_row: dict[int, list[RowFault]] = {}
        for fault in faults:
            by_row.setdefault(fault.row, []).append(fault)
        self._keep(
            Outcome(
                row=row, key="", state=State.FAILED, error=found[0].code, detail="；".join(map(line, found))
            )
            for row, found in by_row.items()
        )

    def issue(
        self,
        items: Iterable[Item],
        executor: Executor,
        most: int,
        stopped: Callable[[], bool],
        function: Callable[[Job], Outcome] = do,
    ) -> Iterator[list[Outcome]]:
        """Yield what comes of items once it is in the manifest; raises E0901 where it cannot be kept."""
        jobs = (Job(item, self.place) for item in items)
        for ended in outcomes(jobs, executor, most, stopped, function):
            self._keep(ended)
            yield ended

    def tally(self) -> Tally:
        """Return the sum of what is in the manifest."""
        entries = self.manifest.entries.values()
        states = Counter(entry.state for entry in entries)
        return Tally(
            rows=len(self.rows),
            issued=states[State.ISSUED],
            repeated=sum(entry.repeated for entry in entries),
            gaps=states[State.GAPS],
            failed=states[State.FAILED],
            waiting=sum(entry.waiting > 0 for entry in entries),
            codes=dict(Counter(entry.error for entry in entries if entry.state is State.FAILED)),
        )

    def said(self, entry: Entry) -> str:
        """Return what is to be said of a row without a report: in full where it failed today, else by its code."""
        return self.details.get(entry.row) or told(entry.error)

    def _keep(self, ended: Iterable[Outcome]) -> None:
        ended = list(ended)
        self.manifest.add(ended)
        self.details |= {outcome.row: outcome.detail for outcome in ended if outcome.detail}


def line(fault: RowFault) -> str:
    """Return a fault of a row as one line without its row."""
    return f"{HEADS[fault.column]}：{fault.what}"


def refused(path: Path, faults: Sequence[RowFault]) -> ReportgenError:
    """Return the error of a list that is not begun, with every fault by row and column."""
    listed = [Fault(f.code, f"第 {f.row} 行 {HEADS[f.column]}", f"[{f.code}] {f.what}") for f in faults]
    rows = len({fault.row for fault in faults})
    return ReportgenError("E0360", path=str(path), faults=listed, rows=rows)
