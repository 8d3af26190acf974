"""The agency's registers in the portal: accounts, reports, hits, objections, subjects, users, usage, audit."""

import hashlib
import re
from pathlib import Path

import pytest

from reportgen.registry import accounts as asking
from reportgen.registry import objections, screening, usage
from reportgen.registry.editions import enter_lists
from reportgen.registry.lifecycle import Use, consume
from reportgen.store import accounts, people
from reportgen.store.account_rows import AccountKind, AccountState
from reportgen.store.accounts import Opening
from reportgen.store.facts import subject_at
from reportgen.store.tables import ROLES
from reportgen.zone import now
from tests.listing import row, write_list
from tests.web.applied import submitted
from tests.web.portal import PASSWORD, PROJECT, RECIPIENT, SUBJECT, Portal, hashed, with_user
from tests.web.registers import AGENCY, HOSTILE, OTHER, desk, events, main_of

LETTER = b"%PDF-1.7 letter"


def waiting(portal: Portal, organisation: str = "昀海样例建设有限公司") -> int:
    """Ask for an account with a letter of authority; return its id."""
    portal.house.press.files.write("received/letter.pdf", LETTER)
    sha256 = hashlib.sha256(LETTER).hexdigest()
    asked = Opening(
        "asker", AccountKind.BIDDER, OTHER, organisation, "申请人甲", "received/letter.pdf", sha256
    )
    store = portal.house.store
    made = store.write(lambda session: asking.ask(session, asked, hashed(), desk(portal, "asker")))
    return made.id or 0


def used(portal: Portal) -> None:
    use, by = Use(PROJECT, 1, "", RECIPIENT), desk(portal, "owner")
    portal.house.store.write(lambda session: consume(session, portal.number, use, by))


def hit(portal: Portal, folder: Path, kind: str = "") -> int:
    """Enter a list with an entry of the subject's name and no code, and compare; return the hit."""
    store, by = portal.house.store, desk(portal)
    name = store.read(lambda session: subject_at(session, SUBJECT)).name
    path = write_list(folder / "list.csv", row(name=name, uscc="", basis=kind or "决定书"))
    enter_lists(store, path, "样本网站", by.at.date(), by)
    (found,) = store.write(lambda session: screening.screen(session, [SUBJECT], by))
    return found.hits[0].id


def objection(portal: Portal, grounds: str = "并非本单位的记录") -> tuple[int, str]:
    """Open a case about the first fact of the subject; return it and the fact."""
    store, by = portal.house.store, desk(portal)
    fact = next(iter(store.read(lambda session: subject_at(session, SUBJECT)).contracts)).id
    case = store.write(lambda session: objections.receive(session, SUBJECT, fact, grounds, by))
    return case.id or 0, fact


def test_the_desks_are_named_to_whoever_may_go_there(portal: Portal) -> None:
    assert "/agency/" not in portal.client.get("/").text
    portal.sign_in(AccountKind.BIDDER)
    assert "/agency/" not in portal.client.get("/").text
    portal.client.cookies.clear()
    portal.sign_in(AGENCY)
    every = set(re.findall(r'href="(/agency/\w+)"', portal.client.get("/").text))
    assert len(every) >= 11
    for path in sorted(every):
        page = portal.client.get(path)
        assert page.status_code == 200, path
        assert 'aria-current="page"' in page.text
        assert " style=" not in page.text
    with_user(portal, "reader", "AUDITOR")
    portal.sign_in_as("reader")
    seen = set(re.findall(r'href="(/agency/\w+)"', portal.client.get("/").text))
    assert {"/agency/audit", "/agency/subjects"} <= seen
    assert "/agency/accounts" not in seen
    for path in sorted(every):
        assert portal.client.get(path).status_code == (200 if path in seen else 403), path


def test_an_account_is_admitted_in_two_steps(portal: Portal) -> None:
    account = waiting(portal)
    portal.sign_in(AGENCY)
    page = portal.client.get("/agency/accounts")
    rows = re.findall(r'href="/agency/accounts/(\d+)"', page.text)
    assert rows[0] == str(account)
    assert "待审核" in page.text
    letter = portal.client.get(f"/agency/accounts/{account}/letter")
    assert letter.content == LETTER
    assert letter.headers["content-disposition"].startswith("attachment")
    portal.house.press.files.write("received/letter.pdf", LETTER + b"changed")
    assert "E0909" in portal.client.get(f"/agency/accounts/{account}/letter").text
    step = portal.post(f"/agency/accounts/{account}", {"state": "ACTIVE"})
    assert "请确认" in step.text
    store = portal.house.store
    row_ = store.read(lambda session: accounts.by_login(session, "asker"))
    assert row_ is not None
    assert row_.state == AccountState.PENDING
    done = portal.post(f"/agency/accounts/{account}", {"state": "ACTIVE", "confirmed": "yes"})
    assert done.headers["location"] == "/agency/accounts?done=admitted"
    assert "账号已准予使用" in portal.client.get(done.headers["location"]).text
    again = portal.post(f"/agency/accounts/{account}", {"state": "ACTIVE", "confirmed": "yes"})
    assert again.status_code == 404
    closed = portal.post(f"/agency/accounts/{account}", {"state": "CLOSED", "confirmed": "yes"})
    assert closed.status_code == 303
    assert "准予使用" not in main_of(portal.client.get(f"/agency/accounts/{account}").text)


