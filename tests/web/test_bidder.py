"""The bidder: sees the gaps before he asks, follows what he asked for, hands in facts, and objects to his own alone."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO

import httpx2
import openpyxl
import pytest
from sqlmodel import select

from reportgen import counter
from reportgen.errors import ReportgenError
from reportgen.intake.columns.project import PROJECT as PROJECT_FORM
from reportgen.intake.files import load_subject
from reportgen.registry import applications, bidders, objections, uploads
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.changes import learn
from reportgen.registry.objections import Ending
from reportgen.registry.tables import EventRow, ObjectionRow
from reportgen.registry.upload_rows import UploadRow, UploadState
from reportgen.sheets.template import as_workbook
from reportgen.store import accounts, people
from reportgen.store.account_rows import AccountKind, AccountState
from reportgen.store.accounts import Opening
from reportgen.store.facts import subject_at
from reportgen.zone import now
from tests.web.portal import PASSWORD, PROJECT, RECIPIENT, SAMPLES, SUBJECT, Portal

AGENT = "91990103MA9C0B354H"
OTHER = "91990200MA9C3H269Q"
PDF = b"%PDF-1.7\nletter"
WISH = {"project": PROJECT, "round": "1", "recipient": AGENT, "payer": RECIPIENT, "purpose": "投标"}
LETTER = {"letter": ("授权书.pdf", PDF)}


@pytest.fixture
def bidder(portal: Portal) -> Iterator[Portal]:
    """Return the portal with the bidder signed in."""
    portal.sign_in(AccountKind.BIDDER)
    yield portal


def as_another(portal: Portal, uscc: str = OTHER) -> None:
    """Sign in as the bidder of another code, whose account the agency has admitted."""
    store, at = portal.house.store, now()
    asked = Opening("another", AccountKind.BIDDER, uscc, "另一家公司", "经办人")
    hashed = accounts.hashed(PASSWORD, "another")
    row = store.write(lambda session: accounts.open_account(session, asked, hashed, at))
    store.write(lambda s: accounts.decide(s, row.id or 0, AccountState.ACTIVE, "clerk", at))
    portal.client.cookies.clear()
    assert portal.post("/sign-in", {"login": "another", "password": PASSWORD}).status_code == 303


def submit(portal: Portal, **words: str) -> str:
    answer = portal.post("/bidder/apply", {**WISH, "authorisation": "授2", **words}, files=LETTER)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def rows(portal: Portal) -> list[ApplicationRow]:
    return list(portal.house.store.read(lambda session: session.exec(select(ApplicationRow)).all()))


def events(portal: Portal) -> int:
    return len(portal.house.store.read(lambda session: session.exec(select(EventRow.id)).all()))


def received(portal: Portal) -> list[str]:
    return [name for name in portal.house.press.files.names() if name.startswith("received/")]


def test_the_gaps_are_seen_before_anything_is_asked(bidder: Portal) -> None:
    before = events(bidder)
    projects = bidder.client.get("/bidder/apply").text
    assert PROJECT in projects
    assert PROJECT not in bidder.client.get("/bidder/apply?q=nothing").text
    form = bidder.client.get(f"/bidder/apply?project={PROJECT}&round=1").text
    assert RECIPIENT in form
    assert AGENT in form
    page = bidder.client.get("/bidder/apply/facts", params=WISH).text
    assert "按现有资料，可以作出结论" in page
    assert "本机构已有的资料" in page
    assert "→ 请补充：" in page
    assert "补充材料清单" in page
    assert "本机构设定" in page
    assert (events(bidder), rows(bidder)) == (before, [])


def test_of_whom_nothing_is_known_he_is_told_to_hand_in_facts(portal: Portal) -> None:
    as_another(portal)
    page = portal.client.get("/bidder/apply/facts", params=WISH).text
    assert "本机构还没有贵单位的资料" in page
    assert "/bidder/template.xlsx" in page
    assert "还没有贵单位的信息" in portal.client.get("/bidder/records").text
    assert template(portal)["主体"]["B2"].value is None


def test_what_stops_a_conclusion_comes_first_among_the_gaps(portal: Portal) -> None:
    lacking = load_subject(SAMPLES / "subjects/10-evidence-lacking.yaml")
    portal.house.store.write(lambda session: learn(session, lacking, portal.house.press.desk(now())))
    as_another(portal, lacking.uscc)
    page = portal.client.get("/bidder/apply/facts", params=WISH).text
    assert "还不能作出结论" in page
    assert page.index("补齐以前不能证实") < page.index("只影响报告列示的内容")


def test_from_asking_to_the_report(bidder: Portal) -> None:
    assert "还没有申请" in bidder.client.get("/bidder").text
    where = submit(bidder)
    (row,) = rows(bidder)
    assert where == f"/bidder/applications/{row.key}"
    assert (row.uscc, row.recipient, row.payer, row.state) == (SUBJECT, AGENT, RECIPIENT, "SUBMITTED")
    assert json.loads(row.members) == [{"uscc": SUBJECT, "share": "1", "work": ""}]
    assert bidder.house.press.files.read(row.letter) == PDF
    # Three working days: Sunday is none.
    assert row.due_at == datetime(2026, 11, 25, 17)
    page = bidder.client.get(where).text
    assert "已提交" in page
    assert "2026-11-25 17:00" in page
    assert row.key in bidder.client.get("/bidder").text

    house = bidder.house
    for login in ("clerk2", "clerk3"):
        house.store.write(lambda s, login=login: people.add_user(s, login, login))  # type: ignore[misc]
        for role in ("CLERK", "REVIEWER", "ISSUER"):
            house.store.write(lambda s, login=login, role=role: people.grant(s, login, role))  # type: ignore[misc]
    counter.prepare(house.desk_of("clerk"), house.office, row.key, now())
    assert "已编制" in bidder.client.get(where).text
    counter.review(house.desk_of("clerk2"), house.office, row.key, now())
    counter.send(house.desk_of("clerk3"), house.office, row.key, 10, now())
    assert "撤回申请…" not in bidder.client.get(where).text
    assert bidder.post(f"{where}/withdraw").status_code == 409


def test_an_issued_report_is_his(bidder: Portal) -> None:
    desk = bidder.client.get("/bidder").text
    assert bidder.number in desk
    path = f"/bidder/reports/{bidder.number}.pdf"
    assert bidder.client.get(path).content == bidder.report


def test_another_bidder_finds_nothing(bidder: Portal) -> None:
    where = submit(bidder)
    fact = fact_of(bidder)
    upload = f"/bidder/uploads/{entered(bidder).key}"
    bidder.post("/bidder/objection", {"fact": fact, "grounds": "不对"})
    case = case_of(bidder)
    as_another(bidder)
    unknown = "0" * 32
    for path, absent in [
        (where, f"/bidder/applications/{unknown}"),
        (f"{where}/withdraw", f"/bidder/applications/{unknown}/withdraw"),
        (upload, f"/bidder/uploads/{unknown}"),
        (f"{upload}/marked.xlsx", f"/bidder/uploads/{unknown}/marked.xlsx"),
        (f"/bidder/objection?fact={fact}", "/bidder/objection?fact=none"),
    ]:
        theirs, none = bidder.client.get(path), bidder.client.get(absent)
        assert theirs.status_code == none.status_code == 404
        assert told(theirs.text) == told(none.text)
    report = bidder.client.get(f"/bidder/reports/{bidder.number}.pdf")
    assert report.status_code == 404
    assert bidder.post(f"{where}/withdraw").status_code == 404
    assert bidder.post("/bidder/objection", {"fact": fact, "grounds": "不对"}).status_code >= 400
    assert bidder.post("/bidder/statement", {"case": str(case.id), "statement": "我方"}).status_code == 404
    assert rows(bidder)[0].state == "SUBMITTED"
    for path in ("/bidder", "/bidder/records", "/bidder/uploads"):
        page = bidder.client.get(path).text
        assert bidder.number not in page
        assert where not in page
        assert upload not in page


def told(page: str) -> str:
    return page.split("<main", 1)[1].split("</main", 1)[0].split("错误代码", 1)[0]


def test_null_characters_come_to_no_database(bidder: Portal) -> None:
    for path in ("applications/%00", "uploads/%00", "reports/%00.pdf"):
        assert bidder.client.get(f"/bidder/{path}").status_code == 404
    assert bidder.client.get("/bidder/apply?project=%00x&q=%00").status_code == 409
    assert bidder.client.get("/bidder/apply?q=%00").status_code == 200
    assert bidder.client.get("/bidder/objection?fact=%00").status_code == 404
    where = submit(bidder, authorisation="授\0二")
    assert rows(bidder)[0].authorisation == "授二"
    assert where.endswith(rows(bidder)[0].key)


def test_taking_back_takes_two_steps(bidder: Portal) -> None:
    where = submit(bidder)
    assert "确认撤回" in bidder.client.get(f"{where}/withdraw").text
    assert rows(bidder)[0].state == "SUBMITTED"
    assert bidder.post(f"{where}/withdraw").headers["location"] == where
    assert rows(bidder)[0].state == "WITHDRAWN"
    assert "申请已撤回" in bidder.client.get(where).text
    assert "不能撤回" in bidder.client.get(f"{where}/withdraw").text


def test_what_was_returned_says_why_and_is_asked_for_anew(bidder: Portal) -> None:
    where = submit(bidder)
    (row,) = rows(bidder)
    desk = bidder.house.desk_of("clerk").desk(now())
    note = "<b>请补</b>授权书"
    bidder.house.store.write(lambda session: applications.returned(session, row.key, note, desk))
    page = bidder.client.get(where).text
    assert "&lt;b&gt;请补&lt;/b&gt;授权书" in page
    assert "重新申请" in page
    again = bidder.client.get("/bidder/apply", params=WISH).text
    assert f'value="{AGENT}" selected' in again
    assert submit(bidder) != where


def test_the_same_is_not_asked_for_twice(bidder: Portal) -> None:
    submit(bidder)
    answer = bidder.post("/bidder/apply", {**WISH, "authorisation": "授2"}, files=LETTER)
    assert answer.status_code == 409
    assert "E0613" in answer.text
    assert len(received(bidder)) == len(rows(bidder)) == 1


def test_that_it_is_asked_for_already_is_told_before_the_letter(bidder: Portal) -> None:
    def facts(**words: str) -> str:
        return bidder.client.get("/bidder/apply/facts", params={**WISH, **words}).text

    assert 'id="f-letter"' in facts()
    mine = submit(bidder)
    assert "这份申请已经在办理" in facts()
    assert f'href="{mine}"' in facts()
    assert 'id="f-letter"' not in facts()
    assert 'id="f-letter"' in facts(recipient=RECIPIENT), "another use is another application"


def test_what_is_wrong_with_the_letter_is_told_at_the_top_as_well(bidder: Portal) -> None:
    page = bidder.post("/bidder/apply", {**WISH, "authorisation": ""}, files=LETTER).text
    assert page.count('role="alert"') == 1
    assert (
        page.index('href="#f-authorisation"') < page.index("申请的内容") < page.index('id="w-authorisation"')
    )


def test_what_is_wrong_is_told_beside_its_field(bidder: Portal) -> None:
    for field, word in [
        ("recipient", SUBJECT),
        ("recipient", ""),
        ("payer", "nobody"),
        ("purpose", "长" * 201),
        ("authorisation", ""),
        ("authorisation", "长" * 501),
    ]:
        answer = bidder.post("/bidder/apply", {**WISH, "authorisation": "授2", field: word}, files=LETTER)
        assert answer.status_code == 422
        assert f'id="w-{field}"' in answer.text
    assert rows(bidder) == []
    assert received(bidder) == []


def test_a_letter_of_another_kind_is_refused(bidder: Portal) -> None:
    for data in (b"MZ", b"PK\x03\x04", PDF + bytes(10 * 1024 * 1024)):
        answer = bidder.post(
            "/bidder/apply", {**WISH, "authorisation": "授2"}, files={"letter": ("a.pdf", data)}
        )
        assert answer.status_code == 422
        assert 'id="w-letter"' in answer.text
    assert received(bidder) == []


def test_who_may_not_pay_is_told_by_which_rule(bidder: Portal) -> None:
    page = bidder.client.get("/bidder/apply/facts", params={**WISH, "payer": SUBJECT})
    assert page.status_code == 403
    assert 'id="w-payer"' in page.text
    assert 'href="#f-payer"' in page.text
    assert "不得由申请人承担" in page.text
    form = bidder.client.get("/bidder/apply", params={"project": PROJECT, "round": "1"}).text
    assert "（本单位）" not in form, "it is not offered what is refused"


def test_a_project_that_is_not_there_is_told_as_one_that_has_closed(bidder: Portal) -> None:
    for named in ({"project": "none"}, {"round": "2"}, {"round": "x"}, {"round": "9" * 30}):
        for path in ("/bidder/apply", "/bidder/apply/facts"):
            page = bidder.client.get(path, params={**WISH, **named})
            assert page.status_code == 409
            assert "E0621" in page.text


def test_a_project_that_has_closed_takes_nothing(bidder: Portal) -> None:
    bidder.clock.move_to("2026-12-10T10:00:00+08:00")
    bidder.sign_in(AccountKind.BIDDER)
    assert PROJECT not in bidder.client.get("/bidder/apply").text
    answer = bidder.post("/bidder/apply", {**WISH, "authorisation": "授2"}, files=LETTER)
    assert answer.status_code == 409
    assert rows(bidder) == []


def test_an_application_is_due_by_the_close_of_its_project_at_the_latest() -> None:
    friday = datetime(2026, 11, 20, 9)
    assert bidders.due_at(datetime(2026, 12, 10, 10), friday) == datetime(2026, 11, 25, 17)
    assert bidders.due_at(datetime(2026, 11, 23, 10), friday) == datetime(2026, 11, 23, 10)


def test_a_joint_venture_only_where_it_is_accepted(bidder: Portal) -> None:
    joint = {"partner1": OTHER, "share1": "40", "work1": "安装"}
    page = bidder.client.get("/bidder/apply/facts", params={**WISH, **joint})
    assert page.status_code == 422
    assert "不接受联合体" in page.text


def test_a_joint_venture_tells_nothing_of_the_others(bidder: Portal) -> None:
    from reportgen.intake.files import load_project
    from reportgen.store.projects import import_project

    highway = load_project(SAMPLES / "projects/highway-works.yaml")
    bidder.house.store.write(lambda session: import_project(session, highway, now()))
    partner = load_subject(SAMPLES / "subjects/01-highway-builder.yaml")
    bidder.house.store.write(lambda session: learn(session, partner, bidder.house.press.desk(now())))
    wish = {
        "project": highway.id,
        "round": str(highway.round),
        "lot": highway.lots[0].id,
        "recipient": highway.owner.uscc,
        "payer": highway.owner.uscc,
        "share1": "40",
    }
    pages = []
    for uscc in (partner.uscc, OTHER):
        page = bidder.client.get("/bidder/apply/facts", params={**wish, "partner1": uscc})
        assert page.status_code == 200, page.text
        assert partner.name not in page.text
        pages.append(told(page.text.replace(uscc, "N")))
    assert pages[0] == pages[1]
    wrong = {**wish, "partner1": SUBJECT, "partner2": "x", "share2": "70", "share1": "a"}
    page = bidder.client.get("/bidder/apply/facts", params=wrong)
    assert page.status_code == 422
    for field in ("partner1", "share1", "partner2"):
        assert f'id="w-{field}"' in page.text
    submit(bidder, **wish, partner1=partner.uscc, work1="路面")
    (row,) = rows(bidder)
    assert [member["share"] for member in json.loads(row.members)] == ["0.6", "0.4"]
    assert row.lot == highway.lots[0].id


def template(portal: Portal) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(portal.client.get("/bidder/template.xlsx").content))


def saved(book: openpyxl.Workbook) -> bytes:
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def hand_in(portal: Portal, data: bytes, name: str = "资料.xlsx") -> httpx2.Response:
    return portal.post("/bidder/uploads", files={"file": (name, data)})


def entered(portal: Portal) -> UploadRow:
    """Return an upload of the bidder's with a marked copy, as its check leaves it."""
    files, store = portal.house.press.files, portal.house.store
    account = store.read(lambda session: accounts.by_login(session, "bidder"))
    assert account is not None
    row = UploadRow(
        key="",
        account_id=account.id or 0,
        uscc=SUBJECT,
        name="资料.xlsx",
        file="received/a.xlsx",
        sha256="0" * 64,
        marked="received/b.xlsx",
        at=now(),
    )
    files.write("received/b.xlsx", b"PK")
    desk = portal.house.desk_of("bidder").desk(now())
    return store.write(lambda session: uploads.enter(session, row, [uploads.Finding("有误")], desk))


