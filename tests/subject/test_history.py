"""The subject as it was: laws that hold for any subject, and each undoing on both sides of its day."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reportgen.errors import ReportgenError
from reportgen.subject.history import as_of, known_at
from reportgen.subject.model import COLLECTIONS, Subject
from tests.factories import Data, fact_data, source_data, subject_data

LAST = date(2026, 11, 20)
FIRST = date(2021, 1, 1)
days = st.dates(FIRST, LAST)
maybe = st.none() | st.dates(FIRST, date(2027, 12, 31))
STATES = {"有效": None, "异议中": "disputed_on", "已修复": "repaired_on", "已撤销": "revoked_on"}
EVENTS = ("published_on", "fulfilled_on", "repaired_on", "revoked_on", "disputed_on", "removed_on")


@st.composite
def records(draw: st.DrawFn, name: str) -> Data:
    record: Data = fact_data(name, source=draw(st.sampled_from(["S1", "S2"])), title="某某决定")
    record |= {"kind": draw(st.sampled_from(["行政处罚", "未决诉讼", "失信被执行人"])), "authority": "样例局"}
    record |= {"determined_on": draw(days), "valid_until": draw(maybe)}
    record |= {event: draw(maybe) for event in EVENTS}
    record["fulfilment"] = draw(st.sampled_from(["全部履行", "部分履行", "全部未履行", "未知"]))
    able = [state for state, event in STATES.items() if event is None or record[event] is not None]
    return record | {"state": draw(st.sampled_from(able))}


@st.composite
def contracts(draw: st.DrawFn, name: str) -> Data:
    signed = draw(days)
    later = st.integers(0, 1500).map(lambda n: signed + timedelta(days=n))
    status = draw(st.sampled_from(["已完成", "在建", "因承包方原因终止"]))
    accepted = draw(later) if status == "已完成" else None
    ends = draw(later) if status == "在建" else draw(st.none() | later)
    contract = fact_data(name) | {
        "name": "样例工程",
        "category": "房屋建筑工程",
        "owner": "样例中学",
        "value": "1000",
    }
    went = {"delay_days": "0", "acceptance": "合格", "evaluation": "好"}
    dates = {"signed_on": signed, "accepted_on": accepted, "ends_on": ends, "status": status}
    return contract | dates | {"performance": went, "remaining": "1", "evidence": {"acceptance": "验收-1"}}


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    data = subject_data(sources=[source_data(), source_data(id="S2", collected_on=draw(days))])
    data["sources"][1]["complete_for"] = ["records", "people"]
    data["sources"][1]["complete_since"] = draw(maybe)
    data["records"] = [draw(records(f"R{n}")) for n in range(draw(st.integers(0, 4)))]
    data["contracts"] = [draw(contracts(f"C{n}")) for n in range(draw(st.integers(0, 4)))]
    data["changes"] = [draw(changes(f"G{n}")) for n in range(draw(st.integers(0, 2)))]
    data["statements"] = [fact_data(f"F{year}", year=year, audited="true") for year in (2023, 2024, 2025)]
    checked = st.none() | days.map(lambda on: {"by": "核验员甲", "how": "查验原件", "on": on})
    person = fact_data("P") | {
        "name": "闻道",
        "post": "项目经理",
        "certificate": "注册建造师",
        "source": "S2",
    }
    data["people"] = [person | {"verification": draw(checked)}]
    data["registration"]["standing"] = draw(st.sampled_from(["存续", "存续", "停业"]))
    return Subject.model_validate(data)


@st.composite
def changes(draw: st.DrawFn, name: str) -> Data:
    item = draw(st.sampled_from(["登记状态变更", "住所变更"]))
    return fact_data(
        name, on=draw(days), item=item, before=draw(st.sampled_from(["存续", "停业"])), after="停业"
    )


def then(subject: Subject, day: date) -> Subject:
    """Return the subject as of a day, or pass over a subject whose standing of that day is unknown."""
    try:
        return as_of(subject, day)
    except ReportgenError as error:
        assert error.code == "E0316"
        assume(False)
        raise


def count(subject: Subject) -> dict[str, int]:
    return {name: len(getattr(subject, name)) for name in COLLECTIONS}


def same(one: Subject, other: Subject) -> bool:
    return one.model_dump() == other.model_dump()


def valid(subject: Subject) -> bool:
    return same(Subject.model_validate(subject.model_dump(mode="json")), subject)


@given(subjects())
def test_what_is_known_on_the_last_day_is_everything(subject: Subject) -> None:
    assert same(known_at(subject, LAST), subject)


@given(subjects(), days)
def test_what_was_known_hangs_together_and_is_never_more(subject: Subject, day: date) -> None:
    data = subject.model_dump(mode="json")
    data["sources"][0]["collected_on"] = "2021-01-01"
    known = known_at(Subject.model_validate(data), day)
    assert valid(known)
    assert all(source.collected_on <= day for source in known.sources)
    assert known.as_of == min(day, LAST)
    assert all(known_number <= count(subject)[name] for name, known_number in count(known).items())
    assert same(known_at(known, day), known)


@given(subjects(), days)
def test_the_past_is_valid_and_holds_no_more_than_the_present(subject: Subject, day: date) -> None:
    past = then(subject, day)
    assert valid(past)
    assert past.as_of == day
    assert all(number <= count(subject)[name] for name, number in count(past).items())


@given(subjects(), days)
def test_going_back_twice_to_one_day_changes_nothing_more(subject: Subject, day: date) -> None:
    past = then(subject, day)
    assert same(as_of(past, day), past)


@given(subjects(), days, days)
def test_going_back_in_two_steps_is_going_back_at_once(subject: Subject, one: date, other: date) -> None:
    early, late = min(one, other), max(one, other)
    assert same(then(then(subject, late), early), then(subject, early))


@given(subjects(), days)
def test_nothing_that_happened_later_is_left(subject: Subject, day: date) -> None:
    past = then(subject, day)
    assert all(record.determined_on <= day for record in past.records)
    assert all((getattr(r, event) or day) <= day for r in past.records for event in EVENTS)
    assert all((c.accepted_on or day) <= day and c.signed_on <= day for c in past.contracts)
    assert all(source.collected_on <= day for source in past.sources)


def record_of(day: date, **changes: Any) -> Data:
    data = fact_data("R1", kind="行政处罚", title="某某决定", authority="样例局", determined_on="2025-01-01")
    subject = Subject.model_validate(subject_data(records=[data | changes]))
    return as_of(subject, day).records[0].model_dump(mode="json")


@pytest.mark.parametrize(
    ("day", "state"),
    [(date(2026, 5, 1), "已修复"), (date(2026, 4, 30), "异议中"), (date(2026, 2, 28), "有效")],
)
def test_a_record_goes_back_to_the_state_it_was_in(day: date, state: str) -> None:
    record = record_of(day, state="已修复", repaired_on="2026-05-01", disputed_on="2026-03-01")
    assert record["state"] == state


def test_a_dispute_that_is_over_is_not_revived() -> None:
    assert record_of(date(2026, 4, 1), state="有效", disputed_on="2026-03-01")["state"] == "有效"


@pytest.mark.parametrize(("day", "done"), [(date(2026, 5, 1), "全部履行"), (date(2026, 4, 30), "部分履行")])
def test_a_duty_done_later_was_not_yet_done(day: date, done: str) -> None:
    assert record_of(day, fulfilment="全部履行", fulfilled_on="2026-05-01")["fulfilment"] == done


@pytest.mark.parametrize(("day", "until"), [(date(2026, 5, 1), "2026-05-01"), (date(2026, 4, 30), None)])
def test_a_case_closed_later_was_still_pending(day: date, until: str | None) -> None:
    assert record_of(day, kind="未决诉讼", valid_until="2026-05-01")["valid_until"] == until


def contract_of(day: date, **changes: Any) -> Data:
    data = fact_data("C1") | {
        "name": "样例工程",
        "category": "房屋建筑工程",
        "owner": "样例中学",
        "value": "1000",
    }
    data |= {"signed_on": "2024-01-01", "status": "已完成", "accepted_on": "2026-05-01"}
    data |= {"performance": {"acceptance": "合格"}, "evidence": {"award": "中标-1", "acceptance": "验收-1"}}
    subject = Subject.model_validate(subject_data(contracts=[data | changes]))
    return as_of(subject, day).contracts[0].model_dump(mode="json")


def test_a_contract_accepted_later_was_under_way_and_nobody_knew_how_it_would_go() -> None:
    contract = contract_of(date(2026, 4, 30))
    assert contract["status"] == "在建"
    assert contract["ends_on"] == "2026-05-01"
    assert contract["accepted_on"] is contract["performance"]["acceptance"] is None
    assert contract["evidence"] == {"award": "中标-1", "agreement": None, "acceptance": None}
    assert contract_of(date(2026, 4, 30), ends_on="2026-03-01")["ends_on"] == "2026-03-01"


def test_a_contract_accepted_on_the_day_is_done() -> None:
    assert contract_of(date(2026, 5, 1))["status"] == "已完成"


def test_a_contract_broken_off_later_was_under_way() -> None:
    broken = {"status": "因承包方原因终止", "ends_on": "2026-05-01", "accepted_on": None}
    assert contract_of(date(2026, 4, 30), **broken)["status"] == "在建"
    assert contract_of(date(2026, 5, 1), **broken)["status"] == "因承包方原因终止"


@pytest.mark.parametrize(("day", "years"), [(date(2025, 12, 31), [2024]), (date(2026, 1, 1), [2024, 2025])])
def test_a_statement_is_there_once_its_year_has_ended(day: date, years: list[int]) -> None:
    statements = [fact_data(f"F{year}", year=year, audited="true") for year in (2024, 2025)]
    past = as_of(Subject.model_validate(subject_data(statements=statements)), day)
    assert [statement.year for statement in past.statements] == years


def standing_of(day: date, standing: str, *changes: tuple[str, str, str]) -> str:
    data = subject_data()
    data["registration"]["standing"] = standing
    data["changes"] = [
        fact_data(f"G{n}", on=on, item="登记状态变更", before=before, after=after)
        for n, (on, before, after) in enumerate(changes)
    ]
    return as_of(Subject.model_validate(data), day).registration.standing.value


def test_the_standing_goes_back_where_its_change_is_registered() -> None:
    revoked = ("2026-05-01", "存续", "吊销")
    assert standing_of(date(2026, 4, 30), "吊销", revoked) == "存续"
    assert standing_of(date(2026, 5, 1), "吊销", revoked) == "吊销"
    assert standing_of(LAST, "吊销") == "吊销"


@pytest.mark.parametrize("given_changes", [(), (("2026-05-01", "开业", "吊销"),)])
def test_a_standing_that_no_change_explains_is_an_error(
    given_changes: tuple[tuple[str, str, str], ...],
) -> None:
    with pytest.raises(ReportgenError) as caught:
        standing_of(date(2026, 4, 30), "吊销", *given_changes)
    assert caught.value.code == "E0316"


def test_before_its_foundation_there_is_no_subject() -> None:
    subject = Subject.model_validate(subject_data())
    assert as_of(subject, date(2015, 6, 1)).as_of == date(2015, 6, 1)
    with pytest.raises(ReportgenError) as caught:
        as_of(subject, date(2015, 5, 31))
    assert caught.value.code == "E0315"


def test_before_its_registration_was_collected_nothing_is_known() -> None:
    with pytest.raises(ReportgenError) as caught:
        known_at(Subject.model_validate(subject_data()), date(2026, 11, 19))
    assert caught.value.code == "E0315"
    assert "2026-11-20" in caught.value.text()


def test_a_day_after_the_facts_is_an_error() -> None:
    with pytest.raises(ReportgenError) as caught:
        as_of(Subject.model_validate(subject_data()), LAST + timedelta(days=1))
    assert caught.value.code == "E0317"


def test_a_check_made_later_was_not_known() -> None:
    data = subject_data(sources=[source_data(collected_on="2026-01-01")])
    person = fact_data("P") | {"name": "闻道", "post": "项目经理", "certificate": "注册建造师"}
    checked = {"by": "核验员甲", "how": "查验原件", "on": "2026-03-01"}
    subject = Subject.model_validate(data | {"people": [person | {"verification": checked}]})
    assert known_at(subject, date(2026, 2, 28)).people[0].verification is None
    assert known_at(subject, date(2026, 3, 1)).people[0].verification is not None
