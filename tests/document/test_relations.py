"""关联提示: what two files say alike is pointed out, each applicant against the others, and nobody is named in full."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.document.relations import Bidder, Relation, relations
from reportgen.policy.loader import shelf
from reportgen.policy.ties import Tie
from reportgen.project.model import Matter
from reportgen.subject.base import Origin
from reportgen.subject.model import Link, Related, Subject
from tests.bundling import bidder, holding

SHELF = shelf()
Change = Callable[[Subject, Subject], tuple[Subject, Subject]]


def found(*applicants: Any, matter: Matter = Matter.WORKS_TENDER) -> tuple[Relation, ...]:
    given = [a if isinstance(a, tuple) else (a,) for a in applicants]
    return relations([Bidder((f"R{n}",), subjects) for n, subjects in enumerate(given)], matter, SHELF)


def ties(*applicants: Any) -> set[Tie]:
    return {relation.tie for relation in found(*applicants)}


def changed(subject: Subject, **changes: Any) -> Subject:
    return subject.model_copy(update=changes)


def first(subject: Subject, collection: str, /, **changes: Any) -> Subject:
    """Return a subject with its first fact of a collection changed."""
    facts = getattr(subject, collection)
    return changed(subject, **{collection: (facts[0].model_copy(update=changes), *facts[1:])})


def registered(subject: Subject, **changes: Any) -> Subject:
    return changed(subject, registration=subject.registration.model_copy(update=changes))


def test_applicants_with_nothing_in_common_have_no_relation() -> None:
    assert found(*(bidder(n) for n in range(1, 6))) == ()


@pytest.mark.parametrize(
    ("tie", "change"),
    [
        (Tie.REPRESENTATIVE, lambda a, b: (a, registered(b, legal_representative=a.registration.legal_representative))),
        (Tie.OFFICER, lambda a, b: (a, first(b, "officers", name=a.officers[0].name))),
        (Tie.HOLDING, lambda a, b: (a, holding(b, a, "0.3"))),
        (Tie.CONTROLLER, lambda a, b: (a, first(b, "shareholders", name=a.shareholders[0].name))),
        (Tie.HOLDER, lambda a, b: (a, first(b, "shareholders", name=a.shareholders[0].name, controls=False))),
        (Tie.PERSON, lambda a, b: (a, first(b, "people", **dict(a.people[0])))),
        (Tie.ADDRESS, lambda a, b: (a, registered(b, address=a.registration.address))),
        (
            Tie.POST,
            lambda a, b: (a, first(b, "officers", links=(Link(name=a.name, uscc=a.uscc, post="监事"),))),
        ),
        (
            Tie.RELATED,
            lambda a, b: (a, changed(b, related=(Related(id="REL-9", source="S-REG", name=a.name, relation="关联企业"),))),
        ),
    ],
)  # fmt: skip
def test_a_tie_is_found_whoever_stands_first_and_however_many_others_there_are(
    tie: Tie, change: Change
) -> None:
    one, other = change(bidder(1), bidder(2))
    assert tie in ties(one, other)
    assert tie in ties(other, bidder(3), one)
    (relation, *_) = [item for item in found(one, other) if item.tie is tie]
    assert {side.uscc for side in relation.sides} == {one.uscc, other.uscc}
    assert tie not in ties((one, other), bidder(3))


def test_the_members_of_one_joint_venture_are_one_applicant() -> None:
    one = bidder(1)
    partner = registered(bidder(2), legal_representative=one.registration.legal_representative)
    assert found((one, partner), bidder(3)) == ()


def test_a_member_that_also_applies_alone_is_told_with_both_reports_and_the_law() -> None:
    (relation,) = found(bidder(1), (bidder(2), bidder(1)))
    (side,) = relation.sides
    assert (relation.tie, side.reports, side.says) == (Tie.MEMBER, ("R0", "R1"), "单独参加；联合体成员")
    assert "第三十七条第三款" in relation.law


def test_what_one_subject_says_in_two_applications_is_told_once() -> None:
    one, held = bidder(1), holding(bidder(2), bidder(1), "0.6")
    relation = [item for item in found(one, held, (bidder(3), one)) if item.tie is Tie.HOLDING]
    assert len(relation) == 1
    (share, holder) = relation[0].sides
    assert (share.uscc, share.says, holder.uscc) == (held.uscc, "其股东，持股 60%", one.uscc)


def test_many_with_one_address_are_one_line() -> None:
    together = [registered(bidder(n), address="样本市 示例路１号") for n in range(1, 41)]
    (relation,) = found(*together[:39], registered(together[39], address="样本市示例路1号"))
    assert len(relation.sides) == 40


def test_what_nobody_checked_is_marked() -> None:
    def declared(subject: Subject) -> Subject:
        sources = tuple(
            s.model_copy(update={"origin": Origin.SELF_DECLARED}) if s.id == "S-REG" else s
            for s in subject.sources
        )
        return changed(subject, sources=sources)

    one, other = bidder(1), registered(bidder(2), address=bidder(1).registration.address)
    assert [item.checked for item in found(one, other)] == [True]
    assert [item.checked for item in found(one, declared(other))] == [False]


def test_no_natural_person_is_named_in_full() -> None:
    name = "欧阳样例"
    subjects = [
        first(
            first(
                first(registered(bidder(n), legal_representative=name), "officers", name=name),
                "shareholders",
                name=name,
            ),
            "people",
            name=name,
        )
        for n in (1, 2)
    ]
    told = [item.model_dump(mode="json") for item in found(*subjects)]
    assert {item["tie"] for item in told} == {Tie.REPRESENTATIVE, Tie.CONTROLLER, Tie.PERSON}
    assert name not in json.dumps(told, ensure_ascii=False)
    assert {item["shared"][:3] for item in told} == {"欧某某"}


def test_a_holder_that_is_no_natural_person_is_named() -> None:
    group = {"name": "样本集团有限公司", "kind": "企业法人", "controls": False, "share": Decimal("0.4")}
    (relation,) = found(*(first(bidder(n), "shareholders", **group) for n in (1, 2)))
    assert (relation.tie, relation.shared) == (Tie.HOLDER, "样本集团有限公司")


@given(st.permutations(range(6)), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=4))
def test_the_same_relations_are_found_in_any_order(order: list[int], pairs: list[tuple[int, int]]) -> None:
    subjects = _SUBJECTS.copy()
    for one, other in pairs:
        subjects[one] = registered(subjects[one], address=subjects[other].registration.address)

    def told(indices: list[int]) -> set[tuple[Tie, frozenset[str]]]:
        seen = relations([Bidder((f"R{i}",), (subjects[i],)) for i in indices], Matter.WORKS_TENDER, SHELF)
        return {(item.tie, frozenset(side.uscc for side in item.sides)) for item in seen}

    assert told(order) == told(sorted(order))


_SUBJECTS = [bidder(n) for n in range(1, 7)]
