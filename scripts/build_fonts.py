"""Build the packaged fonts: five subset faces of OFL fonts, renamed, the same bytes on every run.

    python -m scripts.build_fonts            builds the faces into fonts/
    python -m scripts.build_fonts --check    verifies the faces that are there

The sources are Debian's packages fonts-noto-cjk and fonts-lxgw-wenkai; the list of characters comes
from unicode-data. Every face holds exactly the same characters: whatever one face can print the other
four can print too, so the glyph preflight need not know in which face a text will be set.
"""

import argparse
import bz2
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from fontTools.cffLib import CFFFontSet
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont, newTable

from scripts.font_layout import (
    add_figure_widths,
    add_punctuation_squeeze,
    with_glyph_order,
    with_plain_glyph_ids,
)

MAX_BYTES = 25_000_000
TGH_CHARACTERS = 8105
WINDOWS, UNICODE_BMP, ENGLISH = 3, 1, 0x409
REGULAR, BOLD = "Regular", "Bold"

# Signs a report, a chart or a form prints. A face without one of them is not built.
SIGNS = (
    "−²³㎡㎥≥≤≠≈×÷±‰℃№①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳●○■□▲△▼▽◆◇★☆✓→←↑↓"
    "、。·—…‘’“”〈〉《》「」『』【】〔〕〖〗〇々〃～‖￥€©®™°\u00a0\u3000"
)
# Blocks taken as far as all five sources have them.
WISHED_RANGES = (
    (0x00A0, 0x00FF),  # Latin-1 Supplement
    (0x0391, 0x03C9),  # Greek
    (0x2000, 0x206F),  # General Punctuation
    (0x2070, 0x209F),  # Superscripts and Subscripts
    (0x2150, 0x218F),  # Number Forms
    (0x2460, 0x24FF),  # Enclosed Alphanumerics
    (0x2776, 0x277F),  # Dingbats: negative circled digits
    (0x3000, 0x303F),  # CJK Symbols and Punctuation
    (0x3380, 0x33DF),  # CJK Compatibility: squared units
    (0xFF00, 0xFF60),  # Fullwidth Forms
    (0xFFE0, 0xFFE5),  # Fullwidth Signs
)
HANZI_RANGES = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x323AF))
WISHED_SIGNS = "✗✔✘☐☑☒√∞≡≪≫∑∏∫∈∩∪∠∥∧∨∴∵⊙⊥♀♂♠♣♥♦"

# Invisible characters would let two different names look the same; the preflight refuses them as well.
UNWANTED = frozenset([0x00AD, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070)])

# Word parts of the sources' names: reserved (LXGW, 霞鹜), trademarks (Noto, Klee), or reserved by the makers
# of Noto's outlines (Source).
FOREIGN_NAMES = ("noto", "lxgw", "wenkai", "霞鹜", "klee", "source han")

# Kept from the sources' names: copyright, maker, designer, credits, designer's address, licence, its address.
KEPT_NAMES = (0, 8, 9, 10, 12, 13, 14)
LEGAL_NAMES = frozenset([0])

# `locl` doubles a face (15,692 glyphs for 9,174) and changes nothing, since the SC faces are mainland forms
# already; `vert` serves vertical lines only. Both stay out, as do tables for vertical lines and baselines.
FEATURES = ["ccmp", "liga", "kern", "palt", "halt", "mark", "mkmk"]
UNUSED_TABLES = ["BASE", "VORG", "vhea", "vmtx"]


@dataclass(frozen=True)
class Face:
    """One packaged face: its file and names, and the source file and face it is cut from."""

    file: str
    family: str
    style: str
    source: str
    source_family: str

    @property
    def postscript(self) -> str:
        """Return the PostScript name, which may hold no space."""
        return f"{self.family.replace(' ', '')}-{self.style}"

    @property
    def full(self) -> str:
        """Return the full name; `Regular` is left out of it by custom."""
        return self.family if self.style == REGULAR else f"{self.family} {self.style}"


FACES = (
    Face("Song-Regular.otf", "Reportgen Song", REGULAR, "NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC"),
    Face("Song-Bold.otf", "Reportgen Song", BOLD, "NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC"),
    Face("Hei-Regular.otf", "Reportgen Hei", REGULAR, "NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),
    Face("Hei-Bold.otf", "Reportgen Hei", BOLD, "NotoSansCJK-Bold.ttc", "Noto Sans CJK SC"),
    Face("Kai-Regular.ttf", "Reportgen Kai", REGULAR, "LXGWWenKai-Regular.ttf", "LXGW WenKai"),
)


def main(arguments: list[str]) -> int:
    """Build or check the faces; returns the process's exit code."""
    options = _parser().parse_args(arguments)
    required = required_characters(options.unicode)
    if not options.check:
        build(options, required)
    faults = list(check(options.out, required))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Build or check the packaged fonts.")
    parser.add_argument("--check", action="store_true", help="only verify the faces that are there")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "fonts")
    parser.add_argument("--noto", type=Path, default=Path("/usr/share/fonts/opentype/noto"))
    parser.add_argument("--wenkai", type=Path, default=Path("/usr/share/fonts/truetype/lxgw-wenkai"))
    parser.add_argument("--unicode", type=Path, default=Path("/usr/share/unicode"))
    return parser


