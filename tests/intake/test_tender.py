"""A project's workbook: written, filled in clause by clause as a tender file has them, read back, marked where faulty."""

import csv
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from reportgen.errors import ReportgenError
from reportgen.intake.columns.project import PROJECT
from reportgen.intake.files import load_project, read_project
from reportgen.intake.forms import as_form, example
from reportgen.intake.tender import rows_of
from reportgen.project.model import Project
from reportgen.settings import asset_dir
from reportgen.sheets.template import as_csv, as_workbook
from tests.intake.projects import clause, projects, rows, tender
from tests.workbooks import Sheets, book, folder

SAMPLES = sorted((asset_dir("sample_subjects") / "projects").glob("*.yaml"))
CELLS = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.dates(date(1900, 1, 1)),
    st.datetimes(datetime(1900, 1, 1)),
    st.sampled_from(
        ["=1+1", "#N/A", "—", "1.2亿元", "50%", "2026-12-10 10:00", "2024年5000万元", "是", "#注"]
    ),
    st.sampled_from(sorted({word for s in PROJECT.sheets for c in s.columns for word in c.offered})),
    st.sampled_from(["1", "第1标段", "第二章 1.4.1（3）", "设备", "同类业绩"]),
)
HEADS = (
    st.sampled_from([name for s in PROJECT.sheets for c in s.columns for name in (c.title, c.path)]) | CELLS
)
TITLES = st.sampled_from([*(sheet.title for sheet in PROJECT.sheets), "说明", "Sheet1"])
SHEETS = st.dictionaries(
    TITLES,
    st.tuples(st.lists(HEADS, max_size=8), st.lists(st.lists(CELLS, max_size=9), max_size=4)),
    max_size=4,
)
"""Sheets of anything."""
CHANGES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 25), st.integers(0, 40), CELLS), max_size=6)
"""Cells to be changed in a filled-in workbook: sheet, row, column and what it then says."""


def written(project: Project, path: Path, kind: str) -> Path:
    """Write a project as a workbook, a folder of CSV files or a YAML form."""
    if kind == "workbook":
        path = path.with_suffix(".xlsx")
        path.write_bytes(as_workbook(PROJECT, rows_of(project)))
    elif kind == "form":
        path = path.with_suffix(".yaml")
        path.write_text(as_form(project), "utf-8")
    else:
        path.mkdir()
        for name, content in as_csv(PROJECT, rows_of(project)).items():
            (path / name).write_bytes(content)
    return path


def read(tmp_path: Path, content: Sheets, **how: Any) -> Project:
    return load_project(book(tmp_path / "p.xlsx", content, **how))


def faults(tmp_path: Path, content: Sheets) -> dict[str, str]:
    with pytest.raises(ReportgenError) as caught:
        read(tmp_path, content)
    assert caught.value.code == "E0301", caught.value
    return {fault.path: fault.what for fault in caught.value.faults}


@pytest.mark.parametrize("kind", ["workbook", "folder", "form"])
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: str(path.stem))
def test_every_sample_is_the_same_after_a_round(path: Path, kind: str, tmp_path: Path) -> None:
    project = load_project(path)
    assert load_project(written(project, tmp_path / "p", kind)) == project


