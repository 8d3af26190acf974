"""Headless Chromium printing the same HTML with the same style sheet: one browser, one page, warm.

The HTML comes from our template. The page keeps its style sheet, and each document is a new title, a new body and new
words in the margins: that takes a tenth less than loading a page anew. The fonts are installed for this browser
alone, by a fontconfig of its own: no font is parsed again with each page, and drawings, which see no fonts of their
page, find them too. Drawings lie in the HTML as data: addresses. What Chromium does not know of our style sheet it gets
said in its own way where it has one: heads and feet of the pages as plain text, and the margins of the cover.
"""

import os
import re
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import psutil
from playwright.sync_api import sync_playwright

from benchmarks.peers import Work
from benchmarks.samples import Sample
from reportgen.document.chart_style import Chart
from reportgen.document.content import Content
from reportgen.document.glyphs import font_face_css
from reportgen.document.look import style_sheet
from reportgen.document.ornaments import ORNAMENTS
from reportgen.document.own_look import PACKAGED
from reportgen.document.own_templates import environment, rendered
from reportgen.settings import asset_dir

CHROMIUM = "/usr/bin/chromium"
QUIET = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>"""
_PRINT = {
    "printBackground": True,
    "preferCSSPageSize": True,
    "generateTaggedPDF": True,
    "generateDocumentOutline": True,
}
_OWN_WAY = """
.running-number, .running-project, .running-use { display: none; }
.cover { height: 252mm; }
body::before { content: ""; position: fixed; inset: 0; background: url(asset:figure/watermark.svg) no-repeat center / 150mm 150mm; }
"""
_MARGINS = """
@page {{ @top-left {{ content: "{number}"; }} @top-right {{ content: "{project}"; }} @bottom-left {{ content: "{use}"; }} }}
@page:first {{ margin: 20mm 21mm 18mm; @top-left {{ content: none; }} @top-right {{ content: none; }} }}
"""
_SHELL = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title></title><style>{style}</style>
<style id="margins"></style></head><body></body></html>"""
_FILL = """async ([title, margins, body]) => {
  document.title = title;
  document.getElementById("margins").textContent = margins;
  document.body.outerHTML = body;
  await Promise.all([...document.images].map(image => image.decode()));
}"""


class Chromium:
    """A browser with one page open, held through the DevTools protocol."""

    def __enter__(self) -> Self:
        self._held = ExitStack()
        folder = Path(self._held.enter_context(tempfile.TemporaryDirectory()))
        fonts = folder / "fonts.conf"
        fonts.write_text(_FONTS.format(fonts=asset_dir("fonts"), cache=folder / "cache"), "utf-8")
        driver = self._held.enter_context(sync_playwright())
        variables: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_FILE": str(fonts)}
        self._browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET.split(), env=variables)
        self._held.callback(self._browser.close)
        self._page = self._browser.new_page()
        self._protocol = self._page.context.new_cdp_session(self._page)
        self._page.set_content(_SHELL.format(style=_embedded(_style(), ORNAMENTS)))
        self._environment = environment(asset_dir("templates"), {})
        return self

    def __exit__(self, *_: object) -> None:
        """Close the browser and its driver."""
        self._held.close()

    def prepare(self, sample: Sample) -> Work:
        """Return filling the page and printing it; the HTML is written already, as our template writes it."""
        html, content = self.html(sample.content), sample.content
        body = html[html.index("<body") : html.index("</html>")]
        given = [f"{content.title} {content.number}", _margins(content), body]
        return lambda: self._printed(given)

    def html(self, content: Content) -> str:
        """Return what our template makes of a report, its drawings within it."""
        drawings = {**content.drawings()}

        def figure(chart: Chart) -> str:
            name = f"chart-{len(drawings)}.svg"
            drawings[name] = chart.svg
            return name

        values = {"c": content, "look": PACKAGED, "created": "", "figures": figure}
        return _embedded(rendered(self._environment, "report.html.j2", {}, **values), drawings)

    def _printed(self, given: list[str]) -> bytes:
        self._page.evaluate(_FILL, given)
        return b64decode(self._protocol.send("Page.printToPDF", _PRINT)["data"])

    def helpers(self) -> list[psutil.Process]:
        """Return the browser's processes and the driver's, which hands on what is said."""
        return psutil.Process().children(recursive=True)


class Anew(Chromium):
    """The same browser, given each document as it is: a page of its own, with its style sheet and the fonts that names."""

    def __enter__(self) -> Self:
        super().__enter__()
        self._folder = Path(self._held.enter_context(tempfile.TemporaryDirectory()))
        (self._folder / "fonts").symlink_to(asset_dir("fonts"))
        return self

    def prepare(self, sample: Sample) -> Work:
        """Return opening the document and printing it; it is written already."""
        style = font_face_css("fonts") + _embedded(_style(), ORNAMENTS) + _margins(sample.content)
        html = self.html(sample.content).replace("</head>", f"<style>{style}</style></head>")
        file = self._folder / f"{sample.content.number}.html"
        file.write_text(html, "utf-8")
        return lambda: self._opened(file)

    def _opened(self, file: Path) -> bytes:
        self._page.goto(file.as_uri())
        self._page.evaluate("document.fonts.ready.then(() => true)")
        return b64decode(self._protocol.send("Page.printToPDF", _PRINT)["data"])


def _style() -> str:
    return style_sheet(PACKAGED.tokens()) + _OWN_WAY


def _margins(content: Content) -> str:
    return _MARGINS.format(
        number=f"{content.title} {content.number}　{'样例' if content.sample else ''}",
        project=content.running_project,
        use=content.running_use,
    )


def _embedded(html: str, drawings: Mapping[str, str]) -> str:
    # The style sheet also names drawings of other documents: those no report has stay as they are, and unused.
    names = "|".join(map(re.escape, drawings))
    return re.sub(f"asset:figure/({names})", lambda match: _address(drawings[match[1]]), html)


def _address(svg: str) -> str:
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()
