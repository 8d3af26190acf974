"""What one source says taken into a subject: the same whatever the order, by the written precedence."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.errors import ReportgenError
from reportgen.subject.base import Origin
from reportgen.subject.canonical import canonical, in_order
from reportgen.subject.claims import PRECEDENCE, claims_of, facts_of
from reportgen.subject.delivery import Delivery
from reportgen.subject.history import as_of, known_at
from reportgen.subject.merge import absorbed, merge
from reportgen.subject.model import Subject
from tests.factories import (
    SUBJECT_USCC,
    Data,
    credit_line_data,
    qualification_data,
    record_data,
    registration_data,
    shareholder_data,
    source_data,
    statement_data,
    subject,
)

DAYS = ["2026-11-10", "2026-11-12", "2026-11-14"]
ORIGINS = {"S1": "公共来源", "S2": "公共来源", "S3": "交易对方", "S4": "自主申报"}
STATES: list[Data] = [
    {},
    {"state": "已修复", "repaired_on": "2026-10-01"},
    {"fulfilment": "全部未履行"},
    {"verification": {"by": "核验员甲", "how": "查验原件", "on": "2026-11-13"}},
]


def delivery(
    source: str = "S2",
    day: str = "2026-11-20",
    origin: str = "",
    of: Data | None = None,
    **collections: list[Data] | Data,
) -> Delivery:
    """Return a delivery whose facts name its source."""
    told = {
        name: items | {"source": source}
        if isinstance(items, dict)
        else [item | {"source": source} for item in items]
        for name, items in collections.items()
    }
    origin = origin or ORIGINS.get(source, "公共来源")
    by = source_data(id=source, name=f"来源{source}", origin=origin, collected_on=day, **(of or {}))
    return Delivery.model_validate({"uscc": SUBJECT_USCC, "name": "样本甲建设有限公司", "source": by, **told})


@st.composite
def collections(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what a source says of a few things, each in one of a few ways."""
    numbers = draw(st.lists(st.sampled_from(["1", "2", "3"]), unique=True))
    years = draw(st.lists(st.sampled_from(["2024", "2025"]), unique=True))
    holders = draw(st.lists(st.sampled_from(["甲", "乙", "丙"]), unique=True))
    registered = draw(st.sampled_from(["存续", "停业", ""]))
    return {
        "records": [record_data(id=f"R{n}", number=n, **draw(st.sampled_from(STATES))) for n in numbers],
        "statements": [
            statement_data(id=y, year=y, revenue=draw(st.sampled_from(["1", "2"]))) for y in years
        ],
        "shareholders": [
            shareholder_data(id=n, name=n, share=draw(st.sampled_from(["0.2", "0.3", "0.33"])))
            for n in holders
        ],
        **({"registration": registration_data(standing=registered)} if registered else {}),
    }


@st.composite
def deliveries(draw: st.DrawFn) -> list[Delivery]:
    """Draw deliveries in some order: a source tells once a day, and the first of all tells the registration."""
    when = draw(st.lists(st.tuples(st.sampled_from(list(ORIGINS)), st.sampled_from(DAYS)), unique=True))
    return [delivery(source, day, **draw(collections())) for source, day in when]


few = settings(max_examples=30)
"""Each example takes many deliveries."""
FIRST = delivery("S0", "2026-11-09", registration=registration_data())


def merged(given: list[Delivery], start: Subject | None = None) -> Subject:
    for told in given:
        start = merge(start, told)
    assert start is not None
    return start


@given(deliveries().flatmap(lambda told: st.tuples(st.just(told), st.permutations(told))))
def test_the_order_of_import_never_matters(orders: tuple[list[Delivery], list[Delivery]]) -> None:
    one, other = (merged([FIRST, *told]) for told in orders)
    assert canonical(one) == canonical(other)
    assert one == other


@few
@given(deliveries().flatmap(lambda told: st.tuples(st.just(told), st.permutations(told))))
def test_nor_does_it_beside_what_a_whole_file_says(orders: tuple[list[Delivery], list[Delivery]]) -> None:
    start = subject(
        sources=[source_data(id="S0"), source_data(id="S9", origin="自主申报")],
        registration=registration_data(source="S0"),
        records=[record_data(number="1", source="S9")],
        statements=[statement_data(source="S0")],
    )
    one, other = (merged(told, start) for told in orders)
    assert one == other
    assert {fact.id for fact in one.records if fact.number == "1"} == {"R1"}


