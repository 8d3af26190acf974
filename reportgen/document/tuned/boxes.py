"""Boxes: nearly all are in the flow, have no background, meet no float and no margin but their own."""

from weasyprint.draw.color import get_color
from weasyprint.formatting_structure.boxes import Box, LineBox
from weasyprint.layout import background, block
from weasyprint.layout import float as floats
from weasyprint.layout.absolute import AbsolutePlaceholder

from reportgen.document.tuned.kept import kept
from reportgen.document.tuned.untyped import Untyped

in_flow, backgrounds = Box.is_in_normal_flow, background.layout_box_backgrounds
collisions, margins = floats.avoid_collisions, block.collapse_margin
_FLOWING = ("static", "relative")
CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")
_SQUARE = {f"border_{corner}_radius": (0, 0) for corner in CORNERS}


def is_in_normal_flow(box: Untyped) -> bool:
    """Return whether a box is in the normal flow."""
    style = box.style
    if style["float"] == "none" and style["position"] in _FLOWING:
        return True
    return bool(in_flow(box))


def square(style: Untyped) -> bool:
    """Say whether no corner is round."""
    return all(style[f"border_{corner}_radius"][0].value == 0 for corner in CORNERS)


def layout_box_backgrounds(
    page: Untyped,
    box: Untyped,
    get_image_from_uri: Untyped,
    layout_children: bool = True,
    style: Untyped = None,
) -> None:
    """Give a box, and those in it, its background."""
    if box is page or box.__class__ is AbsolutePlaceholder or not _bare(style or box.style):
        backgrounds(page, box, get_image_from_uri, layout_children, style)
        return
    box.__dict__.update(_SQUARE)
    if layout_children:
        for child in box.all_children():
            layout_box_backgrounds(page, child, get_image_from_uri)
    box.background = None


@kept
def _bare(style: Untyped) -> bool:
    return bool(
        square(style)
        and style["border_image_source"][0] == style["mask_border_source"][0] == "none"
        and all(kind == "none" for kind, _ in style["background_image"])
        and not style["box_shadow"]
        and get_color(style, "background_color").alpha == 0
    )


def avoid_collisions(
    context: Untyped, box: Untyped, containing_block: Untyped, outer: bool = True
) -> tuple[float, float, float]:
    """Return where a box stands beside the floats, and how wide it may be."""
    plain = not (context.excluded_shapes or outer) and isinstance(box, LineBox)
    if not plain or containing_block.style["direction"] != "ltr":
        found: tuple[float, float, float] = collisions(context, box, containing_block, outer)
        return found
    left = containing_block.content_box_x()
    right = left + containing_block.width - box.margin_right
    left += box.margin_left
    return left - box.margin_left, box.border_box_y() - box.margin_top, right - left


def collapse_margin(adjoining_margins: list[float]) -> float:
    """Return what several margins that meet come to."""
    if len(adjoining_margins) == 1:
        return adjoining_margins[0]
    return float(margins(adjoining_margins)) if adjoining_margins else 0
