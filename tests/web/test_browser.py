"""The portal in a real browser on a phone: the four journeys, each with and without JavaScript.

No page violates WCAG 2.1 AA as far as axe-core finds, none is wider than a window of 320 px, none writes an error to
the console, and whoever works by keyboard sees where he is.
"""

import io
import zipfile
from collections.abc import Iterator

import pytest
from sqlmodel import select

from reportgen import counter
from reportgen.registry import objections
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.objections import Ending
from reportgen.registry.tables import ObjectionRow
from reportgen.store.account_rows import AccountKind
from reportgen.zone import now
from tests.web.applied import submitted
from tests.web.browser import DESK, PHONE, Visit, aside, visiting
from tests.web.portal import LOGINS, PASSWORD, PROJECT, SUBJECT, Portal, with_user
from tests.web.serving import serving

AGENT = "91990103MA9C0B354H"
LETTER = b"%PDF-1.7\nletter"
STAFF = {"amaker": "CLERK", "achecker": "REVIEWER", "asigner": "ISSUER"}
BEFORE, OPENED = "2026-12-10T01:59:00+00:00", "2026-12-10T02:00:00+00:00"


@pytest.fixture
def address(portal: Portal) -> Iterator[str]:
    """Return the portal's address on a real socket."""
    with serving(portal.client.app) as served:  # type: ignore[arg-type]
        yield served


@pytest.fixture(params=[True, False], ids=["script", "plain"])
def phone(request: pytest.FixtureRequest, address: str) -> Iterator[Visit]:
    """Return a phone at the portal, on which nothing may have gone wrong at the end."""
    with visiting(address, PHONE, script=request.param) as visit:
        yield visit
        assert visit.wrong == []


def test_anybody_verifies(portal: Portal, phone: Visit) -> None:
    phone.open(f"/v/{portal.number}/{portal.code}")
    assert "登记簿有这份信用报告" in phone.text()
    phone.look()
    phone.open("/")
    phone.look()
    phone.fill(number=portal.number.lower(), code=portal.code)
    phone.press("核验")
    assert "登记簿有这份信用报告" in phone.text()
    for content, told in (
        (portal.report, "真实，可用于所载项目"),
        (portal.report[:-1] + bytes([portal.report[-1] ^ 1]), "签名之后内容被改动"),
    ):
        phone.open("/")
        phone.choose("file", "报告.pdf", content)
        phone.press("核验文件")
        assert told in phone.text()
        phone.look()


def test_a_committee_sees_nothing_then_checks_uses_and_takes_along(portal: Portal, phone: Visit) -> None:
    portal.clock.move_to(BEFORE)
    phone.sign_in(LOGINS[AccountKind.RECIPIENT])
    assert "开标后开放" in phone.text()
    assert portal.number not in phone.page.content()
    phone.look()
    portal.clock.move_to(OPENED)
    phone.page.reload()
    phone.follow("查看与核销")
    phone.look()
    phone.choose("file", "报告.pdf", portal.report)
    phone.press("核验文件")
    assert "正是所问的项目" in phone.text()
    phone.follow("返回项目")
    phone.page.get_by_role("checkbox").first.check()
    phone.press("核销所选的报告…")
    assert "每份报告只能使用一次" in phone.text()
    phone.look()
    phone.press("确认核销")
    assert "已核销" in phone.text()
    phone.look()
    phone.page.emulate_media(media="print")
    assert portal.number in phone.text()
    assert "核验文件" not in phone.text()
    phone.page.emulate_media(media="screen")
    bundle = phone.download("下载全部（ZIP）", "button")
    assert any(portal.number in name for name in zipfile.ZipFile(io.BytesIO(bundle)).namelist())
    phone.follow("核销凭证")
    assert portal.number in phone.text()
    assert PROJECT in phone.text()
    phone.look()


def test_a_bidder_comes_from_nothing_to_his_report_and_says_what_is_wrong_with_it(
    portal: Portal, phone: Visit
) -> None:
    _registers(phone)
    _admitted(phone)
    phone.sign_in("newcomer")
    phone.look()
    _chooses(phone)
    _hands_in_a_workbook(phone)
    _chooses(phone)
    _asks(phone)
    _made(portal)
    phone.page.reload()
    assert "排队印制，第 1 份" in phone.text()
    phone.look()
    aside(lambda: counter.render_next(portal.house.press, portal.house.office, "w", now))
    # By a script that asks again, or by the page that loads itself again: nobody touches it.
    phone.page.get_by_text("报告已经出具", exact=True).wait_for()
    assert phone.download("下载报告（PDF）").startswith(b"%PDF-")
    _objects(portal, phone)