def test_the_agency_s_own_accounts_are_none_of_these(portal: Portal) -> None:
    portal.sign_in(AGENCY)
    own = portal.house.store.read(lambda session: accounts.by_login(session, "clerk"))
    assert own is not None
    for path in (f"/agency/accounts/{own.id}", "/agency/accounts/9999", f"/agency/accounts/{own.id}/letter"):
        assert portal.client.get(path).status_code == 404
    assert portal.post(f"/agency/accounts/{own.id}", {"state": "CLOSED"}).status_code == 404


def test_a_report_is_found_shown_and_revoked(portal: Portal) -> None:
    portal.sign_in(AGENCY)
    number = portal.number
    assert (
        portal.client.get("/agency/reports", params={"number": number.lower()}).headers["location"]
        == f"/agency/reports/{number}"
    )
    for words in ({}, {"state": "ISSUED"}, {"project": PROJECT}, {"subject": SUBJECT}):
        assert number in portal.client.get("/agency/reports", params=words).text
    for words in ({"state": "REVOKED"}, {"project": "X-1"}, {"subject": OTHER}):
        assert "没有符合条件的报告" in portal.client.get("/agency/reports", params=words).text
    page = portal.client.get(f"/agency/reports/{number}")
    for word in (number, SUBJECT, "签发", "经过", "19 页，与登记一致"):
        assert word in page.text
    assert portal.client.get(f"/agency/reports/{number}/file.pdf").content == portal.report
    assert portal.post(f"/agency/reports/{number}/revoke", {"reason": "x"}).status_code == 422
    step = portal.post(f"/agency/reports/{number}/revoke", {"reason": "FACT_WRONG"})
    assert "所据事实有误" in step.text
    assert "已撤销" not in portal.client.get(f"/v/{number}/{portal.code}").text
    done = portal.post(f"/agency/reports/{number}/revoke", {"reason": "FACT_WRONG", "confirmed": "yes"})
    assert done.headers["location"] == f"/agency/reports/{number}?done=revoked"
    shown = portal.client.get(done.headers["location"]).text
    assert "报告已撤销" in shown
    assert "撤销…" not in shown
    assert portal.client.get("/agency/reports/XY20261121AAAAAAAA-3").status_code == 404


def test_a_mistaken_use_is_taken_back_by_two_persons(portal: Portal) -> None:
    used(portal)
    with_user(portal, "second", "CLERK")
    portal.sign_in(AGENCY)
    path = f"/agency/reports/{portal.number}/annul"
    for words, said in (
        ({}, "请填写"),
        ({"second": "clerk", "password": PASSWORD}, "须由另一名在册用户"),
        ({"second": "second", "password": "wrong wrong wrong"}, "登录名或密码不对"),
        ({"second": "owner", "password": PASSWORD}, "须是本机构的在册用户"),
    ):
        page = portal.post(path, words)
        assert page.status_code == 422
        assert said in page.text
        assert PASSWORD not in page.text
    done = portal.post(path, {"second": "second", "password": PASSWORD})
    assert done.headers["location"].endswith("?done=annulled")
    assert "误核销已撤回" in portal.client.get(done.headers["location"]).text
    ((actor, said),) = events(portal, "report:use:annul")
    assert actor == "clerk"
    assert "second" in said


def test_a_used_report_is_archived(portal: Portal) -> None:
    used(portal)
    portal.sign_in(AGENCY)
    done = portal.post(f"/agency/reports/{portal.number}/archive")
    assert "报告已归档" in portal.client.get(done.headers["location"]).text
    assert portal.post(f"/agency/reports/{portal.number}/archive").status_code == 409


@pytest.mark.parametrize(("decision", "state"), [("confirm", "CONFIRMED"), ("reject", "REJECTED")])
def test_a_hit_is_decided_with_a_reason(portal: Portal, tmp_path: Path, decision: str, state: str) -> None:
    one = hit(portal, tmp_path)
    portal.sign_in(AGENCY)
    page = portal.client.get("/agency/hits").text
    assert f"命中 {one}" in page
    assert "决定书" in page
    wrong = portal.post(f"/agency/hits/{one}", {"decision": decision, "reason": " "})
    assert wrong.status_code == 422
    assert "1 至 200 字" in wrong.text
    done = portal.post(f"/agency/hits/{one}", {"decision": decision, "reason": "与公告核对"})
    assert done.status_code == 303
    assert "没有待人工确认的命中" in portal.client.get(done.headers["location"]).text
    assert "与公告核对" in portal.client.get("/agency/hits", params={"state": state}).text
    assert portal.post("/agency/hits/9999", {"decision": decision, "reason": "x"}).status_code == 404


