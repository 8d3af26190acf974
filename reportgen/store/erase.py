"""Forgetting what the law makes the office forget: records, versions, whole subjects, stored files.

A version that loses facts keeps its hash as learned, and the hash of what is left beside it, so that
an earlier judgement can still be repeated from what may still be read. Nothing here tells a log which
fact it was.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import String, cast, delete, func, update
from sqlmodel import Session, col, select

from reportgen.errors import ReportgenError
from reportgen.store.engine import Store
from reportgen.store.facts import COUNTING
from reportgen.store.tables import CheckRow, FormerCodeRow, HitRow, SnapshotRow, SubjectRow
from reportgen.subject.base import Fact
from reportgen.subject.canonical import canonical, sha256
from reportgen.subject.claims import claims_of, facts_of
from reportgen.subject.model import COLLECTIONS, Facts, Subject
from reportgen.subject.records import RECORD_LISTS, CreditRecord, Nature
from reportgen.subject.window import Placing, Window, window

Spans = Callable[[str], Window]
"""Returns the window by the rules of a region, as of today."""
_ENDED = {Placing.REPAIRED, Placing.REVOKED, Placing.RETENTION_OVER}
_UNPUBLISHED = {Placing.NOT_PUBLISHABLE, Placing.PUBLICITY_OVER}


@dataclass(frozen=True)
class Due:
    """What of a subject is to be forgotten, by the ids of its records.

    `earlier` may no longer be read in earlier versions: what counts now holds them no more, holds them as
    repaired or revoked, or the rules withhold them. `gone` may be read nowhere, so that no report may keep
    them either: adverse records that were repaired, revoked or taken off a closed list, or may no longer be
    looked up. That a publicity is over alone does not make a report gone that was right on its day.
    """

    earlier: tuple[str, ...]
    gone: tuple[str, ...]


def erase_record(session: Session, uscc: str, fact: str, at: datetime) -> int:
    """Take a record, or another listed fact, out of every version of a subject; return how many showed it.

    For what was deleted by a decision: an objection upheld, a revoked basis. The registration is no
    listed fact: it goes with the subject as a whole.
    """
    _forget_checks(session, uscc, {fact})
    return sum(_take_out(session, row, {fact}, at) for row in _readable(session, uscc))


def due(session: Session, uscc: str, spans: Spans) -> Due:
    """Return what of a subject is to be forgotten, by the rules of the region in which it is registered."""
    return _due([_subject(row) for row in _readable(session, uscc)], spans)


def erase_due(session: Session, uscc: str, spans: Spans, at: datetime) -> Due:
    """Take out of a subject's earlier versions the records that may no longer be read there; return what was due.

    What is left out today must not be readable in yesterday's facts. The version that counts stays whole,
    for the auditor and the subject itself. Favourable records stay: they burden nobody.
    """
    rows = _readable(session, uscc)
    subjects = [_subject(row) for row in rows]
    found = _due(subjects, spans)
    for row in rows[1:]:
        _take_out(session, row, found.earlier, at)
    held = {record.id for subject in subjects[:1] for record in subject.records}
    _forget_checks(session, uscc, set(found.earlier) - held)
    return found


def readable_subjects(session: Session) -> list[str]:
    """Return the codes of the subjects of whom any facts can be read."""
    found = select(SnapshotRow.uscc).where(col(SnapshotRow.content).is_not(None)).distinct()
    return list(session.exec(found.order_by(col(SnapshotRow.uscc))).all())


def old_subjects(session: Session, before: date, spared: Collection[str] = frozenset()) -> list[str]:
    """Return the subjects of whom nothing was learned since a day, but for those `spared`.

    The caller spares whoever has a report that must be kept.
    """
    last = func.max(col(SnapshotRow.known_at)) < _midnight(before)
    found = select(SnapshotRow.uscc).group_by(col(SnapshotRow.uscc))
    old = session.exec(found.having(last, func.count(col(SnapshotRow.content)) > 0)).all()
    return sorted(set(old) - set(spared))


def erase_subject(session: Session, uscc: str, at: datetime) -> None:
    """Forget a subject whole; its code, the days and the hashes stay."""
    gone = {"content": None, "redacted_sha256": None, "erased_at": at}
    session.execute(update(SnapshotRow).where(col(SnapshotRow.uscc) == uscc).values(gone))
    session.execute(update(SubjectRow).where(col(SubjectRow.uscc) == uscc).values(name="", former_names=""))
    session.execute(delete(CheckRow).where(col(CheckRow.uscc) == uscc))
    hits = update(HitRow).where(col(HitRow.uscc) == uscc)
    session.execute(hits.values(party="", relation="", reason="", party_key=cast(col(HitRow.id), String)))
    session.execute(delete(FormerCodeRow).where(col(FormerCodeRow.uscc) == uscc))


def old_versions(session: Session, before: date, spared: Collection[str] = frozenset()) -> list[int]:
    """Return the versions learned before a day that count no more, but for those whose hash is `spared`.

    The caller spares what a report rests on that must be kept.
    """
    found = select(SnapshotRow.uscc, SnapshotRow.id, SnapshotRow.sha256).where(
        col(SnapshotRow.content).is_not(None), col(SnapshotRow.known_at) < _midnight(before)
    )
    old = session.exec(found.order_by(col(SnapshotRow.id))).all()
    counting = {_counting(session, uscc) for uscc in {uscc for uscc, *_ in old}}
    return [row for _, row, digest in old if row is not None and row not in counting and digest not in spared]


def erase_version(session: Session, version: int, at: datetime) -> None:
    """Forget a version whole, and the checks of what stands in no other one; its days and its hash stay."""
    row = session.get_one(SnapshotRow, version)
    gone = _names(_subject(row))
    row.content, row.redacted_sha256, row.erased_at = None, None, at
    session.flush()
    left = {name for other in _readable(session, row.uscc) for name in _names(_subject(other))}
    _forget_checks(session, row.uscc, gone - left)


def _names(subject: Subject) -> set[str]:
    return {fact.id for _, fact in (*facts_of(subject), *claims_of(subject))}


def scrub(store: Store) -> None:
    """Empty SQLite's write-ahead log, where what was erased stands until all connections close.

    PostgreSQL's own vacuum does the like. Nobody may be in a transaction: raises E0903 where somebody is.
    """
    if store.engine.dialect.name != "sqlite":
        return
    with store.engine.connect() as connection:
        driver = connection.connection.driver_connection
        (busy, *_) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() if driver else (0,)
    if busy:
        raise ReportgenError("E0903", tries=1)


def _due(subjects: Sequence[Subject], spans: Spans) -> Due:
    if not subjects:
        return Due((), ())
    counts, *earlier = subjects
    span = spans(counts.registration.region)
    placed = window(counts.records, span)
    shown = {item.record.id for item in placed if not item.withheld}
    told = [record for s in earlier for record in (*s.records, *s.claims.records)]
    held = {record.id for record in told if record.nature is not Nature.FAVOURABLE}
    ended = {item.record.id for item in placed if item.placing in _ENDED and _burdens(item.record)}
    missing = _missing(counts, [record for s in earlier for record in s.records], span)
    return Due(tuple(sorted(held - shown)), tuple(sorted({*ended, *missing})))


def _burdens(record: CreditRecord) -> bool:
    # A judgment lost is adverse while it is unfulfilled, and was so in the reports of that time.
    return record.nature is Nature.ADVERSE or record.against is True


def _missing(counts: Subject, earlier: Iterable[CreditRecord], span: Window) -> Iterator[str]:
    """Yield the adverse records that a closed list holds no more, though their publicity is not over.

    What no closed list reaches may only not have been asked for: its absence says nothing. A record that
    came again under another id is there.
    """
    starts = {
        part: min((source.complete_since or span.start for source in counts.lists(part)), default=None)
        for part in RECORD_LISTS
    }
    names, documents = {record.id for record in counts.records}, set(map(_document, counts.records))
    for placed in window(earlier, span):
        record = placed.record
        held = record.id in names or _document(record) in documents
        since = starts[record.closing]
        listed = since is not None and record.determined_on >= since
        if listed and not held and _burdens(record) and placed.placing not in _UNPUBLISHED:
            yield record.id


def _document(record: CreditRecord) -> tuple[object, ...]:
    return record.kind, record.authority, record.number or record.title, record.determined_on


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)


def _counting(session: Session, uscc: str) -> int | None:
    found = select(SnapshotRow.id).where(SnapshotRow.uscc == uscc)
    return session.exec(found.order_by(*COUNTING).limit(1)).one()


def _readable(session: Session, uscc: str) -> list[SnapshotRow]:
    found = select(SnapshotRow).where(SnapshotRow.uscc == uscc, col(SnapshotRow.content).is_not(None))
    return list(session.exec(found.order_by(*COUNTING)).all())


def _subject(row: SnapshotRow) -> Subject:
    return Subject.model_validate_json(row.content or "")


def _take_out(session: Session, row: SnapshotRow, facts: Collection[str], at: datetime) -> bool:
    """Take facts, and what other sources say of them, out of a version; say whether it held any of them."""
    subject = _subject(row)
    if not any(fact.id in facts for _, _, fact in (*subject.listed(), *subject.claims.listed())):
        return False
    claims = subject.claims.model_copy(update=_without(subject.claims, facts))
    left = {**dict(subject), **_without(subject, facts), "claims": claims}
    row.content = canonical(Subject.model_validate(left))
    row.redacted_sha256, row.erased_at = sha256(row.content), at
    session.flush()
    return True


def _without(held: Facts, facts: Collection[str]) -> dict[str, tuple[Fact, ...]]:
    return {name: tuple(f for f in getattr(held, name) if f.id not in facts) for name in COLLECTIONS}


def _forget_checks(session: Session, uscc: str, facts: Collection[str]) -> None:
    session.execute(delete(CheckRow).where(col(CheckRow.uscc) == uscc, col(CheckRow.fact).in_(facts)))
