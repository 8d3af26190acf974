"""供货能力 and 替代条件: what holds whatever is known, and numbers worked out by hand."""

from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.assess.judge import assess
from reportgen.assess.model import Basis, RequirementResult, Verdict
from tests.assess.build import SNAPSHOT, asked, base, case_of, given_case, judged
from tests.assess.worlds import CHECKED, JUDGED_ON, MILLION
from tests.factories import Data

searched = settings(derandomize=True, deadline=None, max_examples=80)
RANK = {Verdict.UNMET: 0, Verdict.UNPROVEN: 1, Verdict.MET: 2}
SUPPLY: Data = {
    "id": "supply",
    "kind": "supply_capacity",
    "clause": "1.11",
    "text": "合同期内可供预拌混凝土不少于所需数量。",
    "category": "预拌混凝土生产许可",
    "product": "预拌混凝土",
    "unit": "立方米",
}
PLANT: Data = {
    "source": "gov",
    "kind": "许可",
    "category": "预拌混凝土生产许可",
    "authority": "某厅",
    "valid_until": "2028-12-31",
}
ORDER: Data = {
    "source": "gov",
    "name": "某供应合同",
    "category": "预拌混凝土",
    "owner": "某业主",
    "value": "1000000",
    "signed_on": "2026-01-01",
    "ends_on": "2027-12-31",
    "status": "在建",
}
ORIGINS: st.SearchStrategy[Data] = st.sampled_from(
    [{"source": "gov"}, {"source": "bank"}, {"source": "own"}, {"source": "own", "verification": CHECKED}]
)
AMOUNTS = st.integers(0, 9)
RULES = st.sampled_from(["合计满足", "各成员均须满足", "牵头人满足", "任一成员满足", "按份额加权满足"])


def quantity(amount: int, unit: str = "立方米") -> Data:
    return {"amount": str(amount), "unit": unit}


@st.composite
def stated(draw: st.DrawFn) -> Data | None:
    unit = draw(st.sampled_from(["立方米"] * 4 + ["吨", ""]))
    return quantity(draw(AMOUNTS), unit) if unit else None


@st.composite
def producers(draw: st.DrawFn) -> Data:
    """Return a joint venture of two producers with licences and contracts in any state of proof."""
    data = base()
    for member in ("subject", "partner"):
        data[member]["qualifications"] += draw(_plants(member))
        data[member]["contracts"] += draw(_orders(member))
        if draw(st.integers(0, 3)) == 0:
            _open(data[member], draw(st.sampled_from(["qualifications", "contracts"])))
    data["project"]["requirements"] = [SUPPLY | {"need": draw(st.integers(1, 30)), "jv": draw(RULES)}]
    return data


@st.composite
def _plants(draw: st.DrawFn, member: str) -> list[Data]:
    return [
        PLANT
        | draw(ORIGINS)
        | {
            "id": f"plant-{n}",
            "number": draw(st.sampled_from([f"{member}-{n}", ""])),
            "annual_output": draw(stated()),
        }
        for n in range(draw(st.integers(0, 2)))
    ]


@st.composite
def _orders(draw: st.DrawFn, member: str) -> list[Data]:
    return [
        ORDER | draw(ORIGINS) | {"id": f"order-{n}", "remaining_quantity": draw(stated())}
        for n in range(draw(st.integers(0, 2)))
    ]


def _open(member: Data, collection: str) -> None:
    for source in member["sources"]:
        known = source.get("complete_for", [])
        source["complete_for"] = [name for name in known if name != collection]


def supply(data: Data) -> RequirementResult:
    return asked(assess(case_of(data, {"share": "0.4"}), SNAPSHOT), "supply")


def rank(data: Data) -> int:
    return RANK[supply(data).verdict]


def facts_of(data: Data, member: str) -> list[Data]:
    plants = [q for q in data[member]["qualifications"] if q["id"].startswith("plant")]
    return plants + [c for c in data[member]["contracts"] if c["id"].startswith("order")]


MEMBERS = st.sampled_from(["subject", "partner"])


@searched
@given(data=producers(), member=MEMBERS, amount=AMOUNTS)
def test_one_more_plant_never_lowers_the_supply(data: Data, member: str, amount: int) -> None:
    more = deepcopy(data)
    more[member]["qualifications"].append(
        PLANT | {"id": "more", "number": "另一厂", "annual_output": quantity(amount)}
    )
    assert rank(more) >= rank(data)


