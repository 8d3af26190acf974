"""Used lengths of a box from its computed ones: nearly all are pixels, zero or auto, whatever contains the box."""

from weasyprint.css.properties import Dimension
from weasyprint.formatting_structure.boxes import PageBox
from weasyprint.layout import percent
from weasyprint.layout.absolute import AbsolutePlaceholder

from reportgen.document.tuned.kept import kept
from reportgen.document.tuned.untyped import Untyped

original = percent.resolve_percentages
_NAMES = (
    *(f"{part}_{side}" for part in ("margin", "padding") for side in ("top", "right", "bottom", "left")),
    *(f"{bound}{axis}" for bound in ("", "min_", "max_") for axis in ("width", "height")),
)
_BORDERS = ("border_top_width", "border_right_width", "border_bottom_width", "border_left_width")


def resolve_percentages(box: Untyped, containing_block: Untyped) -> None:
    """Set the used margins, paddings, sizes and borders of a box as its attributes."""
    style = box.style
    lengths = _lengths(style)
    if lengths is None or isinstance(box, PageBox | AbsolutePlaceholder):
        original(box, containing_block)
        return
    box.__dict__.update(lengths)
    if style["box_sizing"] != "content-box":
        percent.adjust_box_sizing(box, "width")
        percent.adjust_box_sizing(box, "height")


@kept
def _lengths(style: Untyped) -> dict[str, Untyped] | None:
    """Return the used values of a style that depend on nothing else; None where one does."""
    if style["border_collapse"] == "collapse":
        return None
    used = {name: style[name] for name in _BORDERS}
    for name in _NAMES:
        value = style[name]
        if value.__class__ is Dimension and value.unit == "px":
            used[name] = value.value
        elif value == "auto":
            used[name] = 0 if name.startswith("min_") else value
        else:
            return None
    return used
