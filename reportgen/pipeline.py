"""The flow on one screen: request → pack → assess → register → typeset → certify → self-verify → publish → issued.

Without a register a report is unregistered, without a key unsigned, and it says so on its face. Each step
can be taken again after a crash; the file gets its name before the register says 有效.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.admission import admit, check_payer, check_strings
from reportgen.assess.case import Case
from reportgen.assess.choices import check_choices
from reportgen.assess.judge import assess
from reportgen.assess.model import Assessment
from reportgen.document.issuer import Identity, Issuer, Stage, dressed, issuer_of
from reportgen.errors import ReportgenError
from reportgen.files import write_whole
from reportgen.policy.loader import select
from reportgen.press import Press
from reportgen.project.applicant import Applicant, check_joint
from reportgen.project.model import Project
from reportgen.registry import notices
from reportgen.registry.award_notices import withheld
from reportgen.registry.lifecycle import LABELS, Made, by_number
from reportgen.registry.numbers import public_number, verification_code
from reportgen.registry.requests import Request as Request  # noqa: PLC0414 - what `issue` is asked
from reportgen.registry.screening import Looked, to_decide
from reportgen.registry.standing import later, standing
from reportgen.registry.tables import Kind, ReportRow, State
from reportgen.registry.words import conclusion
from reportgen.settings import Office
from reportgen.store.people import Action
from reportgen.subject.canonical import canonical, in_order, sha256

if TYPE_CHECKING:
    from reportgen.certify.keys import Signing
    from reportgen.document.correction import Corrected, Correction
    from reportgen.document.typeset import Typeset


@dataclass(frozen=True)
class Issued:
    """What came of a request: the judgement, and the report or else the letter of what is missing.

    `path` is where the report stands, as a path or as the URL of the office's store, None for a letter;
    `repeated` says that it was issued before. `file` is the name of a registered report among the office's files.
    `warnings` are what the agency should know: hits that wait, what runs out soon, a time stamp that could not be
    had. `waiting` counts the hits on members and on related parties that are 待人工确认.
    """

    assessment: Assessment
    number: str
    pdf: bytes
    pages: int
    path: str | None
    repeated: bool = False
    warnings: tuple[str, ...] = ()
    file: str = ""
    waiting: int = 0


@dataclass(frozen=True)
class Letter:
    """A 更正通知书: its number, where it stands as a report does, and its bytes."""

    number: str
    path: str
    pdf: bytes


@dataclass(frozen=True)
class Finished:
    """A document as it goes out; `unstamped` says why it bears no time stamp where it should."""

    made: "Typeset"
    unstamped: str = ""


@dataclass(frozen=True)
class Means:
    """Who answers for a report, and with what it is signed; None: the office has no key.

    `fingerprint` is that of the key with which the office signs manifests.
    """

    issuer: Issuer
    signing: "Signing | None" = None
    fingerprint: str = ""

    @property
    def key_id(self) -> str | None:
        """Return the id of the key that signs; None where there is none."""
        return self.signing.signer.key_id if self.signing else None

    def warnings(self, unstamped: str) -> tuple[str, ...]:
        """Return what the agency should know of a document just made."""
        notices = self.signing.notices if self.signing else ()
        return (*(notice.text() for notice in notices), *([unstamped] if unstamped else []))

    def signs(self, identity: Identity) -> Identity:
        """Return the identity of a document as these means make it."""
        signed = {"signed": self.signing is not None, "fingerprint": self.fingerprint}
        return identity.model_copy(update=signed)


@dataclass(frozen=True)
class Judged:
    """A request with its judgement and who answers for it."""

    request: Request
    case: Case
    assessment: Assessment
    means: Means

    @property
    def issuer(self) -> Issuer:
        """Return who answers for the report."""
        return self.means.issuer

    def last_day(self, issued: date) -> date:
        """Return the last day of a report issued on a day: the project's own, else by the rule pack."""
        own = self.case.project.report_valid_until
        return own or issued + timedelta(days=self.case.policy.horizons.validity)