@searched
@given(data=producers(), member=MEMBERS, origin=ORIGINS, left=stated())
def test_one_more_contract_in_hand_never_raises_the_supply(
    data: Data, member: str, origin: Data, left: Data | None
) -> None:
    more = deepcopy(data)
    more[member]["contracts"].append(ORDER | origin | {"id": "more", "remaining_quantity": left})
    assert rank(more) <= rank(data)


@searched
@given(
    data=producers(),
    member=MEMBERS,
    unknown=st.sampled_from(["quantity", "unit", "declared", "qualifications", "contracts"]),
    which=st.integers(0, 9),
)
def test_what_is_not_known_neither_meets_nor_fails(data: Data, member: str, unknown: str, which: int) -> None:
    hidden = deepcopy(data)
    facts = facts_of(hidden, member)
    if unknown in {"qualifications", "contracts"}:
        _open(hidden[member], unknown)
    elif facts:
        _hide(facts[which % len(facts)], unknown)
    before, after = rank(data), rank(hidden)
    assert after == before or after == RANK[Verdict.UNPROVEN]


def _hide(fact: Data, unknown: str) -> None:
    name = "annual_output" if fact["id"].startswith("plant") else "remaining_quantity"
    if unknown == "declared":
        fact |= {"source": "own", "verification": None}
    elif unknown == "unit" and fact[name]:
        fact[name] = quantity(fact[name]["amount"], "车")
    else:
        fact[name] = None


@searched
@given(data=producers())
def test_a_need_for_the_contract_is_the_yearly_need_times_its_years(data: Data) -> None:
    (whole,) = data["project"]["requirements"]
    yearly = deepcopy(data)
    yearly["project"]["requirements"] = [
        {key: value for key, value in whole.items() if key != "need"}
        | {"need_per_year": str(Decimal(whole["need"]) / 2)}
    ]
    assert supply(yearly).model_dump() == supply(data).model_dump()


@pytest.mark.parametrize(
    ("left", "ends_on", "share", "expected"),
    [
        pytest.param("100", "2027-06-01", "1", "500 立方米", id="all of it falls within two years"),
        pytest.param("100", "2030-12-15", "1", "550 立方米", id="1461 days, 730.5 of them: half"),
        pytest.param("100", "2026-06-30", "1", "500 立方米", id="overdue: all of it"),
        pytest.param("100", "2027-06-01", "0.4", "560 立方米", id="its own share"),
        pytest.param("700", "2027-06-01", "1", "0 立方米", id="never below zero"),
        pytest.param("0.5", "2027-06-01", "1", "599.5 立方米", id="parts of a unit"),
    ],
)
def test_supply_capacity_is_a_n_minus_b(left: str, ends_on: str, share: str, expected: str) -> None:
    order = ORDER | {
        "id": "order",
        "ends_on": ends_on,
        "share": share,
        "remaining_quantity": {"amount": left, "unit": "立方米"},
    }
    found = judged(
        {
            "add": {
                "subject.qualifications": [PLANT | {"id": "plant", "annual_output": quantity(300)}],
                "subject.contracts": [order],
                "project.requirements": [SUPPLY | {"need": "1"}],
            }
        }
    )
    assert asked(found, "supply").actual == expected


TURNOVER = "project.requirements.turnover"
LIQUID = {"kind": "liquidity", "need": 8 * MILLION}


def turnover(changes: Data, need: int, alternative: Data | None) -> RequirementResult:
    extra = {f"{TURNOVER}.alternative": alternative} if alternative else {}
    return asked(judged({"set": changes | {f"{TURNOVER}.need": need} | extra}), "turnover")


def in_its_place(changes: Data, terms: Data) -> RequirementResult:
    place = base()["project"]["requirements"]
    kept = next(item for item in place if item["id"] == "turnover")
    plain = {key: kept[key] for key in ("id", "clause", "text")} | terms
    return asked(judged({"set": changes | {"project.requirements": [plain]}}), "turnover")


@searched
@given(
    age=st.integers(700, 1500),
    years=st.integers(1, 4),
    origin=ORIGINS,
    need=st.sampled_from([MILLION, 20 * MILLION, 90 * MILLION]),
    liquid=st.sampled_from([8 * MILLION, 8 * MILLION + 1]),
)
def test_a_firm_meets_by_the_alternative_exactly_while_it_is_proven_to_be_young(
    age: int, years: int, origin: Data, need: int, liquid: int
) -> None:
    founded = JUDGED_ON - timedelta(days=age)
    changes = {"subject.registration.established_on": founded}
    changes |= {f"subject.registration.{key}": value for key, value in origin.items()}
    terms = LIQUID | {"need": liquid}
    found = turnover(changes, need, {"founded_within_years": years, "requirement": terms})
    plain = turnover(changes, need, None)
    proven = origin["source"] == "gov" or "verification" in origin
    if founded <= date(JUDGED_ON.year - years, JUDGED_ON.month, JUDGED_ON.day):
        assert found == plain
    elif proven:
        instead = in_its_place(changes, terms)
        same = ("verdict", "required", "actual", "margin", "slack", "formula", "missing", "evidence")
        assert [getattr(found, name) for name in same] == [getattr(instead, name) for name in same]
        assert (found.id, found.clause, found.kind, found.factor) == (
            "turnover",
            "1.4",
            "turnover",
            "资金实力",
        )
        assert f"成立不足 {years} 年，按招标文件的替代条件" in found.note
    else:
        met = plain.verdict is Verdict.MET
        assert found.verdict is (Verdict.MET if met else Verdict.UNPROVEN)


