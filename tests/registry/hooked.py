"""Webhooks of tests, with the accounts they belong to, on the desk of `lives`."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, select

from reportgen.registry import webhook_calls, webhooks
from reportgen.registry.webhook_calls import Order, Reader
from reportgen.registry.webhook_rows import CallRow, WebhookRow
from reportgen.registry.webhook_urls import target_of
from reportgen.registry.webhooks import OFFERED
from reportgen.store import accounts, people
from reportgen.store.account_rows import AccountKind, AccountState
from reportgen.store.accounts import Caller, Opening
from reportgen.store.engine import Store
from tests.registry.lives import DESK, NOW, SECRET

URL = "https://hook.example.cn/told?by=portal"


def account(store: Store, login: str, kind: AccountKind, uscc: str = "") -> Caller:
    """Open an account that the agency has admitted; the agency's own is an auditor's."""

    def work(session: Session) -> Caller | None:
        row = accounts.open_account(session, Opening(login, kind, uscc, "单位", "经办人"), "", NOW)
        if kind is AccountKind.AGENCY:
            people.add_user(session, login, "经办人")
            people.grant(session, login, "AUDITOR")
        else:
            accounts.decide(session, row.id or 0, AccountState.ACTIVE, "clerk", NOW)
        return accounts.caller(session, row)

    found = store.write(work)
    assert found is not None
    return found


def webhook(
    store: Store, caller: Caller, kinds: Collection[str] | None = None, url: str = URL, inside: str = ""
) -> WebhookRow:
    """Register a webhook, by default for all that its owner can be told of."""
    wanted, target = OFFERED[caller.kind] if kinds is None else kinds, target_of(url, {inside})
    return store.write(lambda session: webhooks.create(session, caller, target, wanted, DESK))


def read(store: Store, at: datetime = NOW) -> int:
    """Enter the calls of all events, as a process does that has just started."""
    return Reader().read(store, at)


def entered(store: Store, row: WebhookRow | None = None) -> Sequence[CallRow]:
    """Return every call, of a webhook where one is given."""
    found = select(CallRow).order_by(CallRow.event_id)  # type: ignore[arg-type]
    asked = found if row is None else found.where(CallRow.webhook_id == row.id)
    return store.read(lambda session: session.exec(asked).all())


def taken(store: Store, at: datetime = NOW) -> list[Order]:
    """Take every call that is due."""
    due = store.read(lambda session: webhook_calls.due(session, at, (), 100))
    return store.write(lambda session: webhook_calls.claim(session, due, SECRET, at))
