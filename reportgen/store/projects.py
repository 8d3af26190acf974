"""Projects as the office learned them: an amended tender is a later version of the same round."""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import func
from sqlalchemy.orm import defer
from sqlmodel import Session, col, or_, select

from reportgen.errors import ReportgenError
from reportgen.project.model import Project
from reportgen.store.facts import check_later
from reportgen.store.tables import LotRow, ProjectRow
from reportgen.subject.canonical import canonical, sha256


@dataclass(frozen=True)
class ImportedProject:
    """What came of an import; `new` says whether a version was entered."""

    project: str
    round: int
    name: str
    sha256: str
    new: bool


def import_project(session: Session, project: Project, known_at: datetime) -> ImportedProject:
    """Enter a project and its lots as learned at a moment; the same content again enters nothing.

    Raises E0352 (something else was learned later already).
    """
    content = canonical(project)
    new = not is_entered(session, project)
    if new:
        newest = _newest(session, project.id, project.round, None)
        check_later(project.name, known_at, [] if newest is None else [newest.known_at])
        _enter(session, _row(project, known_at, content), project)
    return ImportedProject(project.id, project.round, project.name, sha256(content), new)


def is_entered(session: Session, project: Project) -> bool:
    """Say whether the last version of a project's round is just so."""
    newest = _newest(session, project.id, project.round, None)
    return newest is not None and newest.sha256 == sha256(canonical(project))


def project_at(
    session: Session, name: str, round_: int | None = None, known_at: datetime | None = None
) -> Project:
    """Return a project by its id as the office knew it at a moment, or knows it now, by default its last round.

    Raises E0351 (unknown).
    """
    row = _newest(session, name, round_, known_at)
    if row is None:
        which = name if round_ is None else f"{name} 第 {round_} 轮"
        when = f"在 {known_at} 以前" if known_at else ""
        raise ReportgenError("E0351", path=name, detail=f"{which} {when}没有导入过")
    return Project.model_validate_json(row.content)


def listed_projects(session: Session, text: str = "", limit: int = 100) -> list[ProjectRow]:
    """Return the last version of each round whose id or name holds a text, those that close last at the top."""
    last = select(func.max(ProjectRow.id)).group_by(col(ProjectRow.project), col(ProjectRow.round))
    columns = (col(ProjectRow.project), col(ProjectRow.name))
    found = (
        select(ProjectRow)
        .options(defer(ProjectRow.content))  # type: ignore[arg-type] # SQLModel types a column as its value
        .where(col(ProjectRow.id).in_(last))
        .where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    )
    order = (col(ProjectRow.closes_at).desc(), col(ProjectRow.id).desc())
    return list(session.exec(found.order_by(*order).limit(limit)).all())


def _newest(session: Session, name: str, round_: int | None, known_at: datetime | None) -> ProjectRow | None:
    found = select(ProjectRow).where(ProjectRow.project == name)
    if round_ is not None:
        found = found.where(ProjectRow.round == round_)
    if known_at is not None:
        found = found.where(ProjectRow.known_at <= known_at)
    order = (col(ProjectRow.round).desc(), col(ProjectRow.known_at).desc(), col(ProjectRow.id).desc())
    return session.exec(found.order_by(*order).limit(1)).first()


def _row(project: Project, known_at: datetime, content: str) -> ProjectRow:
    return ProjectRow(
        project=project.id,
        round=project.round,
        name=project.name,
        matter=project.matter,
        region=project.region,
        owner=project.owner.uscc,
        agent=project.agent.uscc if project.agent else "",
        closes_at=project.bid_deadline or datetime.combine(project.judged_on, time.min),
        known_at=known_at,
        sha256=sha256(content),
        content=content,
    )


def _enter(session: Session, row: ProjectRow, project: Project) -> None:
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - a row that was entered has one
    session.add_all(LotRow(project_id=row.id, lot=lot.id, name=lot.name) for lot in project.lots)
    session.flush()
