"""The finance warning: its card, its ratios, Altman's Z'', and how what is unknown stays neutral."""

import subprocess
import sys
from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import exp
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.assess.finance import (
    FinanceWarning,
    Zone,
    altman,
    audited,
    definition,
    read_ratio,
    warning,
    zone,
)
from reportgen.assess.scorecard import MOST_RATIOS, RATIOS, Alert, Card, Curve, Sense, load_card
from reportgen.errors import ReportgenError
from reportgen.subject.holdings import Statement
from reportgen.subject.model import Subject
from tests.assess.build import base

CARD = load_card()
ON = date(2026, 6, 1)
FIGURES: dict[str, Any] = {
    "current_assets": "5000000",
    "inventories": "1000000",
    "cash": "800000",
    "total_assets": "10000000",
    "current_liabilities": "3000000",
    "total_liabilities": "5000000",
    "retained_earnings": "1000000",
    "equity": "5000000",
    "revenue": "12000000",
    "operating_profit": "700000",
    "interest_expense": "200000",
    "total_profit": "600000",
    "net_profit": "450000",
}
each_curve = pytest.mark.parametrize("curve", CARD.ratios, ids=lambda curve: curve.id)
values = st.decimals(min_value=-1000, max_value=1000, places=4)


def statement(year: Any = 2025, **changes: Any) -> dict[str, Any]:
    fact = {"id": f"fs-{year}", "source": "official", "year": year, "audited": True, **FIGURES, **changes}
    return {key: value for key, value in fact.items() if value is not None}


def subject(*statements: dict[str, Any], origin: str = "公共来源") -> Subject:
    data = base()["subject"]
    source = {"id": "official", "name": "公示系统", "origin": origin, "collected_on": "2026-05-20"}
    return Subject.model_validate(
        {**{k: data[k] for k in ("uscc", "name", "as_of")}, "sources": [source], "statements": list(statements),
         "registration": {**data["registration"], "source": "official"}}
    )  # fmt: skip


def judged(*statements: dict[str, Any], on: date = ON) -> FinanceWarning:
    return warning(subject(*statements), on)


def z_of(**changes: Any) -> Any:
    someone = subject(statement(**changes))
    return altman(someone, someone.statements[0])


def test_the_released_card_names_its_data_and_licence_and_has_few_ratios() -> None:
    assert "Zięba" in CARD.citation
    assert CARD.licence == "CC BY 4.0"
    assert len(CARD.ratios) <= MOST_RATIOS


def test_no_ratio_measures_size_and_every_ratio_is_one_of_its_kind() -> None:
    assert all(ratio.over and ratio.under for ratio in RATIOS.values())
    assert len({curve.ratio.family for curve in CARD.ratios}) == len(CARD.ratios)
    fields = {term.field for ratio in RATIOS.values() for term in (*ratio.over, *ratio.under)}
    assert fields <= set(Statement.model_fields)


@each_curve
@given(one=values, other=values)
def test_a_better_ratio_never_has_fewer_points(curve: Curve, one: Decimal, other: Decimal) -> None:
    better, worse = max(one, other), min(one, other)
    if curve.ratio.sense is Sense.LOWER:
        better, worse = worse, better
    assert curve.points(better) >= curve.points(worse)


@each_curve
def test_an_unknown_ratio_has_no_points_and_its_curve_crosses_that_line(curve: Curve) -> None:
    points = [knot.points for knot in curve.knots]
    assert curve.points(None) == 0
    assert min(points) < 0 < max(points)


@each_curve
def test_beyond_its_ends_a_curve_is_level(curve: Curve) -> None:
    first, last = curve.knots[0], curve.knots[-1]
    assert curve.points(first.at - 1000) == curve.points(first.at) == first.points
    assert curve.points(last.at + 1000) == curve.points(last.at) == last.points


@given(total=values, less=values)
def test_fewer_points_never_mean_a_smaller_chance_or_a_lower_band(total: Decimal, less: Decimal) -> None:
    low, high = sorted((total, less))
    order = list(Alert)
    assert CARD.probability(low) >= CARD.probability(high)
    assert order.index(CARD.alert(low)) >= order.index(CARD.alert(high))


def test_so_many_points_less_double_the_odds() -> None:
    odds = [float(p / (1 - p)) for p in map(CARD.probability, (Decimal(0), -CARD.doubling))]
    assert odds[1] / odds[0] == pytest.approx(2, abs=0.02)
    assert odds[0] == pytest.approx(exp(float(CARD.intercept)), abs=1e-3)


