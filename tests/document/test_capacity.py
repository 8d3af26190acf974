"""The bid capacity as a filled formula: the terms are those of the judgement."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from reportgen.assess.funds import capacities
from reportgen.document.capacity import capacity
from reportgen.document.chart_formula import FormulaLine, capacity_formula
from reportgen.pipeline import judge
from reportgen.project.requirements import BidCapacityRequirement
from tests.document.samples import request

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(("name", "members"), [("highway-lot1", 1), ("highway-lot2-joint", 2)])
def test_its_terms_come_to_what_was_judged(name: str, members: int) -> None:
    asked = request(name)
    case, assessment = judge(asked.applicant, asked.project)
    (required,) = [item for item in case.project.requirements if isinstance(item, BidCapacityRequirement)]
    result = next(item for item in assessment.requirements if item.id == required.id)
    found = capacities(case, required, result.formula)
    assert [index for index, _ in found] == list(range(members))
    for _, terms in found:
        assert terms.amount == terms.works * terms.length * terms.multiplier - terms.committed
        assert terms.formula in result.formula
    (figure,) = capacity(case, assessment)
    drawn = texts(figure.chart.svg)
    assert {"×", "−", "=", "满足", f"要求：{result.required}"} <= set(drawn)
    assert len([text for text in drawn if text == "投标能力"]) == members
    assert result.required in figure.chart.alt and "判定为满足" in figure.chart.alt


def test_of_another_formula_no_term_is_shown() -> None:
    asked = request("highway-lot1")
    case, _ = judge(asked.applicant, asked.project)
    (required,) = [item for item in case.project.requirements if isinstance(item, BidCapacityRequirement)]
    assert capacities(case, required, "A·N·M − B = 1 元 × 1 × 1 − 0 元 = 1 元") == ()


def test_a_capacity_is_never_below_nothing() -> None:
    asked = request("highway-lot1")
    case, assessment = judge(asked.applicant, asked.project)
    (required,) = [item for item in case.project.requirements if isinstance(item, BidCapacityRequirement)]
    result = next(item for item in assessment.requirements if item.id == required.id)
    ((_, terms),) = capacities(case, required, result.formula)
    assert terms.amount > 0
    assert type(terms)(Decimal(1), 2025, Decimal(1), Decimal(1), Decimal(5)).amount == 0


def test_a_project_that_asks_for_none_shows_none() -> None:
    asked = request("goods-good")
    assert list(capacity(*judge(asked.applicant, asked.project))) == []


def test_without_terms_there_is_no_formula() -> None:
    with pytest.raises(ValueError, match="at least one line"):
        capacity_formula([], "投标能力 ≥ 1 亿元", "未证实")


def test_a_requirement_too_long_for_its_line_is_cut_and_told_whole() -> None:
    line = FormulaLine("", ("1 亿元（2025 年）", "1", "1", "0 元", "1 亿元"))
    chart = capacity_formula([line], "投标能力" + "甲" * 60, "不满足")
    assert max(map(len, texts(chart.svg))) == 40
    assert "甲" * 60 in chart.alt
