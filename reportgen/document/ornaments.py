"""The small drawings of the pages that say nothing by themselves: leader, watermark, and the mark before a conclusion."""

from collections.abc import Mapping

from reportgen.document.glyphs import HEI, css_family
from reportgen.document.look import tokens

_INK = tokens()


def _mark(ink: str, path: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9mm" height="8mm" viewBox="0 0 9 8">'
        f'<path d="{path}" fill="none" stroke="{_INK[ink]}" stroke-width="1.25"/></svg>'
    )


ORNAMENTS: Mapping[str, str] = {
    # The leader of the table of contents, one dot a tile.
    "dot.svg": (
        '<svg xmlns="http://www.w3.org/2000/svg" width="4.05pt" height="6.3pt" viewBox="0 0 4.05 6.3">'
        f'<circle cx="2.02" cy="1.02" r="0.78" fill="{_INK["soft"]}"/></svg>'
    ),
    "watermark.svg": (
        '<svg xmlns="http://www.w3.org/2000/svg" width="150mm" height="150mm" viewBox="0 0 150 150">'
        f'<text x="75" y="92" font-family="{css_family(HEI)}" font-weight="700" font-size="50" '
        f'text-anchor="middle" letter-spacing="8" fill="{_INK["alarm"]}" fill-opacity="0.055" '
        'transform="rotate(-32 75 75)">样例</text></svg>'
    ),
    # What a grey print shows of the three tones: a tick, a triangle, a cross.
    "capable.svg": _mark("deep", "M0.9 4.3 L3.5 6.9 L8.3 1"),
    "limited.svg": _mark("amber", "M4.5 1.2 L8.2 7.1 L0.8 7.1 Z"),
    "incapable.svg": _mark("alarm", "M1.4 1 L7.4 7 M7.4 1 L1.4 7"),
}
"""SVG by file name; a template or a style sheet names one as asset:figure/name."""
