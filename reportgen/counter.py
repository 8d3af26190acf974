"""The counter (柜台): an application of the portal on its way through the pipeline, one person and one step at a time.

编制 enters the draft, 复核 looks at the same facts again, 签发 puts the report into the queue, and whoever renders takes
it from there. Each is somebody else's step and a transaction of its own; the facts printed are those that were
reviewed, or nothing is printed.
"""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, select

from reportgen.admission import admit, check_payer, check_strings
from reportgen.assess.case import Case
from reportgen.assess.choices import check_choices
from reportgen.assess.model import Assessment
from reportgen.assess.quality import DataQuality, case_quality
from reportgen.document.issuer import Binding, Issuer, Stage
from reportgen.errors import Fault, ReportgenError
from reportgen.pipeline import (
    Issued,
    Judged,
    Means,
    identify,
    issue,
    judge,
    judged_again,
    means_of,
    produce,
    typeset,
)
from reportgen.policy.loader import select as select_policy
from reportgen.press import Press
from reportgen.project.applicant import Applicant, Member, single
from reportgen.project.clauses import Party
from reportgen.project.model import Project
from reportgen.registry import applications, lifecycle, office, requests, screening
from reportgen.registry.application_rows import ApplicationRow, ApplicationState
from reportgen.registry.lifecycle import LABELS
from reportgen.registry.requests import Request
from reportgen.registry.screening import Looked
from reportgen.registry.standing import SUPERSEDABLE
from reportgen.registry.tables import Kind, ReportRow, State
from reportgen.settings import Office
from reportgen.store.facts import subject_at
from reportgen.store.people import Action, permitted
from reportgen.store.projects import project_at
from reportgen.store.tables import UserRow

_PASSING = frozenset({"E0903", "E0904"})
"""The database is busy or away: nothing was done, and the number still stands."""
_FIXED = frozenset({ApplicationState.QUEUED, ApplicationState.ISSUED})
"""What is printed then is what was reviewed, whatever the office has learned since."""


@dataclass(frozen=True)
class Considered:
    """An application as it would be judged now; `waiting` counts the hits that are 待人工确认."""

    row: ApplicationRow
    judged: Judged
    waiting: int


def consider(press: Press, place: Office, key: str, now: datetime) -> Considered:
    """Judge an application by what the office knows now, entering nothing but hits that codes prove.

    Raises E0354, E0350 (a member is not known), E0351, E0306, E0308, E0310, E1105.
    """
    row = press.store.read(lambda session: applications.by_key(session, key))
    return _considered(press, row, means_of(place, now), now)


def look_at(press: Press, place: Office, row: ApplicationRow, now: datetime) -> Considered:
    """Return an application as it would be judged now, or as its report was judged, entering nothing.

    Raises what `consider` raises, and E0605 where the facts of its report had to be forgotten.
    """
    means = means_of(place, now)
    if row.report_id is not None and row.state in _FIXED:
        report = press.store.read(lambda session: _report(session, row))
        return Considered(row, judged_again(press.restore(report), means), 0)

    def work(session: Session) -> tuple[Request, Looked]:
        request = request_of(session, row)
        looked = screening.look(session, request.applicant.subjects)
        applicant = requests.current(session, request.applicant, looked.lists)
        return replace(request, applicant=applicant), looked

    request, looked = press.store.read(work)
    return Considered(row, judged_again(request, means), looked.waiting)


def is_same(press: Press, found: Considered) -> bool:
    """Say whether facts and rules are still those of the draft, where there is one."""
    if found.row.report_id is None:
        return True
    report = press.store.read(lambda session: _report(session, found.row))
    now = found.judged.assessment
    return (report.snapshot_sha256, report.pack_sha256) == (now.snapshot_sha256, now.pack.sha256)


def foresee(press: Press, uscc: str, project: Project) -> DataQuality:
    """Return what is there and what is lacking of a subject for a project, its lot selected; enters nothing.

    Raises E0350 (the office knows nothing of it), E0310, E0320, E0383.
    """

    def work(session: Session) -> Applicant:
        applicant = single(subject_at(session, uscc))
        looked = screening.look(session, applicant.subjects)
        return requests.current(session, applicant, looked.lists)

    applicant = press.store.read(work)
    case = Case(applicant, project, select_policy(project))
    check_choices(project, case.policy)
    return case_quality(case)


def draft_of(judged: Judged, secret: bytes, now: datetime) -> bytes:
    """Return the 草稿 of an application as a PDF, which bears neither number nor code nor seal; raises E0701."""
    nothing = {"number": "草稿", "code": "草稿", "url": judged.issuer.verify.address}
    identity = identify(judged, secret, now).model_copy(update={"stage": Stage.DRAFT, **nothing})
    return typeset(judged, identity).pdf


