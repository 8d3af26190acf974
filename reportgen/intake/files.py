"""Subjects and projects from YAML or JSON files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from reportgen.errors import Fault, ReportgenError
from reportgen.faults import faults_of
from reportgen.plain import Plain, read_plain
from reportgen.project.model import Project
from reportgen.subject.base import Model
from reportgen.subject.links import Misfit, misfits_in
from reportgen.subject.model import COLLECTIONS, Subject

_M = TypeVar("_M", bound=Model)


def _nothing(_: dict[str, Any]) -> list[Misfit]:
    return []


def load_subject(path: Path) -> Subject:
    """Read a subject; raises E0301 with every fault by its path, or what `read_plain` raises."""
    return load(path, Subject, lambda data: misfits_in(data, COLLECTIONS))


def load_project(path: Path) -> Project:
    """Read a project; raises E0301 with every fault by its path, or what `read_plain` raises."""
    return load(path, Project)


def load(path: Path, model: type[_M], across: Callable[[dict[str, Any]], list[Misfit]] = _nothing) -> _M:
    """Read a file as `model`; raises E0301 with every fault, or what `read_plain` raises.

    The model checks how its parts hang together only where each is sound; `across` looks at the parts
    of a faulty file, so that nobody mends a file twice.
    """
    plain = read_plain(path)
    faults = list(plain.faults)
    result = None
    try:
        result = model.model_validate(plain.data)
    except ValidationError as error:
        found = [*faults_of(error), *(Fault("E0301", *misfit) for misfit in across(plain.data))]
        faults += [_with_line(fault, plain) for fault in dict.fromkeys(found)]
    if result is None or faults:
        raise ReportgenError("E0301", path=str(path), faults=faults)
    return result


def _with_line(fault: Fault, plain: Plain) -> Fault:
    line = plain.line(fault.path)
    return fault if line is None else Fault(fault.code, fault.path, f"{fault.what}（第 {line} 行）")
