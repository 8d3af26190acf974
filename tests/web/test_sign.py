"""Signing in and out: nobody learns which logins exist, and a session ends."""

import re

import pytest
from sqlmodel import select

from reportgen.store import accounts, people
from reportgen.store.account_rows import AccountKind, AccountState, SignedInRow
from reportgen.zone import now
from tests.web.portal import LOGINS, PASSWORD, Portal


@pytest.mark.parametrize(
    ("kind", "desk"), [("AGENCY", "/agency"), ("BIDDER", "/bidder"), ("RECIPIENT", "/committee")]
)
def test_who_signs_in_comes_to_his_desk(portal: Portal, kind: str, desk: str) -> None:
    answer = portal.sign_in(AccountKind(kind))
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert portal.client.get("/desk").headers["location"] == desk
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_a_secure_portal_holds_its_cookie_to_this_host(portal: Portal) -> None:
    from dataclasses import replace

    from reportgen.web.door import cookie_name

    secure = replace(portal.house, settings=portal.house.settings.model_copy(update={"secure": True}))
    assert cookie_name(secure).startswith("__Host-")


def test_the_token_is_stored_nowhere(portal: Portal) -> None:
    portal.sign_in(AccountKind.BIDDER)
    token = portal.client.cookies["reportgen"]
    content = (portal.folder / "office.sqlite3").read_bytes() + (
        portal.folder / "office.sqlite3-wal"
    ).read_bytes()
    assert token.encode() not in content
    assert PASSWORD.encode() not in content


def test_an_unknown_login_fails_as_a_wrong_password_does(portal: Portal) -> None:
    known = portal.post("/sign-in", {"login": "bidder", "password": "wrong wrong wrong"})
    unknown = portal.post("/sign-in", {"login": "stranger", "password": "wrong wrong wrong"})
    assert known.status_code == unknown.status_code == 401
    blank = re.compile(r"请求 [0-9a-f]+|bidder|stranger")
    assert blank.sub("", known.text) == blank.sub("", unknown.text)


@pytest.mark.parametrize("login", ["bidder", "stranger"])
def test_ten_failures_lock_a_login_known_or_not(portal: Portal, login: str) -> None:
    for _ in range(accounts.ATTEMPTS):
        assert portal.post("/sign-in", {"login": login, "password": "wrong"}).status_code == 401
    assert portal.post("/sign-in", {"login": login.upper(), "password": PASSWORD}).status_code == 429
    portal.clock.shift(accounts.LOCKED)
    right = portal.post("/sign-in", {"login": login, "password": PASSWORD}).status_code
    assert right == (303 if login == "bidder" else 401)


def test_a_session_ends_when_nobody_works_and_in_any_case(portal: Portal) -> None:
    portal.sign_in(AccountKind.BIDDER)
    for _ in range(19):
        portal.clock.shift(accounts.IDLE.seconds - 61)
        assert portal.client.get("/desk").headers["location"] == "/bidder"
    portal.clock.shift(accounts.IDLE)
    assert portal.client.get("/desk").headers["location"] == "/sign-in?next=/desk"
    portal.sign_in(AccountKind.BIDDER)
    for _ in range(22):
        portal.clock.shift(accounts.IDLE.seconds - 61)
        portal.client.get("/desk")
    assert portal.client.get("/desk").headers["location"] == "/sign-in?next=/desk"


def test_who_signs_out_is_out(portal: Portal) -> None:
    portal.sign_in(AccountKind.BIDDER)
    token = portal.client.cookies["reportgen"]
    assert portal.post("/sign-out").headers["location"] == "/"
    portal.client.cookies.set("reportgen", token)
    assert portal.client.get("/desk").headers["location"] == "/sign-in?next=/desk"


def test_signing_in_again_gives_another_token(portal: Portal) -> None:
    portal.sign_in(AccountKind.BIDDER)
    first = portal.client.cookies["reportgen"]
    portal.client.cookies.clear()
    portal.sign_in(AccountKind.BIDDER)
    assert portal.client.cookies["reportgen"] != first


@pytest.mark.parametrize(
    "next_", ["https://evil.example/x", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere(portal: Portal, next_: str) -> None:
    answer = portal.post("/sign-in", {"login": "bidder", "password": PASSWORD, "next": next_})
    assert answer.headers["location"] == "/desk"


def test_a_closed_account_is_out_at_once(portal: Portal) -> None:
    portal.sign_in(AccountKind.BIDDER)
    store, at = portal.house.store, now()
    row = store.read(lambda session: accounts.by_login(session, LOGINS[AccountKind.BIDDER]))
    assert row is not None
    store.write(lambda s: accounts.decide(s, row.id or 0, AccountState.CLOSED, "clerk", at))
    assert portal.client.get("/desk").status_code == 303
    assert portal.sign_in(AccountKind.BIDDER).status_code == 401
    assert store.read(lambda session: session.exec(select(SignedInRow)).all()) == []


def test_a_user_without_a_role_cannot_come_in(portal: Portal) -> None:
    store = portal.house.store
    store.write(lambda session: people.close_user(session, "clerk", now()))
    assert portal.sign_in(AccountKind.AGENCY).status_code == 401


def test_nothing_typed_is_told_beside_the_field(portal: Portal) -> None:
    page = portal.post("/sign-in", {"login": "bidder", "password": ""})
    assert page.status_code == 422
    assert 'id="w-password"' in page.text


@pytest.mark.parametrize("password", ["short", "bidder-bidder-bidder", "aaaaaaaaaaaaaa", "x" * 200])
def test_a_bad_password_is_refused(password: str) -> None:
    from reportgen.errors import ReportgenError

    with pytest.raises(ReportgenError, match="E0301"):
        accounts.hashed(password, "bidder")
