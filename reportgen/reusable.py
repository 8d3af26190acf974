"""The flow of the two documents that are bound to no project: facts → found → register → typeset → certify → issued.

A 信用记录 tells what is known of one subject, a 综合信用等级证书 its class. Either goes through the register as a
report does, is signed as one, and is used any number of times until its last day. What is printed is read back
from the row, so that a document made after a crash is the one that was entered.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session

from reportgen.assess.case import ref
from reportgen.assess.extract import Extract, extract, extract_policy
from reportgen.assess.grade import GradeAssessment, grade
from reportgen.document.content import strings
from reportgen.document.issuer import Identity, Issuer, grading_filing, require_independent
from reportgen.errors import Fault, ReportgenError
from reportgen.pipeline import Means, certified, copied, means_of
from reportgen.policy.model import Policy
from reportgen.press import Press
from reportgen.project.applicant import single
from reportgen.registry import lifecycle
from reportgen.registry.changes import learn
from reportgen.registry.lifecycle import LABELS, Desk, id_of
from reportgen.registry.requests import asked_for
from reportgen.registry.screening import to_decide
from reportgen.registry.standing import KINDS
from reportgen.registry.tables import Kind, PartyRow, ReportRow, RequestRow, RestsOnRow, State
from reportgen.settings import Office
from reportgen.store.facts import subject_by_hash
from reportgen.store.people import Action
from reportgen.subject.model import Subject

if TYPE_CHECKING:
    from reportgen.document.typeset import Typeset

_ROLE = "主体"
_Found = Extract | GradeAssessment


@dataclass(frozen=True)
class Reusable:
    """What came of asking for a document: its number, where it stands, and whether it was issued before.

    `path` is a path, or the URL of the office's store. `said` is the class a certificate gives, nothing for a
    信用记录. `warnings` are what the agency should know: what
    runs out soon, a time stamp that could not be had.
    """

    number: str
    said: str
    path: str
    pages: int
    valid_until: date
    repeated: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class GradeRequest:
    """Who is to be graded by which rules, for how many years (None: the rules' first), instead of which number."""

    subject: Subject
    policy: Policy
    years: int | None = None
    supersedes: str = ""


@dataclass(frozen=True)
class _Order:
    """A document to be entered: what was found of whom, by whose authority; `rests` are evidence names.

    What is `asked` makes the request the same one or another; `supersedes` is a number, or nothing; `told` is what
    the reviewer must know of hits on lists.
    """

    kind: Kind
    subject: Subject
    found: _Found
    purpose: str
    authorisation: str
    rests: Iterable[str]
    asked: tuple[str, ...]
    said: str = ""
    supersedes: str = ""
    told: tuple[str, ...] = ()

    def key(self) -> str:
        """Return the request key: the same request asked again has the same key."""
        return hashlib.sha256("\x1f".join((self.kind, self.subject.uscc, *self.asked)).encode()).hexdigest()


def issue_record(
    subject: Subject,
    authorisation: str,
    office: Office,
    now: datetime,
    press: Press,
    target: Path | None = None,
) -> Reusable:
    """Issue a 信用记录 of a subject; the same facts on the same day give the same one.

    Raises E0310 (no rules), E0701 (glyphs), E0901 (file), E1101, E1102, E1103, E1107 (not permitted).
    """
    means, on = means_of(office, now), now.date()
    require_independent(means.issuer.agency, subject, on)
    press.permit(means.issuer, Action.RECORD, now)
    subject, told = _current(subject, press, now)
    found = extract(subject, extract_policy(subject.registration.region, on), on)
    shown = (item.evidence for item in found.items)
    held = (ref(subject, fact) for fact in (subject.registration, *subject.qualifications))
    digest = hashlib.sha256(found.model_dump_json().encode()).hexdigest()
    order = _Order(
        kind=Kind.RECORD,
        subject=subject,
        found=found,
        purpose="查询信用记录",
        authorisation=authorisation,
        rests=(*held, *shown),
        asked=(digest, authorisation),
        told=told,
    )
    return _issue(order, means, now, press, target)


def issue_grade(
    graded: GradeRequest,
    authorisation: str,
    office: Office,
    now: datetime,
    press: Press,
    target: Path | None = None,
) -> Reusable:
    """Issue a 综合信用等级证书; the same request gives the same one until it ends or another takes its place.

    Raises E0401 (what is missing), E0606 (the subject holds another one), E0610 (it would take the place of
    something else), and what `grading_filing`, `grade` and `issue_record` raise.
    """
    means, on, policy = means_of(office, now), now.date(), graded.policy
    grading_filing(means.issuer.agency, graded.subject, on)
    press.permit(means.issuer, Action.GRADE, now)
    subject, told = _current(graded.subject, press, now)
    found = grade(subject, policy, on, graded.years)
    if found.grade is None or found.term is None:
        faults = [Fault("E0401", gap.what, f"{gap.why}。{gap.how}") for gap in found.gaps]
        raise ReportgenError("E0401", faults=faults)
    findings = (name for field in found.fields for finding in field.findings for name in finding.evidence)
    order = _Order(
        kind=Kind.GRADE,
        subject=subject,
        found=found,
        purpose=f"按{policy.pack.title}评定综合信用等级",
        authorisation=authorisation,
        rests=(*(name for reason in found.reasons for name in reason.evidence), *findings),
        asked=(policy.pack.name, str(graded.years), graded.supersedes),
        said=found.grade,
        supersedes=graded.supersedes,
        told=told,
    )
    return _issue(order, means, now, press, target)


def sweep(office: Office, press: Press, until: datetime, now: datetime) -> list[str]:
    """Finish or give up every such document left in 签发中 since a moment or before; returns their numbers."""
    means, left = means_of(office, now), press.unfinished(until, Kind.RECORD, Kind.GRADE)
    for row in left:
        with suppress(ReportgenError):
            _produce(row, means, press, now)
    return [str(row.number) for row in left]


def _issue(order: _Order, means: Means, now: datetime, press: Press, target: Path | None) -> Reusable:
    _check_strings(order.subject)
    row = press.store.write(lambda session: _reviewed(session, order, means.issuer, press.desk(now)))
    repeated = row.issued_at is not None
    row, unstamped = _produce(press.allot(row, means.issuer, now), means, press, now)
    if row.file is None or row.valid_until is None:
        state = f"{LABELS[State(row.state)]}，文件已依规删除，只留校验值；请另行申请"
        raise ReportgenError("E0605", number=row.number, state=state)
    path = press.files.where(row.file)
    if target is not None:
        path = str(copied(press.content(row), str(row.number), target))
    warnings = (*order.told, *means.warnings(unstamped))
    pages, until = row.pages or 0, row.valid_until
    return Reusable(str(row.number), row.conclusion, path, pages, until, repeated, warnings)


def _current(subject: Subject, press: Press, now: datetime) -> tuple[Subject, tuple[str, ...]]:
    """Return a subject as lists and objections leave it, and what the reviewer must know of hits; raises E0383."""
    applicant, looked = press.current(single(subject), now)
    return applicant.lead, to_decide(looked, [subject.uscc])


def _check_strings(subject: Subject) -> None:
    """Raise E0701 for every character that cannot be typeset, before a number is given to it."""
    from reportgen.document.glyphs import preflight

    preflight(strings(subject.model_dump(mode="json"), "subject"))


def _reviewed(session: Session, order: _Order, issuer: Issuer, desk: Desk) -> ReportRow:
    """Enter facts, request and draft, and review it; raises E1102 where a grade was reviewed by one person."""
    row = _draft(session, order, issuer, desk)
    if row.state != State.DRAFT:
        return row
    two, by = order.kind is Kind.GRADE, issuer.staff.reviewed_by
    return lifecycle.review(session, id_of(row), by, two_persons=two, desk=desk)


def _draft(session: Session, order: _Order, issuer: Issuer, desk: Desk) -> ReportRow:
    digest = learn(session, order.subject, desk)[0].sha256
    asked = asked_for(session, _request(order, digest, desk), digest, desk)
    found = order.found
    report = ReportRow(
        request_id=asked.id or 0,
        kind=order.kind,
        applicant=order.subject.uscc,
        project="",
        matter="",
        recipient="",
        purpose=order.purpose,
        closes_at=datetime.combine(found.on, time.min),
        conclusion=order.said,
        pack=found.pack.name,
        pack_sha256=found.pack.sha256,
        snapshot_sha256=digest,
        assessment=found.model_dump_json(),
        prepared_by=issuer.staff.prepared_by,
        issued_by=issuer.staff.issued_by,
        drafted_at=desk.at,
        supersedes_id=_superseded(session, order),
    )
    parties = [PartyRow(report_id=0, uscc=order.subject.uscc, snapshot_sha256=digest)]
    return lifecycle.draft(session, report, parties, _rests_on(order), desk)


def _superseded(session: Session, order: _Order) -> int | None:
    if not order.supersedes:
        return None
    old = lifecycle.by_number(session, order.supersedes)
    if (old.kind, old.applicant, old.purpose) != (order.kind, order.subject.uscc, order.purpose):
        raise ReportgenError("E0610", number=old.number)
    return old.id


def _request(order: _Order, digest: str, desk: Desk) -> RequestRow:
    member = {"uscc": order.subject.uscc, "snapshot": digest}
    return RequestRow(
        key=order.key(),
        kind=order.kind,
        applicant=json.dumps([member], separators=(",", ":")),
        role=_ROLE,
        project="",
        recipient="",
        recipient_name="",
        purpose=order.purpose,
        authorisation=order.authorisation,
        payer="",
        requested_by=desk.actor,
        requested_at=desk.at,
    )


def _rests_on(order: _Order) -> Iterator[RestsOnRow]:
    for name in dict.fromkeys(order.rests):
        uscc, _, fact = name.partition(":")
        yield RestsOnRow(report_id=0, uscc=uscc, fact=fact)


def _produce(row: ReportRow, means: Means, press: Press, now: datetime) -> tuple[ReportRow, str]:
    """Render, certify and publish the document of a numbered row, where that is still to be done.

    Returns the row and why the file bears no time stamp, where it should. A number whose document cannot be made
    is given up.
    """
    if row.state != State.RENDERING:
        return row, ""
    try:
        found, subject = _entered(row, press)
        identity = means.signs(press.identity(row, means.issuer, _last_day(found)))
        if press.whole(row):
            return press.finish(row, identity), ""
        made = _typeset(found, subject, means.issuer, identity)
        done = certified(
            made, means, f"出具{KINDS[Kind(row.kind)]} {row.number}，不绑定项目，有效期内可重复使用", now
        )
    except ReportgenError:
        press.void(row, now)
        raise
    return press.publish(row, identity, done.made, means.key_id), done.unstamped


def _last_day(found: _Found) -> date:
    if isinstance(found, Extract):
        return found.valid_until
    if found.term is None:
        raise ValueError("the assessment has no grade")
    return found.term.until


def _entered(row: ReportRow, press: Press) -> tuple[_Found, Subject]:
    """Return what was found and the facts it was found in; raises E0605 where they had to be forgotten."""
    digest = row.snapshot_sha256
    judged, subject = press.judgement(row), press.store.read(_facts(row.applicant, digest))
    if judged is None or subject is None:
        raise ReportgenError("E0605", number=row.number, state="签发中，而所据事实已依规删除")
    kind = Extract if row.kind == Kind.RECORD else GradeAssessment
    return kind.model_validate_json(judged), subject


def _facts(uscc: str, digest: str) -> Callable[[Session], Subject | None]:
    return lambda session: subject_by_hash(session, uscc, digest)


def _typeset(found: _Found, subject: Subject, issuer: Issuer, identity: Identity) -> "Typeset":
    # Typesetting loads fonts and libraries that take a second, and a document that stands already needs none.
    from reportgen.document.certificate import GradeInputs, certificate
    from reportgen.document.extract import ExtractInputs, extract_content
    from reportgen.document.reusable_twin import GRADE_FILE, RECORD_FILE, grade_twin, record_twin
    from reportgen.document.typeset import Enclosure, typesetter

    at, number = identity.issued_at, identity.number
    if isinstance(found, Extract):
        content = extract_content(ExtractInputs(subject, found, issuer, identity))
        data = Enclosure(RECORD_FILE, record_twin(found, issuer, identity), "本记录的机器可读数据")
        return typesetter(issuer.own_look).document("extract.html.j2", content, at, number, [data])
    filing = grading_filing(issuer.agency, subject, found.on)
    shown = certificate(GradeInputs(subject, found, filing, issuer, identity))
    data = Enclosure(GRADE_FILE, grade_twin(found, filing, issuer, identity), "本证书的机器可读数据")
    return typesetter(issuer.own_look).document("certificate.html.j2", shown, at, number, [data])
