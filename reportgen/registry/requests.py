"""A request as it is entered into the register with its draft, and as it is read back from there.

Two who ask the same at once enter it once: the second waits for the first and finds his row.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter

from sqlmodel import Session, select

from reportgen.assess.case import Case
from reportgen.assess.model import Assessment
from reportgen.document.issuer import Binding, Issuer
from reportgen.errors import ReportgenError
from reportgen.project.applicant import Applicant, ComparedList, Member
from reportgen.project.clauses import Party
from reportgen.project.model import Project
from reportgen.registry import lifecycle
from reportgen.registry.changes import learn
from reportgen.registry.entries import enter_project
from reportgen.registry.lifecycle import Desk, id_of
from reportgen.registry.listings import with_hits
from reportgen.registry.objections import heard
from reportgen.registry.tables import PartyRow, ReportRow, RequestRow, RestsOnRow, State
from reportgen.store.facts import subject_at, subject_by_hash
from reportgen.store.projects import project_at
from reportgen.store.tables import ProjectRow
from reportgen.subject.model import Subject

ATTEMPTS = 20
_COMPARED = "compared"
"""Where the lead of a request says with which lists all of its members were compared."""


@dataclass(frozen=True)
class Request:
    """One request: the applicant, the project (its lot selected), and what the report is bound to.

    `supersedes` is the number of the report it is to take the place of.
    """

    applicant: Applicant
    project: Project
    binding: Binding
    supersedes: str = ""

    @property
    def lot(self) -> str:
        """Return the id of the lot, nothing where the project has none."""
        return self.project.lot.id if self.project.lot else ""

    def key(self) -> str:
        """Return the request key: the same request asked again has the same key."""
        parts = [
            *(s.uscc for s in self.applicant.subjects),
            self.project.id,
            str(self.project.round),
            self.lot,
            self.binding.recipient.uscc,
            self.binding.purpose,
            *([self.supersedes] if self.supersedes else []),
        ]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def current(session: Session, applicant: Applicant, lists: Iterable[ComparedList]) -> Applicant:
    """Return an applicant whose facts are as the subjects' hits and objections leave them, whatever their file says.

    `lists` are those with which the members were compared.
    """
    members = [
        m.model_copy(update={"subject": heard(session, with_hits(session, m.subject))})
        for m in applicant.members
    ]
    return applicant.model_copy(update={"members": tuple(members), "compared": tuple(lists)})


def draft(
    session: Session, request: Request, case: Case, found: Assessment, issuer: Issuer, desk: Desk
) -> ReportRow:
    """Keep facts and request and enter the draft; raises E0352, E0353, E0610."""
    hashes = _learned(session, request.applicant, desk)
    project = enter_project(session, request.project.whole(), desk).sha256
    asked = asked_for(session, _request_row(request, hashes, desk), found.snapshot_sha256, desk)
    report = ReportRow(
        request_id=asked.id or 0,
        applicant=";".join(hashes),
        project=request.project.id,
        round=request.project.round,
        lot=request.lot,
        matter=request.project.matter,
        recipient=request.binding.recipient.uscc,
        purpose=request.binding.purpose,
        closes_at=request.project.bid_deadline or datetime.combine(case.judged_on, datetime.min.time()),
        conclusion=found.conclusion.name if found.conclusion else "",
        pack=found.pack.name,
        pack_sha256=found.pack.sha256,
        snapshot_sha256=found.snapshot_sha256,
        project_sha256=project,
        assessment=found.model_dump_json(),
        prepared_by=issuer.staff.prepared_by,
        issued_by=issuer.staff.issued_by,
        drafted_at=desk.at,
        supersedes_id=superseded(session, request),
    )
    parties = [PartyRow(report_id=0, uscc=uscc, snapshot_sha256=sha) for uscc, sha in hashes.items()]
    return lifecycle.draft(session, report, parties, _rests_on(found), desk)


def unanswered(session: Session, request: Request, desk: Desk) -> None:
    """Keep facts and request of an applicant that lacks evidence: the office knows who asked, and drafts nothing.

    Raises E0352, E0353.
    """
    lifecycle.ask(session, _request_row(request, _learned(session, request.applicant, desk), desk), desk)


def asking(session: Session, project: str) -> list[str]:
    """Return the codes of all who asked for a report for a project, in whatever round or lot, whatever came of it."""
    asked = session.exec(select(RequestRow.applicant).where(RequestRow.project == project)).all()
    return sorted({member["uscc"] for members in asked for member in json.loads(members)})


def reviewed(session: Session, row: ReportRow, by: str, *, two_persons: bool, desk: Desk) -> ReportRow:
    """Review a draft, unless somebody else has done so meanwhile; raises E1102."""
    now = lifecycle.get(session, id_of(row), lock=True)
    if now.state != State.DRAFT:
        return now
    return lifecycle.review(session, id_of(row), by, two_persons=two_persons, desk=desk)


def asked_for(session: Session, asked: RequestRow, snapshot: str, desk: Desk) -> RequestRow:
    """Return the row of a request; where the document of its key has ended, that of a new attempt."""
    key = asked.key
    for attempt in range(ATTEMPTS):
        asked.key = hashlib.sha256(f"{key}#{attempt}".encode()).hexdigest() if attempt else key
        row = _as_asked(session, lifecycle.ask(session, asked, desk), asked)
        if not _ended(session, row, snapshot, desk.at):
            return row
    raise ReportgenError("E0903", tries=ATTEMPTS)


def restored(session: Session, row: ReportRow) -> Request:
    """Return the request of a row as it was entered; raises E0605 where its facts had to be forgotten."""
    asked = session.get_one(RequestRow, row.request_id)
    told = json.loads(asked.applicant)
    members = tuple(
        Member(
            subject=_facts(session, m["uscc"], m["snapshot"]),
            share=Decimal(m["share"]),
            work=m["work"],
            specialties=tuple(m["specialties"]),
        )
        for m in told
    )
    compared = tuple(map(ComparedList.model_validate, told[0].get(_COMPARED, ())))
    binding = Binding(
        recipient=Party(name=asked.recipient_name, uscc=asked.recipient),
        purpose=asked.purpose,
        authorisation=asked.authorisation,
        payer=asked.payer,
    )
    entered = session.exec(
        select(ProjectRow.content)
        .where(ProjectRow.project == row.project, ProjectRow.sha256 == row.project_sha256)
        .limit(1)
    ).one()
    project = Project.model_validate_json(entered).select(row.lot)
    old = session.get(ReportRow, row.supersedes_id) if row.supersedes_id else None
    return Request(
        Applicant(members=members, compared=compared), project, binding, str(old.number) if old else ""
    )


def again(session: Session, row: ReportRow, authorisation: str) -> Request:
    """Return the request of a report as it would be asked today, by the facts of now, to take the report's place.

    Raises E0350, E0351, E0306, and E0605 where the facts of the report had to be forgotten.
    """
    before = restored(session, row)
    members = tuple(
        member.model_copy(update={"subject": subject_at(session, member.subject.uscc)})
        for member in before.applicant.members
    )
    project = project_at(session, row.project, row.round).select(row.lot)
    binding = before.binding.model_copy(update={"authorisation": authorisation})
    return Request(Applicant(members=members), project, binding, str(row.number))


def _learned(session: Session, applicant: Applicant, desk: Desk) -> dict[str, str]:
    """Enter what is known of the members; return the hash of each, in their order."""
    # One order for all, whoever leads: two who hold the first subject each would wait for ever.
    ordered = sorted(applicant.subjects, key=attrgetter("uscc"))
    hashes = {s.uscc: learn(session, s, desk)[0].sha256 for s in ordered}
    return {s.uscc: hashes[s.uscc] for s in applicant.subjects}


def superseded(session: Session, request: Request) -> int | None:
    """Return the id of the report whose place a request is to take; raises E0502, E0610 (of another use)."""
    if not request.supersedes:
        return None
    old = lifecycle.by_number(session, request.supersedes)
    asked = ";".join(subject.uscc for subject in request.applicant.subjects)
    use = (asked, request.project.id, request.project.round, request.lot, request.binding.recipient.uscc)
    if (old.applicant, old.project, old.round, old.lot, old.recipient) != use:
        raise ReportgenError("E0610", number=old.number)
    return old.id


def _as_asked(session: Session, row: RequestRow, asked: RequestRow) -> RequestRow:
    """Return the row of a request; where nothing came of it yet, as it is asked now: its facts were others then."""
    if session.exec(select(ReportRow.id).where(ReportRow.request_id == row.id)).first() is None:
        row.sqlmodel_update(asked.model_dump(exclude={"id", "key"}))
        session.flush()
    return row


def _ended(session: Session, row: RequestRow, snapshot: str, at: datetime) -> bool:
    report = session.exec(select(ReportRow).where(ReportRow.request_id == row.id)).one_or_none()
    if report is None:
        return False
    if report.number is None:
        # A draft of other facts, or one that the office has had to forget, is gone on with by nobody.
        return report.snapshot_sha256 != snapshot or report.assessment is None
    late = report.valid_until is not None and report.valid_until < at.date()
    return report.state in {State.VOID, State.REVOKED, State.EXPIRED} or (
        report.state == State.ISSUED and late
    )


def _request_row(request: Request, hashes: dict[str, str], desk: Desk) -> RequestRow:
    members: list[dict[str, object]] = [
        {
            "uscc": m.subject.uscc,
            "share": str(m.share),
            "work": m.work,
            "specialties": list(m.specialties),
            "snapshot": hashes[m.subject.uscc],
        }
        for m in request.applicant.members
    ]
    if request.applicant.compared:
        members[0][_COMPARED] = [edition.model_dump(mode="json") for edition in request.applicant.compared]
    binding = request.binding
    return RequestRow(
        key=request.key(),
        applicant=json.dumps(members, ensure_ascii=False, separators=(",", ":")),
        role=request.project.role,
        project=request.project.id,
        round=request.project.round,
        lot=request.lot,
        recipient=binding.recipient.uscc,
        recipient_name=binding.recipient.name,
        purpose=binding.purpose,
        authorisation=binding.authorisation,
        payer=binding.payer,
        requested_by=desk.actor,
        requested_at=desk.at,
    )


def _rests_on(found: Assessment) -> Iterator[RestsOnRow]:
    named = [
        *(name for reason in found.reasons for name in reason.evidence),
        *(name for gate in found.gates for name in (*gate.reason.evidence, *gate.claims)),
        *(name for item in found.requirements for name in item.evidence),
        *(name for f in found.factors for line in (*f.need, *f.use) for name in line.evidence),
        *(item.evidence for item in found.record.items),
        *(item.evidence for item in found.similar.items),
    ]
    for name in dict.fromkeys(named):
        uscc, _, fact = name.partition(":")
        yield RestsOnRow(report_id=0, uscc=uscc, fact=fact)


def _facts(session: Session, uscc: str, sha256: str) -> Subject:
    found = subject_by_hash(session, uscc, sha256)
    if found is None:
        # The office has had to forget some of these facts: what rested on them cannot be made any more.
        raise ReportgenError("E0605", number=uscc, state="所据事实已依规删除")
    return found
