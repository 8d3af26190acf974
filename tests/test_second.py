"""Two who make the same report at once make one: one number, one file, and both are handed the same report.

A cluster gives a job to a second worker when it hears no more of the first, who may only have been slow.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from itertools import count, permutations
from pathlib import Path
from threading import Barrier, Lock, Semaphore, Thread
from typing import Any

import pytest
from sqlmodel import select

from reportgen import pipeline
from reportgen.cli.demo import request_of, sample_office
from reportgen.document.issuer import issuer_of
from reportgen.document.typeset import Typeset
from reportgen.errors import ReportgenError
from reportgen.pipeline import Issued, Judged, Request
from reportgen.plain import read_plain
from reportgen.press import Press
from reportgen.registry.audit import verify
from reportgen.registry.events import events_key
from reportgen.registry.retention import Keeper
from reportgen.registry.tables import EventRow, ReportRow, RequestRow, State
from reportgen.settings import asset_dir
from reportgen.store.engine import Store
from reportgen.store.files import Folder
from tests.registry.lives import NOW, SECRET, at, numbered

SAMPLES = asset_dir("sample_subjects")
CASES = {case["id"]: case for case in read_plain(SAMPLES / "cases.yaml").data["cases"]}
STEPS = 3
"""The hash is entered, the file is written, the report is said to be issued."""
ORDERS = sorted(set(permutations("A" * STEPS + "B" * STEPS)))
UNTIL = date(2026, 12, 31)
_names = count()


class Worker(Thread):
    """A thread that publishes a report of its own making, one step each time it is told; it may die between two."""

    def __init__(self, press: Press, row: ReportRow, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._go, self._waits = Semaphore(0), Semaphore(0)
        self._ended = self._dead = False
        self.got: ReportRow | ReportgenError | None = None
        store, files = _Stepped(press.store.engine, self.pause), _Slow(press.files.where(), self.pause)
        self._press, self._row = replace(press, store=store, files=files), row
        self.start()
        self._waits.acquire()

    def run(self) -> None:
        """Publish."""
        identity = self._press.identity(self._row, issuer_of(sample_office()), UNTIL)
        try:
            self.got = self._press.publish(self._row, identity, Typeset(f"%PDF {self.name}".encode(), 1))
        except ReportgenError as error:
            self.got = error
        except _DeadError:
            pass
        finally:
            self._ended = True
            self._waits.release()

    def pause(self) -> None:
        """Wait until told to go on."""
        self._waits.release()
        self._go.acquire()
        if self._dead:
            raise _DeadError

    def step(self) -> None:
        """Go one step on, where there is one."""
        if not self._ended:
            self._go.release()
            self._waits.acquire()

    def die(self) -> None:
        """End here, whatever was to be done."""
        self._dead = True
        self.step()


class _DeadError(BaseException):
    """The process ends here: nothing that catches errors may catch it."""


class _Stepped(Store):
    """A database before which its user waits each time he is to write."""

    def __init__(self, engine: Any, pause: Callable[[], None]) -> None:
        super().__init__(engine)
        object.__setattr__(self, "pause", pause)

    def write(self, work: Callable[..., Any]) -> Any:
        self.pause()  # type: ignore[attr-defined]
        return super().write(work)


class _Slow(Folder):
    """A folder before which its user waits each time he is to write."""

    def __init__(self, folder: str, pause: Callable[[], None]) -> None:
        super().__init__(Path(folder))
        object.__setattr__(self, "pause", pause)

    def write(self, name: str, content: bytes) -> None:
        self.pause()  # type: ignore[attr-defined]
        super().write(name, content)


@pytest.fixture
def press(store: Store, tmp_path: Path) -> Press:
    return Press(store, Folder(tmp_path / "files"), SECRET)


def row_of(press: Press) -> ReportRow:
    name = str(next(_names))
    return press.store.write(lambda session: numbered(session, name, purpose=name))


def now(press: Press, row: ReportRow) -> ReportRow:
    return press.store.read(lambda session: session.get_one(ReportRow, row.id))


def told(press: Press, row: ReportRow, tag: str) -> int:
    asked = select(EventRow).where(EventRow.stream == f"report:{row.id}", EventRow.tag == tag)
    return len(press.store.read(lambda session: session.exec(asked).all()))


def one_report(press: Press, row: ReportRow) -> ReportRow:
    """Return the row of a report that was issued once, with one file, the one whose hash the row says."""
    found = now(press, row)
    assert found.state == State.ISSUED
    assert told(press, row, "report:state:issue") == 1
    content = press.files.read(str(found.file)) or b""
    assert hashlib.sha256(content).hexdigest() == found.sha256
    return found


def test_in_whatever_order_two_publish_one_row_there_is_one_report(press: Press) -> None:
    for order in ORDERS:
        row = row_of(press)
        workers = {name: Worker(press, row, name) for name in "AB"}
        for name in order:
            workers[name].step()
        found = one_report(press, row)
        assert [name for name in press.files.names() if str(row.number) in name] == [found.file]
        for worker in workers.values():
            assert isinstance(worker.got, ReportRow)
            assert (worker.got.sha256, worker.got.file) == (found.sha256, found.file)
    assert verify(press.store, events_key(SECRET)).sound


@pytest.mark.parametrize("last", range(STEPS))
def test_wherever_one_of_two_dies_the_other_ends_it(press: Press, last: int) -> None:
    for order in {
        tuple(name for n, name in enumerate(o) if name == "B" or o[:n].count("A") < last) for o in ORDERS
    }:
        row = row_of(press)
        workers = {name: Worker(press, row, name) for name in "AB"}
        for name in order:
            workers[name].step()
        workers["A"].die()
        assert isinstance(workers["B"].got, ReportRow)
        one_report(press, row)
    # What the dead left is nobody's, and goes with the daily run.
    Keeper(press.store, press.files, date(2020, 1, 1), at(days=2)).erase()
    issued = press.store.read(lambda session: session.exec(select(ReportRow.file)).all())
    assert press.files.names() == sorted(map(str, issued))


def test_who_is_second_to_a_number_given_up_is_told_and_leaves_no_file(press: Press) -> None:
    row = row_of(press)
    worker = Worker(press, row, "A")
    identity = press.identity(row, issuer_of(sample_office()), UNTIL)
    press.void(row, NOW)
    press.void(row, NOW)
    for _ in range(STEPS):
        worker.step()
    assert isinstance(worker.got, ReportgenError)
    with pytest.raises(ReportgenError, match="E0605"):
        press.publish(row, identity, Typeset(b"%PDF", 1))
    assert (now(press, row).state, press.files.names()) == (State.VOID, [])


def test_who_gives_up_after_another_has_issued_changes_nothing(press: Press) -> None:
    row = row_of(press)
    identity = press.identity(row, issuer_of(sample_office()), UNTIL)
    done = press.publish(row, identity, Typeset(b"%PDF", 1))
    press.void(row, NOW)
    assert now(press, row).state == State.ISSUED
    assert press.finish(done, identity).file == done.file


@pytest.fixture
def different(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set a report in no time, each time with other bytes, as a signature makes them."""
    made, lock = count(), Lock()

    def set_quickly(judged: Judged, identity: Any) -> Typeset:
        with lock:
            return Typeset(f"%PDF {identity.number} {next(made)}".encode(), 1)

    monkeypatch.setattr(pipeline, "typeset", set_quickly)


