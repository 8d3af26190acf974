"""The calls (投递) of webhooks: entered as events come, taken by whoever sends them, tried again, given up, forgotten.

Events are read behind their writers' backs, so that no work waits for a webhook. On PostgreSQL an event can become
seen after another that has a higher id, so the last minutes are read again and again; a webhook has one call of an
event however often it is read.
"""

import json
import secrets
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, update
from sqlmodel import Session, col, select

from reportgen.errors import ReportgenError
from reportgen.registry import owned
from reportgen.registry.award_notices import withheld
from reportgen.registry.lifecycle import Desk
from reportgen.registry.tables import LIGHT, EventRow, ReportRow
from reportgen.registry.tags import Tag
from reportgen.registry.webhook_rows import CallRow, CallState, Failure, ReadRow, WebhookRow, WebhookState
from reportgen.registry.webhooks import BOTH, OF_USE, TOLD, secret_of, signature, tell_change
from reportgen.store import accounts
from reportgen.store.account_rows import AccountRow, AccountState
from reportgen.store.accounts import Caller
from reportgen.store.engine import Store
from reportgen.store.rows import changed, enter_once
from reportgen.zone import CHINA

DELAYS = (
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""How long after each failure a call is tried again: ten tries in three days, as Standard Webhooks suggests (本机构设定)."""
LONG = timedelta(days=3)
"""A webhook that has failed for so long is switched off (本机构设定)."""
KEPT = timedelta(days=90)
"""For so long after its last try a call is kept (本机构设定)."""
LEASE = timedelta(seconds=60)
"""For so long a call is left to whoever took it; a try takes a quarter of that at most."""
SETTLED = 600.0
"""Seconds after which no transaction is under way any more that could show an event with a lower id."""
_LATER = timedelta(hours=1)
_AT_ONCE = 500
_KEY = 16
_OPEN = (CallState.HELD, CallState.WAITING)


@dataclass(frozen=True)
class Order:
    """A call that somebody has taken: what is sent where, and which try it is; `until` he has time for it."""

    call: int
    webhook: int
    key: str
    url: str
    body: bytes
    secrets: tuple[str, ...]
    tries: int
    until: datetime

    @property
    def name(self) -> str:
        """Return the webhook-id, the same at every try."""
        return f"msg_{self.key}"

    def headers(self, at: datetime) -> dict[str, str]:
        """Return what makes a call known and proves it, at a moment of Asia/Shanghai."""
        seconds = int(at.replace(tzinfo=CHINA).timestamp())
        signed = (signature(secret, self.name, seconds, self.body) for secret in self.secrets)
        named = {"webhook-id": self.name, "webhook-timestamp": str(seconds)}
        return {**named, "webhook-signature": " ".join(signed)}


@dataclass(frozen=True)
class Tried:
    """What came of a try: the status of the answer, or why there was none; delivered where nothing failed."""

    at: datetime
    milliseconds: int
    status: int | None = None
    failure: Failure | None = None


@dataclass(frozen=True)
class _Told:
    """An event that webhooks are told of: its id, its moment, and the application or report that it speaks of."""

    id: int
    tag: Tag
    at: datetime
    about: int
    state: str


class Reader:
    """Reads events as they come; one for a process that sends.

    It remembers what it read since the event up to which all are settled, which the table keeps as well.
    """

    def __init__(self) -> None:
        self._read: set[int] = set()
        self._mark: tuple[int, float] | None = None

    def read(self, store: Store, at: datetime) -> int:
        """Enter the calls of events not read yet, some hundreds at once, and return how many events there were."""
        began = time.monotonic()
        found = store.read(_unsettled)
        if found is None:
            return 0
        newest, ids = found
        fresh = [event for event in ids if event not in self._read][:_AT_ONCE]
        if fresh:
            store.write(lambda session: enter(session, fresh, at))
            self._read.update(fresh)
        else:
            self._settle(store, newest, began)
        return len(fresh)

    def _settle(self, store: Store, newest: int, began: float) -> None:
        if self._mark is None:
            self._mark = (newest, began)
            return
        settled, since = self._mark
        if began >= since + SETTLED:
            store.write(lambda session: _settle(session, settled))
            self._read = {event for event in self._read if event > settled}
            self._mark = (newest, began)


def enter(session: Session, events: Collection[int], at: datetime) -> None:
    """Enter the calls of some events: to each webhook whose owner may see what the event speaks of."""
    # In the order in which it happened: so their owner reads them, and so they are sent.
    rows = session.exec(select(EventRow).where(col(EventRow.id).in_(events)).order_by(col(EventRow.id)))
    told = [_told(row) for row in rows.all()]
    for webhook, caller in _listening(session):
        kinds = webhook.kinds.split()
        wanted = [one for one in told if TOLD[one.tag] in kinds and one.id > webhook.after]
        for row in _calls(session, caller, wanted, at) if wanted else ():
            enter_once(session, CallRow, webhook_id=webhook.id, key=secrets.token_hex(_KEY), **row)


def due(session: Session, at: datetime, busy: Collection[int], most: int) -> list[int]:
    """Return the oldest call that is due of each webhook but those that are busy."""
    first = func.min(CallRow.id)
    found = select(first).join(WebhookRow, col(WebhookRow.id) == CallRow.webhook_id)
    live = (col(WebhookRow.state) == WebhookState.ACTIVE, col(AccountRow.state) == AccountState.ACTIVE)
    asked = found.join(AccountRow, col(AccountRow.id) == WebhookRow.account_id).where(*live, *_due(at))
    grouped = asked.where(col(CallRow.webhook_id).not_in(busy)).group_by(col(CallRow.webhook_id))
    calls = session.exec(grouped.order_by(first).limit(most)).all()
    return [call for call in calls if call is not None]


def claim(session: Session, calls: Iterable[int], office: bytes, at: datetime) -> list[Order]:
    """Take calls for a while; what its owner may not see, or not yet, is left for later."""
    orders = (_claim(session, call, office, at) for call in calls)
    return [order for order in orders if order is not None]


def done(session: Session, order: Order, tried: Tried, desk: Desk) -> None:
    """Enter what came of a try: delivered, to be tried again, given up, or the webhook switched off.

    Nothing is entered where its time had run out and somebody else took it, or where it is gone.
    """
    last = order.tries > len(DELAYS)
    values: dict[str, object] = {
        "tried_at": tried.at,
        "status": tried.status,
        "milliseconds": tried.milliseconds,
    }
    if tried.failure is None:
        values |= {"state": CallState.DELIVERED, "failure": ""}
    elif last:
        values |= {"state": CallState.FAILED, "failure": tried.failure}
    else:
        values |= {"due_at": tried.at + DELAYS[order.tries - 1], "failure": tried.failure}
    mine = (
        col(CallRow.id) == order.call,
        col(CallRow.tries) == order.tries,
        col(CallRow.due_at) == order.until,
    )
    if changed(session, update(CallRow).where(*mine).values(values)) == 1:
        _mark(session, order.webhook, tried, desk)


def waiting(session: Session) -> int:
    """Return how many calls are to be sent, but for those that nobody may learn of yet."""
    counted = select(func.count()).select_from(CallRow).where(CallRow.state == CallState.WAITING)
    return session.exec(counted).one()


def forget(session: Session, at: datetime) -> int:
    """Remove the calls that were kept long enough, and return how many."""
    old = (col(CallRow.due_at) <= at - KEPT, col(CallRow.state) != CallState.HELD)
    return changed(session, delete(CallRow).where(*old))


def _unsettled(session: Session) -> tuple[int, Sequence[int]] | None:
    """Return the newest event, and those to be told that are not settled; None where there never was a webhook."""
    settled = session.exec(select(ReadRow.event_id)).one_or_none()
    if settled is None:
        return None
    newest = session.exec(select(func.max(EventRow.id))).one() or 0
    found = select(EventRow.id).where(col(EventRow.id) > settled, col(EventRow.tag).in_(TOLD))
    return newest, [id_ for id_ in session.exec(found.order_by(col(EventRow.id))).all() if id_ is not None]


def _settle(session: Session, event: int) -> None:
    # Another machine may have come further.
    changed(session, update(ReadRow).where(col(ReadRow.event_id) < event).values(event_id=event))


def _listening(session: Session) -> Iterator[tuple[WebhookRow, Caller]]:
    found = select(WebhookRow, AccountRow).join(AccountRow, col(AccountRow.id) == WebhookRow.account_id)
    for webhook, account in session.exec(found.order_by(col(WebhookRow.id))).all():
        caller = accounts.caller(session, account)
        if caller is not None and caller.active:
            yield webhook, caller


def _told(row: EventRow) -> _Told:
    about = int(row.stream.partition(":")[2])
    return _Told(row.id or 0, Tag(row.tag), row.at, about, str(json.loads(row.data).get("state", "")))


def _calls(
    session: Session, caller: Caller, told: Sequence[_Told], at: datetime
) -> Iterator[dict[str, object]]:
    """Yield what is entered of the events whose application or report the caller may see, some of it held."""
    applications = {one.about for one in told if one.tag is Tag.APPLICATION_STATE_CHANGE}
    reports = {one.about for one in told if one.tag is not Tag.APPLICATION_STATE_CHANGE}
    keys = owned.keys(session, caller, applications)
    numbers = owned.numbers(session, caller, reports, at)
    rows = session.exec(select(ReportRow).options(LIGHT).where(col(ReportRow.id).in_(numbers))).all()
    untold = withheld(session, rows, caller)
    for one in told:
        if one.tag is Tag.APPLICATION_STATE_CHANGE:
            if key := keys.get(one.about):
                yield _call(one, key, {"application": key, "state": one.state}, at)
        elif known := numbers.get(one.about):
            number, closes = known
            # Entering the award notice makes these due.
            until = at + _LATER if TOLD[one.tag] in OF_USE and one.about in untold else closes
            held = {"state": CallState.HELD, "due_at": until} if until else {}
            yield _call(one, number, {"report": number}, at) | held


def _call(told: _Told, about: str, data: dict[str, str], at: datetime) -> dict[str, object]:
    kind = TOLD[told.tag]
    said = {"type": kind, "timestamp": told.at.replace(tzinfo=CHINA).isoformat(), "data": data}
    body = json.dumps(said, separators=(",", ":"))
    values = {"event_id": told.id, "kind": kind, "about": about, "body": body, "due_at": at}
    return {**values, "state": CallState.WAITING, "tries": 0, "failure": ""}


def _due(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (col(CallRow.state).in_(_OPEN), col(CallRow.due_at) <= at)


def _claim(session: Session, call: int, office: bytes, at: datetime) -> Order | None:
    found = (
        select(CallRow, WebhookRow, AccountRow)
        .join(WebhookRow, col(WebhookRow.id) == CallRow.webhook_id)
        .join(AccountRow, col(AccountRow.id) == WebhookRow.account_id)
        .where(CallRow.id == call, *_due(at))
    )
    one = session.exec(found).one_or_none()
    if one is None:
        return None
    row, webhook, account = one
    seen = _seen(session, accounts.caller(session, account), row, at)
    values: dict[str, object] = (
        {"state": CallState.WAITING, "due_at": at + LEASE, "tries": row.tries + 1}
        if seen
        else {"state": CallState.HELD, "due_at": at + _LATER}
    )
    mine = (col(CallRow.id) == call, col(CallRow.tries) == row.tries, *_due(at))
    if changed(session, update(CallRow).where(*mine).values(values)) == 0 or not seen:
        return None
    return _order(row, webhook, office, at)


def _seen(session: Session, caller: Caller | None, row: CallRow, at: datetime) -> bool:
    """Say whether the owner of a webhook may see at this moment what a call tells of."""
    if caller is None or not caller.active:
        return False
    try:
        if row.kind == TOLD[Tag.APPLICATION_STATE_CHANGE]:
            owned.application(session, caller, row.about)
        else:
            report = owned.report(session, caller, row.about, at)
            return row.kind not in OF_USE or not withheld(session, [report], caller)
    except ReportgenError:
        return False
    return True


def _order(row: CallRow, webhook: WebhookRow, office: bytes, at: datetime) -> Order:
    last = webhook.generation
    both = last > 1 and at < webhook.renewed_at + BOTH
    secrets_ = tuple(secret_of(webhook.key, each, office) for each in ([last, last - 1] if both else [last]))
    until, tries = at + LEASE, row.tries + 1
    return Order(
        row.id or 0, webhook.id or 0, row.key, webhook.url, row.body.encode(), secrets_, tries, until
    )


def _mark(session: Session, webhook: int, tried: Tried, desk: Desk) -> None:
    """Keep since when a webhook has failed, and switch it off after long, or where its receiver wants no more."""
    here = update(WebhookRow).where(col(WebhookRow.id) == webhook)
    if tried.failure is None:
        changed(session, here.where(col(WebhookRow.failing_since).is_not(None)).values(failing_since=None))
        return
    changed(session, here.where(col(WebhookRow.failing_since).is_(None)).values(failing_since=tried.at))
    off = here.where(col(WebhookRow.state) == WebhookState.ACTIVE)
    if tried.failure is not Failure.GONE:
        off = off.where(col(WebhookRow.failing_since) <= tried.at - LONG)
    values = {"state": WebhookState.OFF, "off_at": tried.at, "off_why": tried.failure}
    if changed(session, off.values(values)) == 1:
        row = session.get_one(WebhookRow, webhook, populate_existing=True)
        account = session.get_one(AccountRow, row.account_id)
        tell_change(session, account, row, desk, state=row.state)
