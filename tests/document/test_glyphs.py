"""Which characters can be printed, in which fonts, and which are refused whatever the fonts hold."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from reportgen.document import glyphs
from reportgen.errors import ExitCode, ReportgenError
from reportgen.settings import asset_dir

FONTS = asset_dir("fonts")
FILES = [FONTS / face.file for face in glyphs.FACES]
CFF_FILES = [path for path in FILES if path.suffix == ".otf"]
COPYRIGHT = 0
PROGRAMS = ("/FontFile2", "/FontFile3")
TABLE_OF_HANZI = 8105
IN_TABLE_BUT_NOT_IN_GB2312 = "䶮㛃𬭎𠅤堃喆珺镕甪瞭鿍㸌䴔𪟝𫍣𬺈𬶍𨱏"
SIGNS = "−²³㎡㎥≥≤≠≈×÷±‰℃№①⑳●○■□▲△▼▽◆◇★☆✓→←↑↓Ωαβ【】〔〕「」『』《》〈〉·—…０９\u00a0\u3000〇￥€"


def gb2312() -> set[str]:
    """Return all characters of GB 2312 by Python's codec."""
    pairs = (bytes([row, cell]) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return {character for pair in pairs if (character := pair.decode("gb2312", "ignore"))}


def opened(path: Path) -> TTFont:
    """Open a font from memory: a lazy one would leave its file open."""
    return TTFont(BytesIO(path.read_bytes()), lazy=True)


def faults_of(*strings: tuple[str, str]) -> list[tuple[str, str]]:
    """Return (path, what) of every fault of a preflight that fails."""
    with pytest.raises(ReportgenError) as caught:
        glyphs.preflight(strings)
    assert caught.value.code == "E0701"
    assert caught.value.exit_code == ExitCode.NOT_TYPESETTABLE
    return [(fault.path, fault.what) for fault in caught.value.faults]


class TestPackagedFaces:
    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
    def test_code_points_are_those_fonttools_reads(self, path: Path) -> None:
        assert glyphs.code_points(path) == set(opened(path).getBestCmap())

    def test_all_faces_hold_the_same_characters(self) -> None:
        assert len({glyphs.code_points(path) for path in FILES}) == 1

    def test_gb2312_ascii_and_the_signs_of_reports_are_packaged(self) -> None:
        printable = {chr(code) for code in range(0x20, 0x7F)}
        wanted = gb2312() | printable | set(SIGNS) | set(IN_TABLE_BUT_NOT_IN_GB2312)
        assert {character for character in wanted if glyphs.tier_of(character) != glyphs.PACKAGED} == set()

    def test_there_are_hanzi_enough_for_the_table_and_gb2312(self) -> None:
        hanzi = {code for code in glyphs.packaged_code_points(FONTS) if "汉字" in glyphs.block_of(chr(code))}
        beyond = hanzi - set(map(ord, gb2312()))
        assert len(hanzi) > TABLE_OF_HANZI
        assert len(beyond) == 1467

    def test_nothing_packaged_is_refused(self) -> None:
        refused = [code for code in glyphs.packaged_code_points(FONTS) if glyphs.refusal(chr(code))]
        assert refused == []

    def test_together_they_are_small(self) -> None:
        assert sum(path.stat().st_size for path in FILES) <= 25_000_000

    @pytest.mark.parametrize("face", glyphs.FACES, ids=lambda face: face.file)
    def test_no_reserved_name_is_left(self, face: glyphs.Face) -> None:
        font = opened(FONTS / face.file)
        reserved = re.compile("noto|lxgw|wenkai|霞鹜|klee|source han", re.IGNORECASE)
        assert [name for name in shown_names(font) if reserved.search(name)] == []
        assert font["name"].getDebugName(1) == face.family
        assert font["OS/2"].usWeightClass == face.weight
        assert " " not in font["name"].getDebugName(6)

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
    def test_copyright_and_licence_are_kept(self, path: Path) -> None:
        names = opened(path)["name"]
        assert re.search("Adobe|LXGW", names.getDebugName(COPYRIGHT))
        assert "SIL Open Font License" in names.getDebugName(13)

    @pytest.mark.parametrize("path", CFF_FILES, ids=lambda path: path.name)
    def test_cids_are_glyph_numbers_as_ghostscript_and_mupdf_need_them(self, path: Path) -> None:
        charset = opened(path)["CFF "].cff.topDictIndex[0].charset
        assert charset[1:] == [f"cid{number:05}" for number in range(1, len(charset))]

    @pytest.mark.parametrize("path", CFF_FILES, ids=lambda path: path.name)
    def test_punctuation_can_be_squeezed(self, path: Path) -> None:
        assert {"chws", "halt", "kern", "palt"} <= positioning(path)

    def test_song_has_figures_of_one_width(self) -> None:
        assert [path.name for path in CFF_FILES if "tnum" in positioning(path)] == [
            "Song-Regular.otf",
            "Song-Bold.otf",
        ]


def shown_names(font: TTFont) -> Iterator[str]:
    """Yield every name of a font but its copyright."""
    yield from (str(record) for record in font["name"].names if record.nameID != COPYRIGHT)
    if "CFF " in font:
        top = font["CFF "].cff.topDictIndex[0]
        yield from (*font["CFF "].cff.fontNames, top.FullName, top.FamilyName, top.Notice)
        yield from (part.FontName for part in top.FDArray)


def positioning(path: Path) -> set[str]:
    """Return the tags of a font's positioning features."""
    features = opened(path)["GPOS"].table.FeatureList.FeatureRecord
    return {record.FeatureTag for record in features}


class TestRareTier:
    def test_the_fonts_of_the_system_are_there(self) -> None:
        states = glyphs.survey()
        assert [state.family for state in states if state.path is None] == []
        assert {state.family: state.code_points > 40_000 for state in states if state.tier > 1} == {
            "BabelStone Han": True,
            "HanaMinA": True,
            "HanaMinB": True,
        }

    @pytest.mark.parametrize("font", glyphs.RARE_FONTS, ids=lambda font: font.family)
    def test_code_points_are_those_fonttools_reads(self, font: glyphs.RareFont) -> None:
        path = glyphs.rare_path(font)
        assert path is not None
        assert glyphs.rare_code_points(font) == set(opened(path).getBestCmap())

    @pytest.mark.parametrize(
        ("character", "tier"),
        [
            ("䶮", 1),  # extension A, 通用规范汉字表
            ("㛃", 1),
            ("𠅤", 1),  # extension B
            ("𬭎", 1),  # extension E
            ("丂", 2),  # basic block
            ("臺", 2),  # traditional
            ("㐀", 2),  # extension A
            ("㔰", 3),
            ("𠀀", 2),  # extension B
            ("𠀣", 3),
            ("𪜀", 2),  # extension C
            ("𪟑", 3),
            ("𫝀", 2),  # extension D
            ("𫠠", 2),  # extension E
            ("𫠰", 3),
            ("𬺰", 2),  # extension F
            ("𬻔", 3),
            ("\U00030000", 2),  # extension G
            ("\U00031350", 2),  # extension H
            ("\U0002ebf0", 0),  # extension I: no font yet
        ],
    )
    def test_the_first_tier_with_a_glyph_is_found(self, character: str, tier: int) -> None:
        assert glyphs.tier_of(character) == tier

    def test_a_text_names_the_families_it_needs_beyond_the_packaged_ones(self) -> None:
        assert glyphs.rare_families("广西建工集团\n") == ()
        assert glyphs.rare_families("臺灣") == ("BabelStone Han",)
        assert glyphs.rare_families("臺𠀣㔰") == ("BabelStone Han", "HanaMinA", "HanaMinB")

    def test_a_font_that_is_not_installed_is_named_with_its_package(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        missing = glyphs.RareFont(3, "No Such Family", "fonts-no-such", tmp_path / "none.ttf")
        monkeypatch.setattr(glyphs, "RARE_FONTS", (missing,))
        assert [state.path for state in glyphs.survey() if state.package == "fonts-no-such"] == [None]
        assert faults_of(("a", "臺")) == [
            ("a", "U+81FA 臺（汉字基本区）没有可用字形（未安装 fonts-no-such）")
        ]


class TestPreflight:
    @pytest.mark.parametrize(
        ("character", "reason"),
        [
            ("\x00", "控制字符"),
            ("\r", "控制字符"),
            ("\x1b", "控制字符"),
            ("\x85", "控制字符"),
            ("\ufdd0", "非字符"),
            ("\uffff", "非字符"),
            ("\U0010fffe", "非字符"),
            ("\ud800", "代理"),
            ("\udfff", "代理"),
            ("\ue000", "私用"),
            ("\uf8ff", "私用"),
            ("\U000f0000", "私用"),
            ("\U0010fffd", "私用"),
            ("\u200e", "双向"),
            ("\u202a", "双向"),
            ("\u202e", "双向"),
            ("\u2066", "双向"),
            ("\u2069", "双向"),
            ("\ufe00", "异体字选择符"),
            ("\U000e0100", "异体字选择符"),
            ("\u200b", "不可见"),
            ("\u200d", "不可见"),
            ("\u00ad", "不可见"),
            ("\u3164", "不可见"),
            ("\ufeff", "不可见"),
            ("\u2028", "行分隔符"),
            ("\ufffd", "替换符"),
        ],
    )
    def test_hostile_characters_are_refused_and_not_repeated(self, character: str, reason: str) -> None:
        [(path, what)] = faults_of(("subject.name", f"甲{character}乙"))
        assert path == "subject.name"
        assert what.startswith(f"U+{ord(character):04X}")
        assert reason in what
        assert character not in what

    def test_a_private_character_is_refused_although_a_font_of_the_system_has_it(self) -> None:
        babelstone = glyphs.rare_code_points(glyphs.RARE_FONTS[0])
        assert faults_of(("a", chr(next(code for code in sorted(babelstone) if code >= 0xE000))))

    def test_line_feeds_and_tabs_pass(self) -> None:
        glyphs.preflight([("notes", "第一行\n\t第二行")])

    def test_a_character_without_glyph_is_shown_with_its_block(self) -> None:
        [(path, what)] = faults_of(("persons[2].name", "张\U0002ebf0"))
        assert path == "persons[2].name"
        assert what == "U+2EBF0 \U0002ebf0（汉字扩展I）没有可用字形"

    def test_all_faults_of_all_paths_are_listed_once_each_in_order(self) -> None:
        found = faults_of(("a", "\ue000甲\u202e\ue000"), ("b", "无误"), ("c", "\ue000"))
        assert [(path, what.split("（")[0].split(" ")[0]) for path, what in found] == [
            ("a", "U+E000"),
            ("a", "U+202E"),
            ("c", "U+E000"),
        ]

    def test_rare_hanzi_pass(self) -> None:
        glyphs.preflight([("name", "臺𠀀𠀣㔰"), ("place", IN_TABLE_BUT_NOT_IN_GB2312)])

    def test_a_missing_face_is_a_missing_asset(self, tmp_path: Path) -> None:
        with pytest.raises(ReportgenError) as caught:
            glyphs.preflight([("a", "甲")], fonts=tmp_path)
        assert caught.value.code == "E0702"

    def test_a_damaged_face_is_a_missing_asset(self, tmp_path: Path) -> None:
        for face in glyphs.FACES:
            (tmp_path / face.file).write_bytes(b"OTTO" + bytes(8))
        with pytest.raises(ReportgenError) as caught:
            glyphs.preflight([("a", "甲")], fonts=tmp_path)
        assert caught.value.code == "E0702"


covered = st.text(st.sampled_from(sorted(map(chr, glyphs.packaged_code_points(FONTS)))))
private = st.one_of(
    st.characters(min_codepoint=0xE000, max_codepoint=0xF8FF),
    st.characters(min_codepoint=0xF0000, max_codepoint=0xFFFFD),
    st.characters(min_codepoint=0x100000, max_codepoint=0x10FFFD),
)


class TestProperties:
    @given(st.lists(covered))
    def test_texts_of_covered_characters_pass(self, texts: list[str]) -> None:
        glyphs.preflight((f"field[{index}]", text) for index, text in enumerate(texts))

    @given(covered, private, covered)
    def test_one_private_character_anywhere_fails_and_is_named(
        self, before: str, character: str, after: str
    ) -> None:
        [(path, what)] = faults_of(("good", before), ("bad", before + character + after))
        assert path == "bad"
        assert what.startswith(f"U+{ord(character):04X}")

    @given(st.text())
    def test_every_text_either_passes_or_names_exactly_its_bad_characters(self, text: str) -> None:
        bad = [c for c in dict.fromkeys(text) if glyphs.refusal(c) or not glyphs.tier_of(c)]
        if bad:
            assert len(faults_of(("a", text))) == len(bad)
        else:
            glyphs.preflight([("a", text)])


class TestStyleSheet:
    def test_every_face_has_a_rule_with_its_weight(self) -> None:
        rules = glyphs.font_face_css("asset:fonts").splitlines()
        assert len(rules) == len(glyphs.FACES)
        assert 'font-weight: 700; src: url("asset:fonts/Hei-Bold.otf")' in rules[3]

    def test_without_a_base_the_rules_point_at_the_packaged_files(self) -> None:
        assert f'url("{FILES[0].as_uri()}")' in glyphs.font_face_css()

    def test_families_get_their_fallbacks_by_name_and_no_generic_one(self) -> None:
        assert glyphs.css_family(glyphs.HEI) == "'Reportgen Hei','BabelStone Han','HanaMinA','HanaMinB'"

    def test_a_page_embeds_the_named_fonts_only_and_gives_its_text_back(self) -> None:
        text = "宋䶮㛃𬭎𠅤丂㔰𠀀𠀣"
        pdf = page(f"<p>{text}</p><p class=bold>{text}</p><p class=hei>{text}</p><p class=kai>{text}</p>")
        assert embedded_fonts(pdf) == {
            "ReportgenSong-Regular",
            "ReportgenSong-Bold",
            "ReportgenHei-Regular",
            "ReportgenKai-Regular",
            "BabelStoneHan",
            "HanaMinA",
            "HanaMinB",
        }
        with pypdfium2.PdfDocument(pdf) as document:
            found = document[0].get_textpage().get_text_range()
        assert found.split() == [text] * 4


def page(body: str) -> bytes:
    """Typeset a page with the packaged faces and their fallbacks."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    song, hei, kai = map(glyphs.css_family, (glyphs.SONG, glyphs.HEI, glyphs.KAI))
    rules = f"""html {{ font-family: {song} }} .bold {{ font-weight: 700 }}
        .hei {{ font-family: {hei} }} .kai {{ font-family: {kai} }}"""
    css = glyphs.font_face_css() + rules
    style = CSS(string=css, font_config=fonts)
    html = HTML(string=f"<html lang=zh-CN>{body}")
    return html.write_pdf(stylesheets=[style], font_config=fonts)  # type: ignore[no-any-return]


def embedded_fonts(pdf: bytes) -> set[str]:
    """Return the PostScript names in a PDF's font programs; its own names tell what was asked for."""
    with pikepdf.open(BytesIO(pdf)) as document:
        fonts = [item for item in document.objects if isinstance(item, pikepdf.Dictionary)]
        described = [item for item in fonts if item.get("/Type") == "/FontDescriptor"]
        programs = [item[key].read_bytes() for item in described for key in PROGRAMS if key in item]
    return {TTFont(BytesIO(program))["name"].getDebugName(6) for program in programs}
