"""Whether the pages that an office's templates made still say all that the document says, where it is seen.

Three questions. Does the HTML hold every statement of the content, and nothing that could run, fetch or paint
over? Is each of its texts laid out on a page, legible and free of pictures? Does every page bear whom it is for
and, where it must, 样例 and 草稿? Whatever is lacking is told by name (E0706).
This reads the laid-out boxes, which WeasyPrint keeps private, as `justification` does.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from weasyprint import Page
from weasyprint.formatting_structure import boxes

from reportgen.document.chart_style import Chart
from reportgen.document.content import Seal, strings
from reportgen.document.inks import contrast
from reportgen.document.own_look import TEMPLATES
from reportgen.document.statements import CONCLUSION, bare, named, statements
from reportgen.errors import Fault, ReportgenError

_ELEMENTS = re.compile(
    "html|head|meta|title|body|div|section|article|header|footer|main|aside|p|h[123]|span|b|strong|i|em|small|br|hr|"
    "su[pb]|[ou]l|li|dl|dt|dd|table|caption|colgroup|col|thead|tbody|tfoot|tr|th|td|img|a|figure|figcaption|blockquote"
)
_ATTRIBUTES = re.compile(
    r"class|id|lang|alt|scope|colspan|rowspan|name|content|charset|style|href|src|data-[a-z-]+"
)
_STYLE = re.compile(r"((width|height|margin(-\w+)?|padding(-\w+)?|text-align):\s*[\w.%]+(\s+[\w.%]+)*;?\s*)*")
_SEAL_STYLE = re.compile(r"(width|height|margin-top):.*")
_PICTURE = re.compile(r"asset:figure/[\w.-]+")
_SEAL, _QR = "asset:figure/seal.svg", "asset:figure/qr.svg"
_PX_PER_MM = 96 / 25.4
_SMALLEST_PX = 8.0
_LEAST_CONTRAST = 3.0
_LEAST_QR_MM = 20.0
_LEAST_SHARE = 0.6
_PAPER = (1.0, 1.0, 1.0)
_SHOWN = 30
# WeasyPrint has no types: its boxes and styles are anything.
_Box = Any
Rect = tuple[float, float, float, float]


def require_plain(root: Element, template: str, content: object) -> None:
    """Refuse HTML that lacks a statement of the content, or could run, fetch or hide; raises E0706."""
    body = next(root.iter("body"), root)
    said = bare("".join(body.itertext()))
    lacking = [f"缺少{named(path)}：{_cut(text)}" for path, text in statements(content) if text not in said]
    verdict = [text for path, text in statements(content) if path == CONCLUSION]
    lacking += [f"结论句没有单独成段：{text}" for text in verdict if text not in _alone(body)]
    alts = {image.get("alt", "") for image in root.iter("img")}
    lacking += [f"缺少图，或其替代文字不是：{_cut(alt)}" for alt in _alts(content) if alt not in alts]
    _refuse(template, [*_foreign(root, content), *lacking])


def require_whole(root: Element, pages: Sequence[Page], template: str, content: object) -> None:
    """Refuse pages that do not show what their HTML says, or that do not say whom they are for; raises E0706."""
    sheets = [_sheet(page) for page in pages]
    _refuse(
        template,
        [
            *_hidden(root, sheets),
            *_small(sheets, content),
            *_covered(sheets, content),
            *_unmarked(sheets, content),
        ],
    )


def _refuse(template: str, found: Iterable[str]) -> None:
    faults = [Fault("E0706", f"{TEMPLATES}/{template}", what) for what in dict.fromkeys(found)]
    if faults:
        raise ReportgenError("E0706", faults=faults)


def _alone(element: Element) -> Iterator[str]:
    """Yield the text of each element that stands outside all tables: in some a conclusion is only explained."""
    for child in element:
        if not callable(child.tag) and child.tag != "table":
            yield bare("".join(child.itertext()))
            yield from _alone(child)


def _foreign(root: Element, content: object) -> Iterator[str]:
    if not root.get("lang"):
        yield "html 没有 lang，读屏软件不知道用什么语言读"
    own = {text for _, text in strings(content)}
    for element in _elements(root):
        if not _ELEMENTS.fullmatch(element.tag):
            yield f"不接受元素 {element.tag.rpartition('}')[2]}"
        if element.tag == "img" and not element.get("alt"):
            yield f"图没有替代文字：{_cut(element.get('src', ''))}"
        for name, value in element.attrib.items():
            if not (_ATTRIBUTES.fullmatch(name) and _harmless(element, name, value, own)):
                yield f"元素 {element.tag} 的属性 {name} 不可用：{_cut(value)}"


def _elements(root: Element) -> Iterator[Element]:
    # A comment is an element whose tag is a function.
    return (element for element in root.iter() if not callable(element.tag))


def _harmless(element: Element, name: str, value: str, own: set[str]) -> bool:
    if name == "style":
        seal = element.tag == "img" and element.get("class") == "seal"
        return bool((_SEAL_STYLE if seal else _STYLE).fullmatch(value))
    if name == "src":
        return bool(_PICTURE.fullmatch(value))
    # An address leads somewhere only where the agency itself has printed it.
    return name != "href" or value.startswith("#") or value.removeprefix("mailto:") in own


def _alts(value: object) -> Iterator[str]:
    if isinstance(value, Chart | Seal):
        yield value.alt
    elif isinstance(value, tuple):
        for item in value:
            yield from _alts(item)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _alts(getattr(value, name))


@dataclass
class _Sheet:
    """What a page shows: letters by element, places of texts and pictures in px, and its head and foot."""

    width: float
    height: float
    letters: Counter[int] = field(default_factory=Counter)
    texts: list[tuple[Rect, str]] = field(default_factory=list)
    pictures: list[tuple[str, Rect]] = field(default_factory=list)
    margin: list[str] = field(default_factory=list)


def _sheet(page: Page) -> _Sheet:
    sheet = _Sheet(page.width, page.height)
    _look(page._page_box, sheet, _PAPER, margin=False)
    return sheet


def _look(box: _Box, sheet: _Sheet, paper: tuple[float, ...], *, margin: bool) -> None:
    box = getattr(box, "_box", box)
    margin = margin or isinstance(box, boxes.MarginBox)
    ground = box.style["background_color"]
    if ground.alpha:
        paper = tuple(ground.to("srgb").coordinates)
    if isinstance(box, boxes.TextBox):
        _read(box, sheet, paper, margin=margin)
    elif isinstance(box, boxes.ReplacedBox) and box.style["visibility"] == "visible":
        sheet.pictures.append((box.element.get("src", ""), _rect(box, box.width, box.height)))
    for child in getattr(box, "children", ()):
        _look(child, sheet, paper, margin=margin)


def _read(box: _Box, sheet: _Sheet, paper: tuple[float, ...], *, margin: bool) -> None:
    text = bare(box.text)
    rect = _rect(box, box.width, box.style["font_size"])
    ink = box.style["color"]
    legible = (
        box.style["visibility"] == "visible"
        and box.style["font_size"] >= _SMALLEST_PX
        and ink.alpha == 1
        and contrast(_hex(ink.to("srgb").coordinates), _hex(paper)) >= _LEAST_CONTRAST
        and rect[0] >= 0
        and rect[1] >= 0
        and rect[2] <= sheet.width + 1
        and rect[3] <= sheet.height + 1
    )
    if not (legible and text):
        return
    sheet.margin += [text] if margin else []
    # The numbers of the pages belong to no element; what a style sheet writes is not what its element says.
    if box.element is not None and "::" not in box.element_tag:
        sheet.letters[id(box.element)] += len(text)
        sheet.texts.append((rect, text))


def _rect(box: _Box, width: float, height: float) -> Rect:
    left, top = box.content_box_x(), box.content_box_y()
    return left, top, left + width, top + height


def _hex(coordinates: Iterable[float]) -> str:
    return "#" + "".join(f"{round(max(0.0, min(1.0, value)) * 255):02x}" for value in coordinates)


def _hidden(root: Element, sheets: Sequence[_Sheet]) -> Iterator[str]:
    shown: Counter[int] = Counter()
    for sheet in sheets:
        shown += sheet.letters
    for element in _elements(next(root.iter("body"), root)):
        text = bare((element.text or "") + "".join(child.tail or "" for child in element))
        if shown[id(element)] < len(text):
            yield f"版面上看不到，或太小、太淡、出了页面：{_cut(text)}"


def _small(sheets: Sequence[_Sheet], content: object) -> Iterator[str]:
    if getattr(content, "draft", False):
        # A draft bears neither.
        return
    seal = getattr(content, "seal", None)
    least = {_SEAL: seal.diameter_mm if seal else 0.0}
    if hasattr(content, "qr_svg"):
        least[_QR] = _LEAST_QR_MM
    for name, size in least.items():
        widest = max((r[2] - r[0] for s in sheets for n, r in s.pictures if n == name), default=0.0)
        if widest < size * _PX_PER_MM - 1:
            what = "印章" if name == _SEAL else "二维码"
            yield f"缺少{what}，或宽 {widest / _PX_PER_MM:.0f} mm，不足 {size:g} mm"


def _covered(sheets: Sequence[_Sheet], content: object) -> Iterator[str]:
    # The seal is put over the name and the date of whoever signs, and over nothing else.
    signed = bare(getattr(content, "agency", "") + getattr(content, "date_line", ""))
    for number, sheet in enumerate(sheets, 1):
        for name, rect in sheet.pictures:
            over = [text for place, text in sheet.texts if _meet(rect, place)]
            if [text for text in over if not (name == _SEAL and text in signed)]:
                yield f"第 {number} 页有图压在文字上：{name.rpartition('/')[2]}"


def _meet(one: Rect, two: Rect) -> bool:
    wide, high = min(one[2], two[2]) - max(one[0], two[0]), min(one[3], two[3]) - max(one[1], two[1])
    return wide > 1 and high > 1


def _unmarked(sheets: Sequence[_Sheet], content: object) -> Iterator[str]:
    running = {name: bare(getattr(content, name, "")) for name in ("running_use", "running_project")}
    marks = {
        word: word for flag, word in (("sample", "样例"), ("draft", "草稿")) if getattr(content, flag, False)
    }
    for number, sheet in enumerate(sheets, 1):
        margin = "".join(sheet.margin)
        # A cover has no head, and bears 样例 behind its text.
        every = {**running, **marks} if number > 1 else {"running_use": running["running_use"]}
        yield from (
            f"第 {number} 页的页眉页脚缺少{named(name) if name in running else name}"
            for name, text in every.items()
            if text not in margin
        )


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
