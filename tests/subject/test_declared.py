"""What a subject's own workbook may say of it: what it declares itself, with no check but those that are held."""

from typing import Any

import pytest

from reportgen.subject.changes import changes
from reportgen.subject.declared import declared, taken
from reportgen.subject.model import Subject
from tests.factories import (
    Data,
    headcount_data,
    qualification_data,
    record_data,
    registration_data,
    source_data,
    subject,
)

CHECK = {"by": "编制员甲", "how": "与社会保险参保证明核对", "on": "2026-11-13"}
FORGED = {"by": "编制员乙", "how": "核对原件", "on": "2026-11-20"}
OWN = source_data(id="S4", name="自主申报材料", origin="自主申报", collected_on="2026-11-09")
BANK = source_data(id="S5", name="银行授信证明", origin="交易对方")
SOURCES = [source_data(), OWN]
PEOPLE = headcount_data(
    id="HC-2023", source="S4", year="2023", total="36", technical="12", verification=CHECK
)
PENALTY = record_data(number="1")
HELD = subject(sources=SOURCES, headcounts=[PEOPLE], records=[PENALTY])


def given(**other: Any) -> Subject:
    """Return the held subject as its own workbook gives it back, without checks, but for what was changed there."""
    bare = PEOPLE | {"verification": None}
    return subject(**{"sources": SOURCES, "headcounts": [bare], "records": [PENALTY], **other})


def after(own: Subject, before: Subject | None = HELD) -> Subject:
    found = declared(before, own)
    assert found.faults == ()
    subject_after = taken(before, found.told)
    assert subject_after is not None
    return subject_after


def stopped(own: Subject, before: Subject | None = HELD) -> list[str]:
    found = declared(before, own)
    assert found.told == ()
    return [path for path, _ in found.faults]


def changed_people(**other: Any) -> list[Data]:
    return [PEOPLE | {"verification": None} | other]


def test_what_reads_as_before_keeps_the_check_that_is_held() -> None:
    assert changes(HELD, after(given())) == ()
    forged = given(headcounts=changed_people(verification=FORGED))
    assert changes(HELD, after(forged)) == ()
    assert [path for path, _ in declared(HELD, forged).remarks] == ["headcounts[0].verification.by"]


@pytest.mark.parametrize("typed", [None, CHECK, FORGED])
def test_what_reads_otherwise_is_checked_by_nobody(typed: Data | None) -> None:
    (people,) = after(given(headcounts=changed_people(total="99", verification=typed))).headcounts
    assert (people.id, people.total, people.verification) == ("HC-2023", 99, None)


def test_what_is_new_is_checked_by_nobody() -> None:
    more = headcount_data(id="X", source="S4", year="2024", verification=CHECK)
    found = after(given(headcounts=[*changed_people(), more])).headcounts
    assert [people.verification is None for people in found] == [False, True]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"registration": registration_data(address="另一处")}, "registration.address"),
        ({"records": [PENALTY | {"fulfilment": "全部履行"}]}, "records[0].fulfilment"),
        ({"records": [PENALTY | {"number": "2"}]}, "records[0].number"),
        ({"records": [PENALTY, record_data(id="R2", number="2")]}, "records[1].source"),
        ({"headcounts": changed_people(source="S1")}, "headcounts[0].source"),
        ({"sources": [source_data(complete_for=["records"]), OWN]}, "sources[0].complete_for"),
        ({"sources": [source_data(collected_on="2026-11-19"), OWN]}, "sources[0].collected_on"),
        ({"sources": [source_data(), OWN | {"origin": "公共来源"}]}, "sources[1].origin"),
        ({"sources": [source_data(), OWN | {"origin": "推算"}]}, "sources[1].origin"),
        ({"sources": [source_data(), OWN | {"collected_on": "2026-11-08"}]}, "sources[1].collected_on"),
        ({"sources": [*SOURCES, BANK]}, "sources[2].origin"),
        ({"sources": [*SOURCES, source_data(id="S9", complete_for=["records"])]}, "sources[2].origin"),
        ({"name": "另一家有限公司"}, "name"),
    ],
)
def test_nothing_is_told_in_the_name_of_another_source(change: Data, place: str) -> None:
    assert place in stopped(given(**change))


def test_what_a_public_source_says_stands_though_the_workbook_leaves_it_out() -> None:
    assert after(given(records=[])).records == HELD.records
    own = given(records=[PENALTY | {"source": "S4", "fulfilment": "全部履行"}])
    assert after(own).records == HELD.records
    assert [claim.source for claim in after(own).claims.records] == ["S4"]


def test_what_it_declares_no_more_goes_and_claims_stand() -> None:
    licence = qualification_data(number="1")
    claim = licence | {"source": "S4", "verification": CHECK, "grade": "一级"}
    held = subject(
        sources=SOURCES, headcounts=[PEOPLE], qualifications=[licence], claims={"qualifications": [claim]}
    )
    found = after(given(records=[], headcounts=[], qualifications=[licence]), held)
    assert found.headcounts == ()
    assert found.claims == held.claims


def test_of_one_nobody_knew_only_what_it_declares_itself_is_taken() -> None:
    assert stopped(given(), None) == ["sources[0].origin"]
    own = subject(
        sources=[OWN],
        registration=registration_data(source="S4", verification=CHECK),
        headcounts=[PEOPLE],
    )
    found = after(own, None)
    assert [fact.verification for _, fact in found.facts()] == [None, None]


def test_a_proven_name_stands_and_another_may_change() -> None:
    own = {"sources": [OWN], "registration": registration_data(source="S4"), "records": [], "headcounts": []}
    held = subject(**own)
    assert after(given(**own, name="另一家有限公司"), held).name == "另一家有限公司"
    checked = subject(**own | {"registration": registration_data(source="S4", verification=CHECK)})
    assert stopped(given(**own, name="另一家有限公司"), checked) == ["name"]


def test_a_workbook_that_declares_nothing_is_told_so() -> None:
    assert stopped(given(sources=[source_data()], headcounts=[]), subject(records=[PENALTY])) == ["sources"]


def test_what_contradicts_itself_is_told_by_its_row() -> None:
    licence = qualification_data(id="Q1", source="S1", number="1")
    own = qualification_data(id="Q2", source="S4", number="2")
    held = subject(sources=SOURCES, qualifications=[licence])
    twice = [licence, own, own | {"id": "Q3", "grade": "一级"}]
    assert stopped(given(headcounts=[], records=[], qualifications=twice), held) == ["qualifications[2]"]
