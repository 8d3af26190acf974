"""Incentives, sanctions and the tender's credit clauses: each condition holds, does not, or is 未证实."""

from pathlib import Path
from typing import Any

import pytest

from reportgen.assess.case import Case
from reportgen.assess.incentives import clause_results, condition_result, measure_results
from reportgen.assess.model import ConditionResult, Verdict
from reportgen.assess.record import record_result
from reportgen.policy.model import Policy
from reportgen.project.clauses import Condition
from tests.assess.build import given_case, judged
from tests.assess.local_pack import GRADING, MEASURES, city_policy, pack_data
from tests.factories import Data

MET, UNMET, UNPROVEN = Verdict.MET, Verdict.UNMET, Verdict.UNPROVEN
JOINT: Data = {"share": "0.4"}
OPEN: Data = {"open": ["subject.records"]}
CHECKED = {"verification": {"by": "核验员甲", "how": "查验原件", "on": "2026-11-19"}}
DISPUTED = {"state": "异议中", "disputed_on": "2026-11-01"}
VALID = {"valid_from": "2026-01-01", "valid_until": "2026-12-31"}


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    day = given_case().judged_on
    return city_policy(tmp_path_factory.mktemp("packs"), day)


def record(**changes: Any) -> Data:
    return {
        "id": "X",
        "source": "gov",
        "kind": "行政处罚",
        "title": "决定",
        "authority": "样例局",
        "determined_on": "2026-06-01",
        **changes,
    }


def honour(**changes: Any) -> Data:
    return record(**{"kind": "纳税信用A级", **VALID, **changes})


def graded(grade: str = "A", **changes: Any) -> Data:
    return record(**{"kind": "综合信用等级", "grade": grade, **VALID, **changes})


def listed(**changes: Any) -> Data:
    return record(**{"kind": "严重失信主体名单", **changes})


def defaulter(**changes: Any) -> Data:
    return record(**{"kind": "失信被执行人", **changes})


def held(condition: Condition, given: Data) -> ConditionResult:
    case = given_case(given)
    return condition_result(case, record_result(case), condition)


def holds(condition: Condition, *records: Data, **given: Any) -> Verdict:
    return held(condition, {"add": {"subject.records": list(records)}, **given}).holds


def test_three_clean_years_three_ways() -> None:
    assert holds(Condition.CLEAN) is MET
    assert holds(Condition.CLEAN, record()) is UNMET
    assert holds(Condition.CLEAN, **OPEN) is UNPROVEN
    assert holds(Condition.CLEAN, record(), **OPEN) is UNMET
    assert holds(Condition.CLEAN, record(source="bank")) is UNPROVEN


@pytest.mark.parametrize(
    ("founded", "expected"), [("2023-12-15", MET), ("2023-12-16", UNMET), ("2012-03-01", MET)]
)
def test_a_firm_of_less_than_three_years_has_no_three_clean_ones(founded: str, expected: Verdict) -> None:
    assert holds(Condition.CLEAN, set={"subject.registration.established_on": founded}) is expected


def test_a_founding_that_nobody_proved_leaves_the_three_years_open() -> None:
    young = {"subject.registration.established_on": "2024-01-01", "subject.registration.source": "own"}
    assert holds(Condition.CLEAN, set=young) is UNPROVEN


def test_three_clean_years_are_those_of_the_record() -> None:
    for given in ({}, OPEN, {"add": {"subject.records": [record()]}}):
        case = given_case(given)
        result = record_result(case)
        found = condition_result(case, result, Condition.CLEAN)
        assert (found.holds is MET) == result.three_years_clean


def test_an_honour_in_force_three_ways() -> None:
    assert holds(Condition.HONOUR, honour()) is MET
    assert holds(Condition.HONOUR, honour(kind="守信激励名单"), **OPEN) is MET
    assert holds(Condition.HONOUR) is UNMET
    assert holds(Condition.HONOUR, **OPEN) is UNPROVEN


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"valid_until": "2026-12-15"}, MET),
        ({"valid_until": "2026-12-14"}, UNMET),
        ({"valid_from": None, "valid_until": None}, UNPROVEN),
        ({"valid_from": None, "valid_until": None, "removed_on": "2026-12-15"}, UNMET),
        ({"valid_from": None, "valid_until": None, "removed_on": "2026-12-16"}, UNPROVEN),
        ({"removed_on": "2026-12-15"}, UNMET),
        ({"source": "own"}, UNPROVEN),
        ({"source": "bank"}, UNPROVEN),
        ({"source": "own"} | CHECKED, MET),
        ({"kind": "诚信荣誉"}, UNMET),
        ({"state": "已撤销", "revoked_on": "2026-11-01"}, UNMET),
    ],
)
def test_an_honour_counts_while_it_is_proven_and_valid(changes: Data, expected: Verdict) -> None:
    assert holds(Condition.HONOUR, honour(**changes)) is expected


