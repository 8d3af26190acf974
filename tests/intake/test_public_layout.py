"""Lines and tables of pages become the heads and records of a report, however a page's end cuts them."""

from typing import Any

from reportgen.intake.public.layout import report_of
from reportgen.intake.public.shape import PublicReport

FOOT = "第 1 页 共 3 页"
HEAD = "三、行政管理信息（共 2 条）"


def table(*rows: list[str], begins: bool = True, ends: bool = True) -> list[Any]:
    return ["table", list(rows), begins, ends]


def lines(*texts: str) -> list[list[Any]]:
    return [["line", text] for text in texts]


def report(*pages: list[list[Any]], hidden: int = 0) -> PublicReport:
    return report_of([{"items": items, "hidden": hidden} for items in pages])


def cells(found: PublicReport) -> list[dict[str, str]]:
    return [dict(row.cells) for row in found.rows]


def told(found: PublicReport) -> list[str]:
    return [f"{item.path}：{item.text}" for item in found.unread]


def test_the_name_above_a_table_is_the_kind_of_its_records() -> None:
    one, two = table(["文书号", "甲", "机关", "厅"]), table(["文书号", "乙", "机关", "厅"])
    found = report(
        [*lines(HEAD, "（一）行政许可信息（共 1 条）"), one, *lines("行政处罚"), two, *lines(FOOT)]
    )
    assert [(row["文书号"], row["类型"]) for row in cells(found)] == [("甲", "行政许可"), ("乙", "行政处罚")]
    assert told(found) == []


def test_a_record_goes_on_below_a_repeated_head() -> None:
    found = report(
        [*lines(HEAD, "行政许可"), table(["文书号", "甲", "机关", "厅"]), *lines(FOOT)],
        [*lines(HEAD, "行政许可"), table(["内容", "准予", "", ""]), table(["文书号", "乙", "", ""])],
    )
    assert [row.get("内容") for row in cells(found)] == ["准予", None]
    assert [row.place for row in found.rows] == ["第 1 页，行政管理第 1 条", "第 2 页，行政管理第 2 条"]


def test_a_record_that_begins_again_overleaf_is_another() -> None:
    first = table(["文书号", "甲", "内容", "准予"])
    found = report([*lines(HEAD), first], [table(["文书号", "乙", "机关", "厅"])])
    assert [row["文书号"] for row in cells(found)] == ["甲", "乙"]


def test_the_number_of_a_record_parts_it_from_the_one_before() -> None:
    found = report(
        [*lines(HEAD, "第 1 条"), table(["文书号", "甲"]), *lines("第 2 条"), table(["内容", "乙"])]
    )
    assert cells(found) == [{"文书号": "甲"}, {"内容": "乙"}]


def test_a_row_without_a_rule_goes_on_overleaf_cell_by_cell() -> None:
    above = table(["文书号", "昀建许字", "内", "准"], ends=False)
    found = report([*lines(HEAD), above], [table(["", "〔2025〕1号", "容", "予"], begins=False)])
    assert cells(found) == [{"文书号": "昀建许字〔2025〕1号", "内容": "准予"}]


def test_a_value_whose_name_stands_overleaf_finds_it() -> None:
    found = report([*lines(HEAD), table(["文书号", "甲"], ["", "准予"])], [table(["内容", "施工"])])
    assert cells(found) == [{"文书号": "甲", "内容": "准予施工"}]


def test_a_listed_row_goes_on_below_its_repeated_columns() -> None:
    names = ["类型", "文书号", "内容"]
    found = report(
        [*lines(HEAD), table(names, ["行政许可", "甲", "准予"], ["行政许可", "乙", "准"])],
        [table(names, ["", "", "予"], ["行政许可", "丙", "准予"])],
    )
    assert [(row["文书号"], row["内容"]) for row in cells(found)] == [
        ("甲", "准予"),
        ("乙", "准予"),
        ("丙", "准予"),
    ]


def test_a_cover_may_stand_in_a_table_or_on_one_line() -> None:
    found = report(
        [*lines("生成时间：2026-05-04　版本：V2.0"), table(["报告编号", "2026X", "出具单位", "某中心"])]
    )
    assert found.cover == {
        "生成时间": "2026-05-04",
        "版本": "V2.0",
        "报告编号": "2026X",
        "出具单位": "某中心",
    }


def test_radicals_of_a_font_are_the_characters_meant() -> None:
    found = report([*lines("三、⾏政管理信息"), table(["⽂书号", "甲"])])
    assert cells(found) == [{"文书号": "甲"}]


def test_what_fits_nowhere_is_told_with_its_page() -> None:
    found = report(
        [*lines(HEAD, "一段文字"), table(["文书号", "甲", "多"])],
        [*lines("四、星象"), table(["宫位", "甲"])],
        [],
        hidden=2,
    )
    assert told(found) == [
        "第 1 页：有 2 个看不见的字，没有读取",
        "第 1 页：“行政管理信息（共 2 条）”中有一行没有读取：一段文字",
        "第 2 页：有 2 个看不见的字，没有读取",
        "第 1 页：“行政管理信息（共 2 条）”中有一行没有读取：文书号 | 甲 | 多",
        "第 2 页：不认识的部分“星象”，其中的内容没有读取",
        "第 3 页：有 2 个看不见的字，没有读取",
        "第 3 页：没有文字层，没有读取",
        "第 2 页：不在任何认识的部分之内：宫位 甲",
    ]


def test_a_line_on_every_page_is_furniture_and_no_text() -> None:
    page = [*lines("内部资料"), table(["文书号", "甲"])]
    found = report([*lines("内部资料", HEAD), table(["文书号", "甲"])], page, page)
    assert (len(found.rows), told(found)) == (3, [])


def test_an_empty_part_says_so_and_is_no_record() -> None:
    found = report([*lines("四、诚实守信信息", "暂无数据", "五、严重失信信息"), table(["— —", "— —"])])
    assert (found.rows, told(found)) == ([], [])
