"""The QR code that leads to a report's verification page, as vector SVG.

Dark modules are merged into closed outlines: module by module, rasterisers leave hairlines between
neighbours. Error level M keeps the modules of an 80-character address 0.53 mm wide at 24 mm, which
survives a photocopy better than level Q with smaller ones.
"""

from collections.abc import Sequence
from html import escape
from itertools import groupby

import segno

SMALLEST_MM = 20.0
"""A smaller code does not decode reliably from a 200 dpi scan."""
SMALLEST_MODULE_MM = 0.38
"""Three pixels of a 200 dpi scan."""
_QUIET_ZONE = 4
_Point = tuple[int, int]
_Modules = Sequence[Sequence[int]]


def qr_svg(url: str, *, size_mm: float = 24) -> str:
    """Return the QR code of `url` as an SVG document of `size_mm` squared, quiet zone included.

    Raises ValueError below 20 mm, and where the address is so long that its modules fall under 0.38 mm.
    Source of the quiet zone of four modules: ISO/IEC 18004.
    """
    if not size_mm >= SMALLEST_MM:
        raise ValueError(f"a QR code is at least {SMALLEST_MM:g} mm wide, not {size_mm:g} mm")
    modules = segno.make(url, error="m", micro=False).matrix
    side = len(modules) + 2 * _QUIET_ZONE
    if size_mm / side < SMALLEST_MODULE_MM:
        raise ValueError(f"{len(url)} characters are too many for a QR code of {size_mm:g} mm")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size_mm:g}mm" height="{size_mm:g}mm" '
        f'viewBox="-{_QUIET_ZONE} -{_QUIET_ZONE} {side} {side}" role="img">\n'
        f"<title>核验二维码：{escape(url)}</title>\n"
        f'<path d="{_outline(modules)}" fill="#000" fill-rule="evenodd"/>\n'
        "</svg>"
    )


def _outline(modules: _Modules) -> str:
    """Return the SVG path around all dark modules, one unit a module."""
    edges = _edges(modules)
    loops = []
    while edges:
        loops.append(_take_loop(edges))
    return "".join(loops)


def _edges(modules: _Modules) -> dict[_Point, list[_Point]]:
    """Return each corner with the unit steps that leave it, dark on the right-hand side."""
    dark = {(x, y) for y, row in enumerate(modules) for x, module in enumerate(row) if module}
    edges: dict[_Point, list[_Point]] = {}
    for x, y in sorted(dark):
        for neighbour, corner, step in (
            ((x, y - 1), (x, y), (1, 0)),
            ((x + 1, y), (x + 1, y), (0, 1)),
            ((x, y + 1), (x + 1, y + 1), (-1, 0)),
            ((x - 1, y), (x, y + 1), (0, -1)),
        ):
            if neighbour not in dark:
                edges.setdefault(corner, []).append(step)
    return edges


def _take_loop(edges: dict[_Point, list[_Point]]) -> str:
    """Remove one closed loop from `edges` and return its path."""
    start = corner = next(iter(edges))
    steps: list[_Point] = []
    while not steps or corner != start:
        steps.append(edges[corner].pop())
        if not edges[corner]:
            del edges[corner]
        corner = (corner[0] + steps[-1][0], corner[1] + steps[-1][1])
    runs = ((step, len(list(run))) for step, run in groupby(steps))
    lines = (f"h{dx * length}" if dx else f"v{dy * length}" for (dx, dy), length in runs)
    return f"M{start[0]} {start[1]}{''.join(lines)}Z"
