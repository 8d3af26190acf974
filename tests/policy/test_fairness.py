"""公平竞争自查: every check fails on a pack made to fail it, and what merely forbids a criterion passes."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reportgen.policy.citation import Dated
from reportgen.policy.fairness import GROUNDS, FairCheck, Outcome, self_check
from reportgen.policy.loader import PACKS, load_pack, pack_paths, shelf
from reportgen.policy.model import Policy
from reportgen.policy.sheet import turns
from tests.policy.packs import MEASURE, SWITCH, Packs, building

DAY = date(2026, 12, 10)


def national() -> Policy:
    """Return the national pack on a day."""
    return load_pack(PACKS / "national.yaml")[0].on(DAY, "")


def local(folder: Path, text: str) -> Policy:
    """Return a pack that states no more than `text` beside the national one."""
    return load_pack(building(folder, text))[0].on(DAY, "")


def found(checks: Iterable[FairCheck], name: str) -> FairCheck:
    """Return a check by its id."""
    return next(check for check in checks if check.id == name)


def with_value(name: str, **parts: Any) -> Policy:
    """Return the national pack with parts of a value that its own model would refuse."""
    policy = national()
    item = policy.chosen[name]
    changed = item.value.model_copy(update=parts)  # type: ignore[attr-defined]
    return Policy(policy.pack, "", DAY, {**policy.chosen, name: item.model_copy(update={"value": changed})})


def statement(text: str) -> str:
    """Return a printed sentence as a pack writes it."""
    return f"statements:\n  - {{id: s, text: {text}, since: 2020-01-01, cite: seed-benxi-2017-3-1}}\n"


@pytest.mark.parametrize("path", pack_paths(), ids=lambda path: path.stem)
def test_no_shipped_pack_fails_on_any_day(path: Path) -> None:
    pack, _ = load_pack(path)
    for day in turns(pack):
        failed = [c.finding for c in self_check(pack.on(day, "")) if c.outcome is Outcome.FAILED]
        assert not failed


def test_the_national_pack_passes_every_check() -> None:
    checks = self_check(national())
    assert {check.outcome for check in checks} == {Outcome.PASSED}
    assert len({check.id for check in checks}) == len(checks)


def test_every_check_is_made_by_analogy_to_a_rule_on_the_shelf_that_was_read_twice() -> None:
    known = shelf()
    assert {check.cite for check in self_check(national())} == GROUNDS
    assert all(known[cite].printable for cite in GROUNDS)
    assert self_check(national())[0].ground(known) == "比照《招标投标领域公平竞争审查规则》第七条"


def test_full_marks_beyond_the_need_fail() -> None:
    check = found(self_check(with_value("curve", full=Decimal("1.2"))), "size-earns-nothing")
    assert (check.outcome, check.finding) == (Outcome.FAILED, "满分点为需要的 120%，超出需要仍在加分")


def test_weights_that_leave_room_for_something_else_fail() -> None:
    check = found(self_check(with_value("weights", similar=Decimal("0.1"))), "weights-are-whole")
    assert check.outcome is Outcome.FAILED
    assert "0.95" in check.finding


@pytest.mark.parametrize(
    "text",
    [
        "注册资本 5000 万元以上的优先",
        "企业规模较大的同等条件下优先",
        "对注册资金低于 500 万元的，不予支持",
        "国有企业免交保证金",
        "按净资产规模分档给予支持",
        "负债率高于七成的限制参加",
    ],
)
def test_a_measure_by_a_forbidden_criterion_fails_with_its_place(text: str, packs: Packs) -> None:
    check = found(self_check(local(packs(), MEASURE.replace("优先办理", text))), "no-forbidden-criterion")
    assert check.outcome is Outcome.FAILED
    assert check.finding.startswith("联合激励措施 local-easy：“")


@pytest.mark.parametrize("place", ["title: 甲", "text: 乙"])
def test_a_switch_by_a_forbidden_criterion_fails(place: str, packs: Packs) -> None:
    policy = local(
        packs(), SWITCH.replace(place, f"{place.split(maxsplit=1)[0]} 市场占有率不足一成的不得参加")
    )
    check = found(self_check(policy), "no-forbidden-criterion")
    assert check.outcome is Outcome.FAILED
    assert "地方规则 local-grade" in check.finding


def test_a_gate_by_a_forbidden_criterion_fails(packs: Packs) -> None:
    folder = packs(("title: 法人已注销", "title: 注册资金未实缴"))
    check = found(self_check(load_pack(folder / "national.yaml")[0].on(DAY, "")), "no-forbidden-criterion")
    assert check.finding == "否决项 ended：“注册资金未实缴”"


def test_a_statement_that_gives_by_a_forbidden_criterion_fails(packs: Packs) -> None:
    check = found(self_check(local(packs(), statement("国有企业予以加分"))), "no-forbidden-criterion")
    assert check.finding == "声明 s：“国有企业予以加分”"


@pytest.mark.parametrize(
    "text",
    [
        "不得以注册资本、企业规模、所有制限制参加",
        "评价不因负债率或净资产规模而加分",
        "不论注册地、所有制，一律优先办理",
        "平等对待本地企业与外地企业，不予限制",
    ],
)
def test_a_sentence_that_forbids_a_criterion_passes(text: str, packs: Packs) -> None:
    for rules in (statement(text), MEASURE.replace("优先办理", f'"{text}"')):
        policy = local(packs(), rules)
        assert {check.outcome for check in self_check(policy)} == {Outcome.PASSED}


def test_what_a_caution_warns_of_is_no_criterion(packs: Packs) -> None:
    policy = local(packs(), SWITCH.replace("由招标人负责", "不得变相以注册资金限制本地企业以外的主体"))
    assert found(self_check(policy), "no-forbidden-criterion").outcome is Outcome.PASSED


@pytest.mark.parametrize("text", ["本地企业同等条件下优先", "在本市注册满三年的优先", "外地供应商限制参加"])
def test_a_preference_by_region_fails(text: str, packs: Packs) -> None:
    for rules in (statement(text), MEASURE.replace("优先办理", text)):
        check = found(self_check(local(packs(), rules)), "no-local-preference")
        assert check.outcome is Outcome.FAILED
        assert text in check.finding


@pytest.mark.parametrize("text", ["在本市从事企业征信的机构须备案", "向当地人民银行投诉"])
def test_a_statement_that_gives_nothing_may_name_a_region(text: str, packs: Packs) -> None:
    check = found(self_check(local(packs(), statement(text))), "no-local-preference")
    assert check.outcome is Outcome.PASSED


@pytest.mark.parametrize("key", ["210500", "国有企业", "registered_capital", "外地企业"])
def test_a_value_by_region_or_ownership_fails(key: str) -> None:
    policy = national()
    item = policy.chosen["default_severity"]
    value = Dated[object].model_construct(since=item.since, until=None, value={key: "一般"}, cite=item.cite)
    changed = Policy(policy.pack, "", DAY, {**policy.chosen, "default_severity": value})
    check = found(self_check(changed), "no-value-by-region")
    assert check.finding == f"程度按记录类型归类（default_severity）按 {key} 取值"


@pytest.mark.parametrize("field", ["turnover_k", "liquidity_months", "capacity_multiplier"])
def test_a_fixed_sum_in_place_of_a_multiple_fails(field: str, packs: Packs) -> None:
    now = {"turnover_k": "1", "liquidity_months": "2", "capacity_multiplier": "2"}[field]
    folder = packs((f"{field}: {now}\n", f"{field}: 5000000\n"))
    checks = self_check(load_pack(folder / "national.yaml")[0].on(DAY, ""))
    check = found(checks, "needs-scale-with-project")
    assert check.outcome is Outcome.FAILED
    assert field in check.finding


def test_barring_by_grade_is_remarked_where_it_is_cautioned_and_fails_where_it_is_not(packs: Packs) -> None:
    check = found(self_check(local(packs(), SWITCH)), "grade-needs-a-choice")
    assert check.outcome is Outcome.REMARK
    assert "local-grade" in check.finding
    silent = local(packs(), SWITCH.replace("    caution: 由招标人负责\n", ""))
    check = found(self_check(silent), "grade-needs-a-choice")
    assert (check.outcome, check.finding) == (Outcome.FAILED, "甲（switches local-grade）没有写明提醒")


def test_a_switch_counts_only_while_it_is_in_force(packs: Packs) -> None:
    ended = SWITCH.replace("since: 2020-01-01\n", "since: 2020-01-01\n    until: 2021-01-01\n")
    assert found(self_check(local(packs(), ended)), "grade-needs-a-choice").outcome is Outcome.PASSED


def test_recognising_the_agencies_of_some_regions_is_remarked(packs: Packs) -> None:
    rule = '  - {region: "990200", title: 样例省, since: 2020-01-01, cite: seed-benxi-2017-3-1}\n'
    check = found(self_check(local(packs(), f"recognises:\n{rule}")), "regions-recognised-alike")
    assert check.outcome is Outcome.REMARK
    assert "样例省" in check.finding


def test_the_finance_warning_in_a_tender_fails(packs: Packs) -> None:
    folder = packs(("{matters: [发债与融资担保, 财政补助]", "{matters: [发债与融资担保, 政府采购]"))
    checks = self_check(load_pack(folder / "national.yaml")[0].on(DAY, ""))
    check = found(checks, "no-finance-warning-in-tenders")
    assert (check.outcome, check.finding) == (Outcome.FAILED, "财务预警（information）列入政府采购")
