"""The omission ledger: complete for auditor and subject, and without a trace anywhere else."""

from hypothesis import given

from reportgen.assess.case import ref
from reportgen.assess.judge import assess
from reportgen.assess.ledger import omissions
from tests.assess.build import SNAPSHOT, case_of, given_case
from tests.assess.worlds import worlds
from tests.factories import Data

REPAIRED: Data = {
    "id": "mended",
    "source": "gov",
    "kind": "行政处罚",
    "title": "罕见字样的处罚决定",
    "authority": "样例局",
    "determined_on": "2026-03-10",
    "severity": "严重",
    "state": "已修复",
    "repaired_on": "2026-09-10",
}


def with_record(**changes: str | None) -> Data:
    record = {key: value for key, value in {**REPAIRED, **changes}.items() if value is not None}
    return {"add": {"subject.records": [record]}}


def test_a_repaired_record_stands_in_the_ledger_with_the_rule_and_nowhere_else() -> None:
    case = given_case(with_record())
    (omission,) = omissions(case)
    assert (omission.reason, omission.withheld) == ("已修复", True)
    assert omission.rule == "《信用修复管理办法》第三条第三款"
    assert REPAIRED["title"] not in assess(case, SNAPSHOT).model_dump_json()


def test_the_number_of_withheld_records_shows_nowhere_else() -> None:
    without = assess(given_case(), SNAPSHOT)
    assert assess(given_case(with_record()), SNAPSHOT) == without


def test_the_ledger_names_the_rule_of_the_day_on_which_the_matter_is_judged() -> None:
    older = with_record()
    older["set"] = {"project.bid_deadline": "2026-03-31T09:30:00+08:00"}
    (omission,) = omissions(given_case(older))
    assert omission.rule == "《失信行为纠正后的信用信息修复管理办法（试行）》第二条"


def test_a_rule_that_nobody_verified_says_so() -> None:
    lapsed = with_record(severity="轻微", state="有效", repaired_on=None)
    (omission,) = omissions(given_case(lapsed))
    assert omission.reason == "依规不公示"
    assert omission.rule.startswith("《信用修复管理办法》") and omission.rule.endswith("（条文未核）")


def test_what_the_subject_declared_and_nobody_checked_is_left_out_without_being_withheld() -> None:
    declared = with_record(source="own", state="有效", repaired_on=None)
    (omission,) = omissions(given_case(declared))
    assert (omission.reason, omission.rule, omission.withheld) == ("自主申报，未经核实", "本机构设定", False)


@given(worlds(most_records=6))
def test_every_record_is_either_used_or_in_the_ledger(world: Data) -> None:
    case = case_of(world)
    used = {item.evidence for item in assess(case, SNAPSHOT).record.items}
    left = {omission.evidence for omission in omissions(case)}
    assert not used & left
    assert used | left == {ref(s, record) for s in case.subjects for record in s.records}


@given(worlds(most_records=6))
def test_every_omission_names_its_rule(world: Data) -> None:
    assert all(omission.rule for omission in omissions(case_of(world)))
