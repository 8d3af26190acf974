"""What is wrong with the pages of a finished PDF, read from its glyphs and its structure tree.

The typesetter tags each page's part of a paragraph or table as an element of its own. So a paragraph that runs
on is the last element of one page and the first of the next, and a table that runs on begins with its head.
The seal over the date line is the one overlap that is wanted.
"""

import ctypes
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from pypdfium2 import raw

_MM = 72 / 25.4
_SIDE, _TOP, _FOOT = 15 * _MM, 6 * _MM, 5 * _MM
"""Nearer to the page's edges nothing is printed: many printers cannot."""
_WATERMARK = 60.0
"""A glyph higher than this, in pt, is part of the watermark."""
_TOUCH = 0.6
"""So much of two boxes, in pt each way, may be common: strokes of neighbours touch."""
_SEAL = "章"
_LEAST = 50
"""Name of the agency and date have fewer characters than this."""
_CELLS = {"/TH", "/TD"}
_TEXTS = {"/P", "/LI", "/H1", "/H2", *_CELLS}
_ENDS = re.compile("[。；：！？…”）)】.]$")


@dataclass(frozen=True)
class Glyph:
    """A character where it stands: its box and its baseline, in pt from the left and from the foot."""

    text: str
    left: float
    foot: float
    right: float
    top: float
    base: float
    size: float
    mark: int

    def over(self, other: "Glyph") -> bool:
        """Say whether two glyphs stand on the same spot; kerned neighbours on a line may lean into each other."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.top, other.top) - max(self.foot, other.foot)
        on_a_line = abs(self.base - other.base) < _TOUCH
        # One glyph may stand for two characters, as in ff.
        if on_a_line and (self.left == other.left or abs(self.left - other.left) > self.size / 6):
            return False
        return wide > _TOUCH and high > _TOUCH


@dataclass
class Element:
    """A paragraph, head, cell, row, table or figure of one page, with the elements within it."""

    kind: str
    page: int
    alt: str = ""
    box: tuple[float, ...] = ()
    glyphs: list[Glyph] = field(default_factory=list)
    below: list["Element"] = field(default_factory=list)

    def all(self, *kinds: str) -> Iterator["Element"]:
        """Yield the elements of some kinds within this one, in reading order."""
        for item in self.below:
            if item.kind in kinds:
                yield item
            yield from item.all(*kinds)

    def printed(self) -> list[Glyph]:
        """Return every glyph within the element."""
        return [*self.glyphs, *(glyph for item in self.below for glyph in item.printed())]

    def text(self) -> str:
        """Return what is printed, without white space."""
        return "".join(glyph.text for glyph in self.printed()).strip()

    def lines(self) -> int:
        """Return on how many lines the text stands; small type on a line is no line of its own."""
        bases = sorted({round(glyph.base) for glyph in self.printed()})
        return bool(bases) + sum(after - before > 4 for before, after in pairwise(bases))


@dataclass
class Sheet:
    """A page: its size in pt, its glyphs, and what its structure holds in reading order."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph]
    figures: list[Element]
    tables: list[Element]
    leaves: list[Element]

    @property
    def right(self) -> float:
        """Return how far to the right the page is printed, in pt."""
        return max((glyph.right for glyph in self.glyphs), default=0.0)


def findings(path: Path) -> list[str]:
    """Return every fault of the pages, each with its page and its text; about half a second for twenty pages."""
    sheets = read(path)
    found = [fault for sheet in sheets for check in _OF_A_SHEET for fault in check(sheet)]
    found += [fault for one, two in pairwise(sheets) for fault in _between(one, two)]
    return found + list(_conclusion(sheets))


def read(path: Path) -> list[Sheet]:
    """Return the pages of a file."""
    document = pypdfium2.PdfDocument(path)
    try:
        sheets = [_sheet(document[index], index + 1) for index in range(len(document))]
    finally:
        document.close()
    with pikepdf.open(path) as pdf:
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        marked = [_by_mark(sheet) for sheet in sheets]
        top = pdf.Root.StructTreeRoot.K
        for root in top if isinstance(top, pikepdf.Array) else [top]:
            _sort(_element(root, pages, marked), sheets)
    return sheets


def _by_mark(sheet: Sheet) -> dict[int, list[Glyph]]:
    marks: dict[int, list[Glyph]] = defaultdict(list)
    for glyph in sheet.glyphs:
        marks[glyph.mark].append(glyph)
    return marks


