"""The committee's desk: nothing before 开标; then beside each other, checked, used once, and taken along."""

import io
import re
import threading
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from reportgen.registry.lifecycle import annul, by_number, revoke
from reportgen.registry.queries import of_project
from reportgen.registry.tables import EventRow, ReportRow, RequestRow
from reportgen.registry.tags import Tag
from reportgen.store import accounts
from reportgen.store.account_rows import AccountKind, AccountState
from reportgen.store.accounts import Opening
from reportgen.zone import now
from tests.certify import paper
from tests.cli.desk import run
from tests.document import archive, pdf
from tests.web.portal import PROJECT, RECIPIENT, SUBJECT, Portal, hashed

OPENED = "2026-12-10T02:00:00+00:00"
BEFORE = "2026-12-10T01:59:59+00:00"
PLACE = f"project={PROJECT}&round=1"
PAGE, USE = f"/committee/project?{PLACE}", f"/committee/use?{PLACE}"
_PASSING = re.compile(r"请求 [0-9a-f]+|value=\"[0-9a-f]{64}\"")


pytestmark = pytest.mark.usefixtures("clocked")


@pytest.fixture
def desk(portal: Portal) -> Portal:
    """Return the portal at the moment of 开标, its recipient signed in."""
    portal.clock.move_to(OPENED)
    portal.sign_in(AccountKind.RECIPIENT)
    return portal


def test_before_the_opening_nothing_tells_who_or_how_many_asked(portal: Portal) -> None:
    portal.clock.move_to(BEFORE)
    portal.sign_in(AccountKind.RECIPIENT)
    paths = (
        "/committee",
        PAGE,
        f"/committee/certificate?{PLACE}",
        f"/committee/reports/{portal.number}.pdf",
    )
    one = [_plain(portal, path) for path in paths]
    portal.house.store.write(_four_more)
    assert [_plain(portal, path) for path in paths] == one
    assert "开标后开放" in one[0]
    assert all("E1106" in page and portal.number not in page.replace(paths[3], "") for page in one[1:])
    for answer in (
        portal.post(USE, {"number": portal.number, "confirmed": "yes"}),
        portal.post(f"/committee/bundle?{PLACE}"),
        portal.post(f"/committee/verify?{PLACE}", files={"file": ("a.pdf", b"%PDF-1.7")}),
    ):
        assert answer.status_code == 403
        assert "E1106" in answer.text
    assert _events(portal, Tag.REPORT_STATE_CONSUME) == 0


def test_at_the_opening_all_stand_beside_each_other_and_looking_uses_nothing(desk: Portal) -> None:
    desk.house.store.write(_four_more)
    assert "查看与核销" in desk.client.get("/committee").text
    page = desk.client.get(PAGE).text
    assert page.count('name="number"') == 5
    assert page.count("具备信用能力") == 5
    file = desk.client.get(f"/committee/reports/{desk.number}.pdf")
    assert file.content == desk.report
    assert "attachment" in file.headers["content-disposition"]
    assert "还没有核销任何报告" in desk.client.get(f"/committee/certificate?{PLACE}").text
    assert _events(desk, Tag.REPORT_STATE_CONSUME) == 0


def test_only_what_is_confirmed_is_used_and_all_may_be_used_at_once(desk: Portal) -> None:
    desk.house.store.write(_four_more)
    numbers = [str(row.number) for row in desk.house.store.read(_listed)]
    assert desk.post(USE).status_code == 422
    asked = desk.post(USE, {"number": numbers[0]})
    assert "确认核销 1 份报告" in asked.text
    assert "每份报告只能使用一次" in asked.text
    assert _events(desk, Tag.REPORT_STATE_CONSUME) == 0
    assert desk.post(USE, {"number": numbers[0], "confirmed": "yes"}).headers["location"] == PAGE
    assert _events(desk, Tag.REPORT_STATE_CONSUME) == 1
    desk.post(USE, {"number": numbers[1:], "confirmed": "yes"})  # type: ignore[dict-item]
    page = desk.client.get(PAGE).text
    assert 'name="number"' not in page
    assert "核销所选的报告" not in page
    assert page.count("<small>2026-12-10 10:00</small>") == 5
    certificate = desk.client.get(f"/committee/certificate?{PLACE}").text
    assert all(number in certificate for number in numbers)


