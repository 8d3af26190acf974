"""What the routes of the API share: a page of a list, a body, an answer that is given once."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlmodel import Session

from reportgen.errors import Fault, ReportgenError
from reportgen.registry import answered
from reportgen.registry.answered import Answer, Asked
from reportgen.registry.owned import Place
from reportgen.web.door import caller_of
from reportgen.web.house import House
from reportgen.web.keyed import body_of
from reportgen.web.trouble import PROBLEM, told_as_problem
from reportgen.zone import now

KEY_HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,100}")
_MOST = 100
_REFERENCE = "#/components/schemas/"


def _place(
    limit: Annotated[int, Query(ge=1, le=_MOST, description="每页的条数")] = 50,
    cursor: Annotated[str, Query(max_length=200, description="上一页的 next_cursor；不写的从头")] = "",
) -> Place:
    return Place(_uncovered(cursor), limit)


ThePlace = Annotated[Place, Depends(_place)]


def covered(after: str) -> str:
    """Return a place in a list as a cursor, which says nothing to whoever is given it."""
    return base64.urlsafe_b64encode(after.encode()).decode().rstrip("=")


def once(house: House, request: Request, work: Callable[[Session], Answer]) -> JSONResponse:
    """Do a piece of work as one transaction and answer it; under an Idempotency-Key, the same answer every time.

    An error changes nothing, so it is not kept. Raises E0301 (the key), E0619, and what the work raises.
    """
    asked = _asked(request)
    if asked is None:
        return _said(house.store.write(work), again=False)

    def run(session: Session) -> tuple[Answer, bool]:
        before = answered.earlier(session, asked)
        if before is not None:
            return before, True
        answer = work(session)
        answered.keep(session, asked, answer)
        return answer, False

    answer, again = house.store.write(run)
    return _said(answer, again=again)


def answer_of(model: BaseModel, status: int = 200) -> Answer:
    """Return a model as an answer."""
    return Answer(status, model.model_dump(mode="json"))


def refused(request: Request, error: ReportgenError) -> Answer:
    """Return an error as an answer whose work is kept all the same."""
    return Answer(error.entry.http, told_as_problem(request, error))


def body(model: type[BaseModel], *, key: bool) -> dict[str, Any]:
    """Return what openapi.json says of a route that reads a model from its body, and of its Idempotency-Key."""
    schema = {"schema": {"$ref": f"{_REFERENCE}{model.__name__}"}}
    said: dict[str, Any] = {"requestBody": {"required": True, "content": {"application/json": schema}}}
    return {**said, **(KEYED if key else {})}


KEYED: dict[str, Any] = {
    "parameters": [
        {
            "name": KEY_HEADER,
            "in": "header",
            "required": False,
            "description": "自选的唯一标识，如 UUID；24 小时之内同一标识的同一请求只办一次，回答相同",
            "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,100}$"},
        }
    ]
}
"""What openapi.json says of the header of a route that must not do a thing twice."""


def _asked(request: Request) -> Asked | None:
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        fault = Fault("E0301", KEY_HEADER, "应为 1 至 100 个可见的 ASCII 字符")
        raise ReportgenError("E0301", path="header", faults=[fault])
    said = b"\x1f".join((request.method.encode(), request.url.path.encode(), body_of(request)))
    return Asked(caller_of(request).account, key, hashlib.sha256(said).hexdigest(), now())


def _said(answer: Answer, *, again: bool) -> JSONResponse:
    kind = PROBLEM if answer.status >= 400 else None
    headers = {"Idempotent-Replayed": "true"} if again else None
    return JSONResponse(dict(answer.content), answer.status, headers, kind)


def _uncovered(cursor: str) -> str:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        text = "\0"
    # What no list holds; a database might refuse it.
    if "\0" in text or (cursor and not text):
        fault = Fault("E0301", "cursor", "不是上一页给出的 next_cursor")
        raise ReportgenError("E0301", path="query", faults=[fault])
    return text