def test_workbooks_are_checked_at_once_and_wait_for_the_clerk(bidder: Portal) -> None:
    store, files = bidder.house.store, bidder.house.press.files
    before = store.read(lambda session: subject_at(session, SUBJECT))
    for data in (b"", PDF, b"PK\x03\x04 no workbook", b"PK\x03\x04" + bytes(10 * 1024 * 1024)):
        answer = hand_in(bidder, data)
        assert answer.status_code == 422
        assert 'id="w-file"' in answer.text
    book = template(bidder)
    book["主体"]["B2"] = OTHER
    assert "不是贵单位的" in hand_in(bidder, saved(book)).text
    assert received(bidder) == []

    book = template(bidder)
    book["主体"]["B6"] = "不是日期"
    where = hand_in(bidder, saved(book)).headers["location"]
    page = bidder.client.get(where).text
    assert "1 处有误，没有采用" in page
    assert "“主体”表第 6 行 B 列" in page
    copy = openpyxl.load_workbook(BytesIO(bidder.client.get(f"{where}/marked.xlsx").content))
    assert copy.sheetnames[0] == "问题"
    assert store.read(lambda session: uploads.listed(session, UploadState.PENDING)) == []

    book = template(bidder)
    book["主体"]["B4"] = "昀海旧名有限公司"
    where = hand_in(bidder, saved(book), "<b>资料</b>.xlsx").headers["location"]
    page = bidder.client.get(where).text
    assert "等候本机构核对" in page
    assert "&lt;b&gt;资料&lt;/b&gt;.xlsx" in page
    assert store.read(lambda session: subject_at(session, SUBJECT)) == before
    (row,) = store.read(lambda session: uploads.listed(session, UploadState.PENDING))
    assert hashlib.sha256(files.read(row.file) or b"").hexdigest() == row.sha256
    desk = bidder.house.desk_of("clerk").desk(now())
    store.write(lambda session: uploads.refuse(session, row.key, "营业执照与名称不符", desk))
    with pytest.raises(ReportgenError, match="E0620"):
        store.write(lambda session: uploads.take(session, row.key, desk))
    page = bidder.client.get(where).text
    assert "本机构已退回" in page
    assert "营业执照与名称不符" in page


