"""Errors as answers: a page for a person, problem+json for a program, both from the one table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast
from urllib.parse import quote, urlsplit

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from reportgen.errors import ReportgenError
from reportgen.faults import faults_in
from reportgen.web.door import CSRF_FIELD, recognise
from reportgen.web.house import House

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

API = "/api/"
PROBLEM = "application/problem+json"
_LOST = frozenset({"E1110", "E1112"})
_SECRETS = frozenset({CSRF_FIELD, "password", "again", "old", "code"})
_WORTH_KEEPING = 20
"""Letters of what is given back to be copied; what is shorter is soon typed again."""
_LOG = structlog.get_logger("reportgen.web")
_OF_STATUS = {404: ReportgenError("E0203"), 405: ReportgenError("E0204")}


def answer_errors(app: FastAPI) -> None:
    """Have every error answered from the table."""
    app.add_exception_handler(ReportgenError, _told)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(RequestValidationError, _invalid)


def answered(request: Request, error: ReportgenError) -> Response:
    """Return an error as a page or as problem+json; whoever is not signed in is sent to the door."""
    if request.url.path.startswith(API):
        return _problem(request, error)
    framed = request.headers.get("sec-fetch-dest") == "iframe"
    if error.code == "E1110" and request.method == "GET" and not framed:
        return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", 303)
    house = cast("House", request.app.state.house)
    said = {"error": error.shown(), "onward": _onward(request), "typed": _typed(request, error)}
    return _patient(house.pages.page(request, "trouble", said, error.entry.http), error)


def told_as_problem(request: Request, error: ReportgenError) -> dict[str, object]:
    """Return an error as RFC 9457 has it, with what the table says beside it."""
    return {**error.shown(), "type": f"/errors#{error.code}", "instance": request.state.request_id}


def fault(request: Request, error: Exception) -> Response:
    """Return the answer to what nobody foresaw: the traceback goes to the office's log, a stranger learns where."""
    _LOG.error("fault", request=request.state.request_id, kind=type(error).__name__, exc_info=error)
    return answered(request, ReportgenError("E0101", detail=f"请求 {request.state.request_id}"))


def _onward(request: Request) -> str:
    """Return the page on which a form was filled in, where the browser says so; nothing of another site."""
    came = urlsplit(request.headers.get("referer", ""))
    return came.path if came.netloc == request.headers.get("host") else ""


def _typed(request: Request, error: ReportgenError) -> list[str]:
    """Return what somebody wrote into a form that was not taken because he is not, or no longer, signed in as he was."""
    form = getattr(request.state, "form", None)
    if error.code not in _LOST or form is None:
        return []
    return [word for name, word in form.words.items() if name not in _SECRETS and len(word) >= _WORTH_KEEPING]


def _told(request: Request, error: Exception) -> Response:
    return answered(request, cast("ReportgenError", error))


def _plain(request: Request, error: Exception) -> Response:
    status = cast("HTTPException", error).status_code
    if not request.url.path.startswith(API):
        recognise(request, cast("House", request.app.state.house))
    answer = answered(request, _OF_STATUS.get(status) or ReportgenError("E0205"))
    # Which methods there are, where one was asked for that is not.
    answer.headers.update(cast("HTTPException", error).headers or {})
    return answer


def _invalid(request: Request, error: Exception) -> Response:
    found = cast("Sequence[ErrorDetails]", cast("RequestValidationError", error).errors())
    # Their paths begin with where the field stood: the query, the path.
    faults = faults_in([{**item, "loc": item["loc"][1:]} for item in found])
    return answered(request, ReportgenError("E0301", path="body", faults=faults))


def _problem(request: Request, error: ReportgenError) -> Response:
    answer = JSONResponse(told_as_problem(request, error), error.entry.http, media_type=PROBLEM)
    if error.entry.http == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return _patient(answer, error)


def _patient(response: Response, error: ReportgenError) -> Response:
    seconds = error.facts.get("seconds")
    if error.entry.http in {429, 503}:
        response.headers["Retry-After"] = str(seconds or 5)
    return response