@few
@given(deliveries(), deliveries())
def test_to_be_told_again_changes_nothing(before: list[Delivery], told: list[Delivery]) -> None:
    one = merged([FIRST, *before, *told])
    assert merged(told, one) == one


@few
@given(deliveries())
def test_what_no_delivery_tells_is_nowhere_and_what_one_tells_is_somewhere(told: list[Delivery]) -> None:
    found = merged([FIRST, *told])
    newest = {item.source.id: item for item in sorted(told, key=lambda d: d.source.collected_on)}
    expected = sum(len(list(item.tellings())) for item in newest.values()) + 1
    assert len([*facts_of(found), *claims_of(found)]) == expected


@few
@given(deliveries())
def test_a_source_that_says_nothing_any_more_is_gone(told: list[Delivery]) -> None:
    empty = [delivery(source, "2026-11-20") for source in ORIGINS]
    found = merged([FIRST, *told, *empty])
    assert [(name, fact.source) for name, fact in (*facts_of(found), *claims_of(found))] == [
        ("registration", "S0")
    ]


@few
@given(deliveries(), st.sampled_from(DAYS))
def test_what_was_known_on_a_day_is_what_was_told_by_then(told: list[Delivery], day: str) -> None:
    # Each source tells once: what it said before is not known any more.
    once = list({item.source.id: item for item in told}.values())
    on = date.fromisoformat(day)
    known = known_at(merged([FIRST, *once]), on)
    by_then = merged([FIRST, *(item for item in once if item.source.collected_on <= on)])
    unchecked = known_at(by_then, on)
    assert in_order(known).model_dump() == in_order(unchecked).model_dump() | {"as_of": known.as_of}


@few
@given(deliveries())
def test_a_subject_with_claims_stands_as_of_its_own_day_as_it_is(told: list[Delivery]) -> None:
    found = merged([FIRST, *told])
    assert as_of(found, found.as_of) == found
    assert Subject.model_validate_json(canonical(found)) == found


def records(*told: Delivery) -> list[tuple[str, str]]:
    return [(item.source, item.state.value) for item in merged([FIRST, *told]).records]


REPAIRED = {"state": "已修复", "repaired_on": "2026-10-01"}


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize(
    ("one", "other", "counts"),
    [
        (("S4", DAYS[2], REPAIRED), ("S1", DAYS[0], {}), ("S1", "有效")),
        (("S3", DAYS[2], REPAIRED), ("S1", DAYS[0], {}), ("S1", "有效")),
        (("S3", DAYS[0], REPAIRED), ("S4", DAYS[2], {}), ("S3", "已修复")),
        (("S1", DAYS[0], {}), ("S2", DAYS[1], REPAIRED), ("S2", "已修复")),
        (("S1", DAYS[0], REPAIRED), ("S2", DAYS[0], {}), ("S2", "有效")),
        (("S1", DAYS[0], {}), ("S2", DAYS[0], REPAIRED), ("S1", "有效")),
        (("S1", DAYS[0], {}), ("S2", DAYS[0], {}), ("S1", "有效")),
        (("S1", DAYS[0], STATES[3]), ("S2", DAYS[1], REPAIRED), ("S2", "已修复")),
    ],
)
def test_what_counts_follows_the_precedence(
    one: tuple[str, str, Data], other: tuple[str, str, Data], counts: tuple[str, str], turn: int
) -> None:
    told = [
        delivery(source, day, records=[record_data(number="1", **said)]) for source, day, said in (one, other)
    ]
    assert records(*told[::turn]) == [counts]


def test_what_somebody_checked_counts_before_what_came_later_unchecked() -> None:
    lines = [("S4", DAYS[0], {"limit": "1"} | STATES[3]), ("S5", DAYS[2], {"limit": "2"})]
    told = [
        delivery(source, day, origin="自主申报", credit_lines=[credit_line_data(**said)])
        for source, day, said in lines
    ]
    assert [line.source for line in merged([FIRST, *told]).credit_lines] == ["S4"]


def test_a_bank_knows_its_credit_line_better_than_a_register() -> None:
    told = [delivery(source, credit_lines=[credit_line_data()]) for source in ("S1", "S3")]
    assert [line.source for line in merged([FIRST, *told]).credit_lines] == ["S3"]
    assert list(PRECEDENCE) == [Origin.OFFICIAL, Origin.COUNTERPARTY, Origin.DERIVED, Origin.SELF_DECLARED]


