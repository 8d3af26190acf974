"""Errors as answers: a page for a person, problem+json for a program, both from the one table."""

from typing import cast
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from reportgen.errors import Fault, ReportgenError
from reportgen.faults import path_of
from reportgen.web.house import House

API = "/api/"
_PROBLEM = "application/problem+json"
_LOG = structlog.get_logger("reportgen.web")
_OF_STATUS = {404: "E0203", 405: "E0204"}


def answer_errors(app: FastAPI) -> None:
    """Have every error answered from the table."""
    app.add_exception_handler(ReportgenError, _told)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(RequestValidationError, _invalid)


def answered(request: Request, error: ReportgenError) -> Response:
    """Return an error as a page or as problem+json; whoever is not signed in is sent to the door."""
    if request.url.path.startswith(API):
        return _problem(request, error)
    if error.code == "E1110" and request.method == "GET":
        return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", 303)
    house = cast("House", request.app.state.house)
    page = house.pages.page(request, "trouble", {"error": error.data()}, error.entry.http)
    return _patient(page, error)


def fault(request: Request, error: Exception) -> Response:
    """Return the answer to what nobody foresaw: the traceback goes to the office's log, a stranger learns where."""
    _LOG.error("fault", request=request.state.request_id, kind=type(error).__name__, exc_info=error)
    return answered(request, ReportgenError("E0101", detail=f"请求 {request.state.request_id}"))


def _told(request: Request, error: Exception) -> Response:
    return answered(request, cast("ReportgenError", error))


def _plain(request: Request, error: Exception) -> Response:
    status = cast("HTTPException", error).status_code
    return answered(request, ReportgenError(_OF_STATUS.get(status, "E0205")))


def _invalid(request: Request, error: Exception) -> Response:
    found = cast("RequestValidationError", error).errors()
    faults = [Fault("E0301", path_of(tuple(item["loc"][1:])), str(item["msg"])) for item in found]
    return answered(request, ReportgenError("E0301", path="body", faults=faults))


def _problem(request: Request, error: ReportgenError) -> Response:
    told = {**error.data(), "type": f"/errors#{error.code}", "instance": request.state.request_id}
    return _patient(JSONResponse(told, error.entry.http, media_type=_PROBLEM), error)


def _patient(response: Response, error: ReportgenError) -> Response:
    seconds = error.facts.get("seconds")
    if error.entry.http in {429, 503}:
        response.headers["Retry-After"] = str(seconds or 5)
    return response