def test_used_twice_tells_the_first_use_to_the_same_recipient(desk: Portal) -> None:
    desk.post(USE, {"number": desk.number, "confirmed": "yes"})
    desk.clock.shift(3600)
    desk.sign_in(AccountKind.RECIPIENT)
    assert desk.post(USE, {"number": desk.number, "confirmed": "yes"}).headers["location"] == PAGE
    assert "2026-12-10 10:00" in desk.client.get(PAGE).text
    assert "现在都不能核销" in desk.post(USE, {"number": desk.number}).text
    assert _events(desk, Tag.REPORT_STATE_CONSUME) == 1
    assert _events(desk, Tag.REPORT_USE_REPEAT) == 1


def test_what_is_somebody_else_s_looks_like_what_does_not_exist(desk: Portal) -> None:
    own = desk.number
    _clerk(desk, "other", "129901004KH702160R")
    desk.sign_in_as("other")
    assert "还没有您的项目" in desk.client.get("/committee").text
    for path, nowhere in (
        (PAGE, "/committee/project?project=X-1&round=1"),
        (f"/committee/certificate?{PLACE}", "/committee/certificate?project=X-1&round=1"),
        (f"/committee/reports/{own}.pdf", "/committee/reports/XY20261121AAAAAAAA-3.pdf"),
    ):
        his, none = desk.client.get(path), desk.client.get(nowhere)
        assert his.status_code == none.status_code == 404
        assert _shape(his.text, own) == _shape(none.text, own)
    answer = desk.post(USE, {"number": own, "confirmed": "yes"})
    assert answer.status_code == 404
    assert desk.post(f"/committee/bundle?{PLACE}").status_code == 404
    assert _events(desk, Tag.REPORT_STATE_CONSUME) == 0


def test_two_clerks_who_use_one_report_at_once_use_it_once(desk: Portal) -> None:
    _clerk(desk, "second", RECIPIENT)
    cookies, words = [], []
    for login in ("owner", "second"):
        desk.sign_in_as(login)
        cookies.append(desk.client.cookies["reportgen"])
        words.append({**desk.token(), "number": desk.number, "confirmed": "yes"})
    desk.client.cookies.clear()
    statuses: list[int] = []

    def use(cookie: str, said: dict[str, str]) -> None:
        headers = {"Sec-Fetch-Site": "same-origin", "Cookie": f"reportgen={cookie}"}
        statuses.append(desk.client.post(USE, data=said, headers=headers).status_code)

    both = [threading.Thread(target=use, args=each) for each in zip(cookies, words, strict=True)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert statuses == [303, 303]
    assert _events(desk, Tag.REPORT_STATE_CONSUME) == 1
    assert _events(desk, Tag.REPORT_USE_REPEAT) == 1


def test_a_file_is_checked_for_the_project_that_is_open(desk: Portal) -> None:
    page = desk.post(f"/committee/verify?{PLACE}", files={"file": ("a.pdf", desk.report)})
    assert "真实，可用于本项目" in page.text
    assert PROJECT in page.text
    assert desk.post(f"/committee/verify?{PLACE}").status_code == 422
    desk.house.store.write(_amended_to_another_round)
    page = desk.post(f"/committee/verify?project={PROJECT}&round=2", files={"file": ("a.pdf", desk.report)})
    assert "不得使用" in page.text
    assert _events(desk, Tag.REPORT_STATE_CONSUME) == 0


def test_the_bundle_checks_without_a_register(desk: Portal, tmp_path: Path) -> None:
    answer = desk.post(f"/committee/bundle?{PLACE}")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "bundle")
    report, key = f"报告/{desk.number}.pdf", next(name for name in names if name.endswith(".pem"))
    assert names == {"比对汇总表.pdf", "核销清单.pdf", report, "manifest.jsonl", "离线核验.html", key}
    at = tmp_path / "bundle"
    done = run("verify", at / "核销清单.pdf", "--manifest", at / "manifest.jsonl", "--trust", at / key)
    assert done.exit_code == 0, done.output
    assert "真实：核销清单，记载截至所载时刻的核销情况，不是信用报告" in done.output
    done = run("verify", at / report, "--manifest", at / "manifest.jsonl", "--trust", at / key)
    assert done.exit_code == 0, done.output
    assert "真实，可用于本项目" in done.output


