"""Chromium at a portal under test: what it shows, and what may be wrong with a page."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.web.portal import PASSWORD

PATH = "/usr/bin/chromium"
DESK, PHONE = (1280, 900), (390, 844)
"""Windows: their width and height in pixels."""
_NARROWEST = 320
_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_OUTLINE = "getComputedStyle(document.activeElement).outlineStyle"
_Made = TypeVar("_Made")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium; meanwhile this thread has a loop of events, and cannot sign: see `aside`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PATH, args=_OPTIONS)
        yield browser
        browser.close()


def aside(work: Callable[[], _Made]) -> _Made:
    """Return what comes of a work done in a thread of its own, where there is no loop of events."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


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

    def sign_in(self, login: str) -> None:
        """Sign in, whoever was signed in before."""
        self.page.context.clear_cookies()
        self.open("/sign-in")
        self.fill(login=login, password=PASSWORD)
        self.press("登录")

    def fill(self, **words: str) -> None:
        """Type into fields by their names."""
        for name, word in words.items():
            self.page.fill(f"main [name={name}]", word)

    def choose(self, name: str, file: str, content: bytes) -> None:
        """Choose a file for a field."""
        sent = {"name": file, "mimeType": "application/octet-stream", "buffer": content}
        self.page.set_input_files(f"main [name={name}]", sent)  # type: ignore[arg-type]

    def press(self, name: str) -> None:
        """Press a button of the page's main part."""
        self.page.locator("main").get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """Follow the first link of the page's main part that is called so."""
        self.page.locator("main").get_by_role("link", name=name).first.click()

    def download(self, name: str, role: str = "link") -> bytes:
        """Return the file that a link or a button of the page's main part brings."""
        with self.page.expect_download() as coming:
            self.page.locator("main").get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]
        return Path(coming.value.path()).read_bytes()

    def text(self) -> str:
        """Return what the page's main part says."""
        return self.page.locator("main").inner_text()

    def look(self) -> None:
        """Note what is wrong: violations of WCAG, a page that is wider than its window, focus that is not seen."""
        # Before its style is there, any page is too wide.
        self.page.wait_for_load_state("load")
        place = self.page.url.removeprefix(self.address)
        if self.script:
            # axe-core is a script itself.
            self.wrong += [f"{place}: {each}" for each in _violations(self.page)]
        width, height = self._size()
        for narrow in (width, _NARROWEST):
            self.page.set_viewport_size({"width": narrow, "height": height})
            if self.page.evaluate(_OVERFLOW) > 0:
                self.wrong.append(f"{place}: wider than {narrow} px")
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.keyboard.press("Tab")
        if self.page.evaluate(_OUTLINE) == "none":
            self.wrong.append(f"{place}: focus is not seen")

    def hear(self, said: ConsoleMessage) -> None:
        """Note an error that the browser writes to its console, but for the status of a form that was refused."""
        if said.type == "error" and "status of 422" not in said.text:
            self.wrong.append(said.text)

    def _size(self) -> tuple[int, int]:
        size = self.page.viewport_size
        assert size is not None
        return size["width"], size["height"]


def _violations(page: Page) -> list[str]:
    found = Axe().run(page, options=_RULES).response["violations"]
    return [f"{one['id']} {one['nodes'][0]['html'][:120]}" for one in found]


@contextmanager
def visiting(address: str, size: tuple[int, int], *, script: bool = True) -> Iterator[Visit]:
    """Open a window of a size at a portal, with JavaScript or without."""
    with chromium() as browser:
        viewport = {"width": size[0], "height": size[1]}
        made = {"viewport": viewport, "java_script_enabled": script, "locale": "zh-CN"}
        context = browser.new_context(**made)  # type: ignore[arg-type]
        context.set_default_timeout(60_000)
        visit = Visit(context.new_page(), address, script)
        visit.page.on("console", visit.hear)
        visit.page.on("pageerror", lambda error: visit.wrong.append(str(error)))
        yield visit
