"""The door: forms of other sites, forms without the session's token, and what surrounds every answer."""

import json

import pytest

from reportgen.store.account_rows import AccountKind
from reportgen.web.envelope import HEADERS
from tests.web.portal import HERE, Portal


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    ],
)
def test_a_form_of_another_site_changes_nothing(portal: Portal, headers: dict[str, str]) -> None:
    page = portal.client.post("/sign-in", data={"login": "bidder", "password": "x"}, headers=headers)
    assert page.status_code == 403
    assert "E1112" in page.text


def test_an_old_browser_s_own_form_is_taken(portal: Portal) -> None:
    data = {"login": "bidder", "password": "x"}
    page = portal.client.post("/sign-in", data=data, headers={"Origin": "http://testserver"})
    assert page.status_code == 401


@pytest.mark.parametrize("token", ["", "0" * 64, "号"])
def test_a_form_without_the_session_s_token_changes_nothing(portal: Portal, token: str) -> None:
    portal.sign_in(AccountKind.BIDDER)
    page = portal.post("/sign-out", {"_csrf": token})
    assert page.status_code == 403
    assert portal.client.get("/desk").headers["location"] == "/bidder"


def test_the_token_of_another_session_is_none(portal: Portal) -> None:
    portal.sign_in(AccountKind.BIDDER)
    other = portal.token()
    portal.client.cookies.clear()
    portal.sign_in(AccountKind.BIDDER)
    assert portal.post("/sign-out", other).status_code == 403


@pytest.mark.parametrize("path", ["/", "/nowhere", "/static/portal.css", "/healthz", "/desk", "/v/x/y"])
def test_every_answer_bears_the_headers(portal: Portal, path: str) -> None:
    answer = portal.client.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)
    assert answer.headers["Cache-Control"]
    assert len(answer.headers["X-Request-Id"]) == 16


def test_no_page_needs_what_its_policy_forbids(portal: Portal) -> None:
    for path in ("/", "/sign-in", f"/v/{portal.number}/{portal.code}"):
        text = portal.client.get(path).text
        assert " style=" not in text
        assert "<style" not in text
        assert "onclick" not in text
        assert "<script>" not in text


def test_the_log_names_neither_code_nor_number_nor_login(portal: Portal) -> None:
    portal.client.get(f"/v/{portal.number}/{portal.code}")
    portal.sign_in(AccountKind.BIDDER)
    text = json.dumps(portal.log)
    assert portal.log[0]["route"] == "look_by_link"
    for secret in (portal.number, portal.code, "bidder", HERE[0]):
        assert secret not in text


def test_a_stranger_s_path_is_answered_from_the_table(portal: Portal) -> None:
    assert "E0203" in portal.client.get("/nowhere").text
    page = portal.client.post("/", headers={"Sec-Fetch-Site": "same-origin"})
    assert page.status_code == 405
    assert "E0204" in page.text


def test_an_inner_fault_tells_nothing_of_itself(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("reportgen.web.public.paper", broken)
    page = portal.client.get(f"/v/{portal.number}/{portal.code}")
    assert page.status_code == 500
    assert "E0101" in page.text
    assert "secret" not in page.text
    assert page.headers["X-Request-Id"] in page.text
    (line,) = [line for line in portal.log if line["event"] == "fault"]
    assert line["request"] == page.headers["X-Request-Id"]


def test_what_runs_the_portal_is_told(portal: Portal) -> None:
    assert portal.client.get("/healthz").text == "ok\n"
    ready = portal.client.get("/readyz")
    assert ready.status_code == 200, ready.text
    assert {item["name"] for item in ready.json()} == {"database", "files", "key", "filing", "fonts"}
    assert (
        'reportgen_http_answers_total{method="GET",route="healthz",status="200"}'
        in portal.client.get("/metrics").text
    )


def test_an_expired_filing_is_not_ready(portal: Portal) -> None:
    portal.clock.move_to("2028-01-05T02:00:00+00:00")
    ready = portal.client.get("/readyz")
    assert ready.status_code == 503
    assert {"name": "filing", "ok": False, "code": "E1101"} in ready.json()


TEXT = "这份判决书写的不是本单位，\n案号相同而当事人不同，请更正。"


def test_who_was_signed_out_meanwhile_gets_back_what_he_wrote_and_the_way_on(portal: Portal) -> None:
    here = {"Sec-Fetch-Site": "same-origin", "Referer": "http://testserver/bidder/records"}
    words = {"text": f"{TEXT}<b>", "password": "a password that is long enough", "kind": "short"}
    answer = portal.client.post("/bidder/objection", data=words, headers=here)
    assert answer.status_code == 401
    assert TEXT + "&lt;b&gt;" in answer.text.replace("\r", "")
    assert 'href="/sign-in?next=/bidder/records"' in answer.text
    assert "a password" not in answer.text
    assert ">short<" not in answer.text


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://other.example.cn"}]
)
def test_another_site_has_nothing_shown_as_if_it_were_typed_here(
    portal: Portal, headers: dict[str, str]
) -> None:
    answer = portal.client.post("/bidder/objection", data={"text": TEXT}, headers=headers)
    assert answer.status_code == 401
    assert "案号" not in answer.text


def test_who_signed_in_anew_elsewhere_gets_back_what_he_wrote(portal: Portal) -> None:
    portal.sign_in(AccountKind.BIDDER)
    here = {"Sec-Fetch-Site": "same-origin", "Referer": "http://testserver/bidder/records"}
    answer = portal.client.post("/bidder/objection", data={"text": TEXT, "_csrf": "0" * 64}, headers=here)
    assert answer.status_code == 403
    assert "案号" in answer.text
    assert 'href="/bidder/records"' in answer.text


def test_who_is_signed_in_stays_so_where_there_is_no_page(portal: Portal) -> None:
    portal.sign_in(AccountKind.BIDDER)
    page = portal.client.get("/nowhere")
    assert page.status_code == 404
    assert 'href="/desk"' in page.text
    assert 'href="/sign-in"' not in page.text
