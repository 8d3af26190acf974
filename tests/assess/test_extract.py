"""信用记录: which records are shown, how they are counted, and what is told of those left out."""

from datetime import date
from typing import Any

import pytest

from reportgen.assess.extract import Extract, extract, extract_omissions, extract_policy
from reportgen.errors import ReportgenError
from reportgen.subject.model import Subject
from reportgen.subject.records import Head
from tests.factories import record_data, source_data, subject_data

ON = date(2026, 11, 21)


def subject(*records: dict[str, Any], **changes: Any) -> Subject:
    sources = [source_data(), source_data(id="S2", origin="自主申报")]
    return Subject.model_validate(subject_data(**{"sources": sources, "records": list(records), **changes}))


def found(*records: dict[str, Any], **changes: Any) -> Extract:
    return extract(subject(*records, **changes), extract_policy("990102", ON), ON)


def left(*records: dict[str, Any]) -> list[tuple[str, bool]]:
    told = extract_omissions(subject(*records), extract_policy("990102", ON), ON)
    return [(one.reason, one.withheld) for one in told]


def tax(day: str, **changes: Any) -> dict[str, Any]:
    return record_data(**{"kind": "纳税信用A级", "title": "纳税信用A级", "determined_on": day, **changes})


def test_every_head_is_counted_also_an_empty_one() -> None:
    counts = {count.head: count.total for count in found(tax("2026-04-01")).counts}
    assert counts == {head: int(head is Head.GOOD_FAITH) for head in Head}


@pytest.mark.parametrize(
    ("day", "shown"), [("2023-11-21", True), ("2023-11-20", False), ("2026-11-21", True)]
)
def test_the_look_back_is_that_of_the_rules(day: str, shown: bool) -> None:
    assert bool(found(tax(day)).items) is shown
    assert bool(left(tax(day))) is not shown


def test_what_is_too_old_is_counted_with_its_rule() -> None:
    (one,) = found(tax("2020-01-01"), tax("2026-01-01", id="R2")).left_out
    assert (one.reason, one.count, one.rule) == ("早于回溯期", 1, "本机构设定")
    assert left(tax("2020-01-01")) == [("早于回溯期", False)]


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "已修复", "repaired_on": "2026-10-01"},
        {"state": "已撤销", "revoked_on": "2026-10-01"},
        {"severity": "轻微"},
        {"severity": "一般", "determined_on": "2025-11-20"},
    ],
)
def test_of_what_the_law_withholds_not_even_the_number_is_told(changes: dict[str, Any]) -> None:
    one = record_data(**{"determined_on": "2026-09-01", **changes})
    without, withheld = found(), found(one)
    assert withheld == without
    ((_, kept_back),) = left(one)
    assert kept_back


def test_a_disputed_and_an_unchecked_record_are_shown_and_marked() -> None:
    disputed = tax("2026-04-01", state="异议中", disputed_on="2026-11-01")
    item = found(disputed, tax("2026-03-01", id="R2", source="S2"))
    marks = [(one.state, one.checked) for one in item.items]
    assert marks == [("异议中", True), ("有效", False)]
    (count,) = (c for c in item.counts if c.head is Head.GOOD_FAITH)
    assert (count.total, count.disputed, count.unchecked) == (2, 1, 1)


def test_only_the_document_says_how_grave_it_is() -> None:
    stated = record_data(determined_on="2026-09-01", severity="严重")
    assert found(stated).items[0].severity == "严重"
    assert found(stated | {"severity_manual": True}).items[0].severity is None
    assert found(record_data(determined_on="2026-09-01", severity=None)).items[0].severity is None


def test_the_order_of_the_facts_changes_nothing() -> None:
    records = [tax("2026-04-01", id=f"R{n}") for n in range(4)]
    assert found(*records) == found(*reversed(records))


def test_it_is_complete_only_after_a_closed_list() -> None:
    assert not found().complete
    assert found(sources=[source_data(complete_for=["records"])]).complete


def test_a_day_without_rules_gives_none() -> None:
    with pytest.raises(ReportgenError) as caught:
        extract_policy("990102", date(1999, 1, 1))
    assert caught.value.code == "E0310"
