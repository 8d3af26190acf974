"""保存期限与依规删除: what the office may keep no longer, found and taken away by one daily run.

Earlier facts lose what the rules withhold today. A report loses its file and its judgement once an adverse
record that it rests on is gone (`Due`), a decision deleted a fact of it, or the office's own keeping time is
over; of a void number nothing is kept. Its row, its numbers and its hashes stay, so that the file in somebody
else's hands can still be verified. The row lets go first, with its event, and the file goes afterwards: a
file that no row names any more is what a crash in between left, and the next run removes it.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from pathlib import Path, PurePosixPath
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, func, or_, update
from sqlmodel import Session, col, select

from reportgen.document.issuer import ReceivedSettings
from reportgen.errors import ReportgenError
from reportgen.files import UNFINISHED
from reportgen.policy.loader import most_local_first
from reportgen.registry import received
from reportgen.registry.audit import verify, vouch_today
from reportgen.registry.changes import learn
from reportgen.registry.events import Tag, record
from reportgen.registry.lifecycle import Desk, get
from reportgen.registry.marks import give_up
from reportgen.registry.objections import Ending
from reportgen.registry.office import tell
from reportgen.registry.signer import trusted_keys
from reportgen.registry.tables import (
    CheckpointRow,
    NoticeRow,
    ObjectionRow,
    PartyRow,
    ReportRow,
    RestsOnRow,
    State,
)
from reportgen.registry.uploads import RECEIVED
from reportgen.settings import ARCHIVE_FOLDER
from reportgen.store import erase, left
from reportgen.store.engine import Store
from reportgen.store.erase import Due, Spans
from reportgen.store.facts import known_now
from reportgen.store.files import Files
from reportgen.store.rows import changed
from reportgen.subject.window import Window, add_months

T = TypeVar("T")
_AT_ONCE = 5000
_PERSON_YEARS = 5
"""How long adverse information about a natural person is kept at most: 征信业管理条例 16(1)."""
_ABANDONED = timedelta(days=1)
"""After how long nobody is writing a file any more that was never finished."""


@dataclass(frozen=True)
class Erased:
    """What a run took away, or would take away.

    `records` went from earlier versions of facts; `versions` and `subjects`, learned before `before`, as a
    whole; `entries` had left their lists. `reports` are the numbers of those that lost file and judgement, `drafts` counts those without
    one. `received` are the letters and workbooks that were handed in. `unknown` are files of numbers that the register
    does not know: they stay.
    """

    before: date
    records: int
    versions: int
    subjects: int
    entries: int
    reports: tuple[str, ...]
    drafts: int
    files: tuple[str, ...]
    unknown: tuple[str, ...]
    received: tuple[str, ...]


@dataclass(frozen=True)
class Day:
    """A daily run: what went, the checkpoint where it was the day's first, and whether SQLite's log is empty."""

    erased: Erased
    signed: CheckpointRow | None
    scrubbed: bool


@dataclass(frozen=True)
class _Held:
    """A report of which something is kept."""

    id: int
    number: str | None
    file: str | None
    rendering: bool = False


def kept_since(on: date, years: int) -> date:
    """Return the day before which whatever was issued or learned has been kept for so many years."""
    return add_months(on, -12 * years)


@dataclass(frozen=True)
class Keeper:
    """Whoever keeps the office's facts and reports, and forgets what was kept since before a day.

    With `dry_run` nothing is changed. `spans` tell how long what was handed in at the portal is kept.
    """

    store: Store
    files: Files
    before: date
    desk: Desk
    dry_run: bool = False
    spans: ReceivedSettings = field(default_factory=ReceivedSettings)

    def daily(self, folder: Path) -> Day:
        """Audit the register, erase what is due, empty the log, and sign where nothing was signed today.

        Nothing is erased from a register that was tampered with: it is evidence now. Raises E0501 then,
        and E0901, E0903, E0904, E0910. `folder` is the office's, where the keys of checkpoints lie.
        """
        verify(self.store, self.desk.key, trusted_keys(folder)).require_sound()
        done = self.erase()
        signed = vouch_today(self.store, self.desk.at, self.desk.key, folder)
        return Day(done, signed, self._scrubbed())

    def erase(self) -> Erased:
        """Take away all that is due, and tell it on the office's chain; raises E0901, E0903, E0904."""
        entries = self._left_entries()
        records, reports = self._records_gone()
        for each in self.store.read(partial(_outlived, before=self.before)):
            self._change(partial(_let_go, report=each.id, desk=self.desk))
            reports[each.id] = each
        versions, subjects = self._old_facts(reports)
        files, unknown = self._strays(self.files, reports)
        copies, aliens = self._strays(self.files.beside(ARCHIVE_FOLDER), reports)
        numbers = [each.number for each in reports.values() if each.number]
        drafts = len(reports) - len(numbers)
        done = Erased(
            self.before,
            records,
            versions,
            subjects,
            entries,
            tuple(sorted(numbers)),
            drafts,
            files + _below(ARCHIVE_FOLDER, copies),
            unknown + _below(ARCHIVE_FOLDER, aliens),
            self._received(),
        )
        self._change(partial(_tell, done=done, desk=self.desk))
        return done

    def _change(self, work: Callable[[Session], T]) -> None:
        if not self.dry_run:
            self.store.write(work)

    def _records_gone(self) -> tuple[int, dict[int, _Held]]:
        """Erase what is due of every subject; return how many records went, and the reports that rested on one."""
        spans = spans_on(self.desk.at.date())
        records, reports = 0, dict[int, _Held]()
        for uscc in self.store.read(erase.readable_subjects):
            found, held = self.store.read(partial(_due, uscc=uscc, spans=spans))
            if found.earlier or held:
                self._change(partial(_erase, uscc=uscc, spans=spans, desk=self.desk))
            records += len(found.earlier)
            reports |= {each.id: each for each in held}
        return records, reports

    def _left_entries(self) -> int:
        """Forget the entries that left their lists long ago, and what their hits say of subjects; return how many."""
        today = self.desk.at.date()
        kept = left.Kept(self.before, max(self.before, kept_since(today, _PERSON_YEARS)), self.desk.at)
        count = self.store.read(partial(left.outlived, kept=kept))
        while not self.dry_run and self.store.write(partial(_forget_some, kept=kept, desk=self.desk)):
            pass
        self._change(partial(left.forget_editions, kept=kept))
        return count

    def _old_facts(self, gone: Collection[int]) -> tuple[int, int]:
        """Forget old versions and subjects that no kept report rests on; return how many of each."""
        usccs, hashes = self.store.read(partial(_needed, gone=gone))
        subjects = self.store.read(partial(erase.old_subjects, before=self.before, spared=usccs))
        versions = self.store.read(partial(erase.old_versions, before=self.before, spared=hashes))
        for version in versions:
            self._change(partial(erase.erase_version, version=version, at=self.desk.at))
        for uscc in subjects:
            self._change(partial(erase.erase_subject, uscc=uscc, at=self.desk.at))
        return len(versions), len(subjects)

    def _strays(self, files: Files, gone: Collection[int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Remove the files that no row names any more; return them, and those of numbers nobody knows.

        A long-term copy has its original's name, and goes with it.
        """
        # The files first: a file has its row before it has its name.
        # What strangers handed in is no report, and has rows of its own.
        standing = [name for name in files.names() if not name.startswith(RECEIVED)]
        rows = self.store.read(_numbered)
        named = {each.file for each in rows if each.file and each.id not in gone}
        freed = {each.number for each in rows if each.file not in named}
        making = {each.number for each in rows if each.rendering}
        made = {each.number for each in rows if each.file in named} - making
        strays = [name for name in standing if name not in named]
        lost = [
            name
            for name in strays
            if _number(name) in freed or _attempt(name) in made or files.abandoned(name, self._since)
        ]
        left = [name for name in strays if name not in lost and _attempt(name) not in making]
        unknown = [name for name in left if not _unfinished(name)]
        if not self.dry_run:
            for name in lost:
                files.remove(name)
        return tuple(lost), tuple(unknown)

    def _received(self) -> tuple[str, ...]:
        """Remove what strangers handed in that is over its time, and what no row names; return the files."""
        kept = received.kept_on(self.desk.at, self.before, self.spans)
        over = self.store.read(partial(received.over, kept=kept))
        for each in over:
            self._change(partial(_drop, each=each, desk=self.desk))
        gone = {name for each in over for name in each.files}
        # The files first: a file has its name before it has its row, and until then it is young.
        standing = [name for name in self.files.names() if name.startswith(RECEIVED)]
        named = self.store.read(received.named) - gone
        strays = [name for name in standing if name not in named]
        lost = tuple(name for name in strays if name in gone or self.files.older(name, self._since))
        for name in () if self.dry_run else lost:
            self.files.remove(name)
        return lost

    @property
    def _since(self) -> datetime:
        return self.desk.at - _ABANDONED

    def _scrubbed(self) -> bool:
        try:
            erase.scrub(self.store)
        except ReportgenError:
            # Somebody reads for long, such as a backup: the next run empties the log.
            return False
        return True


def spans_on(day: date) -> Spans:
    """Return how a region's window as of a day is found: by the most local pack with values for it; raises E0310."""

    @cache
    def span(region: str) -> Window:
        for pack, sha256 in most_local_first(region):
            # A pack without values for the day leaves the word to the next one.
            with suppress(KeyError):
                return pack.on(day, sha256).window(day)
        raise ReportgenError("E0310", path="region", region=region, matter="保存期限", on=day, known="")

    return span


def _number(name: str) -> str:
    """Return the number that a file's name begins with."""
    return PurePosixPath(name).name.partition(".")[0]


def _attempt(name: str) -> str | None:
    """Return the number of a file that was made in an attempt at a report; None for any other file."""
    return _number(name) if PurePosixPath(name).stem != _number(name) else None


def _unfinished(name: str) -> bool:
    return PurePosixPath(name).name.startswith(UNFINISHED)


def _below(folder: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{folder}/{name}" for name in names)


def _drop(session: Session, each: received.Held, desk: Desk) -> None:
    each.let_go(session, desk)


def _forget_some(session: Session, kept: left.Kept, desk: Desk) -> bool:
    """Forget some of the entries that left their lists, and let their subjects' facts follow; say whether there were any."""
    entries = left.some(session, kept, _AT_ONCE)
    for uscc in left.forget(session, entries) if entries else ():
        if (subject := known_now(session, uscc)) is not None:
            learn(session, subject, desk)
    return bool(entries)


def _due(session: Session, uscc: str, spans: Spans) -> tuple[Due, list[_Held]]:
    found = erase.due(session, uscc, spans)
    return found, _resting(session, uscc, found)


def _erase(session: Session, uscc: str, spans: Spans, desk: Desk) -> None:
    """Erase records from a subject's earlier versions and from what rested on them, all or nothing."""
    found = erase.erase_due(session, uscc, spans, desk.at)
    for each in _resting(session, uscc, found):
        _let_go(session, each.id, desk)
    if found.gone:
        give_up(session, uscc, desk)


def _resting(session: Session, uscc: str, found: Due) -> list[_Held]:
    facts = select(RestsOnRow.report_id).where(RestsOnRow.uscc == uscc, col(RestsOnRow.fact).in_(found.gone))
    return _held(session, col(ReportRow.id).in_(facts), *_LEFT) if found.gone else []


def _outlived(session: Session, before: date) -> list[_Held]:
    """Return the reports kept long enough, the void numbers, and those that show what a decision deleted.

    What is 异议中 is kept until the case is closed.
    """
    case, fact = ObjectionRow, RestsOnRow
    deleted = (
        select(fact.report_id)
        .join(case, and_(col(case.uscc) == col(fact.uscc), col(case.fact) == col(fact.fact)))
        .where(col(fact.report_id) == col(ReportRow.id), case.state == Ending.DELETED)
        .where(col(case.closed_at) >= col(ReportRow.drafted_at))
    )
    made = func.coalesce(col(ReportRow.issued_at), col(ReportRow.drafted_at))
    old = and_(made < datetime.combine(before, time.min), col(ReportRow.disputed_at).is_(None))
    return _held(session, or_(col(ReportRow.state) == State.VOID, deleted.exists(), old), *_LEFT)


def _numbered(session: Session) -> list[_Held]:
    notices = session.exec(select(NoticeRow.report_id, NoticeRow.number, NoticeRow.file)).all()
    return [*_held(session, col(ReportRow.number).is_not(None)), *(_Held(*notice) for notice in notices)]


def _held(session: Session, *which: ColumnElement[bool]) -> list[_Held]:
    found = select(ReportRow.id, ReportRow.number, ReportRow.file, ReportRow.state).where(*which)
    rows = session.exec(found.order_by(col(ReportRow.id))).all()
    return [_Held(id_ or 0, number, file, state == State.RENDERING) for id_, number, file, state in rows]


_LEFT = (
    or_(col(ReportRow.file).is_not(None), col(ReportRow.assessment).is_not(None)),
    # What is being made is made, or given up, by whoever makes it.
    col(ReportRow.state) != State.RENDERING,
)
"""The conditions of a report of which something is left to be let go."""


def _let_go(session: Session, report: int, desk: Desk) -> None:
    """Take files and judgement off a report, once; the files themselves go afterwards."""
    gone = update(ReportRow).where(col(ReportRow.id) == report, *_LEFT).values(file=None, assessment=None)
    if changed(session, gone) == 1:
        session.execute(update(NoticeRow).where(col(NoticeRow.report_id) == report).values(file=None))
        row = get(session, report)
        record(session, row, Tag.REPORT_FILE_ERASE, desk.at, desk.actor, desk.key, sha256=row.sha256)


def _needed(session: Session, gone: Collection[int]) -> tuple[set[str], set[str]]:
    """Return the subjects of the reports that are kept, and the hashes of the versions they were made from."""
    party = PartyRow
    found = select(party.report_id, party.uscc, party.snapshot_sha256)
    kept = found.join(ReportRow, col(ReportRow.id) == col(party.report_id))
    rows = session.exec(kept.where(col(ReportRow.assessment).is_not(None))).all()
    left = [(uscc, digest) for report, uscc, digest in rows if report not in gone]
    return {uscc for uscc, _ in left}, {digest for _, digest in left}


def _tell(session: Session, done: Erased, desk: Desk) -> None:
    tell(
        session,
        Tag.OFFICE_ERASE_RUN,
        desk,
        rows=done.records + done.versions + done.entries,
        reports=len(done.reports) + done.drafts,
        files=len(done.files) + len(done.received),
        until=done.before.isoformat(),
    )