def test_a_grade_a_three_ways() -> None:
    assert holds(Condition.GRADE_A, graded()) is MET
    assert holds(Condition.GRADE_A, graded("B")) is UNMET
    assert holds(Condition.GRADE_A) is UNMET
    assert holds(Condition.GRADE_A, **OPEN) is UNPROVEN


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([graded(valid_until="2026-12-15")], MET),
        ([graded(valid_until="2026-12-14")], UNMET),
        ([graded(valid_from=None, valid_until=None)], UNPROVEN),
        ([graded(source="own")], UNPROVEN),
        ([graded(), graded("C", id="Y", determined_on="2026-06-02")], UNMET),
        ([graded(), graded("C", id="Y", determined_on="2026-06-01")], UNMET),
        ([graded(), graded("C", id="Y", determined_on="2026-05-31")], MET),
        ([graded(), graded("C", id="Y", determined_on="2026-06-02", source="bank")], UNPROVEN),
        ([graded(), graded("A", id="Y", determined_on="2026-06-02", source="own")], MET),
        ([graded("C"), graded("A", id="Y", determined_on="2026-06-02", source="own")], UNMET),
    ],
)
def test_the_newest_proven_grade_in_force_decides(records: list[Data], expected: Verdict) -> None:
    assert holds(Condition.GRADE_A, *records) is expected


@pytest.mark.parametrize(
    ("condition", "bad"), [(Condition.SERIOUS_LIST, listed()), (Condition.DEFAULTER, defaulter())]
)
def test_a_list_three_ways(condition: Condition, bad: Data) -> None:
    assert holds(condition, bad) is MET
    assert holds(condition, bad, **OPEN) is MET
    assert holds(condition) is UNMET
    assert holds(condition, **OPEN) is UNPROVEN
    assert holds(condition, bad | {"source": "bank"}) is UNPROVEN
    assert holds(condition, bad | {"source": "own"}) is UNPROVEN
    assert holds(condition, bad | {"removed_on": "2026-12-16"}) is MET
    assert holds(condition, bad | {"removed_on": "2026-12-15"}) is UNMET
    assert holds(condition, bad | {"state": "已修复", "repaired_on": "2026-11-01"}) is UNMET


@pytest.mark.parametrize("closure", ["终结本次执行", "执行和解"])
def test_a_closed_enforcement_case_makes_no_defaulter(closure: str) -> None:
    assert holds(Condition.DEFAULTER, defaulter(closure=closure)) is UNMET
    assert holds(Condition.SEVERE, defaulter(closure=closure)) is UNMET


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (record(severity="严重"), MET),
        (record(severity="特别严重"), MET),
        (record(severity="一般"), UNMET),
        (record(severity="严重", severity_manual=True), UNPROVEN),
        (record(measures=["吊销许可证件"]), UNPROVEN),
        (record(severity="严重", source="bank"), UNPROVEN),
        (listed(), MET),
        (defaulter(), MET),
        (record(severity="严重", state="已修复", repaired_on="2026-11-01"), UNMET),
    ],
)
def test_a_severe_record_is_what_a_document_or_a_list_calls_so(bad: Data, expected: Verdict) -> None:
    assert holds(Condition.SEVERE, bad) is expected
    assert holds(Condition.SEVERE, **OPEN) is UNPROVEN


@pytest.mark.parametrize("condition", [c for c in Condition if c is not Condition.CLEAN])
def test_a_list_that_begins_within_the_look_back_proves_no_absence(condition: Condition) -> None:
    def since(day: str, founded: str = "2012-03-01") -> Verdict:
        dates = {"sources.gov.complete_since": day, "registration.established_on": founded}
        return holds(condition, set={f"subject.{path}": value for path, value in dates.items()})

    assert since("2023-12-15") is UNMET
    assert since("2023-12-16") is UNPROVEN
    assert since("2025-05-01", "2025-05-01") is UNMET
    assert since("2025-05-02", "2025-05-01") is UNPROVEN


@pytest.mark.parametrize(
    ("records", "disputed"),
    [
        ([listed(**DISPUTED)], True),
        ([listed(**DISPUTED), listed(id="Y")], False),
        ([listed()], False),
    ],
)
def test_what_rests_on_disputed_records_alone_is_marked(records: list[Data], disputed: bool) -> None:
    found = held(Condition.SERIOUS_LIST, {"add": {"subject.records": records}})
    assert (found.holds, found.disputed) == (MET, disputed)


def test_a_condition_names_what_it_found_and_what_is_missing() -> None:
    found = held(Condition.SERIOUS_LIST, {"add": {"subject.records": [listed(number="失〔2026〕1号")]}})
    assert "失〔2026〕1号" in found.finding
    assert [name.partition(":")[2] for name in found.evidence] == ["X"]
    assert not found.missing
    assert held(Condition.SERIOUS_LIST, OPEN).missing == ("完整的公共信用信息查询结果",)


