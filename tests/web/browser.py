"""Chromium at a portal under test: what it shows, and what may be wrong with a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from reportgen.store.account_rows import AccountKind
from tests.web.portal import LOGINS, PASSWORD

PATH = "/usr/bin/chromium"
WIDE, PHONE, NARROWEST = 1200, 375, 320
_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_GRAVE = {"serious", "critical"}
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_OUTLINE = "getComputedStyle(document.activeElement).outlineStyle"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium; meanwhile this thread has a loop of events, and cannot sign."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PATH, args=_OPTIONS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page of a browser at a portal, and what went wrong there."""

    page: Page
    address: str
    script: bool
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Open a page of the portal."""
        self.page.goto(self.address + path)

    def sign_in(self, kind: AccountKind) -> None:
        """Sign in as the account of a kind."""
        self.open("/sign-in")
        self.page.fill("input[name=login]", LOGINS[kind])
        self.page.fill("input[name=password]", PASSWORD)
        self.press("登录")

    def press(self, name: str) -> None:
        """Press a button of the page's main part."""
        self.page.locator("main").get_by_role("button", name=name, exact=True).click()

    def text(self) -> str:
        """Return what the page's main part says."""
        return self.page.locator("main").inner_text()

    def look(self) -> None:
        """Note what is wrong: violations of WCAG, a page that is wider than its window, focus that is not seen."""
        place = self.page.url.removeprefix(self.address)
        if self.script:
            # axe-core is a script itself.
            self.wrong += [f"{place}: {each}" for each in _violations(self.page)]
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": NARROWEST, "height": 800})
        if self.page.evaluate(_OVERFLOW) > 0:
            self.wrong.append(f"{place}: wider than {NARROWEST} px")
        if size:
            self.page.set_viewport_size(size)
        self.page.keyboard.press("Tab")
        if self.page.evaluate(_OUTLINE) == "none":
            self.wrong.append(f"{place}: focus is not seen")

    def hear(self, said: ConsoleMessage) -> None:
        """Note an error that the browser writes to its console."""
        if said.type == "error":
            self.wrong.append(said.text)


def _violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']} {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in _GRAVE]


@contextmanager
def visiting(address: str, width: int, *, script: bool = True) -> Iterator[Visit]:
    """Open a window of a width at a portal, with JavaScript or without."""
    with chromium() as browser:
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script)
        context.set_default_timeout(60_000)
        visit = Visit(context.new_page(), address, script)
        visit.page.on("console", visit.hear)
        visit.page.on("pageerror", lambda error: visit.wrong.append(str(error)))
        yield visit