def prepare(press: Press, place: Office, key: str, now: datetime) -> ApplicationRow:
    """编制: judge an application and enter its draft.

    Raises what `consider` raises, E0401 (evidence is missing), E0614, E0701, E1101–E1103, E1107.
    """
    press.store.read(lambda session: permitted(session, press.actor, Action.PREPARE))
    found = consider(press, place, key, now)
    judged, desk = found.judged, press.desk(now)
    admit(judged.request, judged.issuer, now)
    check_strings(judged.request)
    require_evidence(judged)

    def work(session: Session) -> ApplicationRow:
        issuer = _signing(judged.issuer, prepared_by=name_of(session, press.actor))
        request, case, assessment = judged.request, judged.case, judged.assessment
        report = requests.draft(session, request, case, assessment, issuer, desk)
        if report.prepared_by != issuer.staff.prepared_by or report.reviewed_by:
            # Somebody else had prepared it before, or it was sent back after its review.
            report = lifecycle.redraft(session, lifecycle.id_of(report), issuer.staff.prepared_by, desk)
        return applications.prepared(session, key, lifecycle.id_of(report), desk)

    return press.store.write(work)


def review(press: Press, place: Office, key: str, now: datetime) -> ApplicationRow:
    """复核: agree to a draft whose facts are still the same, by somebody else.

    Raises E0354, E0614, E0616 (the facts have changed), E1102, E1107.
    """
    press.store.read(lambda session: permitted(session, press.actor, Action.REVIEW))
    _require_same(consider(press, place, key, now), press)
    desk = press.desk(now)

    def work(session: Session) -> ApplicationRow:
        row = applications.reviewed(session, key, desk)
        by = name_of(session, press.actor)
        requests.reviewed(session, _report(session, row), by, two_persons=True, desk=desk)
        return row

    return press.store.write(work)


def send(press: Press, place: Office, key: str, most: int, now: datetime) -> ApplicationRow:
    """签发: put a reviewed application into the queue of what is rendered, which holds `most`.

    Raises E0354, E0614, E0616, E0618 (the queue is full), E1101, E1102, E1107.
    """
    press.store.read(lambda session: permitted(session, press.actor, Action.ISSUE))
    _require_same(consider(press, place, key, now), press)
    means, desk = means_of(place, now), press.desk(now)

    def work(session: Session) -> ApplicationRow:
        row = applications.queued(session, key, most, desk)
        issuer = _as_signed(session, means.issuer, row)
        staff = issuer.staff
        _require_other("编制人", staff.prepared_by, {staff.reviewed_by, staff.issued_by})
        office.admitted(session, issuer, Action.ISSUE, desk)
        return row

    done = press.store.write(work)
    press.store.write(lambda session: office.enter_agency(session, means.issuer.agency, desk))
    return done


def supersede(
    press: Press, place: Office, number: str, authorisation: str, reviewer: str, now: datetime
) -> Issued:
    """Issue a report by the facts of now that takes the place of another: 签发 is whoever acts, 复核 a second user.

    Who the office says prepared it may issue it, and not review it. Raises E0401 (evidence is missing), E0502, E0605, E1102, E1107,
    and what `issue` raises.
    """
    press.store.read(lambda session: permitted(session, press.actor, Action.SUPERSEDE))
    press.store.read(lambda session: permitted(session, reviewer, Action.REVIEW))
    row = press.store.read(lambda session: lifecycle.by_number(session, number))
    if row.kind != Kind.REPORT or row.state not in SUPERSEDABLE:
        raise ReportgenError("E0605", number=number, state=LABELS[State(row.state)])
    request = press.store.read(lambda session: requests.again(session, row, authorisation))
    means = means_of(place, now)
    issuer = press.store.read(lambda session: _as_superseded(session, means.issuer, reviewer, press.actor))
    done = issue(request, place, now, None, press, replace(means, issuer=issuer))
    if done.path is None:
        raise lacking(done.assessment)
    return done


def _as_superseded(session: Session, issuer: Issuer, reviewer: str, actor: str) -> Issuer:
    names = {"reviewed_by": name_of(session, reviewer), "issued_by": name_of(session, actor)}
    signing = _signing(issuer, **names)
    staff = signing.staff
    _require_other("复核人", staff.reviewed_by, {staff.prepared_by, staff.issued_by})
    return signing


def _require_other(who: str, name: str, others: Collection[str]) -> None:
    """Raise E1102 where one of those that a report names is another of them: he may have two logins, but one name."""
    if name in others:
        raise ReportgenError("E1102", detail=f"{who}（{name}）须与同一份报告的其他两名署名人员不是同一人")


