"""However many records and facts there are, a report stays readable, says how many there are, and where the rest is."""

import csv
import json
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path

import pikepdf
import pytest

from reportgen.assess.model import Assessment
from reportgen.certify.likeness import compare
from reportgen.document import judgement
from reportgen.document.record_files import RECORDS_CSV, RECORDS_JSON, record_files
from reportgen.document.sections import relied_on_first
from reportgen.document.space import cover_class, lines, risk_lines, running
from reportgen.document.tables import Cell, Column, clipped, first, fitting, rest, table
from reportgen.document.twin import TwinRecord, read_twin
from reportgen.pipeline import Issued, judge
from tests.document import archive, generated, pdf
from tests.document.generated import odd, of_records
from tests.document.layout import findings
from tests.once import Once

pytestmark = pytest.mark.usefixtures("secret")
_COLUMNS = [Column("名称", 60), Column("日期", 40)]


def made(name: str, once: Once, folder: Path, count: int) -> tuple[Issued, Path]:
    """Return the report on a subject with so many records, made once a run, and its file."""
    done: Issued = once(f"long-{name}", lambda: generated.issued(of_records(count), folder))
    path = folder / "report.pdf"
    path.write_bytes(done.pdf)
    return done, path


def files(data: bytes) -> dict[str, bytes]:
    """Return the attached files by name."""
    with pikepdf.open(BytesIO(data)) as opened:
        return {name: opened.attachments[name].get_file().read_bytes() for name in opened.attachments}


def test_two_hundred_records_stay_within_twenty_five_pages(once: Once, tmp_path: Path) -> None:
    done, path = made("200", once, tmp_path, 200)
    assert done.pages <= 25
    assert findings(path) == []
    used = len(done.assessment.record.items)
    assert f"信用记录明细（共{used}条）" in pdf.text(path)
    assert set(files(done.pdf)) == {"report.json"}


def test_two_thousand_records_stay_within_thirty_pages_and_all_of_them_are_attached(
    once: Once, tmp_path: Path
) -> None:
    done, path = made("2000", once, tmp_path, 2000)
    used = len(done.assessment.record.items)
    assert used > judgement.ANNEX
    assert done.pages <= 30
    assert findings(path) == []
    assert archive.faults(path) == []
    words = pdf.text(path)
    assert f"信用记录分组（共{used}条）" in words
    assert f"全部{used}条逐条载于本文件所附的{RECORDS_CSV}" in words
    assert "列10条，决定结论的在前，其余按扣分、程度与日期，分组见附录A，全部见所附" in words


def test_the_attached_lists_say_what_the_data_say_and_what_the_register_holds(
    once: Once, tmp_path: Path
) -> None:
    done, _ = made("2000", once, tmp_path, 2000)
    attached, twin = files(done.pdf), read_twin(done.pdf)
    assert twin is not None
    told = json.loads(attached["report.json"])["record"]["items"]
    assert json.loads(attached[RECORDS_JSON]) == told
    judged = [(item.evidence, str(item.points)) for item in done.assessment.record.items]
    assert [(item.evidence, str(item.points)) for item in twin.record.items] == judged
    text = attached[RECORDS_CSV]
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(text.decode("utf-8-sig"), newline="")))
    assert rows[0][:3] == ["编号", "信息类别", "类型"]
    assert [row[0] for row in rows[1:]] == [item["evidence"] for item in told]
    with pikepdf.open(BytesIO(done.pdf)) as opened:
        kinds = {str(file.UF): str(file.EF.F.Subtype) for file in opened.Root.AF}
    assert kinds == {
        "report.json": "/application/json",
        RECORDS_CSV: "/text/csv",
        RECORDS_JSON: "/application/json",
    }


def test_a_list_that_is_not_that_of_the_data_is_told(once: Once, tmp_path: Path) -> None:
    done, _ = made("2000", once, tmp_path, 2000)
    assert compare(done.pdf).faults == ()
    changed = BytesIO()
    with pikepdf.open(BytesIO(done.pdf)) as opened:
        for file in opened.Root.AF:
            if file.UF == RECORDS_CSV:
                file.EF.F.write(file.EF.F.read_bytes() + b"more\r\n")
        opened.save(changed)
    assert compare(changed.getvalue()).faults == (f"所附 {RECORDS_CSV} 与所附数据不同",)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_no_cell_of_the_spreadsheet_is_a_formula(start: str) -> None:
    item = dict.fromkeys(TwinRecord.model_fields, f"{start}HYPERLINK(1)")
    text = record_files([item])[RECORDS_CSV].decode("utf-8-sig")
    [heads, row] = csv.reader(StringIO(text, newline=""))
    assert len(heads) == len(TwinRecord.model_fields)
    assert set(row) == {f"'{start}HYPERLINK(1)"}


@pytest.fixture(scope="module")
def assessment() -> Assessment:
    """The judgement on a subject with three hundred records and one in use."""
    asked = of_records(420)
    found = judge(asked.applicant, asked.project)[1]
    assert len(found.record.items) > judgement.ANNEX
    return found


def of(assessment: Assessment, count: int) -> Assessment:
    """Return the judgement as if so many records were in use."""
    record = assessment.record.model_copy(update={"items": assessment.record.items[:count]})
    return assessment.model_copy(update={"record": record})


