"""异议: only the subject itself objects; an objection marks, it freezes nothing, and ends in writing.

Deadline by the rule pack (征信业管理条例 25: twenty days). Record and reports are marked the same day; the case
ends in a correction, a deletion, or in keeping the record with the subject's statement recorded. What cases
left stands beside the facts whenever facts are pulled, for their sources may say nothing of it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from reportgen.errors import Fault, ReportgenError
from reportgen.policy.loader import PACKS, load_pack, pack_paths
from reportgen.policy.values import ObjectionRule
from reportgen.registry.entries import enter_facts
from reportgen.registry.events import Tag, office_stream, record
from reportgen.registry.lifecycle import Desk
from reportgen.registry.marks import give_up, mark, resting_on, settle
from reportgen.registry.tables import ObjectionRow
from reportgen.registry.workdays import add_workdays
from reportgen.store.erase import erase_record
from reportgen.store.facts import subject_at
from reportgen.store.rows import taken
from reportgen.store.tables import SubjectRow
from reportgen.subject.model import Subject
from reportgen.subject.records import CreditRecord, RecordState

_NATION = "100000"
_LONGEST = 5000


class Ending(StrEnum):
    """How an objection ends."""

    CORRECTED = "CORRECTED"
    DELETED = "DELETED"
    KEPT = "KEPT"


def rule_of(region: str, on: date, folder: Path = PACKS) -> ObjectionRule:
    """Return within how many days an objection is answered in a region; raises E0310 where no pack says it."""
    packs = sorted(map(load_pack, pack_paths(folder)), key=lambda item: item[0].released, reverse=True)
    for code in dict.fromkeys((region, region[:4] + "00", region[:2] + "0000", _NATION)):
        for pack, sha256 in packs:
            if pack.region == code:
                # A pack without values for the day leaves the word to the next one.
                with suppress(KeyError):
                    return pack.on(on, sha256).objection
    raise ReportgenError("E0310", path="region", region=region, matter="异议", on=on, known="")


def deadline(received: date, rule: ObjectionRule) -> tuple[date, bool]:
    """Return the last day for the written answer, and whether it is 暂按."""
    if rule.working:
        return add_workdays(received, rule.answer_days)
    return received + timedelta(days=rule.answer_days), False


def receive(session: Session, uscc: str, fact: str, grounds: str, desk: Desk) -> ObjectionRow:
    """Open a case by the rules of the subject's region on the day; raises E0310 and what `object_to` raises."""
    region = subject_at(session, uscc).registration.region
    return object_to(session, uscc, fact, grounds, rule_of(region, desk.at.date()), desk)


def object_to(
    session: Session, uscc: str, fact: str, grounds: str, rule: ObjectionRule, desk: Desk
) -> ObjectionRow:
    """Open a case about one fact of a subject, and mark the record and the reports that rest on it.

    Raises E0301 (grounds), E0350 (unknown subject), E0359 (no such fact), E0608 (open already).
    """
    # Imports of the subject wait here: they are marked by this case, or this case marks what they brought.
    session.get(SubjectRow, uscc, with_for_update=True)
    subject, touched = subject_at(session, uscc), resting_on(session, uscc, [fact])
    if not touched and all(held.id != fact for _, held in subject.facts()):
        raise ReportgenError("E0359", uscc=uscc, fact=fact)
    case = _entered(session, uscc, fact, _written("grounds", grounds, 1), rule, desk)
    mark(session, touched, Tag.REPORT_MARK_DISPUTE, desk)
    _import(session, marked(subject, [case]), subject, desk)
    _tell(session, case, Tag.OBJECTION_CASE_OPEN, desk)
    return case


