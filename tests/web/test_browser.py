"""The portal in a real browser: each journey with and without JavaScript, wide and on a phone.

No page has a serious violation of WCAG 2.1 AA that axe-core finds, none is wider than 320 px, none writes an error to
the console, and whoever works by keyboard sees where he is.
"""

from collections.abc import Iterator

import pytest

from reportgen.store.account_rows import AccountKind
from tests.web.browser import PHONE, WIDE, visiting
from tests.web.portal import PROJECT, Portal
from tests.web.serving import serving

OPENED = "2026-12-10T02:00:00+00:00"
WINDOWS = pytest.mark.parametrize(("width", "script"), [(WIDE, True), (PHONE, False)], ids=["wide", "phone"])


@pytest.fixture
def address(portal: Portal) -> Iterator[str]:
    """Return the portal's address on a real socket."""
    with serving(portal.client.app) as served:  # type: ignore[arg-type]
        yield served


@WINDOWS
def test_anybody_verifies(portal: Portal, address: str, width: int, script: bool) -> None:
    with visiting(address, width, script=script) as visit:
        visit.open("/")
        visit.look()
        visit.page.fill("input[name=number]", portal.number.lower())
        visit.page.fill("input[name=code]", portal.code)
        visit.press("核验")
        assert "登记簿有这份信用报告" in visit.text()
        visit.look()
        visit.open("/")
        file = {"name": "报告.pdf", "mimeType": "application/pdf", "buffer": portal.report}
        visit.page.set_input_files("input[name=file]", file)  # type: ignore[arg-type]
        visit.press("核验文件")
        assert "真实，可用于所载项目" in visit.text()
        visit.look()
        assert visit.wrong == []


@WINDOWS
def test_a_committee_checks_and_uses(portal: Portal, address: str, width: int, script: bool) -> None:
    portal.clock.move_to(OPENED)
    with visiting(address, width, script=script) as visit:
        visit.sign_in(AccountKind.RECIPIENT)
        visit.look()
        visit.page.get_by_role("link", name="查看与核销").click()
        visit.look()
        visit.page.get_by_role("checkbox").first.check()
        visit.press("核销所选的报告…")
        assert "每份报告只能使用一次" in visit.text()
        visit.look()
        visit.press("确认核销")
        assert "已核销" in visit.text()
        assert PROJECT in visit.text()
        visit.look()
        visit.page.get_by_role("link", name="核销凭证").click()
        assert portal.number in visit.text()
        visit.look()
        assert visit.wrong == []


@pytest.mark.parametrize("kind", [AccountKind.AGENCY, AccountKind.BIDDER])
def test_every_page_that_a_desk_leads_to_is_sound(portal: Portal, address: str, kind: AccountKind) -> None:
    with visiting(address, WIDE) as visit:
        visit.sign_in(kind)
        links = visit.page.locator("nav a, main a[href^='/']").evaluate_all("all => all.map(a => a.pathname)")
        for path in dict.fromkeys(links):
            if "." not in path:
                visit.open(path)
                visit.look()
        assert visit.wrong == []
