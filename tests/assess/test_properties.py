"""What holds for every applicant and every project, searched with small worlds."""

import json
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reportgen.assess.judge import assess
from reportgen.assess.model import Assessment, Basis, Conclusion, Verdict
from tests.assess.build import SNAPSHOT, asked, base, case_of, judged
from tests.assess.worlds import GOOD, MILLION, counted, records, shuffled, worlds
from tests.factories import Data

searched = settings(derandomize=True, deadline=None, max_examples=60)
RANK = {Conclusion.CAPABLE: 2, Conclusion.LIMITED: 1, Conclusion.INCAPABLE: 0, None: 0}
"""A proven fail that becomes 未证实 is no improvement: neither gives a report that helps."""

CRANE = {"id": "more", "name": "塔式起重机", "count": 1, "tenure": "自有"}
MANAGER = {
    "id": "more",
    "name": "某甲",
    "post": "项目经理",
    "certificate": "注册建造师",
    "grade": "一级",
    "specialty": "建筑工程",
}
GRADE = {
    "id": "more",
    "kind": "资质",
    "category": "建筑工程施工总承包",
    "grade": "一级",
    "authority": "某厅",
    "valid_until": "2030-01-01",
}
LINE = {
    "id": "more",
    "bank": "某银行",
    "limit": 5 * MILLION,
    "issued_on": "2026-10-01",
    "valid_until": "2027-10-01",
}
METHOD = {
    "id": "more",
    "kind": "工法",
    "name": "某工法",
    "field": "房屋建筑工程",
    "granted_on": "2025-01-01",
    "valid_until": "2033-01-01",
}
WORK = {
    "id": "more",
    "name": "某工程",
    "category": "房屋建筑工程",
    "owner": "某业主",
    "value": 60 * MILLION,
    "signed_on": "2025-01-01",
    "accepted_on": "2026-06-01",
    "status": "已完成",
    "evidence": {"award": "甲", "agreement": "乙", "acceptance": "丙"},
    "performance": {
        "delay_days": 0,
        "acceptance": "合格",
        "penalised": False,
        "wage_arrears": False,
        "disputed": False,
        "evaluation": "好",
    },
}
RESOURCES: tuple[tuple[str, Data], ...] = (
    ("equipment", CRANE),
    ("people", MANAGER),
    ("qualifications", GRADE),
    ("credit_lines", LINE),
    ("technology", METHOD),
    ("contracts", WORK),
)


def judge(data: Data) -> Assessment:
    return assess(case_of(data), SNAPSHOT)


def more(data: Data, collection: str, fact: Data) -> Data:
    """Return a copy of the world with one fact more."""
    copy = deepcopy(data)
    copy["subject"].setdefault(collection, []).append(fact)
    return copy


def rank(assessment: Assessment) -> int:
    return RANK[assessment.conclusion]


def need_scores(assessment: Assessment) -> dict[str, Decimal]:
    """Return each factor's mean over the needs whose adequacy is known, 0 where none is."""
    known = {f.factor: [line.score for line in f.need if line.score is not None] for f in assessment.factors}
    return {factor: sum(scores, Decimal(0)) / max(1, len(scores)) for factor, scores in known.items()}


def summary(assessment: Assessment) -> Any:
    """Return everything that is judged, without the order of evidence."""
    return (
        assessment.sentence,
        assessment.total,
        assessment.coverage,
        [(f.factor, f.score) for f in assessment.factors],
        [(r.id, r.verdict, r.slack, r.margin) for r in assessment.requirements],
        [(i.evidence, i.points) for i in assessment.record.items],
        assessment.similar.score,
        assessment.flips,
        assessment.sensitivity,
    )


@searched
@given(data=worlds(), record=records("更多"))
def test_one_more_adverse_record_never_raises_conclusion_or_record_score(data: Data, record: Data) -> None:
    for item in data["project"]["requirements"]:
        item["hard"] |= item["kind"] == "standing"
    before, after = judge(data), judge(more(data, "records", record))
    assert rank(after) <= rank(before)
    assert after.record.score <= before.record.score


@searched
@given(data=worlds(), record=records("更多", GOOD))
def test_one_more_honour_changes_no_judgement(data: Data, record: Data) -> None:
    before, after = judge(data), judge(more(data, "records", record))
    assert (after.sentence, after.total, after.flips) == (before.sentence, before.total, before.flips)


@searched
@given(data=worlds(declared=False), resource=st.sampled_from(RESOURCES), origin=counted)
def test_one_more_resource_never_lowers_a_need_or_the_conclusion(
    data: Data, resource: tuple[str, Data], origin: Data
) -> None:
    collection, fact = resource
    before, after = judge(data), judge(more(data, collection, fact | origin))
    assert rank(after) >= rank(before)
    assert all(score >= need_scores(before)[factor] for factor, score in need_scores(after).items())


