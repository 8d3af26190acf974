"""Colours measured: how well one is read on another, and how far two are apart for the eye.

Sources: WCAG 2.2, 1.4.3 (contrast ratio); CIE 1976 L*a*b* under D65 (difference ΔE*ab).
"""

from math import dist

_LINEAR, _CUBE = 0.04045, 216 / 24389
_WHITE = (0.95047, 1.0, 1.08883)
_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)


def contrast(one: str, two: str) -> float:
    """Return the contrast ratio of two colours, each #rrggbb, from 1 to 21."""
    lighter, darker = sorted((_xyz(one)[1], _xyz(two)[1]), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def difference(one: str, two: str) -> float:
    """Return how far apart two colours, each #rrggbb, look: about 2 is just seen, 100 is black on white."""
    return dist(_lab(one), _lab(two))


def _xyz(colour: str) -> tuple[float, ...]:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    light = [c / 12.92 if c <= _LINEAR else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return tuple(sum(part * value for part, value in zip(row, light, strict=True)) for row in _TO_XYZ)


def _lab(colour: str) -> tuple[float, float, float]:
    x, y, z = (_root(value / white) for value, white in zip(_xyz(colour), _WHITE, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _root(value: float) -> float:
    return float(value ** (1 / 3)) if value > _CUBE else value * 841 / 108 + 4 / 29
