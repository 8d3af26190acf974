"""Checking a workbook that a bidder hands in: read in a process of its own, with its faults and a marked copy."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from reportgen.intake.files import read_subject
from reportgen.registry.uploads import Finding
from reportgen.sheets.filled import Filled
from reportgen.web.checking import Checker

_BOOK, _MARKED = "workbook.xlsx", "marked.xlsx"


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
    # The folder is this process's own, so that it goes even where the other one has to be ended.
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / _BOOK).write_bytes(data)
        uscc, found = checker.run(_read, place)
        copy = place / _MARKED
        return Checked(uscc, tuple(found), copy.read_bytes() if copy.exists() else b"")


def _read(place: Path) -> tuple[str, list[Finding]]:
    reading = read_subject(place / _BOOK)
    if reading.faults or reading.warnings:
        reading.mark(place / _MARKED)
    tree = reading.tree
    said = tree.data.get("uscc", "") if isinstance(tree, Filled) else ""
    found = [Finding(fault.what) for fault in reading.faults]
    found += [Finding(warning.what, warns=True) for warning in reading.warnings]
    return said if isinstance(said, str) else "", found
