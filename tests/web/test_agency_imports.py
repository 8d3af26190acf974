"""Taking in at the agency's pages: subjects and projects from files, workbooks of bidders; and what is wrong by place."""

import hashlib
from io import BytesIO

import openpyxl

from reportgen.intake.columns.subject import SUBJECT as FORM
from reportgen.registry import uploads
from reportgen.registry.answered import KEPT
from reportgen.registry.upload_rows import UploadRow
from reportgen.sheets.template import as_workbook
from reportgen.store import accounts
from reportgen.store.facts import subject_at
from tests.factories import registration_data, source_data, subject
from tests.web.portal import LOGINS, PROJECT, SAMPLES, SUBJECT, Portal, with_user
from tests.web.registers import AGENCY, HOSTILE, OTHER, desk, events, main_of


def handed_in(portal: Portal, uscc: str, data: bytes = b"") -> str:
    """Enter a workbook, or one with the subject's facts of another name, handed in for a code; return its key."""
    store, by = portal.house.store, desk(portal, "bidder")
    tree = store.read(lambda session: subject_at(session, SUBJECT)).model_dump()
    data = data or as_workbook(FORM, {**tree, "former_names": ("昀海旧名有限公司",)})
    name = uploads.received_name(".xlsx")
    portal.house.press.files.write(name, data)
    account = store.read(lambda session: accounts.by_login(session, "bidder"))
    assert account is not None
    held = UploadRow(
        key="",
        at=by.at,
        account_id=account.id or 0,
        uscc=uscc,
        name="资料.xlsx",
        file=name,
        sha256=hashlib.sha256(data).hexdigest(),
    )
    return store.write(lambda session: uploads.enter(session, held, [], by).key)


def test_a_bidder_s_workbook_is_taken_or_sent_back(portal: Portal) -> None:
    first, second, strange = (handed_in(portal, uscc) for uscc in (SUBJECT, SUBJECT, OTHER))
    portal.sign_in(AGENCY)
    listed = portal.client.get("/agency/uploads").text
    for key in (first, second, strange):
        assert f"/agency/uploads/{key}" in listed
        assert portal.client.get(f"/agency/uploads/{key}/file").content.startswith(b"PK")
    before = len(events(portal, "subject:facts:import"))
    shown = portal.client.get(f"/agency/uploads/{first}").text
    assert "昀海旧名有限公司" in shown
    assert "不是上传单位的代码" in portal.post(f"/agency/uploads/{strange}/take").text
    done = portal.post(f"/agency/uploads/{first}/take")
    assert "已采用，导入库内" in portal.client.get(done.headers["location"]).text
    assert len(events(portal, "subject:facts:import")) == before + 1
    assert portal.post(f"/agency/uploads/{first}/take").status_code == 409
    assert "请写明退回的理由" in portal.post(f"/agency/uploads/{second}/refuse", {"note": " "}).text
    portal.post(f"/agency/uploads/{second}/refuse", {"note": "缺年报"})
    shown = portal.client.get(f"/agency/uploads/{second}").text
    assert "缺年报" in shown
    assert "采用并导入" not in shown
    assert portal.client.get("/agency/uploads/none").status_code == 404


