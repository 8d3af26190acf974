"""Using a report as a person asks for it: what he means, what he is told, what comes after, and a mistake."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from reportgen.errors import Fault, ReportgenError
from reportgen.registry import lifecycle
from reportgen.registry.lifecycle import LABELS, Consumption, Desk, Outcome, Use
from reportgen.registry.tables import Kind, ReportRow, State
from reportgen.registry.words import KINDS
from reportgen.store.people import active_user
from reportgen.store.projects import project_at
from reportgen.subject.identifiers import uscc_fault


def meant(session: Session, project: str, round_: int | None, lot: str, by: str) -> Use:
    """Return a use as its consumer names it, for the last round that the office knows where he names none.

    A slip is told before it is taken for a misuse: raises E0301 (no USCC), and E0306, E0307 (lot) for a
    project that the office knows.
    """
    fault = uscc_fault(by)
    if fault:
        raise ReportgenError("E0301", path="by", faults=[Fault("E0301", "by", fault)])
    try:
        known = project_at(session, project, round_)
    except ReportgenError:
        return Use(project, round_ or 1, lot, by)
    known.select(lot)
    return Use(project, known.round, lot, by)


def refusal(done: Consumption, use: Use) -> ReportgenError | None:
    """Return what a refused consumer is told, which is nothing about anybody else; None where he may go on.

    E0602 (revoked), E0603 (of another project or for somebody else), E0604 (expired), E0607 (not issued), E0611
    (no report).
    """
    number = done.report.number
    match done.outcome:
        case Outcome.REVOKED:
            return ReportgenError("E0602", number=number)
        case Outcome.ELSEWHERE:
            return ReportgenError("E0603", number=number, project=use.project, by=use.by)
        case Outcome.EXPIRED:
            return ReportgenError("E0604", number=number, until=done.report.valid_until)
        case Outcome.NOT_ISSUED:
            return ReportgenError("E0607", number=number, state=LABELS[State(done.report.state)])
        case Outcome.REUSABLE:
            return ReportgenError("E0611", number=number, kind=KINDS[Kind(done.report.kind)])
    return None


def archive(session: Session, numbers: Collection[str], project: str, desk: Desk) -> list[str]:
    """Archive used reports by their numbers, or all those of a project; returns the numbers.

    Raises E0502, E0605 (not a used report): then none is archived.
    """
    used = select(ReportRow.number).where(ReportRow.project == project, ReportRow.state == State.CONSUMED)
    named = numbers or session.exec(used.order_by(col(ReportRow.id))).all()
    return [str(lifecycle.archive(session, str(number), desk).number) for number in dict.fromkeys(named)]


def annul(session: Session, number: str, second: str, desk: Desk) -> ReportRow:
    """Take back a mistaken use, by whoever acts and a second user of the office.

    Raises E0354 (not a user), E0502, E0605, E1102 (one person).
    """
    names = [active_user(session, login).name for login in dict.fromkeys((desk.actor, second))]
    if len(names) > len(set(names)):
        raise ReportgenError(
            "E1102", detail=f"两个登录名同为{names[0]}，撤回误核销须由两名不同的人员共同办理"
        )
    return lifecycle.annul(session, number, desk.actor, second, desk)
