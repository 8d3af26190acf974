"""A reader with the pages alone gets the printed scores again."""

import re
from decimal import Decimal

import pytest

from reportgen.assess.model import Conclusion
from reportgen.assess.wording import number
from reportgen.document import judgement
from reportgen.document.facts import accounts
from reportgen.document.information import information
from reportgen.document.method import method
from reportgen.document.tables import NONE, Table
from reportgen.pipeline import judge
from tests.document import pdf
from tests.document.samples import REPORTS, Press, request

pytestmark = pytest.mark.usefixtures("secret")
_DEDUCTION = re.compile(r" − ([\d.]+)(?: × (\d+))?（")


@pytest.mark.parametrize("name", REPORTS)
def test_the_line_of_a_similar_project_says_how_its_score_comes_about(name: str) -> None:
    asked = request(name)
    found = judge(asked.applicant, asked.project)[1].similar
    for row in judgement.similar(found, asked.applicant.joint).rows:
        course, score = row[3], row[4]
        lost = [Decimal(points) * int(times or 1) for points, times in _DEDUCTION.findall(course.note)]
        if score.text != NONE:
            assert Decimal(score.text) == max(Decimal(0), 100 - sum(lost)), course


@pytest.mark.parametrize("name", ["goods-good", "goods-banned"])
def test_the_conclusion_tells_every_part_of_the_total(name: str, press: Press) -> None:
    assessment, path = press(name)[0].assessment, press(name)[1]
    page = pdf.text(path, 4, 4)
    for part in ("技术水平", "设备条件", "人力资源", "资金实力", "信用记录", "同类项目"):
        assert part in page
    if assessment.conclusion is Conclusion.INCAPABLE:
        parts = assessment.record.score, assessment.similar.score
        told = "、".join(
            f"{name}{number(s, 1)}分"
            for name, s in zip(("信用记录", "同类项目"), parts, strict=True)
            if s is not None
        )
        assert f"综合得分另计{told}" in page


def test_negative_figures_bear_one_sign_and_the_finance_warning_its_scale() -> None:
    asked = request("subsidy-young")
    warned = next(b for b in information(judge(asked.applicant, asked.project)[0]) if isinstance(b, Table))
    assert "合计越高越稳健，不高于 −10 的预警等级为高" in warned.note
    printed = [
        cell.text
        for shown in (warned, accounts(request("housing-breacher").applicant.lead))
        for row in shown.rows
        for cell in row
    ]
    assert not [text for text in printed if re.match(r"-\d", text)]
    assert any(text.startswith("−") for text in printed)


def test_the_method_says_what_each_side_costs_that_nobody_reported() -> None:
    asked = request("goods-banned")
    case, found = judge(asked.applicant, asked.project)
    tables = [block for block in method(case, found) if isinstance(block, Table)]
    (course,) = [row[1].text for shown in tables for row in shown.rows if row[0].text == "同类项目得分"]
    assert f"每一方面无人报告扣 {case.policy.similar.unknown} 分" in course
