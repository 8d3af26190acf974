"""A report as a page for the web: the whole content, read aloud and on a phone, and nothing from elsewhere."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from weasyprint import HTML

from reportgen.document.content import Content
from reportgen.document.inks import contrast
from reportgen.document.look import tokens
from reportgen.document.statements import bare, statements
from reportgen.document.web_page import web_page
from tests.certify.browsing import Heard, launched, listened
from tests.document.looks import GREEN, LOGO, composed, issuer_with
from tests.once import Once

HOSTILE = "</style><script>owned=1</script><img src=x onerror=owned=1>{{ 1 }}"


@pytest.fixture
def content(once: Once, tmp_path: Path) -> Content:
    made: Content = once("web-content", lambda: composed("highway-lot2-joint", tmp_path))
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = launched(driver)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser, content: Content, tmp_path: Path) -> Iterator[Page]:
    """Return the page on a phone, with the network off; it asked for nothing and complained of nothing."""
    path, heard = tmp_path / "report.html", Heard()
    path.write_text(web_page(content), "utf-8")
    with closing(browser.new_context(viewport={"width": 360, "height": 740})) as context:
        page = listened(context, heard)
        page.goto(path.as_uri())
        yield page
        assert [item for item in heard if item != ("request", path.as_uri()) and "data:" not in item[1]] == []


def test_it_says_everything_that_the_report_says(content: Content) -> None:
    said = bare("".join(HTML(string=web_page(content)).etree_element.itertext()))
    assert [path for path, text in statements(content) if text not in said] == []


def test_it_is_no_report_and_says_so(content: Content) -> None:
    page = web_page(content)
    assert "不能代替报告文件" in page
    assert "样例" in page
    assert content.seal.alt not in page
    assert web_page(replace(content, draft=True)).count("草稿") == page.count("草稿") + 2


def test_it_brings_all_it_needs_and_runs_nothing(content: Content) -> None:
    page = web_page(content)
    assert [
        address for address in re.findall(r'src="([^"]*)"', page) if not address.startswith("data:")
    ] == []
    assert "url(" not in page
    assert "<script" not in page
    assert page == web_page(content)


def test_a_hostile_name_stays_text(content: Content) -> None:
    page = web_page(replace(content, running_project=HOSTILE, agency=HOSTILE))
    assert page.count("</style>") == 1
    assert "<script" not in page
    assert "onerror=owned" in page


def test_it_wears_the_look_of_its_agency(content: Content, tmp_path: Path) -> None:
    issuer = issuer_with(tmp_path, {**GREEN, "logo": "a.svg"}, files={"a.svg": LOGO})
    page = web_page(content, issuer.own_look)
    assert tokens()["deep"] not in page
    assert "#0b5d4b" in page
    assert f'alt="{content.agency}的标志"' in page


def test_whoever_listens_finds_the_way(opened: Page) -> None:
    assert opened.locator("html").get_attribute("lang") == "zh-CN"
    levels = opened.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for landmark in ("header", "nav[aria-label]", "main", "footer"):
        assert opened.locator(landmark).count() == 1
    skip = opened.locator("a").first
    opened.keyboard.press("Tab")
    assert skip.evaluate("link => link === document.activeElement && link.getBoundingClientRect().left >= 0")
    assert opened.locator(str(skip.get_attribute("href"))).count() == 1


def test_tables_figures_and_links_have_names(opened: Page) -> None:
    tables = opened.locator("table").count()
    assert tables > 20
    assert opened.locator("table > caption").count() == tables
    assert opened.locator("th:not([scope])").count() == 0
    assert opened.locator("img:not([alt]), img[alt='']").count() == 0
    assert opened.locator("figure details").count() == opened.locator("figure").count() > 2
    lost = (
        "[...document.querySelectorAll('a[href^=\"#\"]')].filter(a => !document.querySelector(a.hash)).length"
    )
    assert opened.evaluate(lost) == 0
    doubled = "(ids => ids.length - new Set(ids).size)([...document.querySelectorAll('[id]')].map(e => e.id))"
    assert opened.evaluate(doubled) == 0


def test_a_phone_scrolls_tables_and_not_the_page(opened: Page) -> None:
    assert opened.evaluate("document.documentElement.scrollWidth") == 360
    wide = "[...document.querySelectorAll('table, figure img')].filter(e => !e.closest('.scroll[tabindex]')).length"
    assert opened.evaluate(wide) == 0
    small = "[...document.querySelectorAll('nav a, summary')].filter(e => e.offsetHeight && e.offsetHeight < 24).length"
    assert opened.evaluate(small) == 0


def test_every_text_can_be_read_on_its_ground(opened: Page) -> None:
    pairs = opened.evaluate(
        """() => {
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = new Set();
          while (walker.nextNode()) {
            const node = walker.currentNode;
            if (!node.data.trim()) continue;
            let ground = node.parentElement;
            while (ground && getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
            found.add(getComputedStyle(node.parentElement).color + '/' + (ground ? getComputedStyle(ground).backgroundColor : 'rgb(255, 255, 255)'));
          }
          return [...found];
        }"""
    )
    assert len(pairs) > 5
    assert [pair for pair in pairs if contrast(*map(_hex, pair.split("/"))) < 4.5] == []


def _hex(rgb: str) -> str:
    return "#" + "".join(f"{int(value):02x}" for value in re.findall(r"\d+", rgb)[:3])
