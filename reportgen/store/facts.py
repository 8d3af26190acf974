"""Subjects as the office learned them, version by version: valid time (`as_of`) and known time (`known_at`).

Of what was known by a moment, the version counts that describes the latest day, and of two for one day
the one learned later. So an older file may still be taken in without hiding what is newer, and every
earlier judgement can be repeated.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, func
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import defer
from sqlmodel import Session, col, or_, select

from reportgen.errors import ReportgenError
from reportgen.store.tables import CheckRow, FormerCodeRow, SnapshotRow, SubjectRow
from reportgen.subject.canonical import canonical, sha256
from reportgen.subject.changes import FactChange, changes
from reportgen.subject.claims import claims_of, facts_of
from reportgen.subject.model import Subject

MOST = 50
"""How many subjects a search returns unless told otherwise."""
COUNTING = (col(SnapshotRow.as_of).desc(), col(SnapshotRow.known_at).desc(), col(SnapshotRow.id).desc())
"""The order in which a subject's versions count."""
_WITHOUT_CONTENT = defer(SnapshotRow.content)  # type: ignore[arg-type] # SQLModel types a column as its value


@dataclass(frozen=True)
class Imported:
    """What came of an import.

    `new` says whether a version was entered, `counts` whether it is what the office now goes by: one
    for a day before `newest` is kept and does not count. `changes` is what differs from the version
    that counted before; nothing for a subject's first one.
    """

    uscc: str
    name: str
    as_of: date
    sha256: str
    new: bool
    newest: date
    changes: tuple[FactChange, ...] = ()

    @property
    def counts(self) -> bool:
        """Say whether these facts are what the office now goes by."""
        return self.as_of >= self.newest


@dataclass(frozen=True)
class Version:
    """A version of a subject, by its hash as learned; `readable` says whether anything of it is left.

    Where `erased_at` is set, the office has since forgotten some of its facts, or all.
    """

    as_of: date
    known_at: datetime
    sha256: str
    erased_at: datetime | None
    readable: bool


@dataclass(frozen=True)
class Known:
    """A subject as a search finds it: the version that counts, and how many there are."""

    uscc: str
    name: str
    former_names: tuple[str, ...]
    as_of: date
    known_at: datetime
    versions: int


def import_subject(session: Session, subject: Subject, known_at: datetime) -> Imported:
    """Enter a subject's facts and their 核实记录 as learned at a moment; the same content again enters nothing.

    What was erased from a version does not come back with the same content.
    Raises E0352 (something else was learned later already), E0353 (facts of a day yet to come).
    """
    if subject.as_of > known_at.date():
        raise ReportgenError("E0353", path="as_of", as_of=subject.as_of, known_at=known_at.date())
    entry = held_subject(session, subject.uscc)
    past = _versions(session, subject.uscc)
    content = canonical(subject)
    told = _told(subject, sha256(content), past)
    if not told.new:
        return told
    check_later(subject.name, known_at, (version.known_at for version in past))
    if told.counts:
        told = replace(told, changes=_changes(session, subject))
        entry.name, entry.former_names = subject.name, "\n".join(subject.former_names)
        _enter_codes(session, subject)
    _enter_checks(session, subject)
    session.add(
        SnapshotRow(
            uscc=subject.uscc,
            as_of=subject.as_of,
            known_at=known_at,
            sha256=told.sha256,
            content=content,
        )
    )
    session.flush()
    return told


def check_later(name: str, known_at: datetime, past: Iterable[datetime]) -> None:
    """Raise E0352 where something was learned later already: the office learns nothing in hindsight."""
    newest = max(past, default=known_at)
    if known_at < newest:
        raise ReportgenError("E0352", path="known_at", name=name, newest=newest, known_at=known_at)


def subject_at(session: Session, uscc: str, known_at: datetime | None = None) -> Subject:
    """Return a subject as the office knew it at a moment, or knows it now; raises E0350 (unknown, erased)."""
    found = select(SnapshotRow.content).where(SnapshotRow.uscc == uscc, *_known_by(known_at))
    contents = session.exec(found.order_by(*COUNTING).limit(1)).all()
    if not contents:
        when = f"在 {known_at} 以前" if known_at else ""
        raise ReportgenError("E0350", path=uscc, detail=f"{uscc} {when}没有导入过")
    if contents[0] is None:
        raise ReportgenError("E0350", path=uscc, detail=f"{uscc} 的信息已依规删除，只留校验值")
    return Subject.model_validate_json(contents[0])


def subject_by_hash(session: Session, uscc: str, digest: str) -> Subject | None:
    """Return a subject's facts by the hash of what was learned; None where the office no longer has all of them."""
    whole = (SnapshotRow.uscc == uscc, SnapshotRow.sha256 == digest, col(SnapshotRow.erased_at).is_(None))
    content = session.exec(select(SnapshotRow.content).where(*whole).limit(1)).first()
    return Subject.model_validate_json(content) if content else None


