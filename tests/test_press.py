"""A request through the register: the same request gives the same report, whatever crashed on the way."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from reportgen import pipeline
from reportgen.cli.demo import request_of, sample_office
from reportgen.document.issuer import issuer_of
from reportgen.document.typeset import Typeset
from reportgen.errors import ReportgenError
from reportgen.pipeline import Issued, Judged, Request
from reportgen.plain import read_plain
from reportgen.press import Press
from reportgen.registry import lifecycle, objections
from reportgen.registry.changes import learn
from reportgen.registry.lifecycle import Outcome, Use
from reportgen.registry.objections import Ending
from reportgen.registry.tables import EventRow, PartyRow, ReportRow, RestsOnRow, State
from reportgen.settings import asset_dir
from reportgen.store import people
from reportgen.store.engine import Store
from reportgen.store.files import Folder
from reportgen.store.people import Action

NOW = datetime(2026, 11, 22, 9, 30)
SAMPLES = asset_dir("sample_subjects")
CASES = {case["id"]: case for case in read_plain(SAMPLES / "cases.yaml").data["cases"]}


class CrashError(BaseException):
    """The process ends here: nothing that catches errors may catch it."""


def asked(name: str = "service-young") -> Request:
    return request_of(CASES[name], SAMPLES)


@pytest.fixture
def press(store: Store, tmp_path: Path) -> Press:
    return Press(store, Folder(tmp_path / "files"), b"a secret of the tests, 32 bytes!!")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set a report in no time; what it prints is not what is tested here."""

    def set_quickly(judged: Judged, identity: Any) -> Typeset:
        text = f"{identity.number} {identity.code} {identity.issued_at} {judged.assessment.sentence}"
        return Typeset(text.encode(), 1)

    monkeypatch.setattr(pipeline, "typeset", set_quickly)


def issue(press: Press, request: Request | None = None, later: float = 0) -> Issued:
    moment = NOW + timedelta(minutes=later)
    return pipeline.issue(request or asked(), sample_office(), moment, None, press)


def rows(press: Press) -> list[ReportRow]:
    asked_for = select(ReportRow).order_by(ReportRow.id)  # type: ignore[arg-type]
    return list(press.store.read(lambda session: session.exec(asked_for).all()))


def tags(press: Press) -> list[str]:
    asked_for = select(EventRow).order_by(EventRow.id)  # type: ignore[arg-type]
    return [event.tag for event in press.store.read(lambda session: session.exec(asked_for).all())]


def test_a_real_report_stands_in_the_office_and_in_the_register(press: Press) -> None:
    done = issue(press)
    (row,) = rows(press)
    assert done.path == press.files.where(str(row.file))
    assert (row.state, row.number, row.pages) == (State.ISSUED, done.number, done.pages)
    assert hashlib.sha256(Path(done.path).read_bytes()).hexdigest() == row.sha256
    assert issue(press, later=90).pdf == done.pdf
    assert len(rows(press)) == 1


def test_every_step_leaves_its_event(press: Press, quick: None) -> None:
    issue(press)
    assert [tag for tag in tags(press) if tag.startswith("report:")] == [
        "report:draft:create",
        "report:draft:review",
        "report:number:allot",
        "report:file:render",
        "report:state:issue",
    ]


def test_a_report_keeps_its_parties_and_what_it_rests_on(press: Press, quick: None) -> None:
    issue(press, asked("highway-lot2-joint"))
    parties = press.store.read(lambda session: session.exec(select(PartyRow)).all())
    facts = press.store.read(lambda session: session.exec(select(RestsOnRow)).all())
    assert len(parties) == 2
    assert {fact.uscc for fact in facts} == {party.uscc for party in parties}


def _crash(*_: object, **__: object) -> Any:
    raise CrashError


def _before(name: str) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(lifecycle, name, _crash)


def _without_a_file(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Folder, "write", _crash)


def _without_a_page(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pipeline, "typeset", _crash)


CRASHES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "before the draft": _before("draft"),
    "before the review": _before("review"),
    "before the number": _before("allot"),
    "before the pages": _without_a_page,
    "before the hash": _before("rendered"),
    "before the file": _without_a_file,
    "before the state": _before("issued"),
}
NUMBERED = ("before the pages", "before the hash", "before the file", "before the state")


