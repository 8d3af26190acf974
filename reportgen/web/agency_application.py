"""One application on one page: who asks for what, what is lacking, how it is judged, and the step that is next.

Whoever may not take the step is told so beforehand, and so is whoever prepared what somebody else has to review.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from reportgen import counter
from reportgen.assess.quality import DataQuality, case_quality
from reportgen.counter import Considered
from reportgen.document.explained import Node, explained
from reportgen.errors import Fault, ReportgenError
from reportgen.press import Press
from reportgen.registry import applications, hits, lifecycle, queue, screening
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.application_rows import ApplicationState as State
from reportgen.registry.entries import looked_at
from reportgen.registry.queue import Waiting
from reportgen.store.accounts import Caller
from reportgen.store.people import PERMITTED, ROLE_NAMES, Action
from reportgen.web.access import ACCESS
from reportgen.web.door import caller_of, form_of
from reportgen.web.evidence import Evidence
from reportgen.web.house import House, TheHouse
from reportgen.web.letters import Kept, sent_letter
from reportgen.web.public import by_field
from reportgen.web.steps import Step, asked, confirmed, gone, told
from reportgen.zone import now

router = APIRouter(prefix="/agency/applications/{key}")
_DESK = (State.SUBMITTED, State.PREPARED, State.REVIEWED)
"""States in which a person has something to do."""
_ENDED = (State.RETURNED, State.WITHDRAWN)
"""States in which the office has no business with the applicant's facts."""
_LONGEST = 2000
_LINKED = ("agency_subject", "agency_hits", "agency_uploads", "agency_subject_form")
"""Pages that are linked for whoever may see them."""
Work = Callable[[Press, datetime], ApplicationRow]


@dataclass(frozen=True)
class Judgement:
    """An application as it is judged: the points with their evidence, what is lacking, and whether it is as drafted.

    `lists` says whether it was compared with any; `unentered` counts the hits to be decided that nobody has entered.
    """

    considered: Considered
    tree: Node
    quality: DataQuality | None
    same: bool
    lists: bool
    unentered: int

    @property
    def concluded(self) -> bool:
        """Say whether there is a conclusion, and so something to be printed."""
        return self.considered.judged.assessment.conclusion is not None


@router.get("", name="agency_application")
def application(request: Request, house: TheHouse, key: str) -> HTMLResponse:
    """Show everything about an application, and the step that its reader may take now."""
    return _page(request, house, key)


@router.get("/letter", name="agency_application_letter")
def letter(house: TheHouse, key: str) -> Response:
    """Return the letter of authority as it was received; raises E0354, E0203, E0909 (lost, or not the same any more)."""
    row = house.store.read(lambda session: applications.by_key(session, key))
    return sent_letter(house, Kept(row.letter, row.letter_sha256), "授权书")


@router.get("/draft.pdf", name="agency_application_draft")
def draft(request: Request, house: TheHouse, key: str) -> Response:
    """Return the draft of an application by the facts of now; raises E0354, E0401, E0617, E0618, E0701."""
    at = now()
    row = house.store.read(lambda session: applications.by_key(session, key))
    seen = counter.look_at(house.press, house.office, row, at)
    judged = seen.judged
    counter.require_evidence(judged)
    _enter_look(house, caller_of(request).login, seen, at)
    made = house.drafts.pdf(judged, at)
    return Response(made, media_type="application/pdf", headers={"Content-Disposition": "inline"})


@router.get("/report.pdf", name="agency_application_report")
def report(house: TheHouse, key: str) -> Response:
    """Return the report of an application as it was issued, to be shown in its page; raises E0354, E0203, E0909."""
    number = house.store.read(lambda session: queue.one(session, key, now())).number
    if not number:
        raise ReportgenError("E0203")
    content = house.press.content(house.store.read(lambda session: lifecycle.by_number(session, number)))
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": "inline"})


@router.get("/progress", name="agency_application_progress")
def progress(request: Request, house: TheHouse, key: str) -> Response:
    """Return how far rendering has come, as a piece of the page; 204 when the page has something new to say."""
    at = now()
    found = house.store.read(lambda session: queue.one(session, key, at))
    if found.state is not State.QUEUED:
        return Response(status_code=204)
    return house.pages.page(request, "progress", {"row": found.row, "place": found.place})