def close(
    session: Session, case_id: int, ending: Ending, answer: str, desk: Desk, statement: str = ""
) -> ObjectionRow:
    """Close a case with its answer: reports lose 异议中, and after a correction or deletion are 需更新.

    The record loses the mark as well; kept, it carries the subject's statement, where it makes one, from
    then on; deleted, it goes from every version of the facts, and what was 签发中 on it is given up. What is
    corrected is imported as any fact is. Raises E0301 (answer, statement), E0609 (no such open case).
    """
    said = said_at_closing(ending, answer, statement)
    case = taken(
        session,
        update(ObjectionRow)
        .where(col(ObjectionRow.id) == case_id, col(ObjectionRow.state) == "OPEN")
        .values(state=ending, closed_at=desk.at, **said),
        ObjectionRow,
    )
    if case is None:
        raise ReportgenError("E0609", case=case_id)
    _end(session, case, ending, desk)
    touched = resting_on(session, case.uscc, [case.fact])
    others = [other.fact for other in waiting(session, case.uscc)]
    settle(session, set(touched) - set(resting_on(session, case.uscc, others)), desk)
    if ending is not Ending.KEPT:
        mark(session, touched, Tag.REPORT_MARK_OUTDATED, desk)
    _tell(session, case, Tag.OBJECTION_CASE_CLOSE, desk)
    return case


def said_at_closing(ending: Ending, answer: str, statement: str) -> dict[str, str]:
    """Return what closing a case leaves in writing, its answer and the statement; raises E0301 (by field)."""
    return {"answer": _written("answer", answer, 1), "statement": _stated(ending, statement)}


def due(session: Session) -> list[ObjectionRow]:
    """Return the open cases, those to be answered first at the top."""
    asked = select(ObjectionRow).where(ObjectionRow.state == "OPEN")
    return list(session.exec(asked.order_by(col(ObjectionRow.answer_by), col(ObjectionRow.id))).all())


def ended(session: Session, limit: int = 200) -> list[ObjectionRow]:
    """Return the cases that were closed, the last one at the top."""
    asked = select(ObjectionRow).where(ObjectionRow.state != "OPEN")
    return list(session.exec(asked.order_by(col(ObjectionRow.closed_at).desc()).limit(limit)).all())


def overdue(case: ObjectionRow, on: date) -> bool:
    """Say whether a case should have been answered before a day."""
    return case.state == "OPEN" and case.answer_by < on


def waiting(session: Session, uscc: str) -> list[ObjectionRow]:
    """Return the open cases of a subject."""
    asked = select(ObjectionRow).where(ObjectionRow.uscc == uscc, ObjectionRow.state == "OPEN")
    return list(session.exec(asked.order_by(col(ObjectionRow.id))).all())


def deleted(session: Session, uscc: str) -> set[str]:
    """Return the facts of a subject that cases ended by deleting."""
    asked = select(ObjectionRow.fact).where(ObjectionRow.uscc == uscc, ObjectionRow.state == Ending.DELETED)
    return set(session.exec(asked).all())


def carry_over(session: Session, uscc: str, facts: Mapping[str, str]) -> None:
    """Let the cases of a fact be cases of the one under whose id the same thing stands now."""
    busy = {case.fact for case in waiting(session, uscc)}
    for gone, kept in facts.items():
        # Of two open cases of one thing each keeps its own: it has its own answer.
        if not {gone, kept} <= busy:
            held = (col(ObjectionRow.uscc) == uscc, col(ObjectionRow.fact) == gone)
            session.execute(update(ObjectionRow).where(*held).values(fact=kept))


def heard(session: Session, subject: Subject) -> Subject:
    """Return a subject as its cases leave it: records in open ones 异议中, those kept with its statement beside.

    A statement that the source itself carries stands, unless it is one that a later case replaced.
    """
    asked = select(ObjectionRow).where(ObjectionRow.uscc == subject.uscc).order_by(col(ObjectionRow.id))
    cases = session.exec(asked).all()
    if not cases:
        return subject
    return _annotated(marked(subject, [case for case in cases if case.state == "OPEN"]), cases)