@pytest.mark.parametrize("crash", CRASHES)
def test_after_a_crash_the_same_request_gives_one_whole_report(press: Press, quick: None, crash: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        CRASHES[crash](patch)
        with pytest.raises(CrashError):
            issue(press)
    before = rows(press)
    done = issue(press, later=7)
    (row,) = rows(press)
    assert row.state == State.ISSUED
    assert press.whole(row)
    assert done.number == row.number
    if before and before[0].number:
        assert before[0].number == row.number
    assert row.register_number == "20261122-000001"
    assert tags(press).count("report:state:issue") == 1


@pytest.mark.parametrize("change", ["snapshot_sha256 = 'other'", "assessment = NULL"])
def test_a_draft_of_other_facts_or_one_that_was_erased_is_begun_anew(
    press: Press, quick: None, change: str
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        CRASHES["before the review"](patch)
        with pytest.raises(CrashError):
            issue(press)
    press.store.write(lambda s: s.execute(text(f"UPDATE report SET {change}")))
    done = issue(press)
    draft, new = rows(press)
    assert (draft.state, new.state, new.number) == (State.DRAFT, State.ISSUED, done.number)
    assert issue(press).number == done.number


@pytest.mark.parametrize("crash", NUMBERED)
def test_a_number_once_allotted_is_that_of_the_facts_as_entered(
    press: Press, quick: None, crash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        CRASHES[crash](patch)
        with pytest.raises(CrashError):
            issue(press)
    request, quickly, printed = asked(), pipeline.typeset, []

    def typeset(judged: Judged, identity: Any) -> Typeset:
        printed.append(judged.assessment.snapshot_sha256)
        return quickly(judged, identity)

    monkeypatch.setattr(pipeline, "typeset", typeset)
    lead = request.applicant.members[0]
    learned = lead.subject.model_copy(
        update={"registration": lead.subject.registration.model_copy(update={"scope": "另有经营范围"})}
    )
    members = (lead.model_copy(update={"subject": learned}), *request.applicant.members[1:])
    issue(press, replace(request, applicant=request.applicant.model_copy(update={"members": members})))
    (row,) = rows(press)
    assert row.state == State.ISSUED
    assert printed in ([], [row.snapshot_sha256])


@pytest.mark.parametrize("crash", NUMBERED)
def test_the_sweep_finishes_what_a_crash_left(press: Press, quick: None, crash: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        CRASHES[crash](patch)
        with pytest.raises(CrashError):
            issue(press)
    assert pipeline.sweep(sample_office(), press, NOW - timedelta(seconds=1), NOW) == []
    (number,) = pipeline.sweep(sample_office(), press, NOW + timedelta(minutes=1), NOW)
    (row,) = rows(press)
    assert (row.number, row.state) == (number, State.ISSUED)
    assert press.whole(row)
    assert issue(press, later=9).number == number


def test_a_number_whose_report_cannot_be_made_is_void_and_the_next_request_has_another(
    press: Press, quick: None
) -> None:
    def refuse(*_: object) -> Any:
        raise ReportgenError("E0701")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "typeset", refuse)
        with pytest.raises(ReportgenError):
            issue(press)
    (void,) = rows(press)
    assert void.state == State.VOID
    done = issue(press)
    assert done.number != void.number
    assert [row.state for row in rows(press)] == [State.VOID, State.ISSUED]


def test_a_report_of_rules_released_anew_meanwhile_is_given_up(press: Press, quick: None) -> None:
    with pytest.MonkeyPatch.context() as patch:
        _without_a_page(patch)
        with pytest.raises(CrashError):
            issue(press)
    (row,) = rows(press)
    press.store.write(lambda s: setattr(lifecycle.get(s, row.id or 0), "pack_sha256", "0" * 64))
    assert pipeline.sweep(sample_office(), press, NOW + timedelta(minutes=1), NOW) == [row.number]
    assert [row.state for row in rows(press)] == [State.VOID]


def test_an_expired_report_is_followed_by_a_new_one(press: Press, quick: None) -> None:
    first = issue(press)
    later = issue(press, later=60 * 24 * 91)
    assert later.number != first.number
    assert [row.state for row in rows(press)] == [State.EXPIRED, State.ISSUED]


def test_another_purpose_is_another_report(press: Press, quick: None) -> None:
    first = issue(press)
    request = asked()
    other = replace(request, binding=request.binding.model_copy(update={"purpose": "存档"}))
    assert issue(press, other).number != first.number


def test_a_successor_names_its_predecessor_which_stays_usable(press: Press, quick: None) -> None:
    first = issue(press)
    second = issue(press, replace(asked(), supersedes=first.number), later=5)
    old, new = rows(press)
    assert (new.supersedes_id, old.superseded, new.number) == (old.id, True, second.number)
    use = Use(old.project, old.round, old.lot, old.recipient)
    desk = press.desk(NOW)
    done = press.store.write(lambda session: lifecycle.consume(session, first.number, use, desk))
    assert done.outcome is Outcome.USED


def test_the_request_kept_is_the_request_asked(press: Press, quick: None) -> None:
    request = asked("highway-lot2-joint")
    issue(press, request)
    (row,) = rows(press)
    kept = press.restore(row)
    assert kept.key() == request.key()
    assert pipeline.snapshot(kept.applicant, kept.project) == row.snapshot_sha256


def test_without_evidence_there_is_a_letter_and_no_number(press: Press) -> None:
    done = issue(press, asked("housing-gaps"))
    assert (done.number, done.path) == ("", None)
    assert rows(press) == []


def test_facts_project_and_agency_are_told_once_however_many_reports_follow(
    press: Press, quick: None
) -> None:
    issue(press)
    request = asked()
    issue(press, replace(request, binding=request.binding.model_copy(update={"purpose": "存档"})), later=1)
    found = tags(press)
    told = ("subject:facts:import", "project:version:import", "office:agency:change")
    assert [found.count(tag) for tag in told] == [1, 1, 1]


def test_where_nothing_differs_the_agency_is_only_read(press: Press, quick: None) -> None:
    issuer = issuer_of(sample_office())
    press.permit(issuer, Action.ISSUE, NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "write", _crash)
        press.permit(issuer, Action.ISSUE, NOW + timedelta(days=1))


def test_whoever_may_not_act_changes_nothing(press: Press, quick: None) -> None:
    press.store.write(lambda session: people.add_user(session, "jia", "样例"))
    with pytest.raises(ReportgenError, match="E1107"):
        issue(press)
    with pytest.raises(ReportgenError, match="E1107"):
        press.act(Action.USAGE, _crash)
    assert (rows(press), tags(press)) == ([], [])


def _kept_with(press: Press, request: Request, ending: Ending) -> tuple[str, str]:
    """End an objection to a record that the office holds of the applicant; return its subject and its id."""
    (subject,) = request.applicant.subjects
    fact, desk = subject.records[0].id, press.desk(NOW)
    said = "本公司保留意见" if ending is Ending.KEPT else ""

    def whole(session: Session) -> None:
        learn(session, subject, desk)
        case = objections.receive(session, subject.uscc, fact, "有误", desk)
        objections.close(session, case.id or 0, ending, "已核查", desk, said)

    press.store.write(whole)
    return subject.uscc, fact


def test_a_file_that_lacks_the_subject_s_statement_is_judged_with_it(press: Press) -> None:
    request = asked()
    _, fact = _kept_with(press, request, Ending.KEPT)
    (subject,) = press.current(request.applicant, NOW)[0].subjects
    assert {record.statement for record in subject.records if record.id == fact} == {"本公司保留意见"}


def test_a_record_deleted_while_its_report_is_made_leaves_no_report(press: Press) -> None:
    request = asked()

    def meanwhile(judged: Judged, identity: Any) -> Typeset:
        _kept_with(press, request, Ending.DELETED)
        return Typeset(b"%PDF", 1)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(ReportgenError, match="E0605"):
        patch.setattr(pipeline, "typeset", meanwhile)
        issue(press, request)
    (row,) = rows(press)
    assert row.state == State.VOID
    assert not press.whole(row)
    assert press.files.empty()