def around(project: Project, path: Path) -> None:
    for kind in ("workbook", "folder", "form"):
        assert load_project(written(project, path / kind, kind)) == project


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(project=projects())
def test_every_project_is_the_same_after_a_round(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    around(project, tmp_path_factory.mktemp("round"))


@pytest.mark.soak
@settings(max_examples=500, suppress_health_check=[HealthCheck.too_slow])
@given(project=projects())
def test_thousands_of_projects_are_the_same_after_a_round(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    around(project, tmp_path_factory.mktemp("round"))


def test_the_examples_of_the_template_make_a_project() -> None:
    project = Project.model_validate(example())
    asked = [*project.requirements, *(item for lot in project.lots for item in lot.requirements)]
    kinds = next(sheet for sheet in PROJECT.sheets if sheet.title == "资格条件").ways
    assert len(asked) == len(kinds) == len({item.kind for item in asked})
    assert any(item.alternative for item in asked)


def test_the_form_loads_after_its_examples_are_filled_in(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(re.sub("(?m)^# ", "", as_form()), "utf-8")
    assert load_project(tmp_path / "p.yaml") == Project.model_validate(example())


def test_the_empty_form_holds_nothing_but_says_what_each_key_is(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(as_form(), "utf-8")
    assert {"id", "owner", "value"} <= {fault.path for fault in read_project(tmp_path / "p.yaml").faults}
    for line in as_form().splitlines():
        assert line.startswith("## ") or "#" in line[2:] or re.search(r"(\d{4}|founded_within_years): ", line)


def test_the_template_is_empty_and_helps_to_fill_it_in(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(as_workbook(PROJECT))
    made = load_workbook(tmp_path / "t.xlsx")
    assert made.sheetnames == ["说明", *(sheet.title for sheet in PROJECT.sheets)]
    offered = {
        str(rule.sqref).partition(":")[0]: rule.formula1
        for rule in made["资格条件"].data_validations.dataValidation
    }
    assert "同类业绩" in offered["C2"]
    assert offered["D2"] == "'标段'!$A$3:$A$2000"
    assert all(len(formula) <= 255 for formula in offered.values())
    assert read_project(tmp_path / "t.xlsx").faults[0].path == "id"


def test_a_clause_is_read_by_its_kind(tmp_path: Path) -> None:
    content = tender(
        clause("同类业绩", "房屋建筑工程", **{"金额（万元）": 800, "数量": 2, "比例": None, "年数": "3年"}),
        clause("未决诉讼", None, 比例="50%"),
        clause("流动比率", None, 倍数或比率="1.20", 年数=3),
        clause("各年营业收入", None, 分年要求="2024年500万元、2025：0.6亿元"),
        clause("信誉", None, 经营异常名录="是", **{"无行贿犯罪（年）": 3}),
    )
    works, claims, ratio, floor, standing = (
        item.model_dump() for item in read(tmp_path, content).requirements
    )
    assert (works["value"], works["count"], works["years"]) == (8_000_000, 2, 3)
    assert claims["share"] == Decimal("0.5")
    assert (ratio["need"], ratio["years"]) == (Decimal("1.2"), 3)
    assert floor["needs"] == {2024: 5_000_000, 2025: 60_000_000}
    assert (standing["abnormal_list"], standing["no_bribery_years"], standing["defaulter"]) == (True, 3, True)


def test_a_folder_says_the_same(tmp_path: Path) -> None:
    content = tender(clause(**{"数量": "2"}))
    assert load_project(folder(tmp_path / "csv", content, "gbk")) == read(tmp_path, content)


def test_a_clause_belongs_to_its_lot_or_to_all(tmp_path: Path) -> None:
    lots = [["标段编号", "标段名称", "标段金额（万元）"], [1, "甲段", 400], [2, "乙段", None]]
    content = tender(clause(), clause(名称="泵", 标段="乙段"), clause(名称="泵", 标段=1), 标段=lots)
    project = read(tmp_path, content)
    assert [len(project.requirements), *(len(lot.requirements) for lot in project.lots)] == [1, 1, 1]
    content = tender(clause(标段="丙段"), 标段=lots)
    found = faults(tmp_path, content)
    assert "“标段”表中没有这一项" in found["requirements[0].lot"]
    assert "“资格条件”表第 2 行 F 列“标段”" in found["requirements[0].lot"]


def test_an_id_left_blank_is_made_of_the_number_of_the_clause(tmp_path: Path) -> None:
    one, two = clause(条款号="第二章 1.4.1（1）"), clause(条款号="第二章 1.4.1（2）")
    assert [item.id for item in read(tmp_path, tender(one, two)).requirements] == [
        "第二章1.4.1(1)",
        "第二章1.4.1(2)",
    ]
    found = [
        item.id
        for item in read(
            tmp_path, tender(one, {**one, "名称": "混凝土输送泵"}, {**two, "编号": "R9"})
        ).requirements
    ]
    assert found == ["第二章1.4.1(1)-塔式起重机", "第二章1.4.1(1)-混凝土输送泵", "R9"]
    assert len(read(tmp_path, tender(clause(条款号="一" * 200))).requirements[0].id) == 64


def test_clauses_of_two_lots_may_have_one_number(tmp_path: Path) -> None:
    lots = [["标段编号", "标段名称"], ["1", "甲段"], ["2", "乙段"]]
    project = read(tmp_path, tender(clause(标段="1"), clause(标段="2"), 标段=lots))
    assert [lot.requirements[0].id for lot in project.lots] == ["第二章1.4.1(11)"] * 2


def test_two_rows_that_are_the_same_clause_are_told(tmp_path: Path) -> None:
    (what,) = faults(tmp_path, tender(clause(), clause())).values()
    assert "与第 2 行相同" in what
    assert "“资格条件”表第 3 行" in what


def test_an_id_given_twice_is_told_with_its_cells(tmp_path: Path) -> None:
    what = faults(tmp_path, tender(clause(编号="R1"), clause(编号="R1")))[""]
    assert what == "id 重复：R1（“资格条件”表第 2 行 F 列“编号”、“资格条件”表第 3 行 F 列“编号”）"


def test_an_alternative_replaces_a_clause_by_its_number_or_id(tmp_path: Path) -> None:
    instead = rows(
        {"替代哪一条": "第二章 1.4.1 (11)", "成立不足（年）": 3, "种类": "流动资金", "金额（万元）": 5}
    )
    asked = read(tmp_path, tender(替代条件=instead)).requirements[0]
    assert asked.alternative is not None
    assert asked.alternative.requirement.model_dump()["need"] == 50_000
    content = tender(clause(编号="R1"), clause(编号="R2"), 替代条件=instead)
    assert "或不止一条" in faults(tmp_path, content)["requirements"]
    instead[1][0] = "R2"
    assert [item.alternative is None for item in read(tmp_path, content).requirements] == [True, False]
    instead.append(instead[1])
    assert "已有替代条件" in faults(tmp_path, content)["requirements"]


def test_a_fault_of_an_alternative_is_told_with_its_cell(tmp_path: Path) -> None:
    instead = rows(
        {"替代哪一条": "第二章 1.4.1（11）", "成立不足（年）": 3, "种类": "技术人员", "数量": "若干"}
    )
    found = faults(tmp_path, tender(替代条件=instead))
    assert list(found) == ["requirements[0].alternative.requirement.technical"]
    assert "“替代条件”表第 2 行 D 列“数量”" in found.popitem()[1]


@pytest.mark.parametrize(
    ("cells", "path", "said", "place"),
    [
        ({"等级": "一级"}, "requirements[0].grade", "“设备”没有“等级”，请核对种类", "F 列“等级”"),
        ({"数量": "两台"}, "requirements[0].count", "应为整数：两台", "E 列“数量”"),
        ({"数量": "=1+1"}, "requirements[0].count", "是公式", "E 列“数量”"),
        ({"名称": None}, "requirements[0].name", "缺少此项", "D 列“名称”"),
        ({"种类": "设备条件"}, "requirements[0].kind", "只能是 资质许可、", "C 列“种类”"),
        ({"种类": None}, "requirements[0].kind", "缺少此项", "C 列“种类”"),
        ({"条款号": None}, "requirements[0].clause", "缺少此项", "A 列“条款号”"),
        ({"联合体": "都行"}, "requirements[0].jv", "只能是 各成员均须满足、", "F 列“联合体”"),
    ],
)
def test_a_fault_is_told_once_with_its_cell(
    cells: dict[str, Any], path: str, said: str, place: str, tmp_path: Path
) -> None:
    found = faults(tmp_path, tender(clause(**cells)))
    assert list(found) == [path]
    assert said in found[path]
    assert f"（“资格条件”表第 2 行 {place}）" in found[path]


@pytest.mark.parametrize(
    ("kind", "cells", "path", "said"),
    [
        (
            "各年营业收入",
            {"年数": 3},
            "",
            "“金额”（各年同一要求）与“分年要求”（各年分别的要求）须且只须写明一个",
        ),
        ("各年营业收入", {"分年要求": "2024年5000"}, ".needs", "各年各写一次"),
        ("各年营业收入", {"分年要求": "2024年1万元、2024年2万元"}, ".needs", "各年各写一次"),
        ("流动比率", {"分年要求": "1900年1.0"}, ".needs.1900", "应不小于 1949：1900"),
        ("年均营业收入", {"金额": 1800}, ".need", "没有写明单位"),
        ("未决诉讼", {"比例": "一半"}, ".share", "应为数字，百分之三十写作 30% 或 0.3：一半"),
    ],
)
def test_a_fault_names_the_columns_of_its_kind(
    kind: str, cells: dict[str, Any], path: str, said: str, tmp_path: Path
) -> None:
    found = faults(tmp_path, tender(clause(kind, None, **cells)))
    assert list(found) == [f"requirements[0]{path}"]
    assert said in found[f"requirements[0]{path}"]
    assert "“资格条件”表第 2 行" in found[f"requirements[0]{path}"]


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    content = tender(clause(种类="?"), clause(数量="x"), 事项="招标", **{"项目金额（万元）": "多"})
    assert list(faults(tmp_path, content)) == [
        "matter",
        "value",
        "requirements[0].kind",
        "requirements[1].count",
    ]


def test_a_missing_column_is_told_once(tmp_path: Path) -> None:
    content = tender(clause(), clause(名称="泵"))
    content["资格条件"][0][2] = "备注"
    assert faults(tmp_path, content) == {"requirements": "缺少的列：种类（“资格条件”表第 1 行）"}


def test_what_is_wrong_with_the_whole_is_told_in_the_words_of_the_sheet(tmp_path: Path) -> None:
    found = faults(tmp_path, tender(投标截止时间=None))
    assert found[""].startswith("“投标截止时间”与“决定日期”须且只须写明一个")


@pytest.mark.parametrize(
    "cell",
    ["2026年12月10日上午10时", datetime(2026, 12, 10, 10), 46366.416666666664, "2026/12/10 10:00:00"],
)
def test_a_deadline_is_a_moment_of_beijing(cell: object, tmp_path: Path) -> None:
    assert read(tmp_path, tender(投标截止时间=cell)).bid_deadline == datetime(2026, 12, 10, 10)


@pytest.mark.parametrize("cell", ["2026-12-10", "2026年12月10日", 46366, datetime(2026, 12, 10)])
def test_a_day_alone_is_no_deadline(cell: object, tmp_path: Path) -> None:
    what = faults(tmp_path, tender(投标截止时间=cell))["bid_deadline"]
    assert what.startswith("只有日期，请写明几时几分")
    assert what.endswith("（“项目”表第 12 行 B 列“投标截止时间”）")


def test_a_choice_is_the_owners_unless_it_says_otherwise(tmp_path: Path) -> None:
    chosen = rows({"选用的规则": "S1", "条款号": "公告 3", "选用日期": "2026-11-02"})
    project = read(tmp_path, tender(地方规则=chosen))
    assert project.choices[0].by == project.owner
    chosen[1][2] = "2027-01-01"
    found = faults(tmp_path, tender(地方规则=chosen))
    assert found == {"choices[0].chosen_on": "晚于投标截止时间（“地方规则”表第 2 行 C 列“选用日期”）"}


def test_a_marked_copy_has_its_marks_where_the_faults_are(tmp_path: Path) -> None:
    reading = read_project(book(tmp_path / "p.xlsx", tender(clause(等级="一级", 数量="两台"), 事项="招标")))
    reading.mark(tmp_path / "m.xlsx")
    made = load_workbook(tmp_path / "m.xlsx")
    assert all(made["资格条件"][cell].comment for cell in ("F2", "E2"))
    assert made["项目"]["B4"].comment
    assert made["问题"].max_row == 4


def unbroken(path: Path) -> None:
    """Read a file that may be anything: a project, or faults in Chinese, each with its place."""
    try:
        read_project(path).result()
    except ReportgenError as error:
        assert all(fault.what for fault in error.faults)


def changed(changes: list[tuple[int, int, int, Any]]) -> Sheets:
    """Return the sheets of the examples with cells changed."""
    files = as_csv(PROJECT, rows_of(Project.model_validate(example())))
    found: Sheets = {
        name.removesuffix(".csv"): list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))
        for name, content in files.items()
    }
    titles = list(found)
    for sheet, row, column, cell in changes:
        lines = found[titles[sheet % len(titles)]]
        line = lines[row % len(lines)]
        line[column % len(line)] = cell
    return found


def of_anything(content: dict[str, Any]) -> Sheets:
    return {**tender(), **{title: [heads, *lines] for title, (heads, lines) in content.items()}}


def _fit(cell: Any) -> Any:
    if isinstance(cell, str):
        return "".join(letter for letter in cell if letter.isprintable())
    return cell


def in_both(content: Sheets, path: Path) -> None:
    unbroken(folder(path / "p", content, "utf-8"))
    unbroken(
        book(
            path / "p.xlsx",
            {title: [[_fit(cell) for cell in row] for row in lines] for title, lines in content.items()},
        )
    )


MAKERS: dict[str, Callable[[Any], Sheets]] = {"anything": of_anything, "changed": changed}
CONTENT = st.tuples(st.just("anything"), SHEETS) | st.tuples(st.just("changed"), CHANGES)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(content=CONTENT)
def test_no_workbook_breaks_the_reader(
    content: tuple[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    in_both(MAKERS[content[0]](content[1]), tmp_path_factory.mktemp("fuzz"))


@pytest.mark.soak
@settings(max_examples=5000, suppress_health_check=[HealthCheck.too_slow])
@given(content=CONTENT)
def test_thousands_of_workbooks_do_not_break_the_reader(
    content: tuple[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    in_both(MAKERS[content[0]](content[1]), tmp_path_factory.mktemp("fuzz"))
