"""What surrounds every answer: a request id, security headers, the time it took, one line in the log, one count.

A line of the log names the route and never the path, which may hold a verification code, and neither an address
nor a login.
"""

import secrets
import time
from collections.abc import Mapping

import structlog
from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reportgen.errors import ReportgenError
from reportgen.web.limiting import Crowd
from reportgen.web.metrics import ANSWERS, SECONDS
from reportgen.web.trouble import answered, fault

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Of every answer; docs/security.md says what each is for."""
_FRAMED: Mapping[str, str] = {
    **HEADERS,
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}
"""Of a draft or report, which this portal's own page shows in a frame, and of what is said in its place."""
_FRAMES = frozenset({"agency_application_draft", "agency_application_report"})
_HTTPS = "max-age=31536000; includeSubDomains"
_ID = 8
_FILES = "/static/"
_LOG = structlog.get_logger("reportgen.web")


class Envelope:
    """ASGI middleware around the whole portal."""

    def __init__(self, app: ASGIApp, *, secure: bool, at_once: int) -> None:
        self._app = app
        self._secure = secure
        self._crowd = Crowd(at_once)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, began, status = secrets.token_hex(_ID), time.perf_counter(), 500
        scope.setdefault("state", {})["request_id"] = request_id

        async def sealed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add(MutableHeaders(scope=message), request_id, framed=_name(scope) in _FRAMES)
            await send(message)

        try:
            async with self._crowd.room(scope["path"]) as place:
                scope["state"]["place"] = place
                await self._app(scope, receive, sealed)
        except ReportgenError as error:
            await answered(Request(scope, receive), error)(scope, receive, sealed)
        except Exception as error:
            await fault(Request(scope, receive), error)(scope, receive, sealed)
        finally:
            _tell(scope, status, time.perf_counter() - began, request_id)

    def _add(self, headers: MutableHeaders, request_id: str, *, framed: bool) -> None:
        for name, value in (_FRAMED if framed else HEADERS).items():
            headers.setdefault(name, value)
        headers.setdefault("Cache-Control", "no-store")
        headers["X-Request-Id"] = request_id
        if self._secure:
            headers["Strict-Transport-Security"] = _HTTPS


def _tell(scope: Scope, status: int, seconds: float, request_id: str) -> None:
    route = _name(scope)
    ANSWERS.labels(route, scope["method"], str(status)).inc()
    SECONDS.labels(route).observe(seconds)
    _LOG.info(
        "answered",
        request=request_id,
        route=route,
        method=scope["method"],
        status=status,
        milliseconds=round(seconds * 1000, 1),
    )


def _name(scope: Scope) -> str:
    named: str = getattr(scope.get("route"), "name", "")
    return named or ("static" if scope["path"].startswith(_FILES) else "unknown")
