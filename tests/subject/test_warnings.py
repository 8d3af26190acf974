"""What a clerk should look at: statements that do not balance, circles of holdings, what may be one thing."""

from datetime import date
from typing import Any

import pytest

from reportgen.subject.conflicts import conflicts
from reportgen.subject.merge import merge
from reportgen.subject.model import Subject
from reportgen.subject.warnings import warnings
from reportgen.subject.wording import differing
from tests.factories import (
    PARTNER_USCC,
    SUBJECT_USCC,
    THIRD_USCC,
    contract_data,
    equipment_data,
    person_data,
    qualification_data,
    record_data,
    registration_data,
    shareholder_data,
    source_data,
    statement_data,
    subject,
)
from tests.subject.test_merge import delivery


def paths(given: Subject, *others: Subject) -> list[tuple[str, str]]:
    known = {other.uscc: other for other in others}
    return [(caution.path, caution.text) for caution in warnings(given, known.get)]


def held_by(uscc: str, *holders: str) -> Subject:
    shares = [shareholder_data(id=f"G{code}", name=f"股东{code}", uscc=code, share="0.1") for code in holders]
    return subject(uscc=uscc, name=f"主体{uscc[-3:]}", shareholders=shares)


def test_a_statement_that_does_not_balance_is_told_with_the_difference() -> None:
    ((path, text),) = paths(subject(statements=[statement_data(equity="29999999.5")]))
    assert path == "statements[0]"
    assert "0.5 元" in text
    assert paths(subject(statements=[statement_data()])) == []
    assert paths(subject(statements=[statement_data(equity=None)])) == []


def test_a_subject_that_holds_itself_is_told() -> None:
    ((path, text),) = paths(held_by(SUBJECT_USCC, SUBJECT_USCC))
    assert path == "shareholders[0]"
    assert "就是主体自己" in text


def test_a_circle_of_holdings_is_told_with_the_way() -> None:
    first = held_by(SUBJECT_USCC, PARTNER_USCC)
    others = [held_by(PARTNER_USCC, THIRD_USCC), held_by(THIRD_USCC, SUBJECT_USCC)]
    ((_, text),) = paths(first, *others)
    assert " ← ".join((first.name, others[0].name, others[1].name, first.name)) in text
    assert paths(first, others[0]) == []


def test_a_circle_that_the_subject_is_no_part_of_ends_the_search() -> None:
    others = [held_by(PARTNER_USCC, THIRD_USCC), held_by(THIRD_USCC, PARTNER_USCC)]
    assert paths(held_by(SUBJECT_USCC, PARTNER_USCC), *others) == []


@pytest.mark.parametrize(
    ("collection", "one", "other"),
    [
        ("people", person_data(), person_data(id="P2", number_tail="0001")),
        ("equipment", equipment_data(), equipment_data(id="E2", commissioned_on="2020-01-01")),
    ],
)
def test_what_two_sources_may_tell_of_one_thing_is_told(collection: str, one: Any, other: Any) -> None:
    sources = [source_data(), source_data(id="S2")]
    both: dict[str, Any] = {collection: [one, other | {"source": "S2"}]}
    assert [path for path, _ in paths(subject(sources=sources, **both))] == [collection]
    assert paths(subject(sources=sources, **{collection: [one, other]})) == []


def test_a_conflict_names_both_sources_and_what_they_say() -> None:
    told = delivery("S2", "2026-11-21", records=[record_data(id="X", amount="2000", category="市场监管")])
    found = merge(subject(records=[record_data(amount="1000")]), told)
    (conflict,) = conflicts(found)
    assert (conflict.fact, conflict.source, conflict.other, conflict.public) == ("R1", "S2", "S1", True)
    assert [(d.path, d.counts, d.told) for d in conflict.differences] == [("amount", "2000", "1000")]
    text = differing(conflict, found)
    assert "来源S2（S2）" in text
    assert "请向来源单位核实" in text


def test_what_one_source_leaves_open_is_no_conflict() -> None:
    told = delivery("S2", "2026-11-21", records=[record_data()])
    assert conflicts(merge(subject(records=[record_data(amount="1000")]), told)) == ()


def test_a_shareholder_that_finds_no_room_is_a_conflict() -> None:
    told = delivery("S4", shareholders=[shareholder_data(name="乙", share="0.5")])
    found = merge(subject(shareholders=[shareholder_data()]), told)
    (conflict,) = conflicts(found)
    assert (conflict.source, conflict.other, conflict.public) == ("", "S4", False)
    assert "大于 1" in differing(conflict, found)


def test_days_yet_to_come_are_told_where_today_is_known() -> None:
    given = subject(as_of="2026-11-22", sources=[source_data(collected_on="2026-11-22")])
    late = warnings(given, today=date(2026, 11, 21))
    assert [caution.path for caution in late] == ["as_of", "sources[0].collected_on"]
    assert "晚于今天 2026-11-21" in late[0].text
    assert warnings(given, today=date(2026, 11, 22)) == warnings(given) == ()


@pytest.mark.parametrize(("value", "told"), [("100000000000", False), ("100000000000.01", True)])
def test_a_sum_of_more_than_a_hundred_thousand_million_is_told(value: str, told: bool) -> None:
    capital = subject(registration=registration_data(capital=value))
    contract = subject(contracts=[contract_data(value=value)])
    assert [path for path, _ in paths(capital)] == ["registration.capital"] * told
    assert [path for path, _ in paths(contract)] == ["contracts[0].value"] * told
    foreign = subject(registration=registration_data(capital=value, currency="日元"))
    assert paths(foreign) == []


@pytest.mark.parametrize(("value", "told"), [("1000000000", False), ("1000000001", True)])
def test_a_contract_of_a_thousand_times_the_revenue_is_told(value: str, told: bool) -> None:
    balanced = statement_data(revenue="1000000")
    found = paths(subject(statements=[balanced], contracts=[contract_data(value=value)]))
    assert [path for path, _ in found if path.startswith("contracts")] == ["contracts[0].value"] * told


def test_a_grade_that_nobody_can_read_is_told_with_its_place() -> None:
    found = paths(
        subject(qualifications=[qualification_data(grade="二等")], people=[person_data(grade="一级")])
    )
    ((path, text),) = found
    assert path == "qualifications[0].grade"
    assert "认不出等级“二等”，评价时作未证实" in text
