"""What is wrong with a row, in one line: what, why and what to do."""

from dataclasses import dataclass

from reportgen.batch.columns import NOTES_OF
from reportgen.errors import TABLE, Fault, ReportgenError, printable

CELL = "E0301"
"""The code of a cell that holds what it may not."""
_OPTIONS = frozenset({"E0202", "E0306", "E0307", "E1105"})
"""Errors whose advice names an option of the command line."""


@dataclass(frozen=True)
class RowFault:
    """One thing wrong in one cell: the number of the row in its file, the key of the column, a code and a line."""

    row: int
    column: str
    code: str
    what: str


def said(error: ReportgenError) -> str:
    """Return an error in one line, with every fault it names; a wrong cell says no more than what is wrong."""
    given = error.data()
    named = "；".join(_named(fault) for fault in error.faults)
    where = f"{given['path']} " if error.faults and error.path else ""
    return where + named if error.code == CELL else f"{given['title']}：{where}{named or given['detail']}"


def _named(fault: Fault) -> str:
    return str(fault) if fault.path else printable(fault.what)


def advised(error: ReportgenError, column: str) -> str:
    """Return an error in one line, with what to do in a list of requests."""
    if error.code == CELL:
        return said(error)
    fix = f"应填：{NOTES_OF[column]}" if error.code in _OPTIONS else error.entry.fix
    return f"{said(error)}。{fix}"


def unfit(what: str) -> ReportgenError:
    """Return the error of a cell that holds what it may not."""
    return ReportgenError("E0301", faults=[Fault("E0301", "", what)])


def told(code: str) -> str:
    """Return what a code means, where nothing more is known of the case; nothing for no code."""
    entry = TABLE.get(code)
    return printable(f"{entry.what}。{entry.fix}") if entry else ""