def judge(applicant: Applicant, project: Project, known_at: date | None = None) -> tuple[Case, Assessment]:
    """Assess an applicant for a project; raises E0308 (joint venture refused), E0310 (no pack), E0320 (choice).

    With `known_at`, by the newest release of the rules that was out on that day.
    """
    check_joint(applicant, project)
    case = Case(applicant, project, select(project, known_at=known_at))
    check_choices(project, case.policy)
    return case, assess(case, snapshot(applicant, project))


def issue(
    request: Request,
    office: Office,
    now: datetime,
    target: Path | None,
    press: Press | None = None,
    means: Means | None = None,
) -> Issued:
    """Issue a report; without evidence enough none is made, and the result holds the 缺件清单.

    With a `press` the report goes through the register and stands in the office's files; the same request
    asked again gives the same report. Without one it is unregistered and says so on its face. A copy goes
    to `target`, a file or a folder. Whoever issues many opens the office's `means` once. Raises what the steps
    raise: E0308, E0310, E0606, E0701 (glyphs), E0901 (file), E1101–E1103, E1105, E1107 (not permitted).
    """
    means, looked = means or means_of(office, now), Looked()
    admit(request, means.issuer, now)
    if press is not None:
        press.permit(means.issuer, Action.SUPERSEDE if request.supersedes else Action.ISSUE, now)
        applicant, looked = press.current(request.applicant, now)
        request = replace(request, applicant=applicant)
    judged = Judged(request, *judge(request.applicant, request.project), means)
    check_payer(request.applicant, request.project, request.binding.payer, judged.case.policy)
    check_strings(request)
    told = to_decide(looked, (subject.uscc for subject in request.applicant.subjects))
    if judged.assessment.conclusion is None:
        if press is not None:
            press.note(request, now)
        letter = letter_of(judged, identify(judged, office.secret(), now))
        return replace(letter, warnings=told, waiting=looked.waiting)
    if press is not None:
        entered = press.enter(request, judged.case, judged.assessment, means.issuer, now)
        row, unstamped = produce(judged, press.allot(entered, means.issuer, now), press, now)
        kept = _kept(row, press, target, repeated=entered.issued_at is not None)
        return replace(kept, warnings=(*told, *means.warnings(unstamped)), waiting=looked.waiting)
    identity = identify(judged, office.secret(), now)
    done = certified(typeset(judged, identity), means, _reason(identity), now)
    path, made = copied(done.made.pdf, identity.number, target or Path()), done.made
    warnings = means.warnings(done.unstamped)
    return Issued(judged.assessment, identity.number, made.pdf, made.pages, str(path), warnings=warnings)


def means_of(office: Office, now: datetime) -> Means:
    """Return who answers for an office's reports and signs them; without a real certificate all is 样例.

    Raises E0311 (settings, look), E0801–E0806 (key).
    """
    issuer = dressed(issuer_of(office), office.folder)
    if "signing" not in office.data:
        return Means(issuer.as_sample())
    # Signing loads libraries that take half a second, and an office without a key needs none of them.
    from reportgen.certify.keys import open_signing
    from reportgen.certify.manifest_key import fingerprint, office_key

    signing = open_signing(office, now)
    if signing is None or signing.signer.test:
        issuer = issuer.as_sample()
    return Means(issuer, signing, fingerprint(office_key(office.folder).key_id))


def produce(judged: Judged, row: ReportRow, press: Press, now: datetime) -> tuple[ReportRow, str]:
    """Render, certify and publish the report of a numbered row, where that is still to be done.

    Returns the row and why the file bears no time stamp, where it should. A number whose report cannot be made,
    or whose rules were released anew meanwhile, is given up.
    """
    if row.state != State.RENDERING:
        return row, ""
    if judged.assessment.snapshot_sha256 != row.snapshot_sha256:
        # The facts have changed since the number was allotted: it is that of the facts as entered.
        judged = judged_again(press.restore(row), judged.means)
    identity = numbered(judged, row, press)
    if press.whole(row):
        return press.finish(row, identity), ""
    try:
        if judged.assessment.pack.sha256 != row.pack_sha256:
            raise ReportgenError("E0605", number=row.number, state="签发中，而规则包已另行发布")
        done = certified(typeset(judged, identity), judged.means, _reason(identity), now)
    except ReportgenError:
        press.void(row, identity.issued_at)
        raise
    return press.publish(row, identity, done.made, judged.means.key_id), done.unstamped


