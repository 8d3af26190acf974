"""Accounts on both databases: opened once, decided on, locked, and current in what they may do."""

from datetime import datetime, timedelta

import pytest

from reportgen.errors import ReportgenError
from reportgen.store import accounts, people
from reportgen.store.account_rows import AccountKind, AccountRow, AccountState
from reportgen.store.accounts import Opening
from reportgen.store.engine import Store

AT = datetime(2026, 11, 22, 9, 30)
SECRET = b"s" * 32
BIDDER = Opening("bidder", AccountKind.BIDDER, "91990102MA9C2K077N", "某公司", "经办人")
CLERK = Opening("clerk", AccountKind.AGENCY, "", "", "某人")


def opened(store: Store, asked: Opening = BIDDER) -> AccountRow:
    return store.write(lambda session: accounts.open_account(session, asked, "", AT))


def signed_in(store: Store, row: AccountRow) -> str:
    return store.write(lambda s: accounts.sign_in(s, row.id or 0, row.login, SECRET, AT))


def test_a_login_is_taken_once(store: Store) -> None:
    opened(store)
    with pytest.raises(ReportgenError, match="E0355"):
        opened(store)


def test_who_waits_is_known_but_not_active(store: Store) -> None:
    row = opened(store)
    token = signed_in(store, row)
    found = store.read(lambda session: accounts.caller_of(session, token, AT))
    assert found is not None
    assert (found[0].uscc, found[0].active) == (BIDDER.uscc, False)
    store.write(lambda s: accounts.decide(s, row.id or 0, AccountState.ACTIVE, "clerk", AT))
    found = store.read(lambda session: accounts.caller_of(session, token, AT))
    assert found is not None
    assert found[0].active


def test_nothing_is_decided_twice_and_a_closed_account_stays_closed(store: Store) -> None:
    row = opened(store)

    def decide(state: AccountState) -> None:
        store.write(lambda s: accounts.decide(s, row.id or 0, state, "clerk", AT))

    decide(AccountState.ACTIVE)
    with pytest.raises(ReportgenError, match="E0354"):
        decide(AccountState.ACTIVE)
    decide(AccountState.CLOSED)
    with pytest.raises(ReportgenError, match="E0354"):
        decide(AccountState.ACTIVE)


def test_a_new_password_ends_every_session(store: Store) -> None:
    row = opened(store)
    token = signed_in(store, row)
    store.write(lambda session: accounts.set_password(session, "bidder", "x"))
    assert store.read(lambda session: accounts.caller_of(session, token, AT)) is None


def test_roles_count_as_they_are_now(store: Store) -> None:
    store.write(lambda session: people.add_user(session, "clerk", "某人"))
    token = signed_in(store, opened(store, CLERK))
    assert store.read(lambda session: accounts.caller_of(session, token, AT)) is None
    store.write(lambda session: people.grant(session, "clerk", "CLERK"))
    found = store.read(lambda session: accounts.caller_of(session, token, AT))
    assert found is not None
    assert found[0].roles == {"CLERK"}
    store.write(lambda session: people.close_user(session, "clerk", AT))
    assert store.read(lambda session: accounts.caller_of(session, token, AT)) is None


def test_failures_are_counted_by_login_and_forgotten(store: Store) -> None:
    for _ in range(accounts.ATTEMPTS):
        assert not store.read(lambda session: accounts.locked(session, "bidder", SECRET, AT))
        store.write(lambda session: accounts.failed(session, "bidder", SECRET, AT))
    assert store.read(lambda session: accounts.locked(session, "BIDDER", SECRET, AT))
    assert not store.read(lambda session: accounts.locked(session, "other", SECRET, AT))
    later = AT + accounts.LOCKED
    assert not store.read(lambda session: accounts.locked(session, "bidder", SECRET, later))
    store.write(lambda session: accounts.failed(session, "bidder", SECRET, later))
    assert not store.read(lambda session: accounts.locked(session, "bidder", SECRET, later))


def test_coming_in_forgets_the_failures_before(store: Store) -> None:
    row = opened(store)
    for _ in range(accounts.ATTEMPTS - 1):
        store.write(lambda session: accounts.failed(session, "bidder", SECRET, AT))
    signed_in(store, row)
    store.write(lambda session: accounts.failed(session, "bidder", SECRET, AT))
    assert not store.read(lambda session: accounts.locked(session, "bidder", SECRET, AT))


def test_a_session_has_an_end(store: Store) -> None:
    token = signed_in(store, opened(store))
    for moment, there in (
        (AT + accounts.IDLE - timedelta(seconds=1), True),
        (AT + accounts.IDLE, False),
        (AT + accounts.LASTING, False),
    ):
        found = store.read(lambda session, moment=moment: accounts.caller_of(session, token, moment))  # type: ignore[misc]
        assert (found is not None) == there
