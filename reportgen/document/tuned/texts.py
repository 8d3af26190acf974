"""Lines of text: the same text in the same style and width breaks as it did before, in this document or another.

A report is made of the same heads, labels, notes and clauses as the one before it.
"""

from weasyprint.text import line_break

from reportgen.document.tuned.kept import kept
from reportgen.document.tuned.untyped import Untyped

_MOST = 20_000
"""So many texts are remembered."""
_split, _strut = line_break.split_first_line, line_break.strut
_PROPERTIES = (
    "direction",
    "font_family",
    "font_feature_settings",
    "font_kerning",
    "font_language_override",
    "font_size",
    "font_stretch",
    "font_style",
    "font_variant_alternates",
    "font_variant_caps",
    "font_variant_east_asian",
    "font_variant_ligatures",
    "font_variant_numeric",
    "font_variant_position",
    "font_variation_settings",
    "font_weight",
    "hyphenate_character",
    "hyphenate_limit_chars",
    "hyphenate_limit_zone",
    "hyphens",
    "lang",
    "letter_spacing",
    "overflow_wrap",
    "tab_size",
    "text_decoration_line",
    "white_space",
    "word_break",
    "word_spacing",
)


class Memory:
    """What is remembered of the texts set with a font configuration: it forgets all when it is full."""

    def __init__(self) -> None:
        self.lines: dict[Untyped, Untyped] = {}
        self.runs: dict[Untyped, Untyped] = {}
        self.fonts: dict[Untyped, Untyped] = {}
        self.kept: dict[Untyped, Untyped] = {}

    def remember(self, known: dict[Untyped, Untyped], key: Untyped, value: Untyped) -> Untyped:
        """Keep a value, where it is one."""
        if len(known) >= _MOST:
            known.clear()
        known[key] = value
        return value


def memory(style: Untyped) -> Memory:
    """Return what is remembered with the fonts of a style."""
    fonts = style.font_config
    if "_tuned" not in fonts.__dict__:
        fonts._tuned = Memory()
    held: Memory = fonts._tuned
    return held


class Resting(line_break.Layout):  # type: ignore[misc]
    """A line's layout, which Pango makes again only where somebody asks for it."""

    def __init__(self, made: Untyped) -> None:
        self.__dict__.update(made.__dict__)
        self._woken: Untyped = None
        self._asked: Untyped = None

    def reactivate(self, style: Untyped) -> None:
        """Let the layout be made in a style when it is asked for."""
        self._asked = style

    def deactivate(self) -> None:
        """Let go of the layout."""
        self._woken = None

    @property
    def layout(self) -> Untyped:
        """Return Pango's layout."""
        if self._woken is None:
            self.setup(self._asked)
            self.set_text(self.text, justify=True)
        return self._woken

    @layout.setter
    def layout(self, made: Untyped) -> None:
        self._woken = made


@kept
def face(style: Untyped) -> str:
    """Return all of a style that decides how a text looks and breaks; a style is not changed once text is set in it."""
    return repr([style[name] for name in _PROPERTIES])


def split_first_line(
    text: str,
    style: Untyped,
    context: Untyped,
    max_width: float | None,
    justification_spacing: float,
    is_line_start: bool = True,
    minimum: bool = False,
) -> tuple[Untyped, ...]:
    """Return layout, length, place to go on, width, height and baseline of a text's first line."""
    held, key = memory(style), (text, face(style), max_width, justification_spacing, is_line_start, minimum)
    found = held.lines.get(key)
    if found is None:
        found = _split(text, style, context, max_width, justification_spacing, is_line_start, minimum)
        held.remember(held.lines, key, found)
    layout, *rest = found
    return (Resting(layout), *rest)


@kept
def strut(style: Untyped) -> tuple[float, float]:
    """Return the used line height of a style, and where the baseline lies below its top."""
    found: tuple[float, float] = _strut(style)
    return found
