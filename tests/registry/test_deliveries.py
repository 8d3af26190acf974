"""What one source says now: the reports it concerns, the cases that stand, and what the desk is told."""

from typing import Any

import pytest

from reportgen.errors import ReportgenError
from reportgen.policy.values import ObjectionRule
from reportgen.registry import objections
from reportgen.registry.deliveries import Learned, declare, enter
from reportgen.registry.objections import Ending
from reportgen.registry.tables import ReportRow
from reportgen.store.engine import Store
from reportgen.store.erase import erase_record
from reportgen.store.facts import find_subjects, subject_at, versions
from reportgen.subject.delivery import Delivery
from reportgen.subject.history import known_at
from reportgen.subject.identity import fact_id
from reportgen.subject.model import Subject
from reportgen.subject.records import RecordState
from tests.factories import (
    PARTNER_USCC,
    THIRD_USCC,
    Data,
    made_up_uscc,
    qualification_data,
    record_data,
    registration_data,
    shareholder_data,
    source_data,
    subject,
)
from tests.registry.lives import SUBJECT, at, issued

FACT = "REC-001"
RULE = ObjectionRule(answer_days=20)
REPAIRED = {"state": "已修复", "repaired_on": "2026-11-01"}


def told(source: str = "S2", day: str = "2026-11-21", uscc: str = SUBJECT, **said: Any) -> Delivery:
    by = source_data(id=source, name=f"来源{source}", collected_on=day)
    given: Data = {"uscc": uscc, "name": "样本甲建设有限公司", "source": by}
    for name, items in said.items():
        given[name] = (
            items | {"source": source}
            if isinstance(items, dict)
            else [item | {"source": source} for item in items]
        )
    return Delivery.model_validate(given)


def learn(store: Store, hours: float, given: Subject | Delivery) -> Learned:
    return store.write(lambda session: enter(session, given, at(hours=hours)))


def now(store: Store, uscc: str = SUBJECT) -> Subject:
    return store.read(lambda session: subject_at(session, uscc))


@pytest.fixture
def report(store: Store) -> ReportRow:
    """Return a report that rests on the one record that the office holds of its subject."""
    learn(store, -1, subject(records=[record_data(id=FACT, number="罚〔2026〕1号")]))
    return store.write(issued)


def test_a_repair_that_another_source_tells_of_reaches_the_reports(store: Store, report: ReportRow) -> None:
    again = [record_data(id="X", number="罚(2026)1号")]
    assert learn(store, 1, told(records=again)).marked == []
    found = learn(store, 2, told("S3", "2026-11-22", records=[again[0] | REPAIRED]))
    assert found.marked == [report.number]
    assert [(item.fact, item.source, item.other, item.public) for item in found.conflicts] == [
        ("REC-001", "S3", "S1", True),
        ("REC-001", "S3", "S2", True),
    ]
    (record,) = now(store).records
    assert (record.id, record.state) == (FACT, RecordState.REPAIRED)


def test_a_withdrawal_reaches_the_reports_and_what_was_known_before_stays_known(
    store: Store, report: ReportRow
) -> None:
    learn(
        store,
        1,
        told("S1", records=[record_data(id="X", number="罚〔2026〕1号")], registration=registration_data()),
    )
    assert learn(store, 2, told("S1", registration=registration_data())).marked == [report.number]
    assert now(store).records == ()
    earlier = store.read(lambda session: subject_at(session, SUBJECT, at(hours=1).at))
    assert [item.id for item in earlier.records] == [FACT]


def test_what_only_stands_elsewhere_in_the_source_concerns_nobody(store: Store, report: ReportRow) -> None:
    moved = record_data(id="X", number="罚〔2026〕1号", location="第 3 页")
    found = learn(store, 1, told("S1", records=[moved], registration=registration_data()))
    assert (found.told.new, found.marked) == (True, [])


def test_a_thing_that_was_held_twice_is_held_once_and_reports_follow_it(store: Store) -> None:
    twice = [record_data(id="REC-000", number="1"), record_data(id=FACT, number="1", source="S3")]
    learn(store, -1, subject(sources=[source_data(), source_data(id="S3")], records=twice))
    row = store.write(issued)
    assert learn(store, 1, told()).marked == []
    assert [item.id for item in now(store).records] == ["REC-000"]
    changed = record_data(number="1", amount="5")
    assert learn(store, 2, told("S4", records=[changed])).marked == [row.number]