@pytest.mark.parametrize(
    ("condition", "both", "one", "neither"),
    [
        (Condition.CLEAN, UNMET, UNMET, MET),
        (Condition.SERIOUS_LIST, MET, MET, UNMET),
        (Condition.SEVERE, MET, MET, UNMET),
    ],
)
def test_one_member_of_a_joint_venture_is_enough_for_a_sanction(
    condition: Condition, both: Verdict, one: Verdict, neither: Verdict
) -> None:
    def joint(*members: str) -> Verdict:
        added = {f"{member}.records": [listed()] for member in members}
        return held(condition, {"joint": JOINT, "add": added}).holds

    assert joint("subject", "partner") is both
    assert joint("subject") is joint("partner") is one
    assert joint() is neither


@pytest.mark.parametrize(("condition", "good"), [(Condition.HONOUR, honour()), (Condition.GRADE_A, graded())])
def test_every_member_of_a_joint_venture_must_satisfy_an_incentive(condition: Condition, good: Data) -> None:
    def joint(*members: str, **given: Any) -> ConditionResult:
        added = {f"{member}.records": [good] for member in members}
        return held(condition, {"joint": JOINT, "add": added, **given})

    assert joint("subject", "partner").holds is MET
    assert joint("subject").holds is joint("partner").holds is UNMET
    assert joint("subject").finding.startswith("②")
    assert joint("subject", open=["partner.records"]).holds is UNPROVEN
    assert len(joint("subject", "partner").evidence) == 2


def test_an_incentive_of_a_joint_venture_is_disputed_with_one_of_its_grounds() -> None:
    added = {"subject.records": [honour(**DISPUTED)], "partner.records": [honour()]}
    assert held(Condition.HONOUR, {"joint": JOINT, "add": added}).disputed


def test_one_member_known_to_be_listed_outweighs_another_of_whom_nothing_is_known() -> None:
    given = {"joint": JOINT, "add": {"subject.records": [listed()]}, "open": ["partner.records"]}
    assert held(Condition.SERIOUS_LIST, given).holds is MET
    assert held(Condition.SERIOUS_LIST, {"joint": JOINT, "open": ["partner.records"]}).holds is UNPROVEN


def test_every_measure_of_the_pack_is_listed_with_its_source(policy: Policy) -> None:
    base = given_case()
    case = Case(base.applicant, base.project, policy)
    every = measure_results(case, record_result(case))
    assert len(every) == len(policy.measures(base.project.matter))
    found = [measure for measure in every if measure.cite == GRADING]
    assert [(m.id, m.sort, m.condition) for m in found] == list(MEASURES)
    assert {m.effect for m in found} == {"未核"}
    assert [m.holds for m in found] == [MET, UNMET, UNMET, UNMET, UNMET, UNMET]


def test_a_measure_for_other_matters_is_not_listed(tmp_path: Path) -> None:
    base = given_case()
    given = [rule | {"matters": ["财政补助"]} for rule in pack_data()["measures"]]
    case = Case(base.applicant, base.project, city_policy(tmp_path, base.judged_on, measures=given))
    assert all(measure.cite != GRADING for measure in measure_results(case, record_result(case)))


def clauses(*conditions: str) -> Data:
    rows = [
        {"id": f"K{n}", "clause": f"第三章 {n}", "text": "加分。", "sort": "信用加分", "condition": c}
        | ({"points": "2.5"} if n == 1 else {})
        for n, c in enumerate(conditions, 1)
    ]
    return {"set": {"project.credit_clauses": rows}}


def test_a_credit_clause_is_reported_as_the_tender_wrote_it() -> None:
    case = given_case(clauses("连续三年无不良信用记录", "综合信用等级A级在有效期内"))
    first, second = clause_results(case, record_result(case))
    assert (first.id, first.clause, str(first.points), first.holds) == ("K1", "第三章 1", "2.5", MET)
    assert (second.id, second.points, second.holds) == ("K2", None, UNMET)


def test_a_credit_clause_changes_no_judgement() -> None:
    given = {"add": {"subject.records": [record(), honour(id="Y")]}}
    rewarded = judged(given | clauses("守信激励名单或纳税信用A级在有效期内"))
    assert rewarded.clauses
    assert judged(given) == rewarded.model_copy(update={"clauses": ()})


def test_the_order_of_records_changes_nothing() -> None:
    found = [listed(), defaulter(id="Y"), record(id="Z", severity="严重"), honour(id="W"), graded(id="V")]
    for condition in Condition:
        one, other = (held(condition, {"add": {"subject.records": r}}) for r in (found, found[::-1]))
        assert one == other
