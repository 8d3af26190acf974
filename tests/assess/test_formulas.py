"""Formulas by numbers worked out by hand, years and dates at their edges, and how numbers are written."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from reportgen.assess.accounts import account_years, turnover_need
from reportgen.assess.conclusion import Rules, Tally, decide, rests_on_dispute, shortfalls, total
from reportgen.assess.factors import adequacy
from reportgen.assess.flips import sensitivity
from reportgen.assess.funds import commitments, liquidity_need
from reportgen.assess.model import Basis, Conclusion, Verdict
from reportgen.assess.wording import day, money, number, percent, rounded
from reportgen.policy.values import ConclusionRule, FactorCurve, Weights
from reportgen.project.requirements import Factor
from reportgen.subject.grades import at_least
from tests.assess.build import asked, given_case, judged
from tests.factories import Data

JUDGED_ON = date(2026, 12, 15)
ROAD: Data = {
    "id": "road",
    "source": "gov",
    "name": "样例公路",
    "category": "公路工程",
    "owner": "样例局",
    "value": "10000000",
    "signed_on": "2024-01-01",
    "ends_on": "2027-12-15",
    "status": "在建",
}
RULES = Rules(
    ConclusionRule(
        total=Decimal(75),
        factor_floor=Decimal(60),
        record_floor=Decimal(0),
        coverage_least=Decimal("0.6"),
        coverage_full=Decimal("0.8"),
    ),
    Weights(factors=Decimal("0.6"), record=Decimal("0.25"), similar=Decimal("0.15"), use=Decimal("0.3")),
)
FULL = Decimal(100)
PERFECT = Tally(
    gates=(),
    fails=(),
    unproven=(),
    factors=dict.fromkeys((Factor.TECHNOLOGY, Factor.EQUIPMENT, Factor.STAFF, Factor.FUNDS), FULL),
    record=FULL,
    record_undisputed=FULL,
    similar=FULL,
    coverage=Decimal(1),
)
MAY = 5


def with_road(**changes: Any) -> Data:
    return {"add": {"subject.contracts": [ROAD | changes]}}


@pytest.mark.parametrize(
    ("on", "newest"),
    [
        (date(2026, 1, 1), 2024),
        (date(2026, 4, 30), 2024),
        (date(2026, 5, 1), 2025),
        (date(2026, 12, 31), 2025),
        (date(2027, 1, 1), 2025),
    ],
)
def test_the_newest_accounts_asked_for_change_on_the_first_of_may(on: date, newest: int) -> None:
    assert account_years(on, 3, MAY) == (newest, newest - 1, newest - 2)


def test_as_many_years_are_asked_for_as_the_tender_says() -> None:
    assert account_years(JUDGED_ON, 1, MAY) == (2025,)
    assert account_years(JUDGED_ON, 5, MAY) == (2025, 2024, 2023, 2022, 2021)


@pytest.mark.parametrize(
    ("changes", "years", "expected"),
    [
        pytest.param({}, "1", "10000000", id="ends within the period: all of it"),
        pytest.param({"ends_on": "2030-12-15"}, "2", "5000000", id="1461 days, 730.5 of them: half"),
        pytest.param({"ends_on": "2030-12-15"}, "1", "2500000", id="1461 days, 365.25 of them: a quarter"),
        pytest.param({"ends_on": "2029-09-10"}, "1", "3652500", id="1000 days, 365.25 of them"),
        pytest.param({"ends_on": "2026-12-15"}, "2", "10000000", id="ends on the day itself: all of it"),
        pytest.param({"ends_on": "2026-06-30"}, "2", "10000000", id="overdue: all of it"),
        pytest.param({"remaining": "6000000"}, "2", "6000000", id="what remains, not the value"),
        pytest.param({"remaining": "6000000", "share": "0.4"}, "2", "2400000", id="its own share"),
        pytest.param({"status": "已完成", "accepted_on": "2026-01-01"}, "2", "0", id="completed: nothing"),
        pytest.param({"status": "因承包方原因终止"}, "2", "0", id="broken off: nothing"),
    ],
)
def test_commitments_are_the_part_that_falls_into_the_contract(
    changes: Data, years: str, expected: str
) -> None:
    subject = given_case(with_road(**changes)).applicant.lead
    assert commitments(subject, JUDGED_ON, Decimal(years))[0] == Decimal(expected)


def test_commitments_of_several_works_add_up_and_name_their_evidence() -> None:
    second = ROAD | {"id": "bridge", "ends_on": "2030-12-15"}
    subject = given_case({"add": {"subject.contracts": [ROAD, second]}}).applicant.lead
    amount, evidence = commitments(subject, JUDGED_ON, Decimal(2))
    assert amount == 15_000_000
    assert evidence == (f"{subject.uscc}:road", f"{subject.uscc}:bridge")


@pytest.mark.parametrize(
    ("period", "multiplier", "remaining", "expected"),
    [
        ("2", "2", "0", "1.2 亿元"),  # 30 m × 2 × 2
        ("2", "1.5", "0", "9,000 万元"),  # 30 m × 2 × 1.5
        ("1.5", "1.5", "20000000", "4,750 万元"),  # 30 m × 1.5 × 1.5 − 20 m
        ("1", "3", "90000000", "0 元"),  # 30 m × 1 × 3 − 90 m
        ("1", "3", "100000000", "0 元"),  # never below zero
    ],
)
def test_bid_capacity_is_a_n_m_minus_b(period: str, multiplier: str, remaining: str, expected: str) -> None:
    given = with_road(remaining=remaining)
    given["set"] = {"project.period_years": period, "project.requirements.capacity.multiplier": multiplier}
    assert asked(judged(given), "capacity").actual == expected


def test_bid_capacity_takes_one_year_where_the_project_states_no_period() -> None:
    assert asked(judged({"unset": ["project.period_years"]}), "capacity").actual == "6,000 万元"


@pytest.mark.parametrize(("years", "expected"), [("3", "1.2 亿元"), ("5", "1.2 亿元"), ("6", "3.6 亿元")])
def test_the_best_year_lies_within_the_look_back(years: str, expected: str) -> None:
    old = {"id": "2020", "source": "gov", "year": "2020", "audited": "true", "works_revenue": "90000000"}
    given: Data = {
        "add": {"subject.statements": [old]},
        "set": {"project.requirements.capacity.look_back_years": years},
    }
    assert asked(judged(given), "capacity").actual == expected


def test_the_working_of_the_bid_capacity_can_be_followed_with_a_pencil() -> None:
    working = asked(judged(with_road(remaining="20000000")), "capacity").formula
    assert working == "A·N·M − B = 3,000 万元 × 2 × 2 − 2,000 万元 = 10,000 万元"


FENS: Data = {
    "set": {
        "subject.statements.2023.revenue": "218640000",
        "subject.statements.2024.revenue": "96318407.77",
        "subject.statements.2025.revenue": "40127731.19",
        "subject.statements.2025.works_revenue": "29793064.11",
        "subject.statements.2025.cash": "6123456.78",
        "project.period_years": "1.6667",
        "project.requirements.capacity.multiplier": "1.25",
    },
    "unset": ["project.requirements.turnover.need"],
}


@pytest.mark.parametrize("name", ["capacity", "turnover", "liquid"])
def test_a_printed_working_comes_out_as_it_is_printed(name: str) -> None:
    given = FENS | with_road(remaining="4350000.55")
    working = asked(judged(given), name).formula
    assert "亿元" not in working
    assert worked_out(working) is True


def test_the_printed_need_comes_out_as_it_is_printed() -> None:
    given: Data = {"set": {"project.value": "123456789.12"}, "unset": ["project.requirements.liquid.need"]}
    item = asked(judged(given), "liquid")
    assert item.note == "需要额 = 12,345.678912 万元 ÷ 24 个月 × 2 个月"
    assert item.required.endswith("≥ 1,028.81 万元")


def worked_out(working: str) -> bool:
    """Say whether the arithmetic of a printed formula comes out, to the fen."""
    bare = re.sub(r"（[^）]*）|货币资金|未用授信|A·N·M − B = |万元|元|年|,| ", "", working)
    left, right = bare.split("=")
    assert re.fullmatch(r"[0-9.()+−×÷]+", left), left
    numbers = re.sub(r"[0-9.]+", lambda found: f"Decimal('{found[0]}')", left)
    result: Decimal = eval(numbers.replace("×", "*").replace("÷", "/").replace("−", "-"))
    return abs(result - Decimal(right)) <= Decimal("0.0000005")


@pytest.mark.parametrize(
    ("has", "wants", "points"), [("2", "3", "44.4"), ("667", "1000", "44.5"), ("6667", "10000", "44.5")]
)
def test_a_score_comes_from_the_ratio_before_it_is_rounded(has: str, wants: str, points: str) -> None:
    given: Data = {
        "set": {"subject.headcounts.staff.technical": has, "project.requirements.staff.technical": wants},
        "drop": ["project.requirements.manager"],
    }
    if int(has) > 60:
        given["set"]["subject.headcounts.staff.total"] = has
    assessment = judged(given)
    (line,) = next(f for f in assessment.factors if f.factor is Factor.STAFF).need
    assert str(line.score) == points
    assert asked(assessment, "staff").slack == rounded(Decimal(has) / Decimal(wants), 4)


def test_what_misses_the_need_by_a_hair_is_printed_below_it() -> None:
    item = asked(judged({"set": {"subject.statements.2025.cash": "2999999.99"}}), "liquid")
    assert (item.verdict, item.slack) == (Verdict.UNPROVEN, Decimal("0.9999"))


@pytest.mark.parametrize(
    ("k", "value", "period", "expected"),
    [
        ("2", "40000000", "2", "40000000"),
        ("1.5", "40000000", "3", "20000000"),
        ("1", "40000000", "3", "13333333.33"),
        ("2", "40000000", "0.5", "80000000"),  # a period below a year counts as one year
        (None, "40000000", "2", "20000000"),  # the pack's k = 1
    ],
)
def test_the_turnover_needed_is_k_v_over_n(k: str | None, value: str, period: str, expected: str) -> None:
    case = given_case({"set": {"project.value": value, "project.period_years": period}})
    assert turnover_need(case, None, Decimal(k) if k else None)[0] == Decimal(expected)


def test_a_sum_stated_by_the_tender_is_the_turnover_needed() -> None:
    assert turnover_need(given_case(), Decimal(7), Decimal(2)) == (Decimal(7), "")


@pytest.mark.parametrize(
    ("months", "period", "expected"),
    [
        ("3", "2", "5000000"),  # 40 m ÷ 24 × 3
        ("6", "1", "20000000"),  # 40 m ÷ 12 × 6
        (None, "2", "3333333.33"),  # the pack's two months
    ],
)
def test_the_liquid_means_needed_are_v_over_12_n_times_the_months(
    months: str | None, period: str, expected: str
) -> None:
    case = given_case({"set": {"project.period_years": period}})
    assert liquidity_need(case, None, Decimal(months) if months else None)[0] == Decimal(expected)


def test_the_liquid_means_derived_never_exceed_the_value_of_the_contract() -> None:
    case = given_case({"set": {"project.value": "1200000", "project.period_years": "0.041"}})
    assert liquidity_need(case, None, None)[0] <= case.project.value


@pytest.mark.parametrize(
    ("requirement", "field"),
    [("capacity", "multiplier"), ("capacity", "look_back_years"), ("turnover", "years"), ("ratio", "years")],
)
def test_a_parameter_of_our_own_makes_the_basis_our_method(requirement: str, field: str) -> None:
    found = judged({"unset": [f"project.requirements.{requirement}.{field}"]})
    assert asked(found, requirement).basis is Basis.METHOD
    assert asked(judged(), requirement).basis is Basis.TENDER


@pytest.mark.parametrize(
    ("assets", "expected", "verdict"),
    [
        ({"2023": "12000000"}, "1.2", Verdict.MET),
        ({"2023": "12000000", "2025": "11000000"}, "1.1", Verdict.MET),
        ({"2024": "10000000"}, "1", Verdict.MET),
        ({"2024": "5000000", "2025": "90000000"}, "0.5", Verdict.UNMET),
    ],
)
def test_the_current_ratio_is_that_of_the_weakest_year(assets: Data, expected: str, verdict: Verdict) -> None:
    given = {"set": {f"subject.statements.{year}.current_assets": value for year, value in assets.items()}}
    result = asked(judged(given), "ratio")
    assert (result.actual, result.verdict) == (expected, verdict)


@pytest.mark.parametrize(
    ("first", "second", "verdict", "margin"),
    [
        ("3000000", "2000000", Verdict.MET, "+0 元"),  # 5 m = 20 m × 25 %
        ("3000000", "1999999", Verdict.MET, "+1 元"),
        ("3000000", "2000001", Verdict.UNMET, "−1 元"),
    ],
)
def test_pending_claims_are_added_and_held_against_equity(
    first: str, second: str, verdict: Verdict, margin: str
) -> None:
    suit: Data = {"source": "gov", "kind": "未决诉讼", "title": "某案", "authority": "某法院"}
    suit |= {"determined_on": "2026-05-01", "against": "true"}
    claims = {
        "id": "claims",
        "kind": "litigation",
        "clause": "9",
        "text": "不超过四分之一。",
        "share": "0.25",
    }
    suits = [suit | {"id": "one", "amount": first}, suit | {"id": "two", "amount": second}]
    result = asked(judged({"add": {"subject.records": suits, "project.requirements": [claims]}}), "claims")
    assert (result.verdict, result.margin) == (verdict, margin)


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [("0", "0"), ("0.4", "0"), ("0.55", "25"), ("0.7", "50"), ("0.9999", "100"), ("1", "100"), ("50", "100")],
)
def test_adequacy_rises_in_a_line_and_ends_at_sufficiency(ratio: str, expected: str) -> None:
    curve = FactorCurve(zero=Decimal("0.4"), full=Decimal(1))
    assert adequacy(Decimal(ratio), curve) == Decimal(expected)
    assert adequacy(None, curve) is None


@pytest.mark.parametrize(
    ("grade", "least", "enough"),
    [
        ("特级", "一级", True),
        ("甲级", "一级", True),
        ("二级", "一级", False),
        ("丁级", "四级", True),
        ("高级", "中级", True),
        ("初级", "中级", False),
        ("技师", "高级工", True),
        ("高级", "一级", None),
        ("不分等级", "三级", False),
        ("C类", "C类", True),
        ("A类", "C类", None),
        ("二级", "不分等级", True),
        ("", "三级", None),
        ("三级", "", True),
    ],
)
def test_grades_are_compared_within_one_scale_only(grade: str, least: str, enough: bool | None) -> None:
    assert at_least(grade, least) is enough


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, Conclusion.CAPABLE, id="nothing against it"),
        pytest.param(
            {"gates": ("g",), "unproven": ("r",), "coverage": Decimal(0)},
            Conclusion.INCAPABLE,
            id="a gate first",
        ),
        pytest.param({"fails": ("f",)}, Conclusion.INCAPABLE, id="a proven fail"),
        pytest.param({"fails": ("f",), "unproven": ("r",)}, None, id="a fail waits for what is unproven"),
        pytest.param({"fails": ("f",), "coverage": Decimal("0.599")}, None, id="a fail waits for coverage"),
        pytest.param({"coverage": Decimal("0.6")}, Conclusion.LIMITED, id="coverage between the bounds"),
        pytest.param({"coverage": Decimal("0.799")}, Conclusion.LIMITED, id="coverage just short"),
        pytest.param({"coverage": Decimal("0.8")}, Conclusion.CAPABLE, id="coverage just enough"),
        pytest.param({"record": Decimal(0), "similar": None}, Conclusion.LIMITED, id="70.6 in total"),
    ],
)
def test_the_parts_fold_into_one_conclusion(changes: Any, expected: Conclusion | None) -> None:
    assert decide(replace(PERFECT, **changes), RULES) is expected


@pytest.mark.parametrize(
    ("record", "similar", "expected"),
    [("100", "100", "100"), ("60", "80", "87"), ("0", "0", "60"), ("15", None, "75"), ("14", None, "74.7")],
)
def test_the_total_is_60_percent_factors_25_record_15_similar(
    record: str, similar: str | None, expected: str
) -> None:
    parts = replace(PERFECT, record=Decimal(record), similar=Decimal(similar) if similar else None)
    assert total(parts, RULES.weights) == Decimal(expected)


def test_a_conclusion_rests_on_a_dispute_only_if_it_would_be_another_without() -> None:
    near = replace(PERFECT, record=Decimal(10), record_undisputed=Decimal(20), similar=None)
    assert rests_on_dispute(near, RULES)
    assert not rests_on_dispute(replace(near, record=Decimal(30), record_undisputed=Decimal(40)), RULES)


def test_a_coverage_below_the_line_is_not_printed_as_the_line() -> None:
    assert "80%，低于 80%" not in "".join(shortfalls(replace(PERFECT, coverage=Decimal("0.796")), RULES))


def test_sensitivity_names_the_shifts_that_would_change_the_conclusion() -> None:
    near = replace(PERFECT, record=Decimal(22), similar=None)
    assert "分数线上移 5 分" in sensitivity(near, RULES)
    assert "结论均不变" in sensitivity(PERFECT, RULES)
    assert "与权重、分数线无关" in sensitivity(replace(PERFECT, gates=("g",)), RULES)


def test_sensitivity_copes_with_a_weight_below_a_tenth() -> None:
    light = Weights(
        factors=Decimal("0.9"), record=Decimal("0.05"), similar=Decimal("0.05"), use=Decimal("0.3")
    )
    assert sensitivity(PERFECT, replace(RULES, weights=light))


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("0", 2, "0"),
        ("10", 2, "10"),
        ("1000", 0, "1,000"),
        ("1234567.891", 2, "1,234,567.89"),
        ("0.5", 2, "0.5"),
        ("0.50", 1, "0.5"),
        ("2.345", 2, "2.35"),
        ("-2.345", 2, "-2.35"),
        ("99.95", 1, "100"),
    ],
)
def test_numbers_have_separators_and_no_idle_zeros(value: str, places: int, text: str) -> None:
    assert number(Decimal(value), places) == text


def test_no_number_is_written_minus_zero() -> None:
    assert number(Decimal("-0.001")) == "0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0 元"),
        ("9999.99", "9,999.99 元"),
        ("10000", "1 万元"),
        ("12345678.9", "1,234.57 万元"),
        ("99990000", "9,999 万元"),
        ("100000000", "1 亿元"),
        ("123456789", "1.2346 亿元"),
        ("-20000", "-2 万元"),
    ],
)
def test_sums_are_written_in_the_unit_that_reads_best(value: str, text: str) -> None:
    assert money(Decimal(value)) == text


def test_a_sum_that_rounds_up_takes_the_larger_unit() -> None:
    assert money(Decimal("99999999.99")) == "1 亿元"


@pytest.mark.parametrize(
    ("share", "places", "text"),
    [("0", 0, "0%"), ("0.5", 0, "50%"), ("0.333", 1, "33.3%"), ("1", 0, "100%"), ("0.005", 0, "1%")],
)
def test_shares_are_written_in_percent(share: str, places: int, text: str) -> None:
    assert percent(Decimal(share), places) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2026, 1, 5), "2026年1月5日"),
        (date(2098, 12, 31), "2098年12月31日"),
        (date(2099, 1, 31), "长期"),
        (date(2099, 12, 31), "长期"),
        (None, "未载明"),
    ],
)
def test_days_are_written_without_zeros_and_the_sentinel_as_long_term(value: date | None, text: str) -> None:
    assert day(value) == text


@pytest.mark.parametrize(
    ("value", "places", "expected"), [("0.05", 1, "0.1"), ("2.5", 0, "3"), ("-0.05", 1, "-0.1")]
)
def test_halves_are_rounded_away_from_zero(value: str, places: int, expected: str) -> None:
    assert rounded(Decimal(value), places) == Decimal(expected)
