"""Rows of the office as the API tells them."""

import json
from collections.abc import Mapping

from sqlmodel import Session, select

from reportgen.project import model as project_model
from reportgen.registry.application_rows import ApplicationRow, ApplicationState
from reportgen.registry.applications import LABELS
from reportgen.registry.award_notices import withheld
from reportgen.registry.standing import LABELS as STATES
from reportgen.registry.standing import SUPERSEDED
from reportgen.registry.tables import ReportRow
from reportgen.registry.view import Summary, summaries
from reportgen.store.accounts import Caller
from reportgen.store.tables import ProjectRow
from reportgen.subject import model as subject_model
from reportgen.subject.model import COLLECTIONS
from reportgen.web.api.models import (
    Application,
    Change,
    Member,
    Party,
    Report,
    ReportState,
    Subject,
    SubjectSource,
    Tender,
    TenderLot,
)
from reportgen.zone import now

_CODES: Mapping[str, ReportState] = {
    **{word: ReportState(state) for state, word in STATES.items() if state.value in set(ReportState)},
    SUPERSEDED: ReportState.SUPERSEDED,
}


def application(session: Session, row: ApplicationRow) -> Application:
    """Return an application; the number of its report once it is issued."""
    number = None
    if row.state == ApplicationState.ISSUED and row.report_id is not None:
        number = session.exec(select(ReportRow.number).where(ReportRow.id == row.report_id)).one()
    members = [Member(uscc=m["uscc"], share=m["share"], work=m["work"]) for m in json.loads(row.members)]
    return Application(
        id=row.key,
        state=ApplicationState(row.state),
        state_name=LABELS[ApplicationState(row.state)],
        project=row.project,
        round=row.round,
        lot=row.lot,
        recipient=Party(uscc=row.recipient, name=row.recipient_name),
        payer=row.payer,
        purpose=row.purpose,
        authorisation=row.authorisation,
        members=tuple(members),
        submitted_at=row.submitted_at,
        due_at=row.due_at,
        ended_at=row.ended_at,
        note=row.note if row.state == ApplicationState.RETURNED else "",
        report=number,
    )


def reports(session: Session, rows: list[ReportRow], caller: Caller) -> tuple[Report, ...]:
    """Return issued reports as they stand today, to a caller who may know of their use or not."""
    shown = summaries(session, rows, now().date(), withheld(session, rows, caller))
    return tuple(_report(row, summary) for row, summary in zip(rows, shown, strict=True))


def tender(row: ProjectRow) -> Tender:
    """Return a round of a project."""
    project = project_model.Project.model_validate_json(row.content)
    agent = project.agent
    return Tender(
        project=row.project,
        round=row.round,
        name=project.name,
        matter=project.matter,
        region=project.region,
        owner=Party(uscc=project.owner.uscc, name=project.owner.name),
        agent=Party(uscc=agent.uscc, name=agent.name) if agent else None,
        lots=tuple(TenderLot(id=lot.id, name=lot.name) for lot in project.lots),
        closes_at=row.closes_at,
        opened=row.closes_at <= now(),
    )


def subject(held: subject_model.Subject) -> Subject:
    """Return what is held of a subject, counted."""
    counts = {name: len(getattr(held, name)) for name in COLLECTIONS}
    sources = [
        SubjectSource(name=source.name, origin=source.origin, collected_on=source.collected_on)
        for source in held.sources
    ]
    return Subject(
        uscc=held.uscc,
        name=held.name,
        former_names=held.former_names,
        kind=held.kind,
        standing=held.registration.standing,
        as_of=held.as_of,
        facts=counts,
        sources=tuple(sources),
    )


def _report(row: ReportRow, summary: Summary) -> Report:
    assert summary.issued_at is not None  # noqa: S101 - only issued reports are told
    return Report(
        number=summary.number,
        kind=summary.kind,
        state=_CODES[summary.state],
        state_name=summary.state,
        usable=summary.usable,
        changes=tuple(Change(word=change.word, at=change.at) for change in summary.changes),
        applicant=tuple(Party(uscc=party.uscc, name=party.name) for party in summary.applicant),
        project=summary.project,
        round=summary.round,
        lot=summary.lot,
        recipient=row.recipient,
        conclusion=summary.conclusion,
        issued_at=summary.issued_at,
        valid_until=summary.valid_until,
        pages=row.pages,
        sha256=row.sha256,
    )
