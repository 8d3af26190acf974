"""What files that are handed in tell, as a process of the checker reads them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.errors import Fault, ReportgenError
from reportgen.intake.files import ENDINGS, Reading, is_tables, read_project, read_subject
from reportgen.intake.ocds.projects import load_ocds
from reportgen.intake.ocds.releases import is_ocds
from reportgen.intake.told import read_told
from reportgen.project.model import Project
from reportgen.project.warnings import warnings
from reportgen.subject.delivery import Delivery
from reportgen.subject.model import Subject

_REPORT = ".pdf"


@dataclass(frozen=True)
class Read:
    """What came of reading a file: what it tells, or all that is wrong by its place; and what to look at.

    `marked` is a copy of a faulty workbook with its faults marked, nothing of any other file.
    """

    told: tuple[Subject | Delivery | Project, ...] = ()
    faults: tuple[Fault, ...] = ()
    remarks: tuple[str, ...] = ()
    marked: bytes = b""


def subject(path: Path) -> Read:
    """Read a subject from a workbook, YAML, JSON or a public report; raises E0301 (ending), what reading its kind raises."""
    _require_ending(path, {*ENDINGS, _REPORT})
    return _caught(lambda: _of(read_subject(path), path) if is_tables(path) else _other(path))


def project(path: Path, added: dict[str, Any]) -> Read:
    """Read projects from a workbook, YAML, JSON or OCDS; `added` holds for OCDS alone. Raises as `subject`."""
    _require_ending(path, ENDINGS)
    return _caught(lambda: _released(path, added) if is_ocds(path) else _tendered(path))


def marked(reading: Reading[Any], path: Path) -> bytes:
    """Return a copy of a workbook with its faults marked; raises E0371 where none can be made."""
    copy = path.with_name(f"标注{path.suffix}")
    reading.mark(copy)
    return copy.read_bytes()


def _require_ending(path: Path, endings: Collection[str]) -> None:
    if path.suffix not in endings:
        said = f"请交 {'、'.join(sorted(endings))} 文件"
        raise ReportgenError("E0301", path="file", faults=[Fault("E0301", "file", said)])


def _caught(work: Callable[[], Read]) -> Read:
    """Return the faults of a file as what was read of it."""
    try:
        return work()
    except ReportgenError as error:
        if not error.faults:
            raise
        return Read(faults=error.faults)


def _other(path: Path) -> Read:
    told = read_told(path)
    return Read((told.said,), remarks=told.remarks)


def _tendered(path: Path) -> Read:
    reading = read_project(path)
    cautions = () if reading.model is None else warnings(reading.model)
    told = [reading.tree.told(Fault("", caution.path, caution.text)) for caution in cautions]
    return _of(reading, path, tuple(f"{fault.path}：{fault.what}" for fault in told))


def _released(path: Path, added: dict[str, Any]) -> Read:
    found = load_ocds(path, added)
    remarks = tuple(f"{remark.path}：{remark.text}" for read in found for remark in read.remarks)
    return Read(tuple(read.project for read in found), remarks=remarks)


def _of(reading: Reading[Any], path: Path, remarks: tuple[str, ...] = ()) -> Read:
    said = (*remarks, *(f"{fault.path}：{fault.what}" for fault in reading.warnings))
    if reading.model is not None and not reading.faults:
        return Read((reading.model,), remarks=said)
    copy = marked(reading, path) if is_tables(path) else b""
    return Read(faults=reading.faults, remarks=said, marked=copy)