@searched
@given(data=worlds(declared=False), added=st.integers(1, 50))
def test_more_cash_in_checked_accounts_never_lowers_a_need_or_the_conclusion(data: Data, added: int) -> None:
    richer = deepcopy(data)
    for year in richer["subject"]["statements"]:
        year["cash"] += added * MILLION
    before, after = judge(data), judge(richer)
    assert rank(after) >= rank(before)
    assert all(score >= need_scores(before)[factor] for factor, score in need_scores(after).items())


@searched
@given(data=worlds(), choice=st.data())
def test_the_order_of_facts_changes_no_judgement(data: Data, choice: st.DataObject) -> None:
    assert summary(judge(choice.draw(shuffled(data)))) == summary(judge(data))


@searched
@given(data=worlds())
def test_equal_input_gives_equal_json(data: Data) -> None:
    again = json.loads(case_of(data).applicant.members[0].subject.model_dump_json())
    assert judge(deepcopy(data) | {"subject": again}).model_dump_json() == judge(data).model_dump_json()


@searched
@given(data=worlds(most_records=6))
def test_scores_stay_between_0_and_100_and_shares_between_0_and_1(data: Data) -> None:
    found = judge(data)
    lines = [line.score for factor in found.factors for line in (*factor.need, *factor.use)]
    scores = [found.total, found.record.score, found.similar.score, *(f.score for f in found.factors), *lines]
    assert all(0 <= score <= 100 for score in scores if score is not None)
    assert 0 <= found.coverage <= 1


@searched
@given(data=worlds())
def test_there_is_either_a_conclusion_or_a_list_of_gaps(data: Data) -> None:
    found = judge(data)
    assert (found.conclusion is None) == (found.gaps is not None)
    assert bool(found.reasons) == (found.conclusion is not None)
    assert found.gaps is None or found.gaps.gaps


@searched
@given(data=worlds())
def test_only_law_and_tender_ever_bar(data: Data) -> None:
    found = judge(data)
    assume(found.conclusion is Conclusion.INCAPABLE)
    assert all(reason.basis is not Basis.METHOD for reason in found.reasons)
    assert all(reason.evidence or reason.cites or reason.clause for reason in found.reasons)


@searched
@given(data=worlds())
def test_where_no_law_and_no_hard_requirement_bars_the_conclusion_is_never_incapable(data: Data) -> None:
    for item in data["project"]["requirements"]:
        item["hard"] = False
    found = judge(data)
    assume(not any(gate.tripped for gate in found.gates))
    assert found.conclusion is not Conclusion.INCAPABLE


@searched
@given(data=worlds(), record=records("更多"), state=st.sampled_from(["已修复", "已撤销"]))
def test_a_repaired_or_revoked_record_leaves_the_whole_assessment_as_it_was(
    data: Data, record: Data, state: str
) -> None:
    dates = {"repaired_on": "2026-11-02"} if state == "已修复" else {"revoked_on": "2026-11-02"}
    withheld = more(data, "records", record | {"state": state} | dates)
    assert judge(withheld).model_dump_json() == judge(data).model_dump_json()


@searched
@given(
    data=worlds(),
    collection=st.sampled_from(
        ["qualifications", "statements", "technology", "equipment", "people", "headcounts", "credit_lines"]
    ),
)
def test_a_resource_that_is_merely_declared_never_meets_what_was_not_met(data: Data, collection: str) -> None:
    declared = deepcopy(data)
    for fact in declared["subject"][collection]:
        fact |= {"source": "own", "verification": None}
    before, after = judge(data), judge(declared)
    met = {item.id for item in before.requirements if item.verdict is Verdict.MET}
    assert {item.id for item in after.requirements if item.verdict is Verdict.MET} <= met


@searched
@given(data=worlds(), capital=st.integers(1, 10**9), region=st.sampled_from(["110000", "990102", "650000"]))
def test_capital_region_and_ownership_change_nothing_at_all(data: Data, capital: int, region: str) -> None:
    other = deepcopy(data)
    other["subject"]["registration"] |= {
        "capital": capital,
        "region": region,
        "kind": "外商投资企业",
        "paid_in": 1,
    }
    other["subject"]["shareholders"][0] |= {"kind": "国有", "subscribed": capital, "name": "另一股东"}
    assert judge(other).model_dump_json() == judge(data).model_dump_json()


@searched
@given(times=st.integers(1, 10_000))
def test_being_larger_than_the_project_needs_earns_nothing(times: int) -> None:
    data = base()
    for year in data["subject"]["statements"]:
        year |= {
            name: int(value) * times
            for name, value in year.items()
            if str(value).isdigit() and name not in {"id", "year"}
        }
    data["subject"]["equipment"][0]["count"] = 3 * times
    data["subject"]["headcounts"][0] |= {"total": 60 * times, "technical": 25 * times, "left": 6 * times}
    data["subject"]["contracts"][0]["value"] = 30 * MILLION * times
    before, after = judged(), judge(data)
    assert (after.sentence, after.total) == (before.sentence, before.total)
    assert [f.score for f in after.factors] == [f.score for f in before.factors]


