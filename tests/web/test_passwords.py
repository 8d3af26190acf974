"""One's own password: changed by who knows it, or set by a code of the agency's, which is good once and for a day."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from reportgen.registry.tables import EventRow
from reportgen.registry.tags import Tag
from reportgen.store import accounts, people
from reportgen.store.account_rows import AccountKind
from tests.web.portal import LOGINS, PASSWORD, Portal

NEW = "another good sentence"
_CODE = re.compile(r'<p class="mono secret">([0-9A-Z]{4}(?:-[0-9A-Z]{4}){4})</p>')


def change(portal: Portal, **words: str) -> "tuple[int, str]":
    given = {"old": PASSWORD, "password": "another good sentence", "again": "another good sentence"}
    answer = portal.post("/account/password", {**given, **words})
    return answer.status_code, answer.headers.get("location", answer.text)


def test_a_changed_password_ends_the_other_sessions(portal: Portal) -> None:
    portal.sign_in(AccountKind.BIDDER)
    elsewhere = portal.client.cookies["reportgen"]
    portal.client.cookies.clear()
    portal.sign_in(AccountKind.BIDDER)
    assert portal.client.get("/account/password").status_code == 200
    assert change(portal) == (303, "/account/password?changed=yes")
    assert "密码已经修改" in portal.client.get("/account/password?changed=yes").text
    assert portal.client.get("/bidder").status_code == 200
    portal.client.cookies.clear()
    portal.client.cookies.set("reportgen", elsewhere)
    assert portal.client.get("/bidder").status_code == 303
    portal.client.cookies.clear()
    assert portal.sign_in(AccountKind.BIDDER).status_code == 401
    assert portal.sign_in(AccountKind.BIDDER, "another good sentence").status_code == 303


def test_a_password_that_cannot_be_is_told_beside_its_field(portal: Portal) -> None:
    portal.sign_in(AccountKind.RECIPIENT)
    for field, words in [
        ("old", {"old": "wrong"}),
        ("again", {"again": "something else"}),
        ("password", {"password": PASSWORD, "again": PASSWORD}),
        ("password", {"password": "short", "again": "short"}),
    ]:
        status, page = change(portal, **words)
        assert status == 422
        assert f'id="w-{field}"' in page
    assert portal.sign_in(AccountKind.RECIPIENT).status_code == 303


def test_the_old_password_is_not_guessed_without_end(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "ATTEMPTS", 2)
    portal.sign_in(AccountKind.BIDDER)
    assert [change(portal, old="wrong")[0] for _ in range(3)] == [422, 422, 429]


def given(portal: Portal, path: str, **words: str) -> str:
    """Return the code that the agency's page shows after it was confirmed."""
    portal.sign_in_as(LOGINS[AccountKind.AGENCY])
    asked = portal.post(path, words)
    assert (asked.status_code, _CODE.search(asked.text)) == (200, None)
    page = portal.post(path, {**words, "confirmed": "yes"})
    assert page.headers["cache-control"] == "no-store"
    found = _CODE.search(page.text)
    assert found, page.text
    portal.client.cookies.clear()
    return found[1]


def account_path(portal: Portal, kind: AccountKind) -> str:
    row = portal.house.store.read(lambda session: accounts.by_login(session, LOGINS[kind]))
    assert row is not None
    return f"/agency/accounts/{row.id}/code"


def set_by(
    portal: Portal, code: str, login: str = LOGINS[AccountKind.BIDDER], **words: str
) -> tuple[int, str]:
    said = {"login": login, "code": code, "password": NEW, "again": NEW, **words}
    answer = portal.post("/password", said)
    return answer.status_code, answer.headers.get("location", answer.text)


def test_who_forgot_his_password_sets_another_by_a_code_that_is_good_once(portal: Portal) -> None:
    portal.sign_in(AccountKind.BIDDER)
    elsewhere = portal.client.cookies["reportgen"]
    code = given(portal, account_path(portal, AccountKind.BIDDER))
    assert portal.client.get("/password").status_code == 200
    # As it is typed from a telephone call.
    assert set_by(portal, f" {code.lower().replace('-', ' ')} ") == (303, "/sign-in?set=yes")
    assert "密码已经设定" in portal.client.get("/sign-in?set=yes").text
    assert portal.sign_in(AccountKind.BIDDER).status_code == 401
    assert portal.sign_in(AccountKind.BIDDER, NEW).status_code == 303
    portal.client.cookies.clear()
    portal.client.cookies.set("reportgen", elsewhere)
    assert portal.client.get("/bidder").status_code == 303
    portal.client.cookies.clear()
    status, page = set_by(portal, code, password="a third good sentence", again="a third good sentence")
    assert status == 422
    assert 'id="w-code"' in page