@router.post("/screen", name="agency_application_screen")
def screen(request: Request, house: TheHouse, key: str) -> Response:
    """比对: compare the applicant's members with all lists, and enter what is found."""

    def work(press: Press, at: datetime) -> ApplicationRow:
        found = house.store.read(lambda session: queue.one(session, key, at))
        usccs, desk = [member.uscc for member in found.members], press.desk(at)
        press.act(Action.SCREEN, lambda session: screening.screen(session, usccs, desk))
        return found.row

    return _taken(request, house, key, "screened", work)


@router.post("/prepare", name="agency_application_prepare")
def prepare(request: Request, house: TheHouse, key: str) -> Response:
    """编制: enter the draft."""
    return _taken(
        request, house, key, "prepared", lambda press, at: counter.prepare(press, house.office, key, at)
    )


@router.post("/review", name="agency_application_review")
def review(request: Request, house: TheHouse, key: str) -> Response:
    """复核: agree to the draft."""
    return _taken(
        request, house, key, "reviewed", lambda press, at: counter.review(press, house.office, key, at)
    )


@router.post("/send", name="agency_application_send")
def send(request: Request, house: TheHouse, key: str) -> Response:
    """签发: put the report into the queue, once it is confirmed; raises E0618 where the queue is full."""
    if not confirmed(form_of(request)):
        try:
            return asked(request, house, _sending(house, key))
        except ReportgenError as error:
            return _page(request, house, key, error)
    most = house.settings.queue
    return _taken(
        request, house, key, "sent", lambda press, at: counter.send(press, house.office, key, most, at)
    )


@router.post("/send-back", name="agency_application_send_back")
def send_back(request: Request, house: TheHouse, key: str) -> Response:
    """退回编制: have it prepared anew, with what is wrong."""

    def work(press: Press, at: datetime) -> ApplicationRow:
        row = house.store.read(lambda session: applications.by_key(session, key))
        action = Action.ISSUE if row.state == State.REVIEWED else Action.REVIEW
        note = _note(request, "back")
        return press.act(action, lambda session: applications.sent_back(session, key, note, press.desk(at)))

    return _taken(request, house, key, "sent-back", work)


@router.post("/return", name="agency_application_return")
def give_back(request: Request, house: TheHouse, key: str) -> Response:
    """退回申请人: give it back with what he is to do."""

    def work(press: Press, at: datetime) -> ApplicationRow:
        note = _note(request, "return")
        return press.act(
            Action.PREPARE, lambda session: applications.returned(session, key, note, press.desk(at))
        )

    return _taken(request, house, key, "returned", work)


def _taken(request: Request, house: House, key: str, done: str, work: Work) -> Response:
    """Take a step and go back to the page; what is refused is told there, beside what it is about."""
    try:
        work(house.desk_of(caller_of(request).login), now())
    except ReportgenError as error:
        if error.code == "E0618":
            raise
        return _page(request, house, key, error)
    return gone(f"/agency/applications/{key}", done)


def _note(request: Request, name: str) -> str:
    """Return what was typed for whoever has to go on; raises E0301."""
    note = form_of(request).word(name)
    if not 0 < len(note) <= _LONGEST:
        what = f"请填写，最多 {_LONGEST} 字"
        raise ReportgenError("E0301", path=name, faults=[Fault("E0301", name, what)])
    return note


def _page(request: Request, house: House, key: str, error: ReportgenError | None = None) -> HTMLResponse:
    at, caller = now(), caller_of(request)
    found = house.store.read(lambda session: queue.one(session, key, at))
    judged, trouble = _judged(house, found, at)
    if judged is not None:
        _enter_look(house, caller.login, judged.considered, at)
    wrong = by_field(list(error.faults)) if error is not None and error.code == "E0301" else {}
    said = {
        "found": found,
        "place": found.place,
        "judged": judged,
        "trouble_with": trouble,
        "error": None if error is None or wrong else error.shown(),
        "wrong": wrong,
        "typed": form_of(request).words if wrong else {},
        "hindrance": _hindrance(found, caller),
        "may_return": found.state in _DESK and _may(caller, Action.PREPARE),
        "may_screen": found.state in _DESK and _may(caller, Action.SCREEN),
        "sees": {name: ACCESS[name].admits(caller) for name in _LINKED},
        "evidence": _evidence(found, judged, caller),
        "done": told(request),
    }
    return house.pages.page(request, "agency_application", said, error.entry.http if error else 200)


