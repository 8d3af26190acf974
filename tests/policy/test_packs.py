"""The local packs: selected by region, matter and day, apart from the base only where they say so."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from reportgen.errors import ReportgenError
from reportgen.policy.citation import Citation, SourceKind
from reportgen.policy.loader import PACKS, load_pack, select
from reportgen.policy.model import RULES, Policy, PolicyPack
from reportgen.policy.rules import MeasureSort, Switch, SwitchTest
from reportgen.policy.values import Values
from reportgen.project.clauses import Condition
from reportgen.project.model import TENDER_MATTERS, Matter, Project
from reportgen.subject.records import SeriousBreach, Severity
from tests.factories import project, record

DAY = "2026-12-10"
REGIONS = {"benxi": "210500", "dandong": "210600", "cangzhou": "130900", "wuchang": "420106"}
FIRST = {"benxi": "2017-07-10", "dandong": "2017-03-07", "cangzhou": "2020-10-04", "wuchang": "2018-09-20"}
OWN_VALUES = {
    "benxi": {"look_back_years", "grading"},
    "dandong": {"breach_severity"},
    "cangzhou": set(),
    "wuchang": {"breach_severity"},
}
PACK_NAMES = sorted(REGIONS)
LICENSING = {Matter.QUALIFICATION, Matter.APPROVAL}
# The eleven uses of 沧州 2020, 二; two of them concern natural persons only.
CANGZHOU = {
    "二（一）": {Matter.GOVERNMENT_PROCUREMENT},
    "二（二）": {Matter.LAND},
    "二（三）": {Matter.WORKS_TENDER},
    "二（四）": {Matter.STATE_PROPERTY},
    "二（五）": {Matter.SUBSIDY},
    "二（六）": {Matter.TAX_RELIEF},
    "二（七）": {Matter.AWARD},
    "二（八）": {Matter.QUALIFICATION},
    "二（九）": set(),
    "二（十）": set(),
    "二（十一）": {Matter.FINANCING, Matter.OTHER},
}
# The parties of 武昌 2018, 二（三）2–3, by the matter in which they are looked up.
WUCHANG = {
    Matter.GOVERNMENT_PROCUREMENT: ("供应商", "代理机构", "承接政府购买服务主体"),
    Matter.SUBSIDY: ("申请补贴主体",),
    Matter.TAX_RELIEF: ("享受优惠的市场主体",),
    Matter.WORKS_TENDER: ("投标企业", "代理机构"),
    Matter.LAND: ("受让主体",),
    Matter.INVESTMENT: ("引进企业",),
    Matter.STATE_PROPERTY: ("交易双方",),
}


def pack_of(name: str) -> PolicyPack:
    """Return a shipped pack, joined with its base."""
    return load_pack(PACKS / f"{name}.yaml")[0]


NATIONAL = pack_of("national")


def own_rules(name: str, group: str) -> tuple[Any, ...]:
    """Return the rules of a group that a local pack adds to the base."""
    base = getattr(NATIONAL, group)
    rules: tuple[Any, ...] = getattr(pack_of(name), group)
    assert rules[: len(base)] == base
    return rules[len(base) :]


def of(region: str, matter: Matter = Matter.WORKS_TENDER, day: str = DAY) -> Project:
    """Return a project of a region and matter that is judged on a day."""
    return project(region=region, matter=matter.value, bid_deadline=f"{day}T09:00")


def policy_of(name: str, matter: Matter = Matter.WORKS_TENDER, day: str = DAY) -> Policy:
    """Return the policy that holds in a pack's region."""
    return select(of(REGIONS[name], matter, day))


def own_citations(name: str) -> dict[str, Citation]:
    """Return by id the citations that the base does not use."""
    pack = pack_of(name)
    return {cite: c for cite, c in pack.citations.items() if cite not in NATIONAL.citations}


def local_statements(name: str, matter: Matter) -> dict[str, Citation]:
    """Return by id the local statements printed for a matter, with their citations."""
    policy = policy_of(name, matter)
    local = {s.id for s in own_rules(name, "statements")}
    return {i: policy.citation(s.cite) for i, s in policy.printed(matter).items() if i in local}


@pytest.mark.parametrize(("name", "matter"), [*product(PACK_NAMES, Matter)])
def test_a_pack_is_selected_for_every_matter_of_its_region(name: str, matter: Matter) -> None:
    assert policy_of(name, matter).pack.name == name


@pytest.mark.parametrize(
    ("region", "name"),
    [
        ("210502", "benxi"),
        ("210682", "dandong"),
        ("130983", "cangzhou"),
        ("420106", "wuchang"),
        ("420100", "national"),
        ("420107", "national"),
        ("210000", "national"),
        ("210700", "national"),
        ("130000", "national"),
    ],
)
def test_a_pack_holds_in_its_region_and_what_lies_below(region: str, name: str) -> None:
    assert select(of(region)).pack.name == name