def test_an_objection_is_closed_with_ending_and_answer(portal: Portal) -> None:
    case, fact = objection(portal)
    portal.sign_in(AGENCY)
    assert fact in portal.client.get("/agency/objections").text
    path = f"/agency/objections/{case}"
    page = portal.client.get(path)
    assert "并非本单位的记录" in page.text
    assert "库内已没有这条信息" not in page.text
    assert "请选择结果" in portal.post(path, {"answer": "已核对"}).text
    assert 'id="w-answer"' in portal.post(path, {"ending": "KEPT"}).text
    wrong = portal.post(path, {"ending": "DELETED", "answer": "已核对", "statement": "声明"})
    assert "只有维持的信息附注主体的声明" in wrong.text
    given = {"ending": "KEPT", "answer": "已核对", "statement": "声明在此"}
    asked = main_of(portal.post(path, given).text)
    for word in ("办结异议", fact, "维持", "已核对", "声明在此", "确认办结"):
        assert word in asked, word
    assert '<h2 id="close">办结' in portal.client.get(path).text, "nothing is closed yet"
    done = portal.post(path, {**given, "confirmed": "yes"})
    assert "异议已办结" in portal.client.get(done.headers["location"]).text
    assert "声明在此" in portal.client.get(path).text
    assert portal.client.get("/agency/objections/9999").status_code == 404
    assert portal.post("/agency/objections/9999", given).status_code == 404
    assert portal.post(path, given).status_code == 404, "it is closed"


def test_what_deleting_means_is_said_before(portal: Portal) -> None:
    case, fact = objection(portal)
    portal.sign_in(AGENCY)
    path, given = f"/agency/objections/{case}", {"ending": "DELETED", "answer": "查无此事"}
    asked = main_of(portal.post(path, given).text)
    assert "不能恢复" in asked
    assert 'class="grave"' in asked
    store = portal.house.store
    ids = {item.id for _, item in store.read(lambda session: subject_at(session, SUBJECT)).facts()}
    assert fact in ids
    assert portal.post(path, {**given, "confirmed": "yes"}).status_code == 303
    ids = {item.id for _, item in store.read(lambda session: subject_at(session, SUBJECT)).facts()}
    assert fact not in ids


def test_who_looked_at_a_record_is_entered_without_a_name(portal: Portal) -> None:
    portal.sign_in(AGENCY)
    found = portal.client.get("/agency/subjects", params={"text": SUBJECT[:10]})
    assert SUBJECT in found.text
    assert events(portal, "subject:facts:look") == []
    page = portal.client.get(f"/agency/subjects/{SUBJECT}")
    for word in ("登记信息", "采集于", "各版", portal.number):
        assert word in page.text
    assert events(portal, "subject:facts:look") == [("clerk", f'{{"uscc":"{SUBJECT}"}}')]
    audit = portal.client.get("/agency/audit", params={"tag": "subject:facts:look"})
    assert "查看主体信息" in audit.text
    then = re.findall(rf'/agency/subjects/{SUBJECT}\?at=([^"]+)"', page.text)
    assert "不是现在" in portal.client.get(f"/agency/subjects/{SUBJECT}", params={"at": then[0]}).text
    assert portal.client.get(f"/agency/subjects/{OTHER}").status_code == 404
    assert "没有找到" in portal.client.get("/agency/subjects", params={"text": HOSTILE}).text


def test_usage_is_drawn_and_downloaded(portal: Portal) -> None:
    portal.sign_in(AGENCY)
    (name,) = usage.quarters(now().date(), 1)
    page = portal.client.get("/agency/usage").text
    assert f"{name}　出具 1 份　使用 0 份" in page
    assert '<rect class="bar-0"' in page
    csv = portal.client.get(f"/agency/usage/{name}.csv")
    assert "出具" in csv.content.decode("utf-8-sig")
    assert csv.headers["content-disposition"].startswith("attachment")
    assert portal.client.get(f"/agency/usage/{name}.xlsx").content.startswith(b"PK")
    assert portal.client.get(f"/agency/usage/{name}.exe").status_code == 404
    assert "没有出具，也没有使用" in portal.client.get("/agency/usage", params={"quarter": "2020Q1"}).text
    assert portal.client.get("/agency/usage", params={"quarter": "2020Q9"}).status_code == 400


