"""Asking for an account: nobody learns what is known here, and the agency decides."""

import pytest

from reportgen.registry import accounts as registered
from reportgen.store import accounts
from reportgen.store.account_rows import AccountKind, AccountRow, AccountState
from reportgen.zone import now
from tests.web.portal import LOGINS, RECIPIENT, SUBJECT, Portal

PDF = b"%PDF-1.7\nletter"
ASKED = {
    "kind": "BIDDER",
    "login": "newcomer",
    "password": "a good long sentence",
    "again": "a good long sentence",
    "uscc": SUBJECT.lower(),
    "organisation": "霁川朴厝建筑有限公司",
    "person": "经办人甲",
}


def ask(portal: Portal, data: bytes = PDF, **words: str) -> "tuple[int, str]":
    files = {"letter": ("授权书.pdf", data)} if data else {"letter": ("", b"")}
    answer = portal.post("/register", {**ASKED, **words}, files=files)
    return answer.status_code, answer.headers.get("location", answer.text)


def account(portal: Portal, login: str = "newcomer") -> AccountRow | None:
    return portal.house.store.read(lambda session: accounts.by_login(session, login))


def received(portal: Portal) -> list[str]:
    return [name for name in portal.house.press.files.names() if name.startswith("received/")]


def test_who_registers_waits_for_the_agency_and_then_comes_in(portal: Portal) -> None:
    assert portal.client.get("/register").status_code == 200
    assert ask(portal) == (303, "/register/sent")
    assert "等候审核" in portal.client.get("/register/sent").text
    row = account(portal)
    assert row is not None
    assert (row.kind, row.state, row.uscc) == ("BIDDER", "PENDING", SUBJECT)
    (name,) = received(portal)
    assert name == row.authorisation
    assert portal.house.press.files.read(name) == PDF
    assert row.login not in name

    signed = {"login": "newcomer", "password": ASKED["password"]}
    assert portal.post("/sign-in", signed).status_code == 303
    assert portal.client.get("/desk").headers["location"] == "/register/sent"
    assert portal.client.get("/bidder").status_code == 403
    desk = portal.house.desk_of("clerk").desk(now())
    portal.house.store.write(
        lambda session: registered.decide(session, row.id or 0, AccountState.ACTIVE, desk)
    )
    assert portal.client.get("/desk").headers["location"] == "/bidder"
    assert portal.client.get("/bidder").status_code == 200


def test_a_recipient_registers_in_the_same_way(portal: Portal) -> None:
    assert ask(portal, kind="RECIPIENT", uscc=RECIPIENT)[0] == 303
    row = account(portal)
    assert row is not None
    assert row.kind == "RECIPIENT"


@pytest.mark.parametrize("begin", [b"\xff\xd8\xff\xe0jpeg", b"\x89PNG\r\n\x1a\nrest"])
def test_a_letter_may_be_a_picture(portal: Portal, begin: bytes) -> None:
    assert ask(portal, begin)[0] == 303


def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_kept(portal: Portal) -> None:
    for field, word in [
        ("kind", ""),
        ("kind", "AGENCY"),
        ("login", "某人"),
        ("login", "13800138000"),
        ("uscc", "91990102MA9C2K077X"),
        ("organisation", ""),
        ("organisation", "长" * 201),
        ("person", ""),
        ("password", "short"),
        ("again", "another sentence"),
    ]:
        words = {field: word, **({"again": word} if field == "password" else {})}
        status, page = ask(portal, PDF, **words)
        assert status == 422
        assert page.count('class="wrong"') == 1
        assert "请选择账号的用途" in page if field == "kind" else f'id="w-{field}"' in page
        assert ASKED["password"] not in page
    assert account(portal) is None
    assert received(portal) == []


def test_a_letter_is_what_it_is_and_not_what_it_is_called(portal: Portal) -> None:
    for data in (b"", b"MZ\x90", b"<script>alert(1)</script>", b"GIF89a", b"PK\x03\x04"):
        status, page = ask(portal, data)
        assert status == 422
        assert 'id="w-letter"' in page
    assert received(portal) == []
    for login, begin in (("first", b"\xff\xd8\xff\xe0jpeg"), ("second", b"\x89PNG\r\n\x1a\nrest")):
        assert ask(portal, begin, login=login)[0] == 303


def test_a_letter_has_a_size(portal: Portal) -> None:
    assert ask(portal, PDF + bytes(10 * 1024 * 1024 - len(PDF)))[0] == 303
    status, page = ask(portal, PDF + bytes(10 * 1024 * 1024), login="second")
    assert status == 422
    assert "10 MB" in page.split('id="w-letter"', 1)[1]


def test_a_taken_login_is_told_and_the_letter_is_not_kept(portal: Portal) -> None:
    status, page = ask(portal, login=LOGINS[AccountKind.BIDDER])
    assert status == 422
    assert "已有人使用" in page.split('id="w-login"', 1)[1]
    assert received(portal) == []


def test_a_code_that_is_known_here_is_told_as_one_that_is_not(portal: Portal) -> None:
    known, unknown = ask(portal, login="first"), ask(portal, login="second", uscc=RECIPIENT)
    assert known == unknown


def test_what_strangers_type_is_text(portal: Portal) -> None:
    page = ask(portal, organisation='"><script>alert(1)</script>{{ 7*7 }}', person="")[1]
    assert "<script>alert" not in page
    assert "{{ 7*7 }}" in page


def test_nobody_asks_without_end(portal: Portal) -> None:
    statuses = [portal.post("/register", {"login": "x"}).status_code for _ in range(25)]
    assert statuses[0] == 422
    assert statuses[-1] == 429
