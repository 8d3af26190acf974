"""Drawing text: a text shaped once in a face is drawn again from what came of it.

WeasyPrint shapes each text anew to draw it, and writes a number after each letter even where that is nothing.
"""

from struct import Struct
from typing import NamedTuple

from weasyprint.draw import text as drawn
from weasyprint.text.ffi import FROM_UNITS, ffi, pango

from reportgen.document.tuned.texts import Memory, face, memory
from reportgen.document.tuned.untyped import Untyped

original = drawn.draw_first_line
_GLYPH = Struct("IiiiI")
"""PangoGlyphInfo: glyph, width, offsets to the right and up, flags."""
_EMPTY, _UNKNOWN = 0x0FFFFFFF, 0x10000000


class Glyph(NamedTuple):
    """A glyph of a shaped text: its number in the font, its advance and its offsets in Pango's units."""

    code: int
    width: int
    right: int
    up: int


class Run(NamedTuple):
    """Glyphs of one font: what to show, and what each glyph means and how wide it is in thousandths."""

    font: Untyped
    shown: str
    meanings: dict[int, str]
    widths: dict[int, int]


def draw_first_line(
    stream: Untyped, box: Untyped, text_overflow: str, block_ellipsis: Untyped, matrix: Untyped
) -> list[Untyped]:
    """Draw the text of a box to a stream, from memory where it holds the text; return its emojis."""
    style, layout = box.style, box.pango_layout
    if (
        text_overflow == "ellipsis"
        or block_ellipsis != "none"
        or style["font_size"] < 1
        or not box.text.strip()
    ):
        return list(original(stream, box, text_overflow, block_ellipsis, matrix))
    held, key = memory(style), (layout.text, face(style), layout.justification_spacing)
    runs = held.runs.get(key)
    if runs is None:
        runs = held.remember(held.runs, key, _shaped(stream, layout, held) or ())
    if not runs:
        return list(original(stream, box, text_overflow, block_ellipsis, matrix))
    stream.set_text_matrix(*matrix.values)
    for run in runs:
        font, size = _font(stream, run.font, held)
        stream.set_font_size(font.hash, size)
        _enter(font, run)
        stream.show_text(run.shown)
    return []


def _font(stream: Untyped, pango_font: Untyped, held: Memory) -> tuple[Untyped, float]:
    """Return the font of a document and its size; what it is called costs more to find than to keep."""
    known = held.fonts.get(pango_font)
    if known is not None and known[0] in stream._fonts:
        return stream._fonts[known[0]], known[1]
    font, size = stream.add_font(pango_font)
    key = next(key for key, value in stream._fonts.items() if value is font)
    held.fonts[pango_font] = (key, size)
    return font, size


def _enter(font: Untyped, run: Run) -> None:
    seen = font.__dict__.setdefault("_seen", set())
    if id(run) in seen:
        return
    seen.add(id(run))
    for glyph, meaning in run.meanings.items():
        font.to_unicode.setdefault(glyph, meaning)
    for glyph, width in run.widths.items():
        font.widths.setdefault(glyph, width)


def _shaped(stream: Untyped, layout: Untyped, held: Memory) -> list[Run] | None:
    """Return the runs of a line; None where there is more to draw than glyphs of our fonts on the line."""
    pango.pango_layout_set_single_paragraph_mode(layout.layout, True)
    line, _ = layout.get_first_line()
    text, runs, left = layout.text.encode(), [], line.runs[0]
    while left != ffi.NULL:
        # A font lives as long as a layout that has it, and what is remembered of it longer.
        held.kept.setdefault(left.data.item.analysis.font, layout.layout)
        run = _run(stream, left.data, text, held)
        if run is None:
            return None
        runs.append(run)
        left = left.next
    return _joined(runs)


def _joined(runs: list[Run]) -> list[Run]:
    joined: list[Run] = []
    for run in runs:
        last = joined[-1] if joined else None
        if last is not None and last.font == run.font:
            joined[-1] = Run(
                run.font,
                last.shown + run.shown,
                last.meanings | run.meanings,
                last.widths | run.widths,
            )
        else:
            joined.append(run)
    return joined


def _run(stream: Untyped, item: Untyped, text: bytes, held: Memory) -> Run | None:
    pango_font, count = item.item.analysis.font, item.glyphs.num_glyphs
    font, size = _font(stream, pango_font, held)
    data = ffi.buffer(item.glyphs.glyphs, count * _GLYPH.size)
    glyphs = [Glyph(*numbers[:-1]) for numbers in _GLYPH.iter_unpack(data)]
    ours = not (font.bitmap or font.svg or font.png or font.colr or item.item.analysis.level % 2)
    if not ours or any(glyph.up or (glyph.code & _UNKNOWN) for glyph in glyphs):
        return None
    meanings = _meanings(item, glyphs, text)
    widths = {code: _width(stream, pango_font, code, size) for code in meanings}
    shown = "<" + "".join(_shown(glyph, size, widths) for glyph in glyphs)
    # A bracket that holds no glyph is taken back.
    shown = shown[:-1] if shown.endswith("<") else f"{shown}>"
    return Run(pango_font, shown, meanings, widths)


def _meanings(item: Untyped, glyphs: list[Glyph], text: bytes) -> dict[int, str]:
    """Return what the first of each glyph stands for in a text in UTF-8."""
    starts = [*ffi.unpack(item.glyphs.log_clusters, len(glyphs)), item.item.length]
    begin, meanings = item.item.offset, dict[int, str]()
    for place, glyph in enumerate(glyphs):
        if glyph.code != _EMPTY and glyph.code not in meanings:
            meanings[glyph.code] = text[begin + starts[place] : begin + starts[place + 1]].decode()
    return meanings


def _shown(glyph: Glyph, size: float, widths: dict[int, int]) -> str:
    """Return a glyph as a text array holds it, with what it stands off its place before it and after it."""
    if glyph.code == _EMPTY:
        return f">{-glyph.width / size}<"
    offset = glyph.right / size
    kerning = widths[glyph.code] + offset - glyph.width * 1000 * FROM_UNITS / size
    before = f">{-offset}<" if offset else ""
    return f"{before}{glyph.code:04x}{f'>{int(kerning)}<' if kerning else ''}"


def _width(stream: Untyped, pango_font: Untyped, glyph: int, size: float) -> int:
    pango.pango_font_get_glyph_extents(pango_font, glyph, stream.ink_rect, stream.logical_rect)
    width: float = stream.logical_rect.width * 1000 * FROM_UNITS / size
    return round(width)
