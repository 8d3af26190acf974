"""The agency's round special-purpose seal (专用章), drawn as vector SVG.

Layout follows the 1999 State Council rules on seals (DOMAIN §4, 国务院印章规定): round, at most 45 mm,
a five-point star in the middle, the legal name in 宋 from left to right along the ring. The line
under the star names the special purpose and so tells the seal from the agency's official one.

All geometry is in the millimetres of a 42 mm seal with the origin in its centre; another diameter
scales the whole drawing. Place the result with `<img>`: inline `<svg>` cannot carry a text alternative.
"""

from collections.abc import Iterator
from html import escape
from math import cos, exp, radians, sin, sqrt
from unicodedata import category, east_asian_width

from reportgen.document.glyphs import SONG, css_family, refusal

MAX_DIAMETER_MM = 45.0
LONGEST_NAME = 60
"""Characters; at 60 a glyph of the ring is 2.4 mm high, and a longer name could not be read."""
LONGEST_LABEL = 16
LONGEST_NUMBER = 24
SAMPLE_MARK = "样例"

_BASE = 42.0
_RING_STROKE = 1.2
_RING_INNER = _BASE / 2 - _RING_STROKE
_RED = "#e0343b"

_MAX_SPAN = 300.0
"""Degrees that the ring text may cover: the lowest 60° belong to the number."""
_CLEAR_SPAN = 224.0
"""Degrees that end above the label's line and leave it the whole width."""
_TIGHT_PITCH = 13.8
"""Degrees from glyph to glyph at which the arc grows rather than the text be condensed further."""
_GAP = 0.75
"""Clear distance between ring and ring text, mm."""
_TALLEST = 5.4
"""Height of the ring text's glyphs, mm; long names are set smaller."""
_WIDEST, _NARROWEST = 0.86, 0.56
"""Glyph width over height: real ring texts are condensed, but strokes run together below the second."""
_FILL = 0.88
"""Share of its cell that a glyph covers; the rest is letter space."""

_STAR_RADIUS = 7.0
_LABEL_TOP = 7.2
_LABEL_HEIGHTS = (4.0, 3.7, 3.4, 3.1, 2.8, 2.5)
"""Tried from the tallest on, mm."""
_LABEL_RATIO = 0.68
"""Width over height that a label should keep."""
_NUMBER_HEIGHT = 2.1
_NUMBER_RADIUS = 18.6
_NUMBER_SPAN = 48.0

_INK = (
    # WeasyPrint has no mix-blend-mode but turns feBlend into a PDF blend mode. A browser blends inside
    # the picture only; the empty flood as second input then leaves the colours as they are.
    '<defs><filter id="ink"><feFlood flood-opacity="0" result="paper"/>',
    '<feBlend in="SourceGraphic" in2="paper" mode="multiply"/></filter></defs>',
)


def seal_svg(name: str, label: str, number: str, *, sample: bool, diameter_mm: float = 42) -> str:
    """Return the seal as an SVG document of `diameter_mm` by `diameter_mm`.

    `name`: the agency's legal name, on the upper ring; `label`: the special purpose, on a straight line;
    `number`: the seal's filed number on the lower ring, or "" for none. A `sample` is drawn hollow, with
    样例 in a frame above the middle, so that neither print nor screen can pass it off as a seal.
    The ink multiplies with what lies beneath and never hides it.
    Raises ValueError for a diameter above 45 mm and for texts that are empty, too long or not printable.
    """
    _check(name, label, number, diameter_mm)
    size, half = _number(diameter_mm), _number(_BASE / 2)
    body = [_ring(sample), *_name(name), *_centre(sample), *_label(label, len(name)), *_lower_arc(number)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}mm" height="{size}mm" '
            f'viewBox="-{half} -{half} {_number(_BASE)} {_number(_BASE)}" role="img">',
            f"<title>{escape(_title(name, label, number, sample))}</title>",
            *_INK,
            f'<g fill="{_RED}" filter="url(#ink)" font-family="{css_family(SONG)}" font-weight="700">',
            *body,
            "</g>",
            "</svg>",
        ]
    )


