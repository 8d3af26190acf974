"""Justified lines: full lines stand flush, and nothing else moves."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from weasyprint import CSS, HTML, Page
from weasyprint.formatting_structure import boxes
from weasyprint.text.fonts import FontConfiguration

from reportgen.document.glyphs import font_face_css
from reportgen.document.justification import justify
from reportgen.document.typeset import Assets

EM = 16.0
FULL = (
    "本报告只用于封面所列项目与标段由封面所列使用单位使用一次用于其他项目其他单位或再次使用均属无效使用" * 2
)
MIXED = "流动比率为 0.53，低于招标文件第 1.4.1（5）项要求的 1，差额 −0.47，证据见 FIN-2025 等三项。" * 2
STYLE = """@page { size: 500px 400px; margin: 20px }
body { font: 16px/1.5 "Reportgen Song"; margin: 0 } p, li { margin: 0 } ul { padding: 0; list-style: none }"""


def pages(body: str, style: str = "") -> list[Page]:
    fonts, assets = FontConfiguration(), Assets()
    sheet = CSS(string=font_face_css("asset:fonts") + STYLE + style, font_config=fonts, url_fetcher=assets)
    html = HTML(string=f"<html lang='zh-CN'>{body}</html>", url_fetcher=assets, base_url="asset:")
    laid: list[Page] = html.render(stylesheets=[sheet], font_config=fonts).pages
    return laid


def lines(laid: list[Page]) -> Iterator[list[Any]]:
    for page in laid:
        for box in page._page_box.descendants():
            if isinstance(box, boxes.LineBox) and box.element_tag in {"p", "li"}:
                yield [text for text in box.descendants() if isinstance(text, boxes.TextBox)]


def ends(laid: list[Page]) -> list[tuple[float, float]]:
    """Return where the characters of each line begin and end, px from the page's left."""
    return [(line[0].position_x, line[-1].position_x + line[-1].width) for line in lines(laid)]


def spread(body: str, style: str = "") -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    laid = pages(body, style)
    before = ends(laid)
    justify(laid)
    return before, ends(laid)


@pytest.mark.parametrize("text", [FULL, MIXED, f"{FULL[:40]}<b>{FULL[:30]}</b>{FULL}"])
@pytest.mark.parametrize("tag", ["p", "li"])
def test_all_lines_but_the_last_stand_flush(text: str, tag: str) -> None:
    body = f"<{tag}>{text}</{tag}>"
    before, after = spread(f"<ul>{body}</ul>" if tag == "li" else body)
    assert len(after) > 2
    assert after[-1] == before[-1]
    for (left, right), (old, _) in zip(after[:-1], before, strict=False):
        assert left in (pytest.approx(old, abs=0.01), pytest.approx(old - EM / 2, abs=0.01))
        assert right in (pytest.approx(480, abs=0.5), pytest.approx(480 + EM / 2, abs=0.5))


def test_marks_at_the_edges_hang_by_half_their_width() -> None:
    text = "评" * 28 + "，" + "价" * 28 + "（" + "要" * 30
    _, after = spread(f"<p>{text}</p>", "@page { size: 504px 400px }")
    assert after[0][1] == pytest.approx(484 + EM / 2, abs=0.5)


def test_boxes_within_a_line_stay_in_order_and_touch() -> None:
    laid = pages(f"<p>{FULL[:20]}<b>{FULL[:20]}</b><i>{FULL}</i></p>")
    justify(laid)
    for line in lines(laid):
        for left, right in pairwise(line):
            assert right.position_x == pytest.approx(left.position_x + left.width, abs=0.01)


@pytest.mark.parametrize(
    ("body", "style"),
    [
        (f"<p>{FULL[:25]}<br>{FULL[:25]}<br>末</p>", ""),
        (f"<p>{FULL}</p>", "p { width: 200px }"),
        (f"<p>{FULL}</p>", "p { text-align: right }"),
        (f"<p>{FULL[:12]} https://www.example.cn/{'x' * 38} {FULL[:5]}</p>", ""),
        (f"<table><tr><td><p>{FULL}</p></table>", ""),
        (f"<div>{FULL}</div>", ""),
    ],
    ids=["forced breaks", "narrow", "right", "loose", "table", "no paragraph"],
)
def test_what_is_no_full_line_of_a_paragraph_stays(body: str, style: str) -> None:
    before, after = spread(body, style)
    assert before == after


def test_a_paragraph_over_two_pages_is_flush_up_to_its_last_line() -> None:
    laid = pages(f"<p>{FULL * 6}</p>")
    assert len(laid) > 1
    justify(laid)
    places = ends(laid)
    assert all(right == pytest.approx(480, abs=0.5) for _, right in places[:-1])
    assert places[-1][1] < 470