def test_an_alternative_that_changes_nothing_for_the_old_leaves_the_assessment_as_it_was() -> None:
    with_it = given_case(
        {"set": {f"{TURNOVER}.alternative": {"founded_within_years": 3, "requirement": LIQUID}}}
    )
    plain = assess(given_case(), SNAPSHOT).model_dump_json()
    assert assess(with_it, SNAPSHOT).model_dump_json() == plain


@searched
@given(cranes=st.integers(0, 4), more=st.integers(0, 3))
def test_more_resources_never_lower_what_is_met_by_an_alternative(cranes: int, more: int) -> None:
    terms = {"kind": "equipment", "name": "塔式起重机", "count": "3"}
    young: Data = {"subject.registration.established_on": "2025-01-01"}
    alternative = {"founded_within_years": "3", "requirement": terms}
    few, many = (
        turnover(young | {"subject.equipment.cranes.count": count}, 90 * MILLION, alternative)
        for count in (cranes, cranes + more)
    )
    assert RANK[many.verdict] >= RANK[few.verdict]


def test_a_default_of_ours_in_the_alternative_makes_the_basis_our_method() -> None:
    young = {"subject.registration.established_on": "2025-01-01"}
    terms: Data = {"kind": "liquidity"}
    alternative = {"founded_within_years": "3", "requirement": terms}
    assert turnover(young, 90 * MILLION, alternative).basis is Basis.METHOD


@pytest.mark.parametrize("need", ["1", "40000000", "120000000"])
def test_a_bid_capacity_is_never_met_while_contracts_may_be_missing(need: str) -> None:
    opened: Data = {"set": {"project.requirements.capacity.need": need}, "open": ["subject.contracts"]}
    result = asked(judged(opened), "capacity")
    assert result.verdict is Verdict.UNPROVEN
    assert result.slack is None


def floor(revenue: str, **changes: Any) -> RequirementResult:
    terms = {"id": "floor", "kind": "revenue_floor", "clause": "1.11", "text": "每年。"} | changes
    years = {f"subject.statements.{year}.revenue": revenue for year in (2023, 2024, 2025)}
    return asked(judged({"set": years, "add": {"project.requirements": [terms]}}), "floor")


@pytest.mark.parametrize(
    ("revenue", "verdict", "margin", "slack"),
    [
        ("30000000", Verdict.MET, "+0%", "1"),
        ("27000000", Verdict.UNMET, "−10%", "0.9"),
        ("29999999.99", Verdict.UNMET, "−0.00000003%", "0.9999"),
        ("60000000", Verdict.MET, "+100%", "2"),
    ],
)
def test_the_weakest_year_is_measured_as_a_share_of_its_own_need(
    revenue: str, verdict: Verdict, margin: str, slack: str
) -> None:
    found = floor(revenue, needs={"2023": "1", "2025": "30000000"})
    assert (found.verdict, found.margin, found.slack) == (verdict, margin, Decimal(slack))


@pytest.mark.parametrize("needs", [{"need": "2000000000"}, {"needs": {"2025": "2000000000"}}])
def test_no_round_sum_of_revenue_is_taken_for_a_firm_without_liabilities(needs: Data) -> None:
    found = floor("1000000000", **needs)
    assert (found.verdict, found.slack) == (Verdict.UNMET, Decimal("0.5"))


def test_a_firm_without_liabilities_has_no_margin_over_its_need_of_a_year() -> None:
    terms = {
        "id": "rising",
        "kind": "current_ratio",
        "clause": "1.11",
        "text": "每年。",
        "needs": {"2025": "1.5"},
    }
    none: Data = {"subject.statements.2025.current_liabilities": "0"}
    found = asked(judged({"set": none, "add": {"project.requirements": [terms]}}), "rising")
    assert (found.verdict, found.margin, found.slack) == (Verdict.MET, "", None)
