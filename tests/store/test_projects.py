"""Projects in the office's database: an amended tender is a later version, a new round a later round."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from reportgen.errors import ReportgenError
from reportgen.intake.files import load_project
from reportgen.project.model import Project
from reportgen.settings import asset_dir
from reportgen.store.engine import Store
from reportgen.store.projects import ImportedProject, import_project, project_at
from reportgen.store.tables import LotRow, ProjectRow
from tests.factories import lot_data, project

NOW = datetime(2026, 11, 21, 9, 30)
HOUR = timedelta(hours=1)
NAME = project().id


def learn(store: Store, given: Project, known_at: datetime = NOW) -> ImportedProject:
    return store.write(lambda session: import_project(session, given, known_at))


def known(store: Store, round_: int | None = None, known_at: datetime | None = None) -> Project:
    return store.read(lambda session: project_at(session, NAME, round_, known_at))


def rows(store: Store) -> list[ProjectRow]:
    return store.read(lambda s: list(s.exec(select(ProjectRow).order_by(col(ProjectRow.id))).all()))


def test_an_amended_tender_is_a_new_version_and_the_old_one_stays_known(store: Store) -> None:
    amended = project(bid_deadline="2026-12-20T10:00:00")
    assert learn(store, project()).new
    assert learn(store, amended, NOW + HOUR).new
    assert known(store) == amended
    assert known(store, known_at=NOW) == project()
    assert [row.closes_at.day for row in rows(store)] == [10, 20]


def test_the_same_tender_again_enters_nothing(store: Store) -> None:
    learn(store, project())
    assert not learn(store, project(), NOW + HOUR).new
    assert len(rows(store)) == 1


def test_an_amendment_may_be_taken_back(store: Store) -> None:
    for hours, value in enumerate(["10000000", "20000000", "10000000"]):
        assert learn(store, project(value=value), NOW + HOUR * hours).new
    assert known(store) == project()


def test_a_round_of_its_own_stands_beside_the_first_and_the_last_one_counts(store: Store) -> None:
    again = project(round=2, bid_deadline="2027-01-10T10:00:00")
    learn(store, again)
    assert learn(store, project(), NOW + HOUR).new
    assert known(store) == again
    assert known(store, 1) == project()


@pytest.mark.parametrize(("round_", "known_at"), [(3, None), (None, NOW - HOUR), (1, NOW - HOUR)])
def test_an_unknown_project_is_an_error_of_its_own(
    store: Store, round_: int | None, known_at: datetime | None
) -> None:
    learn(store, project())
    with pytest.raises(ReportgenError, match="E0351"):
        known(store, round_, known_at)


def test_no_amendment_is_learned_in_hindsight(store: Store) -> None:
    learn(store, project())
    with pytest.raises(ReportgenError, match="E0352"):
        learn(store, project(value="1"), NOW - HOUR)


def test_each_version_has_its_own_lots(store: Store) -> None:
    learn(store, project(lots=[lot_data("A"), lot_data("B")]))
    learn(store, project(lots=[lot_data("A")]), NOW + HOUR)
    lots = store.read(
        lambda s: s.exec(select(LotRow).order_by(col(LotRow.project_id), col(LotRow.lot))).all()
    )
    first, second = (row.id for row in rows(store))
    assert [(lot.project_id, lot.lot, lot.name) for lot in lots] == [
        (first, "A", "A 标段"),
        (first, "B", "B 标段"),
        (second, "A", "A 标段"),
    ]


def test_outside_tendering_the_day_of_the_decision_closes_at_its_first_moment(store: Store) -> None:
    subsidy = load_project(asset_dir("sample_subjects") / "projects" / "subsidy-research.yaml")
    learn(store, subsidy)
    (row,) = rows(store)
    assert row.closes_at == datetime.combine(subsidy.judged_on, datetime.min.time())
    assert (row.owner, row.matter) == (subsidy.owner.uscc, subsidy.matter)
