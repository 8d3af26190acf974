"""The life of a report: each step is one conditional UPDATE and its event, in one transaction.

    草稿 → 复核 → 签发中 → 有效 → 已核销 → 已归档, beside 作废, 已撤销, 已过期

Nothing asks a row first and writes afterwards: whoever finds the row no longer in the state he needs has
lost, and is told. A report past its date is expired without anybody having to say so; the state is
stored only to make room for a successor. Moments are naive ones of Asia/Shanghai.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Update, and_, bindparam, or_, update
from sqlmodel import Session, col, select

from reportgen.errors import ReportgenError
from reportgen.registry.event_data import Value
from reportgen.registry.events import Tag, record
from reportgen.registry.standing import EDGES as EDGES  # noqa: PLC0414 - a life has these edges
from reportgen.registry.standing import LABELS as LABELS  # noqa: PLC0414 - and these states
from reportgen.registry.standing import SUPERSEDABLE
from reportgen.registry.tables import LIGHT, Kind, PartyRow, ReportRow, RequestRow, RestsOnRow, State
from reportgen.store.rows import changed, enter_once, table_of, taken


@dataclass(frozen=True)
class Desk:
    """Who acts, when, and with which key events are chained; `actor` is a login, never a person's name."""

    actor: str
    at: datetime
    key: bytes


class Outcome(StrEnum):
    """What came of asking to use a report."""

    USED = "USED"
    ALREADY = "ALREADY"
    ELSEWHERE = "ELSEWHERE"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    NOT_ISSUED = "NOT_ISSUED"
    REUSABLE = "REUSABLE"


@dataclass(frozen=True)
class Use:
    """The use of a report as its consumer names it."""

    project: str
    round: int
    lot: str
    by: str


@dataclass(frozen=True)
class Consumption:
    """What came of a use, and the report as it then stood."""

    outcome: Outcome
    report: ReportRow


@dataclass(frozen=True)
class Made:
    """A report's file: its hash, its pages, its name below the office's files, and the key that signed it."""

    sha256: str
    pages: int
    file: str
    key_id: str | None = None


@dataclass(frozen=True)
class _Step:
    """One edge of a life: from which state to which, the columns it sets, its event and what that says."""

    before: State
    after: State
    tag: Tag
    said: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)


def ask(session: Session, asked: RequestRow, desk: Desk) -> RequestRow:
    """Return the request of a key, kept once however often it is asked."""
    held = select(RequestRow).where(RequestRow.key == asked.key)
    if session.exec(held).one_or_none() is None:
        # Somebody else who asks it at the same moment is waited for, and his row taken.
        enter_once(session, RequestRow, **asked.model_dump(exclude={"id"}))
    return session.exec(held).one()


def draft(
    session: Session,
    report: ReportRow,
    parties: Iterable[PartyRow],
    rests_on: Iterable[RestsOnRow],
    desk: Desk,
) -> ReportRow:
    """Enter the draft of a request with its parties and what it rests on; the same request has one draft."""
    found = _of_request(session, report.request_id)
    if found is not None:
        return found
    session.add(report)
    session.flush()
    for row in (*parties, *rests_on):
        row.report_id = id_of(report)
        session.add(row)
    session.flush()
    record(
        session, report, Tag.REPORT_DRAFT_CREATE, desk.at, desk.actor, desk.key, sha256=report.snapshot_sha256
    )
    return report


def redraft(session: Session, report_id: int, by: str, desk: Desk) -> ReportRow:
    """草稿 or 复核 → 草稿, prepared by somebody anew: what was reviewed before is to be reviewed again; raises E0605."""
    step = _Step(
        State(get(session, report_id).state),
        State.DRAFT,
        Tag.REPORT_DRAFT_CREATE,
        values={"prepared_by": by, "reviewed_by": ""},
    )
    return _move(session, report_id, step, desk)


def review(session: Session, report_id: int, by: str, *, two_persons: bool, desk: Desk) -> ReportRow:
    """草稿 → 复核; raises E1102 where the reviewer prepared it and two persons are needed, E0605."""
    report = get(session, report_id)
    if two_persons and report.prepared_by == by:
        raise ReportgenError("E1102", detail=f"编制与复核同为{by}")
    return _move(
        session,
        report_id,
        _Step(State.DRAFT, State.REVIEWED, Tag.REPORT_DRAFT_REVIEW, values={"reviewed_by": by}),
        desk,
    )


def allot(session: Session, report_id: int, numbers: Mapping[str, str], desk: Desk) -> ReportRow:
    """复核 → 签发中, with both numbers and the hash of the code; raises E0605, E0606 (a live report exists)."""
    return _move(
        session,
        report_id,
        _Step(
            State.REVIEWED,
            State.RENDERING,
            Tag.REPORT_NUMBER_ALLOT,
            values={"allotted_at": desk.at, **numbers},
        ),
        desk,
    )


