"""Facts and projects entered with their event: every version that the office goes by is in a chain."""

from sqlmodel import Session

from reportgen.project.model import Project
from reportgen.registry.event_data import Value
from reportgen.registry.events import Tag, office_stream, record
from reportgen.registry.lifecycle import Desk
from reportgen.store.facts import Imported, import_subject
from reportgen.store.projects import ImportedProject, import_project, is_entered
from reportgen.subject.model import Subject

_PROJECTS = "project"
"""One chain for all projects: what an owner calls a project may be no plain code."""


def enter_facts(session: Session, subject: Subject, desk: Desk) -> Imported:
    """Enter a subject's facts, a new version with its event; raises E0352, E0353."""
    told = import_subject(session, subject, desk.at)
    if told.new:
        _tell(
            session,
            f"subject:{told.uscc}",
            Tag.SUBJECT_FACTS_IMPORT,
            desk,
            uscc=told.uscc,
            on=told.as_of.isoformat(),
            sha256=told.sha256,
        )
    return told


def looked_at(session: Session, uscc: str, desk: Desk) -> None:
    """Enter that somebody of the office looked at a subject's record: who, whose and when."""
    _tell(session, f"subject:{uscc}", Tag.SUBJECT_FACTS_LOOK, desk, uscc=uscc)


def enter_project(session: Session, project: Project, desk: Desk) -> ImportedProject:
    """Enter a project, a new version with its event; raises E0352."""
    if not is_entered(session, project):
        # Two who are the first to enter it do so one after the other, so that it has one version and one event.
        office_stream(session, _PROJECTS)
    told = import_project(session, project, desk.at)
    if told.new:
        _tell(
            session,
            _PROJECTS,
            Tag.PROJECT_VERSION_IMPORT,
            desk,
            project=project.id,
            round=project.round,
            matter=project.matter,
            sha256=told.sha256,
        )
    return told


def _tell(session: Session, stream: str, tag: Tag, desk: Desk, **said: Value) -> None:
    record(session, office_stream(session, stream), tag, desk.at, desk.actor, desk.key, **said)