@searched
@given(data=worlds(), share=st.sampled_from(["0.01", "0.5"]))
def test_a_member_that_ceased_to_exist_bars_any_joint_venture(data: Data, share: str) -> None:
    data["partner"]["registration"]["standing"] = "吊销"
    found = assess(case_of(data, {"share": share}), SNAPSHOT)
    assert found.conclusion is Conclusion.INCAPABLE


@searched
@given(data=worlds(most_records=2))
def test_taking_away_a_record_named_in_a_flip_gives_the_conclusion_named(data: Data) -> None:
    for record in data["subject"]["records"]:
        record["severity"] = "严重"
    found = judge(data)
    for flip in found.flips:
        for record in data["subject"]["records"]:
            if flip.change.startswith(f"“{record['title']}”"):
                kept = [other for other in data["subject"]["records"] if other is not record]
                without = {**data, "subject": {**data["subject"], "records": kept}}
                assert judge(without).conclusion is flip.conclusion


def factor(assessment: Assessment, name: str) -> Decimal:
    score = next(f.score for f in assessment.factors if f.factor == name)
    return Decimal(0) if score is None else score


def test_being_listed_never_raises_the_conclusion_where_standing_is_only_a_reference() -> None:
    kept = ["project.requirements.safety", "project.requirements.cranes", "project.requirements.standing"]
    asked = [
        item for item in base()["project"]["requirements"] if f"project.requirements.{item['id']}" in kept
    ]
    world: Data = {
        "set": {
            "project.requirements": asked,
            "subject.sources.bank.collected_on": "2026-09-01",
            "project.requirements.standing.hard": "false",
        },
        "open": ["subject.records"],
    }
    listed = {
        "id": "r",
        "source": "gov",
        "kind": "失信被执行人",
        "title": "某号",
        "authority": "某法院",
        "determined_on": "2026-05-01",
    }
    assert rank(judged(world | {"add": {"subject.records": [listed]}})) <= rank(judged(world))


def test_one_more_crane_never_lowers_the_conclusion() -> None:
    world: Data = {
        "set": {
            "project.requirements.cranes.count": "50",
            "project.requirements.cranes.hard": "false",
            "subject.equipment.cranes.count": "48",
        },
        "add": {"subject.equipment": [CRANE | {"id": "declared", "source": "own"}]},
    }
    larger = deepcopy(world)
    larger["set"]["subject.equipment.cranes.count"] = "49"
    assert rank(judged(larger)) >= rank(judged(world))


@pytest.mark.parametrize("collection", ["equipment", "contracts", "people", "technology"])
def test_the_order_of_facts_changes_no_character_of_the_assessment(collection: str) -> None:
    fact = dict(RESOURCES)[collection] | {"source": "gov"}
    first, last = more(base(), collection, fact), base()
    last["subject"][collection].insert(0, fact)
    assert judge(first).model_dump_json() == judge(last).model_dump_json()


def test_the_order_of_certificates_does_not_choose_the_one_printed() -> None:
    fact = GRADE | {"source": "gov"}
    first, last = more(base(), "qualifications", fact), base()
    last["subject"]["qualifications"].insert(0, fact)
    assert judge(first).requirements[0].actual == judge(last).requirements[0].actual


def test_hiding_a_bad_figure_never_raises_a_factor() -> None:
    shown: Data = {
        "set": {f"subject.statements.{year}.operating_cash_flow": "-1" for year in (2023, 2024, 2025)}
    }
    hidden: Data = {"unset": list(shown["set"])}
    assert factor(judged(hidden), "资金实力") <= factor(judged(shown), "资金实力")


def test_a_bad_contract_no_longer_checked_never_raises_the_score_of_similar_projects() -> None:
    bad = WORK | {"source": "gov", "performance": {"acceptance": "不合格", "wage_arrears": True}}
    checked = judge(more(base(), "contracts", bad))
    declared = judge(more(base(), "contracts", bad | {"source": "own"}))
    assert (declared.similar.score or 0) <= (checked.similar.score or 0)


def test_newest_accounts_no_longer_checked_never_meet_the_need_by_older_ones() -> None:
    world: Data = {"set": {"subject.statements.2025.cash": "1", "subject.credit_lines.line.limit": "0"}}
    declared = deepcopy(world)
    declared["set"] |= {"subject.statements.2025.source": "own", "subject.statements.2025.audited": "false"}
    assert asked(judged(world), "liquid").verdict is not Verdict.MET
    assert asked(judged(declared), "liquid").verdict is not Verdict.MET


def test_an_adverse_record_the_applicant_itself_declares_is_not_simply_ignored() -> None:
    record = {
        "id": "r",
        "source": "own",
        "kind": "行政处罚",
        "title": "某号",
        "authority": "某局",
        "determined_on": "2026-06-01",
    }
    found = judge(more(base(), "records", record))
    assert found.record.score < 100 or found.coverage < 1 or any("某号" in risk.text for risk in found.risks)
