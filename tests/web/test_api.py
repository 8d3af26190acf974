"""The API: who gets in with which key, what he sees, and what is done once however often it is asked."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlmodel import func, select

from reportgen.registry.api_key_rows import AnsweredRow, ApiKeyRow
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.look_rows import LookRow
from reportgen.registry.tables import EventRow
from reportgen.registry.tags import Tag
from reportgen.store import accounts
from reportgen.store.account_rows import AccountKind, AccountState
from reportgen.web.access import ACCESS
from reportgen.web.api.document import document
from reportgen.zone import now
from scripts.write_openapi import page
from tests.web.keys import V1, bearing, caller_of, token_of
from tests.web.portal import PROJECT, RECIPIENT, SUBJECT, Portal

BIDDER, RECIPIENTS, AGENCY = AccountKind.BIDDER, AccountKind.RECIPIENT, AccountKind.AGENCY
OPENED = "2026-12-16T02:00:00+00:00"
ASKED = {"project": PROJECT, "recipient": RECIPIENT, "payer": RECIPIENT, "authorisation": "授 2026-1"}


def test_the_description_that_is_checked_in_is_that_of_the_routes() -> None:
    assert Path("docs/openapi.json").read_text("utf-8") == page()


def events(portal: Portal, tag: Tag) -> int:
    counted = select(func.count()).select_from(EventRow).where(EventRow.tag == tag)
    return portal.house.store.read(lambda session: session.exec(counted).one())


def problem(answer: object, status: int, code: str) -> dict[str, object]:
    assert answer.status_code == status, answer.text  # type: ignore[attr-defined]
    assert answer.headers["content-type"] == "application/problem+json"  # type: ignore[attr-defined]
    said: dict[str, object] = answer.json()  # type: ignore[attr-defined]
    assert (said["code"], said["status"]) == (code, status)
    return said


@pytest.mark.parametrize(
    "word",
    [None, "", "Bearer", "Bearer x", "Bearer rgk_0_1", "Basic abc", "Bearer rgk_" + "é" * 9 + "_x"],
)
def test_without_a_key_nobody_gets_in(portal: Portal, word: str | None) -> None:
    headers = {} if word is None else {"Authorization": word.encode()}
    answer = portal.client.get(f"{V1}/reports", headers=headers)  # type: ignore[arg-type]
    problem(answer, 401, "E1115")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_session_opens_no_door_of_the_api(portal: Portal) -> None:
    portal.sign_in(BIDDER)
    problem(portal.client.get(f"{V1}/reports"), 401, "E1115")


def test_a_key_is_kept_as_a_hash_and_ends_when_it_is_revoked_or_its_account_closed(portal: Portal) -> None:
    token, other = token_of(portal, BIDDER), token_of(portal, BIDDER)
    store = portal.house.store
    row = store.read(lambda session: session.exec(select(ApiKeyRow).where(ApiKeyRow.id == 1)).one())
    assert token.split("_", 2)[2] not in row.model_dump_json()
    assert portal.client.get(f"{V1}/reports", headers=bearing(token)).status_code == 200
    assert store.read(lambda session: session.get_one(ApiKeyRow, 1).last_day) == now().date()
    portal.sign_in(BIDDER)
    assert portal.post("/account/keys/1/revoke").status_code == 303
    problem(portal.client.get(f"{V1}/reports", headers=bearing(token)), 401, "E1115")
    account = caller_of(portal, BIDDER).account
    store.write(lambda s: accounts.decide(s, account, AccountState.CLOSED, "clerk", now()))
    problem(portal.client.get(f"{V1}/reports", headers=bearing(other)), 401, "E1115")
    assert events(portal, Tag.OFFICE_APIKEY_CHANGE) == 3


def test_a_key_is_shown_once_and_to_its_owner(portal: Portal) -> None:
    portal.sign_in(BIDDER)
    assert "还没有密钥" in portal.client.get("/account/keys").text
    page = portal.post("/account/keys", {"name": "交易平台", "scope": "reports:read"})
    token = page.text.split('class="mono secret">')[1].split("<")[0]
    assert portal.client.get(f"{V1}/reports", headers=bearing(token)).status_code == 200
    twice = portal.post("/account/keys", {"name": "交易平台", "scope": "reports:read"})
    assert (twice.status_code, 'id="w-name"' in twice.text) == (422, True)
    again = portal.client.get("/account/keys").text
    assert "交易平台" in again
    assert token not in again
    wrong = portal.post("/account/keys", {"name": "", "scope": "consumptions"})
    assert wrong.status_code == 422
    assert 'id="w-name"' in wrong.text
    assert 'id="w-scopes"' in wrong.text
    portal.client.cookies.clear()
    portal.sign_in(RECIPIENTS)
    assert '<th scope="row">' not in portal.client.get("/account/keys").text
    assert portal.post("/account/keys/1/revoke").status_code == 404


def test_every_scope_is_asked(portal: Portal) -> None:
    tokens = {kind: token_of(portal, kind, ["verifications"]) for kind in AccountKind}
    for path, methods in document()["paths"].items():
        for method, said in methods.items():
            rule = ACCESS[f"api_{said['operationId']}"]
            assert rule.kinds is not None
            for kind, token in tokens.items():
                url = path.replace("{id}", "0" * 32).replace("{number}", "AAAA")
                answer = portal.client.request(method.upper(), url, headers=bearing(token))
                if kind not in rule.kinds:
                    problem(answer, 403, "E1111")
                elif rule.scope != "verifications":
                    problem(answer, 403, "E1116")
                else:
                    assert answer.status_code in {200, 422}


def test_everybody_sees_his_own_reports_and_a_recipient_after_the_opening_alone(portal: Portal) -> None:
    tokens = {kind: token_of(portal, kind) for kind in AccountKind}

    def seen(kind: AccountKind) -> list[str]:
        answer = portal.client.get(f"{V1}/reports", headers=bearing(tokens[kind])).json()
        return [report["number"] for report in answer["items"]]

    number = portal.number
    assert (seen(BIDDER), seen(AGENCY), seen(RECIPIENTS)) == ([number], [number], [])
    problem(portal.client.get(f"{V1}/reports/{number}", headers=bearing(tokens[RECIPIENTS])), 404, "E0502")
    portal.clock.move_to(OPENED)
    assert seen(RECIPIENTS) == [number]
    report = portal.client.get(f"{V1}/reports/{number}", headers=bearing(tokens[RECIPIENTS])).json()
    assert (report["state"], report["usable"], report["applicant"][0]["uscc"]) == ("ISSUED", True, SUBJECT)
    file = portal.client.get(f"{V1}/reports/{number}/file", headers=bearing(tokens[RECIPIENTS]))
    assert file.content == portal.report
    assert file.headers["content-type"] == "application/pdf"


def test_an_application_is_sent_in_followed_and_taken_back(portal: Portal) -> None:
    headers = bearing(token_of(portal, BIDDER))
    sent = portal.client.post(f"{V1}/applications", json=ASKED, headers=headers)
    assert sent.status_code == 201, sent.text
    said = sent.json()
    assert (said["state"], said["state_name"], said["recipient"]["uscc"]) == (
        "SUBMITTED",
        "已提交",
        RECIPIENT,
    )
    assert said["submitted_at"].endswith("+08:00")
    problem(portal.client.post(f"{V1}/applications", json=ASKED, headers=headers), 409, "E0613")
    url = f"{V1}/applications/{said['id']}"
    assert portal.client.get(url, headers=headers).json() == said
    assert portal.client.post(f"{url}/withdrawal", headers=headers).json()["state"] == "WITHDRAWN"
    problem(portal.client.post(f"{url}/withdrawal", headers=headers), 409, "E0614")
    clerk = bearing(token_of(portal, AGENCY))
    assert portal.client.get(url, headers=clerk).json()["id"] == said["id"]


def test_what_is_wrong_is_told_in_chinese_with_its_path(portal: Portal) -> None:
    headers = bearing(token_of(portal, BIDDER))

    def faults(**more: object) -> dict[str, str]:
        answer = portal.client.post(f"{V1}/applications", json={**ASKED, **more}, headers=headers)
        said = problem(answer, 422, "E0301")
        return {fault["path"]: fault["what"] for fault in said["faults"]}  # type: ignore[attr-defined]

    assert faults(recipient="1", colour="红") == {
        "recipient": "统一社会信用代码应为 18 位，实为 1 位",
        "colour": "不认识的键：红",
    }
    assert "不是本项目的招标人" in faults(recipient=SUBJECT)["recipient"]
    assert list(faults(members=[{"uscc": RECIPIENT, "share": "1"}])) == ["members[0].uscc"]
    answer = portal.client.get(f"{V1}/reports?limit=0&cursor=!", headers=headers)
    assert [f["path"] for f in problem(answer, 422, "E0301")["faults"]] == ["limit"]  # type: ignore[attr-defined]
    problem(portal.client.post(f"{V1}/applications", content=b"{", headers=headers), 422, "E0305")
    problem(portal.client.post(f"{V1}/applications", content=b"[" * 60000, headers=headers), 422, "E0305")
    problem(portal.client.post(f"{V1}/applications", content=b" " * 70000, headers=headers), 413, "E0303")
    problem(portal.client.get(f"{V1}/nowhere", headers=headers), 404, "E0203")
    refused = portal.client.delete(f"{V1}/reports", headers=headers)
    problem(refused, 405, "E0204")
    assert refused.headers["allow"] == "GET"


def test_pages_follow_each_other_without_gap_or_repetition(portal: Portal) -> None:
    headers, clerk = bearing(token_of(portal, BIDDER)), bearing(token_of(portal, AGENCY))
    for _ in range(3):
        said = portal.client.post(f"{V1}/applications", json=ASKED, headers=headers).json()
        portal.client.post(f"{V1}/applications/{said['id']}/withdrawal", headers=headers)
    whole = portal.client.get(f"{V1}/applications", headers=headers).json()
    assert whole["next_cursor"] is None
    found: list[object] = []
    cursor: str | None = ""
    while cursor is not None:
        url = f"{V1}/applications?limit=1&cursor={cursor}"
        part = portal.client.get(url, headers=headers).json()
        found, cursor = found + part["items"], part["next_cursor"]
    assert found == whole["items"]
    assert len(found) == 3
    problem(portal.client.get(f"{V1}/applications?cursor=YWJj", headers=clerk), 422, "E0301")
    tenders = portal.client.get(f"{V1}/projects?project={PROJECT}", headers=headers).json()["items"]
    assert [(tender["project"], tender["opened"]) for tender in tenders] == [(PROJECT, False)]
    held = portal.client.get(f"{V1}/subject", headers=headers).json()
    assert held["uscc"] == SUBJECT
    assert held["facts"]["contracts"] > 0


def test_under_one_key_a_request_is_done_once(portal: Portal) -> None:
    token = token_of(portal, BIDDER)
    headers = bearing(token, **{"Idempotency-Key": "1"})

    def send(_: int) -> tuple[int, str]:
        answer = portal.client.post(f"{V1}/applications", json=ASKED, headers=headers)
        return answer.status_code, answer.json()["id"]

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(send, range(8)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    rows = portal.house.store.read(lambda session: session.exec(select(ApplicationRow)).all())
    assert len(rows) == 1
    again = portal.client.post(f"{V1}/applications", json=ASKED, headers=headers)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = {**ASKED, "purpose": "另一用途"}
    problem(portal.client.post(f"{V1}/applications", json=other, headers=headers), 422, "E0619")
    # The key of another account is another key.
    assert portal.client.get(f"{V1}/applications", headers=bearing(token_of(portal, AGENCY))).json()["items"]
    bad = bearing(token, **{"Idempotency-Key": "a b"})
    problem(portal.client.post(f"{V1}/applications", json=ASKED, headers=bad), 422, "E0301")
    portal.clock.shift(25 * 3600)
    problem(portal.client.post(f"{V1}/applications", json=ASKED, headers=headers), 409, "E0613")
    kept = portal.house.store.read(lambda session: session.exec(select(AnsweredRow)).all())
    assert [row.key for row in kept] == ["1"]


def test_a_report_is_used_once_and_whoever_asks_again_is_told_when(portal: Portal) -> None:
    token = token_of(portal, RECIPIENTS)
    headers, sent = bearing(token), {"number": portal.number, "project": PROJECT}
    problem(portal.client.post(f"{V1}/consumptions", json=sent, headers=headers), 403, "E1106")
    portal.clock.move_to(OPENED)
    wrong = portal.client.post(
        f"{V1}/consumptions",
        json={**sent, "project": "另一项目"},
        headers=bearing(token, **{"Idempotency-Key": "w"}),
    )
    problem(wrong, 409, "E0603")
    assert events(portal, Tag.REPORT_USE_REFUSE) == 1

    def use(_: int) -> str:
        answer = portal.client.post(f"{V1}/consumptions", json=sent, headers=headers)
        assert answer.status_code == 200, answer.text
        return json.dumps(answer.json(), sort_keys=True)

    with ThreadPoolExecutor(4) as pool:
        answers = [json.loads(text) for text in pool.map(use, range(8))]
    assert sorted(answer["outcome"] for answer in answers) == ["ALREADY"] * 7 + ["USED"]
    assert {answer["used_at"] for answer in answers} == {"2026-12-16T10:00:00+08:00"}
    portal.clock.shift(3600)
    late = portal.client.post(f"{V1}/consumptions", json=sent, headers=headers).json()
    assert (late["outcome"], late["used_at"]) == ("ALREADY", "2026-12-16T10:00:00+08:00")
    problem(
        portal.client.post(f"{V1}/consumptions", json={**sent, "number": "XY-1"}, headers=headers),
        404,
        "E0502",
    )
    # What was refused under a key is refused again, and recorded once.
    again = portal.client.post(
        f"{V1}/consumptions",
        json={**sent, "project": "另一项目"},
        headers=bearing(token, **{"Idempotency-Key": "w"}),
    )
    problem(again, 409, "E0603")
    assert events(portal, Tag.REPORT_USE_REFUSE) == 1
    usage = portal.client.get(f"{V1}/usage?quarter=2026Q4", headers=headers).json()
    assert [(line["issued"], line["used"]) for line in usage["lines"]] == [(None, 1)]


def test_a_recipient_is_not_told_how_many_were_issued(portal: Portal) -> None:
    said = {
        kind: portal.client.get(f"{V1}/usage?quarter=2026Q4", headers=bearing(token_of(portal, kind))).json()
        for kind in (RECIPIENTS, AGENCY)
    }
    assert said[RECIPIENTS]["lines"] == []
    assert [line["issued"] for line in said[AGENCY]["lines"]] == [1]


def test_paper_and_file_are_verified_and_counted(portal: Portal) -> None:
    headers = bearing(token_of(portal, BIDDER, ["verifications"]))
    sent = {"number": portal.number.lower(), "code": portal.code}
    paper = portal.client.post(f"{V1}/verifications/paper", json=sent, headers=headers)
    assert (paper.json()["verdict"], paper.json()["applicant"][0]["uscc"]) == ("GENUINE", SUBJECT)
    assert RECIPIENT not in paper.text
    wrong = {**sent, "code": "2" * 26}
    problem(portal.client.post(f"{V1}/verifications/paper", json=wrong, headers=headers), 404, "E0505")
    pdf = bearing(headers["Authorization"][7:], **{"Content-Type": "application/pdf"})
    checked = portal.client.post(f"{V1}/verifications/file", content=portal.report, headers=pdf)
    assert (checked.json()["verdict"], checked.json()["number"]) == ("GENUINE", portal.number)
    forged = bytearray(portal.report)
    forged[len(forged) // 2] ^= 1
    told = portal.client.post(f"{V1}/verifications/file", content=bytes(forged), headers=pdf).json()
    assert told["verdict"] == "NOT_GENUINE"
    portal.house.looks.flush()
    rows = portal.house.store.read(lambda session: session.exec(select(LookRow)).all())
    assert {(row.way, row.number, row.outcome) for row in rows} == {
        ("API", portal.number, "GENUINE"),
        ("API", "", "UNKNOWN"),
        ("API", "", "NOT_GENUINE"),
    }


def test_who_asks_too_often_is_told_when_to_come_again(portal: Portal) -> None:
    headers = bearing("rgk_000000000000_x")
    answers = [portal.client.get(f"{V1}/reports", headers=headers) for _ in range(25)]
    problem(answers[0], 401, "E1115")
    problem(answers[-1], 429, "E0618")
    assert answers[-1].headers["retry-after"] == "60"