@pytest.mark.parametrize("name", PACK_NAMES)
def test_a_pack_begins_on_the_day_on_which_its_base_does(name: str) -> None:
    assert policy_of(name, day="2023-05-01").pack.name == name
    with pytest.raises(ReportgenError) as caught:
        policy_of(name, day="2023-04-30")
    assert caught.value.code == "E0310"


@pytest.mark.parametrize("name", PACK_NAMES)
def test_no_rule_or_value_holds_before_its_document_was_issued(name: str) -> None:
    first = date.fromisoformat(FIRST[name])
    rules = [rule for group in RULES for rule in own_rules(name, group)]
    values = [item for value in OWN_VALUES[name] for item in getattr(pack_of(name).values, value)]
    assert min(item.since for item in (*rules, *values)) == first
    for item in (*rules, *values):
        assert pack_of(name).citations[item.cite].version == item.since
        assert not item.applies(item.since - timedelta(1))
        assert item.applies(item.since)
        assert item.until is None


@pytest.mark.parametrize("name", PACK_NAMES)
def test_a_pack_differs_from_its_base_only_where_it_says(name: str) -> None:
    pack = pack_of(name)
    differ = {v for v in Values.model_fields if getattr(pack.values, v) != getattr(NATIONAL.values, v)}
    assert differ == OWN_VALUES[name]
    added = {group for group in RULES if own_rules(name, group)}
    assert added <= {"switches", "measures", "statements"}
    assert pack.gates == NATIONAL.gates


def test_the_look_back_of_benxi_is_its_own_and_three_years() -> None:
    policy = policy_of("benxi")
    assert policy.window(policy.day).start == date(2023, 12, 10)
    assert policy.citation_of("look_back_years").document.startswith("《本溪市")


@pytest.mark.parametrize("name", PACK_NAMES)
def test_every_local_citation_is_printable_and_says_that_its_effect_is_unchecked(name: str) -> None:
    pack = pack_of(name)
    cites = {rule.cite for group in RULES for rule in own_rules(name, group)}
    cites |= {item.cite for value in OWN_VALUES[name] for item in getattr(pack.values, value)}
    assert set(own_citations(name)) <= cites
    for cite in cites:
        citation = pack.citations[cite]
        assert citation.kind is SourceKind.LOCAL
        assert citation.printable
        assert citation.label().endswith("（有效性未核）")
        assert "适用范围" in citation.note


@pytest.mark.parametrize("name", PACK_NAMES)
def test_a_pack_says_that_its_effect_is_unchecked_and_where_it_holds(name: str) -> None:
    effect = pack_of(name).effect
    assert effect.startswith("有效性未核；")
    assert "只适用于" in effect


@pytest.mark.parametrize(
    ("name", "matter", "offered"),
    [
        ("benxi", Matter.WORKS_TENDER, {"benxi-grade-tender": SwitchTest.GRADE}),
        ("benxi", Matter.SUBSIDY, {"benxi-grade-funds": SwitchTest.GRADE}),
        ("benxi", Matter.FINANCING, {"benxi-grade-funds": SwitchTest.GRADE}),
        ("benxi", Matter.GOVERNMENT_PROCUREMENT, {}),
        ("cangzhou", Matter.STATE_PROPERTY, {"cangzhou-property-record": SwitchTest.SEVERE}),
        ("cangzhou", Matter.GOVERNMENT_PROCUREMENT, {"cangzhou-procurement-record": SwitchTest.SEVERE}),
        ("cangzhou", Matter.SUBSIDY, {"cangzhou-subsidy-record": SwitchTest.SEVERE}),
        ("cangzhou", Matter.WORKS_TENDER, {}),
    ],
)
def test_a_local_rule_is_offered_in_its_own_matters(
    name: str, matter: Matter, offered: dict[str, SwitchTest]
) -> None:
    assert {i: s.test for i, s in policy_of(name, matter).switches(matter).items()} == offered


@pytest.mark.parametrize("matter", Matter)
def test_other_regions_offer_no_local_rule(matter: Matter) -> None:
    assert not select(of("990102", matter)).switches(matter)
    for name in ("dandong", "wuchang"):
        assert not policy_of(name, matter).switches(matter)


def test_a_local_rule_is_no_gate_and_warns_who_would_choose_it() -> None:
    switches: list[Switch] = [s for name in PACK_NAMES for s in own_rules(name, "switches")]
    assert switches
    for switch in switches:
        assert "负责" in switch.caution or "无从判断" in switch.caution
        assert switch.id not in {gate.id for name in PACK_NAMES for gate in pack_of(name).gates}
    assert not of(REGIONS["benxi"]).choices


@pytest.mark.parametrize(("use", "matters"), list(CANGZHOU.items()))
def test_every_use_of_cangzhou_is_printed_in_its_matter_and_no_other(use: str, matters: set[Matter]) -> None:
    printing = {m for m in Matter if any(c.article == use for c in local_statements("cangzhou", m).values())}
    assert printing == matters