def test_an_application_goes_through_three_persons_and_its_report_is_revoked(
    portal: Portal, phone: Visit
) -> None:
    for login, role in STAFF.items():
        with_user(portal, login, role)
    key = submitted(portal.house.press, PROJECT, purpose="另一用途")
    here = f"/agency/applications/{key}"
    phone.sign_in("amaker")
    phone.look()
    phone.page.locator(f"a[href='{here}']").click()
    for word in ("缺件", "评价与证据", "报告草稿"):
        assert word in phone.text()
    phone.look()
    phone.press("编制")
    assert "须由“复核”角色办理" in phone.text()
    phone.sign_in("achecker")
    phone.open(here)
    phone.press("复核通过")
    phone.sign_in("asigner")
    phone.open(here)
    phone.press("签发…")
    phone.look()
    phone.press("确认签发")
    assert "排队印制，第 1 份" in phone.text()
    phone.look()
    aside(lambda: counter.render_next(portal.house.press, portal.house.office, "w", now))
    phone.page.get_by_text("报告已出具").wait_for()
    phone.look()
    phone.page.locator("main a[href^='/agency/reports/']").click()
    phone.look()
    phone.page.select_option("[name=reason]", "REQUESTED")
    phone.press("撤销…")
    phone.look()
    phone.press("确认撤销")
    assert "报告已撤销" in phone.text()


def _registers(phone: Visit) -> None:
    phone.open("/register")
    phone.look()
    words = {"organisation": "霁川朴厝建筑有限公司", "uscc": SUBJECT, "person": "经办人", "login": "newcomer"}
    phone.page.get_by_label("投标人、供应商").check()
    phone.fill(**words, password=PASSWORD, again="another")
    phone.choose("letter", "授权书.pdf", LETTER)
    phone.press("提交申请")
    phone.page.get_by_role("link", name="两次填写的密码不同").click()
    assert phone.page.locator("[name=again]").evaluate("field => field === document.activeElement")
    phone.look()
    phone.fill(password=PASSWORD, again=PASSWORD)
    phone.choose("letter", "授权书.pdf", LETTER)
    phone.press("提交申请")
    assert "账号等候审核" in phone.text()
    phone.look()


def _admitted(phone: Visit) -> None:
    phone.sign_in(LOGINS[AccountKind.AGENCY])
    phone.open("/agency/accounts")
    phone.follow("霁川朴厝建筑有限公司")
    assert phone.download("下载授权书") == LETTER
    phone.press("准予使用…")
    phone.look()
    phone.press("确认准予")
    assert "账号已准予使用" in phone.text()


def _chooses(phone: Visit) -> None:
    phone.open("/bidder")
    phone.follow("申请信用报告")
    phone.look()
    phone.page.locator(f"a[href*='{PROJECT}']").click()
    phone.look()
    phone.page.select_option("[name=recipient]", AGENT)
    phone.press("下一步：看资料与缺件")
    assert "按现有资料，可以作出结论" in phone.text()
    phone.look()


def _hands_in_a_workbook(phone: Visit) -> None:
    book = phone.download("下载已填入现有资料的样表")
    phone.follow("上传填好的样表")
    phone.look()
    phone.choose("file", "主体.xlsx", book)
    phone.press("上传并检查")
    assert "格式无误，等候本机构核对" in phone.text()
    phone.look()


def _asks(phone: Visit) -> None:
    phone.fill(authorisation="授〔2026〕12 号")
    phone.choose("letter", "授权书.pdf", LETTER)
    phone.press("提交申请")
    assert "已提交" in phone.text()
    phone.look()


def _made(portal: Portal) -> None:
    """Have the one application prepared, reviewed and sent by three persons."""
    house = portal.house
    for login, role in STAFF.items():
        with_user(portal, login, role)
    row = house.store.read(lambda session: session.exec(select(ApplicationRow)).one())
    counter.prepare(house.desk_of("amaker"), house.office, row.key, now())
    counter.review(house.desk_of("achecker"), house.office, row.key, now())
    counter.send(house.desk_of("asigner"), house.office, row.key, 10, now())


def _objects(portal: Portal, phone: Visit) -> None:
    phone.open("/bidder/records")
    phone.page.locator("details.fact summary").first.click()
    phone.look()
    phone.follow("对这一条提出异议")
    phone.look()
    phone.fill(grounds="日期有误，见所附文书")
    phone.press("提出异议")
    assert "书面答复" in phone.text()
    desk = portal.house.desk_of("clerk").desk(now())
    case = portal.house.store.read(lambda session: session.exec(select(ObjectionRow)).one())
    portal.house.store.write(lambda s: objections.close(s, case.id or 0, Ending.KEPT, "查无错误", desk))
    phone.page.reload()
    phone.page.get_by_text("附注主体声明").click()
    phone.fill(statement="我方另有说明")
    phone.look()
    phone.press("提交声明")
    assert "我方另有说明" in phone.text()


def test_every_page_of_the_agency_is_sound(address: str) -> None:
    with visiting(address, DESK) as visit:
        visit.sign_in(LOGINS[AccountKind.AGENCY])
        links = visit.page.locator("nav a, main a[href^='/']").evaluate_all("all => all.map(a => a.pathname)")
        for path in dict.fromkeys(links):
            if "." not in path:
                visit.open(path)
                visit.look()
        assert visit.wrong == []