def seal_strings(name: str, label: str, number: str, *, sample: bool) -> tuple[str, ...]:
    """Return every text that `seal_svg` draws, for the glyph preflight."""
    return tuple(text for text in (name, label, number, SAMPLE_MARK if sample else "") if text)


def _check(name: str, label: str, number: str, diameter_mm: float) -> None:
    if not 0 < diameter_mm <= MAX_DIAMETER_MM:
        raise ValueError(f"a seal is at most {MAX_DIAMETER_MM:g} mm across, not {diameter_mm:g} mm")
    limits = (
        ("name", name, 1, LONGEST_NAME),
        ("label", label, 1, LONGEST_LABEL),
        ("number", number, 0, LONGEST_NUMBER),
    )
    for what, text, shortest, longest in limits:
        if not shortest <= len(text) <= longest:
            raise ValueError(f"a seal's {what} has {shortest} to {longest} characters, not {len(text)}")
        if not all(map(_drawable, text)):
            raise ValueError(f"a seal's {what} holds a character that cannot be drawn: {text!r}")


def _drawable(character: str) -> bool:
    # Python does not know the newest hanzi yet, and takes what it does not know for unprintable.
    unknown = category(character) == "Cn" and not refusal(character)
    return character.isprintable() or unknown


def _title(name: str, label: str, number: str, sample: bool) -> str:
    kind = f"{SAMPLE_MARK}印章，不具效力：" if sample else "印章："
    return f"{kind}{name}，{label}" + (f"，编号 {number}" if number else "")


def name_angles(count: int) -> list[float]:
    """Return the ring angles of `count` characters in degrees, clockwise, 0 at the top.

    Seals are cut so: a short name stays near the top (190° for 8 characters), a usual one ends beside
    the star (224° for 12 to 16), and only a long one reaches past the label, up to 300°.
    """
    pitch = _pitch(count)
    return [(index - (count - 1) / 2) * pitch for index in range(count)]


def _pitch(count: int) -> float:
    clear_of_label = min(_CLEAR_SPAN, _MAX_SPAN * (1 - exp(-count / 8)))
    return max(clear_of_label / count, min(_TIGHT_PITCH, _MAX_SPAN / count))


def _name_shape(count: int) -> tuple[float, float]:
    """Return height (mm) and width over height of the ring glyphs for a name of `count` characters."""
    height = _TALLEST
    cell = _cell(count, height)
    if cell < _NARROWEST * height:
        # The cell widens a little as the glyphs shrink towards the ring; two rounds come within 1 %.
        height = _cell(count, cell / _NARROWEST) / _NARROWEST
        cell = _cell(count, height)
    return height, min(_WIDEST, cell / height)


def _cell(count: int, height: float) -> float:
    """Return the width (mm) left for one glyph at the foot of the ring text, where it is tightest."""
    return _FILL * radians(_pitch(count)) * (_RING_INNER - _GAP - height * 0.75)


def _name(name: str) -> Iterator[str]:
    height, ratio = _name_shape(len(name))
    radius = _RING_INNER - _GAP - height / 2
    for angle, character in zip(name_angles(len(name)), name, strict=True):
        yield _glyph(character, angle, -radius, height, ratio)


def _lower_arc(number: str) -> Iterator[str]:
    """Set the number along the foot of the ring, upright for the reader, from left to right."""
    natural = _NUMBER_HEIGHT * 0.62 / radians(1) / _NUMBER_RADIUS
    pitch = min(natural, _NUMBER_SPAN / max(1, len(number)))
    for index, character in enumerate(number):
        angle = ((len(number) - 1) / 2 - index) * pitch
        yield _glyph(character, angle, _NUMBER_RADIUS, _NUMBER_HEIGHT, min(1, pitch / natural))


