"""A drawing's text as outlines: what is drawn a hundred times over the pages must not be text.

Whoever copies or searches a page would find the pieces of a seal between the lines, and a screen reader's tree
would hold what nobody should hear. Meant for our own seal: each text element is one run without spacing.
"""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from reportgen.document.glyphs import FACES, RARE_FONTS, SONG, code_points, glyph_of, rare_path
from reportgen.settings import asset_dir

_SVG = "http://www.w3.org/2000/svg"
_BOLD = 700


def outlined(svg: str) -> str:
    """Return an SVG of ours with every text of 宋 bold drawn as a path; characters without a glyph vanish."""
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own drawing
    for text in root.iter(f"{{{_SVG}}}text"):
        _draw(text)
    return ElementTree.tostring(root, encoding="unicode")


def _draw(text: ElementTree.Element) -> None:
    size, anchor = float(text.attrib.pop("font-size")), text.attrib.pop("text-anchor", "start")
    drawn, width = _run(text.text or "")
    start = f" translate({-width / 2:g} 0)" if anchor == "middle" else ""
    text.attrib["transform"] += f" scale({size:g} {-size:g}){start}"
    text.attrib["d"] = drawn
    text.tag, text.text = f"{{{_SVG}}}path", None


def _run(text: str) -> tuple[str, float]:
    """Return the path of a run and its width, in ems, y upwards."""
    from fontTools.pens.svgPathPen import SVGPathPen
    from fontTools.pens.transformPen import TransformPen

    paths, width = [], 0.0
    for character in text:
        path = _font_of(character)
        if path is None:
            continue
        font, glyphs = _loaded(path)
        em, name = font["head"].unitsPerEm, font.getGlyphName(glyph_of(path, character))
        pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.4g}")
        glyphs[name].draw(TransformPen(pen, (1 / em, 0, 0, 1 / em, width, 0)))
        paths.append(pen.getCommands())
        width += glyphs[name].width / em
    return "".join(paths), width


@cache
def _loaded(path: Path) -> tuple[Any, Any]:
    from fontTools.ttLib import TTFont

    # From memory: a font that is kept would keep its file open.
    font = TTFont(BytesIO(path.read_bytes()), lazy=True)
    return font, font.getGlyphSet()


def _font_of(character: str) -> Path | None:
    """Return the file of the first font of 宋 with a glyph for a character, as the typesetter chooses it."""
    packaged = next(face for face in FACES if (face.family, face.weight) == (SONG[0], _BOLD))
    files = [asset_dir("fonts") / packaged.file, *map(rare_path, RARE_FONTS)]
    return next((file for file in files if file is not None and ord(character) in code_points(file)), None)
