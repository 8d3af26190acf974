"""What a clerk writes in a cell, in every spelling, becomes the one that the models read."""

from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.sheets.cells import Read, UnknownDateError, guarded, joined, read_cell
from reportgen.sheets.form import Column, Sort, heading
from reportgen.sheets.text import CellError

MAC = datetime(1904, 1, 1)
PARTS = st.lists(st.text("甲乙丙、；; 1", min_size=1, max_size=6).map(str.strip).filter(bool), min_size=1)


def column(sort: Sort, **changes: Any) -> Column:
    return Column("a", "甲", "", sort=sort, **changes)


def read(value: object, sort: Sort, head: str = "", **changes: Any) -> Read:
    return read_cell(value, column(sort, **changes), head)


@pytest.mark.parametrize(
    ("cell", "sum_in_yuan"),
    [
        ("1234.5", "1234.5"),
        (1234.25, "1234.25"),
        (1.1000000000000001, "1.1"),
        (1e-06, "0.000001"),
        ("１２３４．５０", "1234.50"),
        ("1,234,567.89", "1234567.89"),
        ("1，234，567", "1234567"),
        ("￥1,200", "1200"),
        ("人民币 12 元", "12"),
        ("12.5万元", "125000.0"),
        ("12.5 万", "125000.0"),
        ("1.2亿元", "120000000.0"),
        ("3千元", "3000"),
        ("－7.5", "-7.5"),
        ("\u22127.5万元", "-75000.0"),
        ("—", None),
        (" \u3000 ", None),
        ("/", None),
        ("一万元", "一万元"),
        ("1,23", "1,23"),
        ("1_000万元", "1_000万元"),
        ("1e999999999万元", "1e999999999万元"),
        ("9" * 30 + "万元", "9" * 30 + "万元"),
    ],
)
def test_a_sum_is_read_in_yuan(cell: object, sum_in_yuan: str | None) -> None:
    assert read(cell, Sort.MONEY, "元", unit="元") == sum_in_yuan


@pytest.mark.parametrize(
    ("cell", "unit", "usual", "yuan"),
    [
        (9180, "万元", "万元", "91800000"),
        (9180, "元", "万元", "9180"),
        (0.5, "亿元", "元", "50000000.0"),
        ("91800000元", "万元", "万元", "91800000"),
        ("1.2亿", "万元", "元", "120000000.0"),
        (9180, "", "元", "9180"),
    ],
)
def test_the_unit_of_the_cell_wins_over_that_of_the_head(
    cell: object, unit: str, usual: str, yuan: str
) -> None:
    assert read(cell, Sort.MONEY, unit, unit=usual) == yuan


def test_no_unit_is_guessed_where_another_is_usual() -> None:
    with pytest.raises(CellError, match="没有写明单位"):
        read(9180, Sort.MONEY, "", unit="万元")


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-11-21", "2026-11-21"),
        ("2026/1/2", "2026-01-02"),
        ("2026.11.21", "2026-11-21"),
        ("2026年11月21日", "2026-11-21"),
        ("２０２６年１月２日", "2026-01-02"),
        (" 2026 年 1 月 2 日 ", "2026-01-02"),
        ("20261121", "2026-11-21"),
        (20260103, "2026-01-03"),
        (20260102.0, "2026-01-02"),
        ("2026-11-21 00:00:00", "2026-11-21"),
        (46348, "2026-11-22"),
        ("46347", "2026-11-21"),
        (datetime(2026, 11, 25), "2026-11-25"),
        (date(2026, 11, 26), "2026-11-26"),
        ("长期", "2099-12-31"),
        ("永久", "2099-12-31"),
        (2099, "2099-12-31"),
        ("2099-01-31", "2099-01-31"),
        ("2099/12/31", "2099-12-31"),
        ("1892-05-01", "1892-05-01"),
        ("——", None),
        ("2026-02-30", "2026-02-30"),
        ("2026年13月1日", "2026-13-01"),
        ("明年", "明年"),
        ("2026-11", "2026-11"),
        (2026, "2026"),
        (datetime(2026, 11, 21, 8), "2026-11-21T08:00"),
    ],
)
def test_a_day_is_read_in_every_spelling(cell: object, day: str | None) -> None:
    assert read(cell, Sort.DAY) == day


def test_a_workbook_may_count_days_from_1904() -> None:
    assert read_cell(44885, column(Sort.DAY), "", MAC) == "2026-11-21"
    assert read_cell("46347", column(Sort.DAY), "", MAC) == "2026-11-21"