def marked(subject: Subject, cases: Iterable[ObjectionRow]) -> Subject:
    """Return a subject whose records in open cases are 异议中; one that was revoked stays so."""
    since = {case.fact: case.received_at.date() for case in cases}
    free = {RecordState.VALID, RecordState.REPAIRED}

    def change(held: CreditRecord) -> dict[str, object]:
        if held.id not in since or held.state not in free:
            return {}
        return {"state": RecordState.DISPUTED, "disputed_on": since[held.id]}

    return _with(subject, change)


def _annotated(subject: Subject, cases: Iterable[ObjectionRow]) -> Subject:
    said: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        if case.state in {Ending.CORRECTED, Ending.DELETED}:
            # What was said of the record as it was then is not said of what it is now.
            said[case.fact].clear()
        elif case.statement:
            said[case.fact].append(case.statement)

    def change(held: CreditRecord) -> dict[str, object]:
        own = said[held.id]
        return {"statement": own[-1]} if own and held.statement in {"", *own} else {}

    return _with(subject, change)


def _end(session: Session, case: ObjectionRow, ending: Ending, desk: Desk) -> None:
    """Take the mark off the record, or the record out of the facts."""
    if ending is Ending.DELETED:
        erase_record(session, case.uscc, case.fact, desk.at)
        give_up(session, case.uscc, desk)
        return

    def change(held: CreditRecord) -> dict[str, object]:
        if held.id != case.fact or held.state is not RecordState.DISPUTED:
            return {}
        state = RecordState.REPAIRED if held.repaired_on else RecordState.VALID
        return {"state": state, "disputed_on": None, "statement": case.statement or held.statement}

    try:
        subject = subject_at(session, case.uscc)
    except ReportgenError:
        # Facts that had to be forgotten meanwhile bear no mark.
        return
    _import(session, _with(subject, change), subject, desk)


def _with(subject: Subject, change: Callable[[CreditRecord], dict[str, object]]) -> Subject:
    """Return a subject with its records changed, whichever source tells of them: another one may come to count."""

    def changed(records: Iterable[CreditRecord]) -> tuple[CreditRecord, ...]:
        return tuple(CreditRecord.model_validate({**dict(held), **change(held)}) for held in records)

    claims = subject.claims.model_copy(update={"records": changed(subject.claims.records)})
    return Subject.model_validate({**dict(subject), "records": changed(subject.records), "claims": claims})


def _import(session: Session, after: Subject, before: Subject, desk: Desk) -> None:
    if after != before:
        enter_facts(session, after, desk)


def _entered(
    session: Session, uscc: str, fact: str, grounds: str, rule: ObjectionRule, desk: Desk
) -> ObjectionRow:
    answer_by, provisional = deadline(desk.at.date(), rule)
    case = ObjectionRow(
        uscc=uscc,
        fact=fact,
        grounds=grounds,
        received_at=desk.at,
        answer_by=answer_by,
        provisional=provisional,
    )
    try:
        with session.begin_nested():
            session.add(case)
    except IntegrityError as error:
        # The database keeps one open case of a fact.
        raise ReportgenError("E0608", fact=fact) from error
    return case


def _written(path: str, text: str, least: int) -> str:
    if not least <= len(text) <= _LONGEST:
        fault = Fault("E0301", path, f"应为 {least} 至 {_LONGEST} 字，实为 {len(text)} 字")
        raise ReportgenError("E0301", path=path, faults=[fault])
    return text


def _stated(ending: Ending, statement: str) -> str:
    if statement and ending is not Ending.KEPT:
        fault = Fault("E0301", "statement", "只有维持的信息附注主体的声明")
        raise ReportgenError("E0301", path="statement", faults=[fault])
    return _written("statement", statement, 0)


def _tell(session: Session, case: ObjectionRow, tag: Tag, desk: Desk) -> None:
    stream = office_stream(session, f"objection:{case.id}")
    record(session, stream, tag, desk.at, desk.actor, desk.key, uscc=case.uscc, state=case.state)