def asked(purpose: str) -> Request:
    request = request_of(CASES["service-young"], SAMPLES)
    return replace(request, binding=request.binding.model_copy(update={"purpose": purpose}))


def test_who_ask_the_same_at_once_get_the_same_report(press: Press, different: None) -> None:
    """The first round enters agency, facts and project as well."""
    together = Barrier(3)

    def issue(purpose: str, second: int) -> Issued:
        request = asked(purpose)
        together.wait()
        return pipeline.issue(request, sample_office(), datetime(2026, 11, 22, 9, 30, second), None, press)

    with ThreadPoolExecutor(3) as pool:
        for purpose in map(str, range(8)):
            done = list(pool.map(issue, [purpose] * 3, range(3)))
            assert len({(each.number, each.pdf, each.path) for each in done}) == 1
    rows = press.store.read(lambda session: session.exec(select(ReportRow)).all())
    assert {row.state for row in rows} == {State.ISSUED}
    assert len(rows) == len(press.store.read(lambda s: s.exec(select(RequestRow)).all())) == 8
    assert sorted(press.files.names()) == sorted(str(row.file) for row in rows)
    counted = sorted(str(row.register_number) for row in rows)
    assert counted == [f"20261122-{n:06d}" for n in range(1, 9)]
    assert verify(press.store, events_key(SECRET)).sound