def test_cangzhou_says_what_follows_where_no_report_is_handed_in() -> None:
    printed = policy_of("cangzhou", Matter.STATE_PROPERTY).printed(Matter.STATE_PROPERTY)
    assert "没有提交报告" in printed["cangzhou-property"].text


@pytest.mark.parametrize(("matter", "parties"), list(WUCHANG.items()))
def test_wuchang_names_whom_it_looks_up(matter: Matter, parties: tuple[str, ...]) -> None:
    policy = policy_of("wuchang", matter)
    articles = ("二（三）2", "二（三）3")
    texts = [s.text for s in policy.printed(matter).values() if policy.citation(s.cite).article in articles]
    assert len(texts) == 1
    assert all(party in texts[0] for party in parties)
    assert "专家" not in texts[0]


@pytest.mark.parametrize(("name", "matter"), [*product(PACK_NAMES, Matter)])
def test_every_report_of_a_region_says_what_its_document_says(name: str, matter: Matter) -> None:
    assert local_statements(name, matter)


@pytest.mark.parametrize("name", ["benxi", "dandong"])
def test_more_than_penalties_is_published_within_seven_working_days(name: str) -> None:
    assert "七个工作日" in policy_of(name).statements[f"{name}-publicity"].text


@pytest.mark.parametrize("name", ["dandong", "wuchang"])
def test_three_clean_years_ease_licensing_only(name: str) -> None:
    easing = {m for m in Matter if any(x.condition is Condition.CLEAN for x in policy_of(name).measures(m))}
    assert easing == LICENSING


@pytest.mark.parametrize("name", ["benxi", "dandong", "wuchang"])
def test_a_seriously_listed_subject_meets_sanctions_in_tenders(name: str) -> None:
    found = policy_of(name).measures(Matter.WORKS_TENDER)
    sanctions = [m for m in found if m.id.startswith(name) and m.sort is MeasureSort.SANCTION]
    assert sanctions
    assert {m.condition for m in sanctions} == {Condition.SERIOUS_LIST}


@pytest.mark.parametrize("name", ["benxi", "dandong", "wuchang"])
def test_a_defaulter_meets_a_sanction_where_land_is_granted(name: str) -> None:
    found = policy_of(name).measures(Matter.LAND)
    assert any(m.condition is Condition.DEFAULTER for m in found if m.id.startswith(name))


def test_a_reward_in_a_tender_depends_on_its_papers() -> None:
    rewards = [
        m
        for name in PACK_NAMES
        for m in own_rules(name, "measures")
        if m.sort is MeasureSort.INCENTIVE and TENDER_MATTERS & set(m.matters or Matter)
    ]
    assert rewards
    assert all("文件写明的为准" in m.text for m in rewards)


def test_cangzhou_names_rewards_and_no_sanction() -> None:
    assert {m.sort for m in own_rules("cangzhou", "measures")} == {MeasureSort.INCENTIVE}


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("benxi", set()),
        ("cangzhou", set()),
        ("dandong", {SeriousBreach.HEALTH, SeriousBreach.ORDER, SeriousBreach.DUTY, SeriousBreach.DEFENCE}),
        ("wuchang", set(SeriousBreach)),
    ],
)
def test_the_serious_sorts_of_breach_are_those_of_the_document(name: str, listed: set[SeriousBreach]) -> None:
    policy = policy_of(name)
    assert policy.window(policy.day).breach_severity == dict.fromkeys(listed, Severity.SERIOUS)


def test_a_collusive_bid_without_a_severity_is_serious_where_the_document_lists_it() -> None:
    collusion = record(serious_breach="严重破坏公平竞争和社会秩序")
    found = {
        name: policy.window(policy.day).severity(collusion)
        for name in PACK_NAMES
        for policy in [policy_of(name)]
    }
    assert found == {
        "benxi": Severity.ORDINARY,
        "cangzhou": Severity.ORDINARY,
        "dandong": Severity.SERIOUS,
        "wuchang": Severity.SERIOUS,
    }


def test_a_grade_is_valid_for_one_or_two_years_in_benxi_and_unknown_elsewhere() -> None:
    grading = policy_of("benxi").grading
    assert grading is not None
    assert grading.validity_years == (1, 2)
    assert all(policy_of(name).grading is None for name in PACK_NAMES if name != "benxi")
    assert select(of("990102")).grading is None


@pytest.mark.parametrize("name", PACK_NAMES)
def test_no_period_of_retention_is_stated_that_nobody_has_read(name: str) -> None:
    policy = policy_of(name)
    assert policy.window(policy.day).retention is None


@pytest.mark.parametrize("name", PACK_NAMES)
def test_nobody_elses_agencies_are_recognised(name: str) -> None:
    policy = policy_of(name)
    assert not any(policy.recognition(region) for region in ("320500", "310000", "330400", *REGIONS.values()))
