"""What differs between two versions: each sort on its own, and laws that hold for any two."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.subject.canonical import canonical
from reportgen.subject.changes import SUBJECT, Sort, changes
from reportgen.subject.model import Subject
from tests.factories import (
    SUBJECT_USCC,
    contract_data,
    made_up_uscc,
    record_data,
    registration_data,
    source_data,
    subject,
)

Told = list[tuple[str, str, str]]


def told(before: Subject, after: Subject) -> Told:
    return [(change.collection, change.fact, change.sort.value) for change in changes(before, after)]


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    """Draw a subject with some of a few records and contracts, each in one of a few versions."""
    states: list[dict[str, Any]] = [{}, {"state": "已修复", "repaired_on": "2026-10-01"}, {"amount": "1000"}]
    names = draw(st.lists(st.sampled_from(["R1", "R2", "R3"]), unique=True))
    works = draw(st.lists(st.sampled_from(["C1", "C2"]), unique=True))
    return subject(
        as_of=draw(st.sampled_from(["2026-11-19", "2026-11-20"])),
        name=draw(st.sampled_from(["样本甲建设有限公司", "样本乙建设有限公司"])),
        records=[record_data(id=name, **draw(st.sampled_from(states))) for name in names],
        contracts=[contract_data(id=name, value=draw(st.sampled_from(["1", "2"]))) for name in works],
    )


@given(subjects(), subjects())
def test_nothing_changed_exactly_where_the_canonical_texts_are_equal(one: Subject, other: Subject) -> None:
    assert (not changes(one, other)) == (canonical(one) == canonical(other))


@given(subjects(), subjects())
def test_looking_from_the_other_side_turns_every_change_round(one: Subject, other: Subject) -> None:
    turned = {Sort.ADDED: Sort.REMOVED, Sort.REMOVED: Sort.ADDED, Sort.CHANGED: Sort.CHANGED}
    there, back = changes(one, other), changes(other, one)
    assert [(c.collection, c.fact, turned[c.sort]) for c in there] == [
        (c.collection, c.fact, c.sort) for c in back
    ]
    for change, mirrored in zip(there, back, strict=True):
        assert [(f.path, f.before, f.after) for f in change.fields] == [
            (f.path, f.after, f.before) for f in mirrored.fields
        ]


@given(subjects(), subjects())
def test_only_a_changed_fact_names_fields_and_each_of_them_differs(one: Subject, other: Subject) -> None:
    for change in changes(one, other):
        assert bool(change.fields) == (change.sort is Sort.CHANGED)
        assert all(field.before != field.after for field in change.fields)


def test_a_record_that_came_went_or_was_repaired_is_told_by_its_id() -> None:
    before = subject(records=[record_data(id="R1"), record_data(id="R2")])
    repaired = record_data(id="R2", state="已修复", repaired_on="2026-11-01")
    after = subject(records=[repaired, record_data(id="R3")])
    assert told(before, after) == [
        ("records", "R1", "删除"),
        ("records", "R2", "变更"),
        ("records", "R3", "新增"),
    ]
    fields = {field.path: (field.before, field.after) for field in changes(before, after)[1].fields}
    assert fields == {"state": ("有效", "已修复"), "repaired_on": (None, "2026-11-01")}


def test_a_field_within_a_field_is_told_by_its_path() -> None:
    check = {"by": "核验员甲", "how": "查验原件", "on": "2026-11-19"}
    before, after = subject(), subject(registration=registration_data(verification=check))
    (change,) = changes(before, after)
    assert {field.path for field in change.fields} == {
        "verification.by",
        "verification.how",
        "verification.on",
    }
    ban = {"scope": ["政府采购"], "since": "2026-01-01", "until": "2027-01-01", "legal_basis": "某法"}
    longer = ban | {"until": "2028-01-01"}
    (change,) = changes(subject(records=[record_data(ban=ban)]), subject(records=[record_data(ban=longer)]))
    (field,) = change.fields
    assert (field.path, field.before, field.after) == ("ban.until", "2027-01-01", "2028-01-01")


def test_name_and_day_belong_to_the_subject_itself_and_stand_first() -> None:
    before = subject(sources=[source_data(), source_data(id="S2")])
    after = subject(name="样本新名有限公司", as_of="2026-11-21")
    assert told(before, after) == [(SUBJECT, SUBJECT_USCC, "变更"), ("sources", "S2", "删除")]
    assert [field.path for field in changes(before, after)[0].fields] == ["as_of", "name"]


def test_another_subject_is_another_one_and_no_change_of_the_first() -> None:
    other = subject(uscc=made_up_uscc(9))
    assert {sort for collection, _, sort in told(subject(), other) if collection == SUBJECT} == {
        "新增",
        "删除",
    }


@pytest.mark.parametrize("moved", ["officers", "shareholders"])
def test_a_fact_that_moved_to_another_collection_was_removed_and_added(moved: str) -> None:
    person = {"id": "X", "source": "S1", "name": "某某"}
    as_shareholder = subject(shareholders=[person | {"kind": "自然人", "share": "1"}])
    as_officer = subject(officers=[person | {"post": "董事"}])
    sorts = told(as_officer, as_shareholder) if moved == "shareholders" else told(as_shareholder, as_officer)
    assert {sort for _, _, sort in sorts} == {"新增", "删除"}
    assert len(sorts) == 2
