"""The text layer of a PDF as lines and tables with ruled cells, page by page.

This file is also run by itself, as a process with limits of its own (`reading`): it reads what strangers
made, imports nothing of the house, and writes what it found to standard output as JSON. Lengths in points,
y upwards. Only what can be seen is read: no invisible text, nothing outside the page.
"""

import ctypes
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

MOST_PAGES = 500
MOST_CHARACTERS = 2_000_000
CPU_SECONDS = 60
MEMORY = 2 << 30
UNREADABLE = "\ufffd"
"""Stands for a character whose text the file does not tell."""
_THIN = 3.0
"""A filled box that is no wider is a rule; a wider one is a background."""
_NEAR = 2.0
"""Rules that lie no further apart are one, and meet."""
_WIDE_GAP = 1.5
_DEEPEST = 8
_INVISIBLE = {3, 7}
_HIGH, _LOW, _LOW_END = 0xD800, 0xDC00, 0xE000
_Point = tuple[float, float]
_Matrix = tuple[float, float, float, float, float, float]
_SAME: _Matrix = (1, 0, 0, 1, 0, 0)


class UnfitError(Exception):
    """Why a PDF is not read, in Chinese."""


@dataclass(frozen=True)
class Glyph:
    """A character: its text, where its baseline begins, the middle and the height of its box."""

    text: str
    x: float
    y: float
    middle: _Point
    height: float
    right: float


@dataclass
class Rule:
    """A straight rule at `at`, from `low` to `high` along the other axis."""

    at: float
    low: float
    high: float

    def spans(self, place: float) -> bool:
        """Say whether the rule runs past a place of the other axis."""
        return self.low - _NEAR <= place <= self.high + _NEAR


@dataclass
class Cell:
    """A cell with its box and the characters in it."""

    left: float
    right: float
    low: float
    high: float
    glyphs: list[Glyph] = field(default_factory=list)


@dataclass
class Table:
    """Rows of cells, the topmost first; a cell that spans rows stands in each of them.

    A row may begin or end without a rule, where it goes on from or to another page.
    """

    high: float
    low: float
    rows: list[list[Cell]]
    begins: bool
    ends: bool


