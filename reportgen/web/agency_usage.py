"""Use statistics by quarter, as a chart, as a table, as a file."""

from collections import Counter
from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from reportgen.errors import ReportgenError
from reportgen.registry import usage
from reportgen.registry.usage import Line
from reportgen.store.people import Action, permitted
from reportgen.web.charts import chart
from reportgen.web.door import caller_of
from reportgen.web.house import House, TheHouse
from reportgen.web.pages import XLSX, attached
from reportgen.zone import now

router = APIRouter(prefix="/agency/usage")
_QUARTERS = 8


@router.get("", name="agency_usage")
def agency_usage(request: Request, house: TheHouse, quarter: str = "") -> HTMLResponse:
    """Show what was issued and used in a quarter, by default the present one, beside those before it."""
    names = usage.quarters(now().date(), _QUARTERS)
    chosen = quarter.strip() or names[-1]
    lines = _lines(request, house, chosen)
    every = {name: lines if name == chosen else _lines(request, house, name) for name in names}
    said = {
        "quarter": chosen,
        "quarters": names[::-1] if chosen in names else [chosen, *names[::-1]],
        "lines": lines,
        "issued": sum(line.issued for line in lines),
        "used": sum(line.used for line in lines),
        "by_quarter": chart([(name, _sums(found)) for name, found in every.items()]),
        "by_conclusion": chart(_grouped(lines, lambda line: line.conclusion or line.kind)),
        "by_matter": chart(_grouped(lines, lambda line: line.matter or line.kind)),
    }
    return house.pages.page(request, "agency_usage", said)


@router.get("/{name}", name="agency_usage_file")
def agency_usage_file(request: Request, house: TheHouse, name: str) -> Response:
    """Return a quarter's statistics as a CSV or XLSX file."""
    quarter, _, ending = name.partition(".")
    if ending not in {"csv", "xlsx"}:
        raise ReportgenError("E0203")
    lines = _lines(request, house, quarter)
    if ending == "csv":
        return attached(usage.table(lines), f"使用统计-{name}", "text/csv; charset=utf-8")
    return attached(usage.workbook(lines, quarter), f"使用统计-{name}", XLSX)


def _lines(request: Request, house: House, quarter: str) -> tuple[Line, ...]:
    try:
        since, until = usage.quarter(quarter)
    except ReportgenError as error:
        # A page has no command to have been misused.
        raise ReportgenError("E0205") from error
    login = caller_of(request).login

    def work(session: Session) -> tuple[Line, ...]:
        permitted(session, login, Action.USAGE)
        return usage.usage(session, since, until)

    return house.store.read(work)


def _sums(lines: tuple[Line, ...]) -> tuple[int, int]:
    return sum(line.issued for line in lines), sum(line.used for line in lines)


def _grouped(lines: tuple[Line, ...], word: Callable[[Line], str]) -> list[tuple[str, tuple[int, int]]]:
    issued, used = Counter[str](), Counter[str]()
    for line in lines:
        issued[word(line)] += line.issued
        used[word(line)] += line.used
    return [(name, (issued[name], used[name])) for name in sorted(issued)]