def test_he_tells_nothing_in_the_name_of_a_public_source_and_sees_nobody_who_checked(bidder: Portal) -> None:
    book = template(bidder)
    shown = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [word for word in shown if "核实人" in word or "编制员" in word]
    (place,) = (row[1] for row in book["主体"].iter_rows() if str(row[0].value).strip("*") == "住所")
    place.value = "另一处"
    page = bidder.client.get(hand_in(bidder, saved(book)).headers["location"]).text
    assert "1 处有误，没有采用" in page
    assert f"“主体”表第 {place.row} 行 B 列“住所”" in page
    assert "对这一条提出异议" in page
    assert "自主申报" in page


def test_a_workbook_of_a_project_is_told_beside_the_file(bidder: Portal) -> None:
    answer = hand_in(bidder, as_workbook(PROJECT_FORM))
    assert answer.status_code == 422
    assert 'id="w-file"' in answer.text
    assert "这是项目工作簿" in answer.text
    assert "请用这一页“下载样表”所得的工作簿" in answer.text
    assert "reportgen project" not in answer.text
    assert received(bidder) == []


def test_papers_wait_for_the_clerk_and_he_sees_what_came_of_them(bidder: Portal) -> None:
    def send(data: bytes, proves: str, name: str = "验收.pdf") -> httpx2.Response:
        return bidder.post("/bidder/papers", {"proves": proves}, files={"paper": (name, data)})

    page = bidder.client.get("/bidder/uploads").text
    assert 'action="/bidder/papers"' in page
    assert "收下不等于核实" in page
    for data, proves, field in (
        (PDF, "", "proves"),
        (PDF, "长" * 201, "proves"),
        (PDF, "经办人手机 13812345678", "proves"),
        (b"", "验收证书", "paper"),
        (b"PK\x03\x04", "验收证书", "paper"),
        (b"%PDF-" + bytes(10 * 1024 * 1024), "验收证书", "paper"),
    ):
        answer = send(data, proves)
        assert answer.status_code == 422
        assert f'id="w-{field}"' in answer.text
    assert received(bidder) == []

    where = send(PDF, "某合同的<b>验收证书</b>", "验收.exe").headers["location"]
    other = send(PDF, "看不清的一页").headers["location"]
    page = bidder.client.get(where).text
    assert "已经交来，等候本机构核对" in page
    assert "&lt;b&gt;验收证书&lt;/b&gt;" in page
    assert len(received(bidder)) == 2
    first, second = (place.rpartition("/")[2] for place in (where, other))

    bidder.sign_in_as("clerk")
    assert "看不清的一页" in bidder.client.get("/agency/uploads").text
    page = bidder.client.get(f"/agency/uploads/{first}").text
    assert "&lt;b&gt;验收证书&lt;/b&gt;" in page
    assert "采用并导入" not in page
    file = bidder.client.get(f"/agency/uploads/{first}/file")
    assert (file.content, file.headers["content-type"]) == (PDF, "application/pdf")
    assert file.headers["content-disposition"].endswith(".exe.pdf")
    before = bidder.house.store.read(lambda session: subject_at(session, SUBJECT))
    done = bidder.post(f"/agency/uploads/{first}/take")
    assert "材料已收" in bidder.client.get(done.headers["location"]).text
    assert "请写明退回的理由" in bidder.post(f"/agency/uploads/{second}/refuse", {"note": ""}).text
    done = bidder.post(f"/agency/uploads/{second}/refuse", {"note": "请重新扫描"})
    assert "材料已退回" in bidder.client.get(done.headers["location"]).text
    assert bidder.house.store.read(lambda session: subject_at(session, SUBJECT)) == before

    bidder.sign_in_as("bidder")
    assert "本机构已收" in bidder.client.get(where).text
    assert "请重新扫描" in bidder.client.get(other).text
    assert "已收" in bidder.client.get("/bidder/uploads").text