def test_the_registration_that_counts_is_the_less_favourable_of_two_public_ones_of_one_day() -> None:
    told = [
        delivery(source, DAYS[0], registration=registration_data(standing=standing))
        for source, standing in (("S1", "存续"), ("S2", "吊销"))
    ]
    found = merged([FIRST, *told])
    assert (found.registration.source, found.registration.standing) == ("S2", "吊销")
    assert {claim.source for claim in found.claims.registrations} == {"S0", "S1"}


def test_a_thing_keeps_its_id_when_another_source_comes_to_count_and_when_it_goes() -> None:
    start = subject(
        sources=[source_data(), source_data(id="S4", origin="自主申报")],
        qualifications=[qualification_data(number="证 1", source="S4")],
    )
    told = delivery("S2", qualifications=[qualification_data(id="X", number="证1")])
    found = merge(start, told)
    assert [(item.id, item.source) for item in found.qualifications] == [("Q1", "S2")]
    assert [(item.id, item.source) for item in found.claims.qualifications] == [("Q1", "S4")]
    without = merge(found, delivery("S4"))
    assert [(item.id, item.source) for item in without.qualifications] == [("Q1", "S2")]
    assert not without.claims.qualifications


def test_what_a_file_held_twice_from_two_sources_is_one_thing_from_then_on() -> None:
    start = subject(
        sources=[source_data(), source_data(id="S3", origin="交易对方")],
        qualifications=[
            qualification_data(id="Q1", number="1", source="S3"),
            qualification_data(id="Q2", number="1"),
        ],
    )
    found = merge(start, delivery("S2"))
    assert [(item.id, item.source) for item in found.qualifications] == [("Q1", "S1")]
    assert absorbed(start, found) == {"Q2": "Q1"}


def test_what_a_file_held_twice_from_one_source_stays_two_things() -> None:
    twice = [record_data(id="R1", number="1"), record_data(id="R2", number="1", amount="1")]
    found = merge(subject(records=twice), delivery("S2", records=[record_data(number="1")]))
    assert [item.id for item in found.records] == ["R1", "R2"]
    assert [item.id for item in found.claims.records] == ["R1"]


def test_shareholders_that_do_not_fit_beside_a_better_source_do_not_count() -> None:
    first = delivery(
        "S1",
        shareholders=[shareholder_data(name="甲", share="0.6"), shareholder_data(name="乙", share="0.4")],
    )
    other = delivery(
        "S4",
        shareholders=[shareholder_data(name="甲", share="0.7"), shareholder_data(name="丙", share="0.3")],
    )
    found = merged([FIRST, other, first])
    assert {(item.name, item.source) for item in found.shareholders} == {("甲", "S1"), ("乙", "S1")}
    assert {item.name for item in found.claims.shareholders} == {"甲", "丙"}
    assert merge(found, delivery("S4")).claims.shareholders == ()
    alone = merge(found, delivery("S1"))
    assert {(item.name, item.source) for item in alone.shareholders} == {("甲", "S4"), ("丙", "S4")}


def test_a_delivery_older_than_what_its_source_said_changes_nothing() -> None:
    found = merged([FIRST, delivery("S2", DAYS[1], records=[record_data()])])
    assert merge(found, delivery("S2", DAYS[0])) == found
    assert merge(found, delivery("S2", DAYS[1])).records == ()


def test_a_name_follows_the_registration_that_counts_and_the_other_becomes_a_former_one() -> None:
    new = delivery("S2", DAYS[1], registration=registration_data()).model_copy(
        update={"name": "样本新名有限公司"}
    )
    old = delivery("S1", DAYS[0], registration=registration_data())
    for told in ([old, new], [new, old]):
        found = merged([FIRST, *told])
        assert (found.name, found.former_names) == ("样本新名有限公司", ("样本甲建设有限公司",))


def test_without_a_registration_there_is_no_subject() -> None:
    with pytest.raises(ReportgenError) as caught:
        merge(None, delivery("S2", records=[record_data()]))
    assert caught.value.code == "E0365"
    assert SUBJECT_USCC in caught.value.text()


def test_one_id_for_two_sources_is_refused() -> None:
    with pytest.raises(ReportgenError) as caught:
        merge(subject(), delivery("S1", origin="自主申报"))
    assert [fault.path for fault in caught.value.faults] == ["source.origin"]


def test_an_id_that_clashes_with_a_source_is_a_fault_and_no_crash() -> None:
    with pytest.raises(ReportgenError) as caught:
        merge(subject(records=[record_data(id="S2")]), delivery("S2"))
    assert caught.value.code == "E0301"
