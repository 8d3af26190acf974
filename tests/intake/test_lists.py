"""A list is read strictly: every fault by row and column, and what is read is what was written."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from reportgen.errors import ReportgenError
from reportgen.intake.lists import HEADS, Listed, read_list
from reportgen.subject.records import RecordKind
from tests.factories import SUBJECT_USCC
from tests.listing import BLACK, row, write_list

DAY = date(2026, 11, 22)


def read(path: Path) -> list[Listed]:
    return list(read_list(path, DAY))


def refusal(work: Callable[[], object]) -> ReportgenError:
    with pytest.raises(ReportgenError) as caught:
        work()
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_says_who_stands_on_it(tmp_path: Path, encoding: str) -> None:
    path = write_list(
        tmp_path / "list.csv",
        row(
            uscc=SUBJECT_USCC.lower(),
            former_names="样本旧名公司、样本更旧公司",
            listed_on="2026年3月2日",
            until="长期",
        ),
        row(name="# 注"),
        row(name="　"),
        encoding=encoding,
    )
    error = refusal(lambda: read(path))
    assert [fault.path for fault in error.faults] == ["第 4 行“名称”"]
    first = next(read_list(path, DAY))
    assert first == Listed(
        uscc=SUBJECT_USCC,
        name="样本甲建设有限公司",
        former_names=("样本旧名公司", "样本更旧公司"),
        list=BLACK,
        kind=RecordKind.SERIOUS_LIST,
        listed_on=date(2026, 3, 2),
        until=date(2099, 12, 31),
        basis="样人社监列字〔2026〕第3号",
        authority="样本市人力资源局",
    )


@pytest.mark.parametrize("written", ["2026-3-2", "2026/03/02", "2026.3.2", "20260302", "２０２６-03-02"])
def test_a_day_is_written_in_several_ways(tmp_path: Path, written: str) -> None:
    path = write_list(tmp_path / "list.csv", row(listed_on=written))
    assert read(path)[0].listed_on == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("uscc", "91990102MA0000015X", "校验位"),
        ("uscc", "110101199001011234", "代码"),
        ("name", "", "没有填写"),
        ("name", "名" * 201, "过长"),
        ("name", "样本\x07公司", "控制字符"),
        ("kind", "黑名单", "只能是"),
        ("listed_on", "", "没有填写"),
        ("listed_on", "1900-01-01", "不是有效日期"),
        ("listed_on", "2026-02-30", "不是有效日期"),
        ("listed_on", "2026-11-23", "晚于名单的采集日期"),
        ("until", "2026-03-01", "早于列入日期"),
        ("authority", "—", "没有填写"),
    ],
)
def test_a_fault_is_named_by_row_and_column(tmp_path: Path, key: str, value: str, says: str) -> None:
    path = write_list(tmp_path / "list.csv", row(), row(**{key: value}))
    (fault,) = refusal(lambda: read(path)).faults
    assert fault.path == f"第 3 行“{HEADS[key]}”" and says in fault.what


def test_all_faults_are_told_at_once_and_the_many_are_counted(tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.csv", *[row(kind="黑", listed_on="昨天")] * 150)
    error = refusal(lambda: read(path))
    assert error.facts["count"] == 300 and len(error.faults) == 200


def test_one_list_has_one_kind(tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.csv", row(), row(kind="失信被执行人"))
    assert "一份名单只有一个类别" in refusal(lambda: read(path)).text()


@pytest.mark.parametrize(
    ("heads", "says"),
    [
        ([*HEADS.values(), "身份证号"], "不认识的列：身份证号"),
        ([*list(HEADS.values())[:-1], "名称"], "重复的列：名称；缺少的列：认定机关"),
    ],
)
def test_a_table_with_other_columns_is_refused(tmp_path: Path, heads: list[str], says: str) -> None:
    error = refusal(lambda: read(write_list(tmp_path / "list.csv", row(), heads=heads)))
    assert error.code == "E0381" and says in error.text()


def test_a_file_without_rows_is_no_list(tmp_path: Path) -> None:
    assert refusal(lambda: read(write_list(tmp_path / "list.csv"))).code == "E0381"
    assert refusal(lambda: read(tmp_path / "none.csv")).code == "E0302"


@pytest.mark.parametrize("nothing", ["", "——", "－－", "/"])
def test_a_dash_says_that_there_is_nothing(tmp_path: Path, nothing: str) -> None:
    (found,) = read(write_list(tmp_path / "list.csv", row(uscc=nothing, until=nothing, former_names=nothing)))
    assert (found.uscc, found.until, found.former_names) == (None, None, ())