def filled(portal: Portal, *changes: tuple[str, str, str | int]) -> bytes:
    """Return the agency's own workbook of the subject with values at the first row of a sheet, by its columns."""
    store = portal.house.store
    tree = store.read(lambda session: subject_at(session, SUBJECT)).model_dump()
    book = openpyxl.load_workbook(BytesIO(as_workbook(FORM, tree)))
    for sheet, head, value in changes:
        if sheet == "主体":
            row = next(row for row in book[sheet].iter_rows() if str(row[0].value).strip("*") == head)
            row[1].value = value
            continue
        heads = [str(cell.value).partition("（")[0].strip("*") for cell in book[sheet][1]]
        book[sheet].cell(2, heads.index(head) + 1).value = value
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def test_what_a_bidder_changed_is_checked_by_nobody_and_the_clerk_is_told(portal: Portal) -> None:
    store = portal.house.store
    before = store.read(lambda session: subject_at(session, SUBJECT))
    old = before.headcounts[0]
    assert old.verification is not None
    data = filled(portal, ("人员数量", "年末人数", 999), ("人员数量", "核实人", "编制员乙"))
    key = handed_in(portal, SUBJECT, data)
    portal.sign_in(AGENCY)
    page = main_of(portal.client.get(f"/agency/uploads/{key}").text)
    assert f"“人员数量”表　{old.year}（编号 {old.id}）" in page
    assert f"“年末人数”：{old.total} → 999" in page
    assert page.count("采用后不再算已核实") == 1
    assert "headcounts" not in page
    assert portal.post(f"/agency/uploads/{key}/take").status_code == 303
    after = store.read(lambda session: subject_at(session, SUBJECT))
    assert (after.headcounts[0].total, after.headcounts[0].verification) == (999, None)
    assert after.headcounts[1:] == before.headcounts[1:]
    assert after.registration == before.registration
    assert after.sources == before.sources


def test_a_workbook_that_speaks_for_a_public_source_is_not_taken(portal: Portal) -> None:
    before = portal.house.store.read(lambda session: subject_at(session, SUBJECT))
    key = handed_in(portal, SUBJECT, filled(portal, ("主体", "住所", "另一处")))
    portal.sign_in(AGENCY)
    page = main_of(portal.client.get(f"/agency/uploads/{key}").text)
    assert "“住所”" in page
    assert "我的信息" in page
    answer = portal.post(f"/agency/uploads/{key}/take")
    assert answer.status_code == 422
    assert "不能改动" in answer.text
    assert portal.house.store.read(lambda session: subject_at(session, SUBJECT)) == before


def test_of_one_nobody_knew_the_clerk_takes_what_it_declares_itself_as_unchecked(portal: Portal) -> None:
    store = portal.house.store
    check = {"by": "编制员乙", "how": "核对原件", "on": "2026-11-20"}
    public = subject(uscc=OTHER)
    own = subject(
        uscc=OTHER,
        sources=[source_data(origin="自主申报")],
        registration=registration_data(verification=check),
    )
    strange, sound = (
        handed_in(portal, OTHER, as_workbook(FORM, each.model_dump())) for each in (public, own)
    )
    portal.sign_in(AGENCY)
    assert "不能以“公共来源”填报" in portal.client.get(f"/agency/uploads/{strange}").text
    assert portal.post(f"/agency/uploads/{strange}/take").status_code == 422
    assert "全部是新的，都未经核实" in portal.client.get(f"/agency/uploads/{sound}").text
    assert portal.post(f"/agency/uploads/{sound}/take").status_code == 303
    assert store.read(lambda session: subject_at(session, OTHER)).registration.verification is None


def test_a_workbook_of_the_other_kind_is_told_beside_the_file_and_empty_ones_are_offered(
    portal: Portal,
) -> None:
    portal.sign_in(AGENCY)
    for here, there, told in (
        ("subjects", "project", "请到“导入项目”"),
        ("projects", "subject", "请到“导入主体”"),
    ):
        own = portal.client.get(f"/agency/blank/{here[:-1]}.xlsx")
        assert own.headers["content-type"].endswith("spreadsheetml.sheet")
        assert f"/agency/blank/{here[:-1]}.xlsx" in portal.client.get(f"/agency/{here}/import").text
        other = portal.client.get(f"/agency/blank/{there}.xlsx").content
        page = portal.post(f"/agency/{here}/import", {"do": "check"}, files={"file": ("表.xlsx", other)})
        assert page.status_code == 422
        assert 'id="w-file"' in page.text
        assert told in page.text
        assert "reportgen " not in main_of(page.text)
    assert portal.client.get("/agency/blank/other.xlsx").status_code == 404


