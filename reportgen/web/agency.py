"""The agency's desk begins with its queue: what was asked for, by when it is due, and whose step is next."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from reportgen.registry import queue
from reportgen.registry.application_rows import ApplicationState as State
from reportgen.registry.applications import LABELS, OPEN
from reportgen.registry.queue import PAGE
from reportgen.store.people import PERMITTED
from reportgen.web.door import caller_of
from reportgen.web.house import TheHouse
from reportgen.web.steps import told
from reportgen.zone import now

router = APIRouter(prefix="/agency")
_OPEN = "open"


@router.get("", name="agency")
def agency(
    request: Request,
    house: TheHouse,
    state: str = _OPEN,
    project: str = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """List the applications of a state, or all with which something is to be done, one page of them."""
    state, project, at = state if state in set(State) else _OPEN, project.strip(), now()
    states = OPEN if state == _OPEN else (State(state),)

    def work(session: Session) -> tuple[dict[State, int], list[queue.Waiting]]:
        return queue.counts(session, project), queue.listed(session, states, project, page, at)

    counted, found = house.store.read(work)
    total = sum(counted[one] for one in states)
    said = {
        "applications": found,
        "filters": _filters(counted),
        "given": {"state": state, "project": project},
        "page": page,
        "pages": -(-total // PAGE),
        "total": total,
        "query": lambda n: urlencode({"state": state, "project": project, "page": n}),
        "may": {step for step, roles in PERMITTED.items() if caller_of(request).roles & roles},
        "done": told(request),
    }
    return house.pages.page(request, "agency_queue", said)


def _filters(counted: Mapping[State, int]) -> list[tuple[str, str, int]]:
    """Return what may be chosen: its word in the address, what it is called, how many there are."""
    every = (_OPEN, "待办", sum(counted[state] for state in OPEN))
    return [every, *((state.value, LABELS[state], counted[state]) for state in State)]