def _sheet(page: Any, number: int) -> Sheet:
    reading = page.get_textpage()
    try:
        glyphs = [glyph for index in range(reading.count_chars()) if (glyph := _glyph(reading, index))]
        width, height = page.get_size()
        return Sheet(number, width, height, glyphs, [], [], [])
    finally:
        reading.close()
        page.close()


def _glyph(reading: Any, index: int) -> Glyph | None:
    code = raw.FPDFText_GetUnicode(reading, index)
    if code <= ord(" ") or raw.FPDFText_IsGenerated(reading, index):
        return None
    left, right, foot, top, x, y = (ctypes.c_double() for _ in range(6))
    raw.FPDFText_GetCharBox(reading, index, left, right, foot, top)
    raw.FPDFText_GetCharOrigin(reading, index, x, y)
    if top.value - foot.value > _WATERMARK:
        return None
    loose = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(reading, index, loose)
    owner = raw.FPDFText_GetTextObject(reading, index)
    mark = raw.FPDFPageObj_GetMarkedContentID(owner)
    box = left.value, foot.value, right.value, top.value
    return Glyph(chr(code), *box, y.value, round(loose.top - loose.bottom, 1), mark)


def _element(item: Any, pages: Any, marked: list[dict[int, list[Glyph]]]) -> Element:
    page = pages[item.Pg.objgen] if "/Pg" in item else -1
    made = Element(str(item.S), page, str(item.get("/Alt", "")))
    if made.kind == "/Figure":
        made.box = tuple(float(length) for length in list(item.A.BBox))
    kids = item.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            made.below.append(_element(kid, pages, marked))
        elif isinstance(kid, int):
            made.glyphs += marked[page].get(kid, [])
        elif kid.get("/Type") == "/MCR":
            made.glyphs += marked[pages[kid.Pg.objgen]].get(int(kid.MCID), [])
    if made.page < 0:
        made.page = next((below.page for below in made.below if below.page >= 0), -1)
    return made


def _sort(top: Element, sheets: list[Sheet]) -> None:
    for item in top.below:
        if item.page < 0:
            continue
        sheet = sheets[item.page]
        if item.kind == "/Table":
            sheet.tables.append(item)
        if item.kind == "/Figure":
            sheet.figures.append(item)
        if item.kind == "/Figure" or (item.kind in _TEXTS and item.printed()):
            sheet.leaves.append(item)
        else:
            _sort(item, sheets)


def _off_the_page(sheet: Sheet) -> Iterator[str]:
    out = [
        glyph.text
        for glyph in sheet.glyphs
        if glyph.left < _SIDE
        or glyph.right > sheet.width - _SIDE
        or glyph.foot < _FOOT
        or glyph.top > sheet.height - _TOP
    ]
    if out:
        yield f"第 {sheet.number} 页 文字出了版心：{''.join(out)[:40]}"


def _out_of_figure(sheet: Sheet) -> Iterator[str]:
    drawn = [glyph for figure in sheet.figures for glyph in figure.glyphs if not _within(glyph, figure)]
    # In no element are heads and feet of the page, which stand above and below the text, and drawings in drawings.
    owned = {id(glyph): glyph.base for leaf in sheet.leaves for glyph in leaf.printed()}
    lowest, highest = min(owned.values(), default=0.0), max(owned.values(), default=0.0)
    loose = [g for g in sheet.glyphs if id(g) not in owned and lowest <= g.base <= highest]
    drawn += [glyph for glyph in loose if not any(_within(glyph, figure) for figure in sheet.figures)]
    if drawn:
        yield f"第 {sheet.number} 页 文字出了图或页边：{''.join(glyph.text for glyph in drawn)[:40]}"


def _within(glyph: Glyph, figure: Element) -> bool:
    left, foot, right, top = figure.box
    across = left - 1 <= glyph.left and glyph.right <= right + 1
    return across and foot - 1 <= glyph.foot and glyph.top <= top + 1