def numbered(judged: Judged, row: ReportRow, press: Press) -> Identity:
    """Return the identity of a numbered report as these means make it."""
    allotted = row.allotted_at or row.drafted_at
    identity = press.identity(row, judged.issuer, judged.last_day(allotted.date()))
    return judged.means.signs(identity)


def certified(done: "Typeset", means: Means, reason: str, now: datetime) -> Finished:
    """Return a document with 骑缝章 and signature, read once more as a stranger would; as it is without a key.

    Raises E0804, E0805 (no stamp, no token), E0808, E0809 (what was made does not verify).
    """
    signing, agency = means.signing, means.issuer.agency
    if signing is None:
        return Finished(done)
    from reportgen.certify.folding import Verdict
    from reportgen.certify.sign import certify
    from reportgen.certify.verify import verify
    from reportgen.document.compose import drawn_seal

    seal = drawn_seal(means.issuer)
    signed = certify(done.pdf, seal, signing, reason=reason, place=agency.address, at=now)
    # No register is asked: nobody else knows the file yet, and nothing but that may be left unchecked.
    seen = verify(signed.pdf, trust=signing.trust, register=None, asked=None, at=now)
    if seen.verdict is not Verdict.UNCHECKED:
        raise ReportgenError("E0809", detail=seen.sentence)
    return Finished(replace(done, pdf=signed.pdf), signed.unstamped)


def _reason(identity: Identity) -> str:
    return f"出具信用报告 {identity.number}，只供所载项目使用一次"


def sweep(office: Office, press: Press, until: datetime, now: datetime) -> list[str]:
    """Finish or give up every report left in 签发中 since a moment or before; returns their numbers."""
    means, left = means_of(office, now), press.unfinished(until, Kind.REPORT)
    for row in left:
        try:
            judged = judged_again(press.restore(row), means)
        except ReportgenError:
            # Its facts had to be forgotten, or its rules are gone: the report cannot be made any more.
            press.void(row, now)
            continue
        with suppress(ReportgenError):
            produce(judged, row, press, now)
    return [str(row.number) for row in left]


def correct(
    number: str, corrections: "Sequence[Correction]", office: Office, press: Press, now: datetime
) -> Letter:
    """Issue a 更正通知书 for a report, signed where the office signs.

    Raises E0502, E0605 (nobody outside holds the report, or its facts are gone), E0701, E0801–E0809, E1107.
    """
    from reportgen.document.correction import correction_letter
    from reportgen.document.typeset import typesetter

    means, desk = means_of(office, now), press.desk(now)
    notice = press.act(Action.CORRECT, lambda session: notices.reserve(session, number, desk))
    letter = correction_letter(_corrected(number, press, now.date()), corrections, means.issuer, notice, now)
    made = typesetter(means.issuer.own_look).document("letter.html.j2", letter, now, letter.number)
    done = certified(made, means, f"更正信用报告 {number}", now).made
    entry = Made(hashlib.sha256(done.pdf).hexdigest(), done.pages, f"{now:%Y/%m}/{notice}.pdf")
    press.files.write(entry.file, done.pdf)
    press.store.write(lambda session: notices.enter(session, number, notice, entry, desk))
    return Letter(notice, press.files.where(entry.file), done.pdf)


