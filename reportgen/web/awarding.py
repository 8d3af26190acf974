"""Entering an award notice (中标公示) in two steps, at the desk of whoever runs the tender and at the agency's."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from reportgen.errors import ReportgenError
from reportgen.registry.award_entries import Awards, awards, meant
from reportgen.web.door import form_of
from reportgen.web.house import House
from reportgen.web.public import by_field
from reportgen.web.steps import Step, asked, confirmed
from reportgen.zone import now

Entered = Callable[[tuple[str, int], list[str], str], Response]
"""Enters the award notice of lots of a round by its day, and answers."""
Again = Callable[[dict[str, str]], HTMLResponse]
"""Shows the page with the form again, with what is wrong by field."""


def entering(
    request: Request, house: House, where: tuple[str, int], page: str, again: Again, entered: Entered
) -> Response:
    """Show what an award notice means, and enter it once it is confirmed; raises E0351.

    `page` is the address of the page with the form, to which the form's own name is added.
    """
    form = form_of(request)
    found = house.store.read(lambda session: awards(session, *where))
    # Where only one can be meant, nobody has to choose it.
    lots = form.all("lot") or (list(found.waiting) if len(found.waiting) == 1 else [])
    day = form.word("on")
    try:
        meant(found, lots, day, now())
    except ReportgenError as error:
        if not error.faults:
            raise
        return again(by_field(list(error.faults)))
    if confirmed(form):
        return entered(where, lots, day)
    return asked(request, house, _step(found, lots, day, page))


def address(page: str) -> str:
    """Return where the form of a page goes, whose address ends with what it is asked for."""
    return page.replace("?", "/award?", 1)


def lot_names(found: Awards) -> dict[str, str]:
    """Return what the lots of a round are called, those that an amendment took away as well."""
    names = {lot.id: f"标段 {lot.id}　{lot.name}" for lot in found.project.lots}
    lots = (*(row.lot for row in found.entered), *found.waiting)
    return {lot: names.get(lot) or (f"标段 {lot}" if lot else "不分标段") for lot in lots}


def _step(found: Awards, lots: list[str], day: str, page: str) -> Step:
    project, names = found.project, lot_names(found)
    return Step(
        title="登记中标公示",
        means=(
            "登记之后，投标人即可看到关于本单位的报告是否核销、何时核销；凭编号与核验码、凭文件核验的，也显示核销与否。",
            "中标公示尚未发布的，请不要登记。登记之后不能撤回，也不能更改日期。",
        ),
        action=address(page),
        button="确认登记",
        back=page,
        fields={"on": day},
        facts=(
            ("项目", project.name),
            ("项目编号", f"{project.id}　第 {project.round} 轮"),
            ("标段", "、".join(names[lot] for lot in lots) if project.lots else ""),
            ("中标公示日期", day),
        ),
        grave=True,
        several=tuple(("lot", lot) for lot in lots),
    )
