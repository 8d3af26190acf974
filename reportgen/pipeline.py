"""The flow on one screen: request → pack → assess → register → compose → typeset → publish → issued.

Without a register a report is unregistered, and until a signer stands unsigned; it says so on its face.
Each step can be taken again after a crash; the file gets its name before the register says 有效.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.assess.case import Case
from reportgen.assess.choices import check_choices
from reportgen.assess.judge import assess
from reportgen.assess.model import Assessment
from reportgen.document.issuer import Identity, Issuer, Stage, issuer_of
from reportgen.errors import ReportgenError
from reportgen.files import write_whole
from reportgen.policy.loader import select
from reportgen.press import Press
from reportgen.press import Request as Request  # noqa: PLC0414 - what `issue` is asked
from reportgen.project.applicant import Applicant, check_joint
from reportgen.project.model import Project
from reportgen.registry.numbers import public_number, verification_code
from reportgen.registry.tables import ReportRow, State
from reportgen.settings import Office
from reportgen.subject.canonical import canonical, in_order, sha256

if TYPE_CHECKING:
    from reportgen.document.typeset import Typeset


@dataclass(frozen=True)
class Issued:
    """What came of a request: the judgement, and the report or else the letter of what is missing.

    `path` is where the report stands, None for a letter; `repeated` says that it was issued before.
    """

    assessment: Assessment
    number: str
    pdf: bytes
    pages: int
    path: Path | None
    repeated: bool = False


@dataclass(frozen=True)
class Judged:
    """A request with its judgement and who answers for it."""

    request: Request
    case: Case
    assessment: Assessment
    issuer: Issuer


def judge(applicant: Applicant, project: Project, known_at: date | None = None) -> tuple[Case, Assessment]:
    """Assess an applicant for a project; raises E0308 (joint venture refused), E0310 (no pack), E0320 (choice).

    With `known_at`, by the newest release of the rules that was out on that day.
    """
    check_joint(applicant, project)
    case = Case(applicant, project, select(project, known_at=known_at))
    check_choices(project, case.policy)
    return case, assess(case, snapshot(applicant, project))


def issue(
    request: Request, office: Office, now: datetime, target: Path | None, press: Press | None = None
) -> Issued:
    """Issue a report; without evidence enough none is made, and the result holds the 缺件清单.

    With a `press` the report goes through the register and stands in the office's files; the same request
    asked again gives the same report. Without one it is unregistered and says so on its face. A copy goes
    to `target`, a file or a folder. Raises what the steps raise: E0308, E0310, E0606, E0701 (glyphs),
    E0901 (file), E1101–E1103, E1105 (not permitted).
    """
    issuer = issuer_of(office)
    _permitted(issuer, request, now)
    if press is not None:
        press.permit(issuer.agency, now.date())
        request = press.current(request)
    case, assessment = judge(request.applicant, request.project)
    _payable(case, request)
    check_strings(request)
    judged = Judged(request, case, assessment, issuer)
    if assessment.conclusion is None:
        return _letter(judged, identify(request, issuer, office.secret(), now))
    if press is not None:
        entered = press.enter(request, case, assessment, issuer, now)
        row = produce(judged, press.allot(entered, issuer, now), press)
        return _kept(row, press, target, repeated=entered.issued_at is not None)
    identity = identify(request, issuer, office.secret(), now)
    done = typeset(judged, identity)
    path = _copy(done.pdf, identity.number, target or Path())
    return Issued(assessment, identity.number, done.pdf, done.pages, path)


def produce(judged: Judged, row: ReportRow, press: Press) -> ReportRow:
    """Render and publish the report of a numbered row, where that is still to be done.

    A number whose report cannot be made, or whose rules were released anew meanwhile, is given up.
    """
    if row.state != State.RENDERING:
        return row
    identity = press.identity(row, judged.issuer)
    if press.whole(row):
        return press.finish(row, identity)
    try:
        if judged.assessment.pack.sha256 != row.pack_sha256:
            raise ReportgenError("E0605", number=row.number, state="签发中，而规则包已另行发布")
        done = typeset(judged, identity)
    except ReportgenError:
        press.void(row, identity.issued_at)
        raise
    return press.publish(row, identity, done)


def sweep(office: Office, press: Press, until: datetime) -> list[str]:
    """Finish or give up every report left in 签发中 since a moment or before; returns their numbers."""
    issuer, left = issuer_of(office), press.unfinished(until)
    for row in left:
        try:
            judged = _judged_again(press.restore(row), issuer)
        except ReportgenError:
            # Its facts had to be forgotten, or its rules are gone: the report cannot be made any more.
            press.void(row, until)
            continue
        with suppress(ReportgenError):
            produce(judged, row, press)
    return [str(row.number) for row in left]


def _judged_again(request: Request, issuer: Issuer) -> Judged:
    case, assessment = judge(request.applicant, request.project)
    return Judged(request, case, assessment, issuer)


def typeset(judged: Judged, identity: Identity) -> "Typeset":
    """Compose and typeset a report; raises E0701, E0703."""
    # Typesetting loads fonts and libraries that take a second, and judging alone needs none of them.
    from reportgen.document.compose import Inputs, compose
    from reportgen.document.content import strings
    from reportgen.document.glyphs import preflight
    from reportgen.document.typeset import typesetter

    binding = judged.request.binding
    content = compose(Inputs(judged.case, judged.assessment, binding, judged.issuer, identity))
    preflight(strings(content))
    return typesetter().report(content, identity.issued_at, identity.number.encode())


def snapshot(applicant: Applicant, project: Project) -> str:
    """Return the SHA-256 of the canonical JSON of all facts judged."""
    members = [m.model_copy(update={"subject": in_order(m.subject)}) for m in applicant.members]
    lot = project.lot.id if project.lot else ""
    # Canonical JSON has no line end of its own.
    return sha256("\n".join((*map(canonical, members), canonical(project), lot)))


def identify(request: Request, issuer: Issuer, secret: bytes, now: datetime) -> Identity:
    """Return the identity of an unregistered report; the same request on the same day gives the same number."""
    number = public_number(secret, request.key(), now.date())
    code = verification_code(secret, number)
    return Identity(
        number=number,
        code=code,
        url=f"{issuer.verify.address}/v/{number}/{code}",
        stage=Stage.ISSUED,
        issued_at=now,
        valid_until=now.date() + timedelta(days=issuer.report.valid_days),
        registered=False,
        signed=False,
    )


def _letter(judged: Judged, identity: Identity) -> Issued:
    from reportgen.document.compose import Inputs
    from reportgen.document.content import strings
    from reportgen.document.glyphs import preflight
    from reportgen.document.letter import gaps_letter
    from reportgen.document.typeset import typesetter

    binding = judged.request.binding
    letter = gaps_letter(Inputs(judged.case, judged.assessment, binding, judged.issuer, identity))
    preflight(strings(letter))
    done = typesetter().letter(letter, identity.issued_at)
    return Issued(judged.assessment, "", done.pdf, done.pages, None)


def _kept(row: ReportRow, press: Press, target: Path | None, *, repeated: bool) -> Issued:
    # A report issued before says what was judged then.
    assessment = Assessment.model_validate_json(row.assessment or "")
    path = press.files / str(row.file)
    pdf = path.read_bytes()
    if target is not None:
        path = _copy(pdf, str(row.number), target)
    return Issued(assessment, str(row.number), pdf, row.pages or 0, path, repeated)


def _copy(pdf: bytes, number: str, target: Path) -> Path:
    return write_whole(target / f"{number}.pdf" if target.is_dir() else target, pdf)


def _permitted(issuer: Issuer, request: Request, now: datetime) -> None:
    agency, today = issuer.agency, now.date()
    if not agency.filing_since <= today <= agency.filing_until:
        raise ReportgenError("E1101", since=agency.filing_since, until=agency.filing_until, on=today)
    if issuer.staff.prepared_by == issuer.staff.reviewed_by:
        raise ReportgenError("E1102", detail=f"编制与复核同为{issuer.staff.prepared_by}")
    parties = {s.uscc for s in request.applicant.subjects}
    owned = {h.uscc for s in request.applicant.subjects for h in s.shareholders}
    if agency.uscc in parties | owned:
        raise ReportgenError("E1103", detail=f"{agency.name}是申请人或其股东")


def _payable(case: Case, request: Request) -> None:
    cite = case.policy.bars_payer(request.project.matter)
    payer = request.binding.payer
    if cite and payer in {subject.uscc for subject in request.applicant.subjects}:
        rule = case.policy.citation(cite).label()
        raise ReportgenError("E1105", matter=request.project.matter, payer=payer, rule=rule)


def check_strings(request: Request) -> None:
    """Raise E0701 for every character of subject and project that cannot be typeset."""
    from reportgen.document.content import strings
    from reportgen.document.glyphs import preflight

    for member in request.applicant.members:
        preflight(strings(member.subject.model_dump(mode="json"), "subject"))
    preflight(strings(request.project.whole().model_dump(mode="json"), "project"))
