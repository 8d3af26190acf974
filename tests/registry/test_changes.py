"""What is learned after issue marks the reports it concerns, each once, and no others."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reportgen.policy.values import ObjectionRule
from reportgen.registry import lifecycle, objections
from reportgen.registry.changes import learn
from reportgen.registry.objections import Ending
from reportgen.registry.tables import IN_THE_WORLD, ReportRow, State
from reportgen.store.engine import Store
from reportgen.store.facts import subject_at
from reportgen.subject.records import RecordState
from tests.factories import PARTNER_USCC, contract_data, record_data, source_data, subject
from tests.registry.lives import SUBJECT, at, brought_to, issued

FACT = "REC-001"
ADVERSE = record_data(id="NEW", severity="一般")
shared = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


def told(store: Store, hours: float, *records: dict[str, Any], **changes: Any) -> list[str]:
    given = subject(records=list(records), **changes)
    return store.write(lambda s: learn(s, given, at(hours=hours)))[1]


@pytest.fixture
def report(store: Store) -> ReportRow:
    """Return a report that rests on the one record that the office holds of its subject."""
    assert told(store, -1, record_data(id=FACT)) == []
    return store.write(issued)


@pytest.mark.parametrize(
    ("changes", "marked"),
    [
        ({"severity": "一般"}, True),
        ({"severity": "严重"}, True),
        ({"severity": "特别严重"}, True),
        ({}, True),
        ({"severity": "轻微"}, False),
        ({"severity": "严重", "state": "已修复", "repaired_on": "2026-11-01"}, False),
        ({"severity": "严重", "state": "已撤销", "revoked_on": "2026-11-01"}, False),
        ({"severity": "严重", "state": "异议中", "disputed_on": "2026-11-01"}, True),
        ({"kind": "失信被执行人"}, True),
        ({"kind": "守信激励名单"}, False),
        ({"kind": "行政许可"}, False),
        ({"kind": "民事裁判", "against": True, "fulfilment": "全部未履行"}, True),
        ({"kind": "民事裁判", "against": False}, False),
    ],
)
def test_a_new_adverse_record_concerns_every_report_about_the_subject(
    store: Store, report: ReportRow, changes: dict[str, Any], marked: bool
) -> None:
    found = told(store, 1, record_data(id=FACT), record_data(id="NEW", **changes))
    assert found == ([report.number] if marked else [])
    assert told(store, 2, record_data(id=FACT), record_data(id="NEW", **changes)) == []


@pytest.mark.parametrize(
    ("changes", "marked"),
    [
        ({}, False),
        ({"amount": "100"}, True),
        ({"state": "已修复", "repaired_on": "2026-11-01"}, True),
        ({"source": "S2"}, False),
        ({"verification": {"by": "核实员", "how": "电话", "on": "2026-11-20"}}, True),
    ],
)
def test_a_fact_that_changed_concerns_what_rests_on_it(
    store: Store, report: ReportRow, changes: dict[str, Any], marked: bool
) -> None:
    sources = [source_data(), source_data(id="S2")]
    found = told(store, 1, record_data(id=FACT, **changes), sources=sources)
    assert found == ([report.number] if marked else [])


def test_a_fact_that_went_concerns_what_rests_on_it(store: Store, report: ReportRow) -> None:
    assert told(store, 1) == [report.number]


def test_a_check_made_again_changes_nothing(store: Store) -> None:
    def checked(on: str) -> dict[str, Any]:
        return record_data(id=FACT, verification={"by": "核实员", "how": "电话", "on": on})

    told(store, -1, checked("2026-11-19"))
    row = store.write(issued)
    assert told(store, 1, checked("2026-11-20")) == []
    assert told(store, 2, record_data(id=FACT)) == [row.number]


def test_what_no_report_rests_on_concerns_none(store: Store, report: ReportRow) -> None:
    assert told(store, 1, record_data(id=FACT), contracts=[contract_data()], name="样本乙建设有限公司") == []
    assert told(store, 2, record_data(id=FACT), former_names=["样本旧"]) == []


def test_older_facts_change_nothing(store: Store, report: ReportRow) -> None:
    assert told(store, 1, record_data(id=FACT), ADVERSE, as_of="2026-11-19") == []


def test_another_subject_s_reports_stay_as_they_are(store: Store, report: ReportRow) -> None:
    told(store, 1, uscc=PARTNER_USCC)
    assert told(store, 2, ADVERSE, uscc=PARTNER_USCC) == []


@pytest.mark.parametrize("state", State)
def test_only_reports_in_the_making_or_in_the_world_are_marked_and_stay_what_they_are(
    store: Store, state: State
) -> None:
    told(store, -1, record_data(id=FACT))
    row = brought_to(store, state)
    found = told(store, 1, record_data(id=FACT), ADVERSE)
    assert found == ([row.number] if state in {State.RENDERING, *IN_THE_WORLD} else [])
    assert store.read(lambda s: lifecycle.get(s, row.id or 0)).state == row.state


def test_a_source_that_knows_of_no_objection_does_not_lift_it(store: Store, report: ReportRow) -> None:
    rule = ObjectionRule(answer_days=20)
    case = store.write(lambda s: objections.object_to(s, SUBJECT, FACT, "有误", rule, at(hours=1)))
    assert told(store, 2, record_data(id=FACT)) == []
    assert _state(store) is RecordState.DISPUTED
    assert told(store, 3, record_data(id=FACT, amount="5")) == [report.number]
    assert _state(store) is RecordState.DISPUTED
    store.write(lambda s: objections.close(s, case.id or 0, Ending.CORRECTED, "已更正", at(hours=4)))
    assert _state(store) is RecordState.VALID


def _state(store: Store) -> RecordState:
    (record,) = store.read(lambda s: subject_at(s, SUBJECT)).records
    return record.state


@shared
@given(st.permutations([record_data(id=FACT), record_data(id="B"), record_data(id="C")]))
def test_the_order_of_the_facts_concerns_nobody(store: Store, records: list[dict[str, Any]]) -> None:
    told(store, 0, record_data(id=FACT), record_data(id="B"), record_data(id="C"))
    assert told(store, 0, *records) == []


def test_every_report_is_named_once(store: Store, report: ReportRow) -> None:
    other = store.write(lambda s: issued(s, "2"))
    found = told(store, 1, record_data(id=FACT, amount="5"), ADVERSE)
    assert found == [report.number, other.number]
    assert told(store, timedelta(days=1) / timedelta(hours=1), ADVERSE) == []
