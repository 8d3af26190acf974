"""The documents that are bound to no project: what takes a use, what replaces what, and the way back."""

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from reportgen.certify.facts import GRADE, RECORD, REPORT
from reportgen.registry import lifecycle, verification
from reportgen.registry.lifecycle import Outcome, Use
from reportgen.registry.standing import standing
from reportgen.registry.tables import Kind, ReportRow, State
from reportgen.store.engine import Store
from reportgen.store.migrate import downgrade, upgrade
from tests.registry.lives import DESK, NOW, OWNER, SHA, issued

FREE: dict[str, Any] = {"project": "", "matter": "", "recipient": "", "purpose": "查询"}
LABELS = {Kind.REPORT: REPORT, Kind.RECORD: RECORD, Kind.GRADE: GRADE}


def made(store: Store, name: str, kind: Kind) -> ReportRow:
    return store.write(lambda s: issued(s, name, kind=kind, **FREE))


def superseded(store: Store, row: ReportRow) -> ReportRow:
    return store.write(lambda s: lifecycle.supersede(s, str(row.number), DESK))


def consumed(store: Store, row: ReportRow, project: str) -> Outcome:
    use = Use(project, 1, "", OWNER)
    return store.write(lambda s: lifecycle.consume(s, str(row.number), use, DESK)).outcome


@pytest.mark.parametrize("kind", [Kind.RECORD, Kind.GRADE])
def test_what_is_bound_to_no_project_is_never_used_up(store: Store, kind: Kind) -> None:
    row = made(store, "1", kind)
    for project in ("", "P-1"):
        assert consumed(store, row, project) is Outcome.REUSABLE
    assert store.read(lambda s: lifecycle.get(s, row.id or 0)).state == State.ISSUED


def test_a_subject_holds_several_records_and_one_grade(store: Store) -> None:
    for name in ("1", "2"):
        made(store, name, Kind.RECORD)
    made(store, "3", Kind.GRADE)
    with pytest.raises(IntegrityError):
        made(store, "4", Kind.GRADE)


def test_a_grade_that_another_takes_the_place_of_is_no_longer_usable(store: Store) -> None:
    row = made(store, "1", Kind.GRADE)
    report = store.write(lambda s: issued(s, "2"))
    old, other = superseded(store, row), superseded(store, report)
    assert (standing(old, NOW.date()).state, standing(old, NOW.date()).usable) == ("被替代", False)
    assert standing(other, NOW.date()).usable
    store.write(lambda s: lifecycle.revoke(s, str(row.number), "REQUESTED", DESK))
    assert standing(store.read(lambda s: lifecycle.get(s, row.id or 0)), NOW.date()).state == "已撤销"


@pytest.mark.parametrize("kind", Kind)
def test_the_book_tells_what_kind_of_document_it_is(store: Store, kind: Kind) -> None:
    made(store, "1", kind)
    assert store.read(lambda s: verification.facts(s, SHA, "", NOW)).kind == LABELS[kind]


def test_on_the_way_back_the_newest_record_of_a_subject_stands(owner: Store) -> None:
    for name in ("1", "2", "3"):
        made(owner, name, Kind.RECORD)
    made(owner, "4", Kind.GRADE)
    downgrade(owner, "0004")
    upgrade(owner)
    rows = owner.read(lambda s: s.exec(select(ReportRow).order_by(col(ReportRow.id))).all())
    assert [row.superseded for row in rows] == [True, True, False, False]
