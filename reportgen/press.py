"""A request on its way through the register: entered, reviewed, numbered, published, each step once.

Every step can be taken again after a crash: it finds what is there and goes on. The office's clock is the
moment of the first step that printed it, so a report rendered twice has the same bytes.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from reportgen.assess.case import Case
from reportgen.assess.model import Assessment, Conclusion
from reportgen.document.issuer import Binding, Identity, Issuer, Stage
from reportgen.errors import ReportgenError
from reportgen.files import write_whole
from reportgen.project.applicant import Applicant, Member
from reportgen.project.clauses import Party
from reportgen.project.model import Project
from reportgen.registry import lifecycle, office, queries
from reportgen.registry.changes import learn
from reportgen.registry.entries import enter_project
from reportgen.registry.events import events_key
from reportgen.registry.lifecycle import Desk, Made, id_of
from reportgen.registry.numbers import code_hash, public_number, register_number, verification_code
from reportgen.registry.objections import heard
from reportgen.registry.tables import LIVE, Kind, PartyRow, ReportRow, RequestRow, RestsOnRow, State
from reportgen.settings import Office, database_url, files_dir
from reportgen.store.engine import Store
from reportgen.store.facts import subject_by_hash
from reportgen.store.opening import open_current
from reportgen.store.people import Action, permitted
from reportgen.store.tables import ProjectRow
from reportgen.subject.model import Subject

if TYPE_CHECKING:
    from reportgen.document.typeset import Typeset

T = TypeVar("T")
_ATTEMPTS = 20


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


@dataclass(frozen=True)
class Press:
    """The office at work: its register, its folder of files, and its secret."""

    store: Store
    files: Path
    secret: bytes
    actor: str = "office"

    def desk(self, at: datetime) -> Desk:
        """Return who acts at a moment."""
        return Desk(self.actor, at, events_key(self.secret))

    def act(self, action: Action, work: Callable[[Session], T]) -> T:
        """Return what a piece of work did, where whoever acts may do it, in one transaction; raises E1107."""

        def permitted_work(session: Session) -> T:
            permitted(session, self.actor, action)
            return work(session)

        return self.store.write(permitted_work)

    def permit(self, issuer: Issuer, action: Action, at: datetime) -> None:
        """Refuse whoever may not issue, and keep the agency as the office describes it.

        Raises E1107 (no role), E1102 (staff not in post), E1101 (the filing is lost or not in force).
        """
        desk, agency = self.desk(at), issuer.agency
        if not self.store.read(lambda session: office.admitted(session, issuer, action, desk)):
            self.store.write(lambda session: office.enter_agency(session, agency, desk))

    def current(self, request: Request) -> Request:
        """Return a request whose facts are as the subjects' objections leave them, whatever their file says."""
        applicant = self.store.read(lambda session: _heard(session, request.applicant))
        return replace(request, applicant=applicant)

    def enter(
        self, request: Request, case: Case, found: Assessment, issuer: Issuer, at: datetime
    ) -> ReportRow:
        """Keep facts and request and enter the reviewed draft; a request entered before is gone on with."""
        desk = self.desk(at)
        # Two steps, two transactions: a crash between them leaves a draft, which is gone on with.
        row = self.store.write(lambda session: _draft(session, request, case, found, issuer, desk))
        if row.state != State.DRAFT:
            return row
        two = found.conclusion is not Conclusion.CAPABLE
        by = issuer.staff.reviewed_by
        return self.store.write(
            lambda session: lifecycle.review(session, id_of(row), by, two_persons=two, desk=desk)
        )

    def allot(self, row: ReportRow, issuer: Issuer, at: datetime) -> ReportRow:
        """Give a reviewed report its numbers; raises E0606 where another live report has its use."""
        if row.state != State.REVIEWED:
            return row
        for attempt in range(_ATTEMPTS):
            try:
                return self.store.write(
                    lambda session, n=attempt: _allotted(session, row, self, issuer, at, n)  # type: ignore[misc]
                )
            except IntegrityError as error:
                self.store.read(lambda session: _refuse_second(session, row))
                if attempt == _ATTEMPTS - 1:
                    raise ReportgenError("E0903", tries=_ATTEMPTS) from error
        raise AssertionError("unreachable")

    def identity(self, row: ReportRow, issuer: Issuer, until: date) -> Identity:
        """Return the identity that a numbered row prints, the same however often it is asked."""
        assert row.number is not None and row.allotted_at is not None  # noqa: S101 - it is numbered
        code = verification_code(self.secret, row.number)
        return Identity(
            number=row.number,
            code=code,
            url=f"{issuer.verify.address}/v/{row.number}/{code}",
            stage=Stage.ISSUED,
            issued_at=row.allotted_at,
            valid_until=until,
            registered=True,
            signed=False,
        )

    def publish(
        self, row: ReportRow, identity: Identity, done: "Typeset", key_id: str | None = None
    ) -> ReportRow:
        """Enter the file's hash and who signed it, give the file its name, then say that it is issued."""
        desk, name = self.desk(identity.issued_at), file_name(identity)
        made = Made(hashlib.sha256(done.pdf).hexdigest(), done.pages, name, key_id)
        self.store.write(lambda session: lifecycle.rendered(session, id_of(row), made, desk))
        write_whole(self.files / name, done.pdf)
        return self.store.write(
            lambda session: lifecycle.issued(session, id_of(row), identity.valid_until, desk)
        )

    def void(self, row: ReportRow, at: datetime) -> None:
        """Give up a number whose report cannot be made."""
        desk = self.desk(at)
        self.store.write(lambda session: lifecycle.void(session, id_of(row), desk))

    def whole(self, row: ReportRow) -> bool:
        """Say whether the file of a row stands under its name with the bytes the row says."""
        path = self.files / (row.file or "")
        if row.sha256 is None or not path.is_file():
            return False
        return hashlib.sha256(path.read_bytes()).hexdigest() == row.sha256

    def judgement(self, row: ReportRow) -> str | None:
        """Return what was judged, as JSON; None where the office has had to forget it."""
        asked = select(ReportRow.assessment).where(ReportRow.id == row.id)
        return self.store.read(lambda session: session.exec(asked).one())

    def restore(self, row: ReportRow) -> Request:
        """Return the request of a row as it was entered, from the facts kept with it."""
        return self.store.read(lambda session: _restored(session, row))

    def unfinished(self, until: datetime, *kinds: Kind) -> list[ReportRow]:
        """Return what of some kinds was left in 签发中 since a moment or before."""
        return self.store.read(lambda session: queries.unfinished(session, until, *kinds))

    def finish(self, row: ReportRow, identity: Identity) -> ReportRow:
        """Say that a report is issued whose file already stands whole."""
        desk = self.desk(identity.issued_at)
        return self.store.write(
            lambda session: lifecycle.issued(session, id_of(row), identity.valid_until, desk)
        )


