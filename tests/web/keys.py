"""Keys of the accounts of a portal under test."""

from collections.abc import Collection
from itertools import count

from sqlmodel import Session

from reportgen.registry import api_keys
from reportgen.registry.api_keys import OFFERED
from reportgen.store import accounts
from reportgen.store.account_rows import AccountKind
from reportgen.store.accounts import Caller
from reportgen.zone import now
from tests.web.portal import LOGINS, Portal

V1 = "/api/v1"

_COUNT = count()


def caller_of(portal: Portal, kind: AccountKind) -> Caller:
    """Return who acts through the account of a kind."""

    def work(session: Session) -> Caller | None:
        row = accounts.by_login(session, LOGINS[kind])
        return accounts.caller(session, row) if row else None

    found = portal.house.store.read(work)
    assert found is not None
    return found


def token_of(portal: Portal, kind: AccountKind, scopes: Collection[str] | None = None) -> str:
    """Return a new key of the account of a kind, by default for all that it can be for."""
    caller = caller_of(portal, kind)
    press = portal.house.desk_of(caller.login)
    wanted = OFFERED[kind] if scopes is None else scopes
    desk, name = press.desk(now()), f"测试 {next(_COUNT)}"
    _, token = press.store.write(
        lambda session: api_keys.create(session, caller, name, wanted, press.secret, desk)
    )
    return token


def bearing(token: str, **more: str) -> dict[str, str]:
    """Return the headers of a request with a key."""
    return {"Authorization": f"Bearer {token}", **more}
