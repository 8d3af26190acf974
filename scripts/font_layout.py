"""Layout of the subset faces that fontTools alone does not give: figure widths, squeezed punctuation, glyph order."""

from collections.abc import Iterator
from io import BytesIO

from fontTools.otlLib.builder import PairPosBuilder, SinglePosBuilder, buildValue
from fontTools.ttLib import TTFont
from fontTools.ttLib.reorderGlyphs import reorderGlyphs
from fontTools.ttLib.tables import otTables
from fontTools.ttLib.tables.otBase import ValueRecord


def add_figure_widths(font: TTFont) -> None:
    """Add `tnum` where figures differ in width, as the 1 of the serif does, for columns of amounts."""
    names = [font.getBestCmap()[code] for code in range(ord("0"), ord("9") + 1)]
    widths = {name: font["hmtx"][name][0] for name in names}
    widest = max(widths.values())
    builder = SinglePosBuilder(font, None)
    for name, width in widths.items():
        if spare := widest - width:
            builder.mapping[name] = buildValue({"XPlacement": spare // 2, "XAdvance": spare})
    if builder.mapping:
        _add_positioning(font, "tnum", builder.build())


def add_punctuation_squeeze(font: TTFont) -> None:
    """Add `chws`: of two full-width marks in a row the first gives up its empty half.

    `halt` tells the marks apart: one with its ink in the left half closes, in the right half opens.
    Source: OpenType registry, `chws`; 中文排版需求 (W3C clreq), 标点挤压.
    """
    opening, closing, half = _full_width_marks(font)
    squeeze = buildValue({"XAdvance": -half})
    builder = PairPosBuilder(font, None)
    builder.addClassPair(None, tuple(closing), squeeze, tuple(sorted(closing + opening)), None)
    builder.addClassPair(None, tuple(opening), squeeze, tuple(opening), None)
    _add_positioning(font, "chws", builder.build())


def _full_width_marks(font: TTFont) -> tuple[list[str], list[str], int]:
    half = font["head"].unitsPerEm // 2
    values = _single_values(font["GPOS"].table, "halt")
    halved = {name: value for name, value in values if value.XAdvance == -half}
    placed = {name: getattr(value, "XPlacement", 0) for name, value in halved.items()}
    opening = sorted(name for name, shift in placed.items() if shift == -half)
    closing = sorted(name for name, shift in placed.items() if shift == 0)
    return opening, closing, half


def _single_values(table: otTables.GPOS, tag: str) -> Iterator[tuple[str, ValueRecord]]:
    features = [item.Feature for item in table.FeatureList.FeatureRecord if item.FeatureTag == tag]
    for number in sorted({number for feature in features for number in feature.LookupListIndex}):
        for subtable in table.LookupList.Lookup[number].SubTable:
            plain = getattr(subtable, "ExtSubTable", subtable)
            same = plain.Value if plain.Format == 1 else None
            for index, name in enumerate(plain.Coverage.glyphs):
                yield name, same or plain.Value[index]


def _add_positioning(font: TTFont, tag: str, lookup: otTables.Lookup) -> None:
    table = font["GPOS"].table
    table.LookupList.Lookup.append(lookup)
    record = otTables.FeatureRecord()
    record.FeatureTag, record.Feature = tag, otTables.Feature()
    record.Feature.FeatureParams = None
    record.Feature.LookupListIndex = [len(table.LookupList.Lookup) - 1]
    table.FeatureList.FeatureRecord.append(record)
    for script in table.ScriptList.ScriptRecord:
        languages = [script.Script.DefaultLangSys, *(item.LangSys for item in script.Script.LangSysRecord)]
        for language in filter(None, languages):
            language.FeatureIndex.append(len(table.FeatureList.FeatureRecord) - 1)


def with_glyph_order(data: bytes, characters: list[int]) -> TTFont:
    font = TTFont(BytesIO(data), recalcTimestamp=False)
    names = font.getBestCmap()
    order = list(dict.fromkeys([".notdef", *(names[code] for code in characters), *font.getGlyphOrder()]))
    if "CFF " not in font:
        reorderGlyphs(font, order)
        return font
    # fontTools reorders the charstrings, yet leaves the choice of their subroutines (FDSelect) behind.
    top = font["CFF "].cff.topDictIndex[0]
    strings = top.CharStrings
    strings.charStrings = {name: strings[name] for name in top.charset}
    strings.charStringsAreIndexed = False
    dictionaries = dict(zip(top.charset, top.FDSelect.gidArray, strict=True))
    reorderGlyphs(font, order)
    top.FDSelect.gidArray = [dictionaries[name] for name in order]
    return font


def with_plain_glyph_ids(data: bytes) -> TTFont:
    """Return the font with every CID equal to its glyph's number.

    WeasyPrint writes glyph numbers where the PDF standard wants CIDs (ISO 32000-1, 9.7.4.2). With the gaps
    that subsetting leaves, Poppler and PDFium guess right, but Ghostscript and MuPDF print boxes or nothing.
    """
    # Opened anew, the other tables stay bytes and are copied; they refer to glyphs by number.
    font = TTFont(BytesIO(data), lazy=True, recalcTimestamp=False)
    top = font["CFF "].cff.topDictIndex[0]
    names = [".notdef", *(f"cid{number:05}" for number in range(1, len(top.charset)))]
    renamed = dict(zip(top.charset, names, strict=True))
    strings = top.CharStrings
    strings.charStrings = {renamed[old]: index for old, index in strings.charStrings.items()}
    top.charset = strings.charset = names
    top.CIDCount = len(names)
    font.setGlyphOrder(names)
    return font
