"""A request on its way through the register: entered, reviewed, numbered, published, each step once.

Every step can be taken again after a crash: it finds what is there and goes on. The office's clock is the
moment of the first step that printed it, so a report rendered twice has the same bytes.

Two may hold the same row at once: a cluster gives a job to another worker when it hears no more of the first.
Each gives its file a name of its own, which holds the file's hash, before it asks to say 有效; the first one to
say so has issued the report, and the second takes that one and removes its own. So no late write, however slow
the store, touches a file that was issued, and no lock is held while a file is written.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from reportgen.assess.case import Case
from reportgen.assess.model import Assessment, Conclusion
from reportgen.document.issuer import Identity, Issuer, Stage
from reportgen.errors import ReportgenError
from reportgen.project.applicant import Applicant
from reportgen.registry import lifecycle, office, queries, requests, screening
from reportgen.registry.events import events_key
from reportgen.registry.lifecycle import LABELS, Desk, Made, id_of
from reportgen.registry.numbers import code_hash, public_number, register_number, verification_code
from reportgen.registry.requests import ATTEMPTS, Request
from reportgen.registry.screening import Looked
from reportgen.registry.tables import LIVE, Kind, ReportRow, RequestRow, State
from reportgen.settings import Office, database_url
from reportgen.store.engine import Store
from reportgen.store.files import Files, files_of
from reportgen.store.opening import open_current
from reportgen.store.people import Action, permitted

if TYPE_CHECKING:
    from reportgen.document.typeset import Typeset

T = TypeVar("T")
_HASH = 12
"""How many letters of its hash a file's name holds: several attempts at one report never meet in one name."""


@dataclass(frozen=True)
class Press:
    """The office at work: its register, its files, and its secret."""

    store: Store
    files: Files
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

    def current(self, applicant: Applicant, at: datetime) -> tuple[Applicant, Looked]:
        """Return an applicant whose facts are as lists and objections leave them, whatever their file says.

        Beside it stands what comparing its members with the lists came to. Raises E0383.
        """

        def work(session: Session) -> tuple[Applicant, Looked]:
            looked = screening.look(session, applicant.subjects)
            return requests.current(session, applicant, looked.lists), looked

        def work_and_enter(session: Session) -> tuple[Applicant, Looked]:
            screening.enter_hits(session, applicant.subjects, self.desk(at))
            return work(session)

        found = self.store.read(work)
        return self.store.write(work_and_enter) if found[1].unentered else found

    def note(self, request: Request, at: datetime) -> None:
        """Keep facts and request of an applicant that lacks evidence; raises E0352, E0353."""
        desk = self.desk(at)
        self.store.write(lambda session: requests.unanswered(session, request, desk))

    def enter(
        self, request: Request, case: Case, found: Assessment, issuer: Issuer, at: datetime
    ) -> ReportRow:
        """Keep facts and request and enter the reviewed draft; a request entered before is gone on with."""
        desk = self.desk(at)
        # Two steps, two transactions: a crash between them leaves a draft, which is gone on with.
        row = self.store.write(lambda session: requests.draft(session, request, case, found, issuer, desk))
        if row.state != State.DRAFT:
            return row
        two = found.conclusion is not Conclusion.CAPABLE
        by = issuer.staff.reviewed_by
        return self.store.write(
            lambda session: requests.reviewed(session, row, by, two_persons=two, desk=desk)
        )

    def allot(self, row: ReportRow, issuer: Issuer, at: datetime) -> ReportRow:
        """Give a reviewed report its numbers; raises E0606 where another live report has its use."""
        if row.state != State.REVIEWED:
            return row
        for attempt in range(ATTEMPTS):
            try:
                return self.store.write(
                    lambda session, n=attempt: _allotted(session, row, self, issuer, at, n)  # type: ignore[misc]
                )
            except IntegrityError as error:
                self.store.read(lambda session: _refuse_second(session, row))
                if attempt == ATTEMPTS - 1:
                    raise ReportgenError("E0903", tries=ATTEMPTS) from error
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
        """Enter the file's hash and who signed it, give the file its name, then say that it is issued.

        Where somebody else was first, his report is returned. Raises E0605 where the number was given up.
        """
        sha256 = hashlib.sha256(done.pdf).hexdigest()
        made = Made(sha256, done.pages, file_name(identity, sha256), key_id)
        desk = self.desk(identity.issued_at)
        earlier = self.store.write(lambda session: _rendered(session, row, made, desk))
        if earlier is None:
            return self.store.read(lambda session: lifecycle.get(session, id_of(row)))
        self.files.write(made.file, done.pdf)
        return self._settled(row, made, identity, {earlier, made.file})

    def _settled(self, row: ReportRow, made: Made, identity: Identity, files: set[str]) -> ReportRow:
        """Say that a report is issued, unless somebody else was first, and remove the files of other attempts."""
        until, desk = identity.valid_until, self.desk(identity.issued_at)
        now = self.store.write(lambda session: _issued(session, row, made, until, desk))
        for name in files - {now.file or "", ""}:
            self.files.remove(name)
        if now.issued_at is None:
            raise ReportgenError("E0605", number=now.number, state=LABELS[State(now.state)])
        return now

    def void(self, row: ReportRow, at: datetime) -> None:
        """Give up a number whose report cannot be made, unless somebody else has issued or given it up meanwhile."""
        desk = self.desk(at)
        self.store.write(lambda session: _void(session, row, desk))

    def whole(self, row: ReportRow) -> bool:
        """Say whether the file of a row stands under its name with the bytes the row says."""
        if row.sha256 is None or row.file is None:
            return False
        content = self.files.read(row.file)
        return content is not None and hashlib.sha256(content).hexdigest() == row.sha256

    def content(self, row: ReportRow) -> bytes:
        """Return the file of a row; raises E0909 where it is lost."""
        content = self.files.read(row.file or "")
        if content is None:
            raise ReportgenError("E0909", file=row.file, detail="没有这个文件")
        return content

    def judgement(self, row: ReportRow) -> str | None:
        """Return what was judged, as JSON; None where the office has had to forget it."""
        asked = select(ReportRow.assessment).where(ReportRow.id == row.id)
        return self.store.read(lambda session: session.exec(asked).one())

    def restore(self, row: ReportRow) -> Request:
        """Return the request of a row as it was entered, from the facts kept with it."""
        return self.store.read(lambda session: requests.restored(session, row))

    def unfinished(self, until: datetime, *kinds: Kind) -> list[ReportRow]:
        """Return what of some kinds was left in 签发中 since a moment or before."""
        return self.store.read(lambda session: queries.unfinished(session, until, *kinds))

    def finish(self, row: ReportRow, identity: Identity) -> ReportRow:
        """Say that a report is issued whose file already stands whole; raises E0605 where it was given up."""
        made = Made(row.sha256 or "", row.pages or 0, row.file or "", row.key_id)
        return self._settled(row, made, identity, set())


