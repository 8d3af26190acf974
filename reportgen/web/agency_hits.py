"""Hits of the same name that somebody has to decide on: is it this party, or another one called the same."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from reportgen.errors import ReportgenError
from reportgen.registry import hits, screening
from reportgen.store.editions import editions
from reportgen.store.people import PERMITTED, Action
from reportgen.web.door import caller_of, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.public import by_field
from reportgen.web.steps import gone, told
from reportgen.zone import now

router = APIRouter(prefix="/agency/hits")
_MOST = 20
"""Subjects whose hits are asked for at once; an application has fewer."""
STATES = {"OPEN": "待人工确认", "PROVEN": "证实（代码相同）", "CONFIRMED": "已确认", "REJECTED": "已排除"}


@router.get("", name="agency_hits")
def agency_hits(
    request: Request, house: TheHouse, state: str = "OPEN", uscc: Annotated[tuple[str, ...], Query()] = ()
) -> HTMLResponse:
    """List the hits of a state, those to be decided where none is named; of all subjects, or of those named."""
    return _page(request, house, state if state in STATES else "OPEN", {}, uscc[:_MOST])


@router.post("/{hit}", name="agency_hit_decide")
def agency_hit_decide(request: Request, house: TheHouse, hit: int) -> Response:
    """Confirm or reject a hit by what was found out."""
    form, press = form_of(request), house.desk_of(caller_of(request).login)
    confirming, reason, desk = form.word("decision") == "confirm", form.word("reason"), press.desk(now())
    work = screening.confirm if confirming else screening.reject
    try:
        press.act(Action.HIT, lambda session: work(session, hit, reason, desk))
    except ReportgenError as error:
        if error.code != "E0301":
            raise
        why = by_field(list(error.faults)).get("reason", error.entry.what)
        return _page(request, house, "OPEN", {"hit": hit, "typed": reason, "why": why})
    return gone("/agency/hits", "hit-confirmed" if confirming else "hit-rejected")


def _page(
    request: Request, house: House, state: str, wrong: dict[str, object], usccs: tuple[str, ...] = ()
) -> HTMLResponse:
    named = [word.replace("\0", "") for word in usccs]
    found, lists = house.store.read(
        lambda session: (hits.listed(session, state, usccs=named), editions(session))
    )
    said = {
        "hits": found,
        "lists": lists,
        "usccs": named,
        "state": state,
        "states": STATES,
        "may": bool(caller_of(request).roles & PERMITTED[Action.HIT]),
        "wrong": wrong,
        "done": told(request),
    }
    return house.pages.page(request, "agency_hits", said, 422 if wrong else 200)
