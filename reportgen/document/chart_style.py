"""The one style of all charts: a sheet measured in millimetres, its inks, and nothing else.

A chart of a printed report needs exact places, not matplotlib's axes: those cost 30 to 40 ms each,
and their automatic ticks are what makes charts look alike and crowded. So a `Sheet` puts artists
straight onto a figure, with the origin in the upper left corner and lengths in mm.

What must survive black-and-white print never rests on colour alone: solid, hatched and hollow areas
differ, and the words stand beside the mark.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import StringIO
from math import cos, radians, sin
from typing import Literal
from unicodedata import category, east_asian_width

import matplotlib as mpl
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from reportgen.document.glyphs import FACES, HEI, advances, with_close_families
from reportgen.document.lean import lean
from reportgen.document.look import tokens
from reportgen.settings import asset_dir

WIDTH = 165.0
"""Content width of the A4 page, mm."""
INK = tokens()["ink"]
BLUE = tokens()["deep"]
GREY = tokens()["soft"]
RULE = tokens()["line"]
PALE = tokens()["tint"]
RED = tokens()["alarm"]
WHITE = tokens()["paper"]

SMALL = 7.5
NORMAL = 8.5
"""Sizes of type, pt; nothing in a chart is set smaller than SMALL."""
LONGEST_LABEL = 14
"""Full-width characters before a label is cut."""

_POINTS_PER_MM = 72 / 25.4
_HATCH_STEP = 1.5
_BEFORE = {"left": 0.0, "center": 0.5, "right": 1.0}
"""How much of a text stands before its place."""
_DASHES = (0, (3, 2))
Point = tuple[float, float]
"""A place on the sheet: mm from the left and from the top."""


@dataclass(frozen=True)
class Chart:
    """A finished chart: its SVG, the finding in words, every text drawn, and its size in mm."""

    svg: str
    alt: str
    strings: tuple[str, ...]
    width_mm: float
    height_mm: float


@dataclass(frozen=True)
class Ink:
    """How an area is filled and edged; `width` of the edge in pt."""

    fill: str = "none"
    edge: str = "none"
    width: float = 0.7
    dashed: bool = False
    hatched: Literal["", "rising", "falling"] = ""


SOLID = Ink(fill=BLUE)
LINED = Ink(fill=WHITE, edge=BLUE, hatched="rising")
ADVERSE = Ink(fill=WHITE, edge=RED, hatched="falling")
UNKNOWN = Ink(fill=WHITE, edge=GREY, dashed=True)


def clean(text: str) -> str:
    """Return `text` with everything that XML or a line of type cannot hold turned into spaces.

    Private-use and unassigned characters stay, for the glyph preflight to find and refuse.
    """
    return "".join(character if _settable(character) else " " for character in text)


def _settable(character: str) -> bool:
    noncharacter = ord(character) & 0xFFFE == 0xFFFE
    return not noncharacter and category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def cut(text: str) -> str:
    """Return a label of at most LONGEST_LABEL full-width characters, ended by … where it was cut."""
    text = clean(text)
    if _ems(text) <= LONGEST_LABEL:
        return text
    while _ems(text) > LONGEST_LABEL - 1:
        text = text[:-1]
    return f"{text.rstrip()}…"


def breadth(text: str, size: float = SMALL) -> float:
    """Return the approximate breadth of `text` in mm at `size` pt, good enough to keep marks apart."""
    return _ems(text) * size / _POINTS_PER_MM


def _ems(text: str) -> float:
    return sum(1 if east_asian_width(character) in "WFA" else 0.56 for character in text)


def _advance(text: str, *, bold: bool) -> float:
    """Return how far a text advances in ems; what is not ASCII is as wide as it is high or a Latin letter."""
    letters = _letters(700 if bold else 400)
    return sum(letters[c] if c in letters else _ems(c) for c in text)


@cache
def _letters(weight: int) -> dict[str, float]:
    file = next(face.file for face in FACES if (face.family, face.weight) == (HEI[0], weight))
    return advances(asset_dir("fonts") / file, map(chr, range(0x20, 0x7F)))


class Sheet:
    """A drawing area WIDTH mm wide and `height` mm high that turns into a `Chart`."""

    def __init__(self, height: float) -> None:
        size = WIDTH / 25.4, height / 25.4
        self._figure = Figure(figsize=size, dpi=72, frameon=False)
        self._height = height
        self._strings: dict[str, None] = {}
        self._place = Affine2D().scale(_POINTS_PER_MM, -_POINTS_PER_MM).translate(0, height * _POINTS_PER_MM)

    def chart(self, alt: str) -> Chart:
        """Return what was drawn; `alt` also becomes the SVG's title."""
        _configure()
        nothing_dated = {"Title": alt, "Date": None, "Creator": None, "Format": None, "Type": None}
        buffer = StringIO()
        # Unlike savefig, the canvas reads no setting of the machine that could crop or scale the sheet.
        canvas = FigureCanvasSVG(self._figure)
        canvas.print_svg(buffer, metadata=nothing_dated)  # type: ignore[no-untyped-call]
        return Chart(
            lean(with_close_families(buffer.getvalue())), alt, tuple(self._strings), WIDTH, self._height
        )

    def text(
        self,
        place: Point,
        text: str,
        *,
        anchor: Literal["left", "center", "right"] = "left",
        size: float = SMALL,
        ink: str = INK,
        bold: bool = False,
    ) -> None:
        """Set one line of type whose middle height lies at `place`."""
        self._strings[text] = None
        baseline = place[1] + 0.36 * size / _POINTS_PER_MM
        font = FontProperties(family=list(HEI), size=size, weight="bold" if bold else "normal")
        # Begun where it begins: the typesetter lays a text with another anchor aside in a form of its own.
        left = place[0] - _BEFORE[anchor] * _advance(text, bold=bold) * size / _POINTS_PER_MM
        label = _Label(left, baseline, text, color=ink, fontproperties=font)
        label.set_transform(self._place)
        self._figure.add_artist(label)

    def line(self, *points: Point, ink: str = RULE, width: float = 0.5, dashed: bool = False) -> None:
        """Draw a line through `points`; `width` in pt."""
        self._add(Path(points), Ink(edge=ink, width=width, dashed=dashed))

    def bar(self, corner: Point, width: float, height: float, ink: Ink) -> None:
        """Draw a rectangle from its upper left `corner`."""
        (x, y), right, foot = corner, corner[0] + width, corner[1] + height
        self._add(Path([(x, y), (right, y), (right, foot), (x, foot), (x, y)], closed=True), ink)
        if ink.hatched and width and height:
            strokes = list(_strokes(corner, width, height, ink.hatched))
            codes = [Path.MOVETO, Path.LINETO] * len(strokes)
            ends = [end for stroke in strokes for end in stroke]
            self._add(Path(ends, codes), Ink(edge=ink.edge, width=0.6))

    def mark(self, centre: Point, radius: float, corners: int, ink: Ink, turn: float = 0) -> None:
        """Draw a regular polygon, one corner up, turned by `turn` degrees; 36 corners make a disc."""
        angles = [radians(turn + 360 / corners * index) for index in range(corners + 1)]
        points = [(centre[0] + radius * sin(a), centre[1] - radius * cos(a)) for a in angles]
        self._add(Path(points, closed=True), ink)

    def _add(self, path: Path, ink: Ink) -> None:
        dashes = _DASHES if ink.dashed else "solid"
        patch = PathPatch(path, facecolor=ink.fill, edgecolor=ink.edge, linewidth=ink.width, linestyle=dashes)
        patch.set_transform(self._place)
        self._figure.add_artist(patch)


