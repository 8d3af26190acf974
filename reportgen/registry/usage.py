"""Use statistics by quarter (武昌 2018, 三（三）): issued and used, by document, matter, recipient and conclusion."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, time
from io import BytesIO

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from reportgen.errors import ReportgenError
from reportgen.registry.tables import Kind, ReportRow, RequestRow
from reportgen.registry.words import KINDS, conclusion
from reportgen.sheets.delimited import written

_MONTHS = 3
_QUARTER = re.compile(r"(?P<year>[12][0-9]{3})Q(?P<quarter>[1-4])")
Group = tuple[str, str, str, str]
HEADS = ("文书", "事项", "使用单位", "统一社会信用代码", "结论", "出具", "使用")


@dataclass(frozen=True)
class Line:
    """One group of documents of a quarter in Chinese, and how many were issued and used in it."""

    kind: str
    matter: str
    recipient_name: str
    recipient: str
    conclusion: str
    issued: int
    used: int

    def cells(self) -> tuple[str | int, ...]:
        """Return the line in the order of `HEADS`."""
        return astuple(self)


def quarter(text: str) -> tuple[datetime, datetime]:
    """Return the first moment of a quarter such as 2026Q3 and that of the next one; raises E0201."""
    found = _QUARTER.fullmatch(text)
    if found is None:
        raise ReportgenError("E0201", detail=f"季度应如 2026Q3：{text}")
    year, first = int(found["year"]), (int(found["quarter"]) - 1) * _MONTHS + 1
    after = (year + 1, 1) if first + _MONTHS > 12 else (year, first + _MONTHS)
    return _midnight(year, first), _midnight(*after)


def quarters(on: date, count: int) -> list[str]:
    """Return the names of so many quarters up to the one of a day, the oldest first."""
    last = on.year * 4 + (on.month - 1) // _MONTHS
    return [f"{number // 4}Q{number % 4 + 1}" for number in range(last - count + 1, last + 1)]


def _midnight(year: int, month: int) -> datetime:
    return datetime.combine(date(year, month, 1), time.min)


def usage(session: Session, since: datetime, until: datetime) -> tuple[Line, ...]:
    """Return what was issued and what was used from a moment to before another, by group."""
    issued = _counts(session, col(ReportRow.issued_at), since, until)
    used = _counts(session, col(ReportRow.consumed_at), since, until)
    groups = sorted(set(issued) | set(used))
    names = _names(session, {recipient for _, _, recipient, _ in groups})
    return tuple(
        Line(KINDS[Kind(kind)], matter, names.get(to, ""), to, conclusion(said), issued[group], used[group])
        for group in groups
        for kind, matter, to, said in [group]
    )


def _names(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Return what recipients were called last."""
    named = (col(RequestRow.recipient), col(RequestRow.recipient_name))
    asked = select(*named).where(named[0].in_(codes)).group_by(*named).order_by(func.max(col(RequestRow.id)))
    return {row[0]: row[1] for row in session.execute(asked)}


def _counts(
    session: Session, moment: Mapped[datetime | None], since: datetime, until: datetime
) -> Counter[Group]:
    group = (
        col(ReportRow.kind),
        col(ReportRow.matter),
        col(ReportRow.recipient),
        col(ReportRow.conclusion),
    )
    asked = select(*group, func.count()).where(moment >= since, moment < until).group_by(*group)
    rows = session.execute(asked)
    return Counter({(kind, matter, recipient, said): n for kind, matter, recipient, said, n in rows})


def table(lines: Sequence[Line]) -> bytes:
    """Return the lines as a CSV file."""
    return written((HEADS, *([_plain(cell) for cell in line.cells()] for line in lines)))


def _plain(cell: str | int) -> str | int:
    # What begins like a formula would be one in a spreadsheet.
    return f"'{cell}" if str(cell).startswith(("=", "+", "-", "@", "\t")) else cell


def workbook(lines: Sequence[Line], title: str) -> bytes:
    """Return the lines as an XLSX file."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in (HEADS, *(line.cells() for line in lines)):
        sheet.append([_plain(cell) for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    out = BytesIO()
    book.save(out)
    return out.getvalue()
