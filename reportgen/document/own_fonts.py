"""An agency's own fonts: OpenType or TrueType files that may be embedded, and what they cover.

A font stands before the packaged one of its style; a character that it lacks comes from the packaged stack, as
before. Sources: OpenType specification, `OS/2` (fsType) and `cmap`.
"""

from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.document.glyphs import packaged_code_points
from reportgen.settings import asset_dir

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

_LARGEST = 32 * 1024 * 1024
_SHORTEST_HEAD = 4
_KINDS = {b"\0\1\0\0", b"OTTO"}
_USAGE = 0x000F
_RESTRICTED = 0x0002
_NO_SUBSETTING, _BITMAPS_ONLY = 0x0100, 0x0200
_TOLD = "具备不信用能力一般样例草稿异议中否决项未证实风险提示撤销0123456789%"
"""What no font may leave blank: a report would say the opposite without its 不."""


@dataclass(frozen=True)
class OwnFace:
    """A font file: its style (song, hei, kai), its weight, its bytes, and how many of the packaged characters it has."""

    style: str
    weight: int
    data: bytes = field(repr=False)
    covered: int
    of: int

    @property
    def family(self) -> str:
        """Return the name by which the style sheets ask for it."""
        return f"Office {self.style.title()}"

    @property
    def file(self) -> str:
        """Return the name under which the typesetter is served it."""
        return f"{self.style}-{self.weight}"


def own_face(path: Path, style: str, weight: int) -> OwnFace:
    """Return a font of a style and weight; raises OSError, and ValueError that says in Chinese why it is refused."""
    if path.stat().st_size > _LARGEST:
        raise ValueError(f"文件超过 {_LARGEST // 1024 // 1024} MiB")
    data = path.read_bytes()
    font = _opened(data)
    _embeddable(font)
    characters = font.getBestCmap()
    if not characters:
        raise ValueError("没有按 Unicode 编码的字符表")
    _drawn(font, characters)
    packaged = packaged_code_points(asset_dir("fonts"))
    return OwnFace(style, weight, data, len(packaged & characters.keys()), len(packaged))


def _opened(data: bytes) -> "TTFont":
    from fontTools.ttLib import TTFont, TTLibError

    if data[:_SHORTEST_HEAD] == b"ttcf":
        raise ValueError("是字体集合（TTC），请先取出其中一个字体")
    if data[:_SHORTEST_HEAD] not in _KINDS:
        raise ValueError("不是 OpenType 或 TrueType 字体（.otf、.ttf）")
    try:
        font = TTFont(BytesIO(data), lazy=True)
        for table in ("head", "hhea", "hmtx", "maxp", "cmap", "OS/2", "name"):
            font[table]
    except (TTLibError, KeyError, AssertionError, ValueError, IndexError) as error:
        raise ValueError("字体文件不完整或已损坏") from error
    if "fvar" in font:
        raise ValueError("是可变字体，请先导出所需粗细的单个字体")
    return font


def _embeddable(font: "TTFont") -> None:
    rights = font["OS/2"].fsType
    if rights & _USAGE == _RESTRICTED:
        raise ValueError(f"字体不许嵌入文件（OS/2 fsType 为 0x{rights:04X}）")
    if rights & _NO_SUBSETTING:
        raise ValueError(f"字体不许只嵌入所用的字（OS/2 fsType 为 0x{rights:04X}）")
    if rights & _BITMAPS_ONLY:
        raise ValueError(f"字体只许嵌入点阵（OS/2 fsType 为 0x{rights:04X}）")


def _drawn(font: "TTFont", characters: dict[int, str]) -> None:
    """Refuse a font in which a character that a conclusion needs has an empty glyph."""
    from fontTools.pens.boundsPen import ControlBoundsPen

    glyphs = font.getGlyphSet()
    blank = []
    for character in dict.fromkeys(_TOLD):
        name = characters.get(ord(character))
        if name is not None:
            pen = ControlBoundsPen(glyphs)
            glyphs[name].draw(pen)
            blank += [] if pen.bounds else [character]
    if blank:
        raise ValueError(f"这些字的字形是空白：{''.join(blank)}")
