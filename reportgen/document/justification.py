"""Justified Chinese lines (两端对齐): what WeasyPrint leaves ragged is spread evenly over a line's characters.

WeasyPrint stretches spaces only, and a Chinese line has none. Here the rest of each full line becomes letter
spacing, after the layout and before the drawing, so that no break moves. A closing mark at a line's end and an
opening mark at its start have half their width empty: they hang into the margin, and the ink stands flush.
This reads the laid-out boxes, which WeasyPrint keeps private: the lock pins its version and a test watches.
"""

from collections.abc import Iterable, Iterator

from weasyprint import Page
from weasyprint.formatting_structure import boxes

_TAGS = frozenset({"p", "li"})
_NARROWEST = 20
"""Lines of fewer ems stay ragged: in a narrow column the rest is too much for each character."""
_LOOSEST = 0.1
"""The widest spacing in ems; a line that needs more, before a long web address, stays ragged."""
_CLOSING = frozenset("，。、；：！？）】》」』〕”’")
_OPENING = frozenset("（【《「『〔“‘")


def justify(pages: Iterable[Page]) -> None:
    """Spread the full lines of all paragraphs and list items of laid-out pages to the width of their block."""
    blocks = [block for page in pages for block in _blocks(page._page_box)]
    # The last line of a paragraph stays as it is, which may stand on a later page than its first.
    last = {id(block.element): block for block in blocks}
    for block in blocks:
        lines = [child for child in block.children if isinstance(child, boxes.LineBox)]
        for line in lines[:-1] if last[id(block.element)] is block else lines:
            _spread(line, block)


def _blocks(box: boxes.Box) -> Iterator[boxes.Box]:
    for child in getattr(box, "children", ()):
        if isinstance(child, boxes.TableBox | boxes.MarginBox | boxes.LineBox):
            continue
        if child.element_tag in _TAGS and isinstance(child, boxes.BlockContainerBox):
            yield child
        yield from _blocks(child)


def _spread(line: boxes.Box, block: boxes.Box) -> None:
    em = block.style["font_size"]
    texts = [box for box in line.descendants() if isinstance(box, boxes.TextBox) and box.text.strip()]
    broken = any(str(box.element_tag).startswith("br") for box in line.descendants())
    ragged = block.style["text_align_all"] not in {"start", "left"} or block.width < _NARROWEST * em
    if broken or ragged or not texts:
        return
    first, end = texts[0].text.lstrip()[:1], texts[-1].text.rstrip()[-1:]
    lead = texts[0].style["font_size"] / 2 if first in _OPENING else 0
    trail = texts[-1].style["font_size"] / 2 if end in _CLOSING else 0
    right = texts[-1].position_x + texts[-1].width
    rest = block.content_box_x() + block.width - right + lead + trail
    spacing = rest / sum(len(box.text) for box in texts)
    if 0 < spacing <= _LOOSEST * em:
        _advance(line, -lead, spacing)


def _advance(box: boxes.Box, shift: float, spacing: float) -> float:
    """Move a box and space its characters; returns how far what follows it moves."""
    if isinstance(box, boxes.TextBox):
        box.position_x += shift
        box.style = box.style.copy()
        box.style["letter_spacing"] = spacing
        wider = spacing * len(box.text)
        box.width += wider
        return shift + wider
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        start = shift
        box.position_x += shift
        for child in box.children:
            shift = _advance(child, shift, spacing)
        box.width += shift - start
        return shift
    box.translate(shift, 0)
    return shift