def test_a_case_follows_the_thing_it_is_about(store: Store) -> None:
    twice = [record_data(id="REC-000", number="1"), record_data(id=FACT, number="1", source="S3")]
    learn(store, -1, subject(sources=[source_data(), source_data(id="S3")], records=twice))
    case = store.write(lambda s: objections.object_to(s, SUBJECT, FACT, "有误", RULE, at(hours=0)))
    learn(store, 1, told())
    (record,) = now(store).records
    assert (record.id, record.state) == ("REC-000", RecordState.DISPUTED)
    store.write(lambda s: objections.close(s, case.id or 0, Ending.DELETED, "删除", at(hours=2)))
    held = now(store)
    assert held.records == held.claims.records == ()


def test_the_same_delivery_again_enters_nothing(store: Store, report: ReportRow) -> None:
    given = told(records=[record_data(number="2")])
    assert learn(store, 1, given).told.new
    assert not learn(store, 2, given).told.new
    assert len(store.read(lambda session: versions(session, SUBJECT))) == 2


def test_a_late_delivery_is_told_and_changes_nothing(store: Store, report: ReportRow) -> None:
    learn(store, 1, told(records=[record_data(number="2")]))
    found = learn(store, 2, told(day="2026-11-20"))
    assert not found.told.new
    assert [caution.path for caution in found.cautions] == ["source.collected_on"]


def test_a_record_in_an_open_case_stays_in_it_whichever_source_counts(
    store: Store, report: ReportRow
) -> None:
    case = store.write(lambda s: objections.object_to(s, SUBJECT, FACT, "有误", RULE, at(hours=1)))
    told_again = told(records=[record_data(number="罚〔2026〕1号")])
    learn(store, 2, told_again)
    held = now(store)
    assert {item.state for item in (*held.records, *held.claims.records)} == {RecordState.DISPUTED}
    assert [item.source for item in held.records] == ["S2"]
    store.write(lambda s: objections.close(s, case.id or 0, Ending.KEPT, "维持", at(hours=3)))
    held = now(store)
    assert {item.state for item in (*held.records, *held.claims.records)} == {RecordState.VALID}
    assert not learn(store, 4, told_again).told.new


def test_a_record_that_was_deleted_is_told_by_nobody_and_does_not_come_back(store: Store) -> None:
    number = record_data(number="罚〔2026〕1号")
    given = told(records=[number], registration=registration_data())
    learn(store, 0, given)
    learn(store, 1, told("S3", records=[number]))
    name = fact_id("records", given.records[0])
    case = store.write(lambda s: objections.object_to(s, SUBJECT, name, "有误", RULE, at(hours=2)))
    store.write(lambda s: objections.close(s, case.id or 0, Ending.DELETED, "删除", at(hours=3)))
    held = now(store)
    assert held.records == held.claims.records == ()
    found = learn(store, 4, told("S3", "2026-11-22", records=[number]))
    assert [caution.path for caution in found.cautions] == [f"records.{name}"]
    assert now(store).records == ()


def test_a_claim_is_forgotten_with_its_fact(store: Store, report: ReportRow) -> None:
    learn(store, 1, told(qualifications=[qualification_data(number="1")]))
    learn(store, 2, told("S3", qualifications=[qualification_data(number="1")]))
    (name,) = {item.id for item in now(store).claims.qualifications}
    assert store.write(lambda session: erase_record(session, SUBJECT, name, at(hours=3).at)) == 2
    held = now(store)
    assert held.qualifications == held.claims.qualifications == ()


def test_without_a_registration_the_desk_is_told_to_import_it_first(store: Store) -> None:
    with pytest.raises(ReportgenError) as caught:
        learn(store, 0, told(records=[record_data()]))
    assert caught.value.code == "E0365"
    assert store.read(find_subjects) == []


def test_a_delivery_under_a_former_code_goes_to_the_subject_of_today(store: Store) -> None:
    learn(store, 0, subject(former_codes=[PARTNER_USCC]))
    found = learn(store, 1, told(uscc=PARTNER_USCC, records=[record_data()]))
    assert (found.told.uscc, [caution.path for caution in found.cautions]) == (SUBJECT, ["uscc"])
    assert len(now(store).records) == 1
    learn(store, 2, subject(as_of="2026-11-21"))
    with pytest.raises(ReportgenError):
        learn(store, 3, told(uscc=PARTNER_USCC))