def test_whoever_only_takes_reports_gets_no_bundle_of_all_the_others(desk: Portal) -> None:
    _clerk(desk, "buyer", "129901004KH702160R")
    desk.house.store.write(_made_for_another)
    desk.sign_in_as("buyer")
    page = desk.client.get(PAGE)
    assert page.status_code == 200
    assert "下载全部" not in page.text
    answer = desk.post(f"/committee/bundle?{PLACE}")
    assert answer.status_code == 403
    assert "E1111" in answer.text


def test_the_list_of_uses_is_a_signed_document_that_verifies(desk: Portal, tmp_path: Path) -> None:
    desk.post(USE, {"number": desk.number, "confirmed": "yes"})
    page = desk.client.get(PAGE).text
    assert "下载核销清单" in page
    path = _kept(desk.post(f"/committee/uses?{PLACE}"), tmp_path / "list.pdf")
    assert archive.faults(path) == []
    assert "Signature is Valid" in paper.said("pdfsig", path)
    said = re.sub(r"\s+", "", pdf.text(path))
    for word in ("核销清单HX-20261210-100000", desk.number, SUBJECT, "已核销", "2026年12月10日10:00"):
        assert word in said
    for word in (PROJECT, "开标（投标截止时间）2026年12月10日10:00", "其中已核销1份", RECIPIENT):
        assert word in said
    assert sha256(desk.report).hexdigest()[:12] in said
    assert "真实：核销清单" in run("verify", path, "--office", desk.folder).output
    assert _events(desk, Tag.PROJECT_USES_EXPORT) == 1
    path.write_bytes(path.read_bytes() + b" ")
    assert "不真实" in run("verify", path, "--office", desk.folder).output


def test_a_voucher_is_a_signed_document_of_a_use_that_stands(desk: Portal, tmp_path: Path) -> None:
    asked = {"number": desk.number}
    assert "没有可以证明的核销" in desk.post("/committee/voucher", asked).text
    desk.post(USE, {**asked, "confirmed": "yes"})
    assert "签名的 PDF" in desk.client.get(f"/committee/certificate?{PLACE}").text
    path = _kept(desk.post("/committee/voucher", asked), tmp_path / "voucher.pdf")
    assert archive.faults(path) == []
    assert "Signature is Valid" in paper.said("pdfsig", path)
    said = re.sub(r"\s+", "", pdf.text(path))
    row = desk.house.store.read(lambda session: by_number(session, desk.number))
    for word in (f"{desk.number}-H20261210100000", SUBJECT, RECIPIENT, row.sha256 or "", row.head):
        assert word in said
    assert "真实：核销凭证，证明所载报告的一次核销" in run("verify", path, "--office", desk.folder).output
    assert _events(desk, Tag.PROJECT_VOUCHER_EXPORT) == 1
    press = desk.house.desk_of("clerk")
    press.store.write(lambda s: annul(s, desk.number, "clerk", "second", press.desk(now())))
    done = run("verify", path, "--office", desk.folder)
    assert (done.exit_code, "不得使用：核销凭证，所载核销已撤回" in done.output) == (6, True)
    press.store.write(lambda s: revoke(s, desk.number, "FRAUD", press.desk(now())))
    assert "所载报告已撤销" in run("verify", path, "--office", desk.folder).output


