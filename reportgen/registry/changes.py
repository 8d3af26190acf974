"""What the office learns of a subject after it issued reports: they are marked, and stay usable."""

from collections.abc import Collection, Iterable, Iterator

from sqlmodel import Session

from reportgen.registry.entries import enter_facts
from reportgen.registry.events import Tag
from reportgen.registry.lifecycle import Desk
from reportgen.registry.listings import with_hits
from reportgen.registry.marks import about, mark, resting_on
from reportgen.registry.objections import heard
from reportgen.store.facts import Imported
from reportgen.subject.changes import SUBJECT, FactChange, FieldChange, Sort
from reportgen.subject.identity import normalised
from reportgen.subject.model import Subject
from reportgen.subject.records import CreditRecord, Nature, RecordState, Severity

_OVER = {RecordState.REPAIRED, RecordState.REVOKED}


def learn(
    session: Session, subject: Subject, desk: Desk, moved: Collection[str] = ()
) -> tuple[Imported, list[str]]:
    """Enter a subject's facts and mark what rests on those that changed; returns the numbers newly marked.

    What its hits on lists say stands beside them. A record in an open case stays 异议中, and one that was kept has
    the subject's statement beside it, whatever its source says of it. Raises E0352, E0353.
    """
    kept = heard(session, with_hits(session, subject))
    told = enter_facts(session, kept, desk)
    return told, follow(session, subject.uscc, _besides(told.changes, moved), kept.records, desk)


def _besides(changes: Iterable[FactChange], moved: Collection[str]) -> Iterator[FactChange]:
    return (change for change in changes if change.sort is not Sort.REMOVED or change.fact not in moved)


def follow(
    session: Session, uscc: str, changes: Iterable[FactChange], records: Iterable[CreditRecord], desk: Desk
) -> list[str]:
    """Mark as 需更新 the reports that changes of a subject's facts concern; returns the numbers newly marked.

    A new adverse record concerns all reports about the subject, unless it is slight or over already; a
    fact that was changed or removed those that rest on it.
    """
    found = list(changes)
    concerned = set(resting_on(session, uscc, list(_rewritten(found))))
    added = {change.fact for change in found if change.sort is Sort.ADDED}
    if any(record.id in added and _weighs(record) for record in records):
        concerned |= set(about(session, uscc))
    return mark(session, sorted(concerned), Tag.REPORT_MARK_OUTDATED, desk)


def _weighs(record: CreditRecord) -> bool:
    # What no document graded may be grave.
    adverse = record.nature is Nature.ADVERSE and record.state not in _OVER
    return adverse and record.severity is not Severity.SLIGHT


def _rewritten(changes: Iterable[FactChange]) -> Iterator[str]:
    for change in changes:
        if change.collection in {SUBJECT, "sources"} or change.sort is Sort.ADDED or change.is_claim:
            continue
        if change.sort is Sort.REMOVED or any(map(_tells, change.fields)):
            yield change.fact


def _tells(field: FieldChange) -> bool:
    """Say whether a field says something else now, and not only how it is spelt, where it was found or when checked."""
    again = field.path.startswith("verification") and None not in (field.before, field.after)
    spelling = normalised(field.before) == normalised(field.after) and None not in (field.before, field.after)
    return field.path not in {"source", "location"} and not again and not spelling