def fact_of(portal: Portal) -> str:
    subject = portal.house.store.read(lambda session: subject_at(session, SUBJECT))
    return subject.records[0].id


def case_of(portal: Portal) -> ObjectionRow:
    return portal.house.store.read(lambda session: session.exec(select(ObjectionRow)).one())


def test_he_sees_his_facts_and_objects_to_one(bidder: Portal) -> None:
    fact = fact_of(bidder)
    page = bidder.client.get("/bidder/records").text
    subject = bidder.house.store.read(lambda session: subject_at(session, SUBJECT))
    for word in (subject.records[0].title, subject.sources[0].name, "采集日期", "合同业绩"):
        assert word in page
    assert 'id="w-grounds"' in bidder.post("/bidder/objection", {"fact": fact, "grounds": " "}).text
    grounds = "<script>alert(1)</script>已经撤销"
    answer = bidder.post("/bidder/objection", {"fact": fact, "grounds": grounds})
    assert answer.headers["location"] == "/bidder/records#cases"
    case = case_of(bidder)
    assert (case.uscc, case.fact, case.grounds) == (SUBJECT, fact, grounds)
    page = bidder.client.get("/bidder/records").text
    assert "异议中" in page
    assert f"{case.answer_by:%Y-%m-%d}" in page
    assert "<script>alert" not in page
    assert bidder.post("/bidder/objection", {"fact": fact, "grounds": "再来"}).status_code == 409


def test_of_what_was_kept_he_has_the_last_word_once(bidder: Portal) -> None:
    fact = fact_of(bidder)
    bidder.post("/bidder/objection", {"fact": fact, "grounds": "不对"})
    case, store = case_of(bidder), bidder.house.store
    said = {"case": str(case.id), "statement": "我方已经改正"}
    assert bidder.post("/bidder/statement", said).status_code == 404
    desk = bidder.house.desk_of("clerk").desk(now())
    store.write(lambda session: objections.close(session, case.id or 0, Ending.KEPT, "核对无误", desk))
    page = bidder.client.get("/bidder/records").text
    assert "已办结：维持" in page
    assert "附注主体声明" in page
    assert bidder.post("/bidder/statement", {**said, "statement": "长" * 501}).status_code == 422
    assert bidder.post("/bidder/statement", said).status_code == 303
    subject = store.read(lambda session: subject_at(session, SUBJECT))
    assert next(r.statement for r in subject.records if r.id == fact) == "我方已经改正"
    assert "我方已经改正" in bidder.client.get("/bidder/records").text
    assert bidder.post("/bidder/statement", said).status_code == 404
    for number in ("", "x", "9" * 30):
        assert bidder.post("/bidder/statement", {**said, "case": number}).status_code == 404