def rendered(session: Session, report_id: int, made: Made, desk: Desk) -> ReportRow:
    """Enter the file's hash before the file gets its name; the report stays 签发中."""
    count = changed(
        session,
        update(ReportRow)
        .where(col(ReportRow.id) == report_id, col(ReportRow.state) == State.RENDERING)
        .values(asdict(made)),
    )
    report = _after(session, report_id, count)
    said: dict[str, Value] = {"sha256": made.sha256, "pages": made.pages}
    record(session, report, Tag.REPORT_FILE_RENDER, desk.at, desk.actor, desk.key, **said)
    return report


def issued(session: Session, report_id: int, made: Made, valid_until: date, desk: Desk) -> ReportRow:
    """签发中 → 有效 with the file that stands under its name, whoever's was entered last; raises E0605."""
    return _move(
        session,
        report_id,
        _Step(
            State.RENDERING,
            State.ISSUED,
            Tag.REPORT_STATE_ISSUE,
            said={"sha256": made.sha256},
            values={"issued_at": desk.at, "valid_until": valid_until, **asdict(made)},
        ),
        desk,
    )


def void(session: Session, report_id: int, desk: Desk) -> ReportRow:
    """签发中 → 作废: the number stays used and names no report."""
    return _move(session, report_id, _Step(State.RENDERING, State.VOID, Tag.REPORT_NUMBER_VOID), desk)


def consume(session: Session, number: str, use: Use, desk: Desk) -> Consumption:
    """有效 → 已核销, at most once; whoever comes second is told what happened, and misuse is recorded.

    Raises E0502 for a number nobody allotted. Nothing is raised for a refusal: its event must be kept.
    """
    today = desk.at.date()
    meant = {"for_project": use.project, "for_round": use.round, "for_lot": use.lot, "by": use.by}
    used = taken(session, _CONSUME, ReportRow, {"called": number, "on": today, "at": desk.at, **meant})
    report = used or by_number(session, number, lock=True)
    outcome = Outcome.USED if used else _refusal(report, use, today)
    tag = {Outcome.USED: Tag.REPORT_STATE_CONSUME, Outcome.ALREADY: Tag.REPORT_USE_REPEAT}
    record(
        session,
        report,
        tag.get(outcome, Tag.REPORT_USE_REFUSE),
        desk.at,
        desk.actor,
        desk.key,
        by=use.by,
        outcome=outcome.value,
    )
    return Consumption(outcome, report)


def _consuming() -> Update:
    table = table_of(ReportRow)
    meant = [table.c[name] == bindparam(f"for_{name}") for name in ("project", "round", "lot")]
    single_use = table.c.kind == Kind.REPORT.value
    usable = (single_use, table.c.state == State.ISSUED.value, table.c.valid_until >= bindparam("on"))
    used = {"state": State.CONSUMED.value, "consumed_at": bindparam("at"), "consumed_by": bindparam("by")}
    return (
        update(table)
        .where(table.c.number == bindparam("called"), *usable, *meant, table.c.recipient == bindparam("by"))
        .values(used)
    )


_CONSUME = _consuming()
"""Built once: what a thousand committees run on the same morning."""


def _refusal(report: ReportRow, use: Use, today: date) -> Outcome:
    if report.kind != Kind.REPORT:
        return Outcome.REUSABLE
    meant = (report.project, report.round, report.lot, report.recipient) == (
        use.project,
        use.round,
        use.lot,
        use.by,
    )
    if report.state == State.REVOKED:
        return Outcome.REVOKED
    if not meant:
        return Outcome.ELSEWHERE
    if report.state in {State.CONSUMED, State.ARCHIVED}:
        return Outcome.ALREADY
    expired = report.state == State.EXPIRED or (report.valid_until is not None and report.valid_until < today)
    return Outcome.EXPIRED if expired else Outcome.NOT_ISSUED


def annul(session: Session, number: str, first: str, second: str, desk: Desk) -> ReportRow:
    """已核销 → 有效: a mistaken use taken back by two persons; its events stay. Raises E1102, E0502, E0605."""
    if first == second or desk.actor not in {first, second}:
        raise ReportgenError("E1102", detail="撤回误核销须由两名不同的人员共同办理")
    return _move(
        session,
        id_of(by_number(session, number)),
        _Step(
            State.CONSUMED,
            State.ISSUED,
            Tag.REPORT_USE_ANNUL,
            said={"first": first, "second": second},
            values={"consumed_at": None, "consumed_by": None},
        ),
        desk,
    )


def revoke(session: Session, number: str, reason: str, desk: Desk) -> ReportRow:
    """有效, 已核销 or 已归档 → 已撤销: not genuine any more for anybody. Raises E0502, E0605."""
    report = by_number(session, number)
    return _move(
        session,
        id_of(report),
        _Step(
            State(report.state),
            State.REVOKED,
            Tag.REPORT_STATE_REVOKE,
            said={"reason": reason},
            values={"revoked_at": desk.at},
        ),
        desk,
    )


