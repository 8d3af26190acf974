"""From content to PDF bytes: Jinja2, then WeasyPrint, with packaged assets only.

One `Typesetter` per process: it holds the parsed templates, the parsed style sheet and the loaded
fonts, which cost far more than one report. Nothing is ever fetched from a network or the file
system by a document: an address that is not one of its own assets ends the typesetting.
"""

import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from reportgen.document.chart_style import Chart
from reportgen.document.content import strings
from reportgen.document.finisher import finisher
from reportgen.document.glyphs import HEI, css_family, font_face_css, preflight
from reportgen.document.justification import justify
from reportgen.document.look import style_sheet
from reportgen.project.model import CHINA
from reportgen.settings import asset_dir

_SCHEME = "asset:"
_PICTURE = "data:image/png;base64,"
_WEB = re.compile(r"https://[A-Za-z0-9./:?=&%#~+_-]+")
_MAIL = re.compile(r"[A-Za-z0-9.+_-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class Assets(URLFetcher):  # type: ignore[misc]
    """Serves `asset:fonts/…` from the package, `asset:figure/…` from memory and a PNG within a drawing; nothing else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("asset",), allow_redirects=False, fail_on_errors=True)
        self.figures: dict[str, bytes] = {}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return an asset; raises FatalURLFetchingError for any other address."""
        if url.startswith(_PICTURE):
            return URLFetcherResponse(
                url, b64decode(url.removeprefix(_PICTURE)), {"Content-Type": "image/png"}
            )
        kind, _, name = url.removeprefix(_SCHEME).partition("/")
        if not url.startswith(_SCHEME) or Path(name).name != name:
            raise FatalURLFetchingError(f"refused: {url}")
        if kind == "figure" and name in self.figures:
            return URLFetcherResponse(url, self.figures[name], {"Content-Type": "image/svg+xml"})
        if kind == "fonts":
            return URLFetcherResponse(url, (asset_dir("fonts") / name).read_bytes())
        raise FatalURLFetchingError(f"refused: {url}")


@dataclass(frozen=True)
class Typeset:
    """A typeset document: its bytes and the number of its pages."""

    pdf: bytes
    pages: int


@dataclass(frozen=True)
class Enclosure:
    """A file attached to a document: its name, its bytes, and what it is."""

    name: str
    data: bytes
    description: str


class Printable(Protocol):
    """What a template lays out: plain data, and the SVG drawings it shows, by file name."""

    @property
    def sample(self) -> bool:
        """Say whether every page bears 样例."""

    def drawings(self) -> Mapping[str, str]:
        """Return the drawings that the template names, beside its charts."""


class Typesetter:
    """Lays out content with templates, style sheet and fonts loaded once."""

    def __init__(self, templates: Path) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(templates), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._environment.tests["web"] = _WEB.fullmatch
        self._environment.tests["mail"] = _MAIL.fullmatch
        self._fonts = FontConfiguration()
        style = font_face_css("asset:fonts") + style_sheet()
        self._style = CSS(string=style, font_config=self._fonts, url_fetcher=Assets())
        self._sample = CSS(string=_SAMPLE_PAGE, font_config=self._fonts, url_fetcher=Assets())

    def document(
        self,
        template: str,
        content: Printable,
        at: datetime,
        identifier: str,
        enclosures: Sequence[Enclosure] = (),
    ) -> Typeset:
        """Return content laid out by a template of a name; equal arguments give equal bytes.

        `at` (local to Asia/Shanghai) is what the file says of its making. Raises E0701 (characters).
        """
        preflight(strings(content))
        assets = Assets()
        assets.figures = {name: drawing.encode() for name, drawing in content.drawings().items()}
        assets.figures |= {"watermark.svg": _WATERMARK.encode(), "dot.svg": _DOT}

        def figure(chart: Chart) -> str:
            name = f"chart-{len(assets.figures)}.svg"
            assets.figures[name] = chart.svg.encode()
            return name

        page = self._environment.get_template(template)
        html = page.render(c=content, created=_moment(at), figures=figure)
        attached = [_attached(enclosure, at) for enclosure in enclosures]
        return self._print(html, assets, content.sample, identifier.encode(), attached)

    def _print(
        self, html: str, assets: Assets, sample: bool, identifier: bytes, attachments: Sequence[Attachment]
    ) -> Typeset:
        styles = [self._style, self._sample] if sample else [self._style]
        document = HTML(string=html, url_fetcher=assets, base_url="asset:").render(
            stylesheets=styles, font_config=self._fonts
        )
        justify(document.pages)
        pdf = document.write_pdf(
            finisher=finisher,
            pdf_variant="pdf/a-3a",
            pdf_tags=True,
            pdf_identifier=identifier,
            attachments=attachments,
        )
        return Typeset(pdf, len(document.pages))


def _attached(enclosure: Enclosure, at: datetime) -> Attachment:
    # WeasyPrint writes the dates as they are and says that they are UTC.
    utc = at.replace(tzinfo=CHINA).astimezone(UTC)
    return Attachment(
        string=enclosure.data,
        name=enclosure.name,
        description=enclosure.description,
        created=utc,
        modified=utc,
        relationship="Data",
    )


def _moment(value: datetime) -> str:
    return value.replace(tzinfo=CHINA).isoformat()


@cache
def typesetter() -> Typesetter:
    """Return this process's typesetter."""
    return Typesetter(asset_dir("templates"))


_SAMPLE_PAGE = "@page { background: url(asset:figure/watermark.svg) no-repeat center / 150mm 150mm; }"
# The leader of the table of contents, one dot a tile.
_DOT = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="4.05pt" height="6.3pt" viewBox="0 0 4.05 6.3">'
    b'<circle cx="2.02" cy="1.02" r="0.78" fill="#565e68"/></svg>'
)
_WATERMARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="150mm" height="150mm" viewBox="0 0 150 150">'
    f'<text x="75" y="92" font-family="{css_family(HEI)}" font-weight="700" font-size="50" text-anchor="middle" '
    'letter-spacing="8" fill="#b3261e" fill-opacity="0.055" transform="rotate(-32 75 75)">样例</text></svg>'
)
