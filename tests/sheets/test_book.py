"""Workbooks and tables as they are written and read, whatever they are about."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from reportgen.sheets.book import opened
from reportgen.sheets.grid import letters
from reportgen.sheets.writing import DAY, Head, Table, workbook

HEADS = (
    Head("甲", 10, "如何填", needed=True),
    Head("乙", 12, shown=DAY),
    Head("丙", 8, offered=("是", "否")),
)


def rows(content: bytes, path: Path) -> list[list[object]]:
    path.write_bytes(content)
    with opened(path) as book:
        return [list(cells[:3]) for _, cells in book.rows("表")]


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    table = Table("表", HEADS, [("=1+1", date(2026, 11, 21), Decimal("1.25")), ("_x000D_ \x01甲", None, 7)])
    written = rows(workbook(table), tmp_path / "t.xlsx")
    assert [[str(cell)[:10] for cell in row] for row in written[1:]] == [
        ["=1+1", "2026-11-21", "1.25"],
        ["_x000D_ 甲", "None", "7"],
    ]


def test_a_table_shows_how_it_is_filled_in() -> None:
    sheet = load_workbook(BytesIO(workbook(Table("表", HEADS, [("# 示例", date(2026, 11, 21), 1)]))))["表"]
    assert (sheet.freeze_panes, sheet.column_dimensions["B"].number_format) == ("A2", DAY)
    assert str(sheet["A1"].comment and sheet["A1"].comment.text) == "如何填"
    assert sheet["A1"].fill.fgColor.rgb != sheet["B1"].fill.fgColor.rgb
    assert (sheet["A2"].font.italic, sheet["B2"].number_format) == (True, DAY)
    (offered,) = sheet.data_validations.dataValidation
    assert (str(offered.sqref), offered.formula1) == ("C2:C1048576", '"是,否"')


def test_a_table_is_printed_one_page_wide_with_its_heads_on_each() -> None:
    sheet = load_workbook(BytesIO(workbook(Table("表", HEADS, []))))["表"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    fitted = sheet.sheet_properties.pageSetUpPr
    assert fitted is not None
    assert fitted.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$1:$1"


def test_line_ends_spelt_out_by_other_programs_are_line_ends(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].title = "表"
    book.worksheets[0].append(["甲_x000D_\n乙"])
    out = BytesIO()
    book.save(out)
    assert rows(out.getvalue(), tmp_path / "t.xlsx")[0][0] == "甲\n乙"


@pytest.mark.parametrize(("number", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (128, "DX")])
def test_columns_have_letters(number: int, name: str) -> None:
    assert letters(number) == name
