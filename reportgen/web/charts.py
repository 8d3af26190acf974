"""Bars of a chart as rectangles: where each stands and how high it is; a template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 160
"""Of the place for bars."""
BAR, GAP, BETWEEN = 22, 4, 30
_WIDE, _NARROW = 14, 8
"""How wide a Chinese character and another are below a bar."""


@dataclass(frozen=True)
class Bar:
    """One bar: its place, its figure, and which of a group it is."""

    x: int
    y: int
    height: int
    figure: int
    series: int


@dataclass(frozen=True)
class Group:
    """Bars that belong together, and the word below them at `x`."""

    word: str
    x: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Chart:
    """Groups of bars beside each other, and how wide all of it is."""

    width: int
    groups: tuple[Group, ...]


def chart(rows: Sequence[tuple[str, Sequence[int]]]) -> Chart:
    """Return the bars of words with their figures; the highest figure is as high as the place."""
    most = max((figure for _, figures in rows for figure in figures), default=0) or 1
    groups, x = [], BETWEEN
    for word, figures in rows:
        bars = []
        width = len(figures) * (BAR + GAP) - GAP
        # Words beside each other keep apart.
        room = max(width, _wide(word) - BETWEEN // 2)
        first = x + (room - width) // 2
        for series, figure in enumerate(figures):
            height = round(HEIGHT * figure / most)
            bars.append(Bar(first + series * (BAR + GAP), HEIGHT - height, height, figure, series))
        groups.append(Group(word, x + room // 2, tuple(bars)))
        x += room + BETWEEN
    return Chart(x, tuple(groups))


def _wide(word: str) -> int:
    return sum(_WIDE if ord(letter) > 0xFF else _NARROW for letter in word)