def render(press: Press, place: Office, row: ApplicationRow, now: datetime) -> ReportRow:
    """Make the report of a queued application; what was begun before a crash is gone on with.

    Raises what the pipeline raises: E0606, E0701, E0801–E0809, E0901.
    """
    press, means = replace(press, actor=row.issued_by), _means(press, place, row, now)
    report = press.store.read(lambda session: _report(session, row))
    judged = judged_again(press.restore(report), means)
    issued, _ = produce(judged, press.allot(report, means.issuer, now), press, now)
    if issued.issued_at is None:
        raise ReportgenError("E0605", number=issued.number, state=LABELS[State(issued.state)])
    press.store.write(lambda session: applications.done(session, row.key, press.desk(now)))
    return issued


def render_next(press: Press, place: Office, name: str, clock: Callable[[], datetime]) -> str | None:
    """Take the next application from the queue and make its report; returns its key, None where none waits.

    What cannot be made goes back to the desk with why; what only fails now is tried again, a few times.
    """
    row = press.store.write(lambda session: applications.claim(session, name, clock()))
    if row is None:
        return None
    try:
        if row.attempts > applications.ATTEMPTS:
            # Whoever took it before died over it, each time.
            raise ReportgenError("E0617", attempts=applications.ATTEMPTS)
        render(press, place, row, clock())
    except ReportgenError as error:
        with suppress(ReportgenError):
            _leave(press, row, error, clock())
    return row.key


def _leave(press: Press, row: ApplicationRow, error: ReportgenError, now: datetime) -> None:
    """Leave an application to another attempt where the trouble passes, else to the desk with why."""
    if error.code in _PASSING:
        press.store.write(lambda session: applications.put_back(session, row.key, now))
        return
    note, desk = f"[{error.code}] {error.entry.what}", press.desk(now)
    press.store.write(lambda session: applications.failed(session, row.key, note, desk))


def require_evidence(judged: Judged) -> None:
    """Raise E0401 with the 缺件清单 where no conclusion can be given."""
    if judged.assessment.conclusion is None:
        raise lacking(judged.assessment)


def lacking(found: Assessment) -> ReportgenError:
    """Return E0401 with the 缺件清单 of a judgement without a conclusion."""
    gaps = found.gaps.gaps if found.gaps else ()
    faults = [Fault("E0401", gap.clause, f"{gap.what}，{gap.why}。{gap.how}") for gap in gaps]
    return ReportgenError("E0401", faults=faults)


def name_of(session: Session, login: str) -> str:
    """Return the name that a document prints for a user; the login of whoever is no user of the office."""
    found = session.exec(select(UserRow.name).where(UserRow.login == login)).one_or_none()
    return found or login


def request_of(session: Session, row: ApplicationRow) -> Request:
    """Return what an application asks, of the facts that the office has now; raises E0350, E0351, E0306."""
    project = project_at(session, row.project, row.round).select(row.lot)
    binding = Binding(
        recipient=Party(name=row.recipient_name, uscc=row.recipient),
        purpose=row.purpose,
        authorisation=row.authorisation,
        payer=row.payer,
    )
    return Request(Applicant(members=tuple(_members(session, row))), project, binding)


def _members(session: Session, row: ApplicationRow) -> Iterator[Member]:
    for member in json.loads(row.members):
        yield Member(
            subject=subject_at(session, member["uscc"]),
            share=Decimal(member["share"]),
            work=member["work"],
        )


def _considered(press: Press, row: ApplicationRow, means: Means, now: datetime) -> Considered:
    request = press.store.read(lambda session: request_of(session, row))
    applicant, looked = press.current(request.applicant, now)
    request = replace(request, applicant=applicant)
    judged = Judged(request, *judge(request.applicant, request.project), means)
    check_payer(request.applicant, request.project, request.binding.payer, judged.case.policy)
    return Considered(row, judged, looked.waiting)


def _require_same(found: Considered, press: Press) -> None:
    """Raise E0616 where the facts or the rules are no longer those of the draft."""
    if not is_same(press, found):
        raise ReportgenError("E0616")


def _report(session: Session, row: ApplicationRow) -> ReportRow:
    return lifecycle.get(session, row.report_id or 0)


def _means(press: Press, place: Office, row: ApplicationRow, now: datetime) -> Means:
    means = means_of(place, now)
    issuer = press.store.read(lambda session: _as_signed(session, means.issuer, row))
    return replace(means, issuer=issuer)


def _as_signed(session: Session, issuer: Issuer, row: ApplicationRow) -> Issuer:
    names = {
        "prepared_by": name_of(session, row.prepared_by),
        "reviewed_by": name_of(session, row.reviewed_by),
        "issued_by": name_of(session, row.issued_by),
    }
    return _signing(issuer, **names)


def _signing(issuer: Issuer, **names: str) -> Issuer:
    return issuer.model_copy(update={"staff": issuer.staff.model_copy(update=names)})
