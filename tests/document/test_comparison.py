"""比对汇总表: every report side by side with the others, and nothing in it that ranks them."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from reportgen.assess.judge import assess
from reportgen.assess.model import Conclusion
from reportgen.bundle import certified_sheet
from reportgen.document import compared
from reportgen.document.compared import Comparison, Lot, Since
from reportgen.document.comparison import Sheet, sheet
from reportgen.document.content import strings
from reportgen.document.tables import Table
from reportgen.document.verdict import brief
from reportgen.pipeline import Means
from tests.assess.build import SNAPSHOT, case_of
from tests.assess.worlds import worlds
from tests.certify import paper
from tests.certify.pki import pki
from tests.document import archive, pdf
from tests.document.comparisons import AT, ISSUER, LAW, assessed, comparison, report, twelve
from tests.factories import Data
from tests.once import Once

TOTAL = re.compile(r"综合得分\s*[\d无]|总分\s*[\d.]+|(?<!不排)名次|第\s*\d+\s*名|得分最高|排名第")


def tables(found: Sheet, kind: str) -> list[Table]:
    parts = [part for section in found.sections for part in section.parts if part.kind == kind]
    return [block for part in parts for block in part.blocks if isinstance(block, Table)]


def texts(found: Sheet) -> str:
    return "\n".join(text for _, text in strings(found))


@pytest.mark.parametrize("count", [1, 3, 5, 6, 12, 40])
def test_however_many_there_are_each_stands_once_in_every_table_in_the_order_of_the_numbers(
    count: int,
) -> None:
    found = assessed()
    asked = compared.asked([found])
    reports = [report(n, found) for n in range(count)]
    printed = sheet(comparison(*reports, requirements=asked), ISSUER, LAW)
    numbers = [item.number for item in reports]
    beside, matrix = tables(printed, "beside"), tables(printed, "matrix")
    assert [cell.text for table in beside for cell in table.rows[0][1:]] == numbers
    assert max(len(table.columns) for table in beside) <= 6
    assert sum(len(table.columns) - 2 for table in matrix) == count
    assert max(len(table.columns) for table in matrix) <= 10
    assert all(len(table.rows) == len(asked) for table in matrix)
    assert [row[1].text for table in tables(printed, "roster") for row in table.rows] == numbers
    for table in (*beside, *matrix):
        assert {len(row) for row in table.rows} == {len(table.columns)}
        assert sum(column.width for column in table.columns) == pytest.approx(100)


@pytest.mark.parametrize(
    "name", ["housing-small-exact", "housing-disputed", "housing-breacher", "housing-expired"]
)
def test_neither_the_pages_nor_the_data_hold_a_total_or_a_rank(name: str) -> None:
    assessment = assessed(name)
    found = comparison(report(1, assessment), requirements=compared.asked([assessment]))
    said = texts(sheet(found, ISSUER, LAW))
    assert assessment.total is not None
    for text in (said, found.data().decode()):
        assert not TOTAL.search(text)
        assert f"{assessment.total} 分" not in text
    assert not {'"total"', '"rank"', '"score"'} & set(re.findall(r'"\w+"', found.data().decode()))
    assert "不计总分，不排名次" in said


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_whatever_was_judged_its_total_is_not_told(data: Data) -> None:
    assessment = assess(case_of(data), SNAPSHOT)
    found = compared.judged(assessment, compared.asked([assessment]), LAW)
    assert not TOTAL.search(json.dumps(found.model_dump(mode="json"), ensure_ascii=False))
    assert found.hard == found.hard_met + found.hard_unmet + found.hard_unproven
    assert len(found.requirements) == len(assessment.requirements)
    assert found.conclusion is assessment.conclusion


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("综合得分 69.9 分，低于 75 分", "未达到机构方法的综合要求"),
        ("综合得分 无法计算，低于 75 分", "未达到机构方法的综合要求"),
        ("未触及否决项，14 项必备要求全部满足，综合得分 100 分", "未触及否决项，14 项必备要求全部满足"),
        ("设备条件得分 30 分，低于 60 分", "设备条件得分 30 分，低于 60 分"),
    ],
)
def test_a_reason_is_told_without_the_total(text: str, told: str) -> None:
    assert compared.without_total(text) == told


def test_a_long_reason_is_cut_before_the_number_of_a_document_and_never_within() -> None:
    asked = "未被列入失信被执行人、严重失信主体名单；未被禁止参加工程招标投标"
    actual = "澍宁岌桓建设集团有限公司：严重失信主体名单（石失列〔2026〕004号）等 98 条"
    assert "（石失列〔2026〕004号）" in brief(f"要求“{asked}”，实际：{actual}", 72)
    for room in range(40, 80):
        told = brief(
            f"被列入严重失信主体名单{'某' * 20}的主管部门认定决定书（石失列〔2026〕004号）等 98 条", room
        )
        assert "〔" not in told or "〔2026〕004号" in told


def test_what_is_not_met_is_seen_without_colour() -> None:
    assessment = assessed("housing-breacher")
    asked = compared.asked([assessment])
    (matrix,) = tables(sheet(comparison(report(1, assessment), requirements=asked), ISSUER, LAW), "matrix")
    marks = {item.id: row[2] for item, row in zip(asked, matrix.rows, strict=True)}
    for item in assessment.requirements:
        cell = marks[item.id]
        assert f"{cell.text}{cell.tag}".endswith(item.verdict)
        assert bool(cell.tag) == (item.verdict != "满足")


def test_an_amended_requirement_stands_beside_the_first_one() -> None:
    one = assessed()
    changed = one.requirements[0].model_copy(update={"text": "须具备二级及以上资质。"})
    other = one.model_copy(update={"requirements": (changed, *one.requirements[1:])})
    asked = compared.asked([one, other])
    assert [item.id for item in asked[:2]] == [one.requirements[0].id] * 2
    assert len(asked) == len(one.requirements) + 1
    reports = [report(n, a, judged=compared.judged(a, asked, LAW)) for n, a in enumerate((one, other))]
    (matrix,) = tables(sheet(comparison(*reports, requirements=asked), ISSUER, LAW), "matrix")
    assert [[cell.text for cell in row[2:]] for row in matrix.rows[:2]] == [["✓ 满足", "—"], ["—", "✓ 满足"]]
    assert "招标文件版本" in matrix.note


def test_what_was_erased_is_said_to_be() -> None:
    printed = sheet(comparison(report(1, None)), ISSUER, LAW)
    (beside,) = tables(printed, "beside")
    said = {row[0].text: row[1].text for row in beside.rows}
    assert (said["决定因素"], said["必备要求"]) == ("已依规删除", "已依规删除")
    assert said["结论"] == "具备信用能力"
    assert "（名称已删除）" in texts(printed)


def test_a_lot_without_reports_says_so() -> None:
    empty = Lot(id="2", name="二标段", requirements=(), reports=(), relations=(), unread=())
    printed = sheet(comparison(lots=(empty,)), ISSUER, LAW)
    assert "登记簿中没有为此出具的报告" in texts(printed)
    assert printed.sections[0].title == "标段 2：二标段"


def test_two_reports_of_one_applicant_are_told_apart() -> None:
    found = assessed()
    (beside,) = tables(sheet(comparison(report(1, found), report(2, found)), ISSUER, LAW), "beside")
    heads = [column.head for column in beside.columns[1:]]
    assert len(set(heads)) == 2
    assert all(found.applicant[0].name in head for head in heads)


def test_the_data_are_those_of_the_pages() -> None:
    found = comparison(
        report(1, assessed("housing-disputed"), changes=(Since(word="异议中", at=AT),)),
        requirements=compared.asked([assessed("housing-disputed")]),
    )
    again = Comparison.model_validate_json(found.data())
    assert again == found
    (judged,) = [item.judged for item in again.reports]
    assert judged is not None
    assert (judged.conclusion, judged.disputed) == (Conclusion.LIMITED, True)
    assert (judged.severe, judged.severe_disputed) == (1, 1)
    assert judged.coverage <= Decimal(1)


@pytest.fixture
def printed(once: Once, tmp_path: Path) -> tuple[Comparison, Path]:
    made, done = once("comparison-twelve", twelve)
    path = tmp_path / "comparison.pdf"
    path.write_bytes(done.pdf)
    return made, path


def test_a_printed_comparison_is_archival_accessible_landscape_and_whole(
    printed: tuple[Comparison, Path],
) -> None:
    made, path = printed
    assert archive.faults(path) == []
    pages = pdf.text(path)
    assert not TOTAL.search(pages)
    bare = re.sub(r"\s+", "", pages)
    for item in made.reports:
        assert item.number in bare
        assert all(partner.name in bare for partner in item.applicant)
    assert _sizes(path) == {(842, 595)}
    assert _attached(path)("comparison.json") == made.data()


def test_a_signed_comparison_is_archival_and_the_unsigned_one_reproducible(tmp_path: Path) -> None:
    made, means = comparison(report(1, assessed())), Means(ISSUER.as_sample())
    once, again = (certified_sheet(made, means, AT).made.pdf for _ in range(2))
    assert once == again
    path = tmp_path / "signed.pdf"
    path.write_bytes(certified_sheet(made, replace(means, signing=pki().signing()), AT).made.pdf)
    assert archive.faults(path) == []
    assert "Signature is Valid" in paper.said("pdfsig", path)


@pytest.mark.soak
def test_a_second_opinion_hears_nothing_wrong_with_a_comparison(printed: tuple[Comparison, Path]) -> None:
    assert archive.heard(printed[1]) == []


def _sizes(path: Path) -> set[tuple[int, int]]:
    import pikepdf

    with pikepdf.open(path) as opened:
        return {(round(float(p.mediabox[2])), round(float(p.mediabox[3]))) for p in opened.pages}


def _attached(path: Path) -> Callable[[str], bytes]:
    import pikepdf

    def of(name: str) -> bytes:
        with pikepdf.open(path) as opened:
            return opened.attachments[name].get_file().read_bytes()

    return of
