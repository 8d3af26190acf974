"""Computed styles: what no rule names has its initial value, and gets it with all the others at once.

WeasyPrint asks for each of some hundred properties of each style one by one.
"""

from weasyprint import css
from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES

from reportgen.document.tuned.kept import COPIED
from reportgen.document.tuned.untyped import Untyped

# Computing one of these has an effect on others, or asks the parent.
_ENTWINED = {"position", "float", "display", "page"}
_WIDTHS = {f"border_{side}_width": f"border_{side}_style" for side in ("top", "right", "bottom", "left")}
_LOGICAL = ("inline", "block")


def _plain(name: str) -> bool:
    return name not in INHERITED | INITIAL_NOT_COMPUTED | _ENTWINED and not name.startswith(
        "text_decoration_"
    )


_INITIAL = {name: value for name, value in INITIAL_VALUES.items() if _plain(name)}
# A border without a style has no width.
_UNNAMED = _INITIAL | dict.fromkeys(_WIDTHS, 0)
_STYLED = {style: width for width, style in _WIDTHS.items()}


def tune() -> None:
    """Let styles begin with what is initial."""
    computed, anonymous = css.ComputedStyle.__init__, css.AnonymousStyle.__init__

    def begin(self: Untyped, parent_style: Untyped, cascaded: dict[str, Untyped], *rest: Untyped) -> None:
        computed(self, parent_style, cascaded, *rest)
        if any(part in name for name in cascaded for part in _LOGICAL):
            return
        self.update(_UNNAMED)
        for name in cascaded:
            self.pop(name, None)
            if name in _STYLED:
                self.pop(_STYLED[name], None)

    def begin_anonymous(self: Untyped, parent_style: Untyped) -> None:
        self.update(_INITIAL)
        anonymous(self, parent_style)

    for kind in (css.ComputedStyle, css.AnonymousStyle):
        kind.copy = _marking(kind.copy)
    css.ComputedStyle.__init__ = begin
    css.AnonymousStyle.__init__ = begin_anonymous


def _marking(copy: Untyped) -> Untyped:
    def marked(style: Untyped) -> Untyped:
        made = copy(style)
        setattr(made, COPIED, True)
        return made

    return marked