def _label(label: str, name_length: int) -> Iterator[str]:
    """Set the special purpose on a straight line under the star."""
    height, ratio = _label_shape(len(label), _free_radius(name_length))
    for index, character in enumerate(label):
        x = (index - (len(label) - 1) / 2) * ratio * height
        yield _glyph(character, 0, _LABEL_TOP + height / 2, height, ratio, x)


def _label_shape(count: int, free_radius: float) -> tuple[float, float]:
    """Return height (mm) and width over height of `count` glyphs: the tallest that stay fairly broad."""
    height = ratio = 0.0
    for height in _LABEL_HEIGHTS:
        room = 2 * sqrt(free_radius**2 - (_LABEL_TOP + height) ** 2) - 1.2
        ratio = min(1, room / count / height)
        if ratio >= _LABEL_RATIO:
            break
    return height, ratio


def _free_radius(name_length: int) -> float:
    """Return the radius (mm) that is free around the label: less where the name reaches down to it."""
    height, _ = _name_shape(name_length)
    end = radians(name_angles(name_length)[-1] + _pitch(name_length) / 2)
    foot = -cos(end) * (_RING_INNER - _GAP)
    return _RING_INNER - _GAP - (height if foot > _LABEL_TOP else 0)


def _glyph(text: str, angle: float, y: float, height: float, ratio: float, x: float = 0) -> str:
    """Return one character, centred on (x, y), condensed by `ratio`, then turned about the origin."""
    wide = east_asian_width(text) in "WF"
    moves = [f"rotate({_number(angle)})"] if angle else []
    # An ideograph's body is one em wide and reaches from 0.88 em above the baseline to 0.12 em below.
    moves.append(f"translate({_number(x - wide * ratio * height / 2)} {_number(y + 0.38 * height)})")
    moves.append(f"scale({_number(ratio)} 1)")
    # WeasyPrint pays 350 bytes for each anchored text, so only those of unknown width are anchored.
    anchor = "" if wide else ' text-anchor="middle"'
    return f'<text transform="{" ".join(moves)}" font-size="{_number(height)}"{anchor}>{escape(text)}</text>'


def _ring(sample: bool) -> str:
    if not sample:
        return _circle(_BASE / 2 - _RING_STROKE / 2, _RING_STROKE)
    return _circle(_BASE / 2 - 0.2, 0.4) + _circle(_RING_INNER + 0.15, 0.3)


def _circle(radius: float, stroke: float) -> str:
    return f'<circle r="{_number(radius)}" fill="none" stroke="{_RED}" stroke-width="{_number(stroke)}"/>'


def _centre(sample: bool) -> Iterator[str]:
    if not sample:
        yield f'<path d="{_star(_STAR_RADIUS, 0)}"/>'
        return
    hollow = f'fill="none" stroke="{_RED}"'
    # The seal is put over a date: the middle stays clear, for letters over letters cannot be read.
    yield f'<rect x="-7.3" y="-10.2" width="14.6" height="7.4" rx="0.9" {hollow} stroke-width="0.55"/>'
    yield f'<rect x="-6.7" y="-9.6" width="13.4" height="6.2" rx="0.4" {hollow} stroke-width="0.2"/>'
    for x, character in zip((-3.1, 3.1), SAMPLE_MARK, strict=True):
        yield _glyph(character, 0, -6.5, 5.6, 1, x)
    yield f'<path d="{_star(1.8, 4.9)}" {hollow} stroke-width="0.3"/>'


def _star(radius: float, y: float) -> str:
    """Return the path of a regular five-point star around (0, y), one point up."""
    inner = radius * sin(radians(18)) / sin(radians(54))
    points = (
        (r * sin(radians(36 * turn)), y - r * cos(radians(36 * turn)))
        for turn, r in enumerate((radius, inner) * 5)
    )
    return "M" + "L".join(f"{_number(px)} {_number(py)}" for px, py in points) + "Z"


def _number(value: float) -> str:
    """Return a number with at most three decimals and no negative zero, so that bytes are stable."""
    return f"{round(value, 3) + 0:g}"
