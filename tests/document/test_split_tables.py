"""Tables that run over a page, and those short enough to stand whole."""

from collections.abc import Iterator
from typing import Any

import pytest
from weasyprint import CSS, HTML
from weasyprint.formatting_structure import boxes

from reportgen.document.look import style_sheet
from reportgen.document.sections import sections
from reportgen.document.tables import Column, Table, table
from reportgen.pipeline import judge
from tests.document import pdf
from tests.document.samples import Press, request

pytestmark = pytest.mark.usefixtures("secret")


def boxes_of(box: Any, kind: type) -> Iterator[Any]:
    for child in getattr(box, "children", ()):
        if isinstance(child, kind):
            yield child
        yield from boxes_of(child, kind)


def test_a_table_that_runs_on_leaves_no_rule_at_the_foot_of_its_page() -> None:
    rows = "".join(f"<tr><td>{index}</td></tr>" for index in range(90))
    html = f'<table class="grid"><thead><tr><th>数</th></tr></thead><tbody>{rows}</tbody></table>'
    document = HTML(string=html).render(stylesheets=[CSS(string=style_sheet(names=("tables",)))])
    parts = [part for page in document.pages for part in boxes_of(page._page_box, boxes.TableBox)]
    assert len(document.pages) > 1
    assert not any(part.border_bottom_width for part in parts)
    feet = [
        list(boxes_of(page._page_box, boxes.TableCellBox))[-1].border_bottom_width for page in document.pages
    ]
    assert all(0 < foot < feet[-1] for foot in feet[:-1])


@pytest.mark.parametrize("name", ["goods-banned", "housing-large-same-builder"])
def test_a_short_table_stands_on_one_page(name: str, press: Press) -> None:
    asked = request(name)
    blocks = [b for s in sections(*judge(asked.applicant, asked.project)) for b in s.blocks]
    short = [block.caption for block in blocks if isinstance(block, Table) and block.together]
    assert {"信用记录概要", "财务比率"} <= set(short)
    words = pdf.text(press(name)[1])
    assert [caption for caption in short if f"续表{caption.replace(' ', '')}" in words] == []


@pytest.mark.parametrize(
    ("rows", "text", "whole"),
    [
        (10, "甲", True),
        (13, "甲", False),
        (3, "甲" * 500, True),
        (10, "甲" * 60, False),
        (10, "A" * 40, True),
    ],
)
def test_short_is_what_leaves_hardly_more_than_a_quarter_of_a_page(rows: int, text: str, whole: bool) -> None:
    assert table("甲", [Column("乙", 80), Column("丙", 20)], [(text, "甲")] * rows).together is whole
