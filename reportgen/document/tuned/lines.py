"""Lines of one text, and table cells that hold nothing else: most of what a report lays out.

Nothing can float into them, stand on a base line of its own or be broken off but the text itself, so the general
way, which looks for all of that in every line, is left to the others.
"""

from collections.abc import Iterator

from weasyprint.formatting_structure.boxes import InlineBox, LineBox, TableCellBox, TextBox
from weasyprint.layout import block, inline

from reportgen.document.tuned.untyped import Untyped

next_line, container = inline.get_next_linebox, block.block_container_layout
_ROUNDING = 1 + 1e-9
"""What WeasyPrint adds to a width, which may be one that Pango gave with a little lost."""


def get_next_linebox(
    context: Untyped,
    linebox: Untyped,
    position_y: float,
    bottom_space: float,
    skip_stack: Untyped,
    containing_block: Untyped,
    *others: Untyped,
) -> tuple[Untyped, Untyped]:
    """Return the next line of a line box, and where to go on."""
    _, _, first_letter_style, first_line_style = others
    if not (first_letter_style or first_line_style) and _one_text(context, linebox, containing_block):
        found = _line(context, linebox, position_y, skip_stack, containing_block)
        if found is not None:
            return found
    line, resume_at = next_line(
        context, linebox, position_y, bottom_space, skip_stack, containing_block, *others
    )
    return line, resume_at


def _one_text(context: Untyped, linebox: Untyped, containing_block: Untyped) -> bool:
    return (
        len(linebox.children) == 1
        and linebox.children[0].__class__ is TextBox
        and linebox.children[0].style["vertical_align"] == "baseline"
        and not context.excluded_shapes
        and containing_block.style["direction"] == "ltr"
    )


def _line(
    context: Untyped, linebox: Untyped, position_y: float, skip_stack: Untyped, containing_block: Untyped
) -> tuple[Untyped, Untyped] | None:
    """Return the next line of a text; None where nothing of it would be seen."""
    skip_stack = inline.skip_first_whitespace(linebox, skip_stack)
    if skip_stack == "continue":
        return None, None
    left = containing_block.content_box_x()
    width = left + containing_block.width - left
    text = linebox.children[0]
    linebox.position_x, linebox.position_y = left, position_y
    linebox.width = linebox.height = 0
    text.position_x, text.position_y = left + linebox.text_indent, position_y
    inline.resolve_percentages(text, containing_block)
    skip = next(iter(skip_stack[0])) if skip_stack else 0
    room = (left + width) * _ROUNDING - text.position_x
    box, resume, broken = inline.split_text_box(context, text, room, skip)
    if box is None or not box.text.strip(" "):
        return None
    line = linebox.copy_with_children([box])
    line.remove_decoration(start=skip_stack is not None, end=resume is not None)
    line.width = box.position_x + box.margin_width() - line.content_box_x()
    inline._adjust_line_height(line)
    inline.remove_last_whitespace(context, line)
    offset = inline.text_align(context, line, width, last=resume is None or broken)
    _stand(line, box, offset, position_y)
    return line, None if resume is None else {0: {resume: None}}


def _stand(line: Untyped, box: Untyped, offset: float, position_y: float) -> None:
    """Set a line and its text on the base line they share."""
    box.position_y = -box.baseline
    top, bottom = -line.baseline, -line.baseline + line.margin_height()
    top, bottom = min(top, box.position_y), max(bottom, box.position_y + box.margin_height())
    line.baseline, line.position_y, line.height = -top, top, bottom - top
    line.margin_top = line.margin_bottom = 0
    line.translate(offset, position_y - top)
    line.position_y = position_y


def block_container_layout(
    context: Untyped,
    box: Untyped,
    bottom_space: float,
    skip_stack: Untyped,
    *others: Untyped,
    **named: Untyped,
) -> tuple[Untyped, ...]:
    """Lay out a block container."""
    if box.__class__ is TableCellBox and skip_stack is None and _one_line_box(box) and not context.footnotes:
        cell = _cell(context, box, bottom_space)
        if cell is not None:
            return cell, None, {"break": "any", "page": None}, [], False, None
    found: tuple[Untyped, ...] = container(context, box, bottom_space, skip_stack, *others, **named)
    return found


def _one_line_box(cell: Untyped) -> bool:
    style, children = cell.style, cell.children
    return (
        len(children) == 1
        and isinstance(children[0], LineBox)
        and all(map(_flows, children[0].children))
        and cell.height == "auto"
        and style["position"] == "static"
        and style["max_lines"] == "none"
        and cell.first_letter_style is None
        and cell.first_line_style is None
    )


def _flows(box: Untyped) -> bool:
    return box.__class__ is TextBox or (
        box.__class__ is InlineBox
        and box.is_in_normal_flow()
        and all(child.__class__ is TextBox for child in box.children)
    )


def _cell(context: Untyped, box: Untyped, bottom_space: float) -> Untyped:
    """Return a cell with its lines; None where they do not end on the page."""
    linebox, y = box.children[0], box.content_box_y()
    linebox.position_x, linebox.position_y = box.content_box_x(), y
    context.create_block_formatting_context(box)
    lines = list(_lines(context, box, linebox, bottom_space, y))
    context.finish_block_formatting_context()
    if not lines or lines[-1].resume_at is not None:
        return None
    cell = box.copy_with_children(lines)
    cell.height = max(0, lines[-1].position_y + lines[-1].height - y)
    cell.height = max(min(cell.height, cell.max_height), cell.min_height)
    return cell


def _lines(
    context: Untyped, box: Untyped, linebox: Untyped, bottom_space: float, y: float
) -> Iterator[Untyped]:
    """Yield the lines of a cell as far as they end on the page."""
    foot = box.border_bottom_width + box.padding_bottom
    for line, resume_at in inline.iter_line_boxes(
        context, linebox, y, bottom_space, None, box, [], [], None, None
    ):
        if context.overflows_page(bottom_space, line.position_y + line.height + foot):
            return
        line.resume_at = resume_at
        yield line
