"""What the register holds for a project's 比对汇总表: each issued report, what was judged then, the facts as entered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from reportgen.assess.model import Assessment
from reportgen.certify.facts import RegisterFacts
from reportgen.certify.manifest import Listed, Manifest
from reportgen.document.issuer import Agency
from reportgen.document.used import UseList
from reportgen.project.model import Project
from reportgen.registry import verification
from reportgen.registry.event_data import Value
from reportgen.registry.events import Tag
from reportgen.registry.lifecycle import Desk, by_number
from reportgen.registry.manifest import Scope, exported, manifest
from reportgen.registry.office import tell
from reportgen.registry.tables import PartyRow, ReportRow
from reportgen.registry.use_lists import use_list
from reportgen.store.facts import subject_by_hash
from reportgen.store.projects import project_at
from reportgen.subject.model import Subject


@dataclass(frozen=True)
class Entered:
    """An issued report: as a manifest lists it and as a check is told of it, and what the office still has of it.

    `file` is its name under the office's folder of files, `assessment` what was judged, `subjects` the facts of
    its members, the lead's first; nothing, None and None where the office had to forget them.
    """

    listed: Listed
    book: RegisterFacts
    file: str
    assessment: Assessment | None
    subjects: tuple[Subject, ...] | None


@dataclass(frozen=True)
class Gathered:
    """What is compared: the manifest's own reports in its order, the project as it stands now, and the 核销清单."""

    manifest: Manifest
    project: Project
    reports: tuple[Entered, ...]
    uses: UseList


def gather(session: Session, agency: Agency, scope: Scope, at: datetime) -> Gathered:
    """Return what is to be compared; raises E0351, E0306, and E1106 before 开标, as a manifest does."""
    listed = manifest(session, agency, scope, at)
    project = project_at(session, listed.project.id, listed.project.round)
    reports = tuple(_entered(session, report, at) for report in listed.reports)
    return Gathered(listed, project, reports, use_list(session, agency, listed, project))


def delivered(session: Session, listed: Manifest, page: str, number: str, sha256: str, desk: Desk) -> None:
    """Record that a comparison of a number and a hash has left the house, and the manifest's page beside it."""
    exported(session, listed, page, desk)
    place = listed.project
    said: dict[str, Value] = {
        "project": place.id,
        "round": place.round,
        "lot": listed.lots[0] if len(listed.lots) == 1 else "",
        "number": number,
        "sha256": sha256,
        "reports": len(listed.reports),
    }
    tell(session, Tag.PROJECT_BUNDLE_EXPORT, desk, **said)


def _entered(session: Session, listed: Listed, at: datetime) -> Entered:
    row = by_number(session, listed.number)
    judged = row.assessment
    return Entered(
        listed=listed,
        book=verification.facts(session, listed.sha256, listed.number, at),
        file=row.file or "",
        assessment=Assessment.model_validate_json(judged) if judged else None,
        subjects=_subjects(session, row),
    )


def _subjects(session: Session, row: ReportRow) -> tuple[Subject, ...] | None:
    found = select(PartyRow).where(PartyRow.report_id == row.id)
    hashes = {party.uscc: party.snapshot_sha256 for party in session.exec(found)}
    subjects = [subject_by_hash(session, uscc, hashes[uscc]) for uscc in row.applicant.split(";")]
    return _all(subjects)


def _all(subjects: Sequence[Subject | None]) -> tuple[Subject, ...] | None:
    known = tuple(subject for subject in subjects if subject is not None)
    return known if len(known) == len(subjects) else None
