"""Glyph preflight: every character of a report has a glyph in a font that is named, or nothing is issued.

Tier 1 are the packaged faces of `fonts/`, which all hold the same characters. Tiers 2 and 3 are fonts of
the system for rare characters. The typesetter names them by family in `font-family` and fontconfig finds
them: no @font-face copies 100 MB into a temporary folder, and no fetcher is allowed to open files.
"""

import re
import struct
import subprocess
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path

from reportgen.errors import Fault, ReportgenError
from reportgen.settings import asset_dir

PACKAGED, RARE, LAST = 1, 2, 3


@dataclass(frozen=True)
class Face:
    """One packaged face: its family, CSS weight and file in `fonts/`."""

    family: str
    weight: int
    file: str


@dataclass(frozen=True)
class RareFont:
    """A font of the system for rare characters: tier, family, Debian package and where Debian puts it."""

    tier: int
    family: str
    package: str
    debian: Path


@dataclass(frozen=True)
class FontState:
    """What `doctor` shows of one font; a missing one has no path, no version and no code points."""

    tier: int
    family: str
    weight: int
    package: str
    path: Path | None
    version: str
    code_points: int


FACES = (
    Face("Reportgen Song", 400, "Song-Regular.otf"),
    Face("Reportgen Song", 700, "Song-Bold.otf"),
    Face("Reportgen Hei", 400, "Hei-Regular.otf"),
    Face("Reportgen Hei", 700, "Hei-Bold.otf"),
    Face("Reportgen Kai", 400, "Kai-Regular.ttf"),
)

_DEBIAN = Path("/usr/share/fonts/truetype")
# In this order in every stack. BabelStone draws mainland forms; HanaMin draws Japanese ones, its A has the
# rest of extension A and its B most of B to F.
RARE_FONTS = (
    RareFont(RARE, "BabelStone Han", "fonts-babelstone-han", _DEBIAN / "babelstone/BabelStoneHan.ttf"),
    RareFont(LAST, "HanaMinA", "fonts-hanazono", _DEBIAN / "hanazono/HanaMinA.ttf"),
    RareFont(LAST, "HanaMinB", "fonts-hanazono", _DEBIAN / "hanazono/HanaMinB.ttf"),
)

_FALLBACKS = tuple(font.family for font in RARE_FONTS)
SONG = ("Reportgen Song", *_FALLBACKS)
HEI = ("Reportgen Hei", *_FALLBACKS)
KAI = ("Reportgen Kai", *_FALLBACKS)

# Unicode 17.0, Blocks.txt; only blocks a Chinese name can come from, or a damaged one.
_BLOCKS = (
    (0x2E80, 0x2FDF, "部首"),
    (0x3400, 0x4DBF, "汉字扩展A"),
    (0x4E00, 0x9FFF, "汉字基本区"),
    (0xE000, 0xF8FF, "私用区"),
    (0xF900, 0xFAFF, "兼容汉字"),
    (0x20000, 0x2A6DF, "汉字扩展B"),
    (0x2A700, 0x2B73F, "汉字扩展C"),
    (0x2B740, 0x2B81F, "汉字扩展D"),
    (0x2B820, 0x2CEAF, "汉字扩展E"),
    (0x2CEB0, 0x2EBEF, "汉字扩展F"),
    (0x2EBF0, 0x2EE5F, "汉字扩展I"),
    (0x2F800, 0x2FA1F, "兼容汉字补充"),
    (0x30000, 0x3134F, "汉字扩展G"),
    (0x31350, 0x323AF, "汉字扩展H"),
    (0x323B0, 0x3347F, "汉字扩展J"),
    (0xF0000, 0xFFFFF, "增补私用区A"),
    (0x100000, 0x10FFFF, "增补私用区B"),
)