def pages_of(data: bytes) -> Iterator[dict[str, Any]]:
    """Yield each page: its `items` from the top and how many characters of it are `hidden`.

    An item is `["line", text]`, or `["table", rows, begins with a rule, ends with a rule]`.
    Raises UnfitError for what is no PDF, is locked, or has too many pages or characters.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise UnfitError(f"不是完好的 PDF，或设有密码（{error}）") from error
    try:
        if len(document) > MOST_PAGES:
            raise UnfitError(f"共 {len(document)} 页，至多 {MOST_PAGES} 页")
        left = MOST_CHARACTERS
        for number in range(len(document)):
            page, count = _page(document, number)
            left -= count
            if left < 0:
                raise UnfitError(f"文字过多，至多 {MOST_CHARACTERS} 字")
            yield page
    finally:
        document.close()


def _page(document: pypdfium2.PdfDocument, number: int) -> tuple[dict[str, Any], int]:
    try:
        page = document[number]
        text = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise UnfitError(f"第 {number + 1} 页已损坏（{error}）") from error
    count = text.count_chars()
    if count > MOST_CHARACTERS:
        return {}, count
    glyphs, hidden = _glyphs(text.raw, count, page.get_bbox())
    tables = _tables(*_rules(page.raw))
    return {"items": _items(glyphs, tables), "hidden": hidden}, count


def _glyphs(text: object, count: int, box: Sequence[float]) -> tuple[list[Glyph], int]:
    """Return the characters that can be seen, and how many cannot."""
    seen, hidden = [], 0
    for index in range(count):
        glyph = None if pdfium.FPDFText_IsGenerated(text, index) == 1 else _glyph(text, index)
        if glyph is None:
            continue
        inside = box[0] <= glyph.middle[0] <= box[2] and box[1] <= glyph.middle[1] <= box[3]
        if inside and _visible(text, index):
            seen.append(glyph)
        else:
            hidden += 1
    return seen, hidden


def _visible(text: object, index: int) -> bool:
    drawn = pdfium.FPDFText_GetTextObject(text, index)
    return not drawn or pdfium.FPDFTextObj_GetTextRenderMode(drawn) not in _INVISIBLE


def _glyph(text: object, index: int) -> Glyph | None:
    code = _code(text, index)
    if code is None:
        return None
    x, y, box = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF()
    placed = pdfium.FPDFText_GetCharOrigin(text, index, x, y)
    if not placed or not pdfium.FPDFText_GetLooseCharBox(text, index, box):
        return None
    broken = pdfium.FPDFText_HasUnicodeMapError(text, index) == 1 or not _is_character(code)
    middle = ((box.left + box.right) / 2, (box.bottom + box.top) / 2)
    letter = UNREADABLE if broken else chr(code)
    return Glyph(letter, x.value, y.value, middle, abs(box.top - box.bottom), box.right)


def _code(text: object, index: int) -> int | None:
    """Return the code point of a character, None for the second half of one that stands in two."""
    code: int = pdfium.FPDFText_GetUnicode(text, index)
    if _LOW <= code < _LOW_END and _HIGH <= pdfium.FPDFText_GetUnicode(text, index - 1) < _LOW:
        return None
    if _HIGH <= code < _LOW:
        low: int = pdfium.FPDFText_GetUnicode(text, index + 1)
        if _LOW <= low < _LOW_END:
            return 0x10000 + ((code - _HIGH) << 10) + low - _LOW
    return code


def _is_character(code: int) -> bool:
    return 0x20 <= code <= 0x10FFFF and not 0x7F <= code < 0xA0 and not _HIGH <= code < _LOW_END


def _rules(page: object) -> tuple[list[Rule], list[Rule]]:
    """Return the horizontal and the vertical rules of a page."""
    level: list[Rule] = []
    upright: list[Rule] = []
    count = pdfium.FPDFPage_CountObjects(page)
    drawn = [pdfium.FPDFPage_GetObject(page, index) for index in range(count)]
    for path, matrix in _paths(drawn, _SAME, 0):
        for start, end in _strokes(path, matrix):
            if abs(start[1] - end[1]) <= _NEAR / 2:
                level.append(Rule(start[1], *sorted((start[0], end[0]))))
            elif abs(start[0] - end[0]) <= _NEAR / 2:
                upright.append(Rule(start[0], *sorted((start[1], end[1]))))
    return _joined(level), _joined(upright)


def _paths(drawn: Sequence[object], matrix: _Matrix, depth: int) -> Iterator[tuple[object, _Matrix]]:
    for item in drawn:
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            yield item, _within(_matrix(item), matrix)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            count = max(pdfium.FPDFFormObj_CountObjects(item), 0)
            inner = [pdfium.FPDFFormObj_GetObject(item, index) for index in range(count)]
            yield from _paths(inner, _within(_matrix(item), matrix), depth + 1)


def _matrix(item: object) -> _Matrix:
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, found):
        return _SAME
    return found.a, found.b, found.c, found.d, found.e, found.f


def _within(inner: _Matrix, outer: _Matrix) -> _Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _strokes(path: object, matrix: _Matrix) -> Iterator[tuple[_Point, _Point]]:
    """Yield the straight lines of a path: all of a stroked one, of a filled one those of thin boxes."""
    filled, stroked = ctypes.c_int(), pdfium.FPDF_BOOL()
    pdfium.FPDFPath_GetDrawMode(path, filled, stroked)
    for outline in _outlines(path, matrix):
        width = max(x for x, _ in outline) - min(x for x, _ in outline)
        height = max(y for _, y in outline) - min(y for _, y in outline)
        if stroked.value or (filled.value and min(width, height) <= _THIN):
            yield from pairwise(outline)


def _outlines(path: object, matrix: _Matrix) -> Iterator[list[_Point]]:
    a, b, c, d, e, f = matrix
    outline: list[_Point] = []
    for index in range(max(pdfium.FPDFPath_CountSegments(path), 0)):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        x, y = ctypes.c_float(), ctypes.c_float()
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO and outline:
            yield outline
            outline = []
        outline.append((a * x.value + c * y.value + e, b * x.value + d * y.value + f))
        if pdfium.FPDFPathSegment_GetClose(segment):
            outline.append(outline[0])
    if outline:
        yield outline


def _joined(rules: list[Rule]) -> list[Rule]:
    """Return the rules with those on one line and near each other joined, by their place."""
    lines: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if lines and rule.at - lines[-1][0].at <= _NEAR:
            lines[-1].append(rule)
        else:
            lines.append([rule])
    return [joined for line in lines for joined in _run_together(line)]


def _run_together(line: list[Rule]) -> list[Rule]:
    joined: list[Rule] = []
    for rule in sorted(line, key=lambda rule: rule.low):
        if joined and rule.low <= joined[-1].high + _THIN:
            joined[-1].high = max(joined[-1].high, rule.high)
        else:
            joined.append(Rule(line[0].at, rule.low, rule.high))
    return [rule for rule in joined if rule.high - rule.low > _THIN]


def _tables(level: list[Rule], upright: list[Rule]) -> list[Table]:
    return [table for group in _meeting(level, upright) if (table := _table(*group)).rows]


def _meeting(level: list[Rule], upright: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Return the rules in groups that meet each other."""
    rules = [*level, *upright]
    group = list(range(len(rules)))

    def root(index: int) -> int:
        while group[index] != index:
            group[index] = group[group[index]]
            index = group[index]
        return index

    for i, flat in enumerate(level):
        for j, tall in enumerate(upright, len(level)):
            if flat.spans(tall.at) and tall.spans(flat.at):
                group[root(i)] = root(j)
    found: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for index, rule in enumerate(rules):
        found.setdefault(root(index), ([], []))[index >= len(level)].append(rule)
    return list(found.values())


