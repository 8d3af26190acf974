"""Checking a workbook that a bidder hands in: read in a process of its own, with its faults and a marked copy."""

from dataclasses import dataclass, replace
from pathlib import Path

from reportgen.errors import Fault
from reportgen.intake.files import Reading, read_subject
from reportgen.registry.uploads import Finding
from reportgen.sheets.filled import Filled
from reportgen.subject.declared import declared, taken
from reportgen.subject.model import Subject
from reportgen.web.checking import Checker
from reportgen.web.reading import marked

_BOOK = "workbook.xlsx"


@dataclass(frozen=True)
class Checked:
    """What the check of a workbook found: whose it says it is, its faults and then its warnings, the marked copy.

    `given` is what it says where nothing is wrong, and `after` the subject as it is once that is taken in.
    """

    uscc: str
    found: tuple[Finding, ...]
    marked: bytes = b""
    given: Subject | None = None
    after: Subject | None = None

    def of(self, uscc: str) -> bool:
        """Say whether it may be the workbook of a subject: where it says whose it is, it says that."""
        return self.uscc.strip().upper() in {"", uscc}

    @property
    def faults(self) -> tuple[str, ...]:
        """Return what stops it."""
        return tuple(finding.what for finding in self.found if not finding.warns)


def check_workbook(checker: Checker, data: bytes, before: Subject | None) -> Checked:
    """Return what is wrong with the bytes of a workbook, given what is held of the subject that handed it in.

    Raises E0392 (reading it did not end), E0303 (it unpacks to too much), E0370 (no workbook), E0371 (no copy can be
    made), E0373 (a workbook of a project).
    """
    return checker.read(_check, _BOOK, data, before)


def _check(path: Path, before: Subject | None) -> Checked:
    reading = read_subject(path)
    said = reading.tree.data.get("uscc", "") if isinstance(reading.tree, Filled) else ""
    uscc = said if isinstance(said, str) else ""
    if reading.model is None or reading.faults:
        return _faulty(reading, uscc, path)
    own = declared(before, reading.model)
    reading = _with(reading, own.faults, own.remarks)
    if own.faults:
        return _faulty(reading, uscc, path)
    found = tuple(Finding(warning.what, warns=True) for warning in reading.warnings)
    copy = marked(reading, path) if found else b""
    return Checked(uscc, found, copy, reading.model, taken(before, own.told))


def _with(
    reading: Reading[Subject], faults: tuple[tuple[str, str], ...], remarks: tuple[tuple[str, str], ...]
) -> Reading[Subject]:
    """Return a reading with what the subject may not say, and what of it is not believed, each at its cell."""
    tree = reading.tree
    told = tuple(tree.told(Fault("E0301", *misfit)) for misfit in faults)
    if isinstance(tree, Filled):
        tree.warnings += [tree.told(Fault("E0301", *misfit)) for misfit in remarks]
        told = tuple(tree.in_order(told))
    return replace(reading, faults=told)


def _faulty(reading: Reading[Subject], uscc: str, path: Path) -> Checked:
    found = [Finding(fault.what) for fault in reading.faults]
    found += [Finding(warning.what, warns=True) for warning in reading.warnings]
    return Checked(uscc, tuple(found), marked(reading, path))
