"""Many subjects of whom the office knows nothing yet, each from one delivery: the rows of `take_in`, all at once.

Nothing rests on what nobody knew: there is no report to mark, no case, no hit and no version to compare with. That
leaves the version, its checks and its event; one by one they take twenty questions to the database each.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from reportgen.registry.events import Tag, begin
from reportgen.registry.lifecycle import Desk
from reportgen.store.facts import known_now
from reportgen.store.rows import table_of
from reportgen.store.tables import CheckRow, FormerCodeRow, SnapshotRow, SubjectRow
from reportgen.subject.canonical import canonical, sha256
from reportgen.subject.claims import facts_of
from reportgen.subject.model import Subject
from reportgen.subject.warnings import warnings


def unknown(session: Session, codes: Sequence[str]) -> set[str]:
    """Return which of some codes no subject has or had."""
    now = session.exec(select(SubjectRow.uscc).where(col(SubjectRow.uscc).in_(codes))).all()
    once = session.exec(select(FormerCodeRow.code).where(col(FormerCodeRow.code).in_(codes))).all()
    return set(codes) - {*now, *once}


def welcome(session: Session, subjects: Mapping[str, Subject], desk: Desk) -> set[str]:
    """Enter subjects of unknown codes, as told by one source on the desk's day; return whom it entered.

    Whom somebody else enters at the same moment is left out: he is no newcomer any more.
    """
    entered = _named(session, subjects.values())
    told = [(subjects[code], canonical(subjects[code])) for code in sorted(entered)]
    if told:
        rows = [_version(subject, content, desk) for subject, content in told]
        session.execute(insert(table_of(SnapshotRow)), rows)
        events = {f"subject:{row['uscc']}": _event(row) for row in rows}
        begin(session, Tag.SUBJECT_FACTS_IMPORT, desk.at, desk.actor, desk.key, events)
    if checks := [row for subject, _ in told for row in _checks(subject)]:
        session.execute(insert(table_of(CheckRow)), checks)
    return entered


def to_look_at(session: Session, subjects: Sequence[Subject]) -> list[str]:
    """Return the codes of the subjects whose facts should be looked at, or whose name another one has."""
    names = {subject.name for subject in subjects}
    counts = Counter(session.exec(select(SubjectRow.name).where(col(SubjectRow.name).in_(names))).all())
    return [
        subject.uscc
        for subject in subjects
        if counts[subject.name] > 1 or warnings(subject, lambda uscc: known_now(session, uscc))
    ]


def _named(session: Session, subjects: Iterable[Subject]) -> set[str]:
    table = table_of(SubjectRow)
    add = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(table)
    rows = [{"uscc": s.uscc, "name": s.name, "former_names": "\n".join(s.former_names)} for s in subjects]
    if not rows:
        return set()
    return set(session.execute(add.on_conflict_do_nothing().returning(table.c.uscc), rows).scalars())


def _version(subject: Subject, content: str, desk: Desk) -> dict[str, object]:
    return {
        "uscc": subject.uscc,
        "as_of": subject.as_of,
        "known_at": desk.at,
        "sha256": sha256(content),
        "content": content,
    }


def _event(row: Mapping[str, object]) -> dict[str, str]:
    return {"uscc": str(row["uscc"]), "on": str(row["as_of"]), "sha256": str(row["sha256"])}


def _checks(subject: Subject) -> Iterator[dict[str, object]]:
    for _, fact in facts_of(subject):
        if fact.verification is not None:
            yield {"uscc": subject.uscc, "fact": fact.id, **dict(fact.verification)}
