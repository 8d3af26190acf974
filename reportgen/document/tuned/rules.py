"""Borders: most boxes have none, and those of our tables are straight rules of one colour.

WeasyPrint cuts each rule out of a frame with a clipping path; here it is a rectangle, and the rules of a table
that lie in one line are one.
"""

from typing import NamedTuple

from weasyprint import draw
from weasyprint.draw import border
from weasyprint.draw.color import get_color

from reportgen.document.tuned.boxes import square
from reportgen.document.tuned.kept import kept
from reportgen.document.tuned.untyped import Untyped

original = border.draw_border
original_table = draw.draw_table
_CLOSE = 1e-3
"""What two places in px may differ by and be the same."""
_SIDES = ("top", "right", "bottom", "left")


class Rule(NamedTuple):
    """A straight rule: its colour, and its rectangle in px. Where two meet, the one across lies on the one down."""

    color: Untyped
    x: float
    y: float
    width: float
    height: float


def draw_border(stream: Untyped, box: Untyped) -> None:
    """Draw the borders of a box."""
    if not _plain(box.style):
        original(stream, box)
        return
    if box.border_top_width or box.border_right_width or box.border_bottom_width or box.border_left_width:
        rules = _rules(box)
        if rules is None:
            original(stream, box)
        elif rules:
            _draw(stream, rules)


def draw_table(stream: Untyped, table: Untyped) -> None:
    """Draw the backgrounds and borders of a table and its cells."""
    cells = [cell for group in table.children for row in group.children for cell in row.children]
    rules = _all_rules([table, *cells]) if table.style["border_collapse"] != "collapse" else None
    if rules is None:
        original_table(stream, table)
        return
    _draw_backgrounds(stream, table)
    if rules:
        _draw(stream, _joined(rules))


def _draw_backgrounds(stream: Untyped, table: Untyped) -> None:
    grouped = [box for group in table.column_groups for box in (group, *group.children)]
    rows = [box for group in table.children for row in group.children for box in (row, *row.children)]
    for box in (table, *grouped, *table.children, *rows):
        if box.background is not None:
            draw.draw_background(stream, box.background)


@kept
def _plain(style: Untyped) -> bool:
    return bool(
        style["visibility"] == "visible"
        and style["column_width"] == style["column_count"] == "auto"
        and style["border_image_source"][0] == "none"
        and square(style)
    )


def _all_rules(boxes: list[Untyped]) -> list[Rule] | None:
    found: list[Rule] = []
    for box in boxes:
        if not _plain(box.style) or box.style["empty_cells"] != "show":
            return None
        rules = _rules(box)
        if rules is None:
            return None
        found += rules
    return found


def _rules(box: Untyped) -> list[Rule] | None:
    """Return the borders of a box as rules, those at its sides first; None where they are not straight."""
    style = box.style
    top, right, bottom, left = (getattr(box, f"border_{side}_width") for side in _SIDES)
    x, y, width, height = box.border_box_x(), box.border_box_y(), box.border_width(), box.border_height()
    placed = {
        "left": (left, x, y, left, height),
        "right": (right, x + width - right, y, right, height),
        "top": (top, x, y, width, top),
        "bottom": (bottom, x, y + height - bottom, width, bottom),
    }
    rules: list[Rule] = []
    for side, (thick, *place) in placed.items():
        if thick and style[f"border_{side}_style"] != "solid":
            return None
        color = get_color(style, f"border_{side}_color")
        if thick and color.alpha:
            rules.append(Rule(color, *place))
    return rules


def _joined(rules: list[Rule]) -> list[Rule]:
    """Return rules in order, as one those that go on where the last one of their line ended."""
    joined: list[Rule] = []
    for rule in rules:
        last = joined[-1] if joined else None
        if last is not None and _goes_on(last, rule):
            joined[-1] = last._replace(width=rule.x + rule.width - last.x)
        else:
            joined.append(rule)
    return joined


def _goes_on(last: Rule, rule: Rule) -> bool:
    level = (rule.color, rule.height) == (last.color, last.height) and abs(rule.y - last.y) < _CLOSE
    return level and abs(rule.x - last.x - last.width) < _CLOSE


def _draw(stream: Untyped, rules: list[Rule]) -> None:
    with stream.artifact(), stream.stacked():
        color = None
        for rule in rules:
            if rule.color != color:
                if color is not None:
                    stream.fill()
                stream.set_color(rule.color)
                color = rule.color
            stream.rectangle(rule.x, rule.y, rule.width, rule.height)
        stream.fill()