def test_a_subject_is_checked_then_imported(portal: Portal) -> None:
    portal.sign_in(AGENCY)
    name = "03-goods-supplier.yaml"
    data = (SAMPLES / "subjects" / name).read_bytes()
    path = "/agency/subjects/import"
    before = len(events(portal, "subject:facts:import"))
    page = portal.post(path, {"do": "check"}, files={"file": (name, data)})
    assert page.status_code == 200, page.text
    assert "没有错误，尚未导入" in page.text
    for said in ("已存", "与库内相同"):
        done = portal.post(path, {"do": "import"}, files={"file": (name, data)})
        assert done.status_code == 303, done.text
        for _ in range(2):
            # To load the page again imports nothing.
            assert said in portal.client.get(done.headers["location"]).text
    assert len(events(portal, "subject:facts:import")) == before + 1


def test_what_came_of_an_import_is_told_to_whoever_imported_for_a_day(portal: Portal) -> None:
    with_user(portal, "other", "CLERK")
    portal.sign_in(AGENCY)
    data = (SAMPLES / "projects/housing-small.yaml").read_bytes()
    done = portal.post("/agency/projects/import", {"do": "import"}, files={"file": ("p.yaml", data)})
    place = done.headers["location"]
    assert len(place) < 100
    assert "已导入" in portal.client.get(place).text
    portal.sign_in_as("other")
    assert "已导入" not in portal.client.get(place).text
    for told in (HOSTILE, "gAAAA", "é", "\0", "", place.rpartition("=")[2]):
        page = portal.client.get("/agency/subjects/import", params={"told": told})
        assert page.status_code == 200
        assert "导入主体" in main_of(page.text)
        assert "已导入" not in page.text
    portal.clock.shift(KEPT)
    portal.sign_in_as(LOGINS[AGENCY])
    assert "已导入" not in portal.client.get(place).text


def test_a_faulty_workbook_is_told_by_place_and_comes_back_marked(portal: Portal) -> None:
    store = portal.house.store
    tree = store.read(lambda session: subject_at(session, SUBJECT)).model_dump()
    book = as_workbook(FORM, {**tree, "uscc": "91990102MA9C2K0770"})
    portal.sign_in(AGENCY)
    page = portal.post("/agency/subjects/import", {"do": "import"}, files={"file": ("主体.xlsx", book)})
    assert page.status_code == 422
    assert "没有导入任何内容" in page.text
    assert "base64,UEsDB" in page.text
    for sent, said in (
        (("x.exe", b"MZ"), "请交"),
        (("x.xlsx", b"no workbook"), "工作簿不能读取"),
        (("x.pdf", b"%PDF-1.7 nothing"), "公共信用信息报告"),
        (("x.yaml", HOSTILE.encode()), "f-file"),
        (("", b""), "请选择文件"),
    ):
        page = portal.post("/agency/subjects/import", {"do": "import"}, files={"file": sent})
        assert page.status_code == 422, said
        assert said in page.text
        assert "/tmp" not in page.text


def test_a_project_is_imported_found_and_shown(portal: Portal) -> None:
    portal.sign_in(AGENCY)
    data = (SAMPLES / "projects/housing-small.yaml").read_bytes()
    done = portal.post("/agency/projects/import", {"do": "import"}, files={"file": ("p.yaml", data)})
    assert "与库内相同，没有另存" in portal.client.get(done.headers["location"]).text
    changed = data.replace(PROJECT.encode(), b"JCYP-FJ-2026-0999")
    done = portal.post("/agency/projects/import", {"do": "import"}, files={"file": ("p.yaml", changed)})
    assert "已存" in portal.client.get(done.headers["location"]).text
    found = portal.client.get("/agency/projects", params={"text": "0999"}).text
    assert "JCYP-FJ-2026-0999" in found
    assert PROJECT not in main_of(found)
    shown = portal.client.get("/agency/projects/one", params={"project": PROJECT})
    assert "资格条件" in shown.text
    assert portal.client.get("/agency/projects/one", params={"project": "X"}).status_code == 404
