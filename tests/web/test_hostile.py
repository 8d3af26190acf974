"""What somebody tries who means no good: a name that is not his, a body that never ends, a count that tells too much."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx2
import pytest
from fastapi.testclient import TestClient

from reportgen.errors import ReportgenError
from reportgen.registry import users, uses
from reportgen.registry.accounts import RESERVED
from reportgen.store import people
from reportgen.store.account_rows import AccountKind
from reportgen.web import limiting
from reportgen.web.access import FORM, LETTER
from reportgen.web.checking import MEMORY
from reportgen.zone import now
from tests.web.keys import V1, bearing, token_of
from tests.web.portal import PROJECT, Portal, with_user
from tests.web.serving import serving
from tests.web.test_committee import BEFORE, OPENED, _clerk, _made_for_another
from tests.web.test_registration import account, ask

BUYER = "129901004KH702160R"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
_FIELD = b'--b\r\nContent-Disposition: form-data; name="number"\r\n\r\n-aaaa\r\n--b--\r\n'


@pytest.mark.parametrize("charset", ["punycode", "idna", "undefined", "utf-7", "zip"])
def test_a_form_in_letters_of_its_own_choice_is_not_read(portal: Portal, charset: str) -> None:
    """Some of Python's codecs take a minute for a megabyte, in the thread that answers everybody."""
    headers = {**SAME_SITE, "Content-Type": f"multipart/form-data; boundary=b; charset={charset}"}
    answer = portal.client.post("/verify/paper", content=_FIELD, headers=headers)
    assert (answer.status_code, "E0205" in answer.text) == (400, True)


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=b", 'Multipart/Form-Data; boundary=b; charset="UTF-8"']
)
def test_a_form_as_browsers_send_it_is_read(portal: Portal, kind: str) -> None:
    answer = portal.client.post("/verify/paper", content=_FIELD, headers={**SAME_SITE, "Content-Type": kind})
    assert answer.status_code == 422