def test_three_hundred_records_stand_one_by_one_and_one_more_in_groups(assessment: Assessment) -> None:
    listed, grouped = (judgement.annex(of(assessment, count)) for count in (300, 301))
    assert (len(listed.rows), len(listed.columns)) == (300, 5)
    assert sum(int(row[-1].text) for row in grouped.rows) == 301
    assert len(grouped.rows) < 60
    assert RECORDS_CSV in grouped.note
    assert "全部见附录 A" in judgement.adverse(of(assessment, 300)).note
    assert RECORDS_CSV in judgement.adverse(of(assessment, 301)).note


def test_the_annex_cuts_neither_a_number_nor_an_authority(assessment: Assessment) -> None:
    authority, number = (
        "霁川市云屏区住房和城乡建设局行政审批服务处",
        "（昀）JZ安许证字〔2024〕004123号之一、之二、之三",
    )
    item = assessment.record.items[0].model_copy(update={"authority": authority, "number": number})
    record = assessment.record.model_copy(update={"items": (item,)})
    (row,) = judgement.annex(assessment.model_copy(update={"record": record})).rows
    assert (row[2].text, row[3].text) == (number, authority)


def test_the_rest_of_a_list_cuts_neither_a_number_nor_an_authority() -> None:
    columns = [Column("名称", 60), Column("证书编号", 20, whole=True), Column("发证机关", 20, whole=True)]
    number, authority = "D" * 60, "昀海省霁川市" * 8
    whole = table("证照", columns, [("甲" * 300, number, authority)] * 21)
    name, *rest_of_row = (cell.text for cell in rest(first(whole)).rows[0])
    assert name.endswith("…")
    assert rest_of_row == [number, authority]


def test_what_decides_the_conclusion_stands_first_and_then_the_gravest(assessment: Assessment) -> None:
    adverse = [item for item in assessment.record.items if item.nature == "不良"]
    mildest = min(adverse, key=lambda item: item.points)
    first_reason = assessment.reasons[0].model_copy(update={"evidence": (mildest.evidence,)})
    shown = judgement.adverse(assessment.model_copy(update={"reasons": (first_reason,)})).rows
    assert len(shown) == judgement.TOP
    assert mildest.number in shown[0][1].text
    costs = [float(row[-1].text) for row in shown[1:]]
    assert costs == sorted(costs, reverse=True)


def test_long_texts_are_excerpts_that_say_so() -> None:
    text = "甲" * 121
    assert clipped(text[:120]) == text[:120]
    assert clipped(text) == f"{text[:120]}…（摘录，全文 121 字）"


def test_a_list_says_how_many_rows_it_has_and_where_the_rest_is() -> None:
    whole = table("人员", _COLUMNS, [(f"甲{index}", "—") for index in range(21)], note="其他。")
    assert first(replace(whole, rows=whole.rows[:20])).note == "其他。"
    short = first(whole)
    assert (len(short.rows), len(short.left)) == (20, 1)
    assert short.note == "共 21 项，列 20 项，其余 1 项见附录 A。其他。"
    assert rest(short).caption == "人员（续，1 项）"
    assert [cell.text for cell in rest(short).rows[0]] == ["甲20", "—"]


def test_of_a_list_without_end_the_annex_says_how_much_is_not_printed() -> None:
    whole = table("人员", _COLUMNS, [(Cell("甲" * 200, note="注"), "—") for _ in range(500)])
    more = rest(first(whole))
    assert len(more.rows) == 100
    assert more.note.startswith("另有 380 项未印，载于本报告所据的输入数据")
    assert more.rows[0][0].text.endswith("…")
    assert not more.rows[0][0].note


def test_what_the_judgement_rests_on_comes_first_in_a_list_too_long_for_the_body() -> None:
    asked = odd("crowded")
    case, found = judge(asked.applicant, asked.project)
    cited = {name for item in found.requirements for name in item.evidence}
    cited |= {
        name for factor in found.factors for line in (*factor.need, *factor.use) for name in line.evidence
    }
    [subject] = relied_on_first(case, found)
    marks = [f"{subject.uscc}:{person.id}" in cited for person in subject.people]
    assert len(set(marks)) == 2
    assert marks == sorted(marks, reverse=True)
    assert sorted(p.id for p in subject.people) == sorted(p.id for p in asked.applicant.lead.people)


@pytest.mark.parametrize(
    ("text", "width", "whole"), [("甲" * 15, 28, True), ("甲" * 17, 28, False), ("A" * 25, 28, True)]
)
def test_one_line_of_a_column_holds_so_many_characters(text: str, width: float, whole: bool) -> None:
    assert (fitting(text, width) == text) is whole


def test_a_name_in_the_page_head_keeps_its_number_whatever_its_length() -> None:
    assert running("短名", "（P-1）") == "短名（P-1）"
    long = running("甲" * 200, "（P-1）")
    assert long.endswith("…（P-1）")
    assert lines(long, 34) <= 2


@pytest.mark.parametrize(
    ("names", "closely"), [(["甲"] * 11, ""), (["甲" * 60] * 9, "full"), (["甲" * 200] * 5, "packed")]
)
def test_the_cover_is_set_closer_the_longer_its_names_are(names: list[str], closely: str) -> None:
    assert cover_class(names) == closely


def test_the_conclusion_page_gives_its_risks_what_room_the_rest_leaves() -> None:
    assert risk_lines(["甲"] * 4, ["乙"], "丙", (40, []), 5) == [2] * 5
    assert risk_lines(["甲" * 110] * 4, ["乙" * 110, "丙" * 46], "丁" * 80, (56, ["戊", "己"]), 5) == [1]
