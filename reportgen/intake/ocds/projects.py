"""Projects of an OCDS file, with what the caller adds to it; what still lacks is told all at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reportgen.errors import Fault, ReportgenError
from reportgen.faults import faults_of
from reportgen.intake.ocds.mapping import Mapped, project_fields
from reportgen.intake.ocds.releases import Release, processes_in
from reportgen.intake.refused import refused
from reportgen.plain import read_plain
from reportgen.project.model import ApplicantRole, Project
from reportgen.subject.matter import Matter
from reportgen.subject.warnings import Caution

_ROLES: dict[object, ApplicantRole] = {
    Matter.WORKS_TENDER: ApplicantRole.BIDDER,
    Matter.GOVERNMENT_PROCUREMENT: ApplicantRole.SUPPLIER,
}
"""What the law calls the applicant in a matter."""


@dataclass(frozen=True)
class Read:
    """A project, and what the desk is told of the reading."""

    project: Project
    remarks: tuple[Caution, ...]


def load_ocds(path: Path, added: Mapping[str, Any]) -> list[Read]:
    """Read every contracting process of a file as a project; `added` fields come before those of the file.

    Raises E0391 with everything that lacks or is wrong in any of them, and what `processes_in` raises.
    """
    mapped = {ocid: _mapped(ocid, release, added) for ocid, release in processes_in(path).items()}
    read: list[Read] = []
    faults: list[Fault] = []
    for ocid, found in mapped.items():
        place = f"{ocid} " if len(mapped) > 1 else ""
        faults += [_explained(fault, found, place) for fault in refused(found.fields)]
        try:
            read.append(Read(Project.model_validate(found.fields), tuple(found.remarks)))
        except ValidationError as error:
            faults += [_explained(fault, found, place) for fault in faults_of(error)]
    if faults:
        raise ReportgenError("E0391", path=str(path), faults=faults)
    return read


def added_by(path: Path | None) -> dict[str, Any]:
    """Return the fields of a project that a YAML or JSON file adds; raises E0301 and what `read_plain` raises."""
    if path is None:
        return {}
    plain = read_plain(path)
    if plain.faults:
        raise ReportgenError("E0301", path=str(path), faults=plain.faults)
    return plain.data


def _mapped(ocid: str, release: Release, added: Mapping[str, Any]) -> Mapped:
    found = project_fields(ocid, release)
    note = found.fields["note"]
    found.fields |= added
    if "note" in added:
        found.fields["note"] = f"{added['note']}\n{note}"
    if "decision_date" in added:
        found.fields.pop("bid_deadline", None)
    if (role := _ROLES.get(found.fields.get("matter"))) is not None:
        found.fields.setdefault("role", role)
    else:
        found.absent["role"] = "随事项而定"
    return found


def _explained(fault: Fault, found: Mapped, place: str) -> Fault:
    why = found.absent.get(fault.path) if fault.path not in found.fields else None
    if not fault.path and not {"bid_deadline", "decision_date"} & found.fields.keys():
        why = found.absent.get("bid_deadline")
    return Fault("E0391", f"{place}{fault.path}", f"{fault.what}（{why}）" if why else fault.what)