def test_only_a_file_makes_a_form_long(portal: Portal) -> None:
    """Fifty megabytes of ampersands are no file, but take half a minute to be read."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = portal.client.post("/verify/file", content=b"&" * (FORM + 1), headers={**SAME_SITE, **kind})
    assert (answer.status_code, "E0303" in answer.text) == (413, True)
    long = {"number": "a" * (FORM + 1)}
    answer = portal.client.post("/verify/file", files={"other": b"x"}, data=long, headers=SAME_SITE)
    assert (answer.status_code, "E0205" in answer.text) == (400, True)


@contextmanager
def unfinished(address: str, path: str, count: int, length: int = 1000) -> Iterator[list[socket.socket]]:
    """Begin to send so many forms, and let them wait for the rest."""
    host, _, port = address.removeprefix("http://").partition(":")
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nSec-Fetch-Site: same-origin\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n\r\n--b\r\n"
    )
    made = [socket.create_connection((host, int(port))) for _ in range(count)]
    try:
        for one in made:
            one.settimeout(20)
            one.sendall(head.encode())
        yield made
    finally:
        for one in made:
            one.close()


@pytest.mark.parametrize("path", ["/verify/file", "/register"])
def test_who_sends_slowly_keeps_nobody_from_his_work(portal: Portal, path: str) -> None:
    many = portal.house.settings.at_once + 1
    with serving(portal.client.app) as address, unfinished(address, path, many):  # type: ignore[arg-type]
        for place in (f"/v/{portal.number}/{portal.code}", "/"):
            assert httpx2.get(f"{address}{place}", timeout=20).status_code == 200


def test_one_address_sends_only_so_many_files_at_the_same_moment(portal: Portal) -> None:
    with serving(portal.client.app) as address, unfinished(address, "/register", 4, LETTER):  # type: ignore[arg-type]
        with unfinished(address, "/verify/file", 1, LETTER) as (one,):
            assert one.recv(12) == b"HTTP/1.1 429"
        for _ in range(3):
            with unfinished(address, "/register", 1, FORM) as (one,):
                one.settimeout(0.05)
                with pytest.raises(TimeoutError):
                    one.recv(12)


def test_what_never_ends_is_ended(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiting, "RECEIVING", 0.05)
    key = token_of(portal, AccountKind.RECIPIENT)
    with serving(portal.client.app) as address, unfinished(address, "/verify/file", 1) as (one,):  # type: ignore[arg-type]
        assert one.recv(12) == b"HTTP/1.1 408"
        host, _, port = address.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as other:
            other.settimeout(20)
            said = (
                f"POST {V1}/verifications/paper HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n"
            )
            other.sendall(f"{said}Content-Length: 10\r\n\r\n{{".encode())
            assert other.recv(12) == b"HTTP/1.1 408"


def test_who_goes_in_the_middle_of_a_form_is_no_fault_of_the_portal(portal: Portal) -> None:
    with serving(portal.client.app) as address:  # type: ignore[arg-type]
        with unfinished(address, "/verify/file", 1):
            pass
        with suppress(httpx2.HTTPError):
            while not [line for line in portal.log if line.get("route") == "look_by_file"]:
                httpx2.get(f"{address}/healthz", timeout=20)
    assert not [line for line in portal.log if line["event"] == "fault"]


@pytest.mark.parametrize("login", ["writer", "Writer", *RESERVED])
def test_nobody_registers_under_the_name_of_the_agency_s_people(portal: Portal, login: str) -> None:
    """The register names who acted by his login alone."""
    portal.house.store.write(lambda session: people.add_user(session, "writer", "王编制"))
    status, text = ask(portal, login=login)
    assert (status, "已有人使用" in text) == (422, True)
    assert account(portal, login) is None


@pytest.mark.parametrize("login", ["owner", "OWNER"])
def test_nobody_of_the_agency_is_entered_under_the_name_of_a_stranger(portal: Portal, login: str) -> None:
    desk = portal.house.desk_of("clerk").desk(now())
    with pytest.raises(ReportgenError) as caught:
        portal.house.store.write(lambda session: users.add(session, login, "王编制", desk))
    assert caught.value.code == "E0355"


def test_before_the_opening_no_project_stands_in_a_list_because_somebody_asked(portal: Portal) -> None:
    """A recipient who does not run the tender would learn from it that there is a report."""
    portal.clock.move_to(BEFORE)
    _clerk(portal, "buyer", BUYER)
    portal.house.store.write(_made_for_another)
    key = _key_of(portal, "buyer")
    portal.sign_in_as("buyer")
    place = f"/committee/project?project={PROJECT}&round=1"
    assert PROJECT not in portal.client.get("/committee").text
    assert "E0351" in portal.client.get(place).text
    assert portal.client.get(f"{V1}/projects", headers=bearing(key)).json()["items"] == []
    portal.clock.move_to(OPENED)
    portal.sign_in_as("buyer")
    assert PROJECT in portal.client.get("/committee").text
    assert portal.client.get(place).status_code == 200
    assert len(portal.client.get(f"{V1}/projects", headers=bearing(key)).json()["items"]) == 1


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("10.0.0.7", {}, 200),
        ("fd00::7", {}, 200),
        ("8.8.8.8", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "8.8.8.8"}, 404),
        ("127.0.0.1", {"Forwarded": "for=8.8.8.8"}, 404),
    ],
)
def test_what_is_counted_is_told_to_no_stranger(
    portal: Portal, address: str, headers: dict[str, str], status: int
) -> None:
    """Before 开标 it would tell how many applied, and how many reports were made."""
    client = TestClient(portal.client.app, client=(address, 50000))
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == status
    assert ("reportgen_reports_queued" in answer.text) == (status == 200)


def test_the_second_person_s_password_is_guessed_no_more_often_than_any(portal: Portal) -> None:
    with_user(portal, "second", "CLERK")
    portal.sign_in(AccountKind.AGENCY)
    path = f"/agency/reports/{portal.number}/annul"
    words = {"second": "second", "password": "wrong wrong wrong"}
    statuses = [portal.post(path, words).status_code for _ in range(11)]
    assert statuses == [*[422] * 10, 429]
    limits = [portal.post(path, {**words, "second": f"x{n}"}).status_code for n in range(12)]
    assert limits[-1] == 429


def test_one_person_with_two_logins_is_no_second_person(portal: Portal) -> None:
    store, at = portal.house.store, now()
    for login in ("wang", "wang2"):
        store.write(lambda session, login=login: people.add_user(session, login, "王某"))  # type: ignore[misc]
    desk = portal.house.desk_of("wang").desk(at)
    with pytest.raises(ReportgenError) as caught:
        store.write(lambda session: uses.annul(session, portal.number, "wang2", desk))
    assert caught.value.code == "E1102"


@pytest.mark.parametrize(
    ("first", "second"), [("2001:db8::1", "2001:db8::2"), ("2001:db8:0:0:ffff::", "2001:db8::7:8:9:a")]
)
def test_whoever_has_a_whole_network_of_addresses_is_counted_once(
    portal: Portal, first: str, second: str
) -> None:
    """A single customer of any provider has 2^64 addresses of IPv6."""
    asked = [TestClient(portal.client.app, client=(address, 50000)) for address in (first, second)]
    nobody = {"login": "nobody"}
    statuses = [asked[n % 2].post("/sign-in", data=nobody, headers=SAME_SITE).status_code for n in range(21)]
    assert statuses == [*[422] * 20, 429]
    other = TestClient(portal.client.app, client=("2001:db8:0:1::1", 50000))
    assert other.post("/sign-in", data={"login": "other"}, headers=SAME_SITE).status_code == 422


def _key_of(portal: Portal, login: str) -> str:
    from reportgen.registry import api_keys
    from reportgen.store import accounts

    press = portal.house.desk_of(login)
    row = press.store.read(lambda session: accounts.by_login(session, login))
    assert row is not None
    caller = press.store.read(lambda session: accounts.caller(session, row))
    assert caller is not None
    made = press.store.write(
        lambda s: api_keys.create(s, caller, "测试", ["projects:read"], press.secret, press.desk(now()))
    )
    return made[1]


def test_a_file_that_would_fill_the_memory_is_given_up(portal: Portal) -> None:
    with pytest.raises(ReportgenError) as caught:
        portal.house.checker.run(_filling, MEMORY)
    assert caught.value.code == "E0392"
    # Whoever comes next is served.
    assert portal.house.checker.run(len, "ab") == 2


def _filling(size: int) -> int:
    return len(bytearray(size))