def _corrected(number: str, press: Press, on: date) -> "Corrected":
    from reportgen.document.correction import Corrected

    row = press.store.read(lambda session: by_number(session, number))
    newer = press.store.read(lambda session: later(session, row))
    untold = bool(press.store.read(lambda session: withheld(session, [row], None)))
    request = press.restore(row)
    return Corrected(
        number=number,
        issued_at=row.issued_at or row.drafted_at,
        sentence=conclusion(row.conclusion),
        # The subject reads it as well, who may not know of the use yet.
        state=standing(row, on, untold=untold).state,
        applicant=request.applicant,
        project=request.project,
        binding=request.binding,
        successor=str(newer[-1].number) if newer else "",
    )


def judged_again(request: Request, means: Means) -> Judged:
    """Return a request with its judgement; raises what `judge` raises."""
    return Judged(request, *judge(request.applicant, request.project), means)


def typeset(judged: Judged, identity: Identity) -> "Typeset":
    """Compose and typeset a report; raises E0701, E0703."""
    # Typesetting loads fonts and libraries that take a second, and judging alone needs none of them.
    from reportgen.document.compose import Inputs, compose
    from reportgen.document.enclosed import enclosed
    from reportgen.document.typeset import typesetter

    inputs = Inputs(judged.case, judged.assessment, judged.request.binding, judged.issuer, identity)
    at, number = identity.issued_at, identity.number
    press = typesetter(judged.issuer.own_look)
    return press.document("report.html.j2", compose(inputs), at, number, enclosed(inputs))


def snapshot(applicant: Applicant, project: Project) -> str:
    """Return the SHA-256 of the canonical JSON of all facts judged."""
    members = [m.model_copy(update={"subject": in_order(m.subject)}) for m in applicant.members]
    lot = project.lot.id if project.lot else ""
    # Canonical JSON has no line end of its own.
    facts = (*map(canonical, members), *map(canonical, applicant.compared))
    return sha256("\n".join((*facts, canonical(project), lot)))


def identify(judged: Judged, secret: bytes, now: datetime) -> Identity:
    """Return the identity of an unregistered report; the same request on the same day gives the same number."""
    number = public_number(secret, judged.request.key(), now.date())
    code = verification_code(secret, number)
    identity = Identity(
        number=number,
        code=code,
        url=f"{judged.issuer.verify.address}/v/{number}/{code}",
        stage=Stage.ISSUED,
        issued_at=now,
        valid_until=judged.last_day(now.date()),
        registered=False,
        signed=False,
    )
    return judged.means.signs(identity)


def letter_of(judged: Judged, identity: Identity) -> Issued:
    """Return the 缺件清单 of a request without evidence enough, as a letter that stands nowhere yet; raises E0701."""
    from reportgen.document.compose import Inputs
    from reportgen.document.letter import gaps_letter
    from reportgen.document.typeset import typesetter

    binding = judged.request.binding
    letter = gaps_letter(Inputs(judged.case, judged.assessment, binding, judged.issuer, identity))
    press = typesetter(judged.issuer.own_look)
    done = press.document("letter.html.j2", letter, identity.issued_at, letter.number)
    return Issued(judged.assessment, "", done.pdf, done.pages, None)


def _kept(row: ReportRow, press: Press, target: Path | None, *, repeated: bool) -> Issued:
    judgement = press.judgement(row)
    if row.file is None or judgement is None:
        state = f"{LABELS[State(row.state)]}，文件已依规删除，只留校验值；需要新的报告的，用 reportgen supersede 另行出具"
        raise ReportgenError("E0605", number=row.number, state=state)
    # A report issued before says what was judged then.
    assessment = Assessment.model_validate_json(judgement)
    pdf, path = press.content(row), press.files.where(row.file)
    if target is not None:
        path = str(copied(pdf, str(row.number), target))
    return Issued(assessment, str(row.number), pdf, row.pages or 0, path, repeated, file=row.file)


def copied(pdf: bytes, number: str, target: Path) -> Path:
    """Write a document to a file, or under its number into a folder, and return where it stands; raises E0901."""
    return write_whole(target / f"{number}.pdf" if target.is_dir() else target, pdf)
