"""Forgetting what the law makes the office forget: records, whole subjects, stored files.

A version that loses facts keeps its hash as learned, and the hash of what is left beside it, so that
an earlier judgement can still be repeated from what may still be read. Nothing here tells a log which
fact it was.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from pathlib import Path

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from reportgen.errors import ReportgenError
from reportgen.store.engine import Store
from reportgen.store.facts import COUNTING
from reportgen.store.tables import CheckRow, SnapshotRow, SubjectRow
from reportgen.subject.canonical import canonical, sha256
from reportgen.subject.model import COLLECTIONS, Subject
from reportgen.subject.records import Nature
from reportgen.subject.window import Window, window


def erase_record(session: Session, uscc: str, fact: str, at: datetime) -> int:
    """Take a record, or another listed fact, out of every version of a subject; return how many showed it.

    For what was deleted by a decision: an objection upheld, a revoked basis. The registration is no
    listed fact: it goes with the subject as a whole.
    """
    _forget_checks(session, uscc, {fact})
    return sum(_take_out(session, row, {fact}, at) for row in _readable(session, uscc))


def erase_due(session: Session, uscc: str, span: Window, at: datetime) -> tuple[str, ...]:
    """Take out of a subject's earlier versions the records that may no longer be read there; return their ids.

    These are the records that the version which counts holds no more, holds as repaired or revoked, or
    that the window of the rules withholds: what is left out today must not be readable in yesterday's
    facts. The version that counts stays whole, for the auditor and the subject itself. Favourable
    records stay: they burden nobody.
    """
    rows = _readable(session, uscc)
    subjects = [_subject(row) for row in rows]
    shown = {
        placed.record.id for s in subjects[:1] for placed in window(s.records, span) if not placed.withheld
    }
    erased: set[str] = set()
    for row, subject in zip(rows[1:], subjects[1:], strict=True):
        burdens = {record.id for record in subject.records if record.nature is not Nature.FAVOURABLE}
        _take_out(session, row, burdens - shown, at)
        erased |= burdens - shown
    held = {record.id for s in subjects[:1] for record in s.records}
    _forget_checks(session, uscc, erased - held)
    return tuple(sorted(erased))


def with_history(session: Session) -> list[str]:
    """Return the codes of the subjects that have earlier versions: those for `erase_due`."""
    readable = select(SnapshotRow.uscc).where(col(SnapshotRow.content).is_not(None))
    found = readable.group_by(col(SnapshotRow.uscc)).having(func.count() > 1)
    return list(session.exec(found.order_by(col(SnapshotRow.uscc))).all())


def erase_subjects(
    session: Session, before: date, at: datetime, spared: Collection[str] = frozenset()
) -> list[str]:
    """Forget the subjects of whom nothing was learned since a day, but for those `spared`; return their codes.

    Codes, days and hashes stay. The caller spares whoever has a report that must be kept.
    """
    last = func.max(col(SnapshotRow.known_at)) < datetime.combine(before, time.min)
    found = select(SnapshotRow.uscc).group_by(col(SnapshotRow.uscc))
    old = session.exec(found.having(last, func.count(col(SnapshotRow.content)) > 0)).all()
    erased = sorted(set(old) - set(spared))
    for uscc in erased:
        _forget(session, uscc, at)
    return erased


def erase_files(folder: Path, names: Iterable[str]) -> list[str]:
    """Remove stored files by their names below a folder; return those that were there.

    Raises E0901 where one cannot be removed or is not below the folder.
    """
    return [name for name in names if _removed(folder, name)]


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


def _removed(folder: Path, name: str) -> bool:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ReportgenError("E0901", file=name, detail="不在机构的文件夹之内")
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ReportgenError("E0901", file=name, detail=error.strerror or str(error)) from error
    return True


def _readable(session: Session, uscc: str) -> list[SnapshotRow]:
    found = select(SnapshotRow).where(SnapshotRow.uscc == uscc, col(SnapshotRow.content).is_not(None))
    return list(session.exec(found.order_by(*COUNTING)).all())


def _subject(row: SnapshotRow) -> Subject:
    return Subject.model_validate_json(row.content or "")


def _take_out(session: Session, row: SnapshotRow, facts: Collection[str], at: datetime) -> bool:
    """Take facts out of a version; say whether it held any of them."""
    subject = _subject(row)
    left = {name: tuple(f for f in getattr(subject, name) if f.id not in facts) for name in COLLECTIONS}
    if all(len(left[name]) == len(getattr(subject, name)) for name in COLLECTIONS):
        return False
    row.content = canonical(Subject.model_validate({**dict(subject), **left}))
    row.redacted_sha256, row.erased_at = sha256(row.content), at
    session.flush()
    return True


def _forget(session: Session, uscc: str, at: datetime) -> None:
    gone = {"content": None, "redacted_sha256": None, "erased_at": at}
    session.execute(update(SnapshotRow).where(col(SnapshotRow.uscc) == uscc).values(gone))
    session.execute(update(SubjectRow).where(col(SubjectRow.uscc) == uscc).values(name="", former_names=""))
    session.execute(delete(CheckRow).where(col(CheckRow.uscc) == uscc))


def _forget_checks(session: Session, uscc: str, facts: Collection[str]) -> None:
    session.execute(delete(CheckRow).where(col(CheckRow.uscc) == uscc, col(CheckRow.fact).in_(facts)))
