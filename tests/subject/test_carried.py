"""What stands though nobody says it again: checks of what a source still says, claims that a file is silent about."""

from typing import Any

import pytest

from reportgen.subject.canonical import in_order
from reportgen.subject.carried import checked_as_before, with_claims_of
from reportgen.subject.delivery import Delivery
from reportgen.subject.merge import merge
from reportgen.subject.model import Subject
from tests.factories import (
    SUBJECT_USCC,
    qualification_data,
    record_data,
    registration_data,
    shareholder_data,
    source_data,
    subject,
)

CHECK = {"by": "编制员甲", "how": "查验原件", "on": "2026-11-19"}
LICENCE = {"number": "证 1", "category": "建筑工程施工总承包"}
TWO = [source_data(), source_data(id="S2", name="来源S2")]


def delivery(source: str = "S1", **told: Any) -> Delivery:
    by = source_data(id=source, collected_on="2026-11-21", **({"name": "来源S2"} if source == "S2" else {}))
    given = {"uscc": SUBJECT_USCC, "name": "样本甲建设有限公司", "source": by}
    return Delivery.model_validate(given | told)


def checks(found: Delivery) -> list[bool]:
    return [fact.verification is not None for _, fact in found.facts()]


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ({}, True),
        ({"id": "X", "location": "第 9 页"}, True),
        ({"number": "证1", "category": "建筑工程 施工总承包"}, True),
        ({"grade": "一级"}, False),
        ({"valid_until": "2030-12-31"}, False),
        ({"valid_from": None}, False),
        ({"annual_output": {"amount": "1", "unit": "吨"}}, False),
    ],
)
def test_a_check_is_of_what_was_said_and_not_of_where_or_how_it_is_spelt(
    said: dict[str, Any], stands: bool
) -> None:
    before = subject(qualifications=[qualification_data(**LICENCE, verification=CHECK)])
    found = checked_as_before(before, delivery(qualifications=[qualification_data(**(LICENCE | said))]))
    assert checks(found.delivery) == [stands]
    assert [path for path, _ in found.lapsed] == ([] if stands else ["qualifications.Q1"])


def test_a_check_of_the_registration_and_of_a_claim_stands_too() -> None:
    before = subject(registration=registration_data(verification=CHECK))
    assert checks(checked_as_before(before, delivery(registration=registration_data())).delivery) == [True]
    licence = qualification_data(**LICENCE, source="S2", verification=CHECK)
    before = subject(sources=TWO, claims={"qualifications": [licence]})
    again = delivery("S2", qualifications=[licence | {"verification": None}])
    assert checks(checked_as_before(before, again).delivery) == [True]


def test_a_check_is_of_one_source_and_a_newer_one_takes_its_place() -> None:
    before = subject(sources=TWO, qualifications=[qualification_data(**LICENCE, verification=CHECK)])
    other = delivery("S2", qualifications=[qualification_data(**LICENCE, source="S2")])
    assert checked_as_before(before, other).delivery == other
    newer = CHECK | {"on": "2026-11-20"}
    own = delivery(qualifications=[qualification_data(**LICENCE, grade="一级", verification=newer)])
    found = checked_as_before(before, own)
    assert (found.delivery, found.lapsed) == (own, ())


def silent(given: Subject, **changes: Any) -> Subject:
    """Return a subject as a workbook gives it back, which has no place for claims."""
    return Subject.model_validate(given.model_dump(exclude={"claims"}) | changes)


def test_what_a_workbook_gives_back_unchanged_is_what_the_office_knew() -> None:
    licences = [qualification_data(**LICENCE), qualification_data(id="Q2", number="证2")]
    before = merge(
        subject(registration=registration_data(), qualifications=licences),
        delivery(
            "S2",
            registration=registration_data(source="S2"),
            qualifications=[item | {"source": "S2"} for item in licences],
            shareholders=[shareholder_data(source="S2")],
        ),
    )
    assert before.claims.registrations
    assert len(before.claims.qualifications) == 2
    kept = with_claims_of(before, silent(before))
    assert (in_order(kept.subject), kept.count, kept.gone) == (before, 3, ())


def test_a_claim_follows_the_thing_under_its_new_id() -> None:
    before = subject(
        sources=TWO,
        qualifications=[qualification_data(**LICENCE)],
        claims={"qualifications": [qualification_data(**LICENCE, source="S2")]},
    )
    after = silent(before, qualifications=[qualification_data(id="NEW", **LICENCE)])
    assert [claim.id for claim in with_claims_of(before, after).subject.claims.qualifications] == ["NEW"]
    corrected = silent(before, qualifications=[qualification_data(number="证 1（更正）")])
    assert [claim.id for claim in with_claims_of(before, corrected).subject.claims.qualifications] == ["Q1"]


def test_shareholders_that_did_not_fit_stand_aside_as_before() -> None:
    before = subject(
        sources=TWO, claims={"shareholders": [shareholder_data(source="S2"), shareholder_data(id="G2")]}
    )
    kept = with_claims_of(before, silent(before, sources=[source_data()]))
    assert [claim.id for claim in kept.subject.claims.shareholders] == ["G2"]


def test_a_thing_that_a_file_leaves_out_takes_its_claims_along_and_they_are_told() -> None:
    before = subject(
        sources=TWO, records=[record_data()], claims={"records": [record_data(source="S2", amount="1")]}
    )
    kept = with_claims_of(before, silent(before, records=[]))
    assert kept.subject.claims.records == ()
    assert [(name, claim.source) for name, claim in kept.gone] == [("records", "S2")]