_LINE_CONTROLS = frozenset("\n\t")
_NONCHARACTERS = frozenset(
    [*range(0xFDD0, 0xFDF0), *range(0xFFFE, 0x110000, 0x10000), *range(0xFFFF, 0x110000, 0x10000)]
)
_BIDI_CONTROLS = frozenset([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_VARIATION_SELECTORS = frozenset(
    [*range(0x180B, 0x180E), 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]
)
# Letters and marks of Default_Ignorable_Code_Point, which their general category does not tell.
_INVISIBLE = frozenset([0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0])
_REFUSED_CODES = (
    (_NONCHARACTERS, "非字符码位"),
    (_BIDI_CONTROLS, "双向文字控制符"),
    (_VARIATION_SELECTORS, "异体字选择符"),
    (_INVISIBLE, "不可见字符"),
    (frozenset([0xFFFC, 0xFFFD]), "替换符，原文在转换编码时已损坏"),
)
_REFUSED_CATEGORIES = {
    "Cc": "控制字符",
    "Cs": "孤立的代理码位",
    "Co": "私用码位，各系统字形不一，请改用正式编码",
    "Cf": "不可见字符",
    "Zl": "行分隔符",
    "Zp": "段分隔符",
}


def preflight(strings: Iterable[tuple[str, str]], fonts: Path | None = None) -> None:
    """Raise E0701 with every character that cannot or must not be printed; `strings` are (path, text).

    One fault for each character of each path, in the order they are met. `fonts`: the folder of the
    packaged faces. Raises E0702 where a packaged face is missing.
    """
    folder = fonts or asset_dir("fonts")
    common = _common_characters(folder)
    # Almost every text ends here, without a look at its single characters.
    doubtful = ((path, text) for path, text in strings if not common.issuperset(text))
    pairs = ((path, character) for path, text in doubtful for character in text if character not in common)
    if faults := list(_faults(dict.fromkeys(pairs), folder)):
        raise ReportgenError("E0701", faults=faults)


def refusal(character: str) -> str:
    """Return why a character is refused even where a font has a glyph for it; empty if it is not.

    A name is hostile text: what is invisible, reorders the line or means something else in each system
    would make two different names look the same, or one name look different here and there. Variation
    selectors and joiners are refused too: fonts disagree about them, and a dropped one changes the name.
    """
    if character in _LINE_CONTROLS:
        return ""
    by_code = (reason for codes, reason in _REFUSED_CODES if ord(character) in codes)
    return next(by_code, _REFUSED_CATEGORIES.get(unicodedata.category(character), ""))


def tier_of(character: str, fonts: Path | None = None) -> int:
    """Return the first tier with a glyph for a character: 1 packaged, 2 and 3 rare, 0 where none has one."""
    if character in _LINE_CONTROLS or ord(character) in packaged_code_points(fonts or asset_dir("fonts")):
        return PACKAGED
    return next((font.tier for font in RARE_FONTS if ord(character) in rare_code_points(font)), 0)


def rare_families(text: str, fonts: Path | None = None) -> tuple[str, ...]:
    """Return the families beyond the packaged ones that a text needs, in the order of the stacks."""
    packaged = packaged_code_points(fonts or asset_dir("fonts"))
    rest = {ord(character) for character in set(text) - _LINE_CONTROLS} - packaged
    needed = []
    for font in RARE_FONTS:
        # Most texts need none of them, and then no font of the system is looked for or read.
        if rest and rest & rare_code_points(font):
            needed.append(font.family)
            rest -= rare_code_points(font)
    return tuple(needed)


def font_face_css(base: str = "") -> str:
    """Return the @font-face rules of the packaged faces; `base` is the URL of their folder.

    Without `base` they are file: URLs. Weights are named, or a bold text would get the regular face.
    """
    folder = base.rstrip("/") or asset_dir("fonts").as_uri()
    return "\n".join(
        f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight};'
        f' src: url("{folder}/{face.file}") }}'
        for face in FACES
    )


def css_family(stack: Iterable[str]) -> str:
    """Return a stack as a value of `font-family`, in single quotes so that it also fits an SVG attribute.

    Never add a generic family: it hands the choice to fontconfig, and a rare character gets lost. Nor a space:
    within a drawing WeasyPrint takes it for part of a family's name, and then any font of the system. Nor one family
    alone: Pango then takes a rare character from any font it finds.
    """
    return ",".join(f"'{family}'" for family in stack)


def with_close_families(svg: str) -> str:
    """Return a drawing that others wrote with its lists of families as `css_family` writes them."""
    return re.sub(r"font-family:[^;\"]+", lambda match: match[0].replace(", ", ","), svg)


def survey(fonts: Path | None = None) -> tuple[FontState, ...]:
    """Return the state of every font for `doctor`, the packaged faces first; missing ones are included."""
    folder = fonts or asset_dir("fonts")
    packaged = (_state(PACKAGED, face.family, face.weight, "reportgen", folder / face.file) for face in FACES)
    rare = (_state(font.tier, font.family, 400, font.package, rare_path(font)) for font in RARE_FONTS)
    return (*packaged, *rare)


def _state(tier: int, family: str, weight: int, package: str, path: Path | None) -> FontState:
    if path is None or not path.is_file():
        return FontState(tier, family, weight, package, None, "", 0)
    count = len(code_points(path))
    # head.fontRevision is a 16.16 number: the one version all fonts state in one form.
    revision = struct.unpack(">l", _table(path, b"head")[4:8])[0] / 0x10000
    return FontState(tier, family, weight, package, path, f"{revision:.3f}", count)


@cache
def _common_characters(fonts: Path) -> frozenset[str]:
    characters = map(chr, packaged_code_points(fonts))
    return _LINE_CONTROLS.union(character for character in characters if not refusal(character))


@cache
def packaged_code_points(fonts: Path) -> frozenset[int]:
    """Return the code points that every packaged face in the folder has (E0702 where a face is missing)."""
    return frozenset.intersection(*(code_points(fonts / face.file) for face in FACES))


def rare_code_points(font: RareFont) -> frozenset[int]:
    """Return the code points of a font of the system; none where it is not installed."""
    path = rare_path(font)
    return code_points(path) if path else frozenset()


def rare_path(font: RareFont) -> Path | None:
    """Return the file of a font of the system, as fontconfig finds it; None where it is not installed."""
    found = _system_fonts().get(font.family)
    if found is None and font.debian.is_file():
        return font.debian
    return found


@cache
def _system_fonts() -> dict[str, Path]:
    # Pango asks the same fontconfig, so what is found here is what will be printed.
    command = ["fc-list", "--format", "%{file}\t%{family}\n"]
    try:
        result = subprocess.run(command, capture_output=True, check=True, timeout=30)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return {}
    # Links to the same file are many; sorted, the answer is the same on every call.
    lines = sorted(result.stdout.decode("utf-8", "replace").splitlines(), reverse=True)
    rows = [line.partition("\t") for line in lines]
    return {family: Path(file).resolve() for file, _, families in rows for family in families.split(",")}


@cache
def code_points(path: Path) -> frozenset[int]:
    """Return the code points a font file has glyphs for; raises E0702 where it is missing or damaged.

    Reads the `cmap` table alone: fontTools also builds the glyph names, which takes five times as long.
    Source: OpenType specification, `cmap`, subtable format 12 (all fonts here have characters beyond BMP).
    """
    return frozenset(code for first, last, _ in _groups(path) for code in range(first, last + 1))


def glyph_of(path: Path, character: str) -> int:
    """Return the index of a character's glyph in a font file that has one; raises E0702."""
    groups = _groups(path)
    first, _, glyph = groups[bisect_right(groups, ord(character), key=itemgetter(0)) - 1]
    return glyph + ord(character) - first


def advances(path: Path, characters: Iterable[str]) -> dict[str, float]:
    """Return how far characters that a font file has glyphs for advance, in ems; raises E0702.

    Source: OpenType specification, `hmtx`: the last of the advances counts for all further glyphs.
    """
    (em,), (count,) = (
        struct.unpack_from(">H", _table(path, tag), at) for tag, at in ((b"head", 18), (b"hhea", 34))
    )
    widths = [width for width, _ in struct.iter_unpack(">Hh", _table(path, b"hmtx")[: 4 * count])]
    return {one: widths[min(glyph_of(path, one), count - 1)] / em for one in characters}


@cache
def _groups(path: Path) -> list[tuple[int, int, int]]:
    """Return runs of code points, in their order: the first, the last, and the glyph of the first."""
    try:
        table = _table(path, b"cmap")
        start = _format_12(table)
        (count,) = struct.unpack_from(">L", table, start + 12)
        return [*struct.iter_unpack(">LLL", table[start + 16 : start + 16 + 12 * count])]
    except (OSError, LookupError, struct.error) as error:
        raise ReportgenError("E0702", asset=str(path)) from error


def _format_12(table: bytes) -> int:
    (count,) = struct.unpack_from(">H", table, 2)
    for platform, encoding, offset in struct.iter_unpack(">HHL", table[4 : 4 + 8 * count]):
        if (platform, encoding) == (3, 10) and table[offset : offset + 2] == b"\0\x0c":
            return int(offset)
    raise LookupError("cmap format 12")


def _table(path: Path, tag: bytes) -> bytes:
    with path.open("rb") as file:
        (count,) = struct.unpack(">4xH6x", file.read(12))
        for name, _, offset, length in struct.iter_unpack(">4sLLL", file.read(16 * count)):
            if name == tag:
                file.seek(offset)
                return file.read(length)
    raise LookupError(tag)


def _faults(pairs: Iterable[tuple[str, str]], fonts: Path) -> Iterator[Fault]:
    for path, character in pairs:
        reason = refusal(character)
        if reason or not tier_of(character, fonts):
            yield Fault("E0701", path, _what(character, reason))


def _what(character: str, reason: str) -> str:
    # A refused character is not repeated: it would reorder or break the very line that names it.
    shown = "" if reason else f" {character}"
    block = block_of(character)
    place = f"（{block}）" if block else " "
    return f"U+{ord(character):04X}{shown}{place}{reason or _without_glyph()}"


def _without_glyph() -> str:
    missing = dict.fromkeys(font.package for font in RARE_FONTS if rare_path(font) is None)
    return f"没有可用字形（未安装 {'、'.join(missing)}）" if missing else "没有可用字形"


def block_of(character: str) -> str:
    """Return the Chinese name of the Unicode block of a hanzi or a private code point; empty elsewhere."""
    code = ord(character)
    return next((name for first, last, name in _BLOCKS if first <= code <= last), "")
