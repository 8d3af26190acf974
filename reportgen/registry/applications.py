"""The life of an application: each step is one conditional UPDATE, as a report's is, and its event.

    已提交 → 待复核 → 待签发 → 排队印制 → 已出具, beside 已退回, 已撤回

Whoever prepared an application neither reviews it nor issues its report. The queue of what waits to be rendered is
this table: who renders takes an application for some minutes, and where he dies the next one takes it again.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, update
from sqlmodel import Session, col, select

from reportgen.errors import ReportgenError
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.application_rows import ApplicationState as State
from reportgen.registry.event_data import Value
from reportgen.registry.events import office_stream, record
from reportgen.registry.lifecycle import Desk
from reportgen.registry.tags import Tag
from reportgen.store.rows import changed

LABELS: Mapping[State, str] = {
    State.SUBMITTED: "已提交",
    State.PREPARED: "待复核",
    State.REVIEWED: "待签发",
    State.QUEUED: "排队印制",
    State.ISSUED: "已出具",
    State.RETURNED: "已退回",
    State.WITHDRAWN: "已撤回",
}
OPEN = (State.SUBMITTED, State.PREPARED, State.REVIEWED, State.QUEUED)
"""States in which the agency has something to do."""
CLAIM = timedelta(minutes=5)
"""For so long an application is left to whoever renders it; a report takes seconds."""
AGAIN = timedelta(seconds=30)
"""After so long an application is tried again whose report could not be made for the moment."""
ATTEMPTS = 3
"""So often rendering is tried before the application goes back to the desk."""
_KEY = 16
_NOBODY = {"prepared_by": "", "reviewed_by": "", "issued_by": ""}


def submit(session: Session, asked: ApplicationRow, desk: Desk) -> ApplicationRow:
    """Enter an application as it was sent in; raises E0613 where the same one is still open."""
    if open_like(session, asked) is not None:
        raise ReportgenError("E0613", project=asked.project)
    asked.key = secrets.token_hex(_KEY)
    asked.state, asked.submitted_at = State.SUBMITTED, desk.at
    session.add(asked)
    session.flush()
    _tell(session, asked, desk)
    return asked


def open_like(session: Session, asked: ApplicationRow) -> ApplicationRow | None:
    """Return the application that is still open and asks the same; None where none does."""
    same = select(ApplicationRow).where(
        ApplicationRow.members == asked.members,
        ApplicationRow.project == asked.project,
        ApplicationRow.round == asked.round,
        ApplicationRow.lot == asked.lot,
        ApplicationRow.recipient == asked.recipient,
        col(ApplicationRow.state).in_(OPEN),
    )
    return session.exec(same.limit(1)).first()


def prepared(session: Session, key: str, report_id: int, desk: Desk) -> ApplicationRow:
    """已提交 → 待复核, with the draft; raises E0354, E0614 (in another state)."""
    values = {
        "state": State.PREPARED,
        "prepared_by": desk.actor,
        "prepared_at": desk.at,
        "report_id": report_id,
    }
    return _step(session, key, (State.SUBMITTED,), values, desk)


def reviewed(session: Session, key: str, desk: Desk) -> ApplicationRow:
    """待复核 → 待签发, by somebody else than who prepared it; raises E0354, E0614, E1102."""
    values = {"state": State.REVIEWED, "reviewed_by": desk.actor, "reviewed_at": desk.at}
    _require_other(session, key, desk)
    return _step(session, key, (State.PREPARED,), values, desk)


def sent_back(session: Session, key: str, note: str, desk: Desk) -> ApplicationRow:
    """待复核 or 待签发 → 已提交, to be prepared anew, with what is wrong; raises E0354, E0614."""
    values = {"state": State.SUBMITTED, "note": note, **_NOBODY}
    return _step(session, key, (State.PREPARED, State.REVIEWED), values, desk)


def queued(session: Session, key: str, most: int, desk: Desk) -> ApplicationRow:
    """待签发 → 排队印制, by somebody else than who prepared it; raises E0354, E0614, E0618 (full), E1102."""
    _require_other(session, key, desk)
    if waiting(session) >= most:
        raise ReportgenError("E0618", seconds=30)
    values = {"state": State.QUEUED, "issued_by": desk.actor, "queued_at": desk.at, "attempts": 0, "note": ""}
    return _step(session, key, (State.REVIEWED,), values, desk)


def returned(session: Session, key: str, note: str, desk: Desk) -> ApplicationRow:
    """已提交, 待复核 or 待签发 → 已退回, with what the bidder is to do; raises E0354, E0614."""
    values = {"state": State.RETURNED, "ended_at": desk.at, "note": note}
    return _step(session, key, (State.SUBMITTED, State.PREPARED, State.REVIEWED), values, desk)


def withdrawn(session: Session, key: str, desk: Desk) -> ApplicationRow:
    """已提交, 待复核 or 待签发 → 已撤回, by whoever sent it in; raises E0354, E0614."""
    values = {"state": State.WITHDRAWN, "ended_at": desk.at}
    return _step(session, key, (State.SUBMITTED, State.PREPARED, State.REVIEWED), values, desk)


def claim(session: Session, by: str, at: datetime) -> ApplicationRow | None:
    """Take the application that has waited longest for rendering, for a while; None where none waits."""
    free = or_(col(ApplicationRow.claimed_until).is_(None), col(ApplicationRow.claimed_until) <= at)
    first = (
        select(ApplicationRow.id)
        .where(ApplicationRow.state == State.QUEUED, free)
        .order_by(col(ApplicationRow.queued_at), col(ApplicationRow.id))
        .limit(1)
    )
    row = session.exec(first).first()
    if row is None:
        return None
    values = {"claimed_by": by, "claimed_until": at + CLAIM, "attempts": ApplicationRow.attempts + 1}
    took = update(ApplicationRow).where(
        col(ApplicationRow.id) == row, col(ApplicationRow.state) == State.QUEUED, free
    )
    if changed(session, took.values(values)) == 0:
        # Somebody else was faster: there will be another turn.
        return None
    return session.get_one(ApplicationRow, row, populate_existing=True)


def put_back(session: Session, key: str, at: datetime) -> None:
    """Leave a claimed application to whoever comes a little later."""
    held = update(ApplicationRow).where(
        col(ApplicationRow.key) == key, col(ApplicationRow.state) == State.QUEUED
    )
    changed(session, held.values(claimed_until=at + AGAIN))


def release(session: Session, by: str) -> None:
    """Give back what somebody had taken for rendering who has died over it; the attempt counts."""
    held = update(ApplicationRow).where(
        col(ApplicationRow.claimed_by) == by, col(ApplicationRow.state) == State.QUEUED
    )
    changed(session, held.values(claimed_until=None))


def done(session: Session, key: str, desk: Desk) -> ApplicationRow:
    """排队印制 → 已出具; raises E0354, E0614."""
    values = {"state": State.ISSUED, "ended_at": desk.at, "claimed_until": None}
    return _step(session, key, (State.QUEUED,), values, desk)


def failed(session: Session, key: str, note: str, desk: Desk) -> ApplicationRow:
    """Give up rendering: 排队印制 → 已提交, to be prepared anew, with why; raises E0354, E0614."""
    values = {"state": State.SUBMITTED, "claimed_until": None, "note": note, **_NOBODY}
    return _step(session, key, (State.QUEUED,), values, desk)


def waiting(session: Session) -> int:
    """Return how many applications wait to be rendered."""
    counted = select(func.count()).select_from(ApplicationRow).where(ApplicationRow.state == State.QUEUED)
    return session.exec(counted).one()


def place_of(session: Session, row: ApplicationRow) -> int:
    """Return the place of a queued application among those that wait to be rendered, from 1."""
    before = or_(
        col(ApplicationRow.queued_at) < row.queued_at,
        and_(col(ApplicationRow.queued_at) == row.queued_at, col(ApplicationRow.id) <= row.id),
    )
    counted = select(func.count()).select_from(ApplicationRow)
    return session.exec(counted.where(ApplicationRow.state == State.QUEUED, before)).one()


def by_key(session: Session, key: str) -> ApplicationRow:
    """Return an application; raises E0354."""
    row = session.exec(select(ApplicationRow).where(ApplicationRow.key == key)).one_or_none()
    if row is None:
        raise ReportgenError("E0354", path=key, detail="没有这份申请")
    return row


def _require_other(session: Session, key: str, desk: Desk) -> None:
    if by_key(session, key).prepared_by == desk.actor:
        raise ReportgenError("E1102", detail=f"编制人 {desk.actor} 不得复核、签发同一份申请")


def _step(
    session: Session, key: str, before: tuple[State, ...], values: Mapping[str, object], desk: Desk
) -> ApplicationRow:
    here: list[ColumnElement[bool]] = [col(ApplicationRow.key) == key, col(ApplicationRow.state).in_(before)]
    if changed(session, update(ApplicationRow).where(*here).values(dict(values))) == 0:
        row = by_key(session, key)
        raise ReportgenError("E0614", state=LABELS[State(row.state)])
    row = session.exec(
        select(ApplicationRow).where(ApplicationRow.key == key).execution_options(populate_existing=True)
    ).one()
    _tell(session, row, desk)
    return row


def _tell(session: Session, row: ApplicationRow, desk: Desk) -> None:
    stream = office_stream(session, f"application:{row.id}")
    said: dict[str, Value] = {"application": row.id, "state": row.state, "applicant": row.uscc}
    place: dict[str, Value] = {"project": row.project, "round": row.round, "lot": row.lot}
    record(session, stream, Tag.APPLICATION_STATE_CHANGE, desk.at, desk.actor, desk.key, **said, **place)
