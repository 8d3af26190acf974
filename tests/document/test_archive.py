"""Every sample report and letter is PDF/A-3a and PDF/UA-1 at once, and reads aloud in order."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from weasyprint import HTML

from tests.document import archive, pdf
from tests.document.samples import LETTERS, REPORTS, Press

# Between them every kind of block: members' tables, records over five pages, empty tables, a letter. The second
# opinion takes one to two seconds a file where the validators take 0.3: the others wait for `make soak`.
LISTENED = {"highway-lot2-joint", "housing-breacher", "service-young", *LETTERS}
SECTIONS = [
    "结论",
    "项目要求对照",
    "基本情况与沿革",
    "三年信用记录",
    "同类项目业绩与履约",
    "技术水平及其运用",
    "设备条件及其运用",
    "人力资源及其运用",
    "资金实力及其运用",
    "关联方",
    "风险提示",
    "评价方法与版本",
]
ANNEXES = ["附录 A 信用记录明细", "附录 B 数据来源与时点", "附录 C 术语", "附录 D 核验指引"]
PLAIN = '<html lang="zh-CN"><title>样张</title><h1>样张</h1><table><tr><th>项目<td>内容</table>'


# All of them are asked again once they are signed, in test_signed.py.
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name in LISTENED else pytest.mark.soak) for name in REPORTS + LETTERS],
)
def test_a_document_satisfies_the_validators(name: str, press: Press) -> None:
    assert archive.faults(press(name)[1]) == []


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name in LISTENED else pytest.mark.soak) for name in REPORTS + LETTERS],
)
def test_a_second_opinion_hears_nothing_wrong(name: str, press: Press) -> None:
    assert archive.heard(press(name)[1]) == []


def test_what_nobody_finished_does_not_pass(tmp_path: Path) -> None:
    path = tmp_path / "plain.pdf"
    HTML(string=PLAIN).write_pdf(path, pdf_variant="pdf/a-3a", pdf_tags=True)
    assert any(fault.startswith("ua1 PDFUA1-ID-PART") for fault in archive.faults(path))
    assert any(fault.startswith("DOC-012") for fault in archive.heard(path))


def with_stream(source: Path, target: Path, data: bytes) -> Path:
    with pikepdf.open(source) as opened:
        opened.Root["/PieceInfo"] = pikepdf.Dictionary(
            Test=pikepdf.Dictionary(
                LastModified=pikepdf.String("D:20261121093000+08'00'"), Private=opened.make_stream(data)
            )
        )
        opened.save(target, compress_streams=False)
    return target


def test_a_stream_that_ends_in_a_carriage_return_is_a_false_alarm_and_a_wrong_length_is_none(
    press: Press, tmp_path: Path
) -> None:
    path = with_stream(press(LETTERS[0])[1], tmp_path / "return.pdf", b"data\r")
    assert b"data\r\nendstream" in path.read_bytes()
    assert archive.faults(path) == []
    path.write_bytes(path.read_bytes().replace(b"/Length 5 ", b"/Length 3 "))
    assert any("STREAM-LENGTH" in fault for fault in archive.faults(path))


@pytest.mark.parametrize(
    ("alt", "spoken"),
    [
        ("2023-12-10 至 2026-12-10 的信用记录共 6 条，1 条异议中：行政管理 严重 1 条。", True),
        ("chart-3.svg 2023 2024 2025 营业收入净利润资产负债率与信用记录。", False),
        ("1,980；2,140；1,610", False),
        ("2023 年 21,864；2024 年 9,632；2025 年 4,013。", False),
    ],
)
def test_an_alternative_text_of_figures_is_spoken_only_as_sentences(alt: str, *, spoken: bool) -> None:
    assert archive.is_chinese(alt) is spoken


def test_the_claims_can_be_read_without_unpacking(press: Press) -> None:
    path = press("service-young")[1]
    packet = re.search(rb"<\?xpacket begin.*?<\?xpacket end", path.read_bytes(), re.S)
    assert packet
    for claim in (
        b'pdfaid:part="3"',
        b'pdfaid:conformance="A"',
        b"<pdfuaid:part>1</pdfuaid:part>",
        b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>",
        "（样例）".encode(),
    ):
        assert claim in packet[0]


@pytest.mark.parametrize("name", ["service-young", *LETTERS])
def test_header_cells_have_a_scope_and_every_figure_its_words(name: str, press: Press) -> None:
    path = press(name)[1]
    with pikepdf.open(path) as opened:
        elements = [item for item in opened.objects if isinstance(item, pikepdf.Dictionary) and "/S" in item]
        heads = [item for item in elements if item.S == "/TH"]
        assert heads
        for head in heads:
            column = head.P.P.S == "/THead"
            assert head.A.Scope == ("/Column" if column else "/Row")
            assert "/ID" not in head
        assert not [item for item in elements if item.S == "/TD" and "/Headers" in item.get("/A", {})]
    assert all(archive.figures(path))


def test_a_figure_says_where_on_the_page_it_stands(press: Press) -> None:
    places = pdf.figures(press("service-young")[1])
    (left, foot, right, top) = next(place for alt, place in places.items() if alt.startswith("核验二维码"))
    assert (left, foot, right, top) == pytest.approx((21, 37, 49, 65), abs=0.5)
    assert all(0 <= place[1] < place[3] <= 297 for place in places.values())


def test_what_repeats_on_every_page_is_an_artifact_and_not_heard(press: Press) -> None:
    _, path = press("service-young")
    heard = archive.aloud(path)
    assert not re.search(r"第\d+页/共\d+页", heard)
    # Under the head of its chapter, not once a page.
    assert heard.count("用于本项目一次") <= 2
    with pikepdf.open(path) as opened:
        for sheet in opened.pages:
            kinds = Counter(
                str(mark.get("/Subtype", mark.get("/Type"))) for mark in marks(sheet, "/Artifact")
            )
            assert kinds["/Watermark"] == 1
            assert kinds["/Pagination"] >= 2


def marks(sheet: pikepdf.Page, tag: str) -> list[pikepdf.Object]:
    """Return the properties of each marked sequence of a page that bears a tag."""
    read = pikepdf.parse_content_stream(sheet, "BDC")
    return [step.operands[1] for step in read if str(step.operands[0]) == tag]


def test_every_tagged_sequence_has_its_element_and_no_other_has(press: Press) -> None:
    done, path = press("service-young")
    with pikepdf.open(path) as opened:
        owners: list[Any] = list(opened.Root.StructTreeRoot.ParentTree.Nums)
        for index, sheet in enumerate(opened.pages):
            owned = {mcid for mcid, owner in enumerate(list(owners[2 * index + 1])) if owner is not None}
            assert {int(mark["/MCID"]) for mark in marks(sheet, "/Span") + marks(sheet, "/Figure")} == owned
    assert len(owners) == 2 * (done.pages + len(pdf.links(path)))


def test_the_cover_is_read_in_order(press: Press) -> None:
    heard = archive.aloud(press("service-young")[1])
    order = [
        "信用报告",
        "报告编号",
        "申请人",
        "项目名称",
        "使用单位",
        "有效期至",
        "扫码或上网核验",
        "核验码",
        "2026年11月21日",
        "报告说明与声明",
        "目录",
        "1结论",
        "决定因素",
        "决策建议",
    ]
    places = [heard.index(word) for word in order]
    assert places == sorted(places)


def test_an_entry_of_the_contents_is_one_link_named_by_its_place(press: Press) -> None:
    found = pdf.links(press("service-young")[1])
    places = [link for link in found if not re.match("https://|mailto:", link)]
    assert places == [f"第{number}节" for number in range(1, 13)] + ["附录A", "附录B", "附录C", "附录D"]


def test_the_bookmarks_follow_the_contents(press: Press) -> None:
    with pikepdf.open(press("service-young")[1]) as opened, opened.open_outline() as outline:
        titles = [item.title for item in outline.root]
        assert str(opened.Root.Lang) == "zh-CN"
        assert opened.Root.ViewerPreferences.DisplayDocTitle
    numbered = [f"{number} {title}" for number, title in enumerate(SECTIONS, 1)]
    assert titles == ["封面", "报告说明与声明", "目录", *numbered, *ANNEXES]