def known_now(session: Session, uscc: str) -> Subject | None:
    """Return a subject as the office knows it now, None where it knows none."""
    with suppress(ReportgenError):
        return subject_at(session, uscc)
    return None


def now_under(session: Session, code: str) -> list[str]:
    """Return the codes of the subjects that once had a code."""
    found = select(FormerCodeRow.uscc).where(FormerCodeRow.code == code)
    return sorted(session.exec(found).all())


def namesakes(session: Session, subject: Subject) -> list[str]:
    """Return the codes of other subjects that are called the same."""
    found = select(SubjectRow.uscc).where(SubjectRow.name == subject.name, SubjectRow.uscc != subject.uscc)
    return sorted(session.exec(found).all())


def versions(session: Session, uscc: str) -> list[Version]:
    """Return the versions of a subject in the order in which they count; raises E0350 where there is none."""
    found = _versions(session, uscc)
    if not found:
        raise ReportgenError("E0350", path=uscc, detail=f"{uscc} 没有导入过")
    return found


def find_subjects(session: Session, text: str = "", limit: int = MOST) -> list[Known]:
    """Return the subjects whose code, name or former name holds a text, by code; what was erased is not found."""
    own = select(SnapshotRow.id).where(SnapshotRow.uscc == SubjectRow.uscc)
    newest = own.order_by(*COUNTING).limit(1).correlate(SubjectRow).scalar_subquery()
    count = select(func.count()).where(SnapshotRow.uscc == SubjectRow.uscc)
    columns = (col(SubjectRow.uscc), col(SubjectRow.name), col(SubjectRow.former_names))
    found = (
        select(SubjectRow, SnapshotRow, count.correlate(SubjectRow).scalar_subquery())
        .join(SnapshotRow, col(SnapshotRow.id) == newest)
        .options(_WITHOUT_CONTENT)
        .where(col(SnapshotRow.content).is_not(None))
        .where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    )
    rows = session.exec(found.order_by(col(SubjectRow.uscc)).limit(limit)).all()
    return [_found(entry, row, versions) for entry, row, versions in rows]


def _found(entry: SubjectRow, row: SnapshotRow, versions: int) -> Known:
    former = tuple(entry.former_names.splitlines())
    return Known(entry.uscc, entry.name, former, row.as_of, row.known_at, versions)


def _known_by(known_at: datetime | None) -> list[ColumnElement[bool]]:
    return [] if known_at is None else [col(SnapshotRow.known_at) <= known_at]


def _versions(session: Session, uscc: str) -> list[Version]:
    found = select(SnapshotRow).where(SnapshotRow.uscc == uscc).order_by(*COUNTING)
    rows = session.exec(found.options(_WITHOUT_CONTENT)).all()
    return [_version(row) for row in rows]


def _version(row: SnapshotRow) -> Version:
    # The table's own rule: what was taken out in part has a second hash, what was taken out whole has none.
    readable = row.erased_at is None or row.redacted_sha256 is not None
    return Version(row.as_of, row.known_at, row.sha256, row.erased_at, readable)


def _told(subject: Subject, digest: str, past: list[Version]) -> Imported:
    newest = max([subject.as_of, *(version.as_of for version in past)])
    # What is to count is compared with what counts: facts may come to be again what they were before.
    held = past[:1] if subject.as_of == newest else past
    new = all(version.sha256 != digest or not version.readable for version in held)
    return Imported(subject.uscc, subject.name, subject.as_of, digest, new, newest)


def held_subject(session: Session, uscc: str) -> SubjectRow:
    """Return a subject's row, entered where it is missing, and held until the transaction ends."""
    with suppress(IntegrityError), session.begin_nested():
        if session.get(SubjectRow, uscc) is None:
            session.add(SubjectRow(uscc=uscc, name=""))
    # Somebody else may have entered it meanwhile; two imports of one subject wait for each other.
    return session.get_one(SubjectRow, uscc, with_for_update=True)


def _changes(session: Session, subject: Subject) -> tuple[FactChange, ...]:
    found = select(SnapshotRow.content).where(SnapshotRow.uscc == subject.uscc)
    before = session.exec(found.order_by(*COUNTING).limit(1)).first()
    return changes(Subject.model_validate_json(before), subject) if before else ()


def _enter_codes(session: Session, subject: Subject) -> None:
    session.execute(delete(FormerCodeRow).where(col(FormerCodeRow.uscc) == subject.uscc))
    session.add_all(FormerCodeRow(code=code, uscc=subject.uscc) for code in set(subject.former_codes))


def _enter_checks(session: Session, subject: Subject) -> None:
    rows = session.exec(select(CheckRow).where(CheckRow.uscc == subject.uscc)).all()
    held = {(row.fact, row.by, row.how, row.on) for row in rows}
    told = (*facts_of(subject), *claims_of(subject))
    checks = [(fact.id, fact.verification) for _, fact in told if fact.verification is not None]
    for fact, check in checks:
        if (fact, check.by, check.how, check.on) not in held:
            session.add(CheckRow(uscc=subject.uscc, fact=fact, by=check.by, how=check.how, on=check.on))
