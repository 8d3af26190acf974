"""One character of each block of hanzi that the fonts cover, in every place where a document prints text."""

from collections.abc import Callable
from dataclasses import replace

import pypdfium2
import pytest

from reportgen.cli.demo import sample_office
from reportgen.document import glyphs
from reportgen.document.charts import SlackBar, requirement_slack
from reportgen.document.compose import Inputs, compose
from reportgen.document.content import Content, Figure, Paragraph, Section
from reportgen.document.issuer import issuer_of
from reportgen.document.seal import seal_strings, seal_svg
from reportgen.document.typeset import typesetter
from reportgen.errors import ReportgenError
from reportgen.pipeline import Judged, Means, identify, judge
from tests.document import pdf
from tests.document.layout import findings
from tests.document.samples import NOW, request

BLOCKS = {
    "汉字基本区": "龢丂",
    "汉字扩展A": "䶮㐀㔰",
    "汉字扩展B": "𠅤𠀀𠀣",
    "汉字扩展C": "𪜀𪟑",
    "汉字扩展D": "𫝀",
    "汉字扩展E": "𬭎𫠠𫠰",
    "汉字扩展F": "𬺰𬻔",
    "汉字扩展G": "\U00030000",
    "汉字扩展H": "\U00031350",
}
"""Of each block one character of each tier of fonts that has any."""
RARE = "".join(BLOCKS.values())
PRIVATE, UNCOVERED = "\ue000", "\U0002ebf0"


@pytest.fixture(scope="module")
def content() -> Content:
    """A report's content with but one section."""
    asked, office = request("service-young"), sample_office()
    case, assessment = judge(asked.applicant, asked.project)
    judged = Judged(asked, case, assessment, Means(issuer_of(office).as_sample()))
    identity = identify(judged, b"a secret of tests, 32 bytes long", NOW)
    made = compose(Inputs(case, assessment, asked.binding, judged.issuer, identity))
    return replace(made, sections=made.sections[-1:])


def named(content: Content, name: str) -> Content:
    """Return the content with a name on cover, page heads and feet, a chart, the seal's ring and in a paragraph."""
    texts = name, "专用章", ""
    seal = replace(
        content.seal,
        svg=seal_svg(*texts, sample=True),
        alt=f"{name}专用章",
        strings=seal_strings(*texts, sample=True),
    )
    bars = [SlackBar(name[index : index + 9], 1.2, "满足") for index in range(0, len(name), 9)]
    chart = Figure("图", requirement_slack(bars))
    section = Section("s2", "2", "项目要求对照", (Paragraph(f"{name}。"), chart))
    use = f"仅供{name}用于本项目一次"
    return replace(
        content, agency=name, running_project=name, running_use=use, seal=seal, sections=(section,)
    )


def test_the_characters_stand_for_every_block_and_tier() -> None:
    for block, characters in BLOCKS.items():
        assert {glyphs.block_of(character) for character in characters} == {block}
        assert 0 not in map(glyphs.tier_of, characters)
    assert set(map(glyphs.tier_of, RARE)) == {glyphs.PACKAGED, glyphs.RARE, glyphs.LAST}


def test_rare_characters_come_back_from_every_place_by_two_readers(
    content: Content, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = typesetter().document("report.html.j2", named(content, RARE), NOW, "rare")
    path = tmp_path_factory.mktemp("rare") / "rare.pdf"
    path.write_bytes(made.pdf)
    assert findings(path) == []
    with pypdfium2.PdfDocument(made.pdf) as document:
        pages = ["".join(page.get_textpage().get_text_range().split()) for page in document]
    seal, foot, section = pages[0], pages[-1], pages[-1]
    assert all(seal.count(character) >= 2 for character in RARE)
    assert RARE in pages[1]
    assert f"仅供{RARE}用于本项目一次" in foot
    # The paragraph, the chart, and the heads and feet of the page.
    assert all(section.count(character) >= 4 for character in RARE)
    words = pdf.text(path)
    assert all(words.count(character) >= 8 for character in RARE)
    # Within drawings too: a font that nobody named is one that another machine has not got.
    families = {name.removesuffix("-Bold").removesuffix("-Medium") for name in pdf.fonts(path)}
    packaged = {"Reportgen-Song", "Reportgen-Hei", "Reportgen-Kai"}
    assert families == {*packaged, "BabelStone-Han", "HanaMinA", "HanaMinB"}


def _seal(content: Content, character: str) -> Content:
    return replace(content, seal=replace(content.seal, strings=(f"甲{character}乙",)))


def _chart(content: Content, character: str) -> Content:
    drawn = Figure("图", requirement_slack([SlackBar(f"甲{character}乙", 1.2, "满足")]))
    return replace(content, sections=(replace(content.sections[0], blocks=(drawn,)),))


PLACES: dict[str, Callable[[Content, str], Content]] = {
    "agency": lambda content, character: replace(content, agency=f"甲{character}乙"),
    "running_use": lambda content, character: replace(content, running_use=f"仅供{character}使用"),
    "running_project": lambda content, character: replace(content, running_project=character),
    "cover[0].value": lambda content, character: replace(
        content, cover=(replace(content.cover[0], value=character), *content.cover[1:])
    ),
    "seal.strings[0]": _seal,
    "sections[0].blocks[0].chart.strings": _chart,
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("character", "name"), [(PRIVATE, "U+E000"), (UNCOVERED, f"U+2EBF0 {UNCOVERED}")])
def test_what_no_font_covers_is_refused_by_character_code_point_and_place(
    place: str, character: str, name: str, content: Content
) -> None:
    with pytest.raises(ReportgenError) as caught:
        typesetter().document("report.html.j2", PLACES[place](content, character), NOW, "refused")
    assert caught.value.code == "E0701"
    faults = [fault for fault in caught.value.faults if fault.path.startswith(place)]
    assert faults
    assert all(fault.what.startswith(name) for fault in faults)


def test_what_the_signature_says_of_the_agency_is_printed_and_so_looked_through(content: Content) -> None:
    address = issuer_of(sample_office()).agency.address
    assert address in [pair.value for pair in content.filing]