def test_a_code_that_somebody_has_is_nobody_s_former_one(store: Store) -> None:
    learn(store, 0, subject(former_codes=[PARTNER_USCC]))
    learn(store, 1, subject(uscc=PARTNER_USCC, name="样本乙建设有限公司"))
    assert learn(store, 2, told(uscc=PARTNER_USCC)).told.uscc == PARTNER_USCC


def test_a_code_that_changed_leads_to_the_subject_that_the_office_has_under_the_old_one(store: Store) -> None:
    learn(store, 0, subject(uscc=PARTNER_USCC, name="样本旧名有限公司"))
    found = learn(store, 1, subject(former_codes=[PARTNER_USCC, "990000100004271"]))
    ((path, text),) = [(caution.path, caution.text) for caution in found.cautions]
    assert path == "former_codes"
    assert PARTNER_USCC in text
    assert "样本旧名有限公司" in text


def test_two_subjects_of_one_name_are_two_and_the_desk_is_told(store: Store) -> None:
    learn(store, 0, subject())
    found = learn(store, 1, told(uscc=THIRD_USCC, registration=registration_data()))
    assert found.told.uscc == THIRD_USCC
    assert [(caution.path, SUBJECT in caution.text) for caution in found.cautions] == [("name", True)]
    assert len(store.read(find_subjects)) == 2


def test_another_name_and_a_circle_of_holdings_are_told(store: Store) -> None:
    other = made_up_uscc(7)
    holder = shareholder_data(uscc=SUBJECT, share="0.1")
    learn(store, 0, subject(uscc=other, name="样本乙建设有限公司", shareholders=[holder]))
    learn(store, 1, subject())
    renamed = told(shareholders=[shareholder_data(uscc=other, share="0.1")])
    found = learn(store, 2, renamed.model_copy(update={"name": "样本新名有限公司"}))
    assert [caution.path for caution in found.cautions] == ["name", "shareholders[0]"]
    assert now(store).name == "样本甲建设有限公司"


def test_what_the_office_knew_on_a_day_leaves_out_what_a_source_told_later(
    store: Store, report: ReportRow
) -> None:
    learn(store, 1, told("S3", "2026-11-22", records=[record_data(number="罚〔2026〕1号", **REPAIRED)]))
    (record,) = known_at(now(store), at(days=-1).at.date()).records
    assert (record.id, record.source, record.state) == (FACT, "S1", RecordState.VALID)


CHECK = {"by": "编制员甲", "how": "查验原件", "on": "2026-11-21"}
DECLARED = [source_data(), source_data(id="S4", origin="自主申报")]


def declared(day: str, **changes: Any) -> Delivery:
    """Return what the subject itself says on a day of its one licence, unchecked."""
    by = source_data(id="S4", name="来源S4", origin="自主申报", collected_on=day)
    licence = qualification_data(id="X", source="S4", number="证1", location=f"{day} 第 1 页", **changes)
    given = {"uscc": SUBJECT, "name": "样本甲建设有限公司", "source": by, "qualifications": [licence]}
    return Delivery.model_validate(given)


def test_a_check_stands_while_the_source_says_the_same_and_lapses_when_it_says_otherwise(
    store: Store,
) -> None:
    checked = qualification_data(source="S4", number="证1", verification=CHECK)
    learn(store, -1, subject(sources=DECLARED, qualifications=[checked]))
    again = learn(store, 1, declared("2026-11-21"))
    (held,) = now(store).qualifications
    assert (held.id, held.location) == ("Q1", "2026-11-21 第 1 页")
    assert held.verification is not None
    assert held.verification.model_dump(mode="json") == CHECK
    assert (again.marked, again.cautions) == ([], ())
    found = learn(store, 2, declared("2026-11-22", grade="一级"))
    (held,) = now(store).qualifications
    assert held.verification is None
    assert [(caution.path, "2026-11-21" in caution.text) for caution in found.cautions] == [
        ("qualifications.Q1", True)
    ]
    learn(store, 3, declared("2026-11-22"))
    (held,) = now(store).qualifications
    assert held.verification is None


