"""From content to PDF bytes: Jinja2, then WeasyPrint, with packaged assets only.

One `Typesetter` per process: it holds the parsed templates, the parsed style sheet and the loaded
fonts, which cost far more than one report. Nothing is ever fetched from a network or the file
system by a document: an address that is not one of its own assets ends the typesetting.
"""

import gc
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from xml.etree.ElementTree import fromstring

from weasyprint import CSS, HTML, Attachment, Document, cssselect2
from weasyprint.html import UA_COUNTER_STYLE
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from reportgen.document.chart_style import Chart
from reportgen.document.completeness import require_plain, require_whole
from reportgen.document.content import strings
from reportgen.document.finisher import finisher
from reportgen.document.glyphs import font_face_css, preflight
from reportgen.document.justification import justify
from reportgen.document.look import SHEETS, base_sheet, sheets_of, style_sheet
from reportgen.document.ornaments import ORNAMENTS
from reportgen.document.own_look import PACKAGED, OwnLook
from reportgen.document.own_templates import environment, rendered
from reportgen.document.tuned import tune
from reportgen.project.model import CHINA
from reportgen.settings import asset_dir

_SCHEME = "asset:"
_PICTURE = "data:image/png;base64,"
_LOOKS = 4
"""So many looks are held: a process serves one office, or a few."""


class Assets(URLFetcher):  # type: ignore[misc]
    """Serves `asset:fonts/…` from the package, `asset:own/…` (an office's fonts) and `asset:figure/…` from memory.

    Beside them a PNG within a drawing, and nothing else.
    """

    def __init__(self, look: OwnLook = PACKAGED) -> None:
        super().__init__(allowed_protocols=("asset",), allow_redirects=False, fail_on_errors=True)
        self.figures: dict[str, bytes] = {}
        self._own = {face.file: face.data for face in look.faces}

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
        if kind == "own" and name in self._own:
            return URLFetcherResponse(url, self._own[name])
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


class _Source(HTML):  # type: ignore[misc]
    """A document of our own templates: well-formed XML, whose few elements have a small style to begin with.

    WeasyPrint's reader of HTML and its style for all of HTML take a fifth of the time of a report.
    """

    plain = True
    """Its selectors see no more of an element than `tuned.cascade` looks at."""

    def __init__(self, text: str, base: CSS, fetcher: URLFetcher) -> None:
        self.base_url = "asset:"
        self.url_fetcher = fetcher
        self.media_type = "print"
        root = fromstring(text)  # noqa: S314 - set by our own templates
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element
        self._base = base

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return [self._base]


class Typesetter:
    """Lays out content with templates, style sheet and fonts loaded once, in the look of an office.

    Raises E0705 for a template of the office that cannot be used.
    """

    def __init__(self, templates: Path, look: OwnLook = PACKAGED) -> None:
        tune()
        self._look = look
        self._environment = environment(templates, look.templates)
        self._fonts = FontConfiguration()
        self._styles: dict[tuple[str, ...], CSS] = {}
        self._faces = self._css(font_face_css("asset:fonts") + look.css("asset:own"))
        self._base = self._css(base_sheet())
        self._sample = self._css(_SAMPLE_PAGE)

    def _css(self, text: str) -> CSS:
        # The names of list styles are those that WeasyPrint knows.
        assets = Assets(self._look)
        return CSS(string=text, font_config=self._fonts, url_fetcher=assets, counter_style=UA_COUNTER_STYLE)

    def _style(self, names: tuple[str, ...]) -> CSS:
        if names not in self._styles:
            self._styles[names] = self._css(style_sheet(self._look.tokens(), names))
        return self._styles[names]

    def document(
        self,
        template: str,
        content: Printable,
        at: datetime,
        identifier: str,
        enclosures: Sequence[Enclosure] = (),
    ) -> Typeset:
        """Return content laid out by a template of a name; equal arguments give equal bytes.

        `at` (local to Asia/Shanghai) is what the file says of its making. Raises E0701 (characters), and with
        templates of an office E0705 (faulty) and E0706 (they leave out what the document has to say).
        """
        preflight([*strings(content), ("look.header", self._look.header)])
        assets = Assets(self._look)
        assets.figures = {name: drawing.encode() for name, drawing in content.drawings().items()}
        assets.figures |= {name: self._look.dyed(drawing).encode() for name, drawing in ORNAMENTS.items()}
        if self._look.logo:
            assets.figures["logo.svg"] = self._look.logo.svg.encode()

        def figure(chart: Chart) -> str:
            name = f"chart-{len(assets.figures)}.svg"
            assets.figures[name] = self._look.dyed(chart.svg).encode()
            return name

        values = {"c": content, "look": self._look, "created": _moment(at), "figures": figure}
        html = rendered(self._environment, template, self._look.templates, **values)
        attached = [_attached(enclosure, at) for enclosure in enclosures]
        with _uncollected():
            return self._print(self._laid_out(html, assets, template, content), identifier.encode(), attached)

    def _laid_out(self, html: str, assets: Assets, template: str, content: Printable) -> Document:
        own = template in self._look.templates
        styles = [self._faces, self._style(SHEETS if own else sheets_of(template, html))]
        if content.sample:
            styles.append(self._sample)
        if not own:
            return _Source(html, self._base, assets).render(stylesheets=styles, font_config=self._fonts)
        source = HTML(string=html, url_fetcher=assets, base_url="asset:")
        require_plain(source.etree_element, template, content)
        document = source.render(stylesheets=styles, font_config=self._fonts)
        require_whole(source.etree_element, document.pages, template, content)
        return document

    def _print(self, document: Document, identifier: bytes, attachments: Sequence[Attachment]) -> Typeset:
        justify(document.pages)
        pdf = document.write_pdf(
            finisher=finisher,
            pdf_variant="pdf/a-3a",
            pdf_tags=True,
            pdf_identifier=identifier,
            attachments=attachments,
        )
        return Typeset(pdf, len(document.pages))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let no garbage be looked for while boxes are made by the hundred thousand, none of which is garbage yet."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


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


def typesetter(look: OwnLook = PACKAGED) -> Typesetter:
    """Return this process's typesetter for a look; raises E0705."""
    return _made(look)


@lru_cache(_LOOKS)
def _made(look: OwnLook) -> Typesetter:
    return Typesetter(asset_dir("templates"), look)


_SAMPLE_PAGE = "@page { background: url(asset:figure/watermark.svg) no-repeat center / 150mm 150mm; }"