def test_events_are_filtered_and_the_chains_followed(portal: Portal) -> None:
    portal.client.get(f"/v/{portal.number}/{portal.code}")
    portal.house.looks.flush()
    portal.sign_in(AGENCY)
    page = portal.client.get("/agency/audit").text
    assert "签发" in page
    assert "扫码或链接" in page
    for words, said in (
        ({"tag": "report:state:issue"}, "签发"),
        ({"day": "2020-01-01"}, "没有符合条件的事件"),
        ({"actor": "nobody"}, "没有符合条件的事件"),
        ({"stream": "project"}, "导入项目"),
        ({"before": "1"}, "没有符合条件的事件"),
    ):
        assert said in main_of(portal.client.get("/agency/audit", params=words).text)
    assert portal.client.get("/agency/audit", params={"day": "yesterday"}).status_code == 422
    assert "登记簿完好" in portal.post("/agency/audit/verify").text


def test_an_event_says_what_it_says_in_words(portal: Portal) -> None:
    key = submitted(portal.house.press, PROJECT, purpose="另一用途")
    account = waiting(portal)
    portal.sign_in(AGENCY)
    portal.post("/agency/users/role", {"login": "clerk", "role": "AUDITOR", "do": "withdraw"})
    portal.post(f"/agency/accounts/{account}", {"state": "ACTIVE", "confirmed": "yes"})
    portal.post(f"/agency/reports/{portal.number}/revoke", {"reason": "FRAUD", "confirmed": "yes"})
    portal.post(f"/agency/applications/{key}/return", {"return": "请补正"})
    page = main_of(portal.client.get("/agency/audit").text)
    for words in (
        "登录名 clerk，角色 审计，停用或收回 是",
        "状态 待审核",
        "状态 可用",
        "状态 已提交",
        "状态 已退回",
        "缘由 以虚假材料取得",
    ):
        assert words in page
    assert not re.search(r"(状态|角色|缘由|结论|文书) [A-Z]{2}", page)


def test_a_user_is_added_given_roles_and_closed(portal: Portal) -> None:
    portal.sign_in(AGENCY)
    assert portal.post("/agency/users/add", {"login": "new", "name": " "}).status_code == 422
    taken = portal.post("/agency/users/add", {"login": "clerk", "name": "某人"})
    assert taken.status_code == 422
    assert "已有人使用" in taken.text
    assert portal.post("/agency/users/add", {"login": "张三", "name": "某人"}).status_code == 422
    assert portal.post("/agency/users/add", {"login": "new", "name": "某人"}).status_code == 303
    store = portal.house.store
    for do, held in (("grant", {"REVIEWER"}), ("withdraw", set())):
        portal.post("/agency/users/role", {"login": "new", "role": "REVIEWER", "do": do})
        assert store.read(lambda session: people.roles_of(session, "new")) == held
    assert "请确认" in portal.post("/agency/users/close", {"login": "new"}).text
    done = portal.post("/agency/users/close", {"login": "new", "confirmed": "yes"})
    assert "用户已停用" in portal.client.get(done.headers["location"]).text
    assert portal.post("/agency/users/close", {"login": "new", "confirmed": "yes"}).status_code == 404


def test_key_and_filing_are_told_before_they_end(portal: Portal) -> None:
    portal.sign_in(AGENCY)
    page = portal.client.get("/agency/standing").text
    assert "签名证书" in page
    assert "备案编号" in page
    portal.clock.move_to("2028-01-05T02:00:00+00:00")
    portal.sign_in(AGENCY)
    assert "不得出具" in portal.client.get("/agency/standing").text


def test_what_others_typed_is_text(portal: Portal, tmp_path: Path) -> None:
    account = waiting(portal, HOSTILE)
    case, _ = objection(portal, HOSTILE)
    hit(portal, tmp_path, HOSTILE)
    portal.sign_in(AGENCY)
    for path in (
        "/agency/accounts",
        f"/agency/accounts/{account}",
        f"/agency/objections/{case}",
        "/agency/hits",
    ):
        text = main_of(portal.client.get(path).text)
        assert "&lt;script&gt;" in text, path
        assert "<script>alert" not in text
        assert "{{ 7*7 }}" in text


def test_what_takes_a_role_is_refused_without_it(portal: Portal) -> None:
    for role, path in {
        "ISSUER": f"/agency/reports/{portal.number}/revoke",
        "REVIEWER": "/agency/hits/1",
        "CLERK": "/agency/subjects/import",
        "ADMIN": "/agency/users/role",
    }.items():
        with_user(portal, f"not-{role.lower()}", *(set(ROLES) - {role}))
        portal.sign_in_as(f"not-{role.lower()}")
        assert portal.post(path).status_code == 403, path