def _table(level: list[Rule], upright: list[Rule]) -> Table:
    # A row that goes on overleaf has no rule below it: its upright rules say where it ends.
    ends = [end for rule in upright for end in (rule.low, rule.high)]
    heights = _apart(sorted([*(rule.at for rule in level), *ends], reverse=True))
    rows: list[list[Cell]] = []
    for high, low in pairwise(heights):
        if row := _row(high, low, level, upright, rows[-1] if rows else []):
            rows.append(row)
    top, bottom = (heights[0], heights[-1]) if heights else (0.0, 0.0)
    begins, closes = (any(abs(rule.at - edge) <= _NEAR for rule in level) for edge in (top, bottom))
    return Table(top, bottom, rows, begins, closes)


def _apart(places: list[float]) -> list[float]:
    kept: list[float] = []
    for place in places:
        if not kept or abs(kept[-1] - place) > _NEAR:
            kept.append(place)
    return kept


def _row(high: float, low: float, level: list[Rule], upright: list[Rule], above: list[Cell]) -> list[Cell]:
    middle = (high + low) / 2
    bounds = _apart(sorted(rule.at for rule in upright if rule.low < middle < rule.high))
    tops = [rule for rule in level if abs(rule.at - high) <= _NEAR]
    over = {(cell.left, cell.right): cell for cell in above}
    row = []
    for left, right in pairwise(bounds):
        spanning = over.get((left, right))
        if spanning is None or any(rule.spans((left + right) / 2) for rule in tops):
            row.append(Cell(left, right, low, high))
        else:
            spanning.low = low
            row.append(spanning)
    return row


def _items(glyphs: list[Glyph], tables: list[Table]) -> list[list[object]]:
    """Return the lines and tables of a page from the top."""
    loose: list[Glyph] = []
    for glyph in glyphs:
        cell = _cell(glyph.middle, tables)
        (loose if cell is None else cell.glyphs).append(glyph)
    placed: list[tuple[float, list[object]]] = [
        (table.high, ["table", _texts(table), table.begins, table.ends]) for table in tables
    ]
    placed += [(line[0].y, ["line", _spaced(line)]) for line in _lines(loose)]
    return [item for _, item in sorted(placed, key=lambda item: -item[0])]


def _texts(table: Table) -> list[list[str]]:
    return [[_text(cell.glyphs) for cell in row] for row in table.rows]


def _cell(point: _Point, tables: list[Table]) -> Cell | None:
    x, y = point
    for table in tables:
        if table.low <= y <= table.high:
            for row in table.rows:
                for cell in row:
                    if cell.left <= x <= cell.right and cell.low <= y <= cell.high:
                        return cell
    return None


def _lines(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """Return the characters in lines from the top, each from the left."""
    lines: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: -glyph.y):
        if lines and lines[-1][0].y - glyph.y <= max(glyph.height, 1) / 3:
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return [sorted(line, key=lambda glyph: glyph.x) for line in lines]


def _text(glyphs: list[Glyph]) -> str:
    # A cell wraps anywhere in Chinese: lines are put together without a blank.
    return "".join(_spaced(line) for line in _lines(glyphs))


def _spaced(line: list[Glyph]) -> str:
    text = line[0].text
    for before, glyph in pairwise(line):
        gap = glyph.x - before.right
        text += "\u3000" * (gap > _WIDE_GAP * glyph.height) + glyph.text
    return text.strip()


def _limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _main() -> None:
    _limit()
    try:
        told: dict[str, object] = {"pages": list(pages_of(sys.stdin.buffer.read()))}
    except UnfitError as error:
        told = {"unfit": str(error)}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    _main()