@pytest.mark.parametrize(
    "cell", ["1900-01-01", "1900/1/1", date(1899, 12, 31), datetime(1899, 12, 30), time(), "19000101"]
)
def test_the_day_that_stands_for_none_is_none(cell: object) -> None:
    with pytest.raises(UnknownDateError):
        read(cell, Sort.DAY)


@pytest.mark.parametrize(
    ("cell", "unit", "share"),
    [
        ("62%", "", "0.62"),
        ("６２％", "", "0.62"),
        (0.62, "", "0.62"),
        (62, "%", "0.62"),
        ("62%", "%", "0.62"),
        (62, "", "62"),
        ("100%", "", "1.00"),
    ],
)
def test_a_share_is_a_part_of_one(cell: object, unit: str, share: str) -> None:
    assert read(cell, Sort.SHARE, unit) == share


@pytest.mark.parametrize(
    ("cell", "read_as"),
    [
        ("是", "true"),
        ("否", "false"),
        (True, "true"),
        ("TRUE", "true"),
        ("√", "true"),
        ("无", "false"),
        ("—", None),
    ],
)
def test_yes_and_no(cell: object, read_as: str | None) -> None:
    assert read(cell, Sort.YES_NO) == read_as


def test_neither_yes_nor_no_is_a_fault() -> None:
    with pytest.raises(CellError, match="只能是 是 或 否：可能"):
        read("可能", Sort.YES_NO)


@pytest.mark.parametrize(
    ("cell", "digits"), [("2025年", "2025"), (2026, "2026"), ("１，２００", "1200"), ("三", "三")]
)
def test_a_number_may_carry_its_unit(cell: object, digits: str) -> None:
    assert read(cell, Sort.NUMBER, unit="年") == digits


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (CellError("是公式"), "是公式"),
        (True, "不是文字"),
        (date(2026, 1, 1), "是日期"),
        (129901024007058200, "已经失真"),
        (0.1 + 0.2, "已经失真"),
        (float("inf"), "不是数字"),
        ("#N/A", "错误值"),
        ("a\x00b", "控制字符 U\\+0000"),
    ],
)
def test_what_is_no_plain_text_is_a_fault(cell: object, said: str) -> None:
    for sort in (Sort.TEXT, Sort.MONEY):
        if not isinstance(cell, bool | date) or sort is Sort.TEXT:
            with pytest.raises(CellError, match=said):
                read(cell, sort, "元")


@pytest.mark.parametrize("text", ["=1+1", "+86", "-甲", "@甲", "#甲", "'=1", "''#"])
def test_what_looks_like_a_formula_or_a_note_stays_text(text: str) -> None:
    assert read(guarded(text), Sort.TEXT) == text
    assert not guarded(text).startswith("#")


def test_words_of_a_column_are_those_of_the_model() -> None:
    words = {"股东": "shareholders", "变更": "changes"}
    assert read("股东、 变更", Sort.TEXT, many=True, words=words) == ["shareholders", "changes"]
    with pytest.raises(CellError, match="只能是 股东、变更：其他"):
        read("股东、其他", Sort.TEXT, many=True, words=words)


@given(parts=PARTS)
def test_a_list_is_read_as_it_was_joined(parts: list[str]) -> None:
    assert read(joined(parts, many=True), Sort.TEXT, many=True) == parts


@pytest.mark.parametrize(
    ("head", "name", "unit"),
    [
        ("合同金额（万元）*", "合同金额", "万元"),
        (" 合同 金额\n(元)", "合同金额", "元"),
        ("合同金额*（单位：亿元）", "合同金额", "亿元"),
        ("合同金额（美元）", "合同金额(美元)", ""),
        ("持股比例（％）", "持股比例", "%"),
        ("Value", "value", ""),
    ],
)
def test_a_head_gives_a_name_and_perhaps_a_unit(head: str, name: str, unit: str) -> None:
    assert heading(head) == (name, unit)


@given(
    cell=st.one_of(
        st.text(), st.integers(), st.floats(), st.dates(), st.datetimes(), st.times(), st.booleans()
    )
)
def test_no_cell_breaks_the_reader(cell: object) -> None:
    for sort in Sort:
        try:
            found = read(cell, sort, unit="元")
        except (CellError, UnknownDateError):
            continue
        assert found is None or isinstance(found, str)


def test_a_quote_within_a_text_is_kept() -> None:
    assert read("甲'=乙", Sort.TEXT) == "甲'=乙"
    assert read("'=乙", Sort.TEXT) == "=乙"
