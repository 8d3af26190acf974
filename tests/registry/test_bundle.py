"""What the register gives for a 比对汇总表: issued reports with what was judged then, after 开标 and not before."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from reportgen.assess.model import Conclusion
from reportgen.document.issuer import issuer_of
from reportgen.errors import ReportgenError
from reportgen.project.applicant import single
from reportgen.registry.bundle import Entered, Gathered, gather
from reportgen.registry.manifest import Scope
from reportgen.registry.tables import ReportRow
from reportgen.store.engine import Store
from reportgen.store.tables import SnapshotRow
from tests.bundling import ISSUED, OPENED, Desk, bidder, desk, numbers, weaker


@pytest.fixture
def place(store: Store, tmp_path: Path) -> Iterator[Desk]:
    with desk(store, tmp_path) as found:
        yield found


def told(place: Desk, at: datetime = OPENED, scope: Scope | None = None) -> Gathered:
    agency, asked = issuer_of(place.office).agency, scope or Scope(place.project.id)
    return place.press.store.read(lambda session: gather(session, agency, asked, at))


def refused(place: Desk, at: datetime, scope: Scope | None = None) -> tuple[str, str]:
    with pytest.raises(ReportgenError) as caught:
        told(place, at, scope)
    return caught.value.code, caught.value.text()


def test_before_the_opening_nothing_is_revealed_not_even_that_there_is_nothing(place: Desk) -> None:
    early = OPENED - timedelta(microseconds=1)
    none = refused(place, early)
    place.issue(single(bidder(1)))
    assert refused(place, early) == none
    assert none[0] == "E1106"
    assert len(told(place).reports) == 1


def test_each_report_comes_with_what_was_judged_and_the_facts_as_entered(place: Desk) -> None:
    issued = [place.issue(single(subject)) for subject in (bidder(1), weaker(bidder(2)))]
    found = {entered.listed.number: entered for entered in told(place).reports}
    assert list(found) == numbers(issued)
    for report, subject in zip(issued, (bidder(1), weaker(bidder(2))), strict=True):
        entered = found[report.number]
        assert entered.assessment == report.assessment
        assert [facts.uscc for facts in entered.subjects or ()] == [subject.uscc]
        assert (entered.book.number, entered.book.sha256) == (report.number, entered.listed.sha256)
        assert place.press.files.read(entered.file or "") is not None
    assert {e.assessment.conclusion for e in found.values() if e.assessment} == {
        Conclusion.CAPABLE,
        Conclusion.INCAPABLE,
    }


def test_who_asked_and_has_no_report_is_not_there(place: Desk) -> None:
    lacking = bidder(3).model_copy(update={"statements": (), "sources": bidder(3).sources[:1]})
    sources = tuple(s.model_copy(update={"complete_for": ()}) for s in bidder(3).sources)
    assert place.issue(single(lacking.model_copy(update={"sources": sources}))).path is None
    issued = place.issue(single(bidder(1)))
    assert [entered.listed.number for entered in told(place).reports] == [issued.number]


def test_what_had_to_be_forgotten_is_told_as_nothing(place: Desk) -> None:
    report = place.issue(single(bidder(1)))

    def forget(session: object) -> None:
        row = session.exec(select(ReportRow).where(ReportRow.number == report.number)).one()  # type: ignore[attr-defined]
        row.assessment = row.file = None
        facts = session.exec(select(SnapshotRow)).one()  # type: ignore[attr-defined]
        facts.content, facts.erased_at = None, ISSUED

    place.press.store.write(forget)
    (entered,) = told(place).reports
    assert (entered.file, entered.assessment, entered.subjects) == ("", None, None)
    assert isinstance(entered, Entered)
    assert entered.listed.conclusion == "具备信用能力"


def test_an_unknown_project_and_an_unknown_lot_are_refused(place: Desk) -> None:
    assert refused(place, OPENED, Scope("没有的项目"))[0] == "E0351"
    assert refused(place, OPENED, Scope(place.project.id, lot="9"))[0] == "E0306"
