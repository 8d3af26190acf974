"""What is wrong with a list is said before anything is issued: every fault, by row and column."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from reportgen.batch.checking import check_rows
from reportgen.batch.job import Item, opened
from reportgen.batch.reading import read_requests
from reportgen.errors import ReportgenError
from reportgen.store.people import add_user, grant
from tests.batching import FAULTS, Asked, Sample, store_of, write_csv
from tests.workbooks import book, folder, sheets

Found = list[tuple[int, str, str]]


@pytest.fixture
def found(sample: Sample, tmp_path: Path) -> Callable[..., Found]:
    """Return what checks rows, and tells row, column and code of each fault."""

    def check(*rows: Asked) -> Found:
        listed = read_requests(write_csv(tmp_path / "requests.csv", rows))
        checked = check_rows(listed, opened(sample.place), {})
        assert {item.row for item in checked.items}.isdisjoint(fault.row for fault in checked.faults)
        return [(fault.row, fault.column, fault.code) for fault in checked.faults]

    return check


def test_sound_rows_are_items_with_the_key_of_their_request(sample: Sample, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "requests.csv", [sample.asked(0), sample.asked(1), sample.asked(0, 1)])
    seen: list[None] = []
    checked = check_rows(read_requests(path), opened(sample.place), {}, lambda: seen.append(None))
    assert [item.row for item in checked.items] == [2, 3, 4]
    assert len({item.key for item in checked.items}) == len(seen) == 3
    assert not checked.faults


def test_an_applicant_may_be_a_workbook_or_a_folder_of_tables(
    sample: Sample, found: Callable[..., Found], tmp_path: Path
) -> None:
    book(tmp_path / "甲.xlsx", sheets())
    folder(tmp_path / "甲", sheets())
    (tmp_path / "空").mkdir()
    assert found(sample.asked(applicant="甲.xlsx"), sample.asked(1, applicant="甲/")) == [
        (3, "applicant", "E0362")
    ]
    assert found(sample.asked(applicant="空/")) == [(2, "applicant", "E0370")]


@pytest.mark.parametrize("kind", list(FAULTS))
def test_each_kind_of_fault_is_found_at_its_column(
    kind: str, sample: Sample, found: Callable[..., Found]
) -> None:
    changes, column, code = FAULTS[kind]
    assert found(sample.asked(1), sample.asked() | changes) == [(3, column, code)]


def test_all_that_is_wrong_with_a_row_is_said_at_once(sample: Sample, found: Callable[..., Found]) -> None:
    row = sample.asked(
        0, applicant="1", project="nothing", recipient="2", authorisation="\u200b", supersedes="3"
    )
    assert found(row) == [
        (2, "applicant", "E0301"),
        (2, "project", "E0351"),
        (2, "recipient", "E0301"),
        (2, "authorisation", "E0701"),
        (2, "supersedes", "E0502"),
    ]


def test_the_applicant_does_not_pay_where_the_rules_bar_it(
    sample: Sample, found: Callable[..., Found]
) -> None:
    assert found(sample.asked(0, payer=sample.subjects[0].uscc)) == [(2, "payer", "E1105")]
    assert found(sample.asked(0, payer=sample.subjects[1].uscc)) == []


def test_a_joint_venture_is_checked_as_one(sample: Sample, found: Callable[..., Found]) -> None:
    lead, partner = (subject.uscc for subject in sample.subjects[:2])
    assert found(sample.asked(0, partners=f"{partner}:0.4")) == [(2, "partners", "E0308")]
    assert found(sample.asked(0, partners=f"{partner}：1.4")) == [(2, "partners", "E0202")]
    assert found(sample.asked(0, partners=f"{lead}:0.4；{partner}:0.1")) == [(2, "partners", "E0301")]
    assert found(sample.asked(0, partners=f"{partner}")) == [(2, "partners", "E0301")]


def test_the_same_request_twice_is_named_with_its_first_row(
    sample: Sample, found: Callable[..., Found]
) -> None:
    rows = (sample.asked(0), sample.asked(1), sample.asked(0), sample.asked(0, purpose="另一用途"))
    assert found(*rows) == [(4, "applicant", "E0362")]


def test_a_project_that_takes_no_report_any_more_or_has_no_rules_is_named(
    sample: Sample, found: Callable[..., Found]
) -> None:
    first, second = sample.projects
    sample.enter(
        first.model_copy(update={"id": "LATE", "report_valid_until": date(2026, 11, 21)}),
        second.model_copy(update={"id": "OLD", "bid_deadline": second.bid_deadline.replace(year=1999)}),  # type: ignore[union-attr]
    )
    rows = (sample.asked(0, project="LATE"), sample.asked(0, 1, project="OLD"))
    assert found(*rows) == [(2, "project", "E0323"), (3, "project", "E0310")]


def test_a_subject_that_cannot_be_printed_or_is_the_agencys_own_is_named(
    sample: Sample, found: Callable[..., Found]
) -> None:
    first, second = sample.subjects[:2]
    agency = opened(sample.place).means.issuer.agency
    owner = first.shareholders[0].model_copy(update={"uscc": agency.uscc})
    # Both were learned on a later day than what the office knows already.
    sample.enter(
        first.model_copy(update={"shareholders": (owner, *first.shareholders[1:])}),
        second.model_copy(update={"name": "样例\ue000公司"}),
    )
    assert found(sample.asked(0), sample.asked(1)) == [(2, "applicant", "E1103"), (3, "applicant", "E0701")]


def test_who_may_not_issue_is_told_so_before_any_row(sample: Sample, found: Callable[..., Found]) -> None:
    store = store_of(sample.folder)
    store.write(lambda session: add_user(session, "somebody", "样例"))
    with pytest.raises(ReportgenError, match="E1107"):
        found(sample.asked(0))
    store.write(lambda session: (add_user(session, "clerk", "样例"), grant(session, "clerk", "ADMIN")))
    assert found(sample.asked(0, supersedes="XY1")) == [(2, "supersedes", "E1107")]
    store.close()


def test_a_row_issued_in_an_earlier_run_has_its_use(sample: Sample, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "requests.csv", [sample.asked(0), sample.asked(0)])
    (first, second), place = read_requests(path), opened(sample.place)
    (item,) = check_rows([first], place, {}).items
    assert isinstance(item, Item)
    assert [f.code for f in check_rows([second], place, {item.key: 2}).faults] == ["E0362"]
