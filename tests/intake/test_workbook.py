"""A subject's workbook: written, filled in by all sorts of clerks, read back, and marked where it is faulty."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from reportgen.errors import ReportgenError
from reportgen.intake.columns.project import PROJECT
from reportgen.intake.columns.subject import SUBJECT
from reportgen.intake.files import load_subject, read_project, read_subject
from reportgen.settings import asset_dir
from reportgen.sheets import harmless, tables
from reportgen.sheets.book import opened
from reportgen.sheets.harmless import UnfitError
from reportgen.sheets.template import as_csv, as_workbook
from reportgen.subject.canonical import in_order
from reportgen.subject.claims import facts_of
from reportgen.subject.delivery import Delivery
from reportgen.subject.identity import fact_id
from reportgen.subject.merge import merge
from reportgen.subject.model import Subject
from tests.factories import SUBJECT_USCC
from tests.workbooks import Sheets, book, folder, repacked, sheets

SAMPLES = sorted((asset_dir("sample_subjects") / "subjects").glob("*.yaml"))
CELLS = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.dates(date(1900, 1, 1)),
    st.sampled_from(
        ["=1+1", "#N/A", "—", "1.2亿元", "2026年2月30日", "长期", "1900-01-01", "S1", "'", "是", "#注"]
    ),
)
HEADS = st.one_of(
    st.sampled_from(
        [name for sheet in SUBJECT.sheets for column in sheet.columns for name in (column.title, column.path)]
    ),
    st.text(max_size=6),
    CELLS,
)
TITLES = st.sampled_from([*(sheet.title for sheet in SUBJECT.sheets), "说明", "Sheet1"])
SHEETS = st.dictionaries(
    TITLES,
    st.tuples(st.lists(HEADS, max_size=5), st.lists(st.lists(CELLS, max_size=6), max_size=4)),
    max_size=4,
)


def read(tmp_path: Path, content: Sheets, **how: Any) -> Subject:
    return load_subject(book(tmp_path / "s.xlsx", content, **how))


def faults(tmp_path: Path, content: Sheets, **how: Any) -> dict[str, str]:
    with pytest.raises(ReportgenError) as caught:
        read(tmp_path, content, **how)
    assert caught.value.code == "E0301", caught.value
    return {fault.path: fault.what for fault in caught.value.faults}


def contract(**cells: Any) -> Sheets:
    """Return sheets whose one contract has other cells, by their heads."""
    made = sheets()
    heads, row = made["合同业绩"]
    for head, value in cells.items():
        if head not in heads:
            heads.append(head)
            row.append(None)
        row[heads.index(head)] = value
    return made


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: str(path.stem))
def test_every_sample_is_the_same_after_a_round_through_a_workbook_and_csv(
    path: Path, tmp_path: Path
) -> None:
    subject = load_subject(path)
    tree = dict(subject.model_dump())
    (tmp_path / "s.xlsx").write_bytes(as_workbook(SUBJECT, tree))
    assert load_subject(tmp_path / "s.xlsx") == subject
    (tmp_path / "csv").mkdir()
    for name, content in as_csv(SUBJECT, tree).items():
        (tmp_path / "csv" / name).write_bytes(content)
    assert load_subject(tmp_path / "csv") == subject


def test_a_small_workbook_says_what_its_cells_say(tmp_path: Path) -> None:
    subject = read(tmp_path, sheets())
    assert (subject.uscc, subject.registration.id) == (SUBJECT_USCC, "registration")
    assert subject.contracts[0].value == Decimal(12_000_000)
    assert load_subject(folder(tmp_path / "csv", sheets())) == subject


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_folder_of_csv_may_be_of_several_encodings(encoding: str, tmp_path: Path) -> None:
    subject = load_subject(folder(tmp_path / "csv", sheets(), encoding))
    assert subject == read(tmp_path, sheets())


def test_the_template_is_empty_and_its_examples_are_read_over(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(as_workbook(SUBJECT))
    reading = read_subject(tmp_path / "t.xlsx")
    assert [fault.path for fault in reading.faults] == ["uscc", "name", "as_of", "registration", "sources"]
    assert reading.faults[0].what == "缺少此项（“主体”表第 2 行 B 列“统一社会信用代码”）"
    assert "法定代表人" in reading.faults[3].what


def test_the_template_helps_to_fill_it_in(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(as_workbook(SUBJECT))
    made = load_workbook(tmp_path / "t.xlsx")
    assert made.sheetnames == ["说明", *(sheet.title for sheet in SUBJECT.sheets)]
    for sheet in SUBJECT.sheets:
        shown = made[sheet.title]
        offered = {
            str(rule.sqref).partition(":")[0]: rule.formula1 for rule in shown.data_validations.dataValidation
        }
        assert shown.freeze_panes
        for number, column in enumerate(sheet.columns, 1):
            cell = shown.cell(number + 1, 1) if sheet.pairs else shown.cell(1, number)
            assert cell.value == column.title
            choice = shown.cell(number + 1, 2).coordinate if sheet.pairs else shown.cell(2, number).coordinate
            assert (choice in offered) == bool(column.offered or column.refers or column.sort == "是否")
            assert sheet.pairs or cell.comment is not None or not column.note
        assert all(len(formula) <= 255 for formula in offered.values())


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        ({"合同金额（万元）": "1.2亿元"}, 120_000_000),
        ({"合同金额（万元）": "１，２００"}, 12_000_000),
        ({"合同金额（万元）": 1200.5}, 12_005_000),
        ({"合同金额（万元）": 0.07}, 700),
    ],
)
def test_a_sum_is_exact_in_every_unit(cells: dict[str, Any], value: int, tmp_path: Path) -> None:
    assert read(tmp_path, contract(**cells)).contracts[0].value == value


def test_a_percentage_is_read_as_it_is_shown(tmp_path: Path) -> None:
    def finish(made: Any) -> None:
        made["合同业绩"]["I2"].number_format = "0%"

    assert read(tmp_path, contract(所占份额=0.07), finish=finish).contracts[0].share == Decimal("0.07")
    assert read(tmp_path, contract(**{"所占份额（%）": 0.07}), finish=finish).contracts[0].share == Decimal(
        "0.07"
    )
    assert read(tmp_path, contract(**{"所占份额（%）": 7})).contracts[0].share == Decimal("0.07")


def test_days_may_be_days_of_the_workbook(tmp_path: Path) -> None:
    def finish(made: Any) -> None:
        made.epoch = CALENDAR_MAC_1904

    content = contract(签订日期=datetime(2024, 3, 1), 验收日期=45748)
    assert read(tmp_path, content).contracts[0].accepted_on == date(2025, 4, 1)
    content = contract(签订日期=datetime(2024, 3, 1), 验收日期=45748 - 1462)
    found = read(tmp_path, content, finish=finish).contracts[0]
    assert (found.signed_on, found.accepted_on) == (date(2024, 3, 1), date(2025, 4, 1))


def test_the_day_that_stands_for_none_is_left_out_and_told(tmp_path: Path) -> None:
    reading = read_subject(book(tmp_path / "s.xlsx", contract(完工日期="1900-01-01")))
    assert reading.result().contracts[0].ends_on is None
    (warning,) = reading.warnings
    assert warning.path == "contracts[0].ends_on"
    assert "“合同业绩”表第 2 行 I 列“完工日期”" in warning.what


def test_a_merged_range_says_the_same_in_all_its_rows(tmp_path: Path) -> None:
    def finish(made: Any) -> None:
        made["信用记录"].merge_cells("D2:D40")

    content = sheets()
    content["信用记录"] += [
        ["行政处罚", "决定", "2号", None, "2026-06-02"],
        [],
        ["行政奖励", "表彰", "3号", None, "2026-06-03"],
    ]
    found = read(tmp_path, content, finish=finish).records
    assert [record.authority for record in found] == ["样本市住房和城乡建设局"] * 3


def test_blank_rows_and_notes_are_read_over(tmp_path: Path) -> None:
    content = sheets()
    content["信用记录"][1:1] = [["# 注意"], [], [None, "  "], ["＃示例".replace("＃", "#"), "x"]]
    (record,) = read(tmp_path, content).records
    assert record.number == "样建罚字〔2026〕1号"


def test_heads_stand_in_any_order_under_other_names(tmp_path: Path) -> None:
    content = sheets()
    content["合同业绩"] = [
        ["序号", "Status", "合同价(元)", "工程名称*", "业主", "签订 日期", "验收日期", "合同类别", "编号"],
        [
            1,
            "已完成",
            12_000_000,
            "样本小学教学楼工程",
            "样本市教育局",
            "2024-03-01",
            "2025-04-01",
            "房屋建筑工程",
            "C1",
        ],
        [2],
    ]
    assert read(tmp_path, content) == read(tmp_path, sheets())


def test_unknown_repeated_and_missing_heads_are_named_once(tmp_path: Path) -> None:
    content = sheets()
    content["合同业绩"][0] = [
        "合同名称",
        "合同名称",
        "付款人",
        "合同金额（美元）",
        "签订日期",
        "验收日期",
        "",
        "编号",
    ]
    content["合同业绩"].append([*content["合同业绩"][1][:-1], "C2"])
    with pytest.raises(ReportgenError) as caught:
        read(tmp_path, content)
    said = [fault.what for fault in caught.value.faults if fault.path == "contracts"]
    assert said == [
        "缺少的列：合同类别、业主、合同金额、合同状态（“合同业绩”表第 1 行）",
        "重复的列：合同名称（“合同业绩”表第 1 行 B 列）",
        "不认识的列：付款人（“合同业绩”表第 1 行 C 列）",
        "不认识的列：合同金额（美元）（“合同业绩”表第 1 行 D 列）",
        "这一格所在的列没有列名（“合同业绩”表第 2 行 G 列）",
    ]
    assert len(caught.value.faults) == len(said)


@pytest.mark.parametrize("head", ["合同名称（元）", "合同金额（%）", "所占份额（万元）"])
def test_a_unit_of_something_else_is_an_unknown_head(head: str, tmp_path: Path) -> None:
    assert f"不认识的列：{head}" in faults(tmp_path, contract(**{head: 1}))["contracts"]


def test_no_unit_is_guessed_for_a_head_without_one(tmp_path: Path) -> None:
    found = faults(tmp_path, {**sheets(), "合同业绩": [["合同金额"], [1200]]})
    assert "没有写明单位" in found["contracts[0].value"]


@pytest.mark.parametrize(
    ("head", "cell", "said"),
    [
        ("合同名称", "=1+1", "是公式，请改为文字或只粘贴数值"),
        ("合同金额（万元）", "=A1*2", "是公式"),
        ("合同金额（万元）", "=SUM([1]Sheet1!A1)", "是公式"),
        ("合同金额（万元）", 0.1234567890123457, "15 位以后已经失真"),
        ("合同金额（万元）", "#N/A", "是错误值 #N/A"),
        ("业主代码", 129901024007058200, "15 位以后已经失真"),
        ("合同名称", datetime(2026, 1, 1), "是日期"),
        ("受到处罚", "可能", "只能是 是 或 否：可能"),
        ("编号", "=1", "是公式"),
    ],
)
def test_a_cell_that_cannot_be_read_is_the_only_fault(
    head: str, cell: Any, said: str, tmp_path: Path
) -> None:
    found = faults(tmp_path, contract(**{head: cell}))
    assert len(found) == 1
    (what,) = found.values()
    assert said in what
    assert (
        f"“合同业绩”表第 2 行 {'ABCDEFGHI'[contract(**{head: cell})['合同业绩'][0].index(head)]} 列" in what
    )


def test_text_that_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    def finish(made: Any) -> None:
        made["合同业绩"]["A2"].data_type = "s"

    assert (
        read(tmp_path, contract(合同名称="=HYPERLINK(1)"), finish=finish).contracts[0].name == "=HYPERLINK(1)"
    )
    content = contract(合同名称="=HYPERLINK(1)", 业主="'@甲")
    found = load_subject(folder(tmp_path / "csv", content)).contracts[0]
    assert (found.name, found.owner) == ("=HYPERLINK(1)", "@甲")


def test_all_faults_are_told_at_once_with_sheet_row_and_column(tmp_path: Path) -> None:
    content = contract(验收日期=None)
    content["主体"][1][1] = SUBJECT_USCC[:-1] + "?"
    content["来源"][1][2] = "官方"
    content["信用记录"][1][0] = "罚款"
    content["股东"] = [["股东名称", "股东类型", "持股比例"], ["甲", "企业法人", "120%"]]
    found = faults(tmp_path, content)
    assert found.keys() == {
        "uscc",
        "sources[0].origin",
        "contracts[0]",
        "records[0].kind",
        "shareholders[0].share",
    }
    assert found["uscc"].endswith("（“主体”表第 2 行 B 列“统一社会信用代码”）")
    assert found["records[0].kind"].endswith("：罚款（“信用记录”表第 2 行 A 列“信息种类”）")
    assert found["contracts[0]"] == "状态为已完成时必须写明“验收日期”（“合同业绩”表第 2 行）"
    assert found["shareholders[0].share"].startswith("比例应不大于 1，百分之三十写作 30% 或 0.3：120%")
    assert list(found) == [
        "uscc",
        "sources[0].origin",
        "shareholders[0].share",
        "contracts[0]",
        "records[0].kind",
    ]


@pytest.mark.parametrize(
    ("head", "cell", "said"),
    [
        ("合同金额（万元）", "-1,200", "应不小于 0：-1,200（"),
        ("所占份额", "30", "比例应不大于 1，百分之三十写作 30% 或 0.3：30（"),
        ("所占份额", "百分之三十", "比例应为数字，百分之三十写作 30% 或 0.3：百分之三十（"),
        ("延误天数（天）", "3 个月", "只填数，不写单位或其他文字：3 个月（"),
        ("签订日期", "2026年2月30日", "不是有效日期，应如 2026-11-21：2026年2月30日（"),
    ],
)
def test_a_fault_shows_what_was_typed(head: str, cell: str, said: str, tmp_path: Path) -> None:
    ((_, what),) = faults(tmp_path, contract(**{head: cell})).items()
    assert what.startswith(said)


def test_a_clerk_reads_the_place_first_and_a_program_the_path(tmp_path: Path) -> None:
    with pytest.raises(ReportgenError) as caught:
        read(tmp_path, contract(业主=None))
    (fault,) = caught.value.faults
    assert str(fault) == "“合同业绩”表第 2 行 C 列“业主”：缺少此项"
    assert (fault.path, fault.what) == (
        "contracts[0].owner",
        "缺少此项（“合同业绩”表第 2 行 C 列“业主”）",
    )


def test_the_workbook_of_the_other_kind_is_known_at_once(tmp_path: Path) -> None:
    (tmp_path / "p.xlsx").write_bytes(as_workbook(PROJECT))
    (tmp_path / "s.xlsx").write_bytes(as_workbook(SUBJECT))
    for read_wrong, name, said in (
        (read_subject, "p.xlsx", "这是项目工作簿，不是主体工作簿"),
        (read_project, "s.xlsx", "这是主体工作簿，不是项目工作簿"),
    ):
        with pytest.raises(ReportgenError, match="reportgen project") as caught:
            read_wrong(tmp_path / name)
        assert (caught.value.code, caught.value.data()["detail"]) == ("E0373", said)


def test_days_out_of_order_are_told_by_their_columns(tmp_path: Path) -> None:
    found = faults(tmp_path, contract(签订日期="2025-04-02"))
    assert found == {
        "contracts[0]": "“验收日期”（2025-04-01）早于“签订日期”（2025-04-02）（“合同业绩”表第 2 行）"
    }


def test_a_missing_cell_is_named_by_its_column(tmp_path: Path) -> None:
    found = faults(tmp_path, contract(业主=" — "))
    assert found == {"contracts[0].owner": "缺少此项（“合同业绩”表第 2 行 C 列“业主”）"}


def test_unknown_sheets_are_faults_and_missing_ones_are_named(tmp_path: Path) -> None:
    content: Sheets = {**sheets(), "Sheet1": [["甲"]], "Sheet2": [], "说明": [["甲"]], "#草稿": [["甲"]]}
    assert faults(tmp_path, content) == {"": "不认识的表（“Sheet1”表）"}
    content = sheets()
    del content["来源"]
    assert faults(tmp_path, content)["sources"] == "缺少此项（没有“来源”表）"


def test_an_id_left_blank_is_the_same_at_every_import(tmp_path: Path) -> None:
    first, again = read(tmp_path, sheets()), sheets()
    again["信用记录"][1:1] = [["行政奖励", "表彰", None, "样本市", "2026-01-01"]]
    found = read(tmp_path, again).records
    assert first.records[0].id == found[1].id != found[0].id


SAMPLE: Sheets = {
    "主要人员": [["姓名", "职务", "任职日期"], ["钟离样", "董事", "2020-03-01"]],
    "资质许可": [
        ["种类", "名称与类别", "等级", "证书编号", "发证机关", "有效期至"],
        ["资质", "建筑工程施工总承包", "二级", "Ｄ1 〔23〕", "虚构省厅", "长期"],
        ["许可", "安全生产许可", None, None, "虚构省厅", "2028.12.31"],
    ],
    "财务报表": [["年度", "经审计"], ["２０２５", "是"]],
    "人员数量": [["年度", "年末人数", "技术人员"], [2025, 100, 40]],
}


def test_an_id_left_blank_is_the_one_that_a_delivery_of_the_same_fact_has(tmp_path: Path) -> None:
    """One thing has one id, whoever brings it in."""
    content = {**sheets(), **SAMPLE}
    content["合同业绩"] = [row[:-1] for row in content["合同业绩"]]
    subject = read(tmp_path, content)
    made = [(name, fact.id) for name, fact in facts_of(subject)]
    assert len(made) == 8
    assert made == [(name, fact_id(name, fact)) for name, fact in facts_of(subject)]
    given = Delivery.model_validate(
        {
            "uscc": subject.uscc,
            "name": subject.name,
            "source": subject.sources[0].model_dump(),
            **{
                name: [{**dict(f), "id": "X"} for f in getattr(subject, name)]
                for name in ("records", "qualifications")
            },
        }
    )
    again = merge(None, given.model_copy(update={"registration": subject.registration}))
    known = in_order(subject)
    assert (again.records, again.qualifications) == (known.records, known.qualifications)


def test_two_rows_that_are_the_same_thing_in_other_letters_are_told(tmp_path: Path) -> None:
    content = sheets(
        资质许可=[
            *SAMPLE["资质许可"][:2],
            ["资质", "建筑工程施工总承包", "二级", "d1（23）", "另一厅", "长期"],
        ]
    )
    (what,) = faults(tmp_path, content).values()
    assert "与第 2 行相同" in what
    assert "“资质许可”表第 3 行" in what


def test_posts_are_told_of_an_officer_who_is_faulty_in_another_cell(tmp_path: Path) -> None:
    content = sheets(
        主要人员=[["姓名", "职务", "任职日期"], ["钟离样", "董事", "2020-13-01"]],
        任职关联=[["主要人员", "任职单位", "所任职务"], ["钟离样", "甲", "董事"]],
    )
    assert faults(tmp_path, content).keys() == {"officers[0].since"}


def test_two_rows_that_are_the_same_thing_are_told(tmp_path: Path) -> None:
    content = sheets()
    content["信用记录"].append(content["信用记录"][1])
    (what,) = faults(tmp_path, content).values()
    assert "与第 2 行相同" in what
    assert "“信用记录”表第 3 行" in what


def test_an_id_given_twice_is_told_with_its_cells(tmp_path: Path) -> None:
    content = sheets()
    content["合同业绩"].append(content["合同业绩"][1])
    what = faults(tmp_path, content)[""]
    assert "C1 重复 2 次" in what
    assert "“合同业绩”表第 2 行" in what
    assert "“合同业绩”表第 3 行" in what


def test_a_source_is_named_by_its_id_or_its_name_and_left_out_where_there_is_one(tmp_path: Path) -> None:
    content = contract(来源="银行", 验收日期="2025-04-01")
    content["来源"].append([None, "银行", "交易对方", "2026-11-19"])
    content["主体"].append(["登记信息来源", "S1"])
    content["信用记录"][0].append("来源")
    content["信用记录"][1].append("S1")
    subject = read(tmp_path, content)
    assert subject.contracts[0].source == subject.sources[1].id != "S1"
    content["信用记录"][1][-1] = None
    assert faults(tmp_path, content)["records[0].source"].startswith("缺少此项")


def test_posts_elsewhere_belong_to_an_officer(tmp_path: Path) -> None:
    content = sheets()
    content["任职关联"] = [
        ["主要人员", "任职单位", "所任职务"],
        ["钟离样", "甲", "董事"],
        ["O2", "乙", "监事"],
        ["钟离样", "丙", "董事"],
    ]
    content["主要人员"] = [["姓名", "职务", "编号"], ["钟离样", "董事", "O1"], ["公孙例", "监事", "O2"]]
    officers = read(tmp_path, content).officers
    assert [[link.name for link in officer.links] for officer in officers] == [["甲", "丙"], ["乙"]]
    content["任职关联"].append(["无此人", "丁", "董事"])
    assert "“任职关联”表第 5 行 A 列“主要人员”" in faults(tmp_path, content)["officers"]


def marks_of(path: Path) -> dict[str, str]:
    """Return the comments of a marked copy by their cells, all of them shaded."""
    made = load_workbook(path)
    commented = {
        f"{sheet.title}!{cell.coordinate}": cell
        for sheet in made.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }
    assert all(cell.fill.fgColor.rgb == "00F8B4B4" for cell in commented.values())
    return {place: str(cell.comment) for place, cell in commented.items()}


@pytest.mark.parametrize("kind", ["workbook", "folder"])
def test_a_marked_copy_has_its_marks_where_the_faults_are(kind: str, tmp_path: Path) -> None:
    content = contract(受到处罚="可能", 业主=None)
    content["主体"][1][1] = "1"
    content["信用记录"][1][0] = "=1+1"
    content["信用记录"][0][1] = "文书名"
    make = book if kind == "workbook" else folder
    path = make(tmp_path / ("s.xlsx" if kind == "workbook" else "s"), content)
    reading = read_subject(path)
    reading.mark(tmp_path / "marked.xlsx")
    marks = marks_of(tmp_path / "marked.xlsx")
    assert marks.keys() == {
        "主体!B2",
        "合同业绩!C2",
        "合同业绩!I2",
        "信用记录!A2",
        "信用记录!B1",
        "信用记录!A1",
    }
    made = load_workbook(tmp_path / "marked.xlsx")
    assert made.sheetnames == ["问题", *content]
    listed = list(made["问题"].iter_rows(min_row=2))
    assert [row[2].value or "" for row in listed] == [fault.path for fault in reading.faults]
    links = {str(row[0].hyperlink and row[0].hyperlink.location).replace("'", "") for row in listed}
    assert marks.keys() == links
    # The clerk mends the copy itself and hands it in.
    again = read_subject(tmp_path / "marked.xlsx")
    assert [fault.path for fault in again.faults] == [fault.path for fault in reading.faults]


def test_a_marked_copy_is_a_new_workbook(tmp_path: Path) -> None:
    path = book(tmp_path / "s.xlsx", contract(业主=None))
    for copy in (path, tmp_path / "copy.csv"):
        with pytest.raises(ReportgenError, match="E0371"):
            read_subject(path).mark(copy)


@pytest.mark.parametrize(
    "part",
    [
        '<mergeCells><mergeCell ref="A9:XFD900000"/></mergeCells>',
        '<hyperlinks><hyperlink ref="A9:XFD900000" location="A1"/></hyperlinks>',
    ],
)
def test_a_workbook_that_would_fill_the_memory_has_no_copy(part: str, tmp_path: Path) -> None:
    path = book(tmp_path / "s.xlsx", contract(业主=None))
    end = b"</sheetData>"
    repacked(
        path,
        lambda name, data: data.replace(end, end + part.encode()) if name.endswith("sheet1.xml") else data,
    )
    with pytest.raises(ReportgenError, match="区域过大"):
        read_subject(path).mark(tmp_path / "copy.xlsx")


def refused(path: Path) -> ReportgenError:
    with pytest.raises(ReportgenError) as caught:
        load_subject(path)
    return caught.value


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0 an old workbook", "是 .xls 改的名"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "有密码"),
        (b"<html><table></table></html>", "不是 XLSX 工作簿"),
        (b"PK\x03\x04 torn", "不是 XLSX 工作簿"),
        (b"", "不是 XLSX 工作簿"),
    ],
)
def test_what_is_no_workbook_is_refused_with_what_to_do(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "s.xlsx").write_bytes(content)
    error = refused(tmp_path / "s.xlsx")
    assert error.code == "E0370"
    assert said in str(error)


def test_a_harmful_workbook_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "s.xlsx", sheets())
    repacked(
        path,
        lambda part, data: b'<!DOCTYPE a [<!ENTITY b "c">]>' + data if part.endswith("sheet1.xml") else data,
    )
    assert refused(path).code == "E0370"
    book(path, sheets())
    monkeypatch.setattr(harmless, "UNPACKED_LIMIT", 1000)
    assert refused(path).code == "E0303"
    monkeypatch.setattr(harmless, "SIZE_LIMIT", 1000)
    assert refused(path).code == "E0303"


def test_a_file_of_200_megabytes_is_refused_unread(tmp_path: Path) -> None:
    for name in ("s.xlsx", "s.yaml", "s.json"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(200 * 1024 * 1024)
        assert refused(tmp_path / name).code == "E0303"


def test_sizes_and_rows_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder(tmp_path / "csv", sheets())
    monkeypatch.setattr(tables, "MOST_ROWS", 5)
    assert "“主体”表多于 5 行" in str(refused(path))
    monkeypatch.setattr(tables, "SIZE_LIMIT", 10)
    assert refused(path).code == "E0303"
    with (
        opened(book(tmp_path / "s.xlsx", sheets())) as made,
        pytest.raises(UnfitError, match="“主体”表多于 5 行"),
    ):
        list(made.rows("主体", 5))


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path).code == "E0370"
    assert refused(tmp_path / "nowhere.xlsx").code == "E0302"


def test_links_to_other_files_are_told_and_never_followed(tmp_path: Path) -> None:
    path = book(tmp_path / "s.xlsx", sheets())
    repacked(path, lambda _, data: data, **{"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})
    reading = read_subject(path)
    assert reading.result().uscc == SUBJECT_USCC
    assert [warning.what for warning in reading.warnings] == [
        "工作簿含有指向其他文件的链接，没有读取（“全部”表）"
    ]


def test_rows_that_a_file_leaves_out_cost_nothing(tmp_path: Path) -> None:
    path = book(tmp_path / "s.xlsx", sheets(), lambda made: made["信用记录"].cell(1_048_576, 1, " "))
    assert len(load_subject(path).records) == 1


def unbroken(path: Path) -> None:
    """Read a file that may be anything: a subject, or faults in Chinese, each with its place."""
    try:
        read_subject(path).result()
    except ReportgenError as error:
        assert all(fault.what for fault in error.faults)


def _filled(content: dict[str, Any]) -> Sheets:
    made: Sheets = {title: [heads, *rows] for title, (heads, rows) in content.items()}
    return {**sheets(), **made}


def _fit(cell: Any) -> Any:
    if isinstance(cell, str):
        return "".join(letter for letter in cell if letter.isprintable())
    return cell


def in_a_workbook(content: dict[str, Any], path: Path) -> None:
    fit = {title: [[_fit(cell) for cell in row] for row in rows] for title, rows in _filled(content).items()}
    unbroken(book(path / "s.xlsx", fit))


def in_a_folder(content: dict[str, Any], path: Path) -> None:
    unbroken(folder(path / "s", _filled(content), "utf-8"))


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(content=SHEETS)
def test_no_workbook_breaks_the_reader(
    content: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    in_a_workbook(content, tmp_path_factory.mktemp("fuzz"))


@given(content=SHEETS)
def test_no_folder_breaks_the_reader(
    content: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    in_a_folder(content, tmp_path_factory.mktemp("fuzz"))


@pytest.mark.soak
@settings(max_examples=5000, suppress_health_check=[HealthCheck.too_slow])
@given(content=SHEETS)
def test_thousands_of_workbooks_do_not_break_the_reader(
    content: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("fuzz")
    in_a_workbook(content, path)
    in_a_folder(content, path)


@given(content=st.binary(max_size=200), name=st.sampled_from(["s.xlsx", "主体.csv", "信用记录.csv"]))
def test_no_content_breaks_the_reader(
    content: bytes, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("any")
    (path / name).write_bytes(content)
    unbroken(path if name.endswith(".csv") else path / name)


def test_an_empty_workbook_is_told_which_sheets_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    Workbook().save(path)
    error = refused(path)
    assert error.code == "E0370"
    assert "没有主体工作簿的任何一张表，如“主体”" in error.text()
