"""Subjects and projects from YAML or JSON files."""

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from reportgen.errors import Fault, ReportgenError
from reportgen.intake.faults import faults_of
from reportgen.plain import read_plain
from reportgen.project.model import Project
from reportgen.subject.base import Model
from reportgen.subject.model import Subject

_M = TypeVar("_M", bound=Model)


def load_subject(path: Path) -> Subject:
    """Read a subject; raises E0301 with every fault by its path, or what `read_plain` raises."""
    return load(path, Subject)


def load_project(path: Path) -> Project:
    """Read a project; raises E0301 with every fault by its path, or what `read_plain` raises."""
    return load(path, Project)


def load(path: Path, model: type[_M]) -> _M:
    """Read a file as `model`; raises E0301 with every fault, or what `read_plain` raises."""
    plain = read_plain(path)
    faults = list(plain.faults)
    result = None
    try:
        result = model.model_validate(plain.data)
    except ValidationError as error:
        faults += [_with_line(fault, plain.lines) for fault in faults_of(error)]
    if result is None or faults:
        raise ReportgenError("E0301", path=str(path), faults=faults)
    return result


def _with_line(fault: Fault, lines: dict[str, int]) -> Fault:
    line = lines.get(fault.path)
    return fault if line is None else Fault(fault.code, fault.path, f"{fault.what}（第 {line} 行）")