def test_the_band_changes_just_above_its_cut() -> None:
    step = Decimal("0.1")
    assert [CARD.alert(p) for p in (CARD.cuts.high, CARD.cuts.high + step)] == [Alert.HIGH, Alert.MEDIUM]
    assert [CARD.alert(p) for p in (CARD.cuts.medium, CARD.cuts.medium + step)] == [Alert.MEDIUM, Alert.LOW]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": "log_total_assets"}, "不认识的比率"),
        ({"knots": [{"at": "1", "points": "0"}, {"at": "0", "points": "1"}]}, "从小到大"),
        ({"knots": [{"at": "0", "points": "1"}, {"at": "1", "points": "0"}]}, "单调"),
        ({"knots": [{"at": "0", "points": "1"}]}, "2"),
    ],
)
def test_a_curve_against_its_sense_or_of_an_unknown_ratio_is_refused(
    change: dict[str, Any], said: str
) -> None:
    data = {**CARD.ratios[0].model_dump(), **change}
    with pytest.raises(ValueError, match=said):
        Curve.model_validate(data)


def test_a_card_holds_no_ratio_twice_and_no_more_than_eight() -> None:
    data = CARD.model_dump()
    with pytest.raises(ValueError, match="比率重复"):
        Card.model_validate({**data, "ratios": [data["ratios"][0]] * 2})
    with pytest.raises(ValueError, match="8"):
        Card.model_validate({**data, "ratios": [data["ratios"][0]] * 9})
    with pytest.raises(ValueError, match="high 须小于 medium"):
        Card.model_validate({**data, "cuts": {"high": "1", "medium": "1"}})


def test_a_faulty_card_file_is_refused_with_its_place(tmp_path: Any) -> None:
    path = tmp_path / "card.yaml"
    path.write_text("name: 卡\n", "utf-8")
    with pytest.raises(ReportgenError, match="E0301"):
        load_card(path)


def test_every_line_shows_its_value_formula_stretch_and_evidence() -> None:
    found = judged(statement(), statement(2024, revenue="10000000"))
    lines = {line.id: line for line in found.lines}
    quick = lines["quick_ratio"]
    assert quick.value == Decimal("1.3333")
    assert quick.formula == "（流动资产 500 万元 − 存货 100 万元） ÷ 流动负债 300 万元 = 1.3333"
    assert quick.evidence == (f"{found.uscc}:fs-2025",)
    growth = lines["sales_growth"]
    assert growth.value == Decimal("1.2")
    assert growth.formula == "营业收入 1200 万元 ÷ 上年营业收入 1000 万元 = 1.2".replace(
        "1200", "1,200"
    ).replace("1000", "1,000")
    assert set(growth.evidence) == {f"{found.uscc}:fs-2025", f"{found.uscc}:fs-2024"}
    left, right = next((a, b) for a, b in pairwise(CARD.ratios[0].knots) if a.at <= Decimal("1.3333") < b.at)
    assert quick.piece == f"{left.at.normalize():f} 至 {right.at.normalize():f}"


def test_a_ratio_is_defined_in_words() -> None:
    assert definition(RATIOS["quick_ratio"]) == "（流动资产 − 存货） ÷ 流动负债"
    assert definition(RATIOS["inventory_days_of_sales"]) == "365 × 存货 ÷ 营业收入"
    assert definition(RATIOS["sales_growth"]) == "营业收入 ÷ 上年营业收入"


def test_the_total_is_the_sum_of_the_lines_and_gives_band_and_chance() -> None:
    found = judged(statement(), statement(2024))
    assert found.total == sum(line.points for line in found.lines)
    assert found.coverage == 1
    assert (found.level, found.probability) == (CARD.alert(found.total), CARD.probability(found.total))
    assert "不进入" in found.notice


def test_a_failing_firm_is_warned_of_more_than_a_sound_one() -> None:
    poor = statement(
        current_assets="1000000", net_profit="-2000000", total_profit="-2000000", retained_earnings="-3000000",
        equity="-500000", current_liabilities="9000000", total_liabilities="10500000", revenue="4000000",
    )  # fmt: skip
    assert judged(statement(), statement(2024)).level is Alert.LOW
    assert judged(poor, statement(2024)).level is Alert.HIGH


@pytest.mark.parametrize(
    "field", ["inventories", "net_profit", "retained_earnings", "total_profit", "revenue"]
)
def test_what_is_unknown_costs_coverage_and_moves_nothing_else(field: str) -> None:
    full, less = judged(statement(), statement(2024)), judged(statement(**{field: None}), statement(2024))
    changed = [(a, b) for a, b in zip(full.lines, less.lines, strict=True) if a != b]
    assert changed
    assert all(b.value is None and b.points == 0 and b.formula.startswith("缺") for _, b in changed)
    assert less.total == full.total - sum(a.points for a, _ in changed)
    assert less.coverage < full.coverage