def _judged(house: House, found: Waiting, at: datetime) -> tuple[Judgement | None, object]:
    """Return how an application is judged, or why it cannot be."""
    if found.state in _ENDED:
        return None, None
    try:
        seen = counter.look_at(house.press, house.office, found.row, at)
    except ReportgenError as error:
        return None, error.shown()
    case, assessment = seen.judged.case, seen.judged.assessment
    quality = case_quality(case) if found.state in _DESK else None
    same = found.state is State.SUBMITTED or counter.is_same(house.press, seen)
    lists, unentered = bool(case.applicant.compared), _unentered(house, seen)
    return Judgement(seen, explained(case, assessment), quality, same, lists, unentered), None


def _unentered(house: House, seen: Considered) -> int:
    """Return how many of the hits to be decided nobody has entered yet, so that none of them can be decided."""
    usccs = [subject.uscc for subject in seen.judged.request.applicant.subjects]
    entered = house.store.read(lambda session: hits.undecided(session, usccs)) if seen.waiting else 0
    return max(0, seen.waiting - entered)


def _evidence(found: Waiting, judged: Judgement | None, caller: Caller) -> Evidence | None:
    """Return where the facts are to be seen that a judgement rests on; None where there are none for the caller."""
    if judged is None or not ACCESS["agency_subject"].admits(caller):
        return None
    # What is printed is what was known as it was sent, whatever the office has learned since.
    at = None if found.state in _DESK else found.row.queued_at
    return Evidence.of(judged.considered.judged.request.applicant.subjects, at)


def _enter_look(house: House, login: str, seen: Considered, at: datetime) -> None:
    """Enter who of the agency has seen the members' records."""
    press = house.desk_of(login)
    desk, usccs = press.desk(at), sorted(subject.uscc for subject in seen.judged.request.applicant.subjects)

    def work(session: Session) -> None:
        for uscc in usccs:
            looked_at(session, uscc, desk)

    press.store.write(work)


def _hindrance(found: Waiting, caller: Caller) -> str:
    """Return why somebody may not take the step that is next; nothing where he may."""
    step = found.step
    if step is None:
        return ""
    if not _may(caller, step):
        roles = "、".join(name for role, name in ROLE_NAMES.items() if role in PERMITTED[step])
        return f"这一步须由“{roles}”角色办理"
    if step is not Action.PREPARE and found.own(caller.login):
        own = found.row.prepared_by == caller.login
        return f"这份申请由您{'编制，须由另一人复核与' if own else '复核，须由另一人'}签发"
    return ""


def _may(caller: Caller, action: Action) -> bool:
    return bool(caller.roles & PERMITTED[action])


def _sending(house: House, key: str) -> Step:
    at = now()
    found = house.store.read(lambda session: queue.one(session, key, at))
    path, row = f"/agency/applications/{key}", found.row
    assessment = counter.look_at(house.press, house.office, row, at).judged.assessment
    return Step(
        title="签发报告",
        means=(
            "签发后报告即编号、签名、登记，交付申请人，不能再改，只能撤销或另行出具替代报告。",
            "报告只供所载项目与使用方使用一次。",
        ),
        action=f"{path}/send",
        button="确认签发",
        back=path,
        facts=(
            ("申请人", "、".join(member.name or member.uscc for member in found.members)),
            ("项目", f"{found.project}（{row.project} 第 {row.round} 轮{row.lot and f' 标段 {row.lot}'}）"),
            ("使用方", row.recipient_name),
            ("结论", assessment.sentence),
            *((step, name) for step, name, _ in found.taken()),
        ),
        grave=True,
    )