def open_press(place: Office, actor: str) -> Press:
    """Return an office at work, with its database opened; raises E0901, E0902 (secret), E0905, E0906, E0911."""
    return Press(open_current(database_url(place)), files_dir(place), place.secret(), actor)


def file_name(identity: Identity) -> str:
    """Return where a report's file lies under the office's folder of files."""
    return f"{identity.issued_at:%Y/%m}/{identity.number}.pdf"


def _draft(
    session: Session, request: Request, case: Case, found: Assessment, issuer: Issuer, desk: Desk
) -> ReportRow:
    hashes = {s.uscc: learn(session, s, desk)[0].sha256 for s in request.applicant.subjects}
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
        supersedes_id=_superseded(session, request),
    )
    parties = [PartyRow(report_id=0, uscc=uscc, snapshot_sha256=sha) for uscc, sha in hashes.items()]
    return lifecycle.draft(session, report, parties, _rests_on(found), desk)


def _heard(session: Session, applicant: Applicant) -> Applicant:
    members = [m.model_copy(update={"subject": heard(session, m.subject)}) for m in applicant.members]
    return applicant.model_copy(update={"members": tuple(members)})


def _superseded(session: Session, request: Request) -> int | None:
    if not request.supersedes:
        return None
    old = lifecycle.by_number(session, request.supersedes)
    asked = ";".join(subject.uscc for subject in request.applicant.subjects)
    use = (asked, request.project.id, request.project.round, request.lot, request.binding.recipient.uscc)
    if (old.applicant, old.project, old.round, old.lot, old.recipient) != use:
        raise ReportgenError("E0610", number=old.number)
    return old.id


def asked_for(session: Session, asked: RequestRow, snapshot: str, desk: Desk) -> RequestRow:
    """Return the row of a request; where the document of its key has ended, that of a new attempt."""
    key = asked.key
    for attempt in range(_ATTEMPTS):
        asked.key = hashlib.sha256(f"{key}#{attempt}".encode()).hexdigest() if attempt else key
        row = lifecycle.ask(session, asked, desk)
        if not _ended(session, row, snapshot, desk.at):
            return row
    raise ReportgenError("E0903", tries=_ATTEMPTS)


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
    members = [
        {
            "uscc": m.subject.uscc,
            "share": str(m.share),
            "work": m.work,
            "specialties": list(m.specialties),
            "snapshot": hashes[m.subject.uscc],
        }
        for m in request.applicant.members
    ]
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


def _allotted(
    session: Session, row: ReportRow, press: Press, issuer: Issuer, at: datetime, attempt: int
) -> ReportRow:
    desk, asked = press.desk(at), session.get_one(RequestRow, row.request_id)
    lifecycle.make_room(session, row, desk)
    if row.supersedes_id is not None:
        old = lifecycle.get(session, row.supersedes_id)
        lifecycle.supersede(session, str(old.number), desk)
    number = public_number(press.secret, asked.key, at.date(), attempt)
    numbers = {
        "register_number": register_number(session, at.date()),
        "number": number,
        "code_sha256": code_hash(verification_code(press.secret, number)),
        "issued_by": issuer.staff.issued_by,
    }
    return lifecycle.allot(session, id_of(row), numbers, desk)


def _refuse_second(session: Session, row: ReportRow) -> None:
    other = session.exec(
        select(ReportRow).where(
            *lifecycle.same_use(row),
            col(ReportRow.state).in_(LIVE),
            col(ReportRow.superseded).is_(False),
        )
    ).first()
    if other is not None:
        raise ReportgenError("E0606", number=other.number)


def _restored(session: Session, row: ReportRow) -> Request:
    asked = session.get_one(RequestRow, row.request_id)
    members = [
        Member(
            subject=_facts(session, m["uscc"], m["snapshot"]),
            share=Decimal(m["share"]),
            work=m["work"],
            specialties=tuple(m["specialties"]),
        )
        for m in json.loads(asked.applicant)
    ]
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
    return Request(Applicant(members=tuple(members)), project, binding, str(old.number) if old else "")


def _facts(session: Session, uscc: str, sha256: str) -> Subject:
    found = subject_by_hash(session, uscc, sha256)
    if found is None:
        # The office has had to forget some of these facts: what rested on them cannot be made any more.
        raise ReportgenError("E0605", number=uscc, state="所据事实已依规删除")
    return found
