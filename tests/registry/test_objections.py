"""异议: a case has its deadline, marks record and reports the same day, and ends in writing."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from reportgen.errors import ReportgenError
from reportgen.policy.values import ObjectionRule
from reportgen.registry import lifecycle, objections, standing
from reportgen.registry.changes import learn
from reportgen.registry.events import Tag
from reportgen.registry.objections import Ending, deadline, rule_of
from reportgen.registry.tables import EventRow, ObjectionRow, ReportRow, RestsOnRow, State
from reportgen.store.engine import Store
from reportgen.store.facts import import_subject, subject_at, versions
from reportgen.subject.records import CreditRecord, RecordState
from tests.assess.local_pack import packs
from tests.factories import record_data, subject
from tests.registry.lives import DESK, NOW, OTHER, SUBJECT, at, brought_to, day, issued

RULE = ObjectionRule(answer_days=20)
WORKING = ObjectionRule(answer_days=20, working=True)
FACT, SECOND = "REC-001", "REC-002"
TODAY = NOW.date()


@pytest.fixture
def known(store: Store) -> Store:
    records = [
        record_data(id=FACT),
        record_data(id=SECOND, state="已修复", repaired_on="2026-10-01"),
        record_data(id="REC-003", state="已撤销", revoked_on="2026-10-01"),
    ]
    store.write(lambda s: import_subject(s, subject(records=records), NOW - timedelta(days=1)))
    return store


def opened(store: Store, fact: str = FACT, later: float = 0) -> ObjectionRow:
    return store.write(lambda s: objections.object_to(s, SUBJECT, fact, "有误", RULE, at(days=later)))


def closed(store: Store, case: ObjectionRow, ending: Ending, statement: str = "") -> ObjectionRow:
    return store.write(lambda s: objections.close(s, case.id or 0, ending, "已核查", at(days=3), statement))


def held(store: Store, fact: str = FACT) -> CreditRecord | None:
    found = store.read(lambda s: subject_at(s, SUBJECT))
    return next((record for record in found.records if record.id == fact), None)


def words(store: Store, row: ReportRow) -> list[str]:
    now = store.read(lambda s: lifecycle.get(s, row.id or 0))
    return [change.word for change in standing.standing(now, TODAY).changes]


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(ReportgenError) as caught:
        work()
    return caught.value.code


@pytest.mark.parametrize(
    ("rule", "received", "by", "provisional"),
    [
        (RULE, "2026-11-22", "2026-12-12", False),
        (RULE, "2026-12-20", "2027-01-09", False),
        (WORKING, "2026-11-22", "2026-12-18", False),
        (WORKING, "2026-12-20", "2027-01-15", True),
        (ObjectionRule(answer_days=15, working=True), "2025-09-28", "2025-10-24", False),
    ],
)
def test_the_answer_is_due_on_a_day_of_the_rule(
    rule: ObjectionRule, received: str, by: str, provisional: bool
) -> None:
    assert deadline(day(received), rule) == (day(by), provisional)


@pytest.mark.parametrize("region", ["990102", "210500", "100000"])
def test_the_nation_gives_twenty_days_where_no_place_says_otherwise(region: str) -> None:
    assert rule_of(region, TODAY) == RULE


@pytest.mark.parametrize(("region", "expected"), [("990102", 15), ("990200", 20)])
def test_a_place_may_say_otherwise(tmp_path: Path, region: str, expected: int) -> None:
    said = {"since": "2017-07-10", "value": {"answer_days": 15, "working": True}}
    packs(tmp_path, values={"objection": [said | {"cite": "seed-benxi-2017-2-use"}]})
    assert rule_of(region, TODAY, tmp_path).answer_days == expected


def test_before_any_rule_there_is_none() -> None:
    assert refusal(lambda: rule_of("990102", date(2001, 1, 1))) == "E0310"


def test_a_case_marks_record_and_reports_the_same_day(known: Store) -> None:
    row = known.write(issued)
    case = opened(known)
    assert (case.state, case.answer_by, case.provisional) == ("OPEN", day("2026-12-12"), False)
    record = held(known)
    assert record is not None
    assert (record.state, record.disputed_on) == (RecordState.DISPUTED, TODAY)
    assert words(known, row) == ["异议中"]
    assert len(known.read(lambda s: versions(s, SUBJECT))) == 2


def test_the_rule_of_the_subject_s_region_counts(known: Store) -> None:
    case = known.write(lambda s: objections.receive(s, SUBJECT, FACT, "有误", DESK))
    assert case.answer_by == TODAY + timedelta(days=20)


def test_one_fact_has_one_open_case(known: Store) -> None:
    case = opened(known)
    assert refusal(lambda: opened(known)) == "E0608"
    assert opened(known, SECOND).id != case.id
    closed(known, case, Ending.KEPT)
    assert opened(known, later=4).id != case.id


@pytest.mark.parametrize(
    ("uscc", "fact", "grounds", "code"),
    [
        (OTHER, FACT, "有误", "E0350"),
        (SUBJECT, "REC-999", "有误", "E0359"),
        (SUBJECT, FACT, "", "E0301"),
        (SUBJECT, FACT, "误" * 5001, "E0301"),
    ],
)
def test_a_case_that_cannot_be_opened_marks_nothing(
    known: Store, uscc: str, fact: str, grounds: str, code: str
) -> None:
    row = known.write(issued)
    assert (
        refusal(lambda: known.write(lambda s: objections.object_to(s, uscc, fact, grounds, RULE, DESK)))
        == code
    )
    assert words(known, row) == []
    assert known.read(objections.due) == []


def test_a_fact_that_only_a_report_still_names_can_be_objected_to(known: Store) -> None:
    row = known.write(issued)
    known.write(lambda s: import_subject(s, subject(), NOW))
    opened(known)
    assert words(known, row) == ["异议中"]


def test_what_is_no_record_is_objected_to_without_a_state(known: Store) -> None:
    opened(known, "REG")
    assert len(known.read(lambda s: versions(s, SUBJECT))) == 1


def test_a_record_that_was_revoked_stays_revoked(known: Store) -> None:
    opened(known, "REC-003")
    record = held(known, "REC-003")
    assert record is not None
    assert record.state is RecordState.REVOKED


@pytest.mark.parametrize(("fact", "state"), [(FACT, RecordState.VALID), (SECOND, RecordState.REPAIRED)])
@pytest.mark.parametrize("ending", [Ending.KEPT, Ending.CORRECTED])
def test_the_record_is_again_what_it_was(known: Store, fact: str, state: RecordState, ending: Ending) -> None:
    case = opened(known, fact)
    assert closed(known, case, ending).state == ending
    record = held(known, fact)
    assert record is not None
    assert (record.state, record.disputed_on, record.statement) == (state, None, "")


def test_a_record_that_is_kept_carries_the_statement_and_not_the_grounds(known: Store) -> None:
    closed(known, opened(known), Ending.KEPT, "本公司对此保留意见")
    record = held(known)
    assert record is not None
    assert record.statement == "本公司对此保留意见"


def test_a_record_that_is_deleted_goes_from_every_version(known: Store) -> None:
    before = known.read(lambda s: [v.sha256 for v in versions(s, SUBJECT)])
    closed(known, opened(known), Ending.DELETED)
    assert held(known) is None
    moment = NOW - timedelta(hours=1)
    old = known.read(lambda s: subject_at(s, SUBJECT, moment))
    assert [record.id for record in old.records] == [SECOND, "REC-003"]
    assert set(before) <= {v.sha256 for v in known.read(lambda s: versions(s, SUBJECT))}


@pytest.mark.parametrize(
    ("ending", "after"), [(Ending.KEPT, []), (Ending.CORRECTED, ["需更新"]), (Ending.DELETED, ["需更新"])]
)
def test_reports_lose_the_mark_and_after_a_change_need_renewal(
    known: Store, ending: Ending, after: list[str]
) -> None:
    rows = [brought_to(known, state, state) for state in (State.ISSUED, State.CONSUMED, State.ARCHIVED)]
    case = opened(known)
    closed(known, case, ending)
    assert [words(known, row) for row in rows] == [after] * 3


def test_a_report_in_two_cases_is_disputed_until_both_are_closed(known: Store) -> None:
    row = known.write(issued)
    known.write(lambda s: s.add(RestsOnRow(report_id=row.id or 0, uscc=SUBJECT, fact=SECOND)))
    first, second = opened(known), opened(known, SECOND)
    closed(known, first, Ending.KEPT)
    assert words(known, row) == ["异议中"]
    closed(known, second, Ending.KEPT)
    assert words(known, row) == []


@pytest.mark.parametrize(("answer", "statement"), [("", ""), ("答" * 5001, ""), ("已核查", "声" * 5001)])
def test_an_end_without_a_proper_text_is_none(known: Store, answer: str, statement: str) -> None:
    case = opened(known)
    code = refusal(
        lambda: known.write(
            lambda s: objections.close(s, case.id or 0, Ending.KEPT, answer, at(days=1), statement)
        )
    )
    assert code == "E0301"
    assert [row.id for row in known.read(objections.due)] == [case.id]


@pytest.mark.parametrize("ending", [Ending.CORRECTED, Ending.DELETED])
def test_only_a_record_that_is_kept_has_a_statement(known: Store, ending: Ending) -> None:
    case = opened(known)
    assert refusal(lambda: closed(known, case, ending, "保留意见")) == "E0301"
    assert [row.id for row in known.read(objections.due)] == [case.id]


def test_a_case_is_closed_once(known: Store) -> None:
    case = opened(known)
    closed(known, case, Ending.KEPT)
    assert refusal(lambda: closed(known, case, Ending.DELETED)) == "E0609"
    assert held(known) is not None
    assert refusal(lambda: known.write(lambda s: objections.close(s, 99, Ending.KEPT, "答", DESK))) == "E0609"


def test_what_is_due_first_stands_first_and_what_is_late_says_so(known: Store) -> None:
    late = opened(known)
    soon = known.write(
        lambda s: objections.object_to(s, SUBJECT, SECOND, "有误", ObjectionRule(answer_days=5), at(days=1))
    )
    assert [case.id for case in known.read(objections.due)] == [soon.id, late.id]
    assert not objections.overdue(late, late.answer_by)
    assert objections.overdue(late, late.answer_by + timedelta(days=1))
    assert not objections.overdue(closed(known, late, Ending.KEPT), date(2030, 1, 1))


def test_a_report_of_facts_that_are_deleted_before_it_is_issued_is_given_up(known: Store) -> None:
    rendering, world = brought_to(known, State.RENDERING, "1"), brought_to(known, State.ISSUED, "2")
    closed(known, opened(known), Ending.DELETED)
    states = known.read(lambda s: [lifecycle.get(s, row.id or 0).state for row in (rendering, world)])
    assert states == [State.VOID, State.ISSUED]
    assert happened(known, rendering)[-1] == Tag.REPORT_NUMBER_VOID


@pytest.mark.parametrize("ending", [Ending.KEPT, Ending.CORRECTED])
def test_a_report_of_facts_that_stay_is_not_given_up(known: Store, ending: Ending) -> None:
    row = brought_to(known, State.RENDERING)
    closed(known, opened(known), ending)
    assert known.read(lambda s: lifecycle.get(s, row.id or 0)).state == State.RENDERING


def happened(store: Store, row: ReportRow) -> list[str]:
    found = select(EventRow.tag).where(EventRow.stream == f"report:{row.id}").order_by(EventRow.seq)  # type: ignore[arg-type]
    return list(store.read(lambda s: s.exec(found).all()))


def learned(store: Store, days: float, **changes: object) -> CreditRecord:
    given = subject(records=[record_data(id=FACT, **changes)])
    store.write(lambda s: learn(s, given, at(days=days)))
    record = held(store)
    assert record is not None
    return record


def test_the_statement_stays_beside_the_record_whatever_its_source_says_later(known: Store) -> None:
    closed(known, opened(known), Ending.KEPT, "本公司对此保留意见")
    assert learned(known, 4).statement == "本公司对此保留意见"
    assert learned(known, 5, amount="5").statement == "本公司对此保留意见"
    assert learned(known, 6, statement="另有说明").statement == "另有说明"


def test_the_last_statement_counts_and_one_that_it_replaced_does_not_come_back(known: Store) -> None:
    closed(known, opened(known), Ending.KEPT, "第一次声明")
    second = opened(known, later=4)
    known.write(
        lambda s: objections.close(s, second.id or 0, Ending.KEPT, "已核查", at(days=5), "第二次声明")
    )
    assert learned(known, 6).statement == "第二次声明"
    assert learned(known, 7, statement="第一次声明", amount="5").statement == "第二次声明"


def test_a_record_that_was_corrected_since_carries_no_statement_of_before(known: Store) -> None:
    closed(known, opened(known), Ending.KEPT, "本公司对此保留意见")
    second = opened(known, later=4)
    known.write(lambda s: objections.close(s, second.id or 0, Ending.CORRECTED, "已更正", at(days=5)))
    assert learned(known, 6, amount="5").statement == ""


def test_the_database_itself_has_one_open_case_of_a_fact(known: Store) -> None:
    case = opened(known)
    again = ObjectionRow(**case.model_dump(exclude={"id"}))
    with pytest.raises(IntegrityError):
        known.write(lambda s: s.add(again))
    closed(known, case, Ending.KEPT)
    assert opened(known, later=4).id != case.id