def required_characters(unicode: Path) -> frozenset[int]:
    """Return the code points every face must hold: 通用规范汉字表, GB 2312, ASCII and the signs."""
    return frozenset([*table_of_hanzi(unicode), *gb2312(), *range(0x20, 0x7F), *map(ord, SIGNS)])


def table_of_hanzi(unicode: Path) -> frozenset[int]:
    """Return the 8105 code points of 通用规范汉字表 (2013), which Unihan marks with the field kTGH."""
    characters = frozenset(unihan(unicode / "Unihan_OtherMappings.txt.bz2", "kTGH"))
    if len(characters) != TGH_CHARACTERS:
        raise SystemExit(f"{unicode}: {len(characters)} characters with kTGH, not {TGH_CHARACTERS}")
    return characters


def frequencies(unicode: Path) -> dict[int, int]:
    """Return how often a hanzi occurred in 现代汉语频率词典, from Unihan's field kHanyuPinlu."""
    readings = unihan(unicode / "Unihan_Readings.txt.bz2", "kHanyuPinlu")
    return {code: sum(map(int, re.findall(r"\((\d+)\)", text))) for code, text in readings.items()}


def unihan(path: Path, field: str) -> dict[int, str]:
    """Return the values of one field of a Unihan file by code point."""
    with bz2.open(path, "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines if f"\t{field}\t" in line]
    return {int(code.removeprefix("U+"), 16): value for code, _, value in rows}


def gb2312() -> frozenset[int]:
    """Return every code point of GB 2312-1980, as Python's codec has them."""
    rows, cells = range(0xA1, 0xF8), range(0xA1, 0xFF)
    pairs = (bytes([row, cell]).decode("gb2312", "ignore") for row in rows for cell in cells)
    return frozenset(ord(pair) for pair in pairs if pair)


def wished_characters() -> frozenset[int]:
    """Return the code points a face takes where all sources have them."""
    blocks = (code for first, last in WISHED_RANGES for code in range(first, last + 1))
    return frozenset([*blocks, *map(ord, WISHED_SIGNS)]) - UNWANTED


def build(options: argparse.Namespace, required: frozenset[int]) -> None:
    """Cut every face down to the characters all sources share, rename it and write it to `--out`."""
    folders = {".ttc": options.noto, ".ttf": options.wenkai}
    sources = {face: open_source(folders[Path(face.source).suffix], face) for face in FACES}
    shared = frozenset.intersection(*(frozenset(font.getBestCmap()) for font in sources.values()))
    if missing := required - shared:
        raise SystemExit(f"no source glyph in every face for {listed(missing)}")
    characters = required | (wished_characters() & shared)
    order = common_first(characters, frequencies(options.unicode))
    options.out.mkdir(parents=True, exist_ok=True)
    for face, font in sources.items():
        data = cut(face, font, order)
        (options.out / face.file).write_bytes(data)
        print(f"{face.file}: {len(characters)} characters, {len(data):,} bytes")


def open_source(folder: Path, face: Face) -> TTFont:
    """Open a source by its family name: a collection also holds other regions' faces and a Mono."""
    path = folder / face.source
    count = len(TTCollection(path, lazy=True).fonts) if path.suffix == ".ttc" else 1
    for number in range(count):
        # Without recalcTimestamp=False the moment of building would be in the file.
        font = TTFont(path, fontNumber=number, lazy=True, recalcTimestamp=False)
        if font["name"].getDebugName(1) == face.source_family:
            return font
    raise SystemExit(f"{path} holds no face {face.source_family!r}")


def common_first(characters: Iterable[int], frequency: dict[int, int]) -> list[int]:
    """Return the characters in the order of their glyphs: signs, common hanzi, rare hanzi.

    WeasyPrint embeds an empty glyph for every unused one before the last used, two bytes each that hardly
    compress. With the common hanzi in front a report of seven pages is a sixth smaller.
    """

    def rank(code: int) -> tuple[bool, int, bytes, int]:
        # The first half of GB 2312's hanzi are its common ones, so its own order is the next best guess.
        gb = chr(code).encode("gb2312", "ignore") or b"\xff"
        return _is_hanzi(code), -frequency.get(code, 0), gb, code

    return sorted(characters, key=rank)


def cut(face: Face, font: TTFont, characters: list[int]) -> bytes:
    """Return the bytes of `font` cut down to `characters`, in their order, under the face's own names."""
    _drop_variation_sequences(font)
    subsetter = Subsetter(_subset_options())
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    rename(face, font)
    if "GPOS" in font:
        add_figure_widths(font)
        add_punctuation_squeeze(font)
    data = _saved(font)
    ordered = _saved(with_glyph_order(data, characters))
    return _saved(with_plain_glyph_ids(ordered)) if "CFF " in font else ordered


def _is_hanzi(code: int) -> bool:
    return any(first <= code <= last for first, last in HANZI_RANGES)


def _subset_options() -> Options:
    options = Options()
    options.layout_features = FEATURES
    # WeasyPrint strips hints when it embeds a font; they were 16 % of the file.
    options.hinting = False
    options.notdef_outline = True
    # Otherwise each face gains the mirror image of a sign where its source has one, and the faces differ.
    options.bidi_closure = False
    options.name_IDs = ["*"]
    options.drop_tables += UNUSED_TABLES
    # With uharfbuzz installed the tables would be packed differently, and the bytes differ.
    options.harfbuzz_repacker = False
    return options


def _saved(font: TTFont) -> bytes:
    buffer = BytesIO()
    font.save(buffer, reorderTables=True)
    return buffer.getvalue()


def _drop_variation_sequences(font: TTFont) -> None:
    # The preflight refuses variation selectors, so their glyphs would never be used.
    font["cmap"].tables = [table for table in font["cmap"].tables if table.format != 14]


def rename(face: Face, font: TTFont) -> None:
    """Give the font the face's names everywhere, keeping the copyright, credits and licence records."""
    old = font["name"]
    version = old.getDebugName(5).split(";")[0]
    kept = {number: old.getDebugName(number) for number in KEPT_NAMES}
    new = newTable("name")
    new.names = []
    for number, text in sorted((kept | _own_names(face, version)).items()):
        if text:
            new.setName(text, number, WINDOWS, UNICODE_BMP, ENGLISH)
    font["name"] = new
    font["OS/2"].achVendID = "NONE"
    if "CFF " in font:
        _rename_cff(face, font["CFF "].cff)


def _own_names(face: Face, version: str) -> dict[int, str]:
    number = version.removeprefix("Version ")
    return {
        1: face.family,
        2: face.style,
        3: f"{number};reportgen;{face.postscript}",
        4: face.full,
        5: f"{version};subset for reportgen",
        6: face.postscript,
    }


def _rename_cff(face: Face, cff: CFFFontSet) -> None:
    # The faces of a collection share one CFF table, so an SC face carries the JP face's names here.
    top = cff.topDictIndex[0]
    old = cff.fontNames[0]
    cff.fontNames[0] = face.postscript
    top.FullName, top.FamilyName = face.full, face.family
    # The trademark sentence goes, since the name does; the copyright sentence stays.
    top.Notice = top.Notice.split(" Noto is a trademark")[0]
    for part in top.FDArray:
        part.FontName = part.FontName.replace(old, face.postscript)


def check(folder: Path, required: frozenset[int]) -> Iterator[str]:
    """Yield what is wrong with the faces in `folder`: sizes, characters, names and CIDs."""
    paths = [folder / face.file for face in FACES]
    if absent := [path for path in paths if not path.is_file()]:
        yield f"missing: {', '.join(map(str, absent))}"
        return
    total = sum(path.stat().st_size for path in paths)
    if total > MAX_BYTES:
        yield f"the faces are {total:,} bytes together, over {MAX_BYTES:,}"
    covered = {}
    for face, path in zip(FACES, paths, strict=True):
        font = TTFont(path, lazy=True)
        covered[path.name] = frozenset(font.getBestCmap())
        yield from (f"{path.name}: {fault}" for fault in _face_faults(face, font, required))
    if len(set(covered.values())) > 1:
        shared = frozenset.intersection(*covered.values())
        extra = {name: listed(codes - shared) for name, codes in covered.items()}
        yield f"the faces differ in characters: {extra}"


def _face_faults(face: Face, font: TTFont, required: frozenset[int]) -> Iterator[str]:
    covered = frozenset(font.getBestCmap())
    if missing := required - covered:
        yield f"lacks {listed(missing)}"
    if unwanted := UNWANTED & covered:
        yield f"holds the invisible {listed(unwanted)}"
    for number, text in _own_names(face, "").items():
        if number in {1, 2, 4, 6} and font["name"].getDebugName(number) != text:
            yield f"name {number} is {font['name'].getDebugName(number)!r}, not {text!r}"
    for text in printed_names(font):
        if any(name in text.lower() for name in FOREIGN_NAMES):
            yield f"carries the foreign name {text!r}"
    if "CFF " in font and not _has_plain_glyph_ids(font):
        yield "CIDs differ from glyph numbers"


def printed_names(font: TTFont) -> Iterator[str]:
    """Yield every name the font shows for itself, not the copyright records."""
    yield from (str(record) for record in font["name"].names if record.nameID not in LEGAL_NAMES)
    if "CFF " in font:
        cff = font["CFF "].cff
        top = cff.topDictIndex[0]
        yield from (*cff.fontNames, top.FullName, top.FamilyName, top.Notice)
        yield from (part.FontName for part in top.FDArray)


def _has_plain_glyph_ids(font: TTFont) -> bool:
    charset = font["CFF "].cff.topDictIndex[0].charset
    return bool(charset[1:] == [f"cid{number:05}" for number in range(1, len(charset))])


def listed(codes: Iterable[int]) -> str:
    """Return code points as a readable list."""
    return ", ".join(f"U+{code:04X} {chr(code)}" for code in sorted(codes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
