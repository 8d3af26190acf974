"""At issue members and related parties are compared with the lists of the day: a code counts, a name waits, both are told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from reportgen import pipeline
from reportgen.assess.model import Conclusion
from reportgen.document.content import Paragraph
from reportgen.document.listings import compared
from reportgen.document.typeset import Typeset
from reportgen.errors import ReportgenError
from reportgen.pipeline import Issued, Judged, Request
from reportgen.press import Press
from reportgen.project.applicant import ComparedList
from reportgen.registry.editions import enter_lists
from reportgen.registry.screening import bidders
from reportgen.store.facts import subject_at
from reportgen.store.files import Folder
from reportgen.store.tables import HitRow, ListRow
from tests.listing import BLACK, row, write_list
from tests.test_press import NOW, CrashError, asked, issue, rows

Lists = Callable[..., None]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Judged]:
    """Set reports in no time, and keep what was to be printed."""
    kept: list[Judged] = []

    def set_quickly(judged: Judged, identity: Any) -> Typeset:
        kept.append(judged)
        return Typeset(identity.number.encode(), 1)

    monkeypatch.setattr(pipeline, "typeset", set_quickly)
    return kept


@pytest.fixture
def press(store: Any, tmp_path: Path) -> Press:
    return Press(store, Folder(tmp_path / "files"), b"a secret of the tests, 32 bytes!!")


@pytest.fixture
def lists(press: Press, tmp_path: Path) -> Lists:
    """Return what brings an edition of lists, collected so many days before the report."""

    def bring(*listed: dict[str, str], days: int = 2) -> None:
        desk = press.desk(NOW - timedelta(days=days))
        path = write_list(tmp_path / f"{days}.csv", *listed)
        enter_lists(press.store, path, "样本网站", desk.at.date(), desk)

    return bring


def of_subject(request: Request, **changes: str) -> dict[str, str]:
    subject = request.applicant.lead
    return row(**{"uscc": subject.uscc, "name": subject.name, "kind": "失信被执行人", **changes})


def hits(press: Press) -> list[str]:
    return [hit.state for hit in press.store.read(lambda s: list(s.exec(select(HitRow)).all()))]


def test_the_code_on_a_list_counts_at_issue_though_nobody_asked_to_compare(
    press: Press, seen: list[Judged], lists: Lists
) -> None:
    request = asked()
    assert pipeline.judge(request.applicant, request.project)[1].conclusion is not Conclusion.INCAPABLE
    lists(of_subject(request))
    done = issue(press, request)
    assert done.assessment.conclusion is Conclusion.INCAPABLE
    assert (done.waiting, hits(press)) == (0, ["PROVEN"])
    uscc = request.applicant.lead.uscc
    assert f"列入{BLACK}" in [r.title for r in press.store.read(lambda s: subject_at(s, uscc)).records]


def test_a_name_alone_waits_changes_nothing_and_is_told(
    press: Press, seen: list[Judged], lists: Lists
) -> None:
    request = asked()
    alone = pipeline.judge(request.applicant, request.project)[1]
    lists(of_subject(request, uscc=""))
    done = issue(press, request)
    assert (done.assessment.sentence, done.assessment.risks) == (alone.sentence, alone.risks)
    assert (done.waiting, hits(press)) == (1, ["OPEN"])
    assert done.warnings[0].startswith("有 1 项名单命中待人工确认")
    again = issue(press, request, later=9)
    assert (again.repeated, again.waiting, hits(press)) == (True, 1, ["OPEN"])


def test_a_request_that_lacks_evidence_tells_what_waits(press: Press, lists: Lists) -> None:
    request = asked("housing-gaps")
    lists(of_subject(request, uscc=""))
    done = issue(press, request)
    assert (done.path, done.waiting, len(done.warnings)) == (None, 1, 1)


def test_who_lacks_evidence_has_asked_and_may_ask_again_with_more(press: Press, seen: list[Judged]) -> None:
    whole = asked()
    (member,) = whole.applicant.members
    bare = member.subject.model_copy(
        update={"sources": member.subject.sources, "contracts": (), "people": ()}
    )
    lacking = replace(
        whole,
        applicant=whole.applicant.model_copy(
            update={"members": (member.model_copy(update={"subject": bare}),)}
        ),
    )
    name, uscc = whole.project.id, member.subject.uscc
    press.note(lacking, NOW)
    assert press.store.read(lambda s: bidders(s, name)) == ([uscc], []) and rows(press) == []
    issue(press, whole, later=1)
    assert press.store.read(lambda s: bidders(s, name)) == ([uscc], [])
    assert press.restore(rows(press)[0]).applicant.lead.contracts == member.subject.contracts


def test_all_members_of_a_request_that_lacks_evidence_have_asked(press: Press) -> None:
    request = asked("housing-gaps")
    issue(press, request)
    assert press.store.read(lambda s: bidders(s, request.project.id))[0] == [request.applicant.lead.uscc]


def test_the_report_says_which_editions_it_was_compared_with(
    press: Press, seen: list[Judged], lists: Lists
) -> None:
    lists(row(name="别的公司"), row(name="别的公司", list="另一名单"), days=3)
    lists(row(name="别的公司"))
    done = issue(press)
    told = [(one.name, one.collected_on) for one in seen[0].case.applicant.compared]
    assert told == [("另一名单", date(2026, 11, 19)), (BLACK, date(2026, 11, 20))]
    kept = press.restore(rows(press)[0])
    assert kept.applicant.compared == seen[0].case.applicant.compared
    assert pipeline.snapshot(kept.applicant, kept.project) == done.assessment.snapshot_sha256


def test_without_a_list_nothing_claims_a_comparison(press: Press, seen: list[Judged]) -> None:
    request = asked()
    done = issue(press, request)
    assert seen[0].case.applicant.compared == () and list(compared(())) == []
    assert done.assessment.snapshot_sha256 == pipeline.snapshot(request.applicant, request.project)


def test_an_edition_that_comes_while_the_report_is_made_is_not_claimed(
    press: Press, seen: list[Judged], lists: Lists
) -> None:
    lists(row(name="别的公司"), days=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "produce", _crash)
        with pytest.raises(CrashError):
            issue(press)
    lists(row(name="另一公司"))
    issue(press, later=5)
    assert [one.collected_on for one in seen[0].case.applicant.compared] == [date(2026, 11, 19)]


def _crash(*_: object) -> tuple[Any, str]:
    raise CrashError


def test_lists_spelt_by_another_table_of_characters_refuse_the_report(press: Press, lists: Lists) -> None:
    lists(row(name="别的公司"))

    def respell(session: Any) -> None:
        session.exec(select(ListRow)).one().spelling = "1.0"

    press.store.write(respell)
    with pytest.raises(ReportgenError, match="E0383"):
        issue(press)


def test_all_members_of_a_joint_venture_are_compared(press: Press, seen: list[Judged], lists: Lists) -> None:
    request = asked("highway-lot2-joint")
    lists(*(row(name=subject.name) for subject in request.applicant.subjects))
    done: Issued = issue(press, request)
    assert (done.waiting, hits(press)) == (2, ["OPEN", "OPEN"])


def test_what_the_office_compares_is_not_what_a_caller_says(press: Press, seen: list[Judged]) -> None:
    request = asked()
    edition = ComparedList(name="某名单", collected_on=date(2026, 11, 1), sha256="0" * 64)
    claimed = request.applicant.model_copy(update={"compared": (edition,)})
    issue(press, replace(request, applicant=claimed))
    assert seen[0].case.applicant.compared == ()


def test_few_lists_are_named_and_many_are_counted() -> None:
    many = [
        ComparedList(name=f"名单{index}", collected_on=date(2026, 11, 20), sha256="0" * 64)
        for index in range(9)
    ]
    (few,), (more,) = list(compared(many[:2])), list(compared(many))
    assert isinstance(few, Paragraph) and isinstance(more, Paragraph)
    assert "已与名单0（2026年11月20日采集）、名单1（2026年11月20日采集）交叉比对" in few.text
    assert "等 9 份名单交叉比对" in more.text and "名单6" not in more.text