def _strokes(corner: Point, width: float, height: float, hatched: str) -> Iterator[tuple[Point, Point]]:
    """Yield strokes at 45°, cut to the rectangle: a pattern fill prints differently in each viewer."""
    offset = _HATCH_STEP / 2 - height
    while offset < width:
        ends = []
        for rise in (max(0.0, -offset), min(height, width - offset)):
            across = offset + rise if hatched == "rising" else width - offset - rise
            ends.append((corner[0] + across, corner[1] + height - rise))
        yield ends[0], ends[1]
        offset += _HATCH_STEP


class _Label(Text):
    """A text that is never measured.

    The SVG names its font and the typesetter sets it, so matplotlib needs neither the font file nor
    the glyph widths; measuring took most of the time and warned about each rare character.
    """

    def draw(self, renderer: RendererBase) -> None:
        """Hand the text to the renderer as plain text: a dollar sign starts no formula."""
        x, y = self.get_transform().transform(self.get_unitless_position())
        from_top = renderer.get_canvas_width_height()[1] - y
        graphics = renderer.new_gc()
        graphics.set_foreground(self.get_color())
        renderer.draw_text(graphics, x, from_top, self.get_text(), self.get_fontproperties(), 0, False, self)
        graphics.restore()


@cache
def _configure() -> None:
    """Let the SVG keep its texts as text.

    Once and for the whole process: setting it around each drawing would race between threads.
    """
    mpl.rcParams["svg.fonttype"] = "none"
