"""What the register holds for a 核销清单 and a 核销凭证, and that one has left the house: neither has a row of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from reportgen.assess.wording import day
from reportgen.certify.manifest import Listed, Manifest, Named
from reportgen.document import compared
from reportgen.document.compared import Party, Place
from reportgen.document.compose import moment
from reportgen.document.issuer import Agency
from reportgen.document.used import Checkpoint, Line, UseList, Voucher
from reportgen.errors import ReportgenError
from reportgen.project.clauses import Party as ProjectParty
from reportgen.project.model import Project
from reportgen.registry import queries, recipients
from reportgen.registry.checkpoint import newest
from reportgen.registry.event_data import Value
from reportgen.registry.events import Tag
from reportgen.registry.lifecycle import LABELS, Desk, id_of
from reportgen.registry.manifest import Scope, manifest
from reportgen.registry.office import tell
from reportgen.registry.tables import ReportRow, State
from reportgen.store.projects import project_at

_USED = {State.CONSUMED, State.ARCHIVED}


def gather(session: Session, agency: Agency, scope: Scope, recipient: str, at: datetime) -> UseList:
    """Return the 核销清单 of a project for whoever takes reports for it, of his own reports alone unless he runs it.

    Raises E0351 (none of his), E0306, and E1106 before 开标.
    """
    opened = recipients.opened(session, recipient, scope.project, scope.round or 1, at)
    listed = manifest(session, agency, scope, at)
    if opened.run_by(recipient):
        return use_list(session, agency, listed, opened.project)
    own = tuple(report for report in listed.reports if report.recipient.uscc == recipient)
    found = use_list(session, agency, listed.model_copy(update={"reports": own}), opened.project)
    return found.model_copy(update={"recipient": found.reports[0].recipient if found.reports else None})


def use_list(session: Session, agency: Agency, listed: Manifest, project: Project) -> UseList:
    """Return the 核销清单 of the reports that a manifest lists, as of its moment."""
    names = {lot.id: lot.name for lot in project.lots}
    # A lot that an amendment of the tender has taken away since is listed all the same.
    lots = dict.fromkeys((*listed.lots, *(report.lot for report in listed.reports if report.lot)))
    chains = _chains(session, [report.number for report in listed.reports])
    return UseList(
        number=f"HX-{listed.as_of:%Y%m%d-%H%M%S}",
        sample=listed.sample,
        agency=compared.party(agency),
        project=place(project),
        lots=tuple((lot, names.get(lot, "")) for lot in lots),
        recipient=None,
        as_of=listed.as_of,
        checkpoint=_checkpoint(session),
        reports=tuple(_line(report, *chains[report.number]) for report in listed.reports),
    )


def voucher(session: Session, agency: Agency, number: str, recipient: str, at: datetime) -> Voucher:
    """Return the 核销凭证 of a report that its recipient has used; raises E0502 (none of his), E0605, E1106."""
    row = queries.made_for(session, recipient, number, at)
    if row.state not in _USED or row.consumed_at is None:
        raise ReportgenError("E0605", number=number, state=f"{LABELS[State(row.state)]}，没有可以证明的核销")
    listed = manifest(session, agency, Scope(row.project, row.round), at)
    (report,) = (report for report in listed.reports if report.number == number)
    return Voucher(
        number=f"{number}-H{row.consumed_at:%Y%m%d%H%M%S}",
        sample=agency.sample,
        agency=compared.party(agency),
        project=place(project_at(session, row.project, row.round)),
        as_of=at,
        checkpoint=_checkpoint(session),
        report=_line(report, row.events, row.head),
    )


def exported(session: Session, found: UseList, sha256: str, desk: Desk) -> None:
    """Record that a list of a hash has left the house."""
    said: dict[str, Value] = {
        "project": found.project.id,
        "round": found.project.round,
        "lot": found.lots[0][0] if len(found.lots) == 1 else "",
        "number": found.number,
        "sha256": sha256,
        "reports": len(found.reports),
    }
    tell(session, Tag.PROJECT_USES_EXPORT, desk, **said)


def vouched(session: Session, found: Voucher, sha256: str, desk: Desk) -> None:
    """Record that a voucher of a hash has left the house, with the use it speaks of."""
    line = found.report
    row = session.exec(select(ReportRow).where(ReportRow.number == line.number)).one()
    assert line.used_at is not None  # noqa: S101 - it was used
    said: dict[str, Value] = {
        "project": found.project.id,
        "round": found.project.round,
        "lot": line.lot,
        "number": found.number,
        "sha256": sha256,
        "report": id_of(row),
        "used_at": line.used_at.isoformat(),
    }
    tell(session, Tag.PROJECT_VOUCHER_EXPORT, desk, **said)


def place(project: Project) -> Place:
    """Return a project as its committee's documents name it."""
    deadline = project.bid_deadline
    return Place(
        id=project.id,
        name=project.name,
        round=project.round,
        matter=project.matter,
        owner=_party(project.owner),
        agent=_party(project.agent) if project.agent else None,
        closes_by=project.judged_by,
        closes=moment(deadline) if deadline else day(project.judged_on),
    )


def _chains(session: Session, numbers: Sequence[str]) -> Mapping[str, tuple[int, str]]:
    asked = select(ReportRow.number, ReportRow.events, ReportRow.head)
    found = session.exec(asked.where(col(ReportRow.number).in_(numbers))).all()
    return {str(number): (events, head) for number, events, head in found}


def _checkpoint(session: Session) -> Checkpoint | None:
    row = newest(session)
    return None if row is None else Checkpoint(id=row.id or 0, at=row.at, digest=row.digest)


def _line(report: Listed, events: int, head: str) -> Line:
    return Line(
        number=report.number,
        applicant=tuple(map(_party, report.applicant)),
        lot=report.lot,
        recipient=_party(report.recipient),
        purpose=report.purpose,
        conclusion=report.conclusion,
        state=report.state,
        usable=report.usable,
        used_at=report.used_at,
        used_by=report.used_by,
        revoked_at=report.revoked_at,
        sha256=report.sha256,
        events=events,
        head=head,
    )


def _party(named: ProjectParty | Named) -> Party:
    return Party(uscc=named.uscc, name=named.name)