def test_a_new_user_comes_in_by_a_code_and_the_record_says_who_gave_it(portal: Portal) -> None:
    store = portal.house.store
    store.write(lambda session: people.add_user(session, "novice", "新来的"))
    store.write(lambda session: people.grant(session, "novice", "CLERK"))
    code = given(portal, "/agency/users/code", login="novice")
    assert set_by(portal, code, "novice")[0] == 303
    assert portal.post("/sign-in", {"login": "novice", "password": NEW}).status_code == 303
    assert portal.client.get("/agency").status_code == 200
    made = select(EventRow).where(EventRow.tag == Tag.OFFICE_CODE_MAKE)
    (event,) = store.read(lambda session: session.exec(made).all())
    assert (event.actor, "novice" in event.data, code in event.data) == (
        LOGINS[AccountKind.AGENCY],
        True,
        False,
    )


@pytest.mark.parametrize(("hours", "status"), [(23, 303), (24, 422)])
def test_a_code_ends_after_a_day(portal: Portal, hours: int, status: int) -> None:
    code = given(portal, account_path(portal, AccountKind.BIDDER))
    portal.clock.shift(timedelta(hours=hours))
    assert set_by(portal, code)[0] == status


def test_a_code_is_for_its_own_login_and_for_an_open_account(portal: Portal) -> None:
    path = account_path(portal, AccountKind.BIDDER)
    code = given(portal, path)
    assert set_by(portal, code, LOGINS[AccountKind.RECIPIENT])[0] == 422
    assert set_by(portal, code, "nobody-here")[0] == 422
    portal.sign_in_as(LOGINS[AccountKind.AGENCY])
    portal.post(path.removesuffix("/code"), {"state": "CLOSED", "confirmed": "yes"})
    assert portal.post(path, {"confirmed": "yes"}).status_code == 404
    portal.client.cookies.clear()
    assert set_by(portal, code)[0] == 422


def test_a_code_of_a_user_who_was_closed_meanwhile_is_none(portal: Portal) -> None:
    store = portal.house.store
    store.write(lambda session: people.add_user(session, "novice", "新来的"))
    code = given(portal, "/agency/users/code", login="novice")
    portal.sign_in_as(LOGINS[AccountKind.AGENCY])
    portal.post("/agency/users/close", {"login": "novice", "confirmed": "yes"})
    assert portal.post("/agency/users/code", {"login": "novice", "confirmed": "yes"}).status_code == 404
    portal.client.cookies.clear()
    status, page = set_by(portal, code, "novice")
    assert status == 422
    assert 'id="w-code"' in page


def test_a_wrong_code_tells_the_same_of_every_login(portal: Portal) -> None:
    wrong = "AAAA-BBBB-CCCC-DDDD-EEEE"
    pages = []
    for login in (LOGINS[AccountKind.BIDDER], LOGINS[AccountKind.AGENCY], "nobody-here"):
        status, page = set_by(portal, wrong, login)
        assert status == 422
        pages.append(re.sub(r"请求 [0-9a-f]{16}", "", page.replace(login, "")))
    assert len(set(pages)) == 1


def test_what_is_missing_or_no_good_is_told_beside_its_field_and_the_code_stays_good(portal: Portal) -> None:
    code = given(portal, account_path(portal, AccountKind.BIDDER))
    for field, words in [
        ("code", {"code": ""}),
        ("login", {"login": ""}),
        ("password", {"password": "short", "again": "short"}),
        ("again", {"again": "something else"}),
    ]:
        answer = portal.post(
            "/password", {"login": "bidder", "code": code, "password": NEW, "again": NEW, **words}
        )
        assert answer.status_code == 422
        assert f'id="w-{field}"' in answer.text
    assert set_by(portal, code)[0] == 303


def test_a_code_opens_a_locked_login(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "ATTEMPTS", 2)
    code = given(portal, account_path(portal, AccountKind.BIDDER))
    statuses = [portal.sign_in(AccountKind.BIDDER, "wrong").status_code for _ in range(3)]
    assert statuses == [401, 401, 429]
    assert set_by(portal, code)[0] == 303
    assert portal.sign_in(AccountKind.BIDDER, NEW).status_code == 303


def test_nobody_tries_codes_without_end(portal: Portal) -> None:
    statuses = [set_by(portal, "x")[0] for _ in range(25)]
    assert (statuses[0], statuses[-1]) == (422, 429)


def test_of_a_code_nothing_is_kept_and_nothing_logged(portal: Portal) -> None:
    code = given(portal, account_path(portal, AccountKind.BIDDER))
    kept = [path for path in portal.folder.rglob("*") if path.is_file()]
    assert kept
    for spelt in (code, code.replace("-", "")):
        assert not any(spelt.encode() in path.read_bytes() for path in kept)
        assert not any(spelt in str(line) for line in portal.log)
