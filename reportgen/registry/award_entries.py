"""Entering an award notice (中标公示), from which on bidders are told whether their reports were used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import update
from sqlmodel import Session, col, select

from reportgen.errors import Fault, ReportgenError
from reportgen.project.model import Project
from reportgen.registry import award_notices
from reportgen.registry.award_rows import AwardNoticeRow
from reportgen.registry.event_data import Value
from reportgen.registry.events import OFFICE, office_stream
from reportgen.registry.lifecycle import Desk
from reportgen.registry.office import tell
from reportgen.registry.tables import Kind, ReportRow
from reportgen.registry.tags import Tag
from reportgen.registry.webhook_rows import CallRow, CallState
from reportgen.registry.webhooks import OF_USE
from reportgen.store.projects import project_at
from reportgen.store.rows import changed


@dataclass(frozen=True)
class Awards:
    """How far the award notices of a round have come: those entered, and the lots that still have none.

    A lot's name is empty where the round has no lots. `opens_at` is 开标, before which none is entered.
    """

    project: Project
    entered: tuple[AwardNoticeRow, ...]
    waiting: tuple[str, ...]
    opens_at: datetime


def awards(session: Session, project: str, round_: int) -> Awards:
    """Return the award notices of a round of a project, and what lacks one; raises E0351."""
    known = project_at(session, project, round_)
    entered = award_notices.of_round(session, project, round_)
    done = {row.lot for row in entered}
    waiting = [lot for lot in _lots(session, known) if lot not in done]
    opens_at = known.bid_deadline or datetime.combine(known.judged_on, time.min)
    return Awards(known, tuple(entered), tuple(waiting), opens_at)


def meant(found: Awards, lots: Sequence[str], day: str, at: datetime) -> date:
    """Return the day of an award notice as it was typed.

    Raises E0301 before 开标, for what is no tender, for lots that do not wait for a notice, and for a day that is none,
    in the future, or before 开标.
    """
    faults = [Fault("E0301", path, what) for path, what in _faults(found, lots, day, at) if what]
    if faults:
        raise ReportgenError("E0301", path="award", faults=faults)
    return date.fromisoformat(day)


def enter(session: Session, where: tuple[str, int], lots: Sequence[str], day: str, desk: Desk) -> None:
    """Enter the award notice of lots of a round with its event, and tell bidders what was held; raises as `meant`, E0351."""
    # Of two who enter it at the same moment, the second finds it there.
    office_stream(session, OFFICE)
    found = awards(session, *where)
    on, project = meant(found, lots, day, desk.at), found.project
    for lot in dict.fromkeys(lots):
        _enter(session, project, lot, on, desk)
        _release(session, project, lot, desk.at)


def _enter(session: Session, project: Project, lot: str, on: date, desk: Desk) -> None:
    row = AwardNoticeRow(
        project=project.id,
        round=project.round,
        lot=lot,
        on=on,
        entered_at=desk.at,
        entered_by=desk.actor,
    )
    session.add(row)
    said: dict[str, Value] = {"project": row.project, "round": row.round, "lot": row.lot}
    tell(session, Tag.PROJECT_AWARD_ENTER, desk, on=on.isoformat(), **said)


def _release(session: Session, project: Project, lot: str, at: datetime) -> None:
    """Make due the calls that were held until a lot's award notice; whoever takes them looks once more."""
    of_lot = select(ReportRow.number).where(
        ReportRow.project == project.id, ReportRow.round == project.round, ReportRow.lot == lot
    )
    held = (col(CallRow.state) == CallState.HELD, col(CallRow.kind).in_(OF_USE))
    changed(session, update(CallRow).where(*held, col(CallRow.about).in_(of_lot)).values(due_at=at))


def _lots(session: Session, project: Project) -> list[str]:
    """Return the lots of a round, and those that an amendment took away after reports were issued for them."""
    used = select(ReportRow.lot).where(
        ReportRow.kind == Kind.REPORT, ReportRow.project == project.id, ReportRow.round == project.round
    )
    issued = session.exec(used.where(col(ReportRow.issued_at).is_not(None)).distinct()).all()
    own = [lot.id for lot in project.lots] or [""]
    return [*dict.fromkeys((*own, *sorted(issued)))]


def _faults(found: Awards, lots: Sequence[str], day: str, at: datetime) -> list[tuple[str, str]]:
    return [("lot", _wrong_lots(found, lots)), ("on", _wrong_day(day, found.opens_at, at))]


def _wrong_lots(found: Awards, lots: Sequence[str]) -> str:
    if not found.project.is_tender:
        return "不是招标采购事项，没有中标公示"
    if not lots:
        return "请选择标段"
    return "" if set(lots) <= set(found.waiting) else "中标公示已经登记，或没有这个标段；请刷新页面再看"


def _wrong_day(day: str, opens_at: datetime, at: datetime) -> str:
    if at < opens_at:
        return "开标之后才能登记"
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return "请填写中标公示的日期，如 2026-12-21"
    if on > at.date():
        return "不得晚于今日：公示之后再登记"
    return "不得早于开标之日" if on < opens_at.date() else ""