def test_lists_and_vouchers_are_of_one_s_own_and_after_the_opening(portal: Portal) -> None:
    portal.clock.move_to(BEFORE)
    portal.sign_in(AccountKind.RECIPIENT)
    asked = {"number": portal.number}
    for answer in (portal.post(f"/committee/uses?{PLACE}"), portal.post("/committee/voucher", asked)):
        assert (answer.status_code, "E1106" in answer.text) == (403, True)
    portal.clock.move_to(OPENED)
    _clerk(portal, "other", "129901004KH702160R")
    portal.sign_in_as("other")
    for answer in (portal.post(f"/committee/uses?{PLACE}"), portal.post("/committee/voucher", asked)):
        assert answer.status_code == 404
    assert _events(portal, Tag.PROJECT_USES_EXPORT) == _events(portal, Tag.PROJECT_VOUCHER_EXPORT) == 0


def _kept(answer: httpx2.Response, path: Path) -> Path:
    assert answer.headers["content-type"] == "application/pdf", answer.text
    path.write_bytes(answer.content)
    return path


def _four_more(session: Session) -> None:
    """Enter four reports like the one there is, of other requests."""
    row = session.execute(select(ReportRow)).scalar_one()
    asked = session.get_one(RequestRow, row.request_id)
    for n in range(4):
        again = RequestRow(**_without(asked, "id", "key", "purpose"), key=f"{n:064d}", purpose=f"投标 {n}")
        session.add(again)
        session.flush()
        session.add(_another(row, again, n))


def _another(row: ReportRow, asked: RequestRow, n: int) -> ReportRow:
    words = _without(row, "id", "request_id", "register_number", "number", "code_sha256", "purpose", "sha256")
    return ReportRow(
        **words,
        request_id=asked.id or 0,
        register_number=f"20261122-9{n:05d}",
        number=f"XY20261122ABCDEFG{n}-2",
        code_sha256=f"{n:064x}",
        purpose=asked.purpose,
        sha256=f"{n:064x}",
    )


def _made_for_another(session: Session) -> None:
    """Enter a report for the same project that another recipient takes."""
    row = session.execute(select(ReportRow)).scalar_one()
    asked = session.get_one(RequestRow, row.request_id)
    again = RequestRow(
        **_without(asked, "id", "key", "recipient"), key="9" * 64, recipient="129901004KH702160R"
    )
    session.add(again)
    session.flush()
    made = _another(row, again, 9)
    made.recipient = again.recipient
    session.add(made)


def _without(row: object, *names: str) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name not in {*names, "_sa_instance_state"}}


def _amended_to_another_round(session: Session) -> None:
    """Enter a second round of the project, which closed a day ago."""
    from reportgen.store.projects import import_project, project_at

    project = project_at(session, PROJECT).model_copy(update={"round": 2})
    import_project(session, project, now())


def _clerk(portal: Portal, login: str, uscc: str) -> None:
    """Open an account of a recipient, which the agency has admitted."""
    asked = Opening(login, AccountKind.RECIPIENT, uscc, "另一单位", "经办人")

    def work(session: Session) -> None:
        row = accounts.open_account(session, asked, hashed(), now())
        accounts.decide(session, row.id or 0, AccountState.ACTIVE, "clerk", now())

    portal.house.store.write(work)


def _listed(session: Session) -> list[ReportRow]:
    return of_project(session, PROJECT, 1, "", now())


def _events(portal: Portal, tag: Tag) -> int:
    found = select(col(EventRow.id)).where(col(EventRow.tag) == tag)
    return len(portal.house.store.read(lambda session: session.execute(found).all()))


def _plain(portal: Portal, path: str) -> str:
    """Return a page without what is another at each request."""
    return _PASSING.sub("", portal.client.get(path).text)


def _shape(page: str, number: str) -> str:
    named = _PASSING.sub("", page).replace(number, "").replace("XY20261121AAAAAAAA-3", "")
    return named.replace(PROJECT, "").replace("X-1", "")