def open_press(place: Office, actor: str) -> Press:
    """Return an office at work, with its database opened.

    Raises E0901, E0902 (secret), E0905, E0906, E0911, E0914 (the address of its files).
    """
    files = files_of(place)
    return Press(open_current(database_url(place)), files, place.secret(), actor)


def file_name(identity: Identity, sha256: str) -> str:
    """Return the name of a report's file of a hash among the office's files."""
    return f"{identity.issued_at:%Y/%m}/{identity.number}.{sha256[:_HASH]}.pdf"


def _allotted(
    session: Session, row: ReportRow, press: Press, issuer: Issuer, at: datetime, attempt: int
) -> ReportRow:
    desk, asked = press.desk(at), session.get_one(RequestRow, row.request_id)
    lifecycle.hold(session, row)
    now = lifecycle.get(session, id_of(row))
    if now.state != State.REVIEWED:
        # Somebody else has given it its numbers meanwhile.
        return now
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


def _rendered(session: Session, row: ReportRow, made: Made, desk: Desk) -> str | None:
    """Enter a file's hash; return the file of an earlier attempt, None where the report is issued already."""
    now = lifecycle.get(session, id_of(row), lock=True)
    if now.issued_at is not None:
        return None
    earlier = now.file or ""
    lifecycle.rendered(session, id_of(row), made, desk)
    return earlier


def _issued(session: Session, row: ReportRow, made: Made, until: date, desk: Desk) -> ReportRow:
    now = lifecycle.get(session, id_of(row), lock=True)
    return now if now.state != State.RENDERING else lifecycle.issued(session, id_of(row), made, until, desk)


def _void(session: Session, row: ReportRow, desk: Desk) -> None:
    if lifecycle.get(session, id_of(row), lock=True).state == State.RENDERING:
        lifecycle.void(session, id_of(row), desk)