def test_a_check_outlives_an_open_case_and_the_mark_of_it(store: Store) -> None:
    checked = record_data(id=FACT, number="1", verification=CHECK)
    learn(store, -1, subject(records=[checked]))
    store.write(lambda s: objections.object_to(s, SUBJECT, FACT, "有误", RULE, at(hours=0)))
    learn(store, 1, told("S1", records=[record_data(number="1")], registration=registration_data()))
    (record,) = now(store).records
    assert record.state is RecordState.DISPUTED
    assert record.verification is not None


def test_a_file_that_says_nothing_of_claims_leaves_them_standing(store: Store) -> None:
    licence, record = qualification_data(number="1"), record_data(number="1")
    learn(store, 0, subject(qualifications=[licence], records=[record]))
    learn(store, 1, told("S2", qualifications=[licence | {"id": "X"}], records=[record | {"id": "Y"}]))
    before = now(store)
    assert {claim.source for claim in before.claims.records} == {"S1"}
    # As a workbook gives it back: what counts, and no word of the rest; the record is withdrawn.
    given = before.model_dump(mode="json", exclude={"claims": True})
    found = learn(store, 2, Subject.model_validate({**given, "records": []}))
    held = now(store)
    assert held.claims.qualifications == before.claims.qualifications
    assert held.claims.records == ()
    texts = {caution.path: caution.text for caution in found.cautions}
    assert "1 项另述" in texts["claims"]
    assert "S1" in texts["claims.records.R1"]
    assert not learn(store, 3, Subject.model_validate({**given, "records": []})).told.new


def test_a_file_that_writes_its_claims_says_all_there_are(store: Store) -> None:
    licence = qualification_data(number="1")
    learn(store, 0, subject(qualifications=[licence]))
    learn(store, 1, told("S2", qualifications=[licence]))
    given = now(store).model_dump(mode="json")
    found = learn(store, 2, Subject.model_validate({**given, "claims": {}}))
    assert (now(store).claims.qualifications, found.cautions) == ((), ())


def test_a_claim_ends_where_its_source_is_what_counts_or_is_there_no_more(store: Store) -> None:
    licence = qualification_data(number="1")
    learn(store, 0, subject(qualifications=[licence]))
    learn(store, 1, told("S2", qualifications=[licence]))
    two = [source_data(), source_data(id="S2", name="来源S2", collected_on="2026-11-21")]
    day = {"as_of": "2026-11-21", "registration": registration_data()}
    for hours, sources in ((2, two), (3, [source_data()])):
        learn(store, hours, subject(sources=sources, qualifications=[licence], **day))
        assert now(store).claims.qualifications == ()


def test_facts_of_an_earlier_day_take_nothing_from_a_later_version(store: Store) -> None:
    licence = qualification_data(number="1")
    learn(store, 0, subject(qualifications=[licence]))
    learn(store, 1, told("S2", qualifications=[licence]))
    early = subject(as_of="2026-11-01", qualifications=[licence])
    assert learn(store, 2, early).subject.claims.qualifications == ()


def test_what_a_subject_says_of_itself_is_entered_without_a_check_and_in_no_other_name(store: Store) -> None:
    licence = qualification_data(source="S4", number="证1", verification=CHECK)
    record = record_data(number="1")
    learn(store, -1, subject(sources=DECLARED, qualifications=[licence], records=[record]))
    before = now(store)
    same = before.model_copy(update={"records": ()})
    store.write(lambda session: declare(session, same, at(hours=1)))
    assert now(store) == before

    graded = licence | {"grade": "一级", "verification": CHECK | {"on": "2026-11-20"}}
    own = subject(sources=DECLARED, qualifications=[graded], records=[record | {"amount": "1"}])
    with pytest.raises(ReportgenError, match="E0301") as caught:
        store.write(lambda session: declare(session, own, at(hours=2)))
    assert [fault.path for fault in caught.value.faults] == ["records[0].amount"]
    assert now(store) == before

    own = subject(sources=DECLARED, qualifications=[graded], records=[record])
    (told,) = store.write(lambda session: declare(session, own, at(hours=3)))
    (held,) = now(store).qualifications
    assert (held.grade, held.verification) == ("一级", None)
    assert [caution.path for caution in told.cautions] == ["qualifications.Q1"]
