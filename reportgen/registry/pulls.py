"""A pull (拉取): what an agency's own database says now, entered as deliveries of one source within one transaction.

What changed since the last pull is read, with an overlap for what was committed late; what says the same again
enters nothing. A whole pull reads everything, also finds what was deleted, and says it as of today. What
is faulty lets nothing in, or, where the pull may go on, is named, left as it was, and read again the next time.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sqlmodel import Session

from reportgen.errors import Fault, ReportgenError
from reportgen.intake.database.reading import Database, Found
from reportgen.registry.deliveries import Learned, enter
from reportgen.registry.lifecycle import Desk
from reportgen.registry.newcomers import to_look_at, unknown, welcome
from reportgen.store import pulls
from reportgen.store.engine import be_patient
from reportgen.store.facts import known_now
from reportgen.store.pulls import Pulled
from reportgen.subject.delivery import Delivery
from reportgen.subject.merge import merge
from reportgen.subject.model import Subject

NAMED = 200
"""So many faults are named, and so many subjects to be looked at; the others are counted."""


class Outcome(StrEnum):
    """What came of what a database says of a code."""

    NEW = "新增"
    CHANGED = "有变化"
    SAME = "相同"
    RENEWED = "相同，采集日期已更新"
    WITHDRAWN = "来源不再载明，已撤回"
    KEPT = "来源不再载明，登记信息只出自该来源，未撤回"
    ASIDE = "不在主体表"
    FAULTY = "有误"


_AS_BEFORE = frozenset({Outcome.SAME, Outcome.ASIDE, Outcome.KEPT})
"""What leaves nothing to be noted."""


@dataclass
class Pull:
    """What came of a pull: how many codes came to what, the faults, the reports marked, and whom to look at.

    `whole` says whether everything was read. `conflicts` and `cautions` name the first subjects of whom sources
    differ, or that somebody should look at.
    """

    source: str
    whole: bool
    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    faults: list[Fault] = field(default_factory=list)
    unnamed: int = 0
    marked: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @property
    def read(self) -> int:
        """Return how many codes were read."""
        return sum(self.counts.values())

    @property
    def faulty(self) -> bool:
        """Say whether anything was faulty."""
        return bool(self.faults)

    def wrong(self, faults: Sequence[Fault]) -> None:
        """Name the faults of a subject, as long as there is room."""
        room = NAMED - len(self.faults)
        self.faults += faults[:room]
        self.unnamed += len(faults[room:])

    def learned(self, found: Learned) -> None:
        """Take in what came of a delivery."""
        self.marked += found.marked
        code = [found.told.uscc]
        self.look_at(code if found.cautions else [])
        self.conflicts += code[: NAMED - len(self.conflicts)] if found.conflicts else []

    def look_at(self, codes: Sequence[str]) -> None:
        """Name subjects that somebody should look at, as long as there is room."""
        self.cautions += codes[: NAMED - len(self.cautions)]


@dataclass(frozen=True)
class _Run:
    session: Session
    database: Database
    desk: Desk
    going_on: bool
    done: Pull

    @property
    def stopped(self) -> bool:
        """Say whether nothing is to be entered any more, and what is left is only checked."""
        return self.done.faulty and not self.going_on

    @property
    def day(self) -> date:
        return self.desk.at.date()

    @property
    def source(self) -> str:
        return self.database.mapped.source.id


def pull(session: Session, database: Database, desk: Desk, *, whole: bool, going_on: bool) -> Pull:
    """Enter what a database says; `whole`: all of it, which a changed mapping asks for as well.

    `going_on`: enter what is sound where something is faulty. Raises E0366, which names every fault, where nothing
    is to be entered then, and what `enter` raises.
    """
    be_patient(session.connection())
    mapped = database.mapped
    other = pulls.begin(session, mapped.source.id, mapped.sha256(), desk.at)
    run = _Run(session, database, desk, going_on, Pull(mapped.source.id, whole or other))
    since = {} if run.done.whole else pulls.marks(session, run.source)
    # Seen before anything is read, and as of the same moment.
    latest = database.marks(desk.at)
    _take_in(run, since)
    if run.done.whole:
        _withdraw_the_gone(run)
    if run.stopped:
        raise refused(run.done)
    pulls.set_marks(session, run.source, latest)
    return run.done


def refused(done: Pull) -> ReportgenError:
    """Return the error that names what was faulty in a pull."""
    count = len(done.faults) + done.unnamed
    return ReportgenError(
        "E0366", path=done.source, faults=done.faults, subjects=done.counts[Outcome.FAULTY], count=count
    )


def data(done: Pull) -> dict[str, object]:
    """Return what came of a pull as plain data."""
    told = {name: value for name, value in vars(done).items() if name not in {"counts", "faults"}}
    counts = {outcome.name.lower(): count for outcome, count in done.counts.items()}
    faults = [{"code": fault.code, "path": fault.path, "what": fault.what} for fault in done.faults]
    return {**told, "read": done.read, "counts": counts, "faults": faults}


def _take_in(run: _Run, since: dict[str, str]) -> None:
    again = {code for codes in pulls.held(run.session, run.source, due=True) for code in codes}
    for codes in _first(sorted(again), run.database.changed(since)):
        _take_batch(run, run.database.read(codes, run.day))


def _first(again: Sequence[str], changed: Iterator[list[str]]) -> Iterator[list[str]]:
    if again:
        yield list(again)
    known = set(again)
    for codes in changed:
        if left := [code for code in codes if code not in known]:
            yield left


def _take_batch(run: _Run, read: Sequence[Found], *, gone: bool = False) -> None:
    before = pulls.pulled(run.session, run.source, [item.code for item in read])
    # Of whom a whole pull finds nothing any more, all are withdrawn together at its end.
    found = (
        read
        if gone or not run.done.whole
        else [item for item in read if item.there or not _held(item, before)]
    )
    alike = [item.code for item in found if _alike(item, before.get(item.code))]
    known = set(alike) - pulls.forgetful(run.session, run.source, alike) if alike else set[str]()
    welcomed = _welcomed(run, [item for item in found if item.there and item.code not in before])
    told: dict[str, Pulled] = {}
    for item in found:
        had = before.get(item.code)
        outcome = welcomed.get(item.code) or _outcome(run, item, had, item.code in known)
        run.done.counts[outcome] += 1
        if outcome is Outcome.FAULTY:
            told[item.code] = Pulled(had.digest if had else "", had.on if had else None, True)
        elif outcome not in _AS_BEFORE or (had and had.due):
            told[item.code] = Pulled(item.digest if item.there else "", run.day, False)
    pulls.note(run.session, run.source, told)
    run.session.flush()
    run.session.expunge_all()


def _welcomed(run: _Run, found: Sequence[Found]) -> dict[str, Outcome]:
    """Enter those at once of whom the office knows nothing, and say what came of them; the others are left."""
    codes = unknown(run.session, [item.code for item in found])
    told = {item.code: _told(run, item) for item in found if item.code in codes}
    subjects = {code: subject for code, subject in told.items() if subject is not None}
    outcomes = {code: Outcome.FAULTY for code, subject in told.items() if subject is None}
    if run.stopped:
        return outcomes | dict.fromkeys(subjects, Outcome.NEW)
    entered = welcome(run.session, subjects, run.desk)
    run.done.look_at(to_look_at(run.session, [subjects[code] for code in entered]))
    return outcomes | dict.fromkeys(entered, Outcome.NEW)


def _told(run: _Run, item: Found) -> Subject | None:
    """Return a subject as a delivery alone tells it, None where that is faulty."""
    delivery = item.delivery()
    if delivery is None:
        run.done.wrong(item.faults)
        return None
    try:
        return merge(None, delivery)
    except ReportgenError as error:
        run.done.wrong(_below(item.code, error))
        return None


def _held(item: Found, before: Mapping[str, Pulled]) -> bool:
    return item.code in before and before[item.code].digest != ""


def _alike(item: Found, had: Pulled | None) -> bool:
    return item.there and had is not None and had.digest == item.digest


def _outcome(run: _Run, item: Found, had: Pulled | None, known: bool) -> Outcome:
    """Enter what a database says of one code; `known`: the office knows it to say just that."""
    if not item.there:
        return _gone(run, item.code) if had and had.digest else Outcome.ASIDE
    if known and had and (had.on == run.day or not run.done.whole):
        return Outcome.SAME
    delivery = item.delivery()
    if delivery is None:
        run.done.wrong(item.faults)
        return Outcome.FAULTY
    if not _enter(run, delivery):
        return Outcome.FAULTY
    if known:
        return Outcome.RENEWED
    return Outcome.CHANGED if had and had.digest else Outcome.NEW


def _enter(run: _Run, delivery: Delivery) -> bool:
    """Enter a delivery whole, or not at all where it is faulty; say whether it is sound."""
    if run.stopped:
        return True
    try:
        with run.session.begin_nested() if run.going_on else nullcontext():
            run.done.learned(enter(run.session, delivery, run.desk))
    except ReportgenError as error:
        run.done.wrong(_below(delivery.uscc, error))
        return False
    return True


def _below(code: str, error: ReportgenError) -> list[Fault]:
    below = [Fault(fault.code, f"{code}.{fault.path}", fault.what) for fault in error.faults]
    return below or [Fault(error.code, code, str(error.data()["detail"]))]


def _withdraw_the_gone(run: _Run) -> None:
    """Withdraw what the source said of those who are no longer among its subjects."""
    for codes in pulls.held(run.session, run.source):
        there = run.database.there(codes)
        if gone := [code for code in codes if code not in there]:
            _take_batch(run, [Found(code) for code in gone], gone=True)


def _gone(run: _Run, code: str) -> Outcome:
    """Withdraw what the source said of a code, unless nobody else tells who the subject is."""
    known = known_now(run.session, code)
    source = run.database.mapped.source_on(run.day)
    if known is None or all(held.id != source.id for held in known.sources):
        return Outcome.WITHDRAWN
    if known.registration.source == source.id and not known.claims.registrations:
        run.done.kept.append(code)
        return Outcome.KEPT
    # Of whom it says nothing, it is no closed list of anything either.
    silent = source.model_copy(update={"complete_for": (), "complete_since": None})
    empty = Delivery(uscc=code, name=known.name, source=silent)
    return Outcome.WITHDRAWN if _enter(run, empty) else Outcome.FAULTY
