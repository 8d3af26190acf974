"""Checking a workbook that a bidder hands in: read in a process of its own, with its faults and a marked copy."""

from dataclasses import dataclass
from pathlib import Path

from reportgen.intake.files import read_subject
from reportgen.registry.uploads import Finding
from reportgen.sheets.filled import Filled
from reportgen.web.checking import Checker
from reportgen.web.reading import marked

_BOOK = "workbook.xlsx"


@dataclass(frozen=True)
class Checked:
    """What the check of a workbook found: whose it says it is, its faults and then its warnings, the marked copy."""

    uscc: str
    found: tuple[Finding, ...]
    marked: bytes = b""


def check_workbook(checker: Checker, data: bytes) -> Checked:
    """Return what is wrong with the bytes of a workbook.

    Raises E0392 (reading it did not end), E0303 (it unpacks to too much), E0370 (no workbook), E0371 (no copy can be made).
    """
    return checker.read(_check, _BOOK, data)


def _check(path: Path) -> Checked:
    reading = read_subject(path)
    tree = reading.tree
    said = tree.data.get("uscc", "") if isinstance(tree, Filled) else ""
    found = [Finding(fault.what) for fault in reading.faults]
    found += [Finding(warning.what, warns=True) for warning in reading.warnings]
    copy = marked(reading, path) if found else b""
    return Checked(said if isinstance(said, str) else "", tuple(found), copy)