def _over_each_other(sheet: Sheet) -> Iterator[str]:
    seals = {id(glyph) for figure in sheet.figures if _SEAL in figure.alt for glyph in _drawn(sheet, figure)}
    bands: dict[int, list[Glyph]] = defaultdict(list)
    for glyph in sheet.glyphs:
        if id(glyph) not in seals:
            for band in range(int(glyph.foot // 8), int(glyph.top // 8) + 1):
                bands[band].append(glyph)
    met = {key: text for band in bands.values() for key, text in _met(band)}
    if met:
        yield f"第 {sheet.number} 页 文字相叠 {len(met)} 处：{' '.join(met.values())[:40]}"


def _met(band: list[Glyph]) -> Iterator[tuple[tuple[int, int], str]]:
    band.sort(key=lambda glyph: glyph.left)
    for index, one in enumerate(band):
        for two in band[index + 1 :]:
            if two.left > one.right:
                break
            if one.over(two):
                yield (id(one), id(two)), one.text + two.text


def _drawn(sheet: Sheet, figure: Element) -> list[Glyph]:
    return figure.glyphs + [glyph for glyph in sheet.glyphs if glyph.mark < 0 and _within(glyph, figure)]


def _out_of_column(sheet: Sheet) -> Iterator[str]:
    for table in sheet.tables:
        rows = [list(row.all(*_CELLS)) for row in table.all("/TR")]
        most = max((len(row) for row in rows), default=0)
        whole = [row for row in rows if len(row) == most]
        edges = [
            (
                min((g.left for cell in column for g in cell.printed()), default=0.0),
                max((g.right for cell in column for g in cell.printed()), default=0.0),
            )
            for column in zip(*whole, strict=True)
        ]
        for (_, right), (left, _) in pairwise(edge for edge in edges if edge != (0.0, 0.0)):
            if right > left:
                yield f"第 {sheet.number} 页 单元格文字伸入邻列：{table.text()[:40]}"


def _empty(sheet: Sheet) -> Iterator[str]:
    if not sheet.leaves:
        yield f"第 {sheet.number} 页 没有正文"


def _signature_alone(sheet: Sheet) -> Iterator[str]:
    # Whoever finds a seal on an empty page can put any text before it.
    said = sum(len(leaf.text()) for leaf in sheet.leaves)
    if said < _LEAST and any(_SEAL in figure.alt for figure in sheet.figures):
        yield f"第 {sheet.number} 页 印章之前没有正文"


def _heads_alone(sheet: Sheet) -> Iterator[str]:
    if sheet.leaves and sheet.leaves[-1].kind in {"/H1", "/H2"}:
        yield f"第 {sheet.number} 页 标题在页末：{sheet.leaves[-1].text()[:40]}"
    for table in sheet.tables:
        rows = [row for body in table.all("/TBody") for row in body.all("/TR") if row.printed()]
        if not rows:
            yield f"第 {sheet.number} 页 表头之下没有一行：{table.text()[:40]}"


_OF_A_SHEET = (
    _off_the_page,
    _out_of_figure,
    _over_each_other,
    _out_of_column,
    _empty,
    _signature_alone,
    _heads_alone,
)


def _between(one: Sheet, two: Sheet) -> Iterator[str]:
    if not (one.leaves and two.leaves):
        return
    last, first = one.leaves[-1], two.leaves[0]
    if last.kind in {"/P", "/H2"} and first.kind in {*_CELLS, "/Figure"}:
        yield f"第 {one.number} 页 表题或图题在页末：{last.text()[:40]}"
    if _runs_on(one, last, first) and min(last.lines(), first.lines()) < 2:
        yield f"第 {two.number} 页 段落只有一行落单：{first.text()[:40]}"
    if last.kind in _CELLS and first.kind in _CELLS:
        yield from _split_row(two)


def _conclusion(sheets: list[Sheet]) -> Iterator[str]:
    heads = {leaf.text(): leaf.page + 1 for sheet in sheets for leaf in sheet.leaves if leaf.kind == "/H1"}
    first, last = heads.get("1结论", 0), heads.get("2项目要求对照", 1)
    if last - first != 1:
        yield f"第 {first} 页 结论不止一页"


def _runs_on(sheet: Sheet, last: Element, first: Element) -> bool:
    """Say whether an element is the rest of the one before: its type is the same, and that ends in a full line."""
    if last.kind != first.kind or last.kind not in {"/P", "/LI"} or _ENDS.search(last.text()):
        return False
    end, start = last.printed()[-1], first.printed()[0]
    return end.size == start.size and end.right > sheet.right - 2 * end.size


def _split_row(sheet: Sheet) -> Iterator[str]:
    # Every cell prints something; of a row that was split, a short cell has nothing left for the next page.
    rows = [row for body in sheet.tables[0].all("/TBody") for row in body.all("/TR")]
    if rows and not all(cell.printed() for cell in rows[0].all(*_CELLS)):
        yield f"第 {sheet.number} 页 一行分在两页：{rows[0].text()[:40]}"