@given(st.sets(st.sampled_from(sorted(FIGURES))))
def test_adding_a_figure_changes_no_ratio_that_was_known(missing: set[str]) -> None:
    full = judged(statement(), statement(2024))
    less = judged(statement(**dict.fromkeys(missing)), statement(2024))
    for before, after in zip(less.lines, full.lines, strict=True):
        assert before.value is None or before == after


@pytest.mark.parametrize(
    ("ratio", "changes", "said"),
    [
        ("quick_ratio", {"current_liabilities": "0"}, "不大于零"),
        ("net_profit_to_sales", {"revenue": "0"}, "不大于零"),
        ("retained_earnings_to_assets", {"total_assets": "0"}, "不大于零"),
        ("retained_earnings_to_assets", {"retained_earnings": "0"}, "视为未填"),
        ("constant_capital_to_fixed_assets", {"current_assets": "10000000"}, "不大于零"),
    ],
)
def test_a_ratio_without_a_positive_denominator_is_unknown(
    ratio: str, changes: dict[str, Any], said: str
) -> None:
    someone = subject(statement(**changes))
    found = read_ratio(RATIOS[ratio], audited(someone, ON))
    assert found.value is None
    assert said in found.formula


def test_a_negative_numerator_is_counted_at_the_lowest_points() -> None:
    line = next(
        item
        for item in judged(statement(equity="-90000000", retained_earnings="-95000000")).lines
        if item.id == "constant_capital_to_assets"
    )
    curve = next(curve for curve in CARD.ratios if curve.id == line.id)
    assert line.points == curve.knots[0].points
    assert line.piece.startswith("≤")


def test_only_audited_statements_that_count_are_read() -> None:
    assert judged(statement(audited=False), statement(2024)).year == 2024
    assert judged(statement(audited=False)).year is None
    claimed = warning(subject(statement(), origin="自主申报"), ON)
    assert (claimed.year, claimed.level, claimed.altman.zone) == (None, None, Zone.NONE)
    assert "没有经审计" in claimed.note


def test_a_year_that_has_not_ended_is_not_read() -> None:
    assert judged(statement(2026), statement(2025)).year == 2025


def test_old_accounts_give_no_band() -> None:
    assert judged(statement(2024), statement(2023), on=date(2026, 4, 30)).level is not None
    old = judged(statement(2024), statement(2023), on=date(2026, 5, 1))
    assert (old.level, old.probability) == (None, None)
    assert "早于应有的 2025 年" in old.note


def test_below_the_least_coverage_there_is_points_but_no_band() -> None:
    some = judged(statement(inventories=None, retained_earnings=None))
    assert some.coverage == Decimal("0.5")
    assert some.level is None
    assert "低于 60%" in some.note
    assert judged(statement(inventories=None), statement(2024)).level is not None


def test_the_order_of_statements_changes_nothing() -> None:
    assert judged(statement(), statement(2024)) == judged(statement(2024), statement())


def test_altman_on_the_published_oracle() -> None:
    found = z_of(
        current_assets="4000000", current_liabilities="2000000", total_assets="10000000", retained_earnings="1000000",
        total_profit="500000", interest_expense="300000", equity="5000000", total_liabilities="5000000",
    )  # fmt: skip
    assert [item.value for item in found.inputs] == [Decimal(x) for x in ("0.2", "0.1", "0.08", "1")]
    assert (found.z, found.em, found.zone) == (Decimal("3.2256"), Decimal("6.4756"), Zone.SAFE)
    assert found.formula == "6.56 × 0.2 + 3.26 × 0.1 + 6.72 × 0.08 + 1.05 × 1 = 3.2256"


@pytest.mark.parametrize(
    ("z", "name"),
    [("2.6001", "安全区"), ("2.6", "灰色区"), ("1.1", "灰色区"), ("1.0999", "困境区"), (None, "不适用")],
)
def test_the_zones_of_altman(z: str | None, name: str) -> None:
    assert zone(None if z is None else Decimal(z)) == name


@pytest.mark.parametrize(
    "changes",
    [{"total_assets": "0"}, {"total_liabilities": "0"}, {"interest_expense": None}, {"audited": False}],
)
def test_altman_does_not_apply_without_its_inputs_or_an_audit(changes: dict[str, Any]) -> None:
    found = z_of(**changes)
    assert (found.z, found.em, found.zone) == (None, None, Zone.NONE)


def test_altman_shows_every_input_even_where_one_is_missing() -> None:
    found = z_of(interest_expense=None)
    assert [item.value is None for item in found.inputs] == [False, False, True, False]
    assert found.inputs[2].formula == "缺利息费用"


def test_a_warning_needs_no_plotting_and_no_arrays() -> None:
    code = "import sys; import reportgen.assess.finance; print([m for m in ('numpy', 'matplotlib') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
