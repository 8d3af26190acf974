"""A delivery: facts of one source, each thing once, every fault named; and what makes two facts the same."""

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from reportgen.faults import faults_of
from reportgen.subject.delivery import Delivery
from reportgen.subject.identity import fact_id
from reportgen.subject.model import COLLECTIONS
from tests.factories import (
    PARTNER_USCC,
    SUBJECT_USCC,
    Data,
    contract_data,
    credit_line_data,
    equipment_data,
    fact_data,
    headcount_data,
    made_up_uscc,
    person_data,
    qualification_data,
    record,
    record_data,
    registration_data,
    shareholder_data,
    source_data,
    statement_data,
    subject,
    technology_data,
)

CHECK = {"by": "核验员甲", "how": "查验原件", "on": "2026-11-13"}


def delivery_data(**changes: Any) -> Data:
    return {"uscc": SUBJECT_USCC, "name": "样本甲建设有限公司", "source": source_data(), **changes}


def faults(**changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        Delivery.model_validate(delivery_data(**changes))
    return [(fault.path, fault.what) for fault in faults_of(caught.value)]


def told(**changes: Any) -> list[tuple[str, str]]:
    found = Delivery.model_validate(delivery_data(**changes))
    return [(name, fact.id) for name, fact in found.tellings()]


def test_a_delivery_of_nothing_is_one() -> None:
    assert told() == []


def test_every_fault_is_told_by_its_path() -> None:
    found = faults(
        source=source_data(complete_for=["nothing"]),
        records=[record_data(source="S2")],
        shareholders=[shareholder_data(share="0.6"), shareholder_data(name="乙", share="0.6")],
    )
    assert [path for path, _ in found] == ["records[0].source", "source.complete_for", "shareholders"]


def test_what_is_listed_twice_alike_is_told_once_with_what_either_says() -> None:
    twice = [
        record_data(number="样建罚〔2026〕1号", location="第 3 页"),
        record_data(id="R2", number="样建罚(2026)1 号", amount="1000", verification=CHECK),
    ]
    found = list(Delivery.model_validate(delivery_data(records=twice)).tellings())
    assert [fact.id for _, fact in found] == ["R2"]
    assert found[0][1].verification is not None
    assert found[0][1].model_dump()["amount"] == Decimal(1000)


def test_what_is_listed_twice_and_differs_is_a_fault() -> None:
    twice = [record_data(number="1"), record_data(id="R2", number="1", amount="1")]
    thrice = [*twice, record_data(id="R3", number="1", amount="2")]
    assert told(records=twice) == [("records", "R1")]
    assert faults(records=thrice) == [("records[2]", "与 records[0] 是同一事项而内容不同：amount")]


def test_the_registration_is_a_fact_of_the_source_too() -> None:
    assert told(registration=registration_data()) == [("registration", "REG")]
    assert faults(registration=registration_data(source="S2"))[0][0] == "registration.source"


SAME: list[tuple[str, Data, Data]] = [
    ("records", record_data(number="罚〔2026〕1号"), record_data(number="罚（2026）1 号", title="另一标题")),
    ("records", record_data(), record_data(amount="1")),
    ("qualifications", qualification_data(number="D1"), qualification_data(number="ｄ１", grade="一级")),
    ("statements", statement_data(), statement_data(revenue="1")),
    ("headcounts", headcount_data(), headcount_data(total="101")),
    ("contracts", contract_data(), contract_data(value="1")),
    ("shareholders", shareholder_data(uscc=PARTNER_USCC), shareholder_data(uscc=PARTNER_USCC, name="新名")),
    ("people", person_data(), person_data(grade="二级")),
]
OTHER: list[tuple[str, Data, Data]] = [
    ("records", record_data(number="1"), record_data(number="2")),
    ("records", record_data(number="1"), record_data(number="1", kind="行政强制")),
    ("records", record_data(number="1"), record_data(number="1", authority="另一局")),
    ("records", record_data(), record_data(determined_on="2026-06-02")),
    (
        "records",
        record_data(kind="行政许可", number="1"),
        record_data(kind="行政许可", number="1", determined_on="2026-06-02"),
    ),
    ("qualifications", qualification_data(number="D1"), qualification_data(number="D1", category="另一类")),
    ("qualifications", qualification_data(), qualification_data(grade="一级")),
    ("statements", statement_data(), statement_data(year="2024")),
    ("shareholders", shareholder_data(), shareholder_data(uscc=PARTNER_USCC)),
    ("people", person_data(number_tail="0001"), person_data(number_tail="0002")),
]


def ids(collection: str, *facts: Data) -> set[str]:
    found = [subject(**{collection: [fact | {"id": "X"}]}) for fact in facts]
    return {fact_id(collection, getattr(item, collection)[0]) for item in found}


@pytest.mark.parametrize(("collection", "one", "other"), SAME)
def test_the_same_thing_has_one_id(collection: str, one: Data, other: Data) -> None:
    assert len(ids(collection, one, other)) == 1


@pytest.mark.parametrize(("collection", "one", "other"), OTHER)
def test_another_thing_has_another_id(collection: str, one: Data, other: Data) -> None:
    assert len(ids(collection, one, other)) == 2


def test_an_id_can_be_read_and_holds_no_name_of_a_person() -> None:
    assert ids("statements", statement_data()) == {"statement-2025"}
    (name,) = ids("records", record_data(number="样建罚决〔2026〕12号"))
    assert re.fullmatch(r"record-2026-12-[0-9a-f]{12}", name)
    (name,) = ids("people", person_data())
    assert re.fullmatch(r"person-[0-9a-f]{12}", name)


@given(
    st.text(min_size=1, max_size=120).filter(str.strip), st.text(min_size=1, max_size=200).filter(str.strip)
)
def test_an_id_fits_whatever_the_number(number: str, title: str) -> None:
    found = record(number=number, title=title)
    assert len(fact_id("records", found)) <= 64
    assert re.fullmatch(r"[A-Za-z0-9-]+", fact_id("records", found))


def test_every_collection_has_an_identity() -> None:
    full = Delivery.model_validate(
        delivery_data(
            changes=[fact_data("G1", on="2026-01-01", item="住所变更", before="", after="")],
            officers=[fact_data("O1") | {"name": "闻道", "post": "董事"}],
            related=[fact_data("V1") | {"name": "样本集团", "uscc": made_up_uscc(7), "relation": "母公司"}],
            credit_lines=[credit_line_data()],
            technology=[technology_data()],
            equipment=[equipment_data()],
            registration=registration_data(),
            qualifications=[qualification_data()],
            statements=[statement_data()],
            contracts=[contract_data()],
            people=[person_data()],
            headcounts=[headcount_data()],
            shareholders=[shareholder_data()],
            records=[record_data()],
        )
    )
    found = {name: fact_id(name, fact) for name, fact in full.tellings()}
    assert found.keys() == {"registration", *COLLECTIONS}
    assert len(set(found.values())) == len(found)