def revoke_since(session: Session, since: datetime, key_id: str, desk: Desk) -> list[str]:
    """Revoke what a compromised key signed since a moment; returns the numbers."""
    rows = session.exec(
        select(ReportRow)
        .where(
            ReportRow.key_id == key_id,
            col(ReportRow.issued_at) >= since,
            col(ReportRow.state).in_([s for s in State if State.REVOKED in EDGES[s]]),
        )
        .order_by(col(ReportRow.id))
        .with_for_update()
    ).all()
    reason = "KEY_COMPROMISED"
    return [number for row in rows if (number := revoke(session, str(row.number), reason, desk).number)]


def archive(session: Session, number: str, desk: Desk) -> ReportRow:
    """已核销 → 已归档."""
    report = by_number(session, number)
    return _move(
        session,
        id_of(report),
        _Step(State.CONSUMED, State.ARCHIVED, Tag.REPORT_STATE_ARCHIVE, values={"archived_at": desk.at}),
        desk,
    )


def make_room(session: Session, report: ReportRow, desk: Desk) -> None:
    """Store that the earlier live report of the same use is expired, where its date has passed."""
    rows = session.exec(
        select(ReportRow).where(
            *same_use(report),
            ReportRow.state == State.ISSUED,
            col(ReportRow.valid_until) < desk.at.date(),
        )
    ).all()
    for row in rows:
        _move(session, id_of(row), _Step(State.ISSUED, State.EXPIRED, Tag.REPORT_STATE_EXPIRE), desk)


def same_use(report: ReportRow) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a report for the same use: the columns of the index `uq_report_live_use`."""
    names = ("applicant", "project", "round", "lot", "recipient", "purpose", "kind")
    return tuple(getattr(ReportRow, name) == getattr(report, name) for name in names)


def supersede(session: Session, number: str, desk: Desk) -> ReportRow:
    """Mark a report as 被替代, so that its successor may be allotted; it stays usable."""
    old = by_number(session, number, lock=True)
    if old.state not in SUPERSEDABLE:
        raise ReportgenError("E0605", number=number, state=LABELS[State(old.state)])
    session.execute(update(ReportRow).where(col(ReportRow.id) == id_of(old)).values(superseded=True))
    report = get(session, id_of(old))
    record(session, report, Tag.REPORT_STATE_SUPERSEDE, desk.at, desk.actor, desk.key)
    return report


def get(session: Session, report_id: int, *, lock: bool = False) -> ReportRow:
    """Return a report as it stands now, not as the session saw it before. With `lock`, nobody else changes it."""
    light = [LIGHT]
    return session.get_one(
        ReportRow, report_id, populate_existing=True, options=light, with_for_update=lock or None
    )


def hold(session: Session, report: ReportRow) -> None:
    """Lock a report with those of the same use and the one it takes the place of, the oldest first as marks do."""
    held = or_(and_(*same_use(report)), col(ReportRow.id) == report.supersedes_id)
    session.exec(select(ReportRow.id).where(held).order_by(col(ReportRow.id)).with_for_update()).all()


def by_number(session: Session, number: str, *, lock: bool = False) -> ReportRow:
    """Return the report of a public number; raises E0502. With `lock`, nobody else changes it meanwhile."""
    asked = select(ReportRow).where(ReportRow.number == number).options(LIGHT)
    asked = asked.execution_options(populate_existing=True)
    found = session.exec(asked.with_for_update() if lock else asked).one_or_none()
    if found is None:
        raise ReportgenError("E0502", number=number)
    return found


def _of_request(session: Session, request_id: int) -> ReportRow | None:
    return session.exec(select(ReportRow).where(ReportRow.request_id == request_id)).one_or_none()


def _move(session: Session, report_id: int, step: _Step, desk: Desk) -> ReportRow:
    if step.after not in EDGES[step.before]:
        return _after(session, report_id, 0)
    report = taken(
        session,
        update(ReportRow)
        .where(col(ReportRow.id) == report_id, col(ReportRow.state) == step.before)
        .values(state=step.after, **step.values),
        ReportRow,
    ) or _after(session, report_id, 0)
    record(session, report, step.tag, desk.at, desk.actor, desk.key, **step.said)
    return report


def _after(session: Session, report_id: int, count: int) -> ReportRow:
    report = get(session, report_id)
    if count != 1:
        raise ReportgenError("E0605", number=report.number or report_id, state=LABELS[State(report.state)])
    return report


def id_of(report: ReportRow) -> int:
    """Return the id of a report that was read or entered."""
    assert report.id is not None  # noqa: S101 - every row read has one
    return report.id
