"""The door of the API: a key instead of a session, and a body that is read whole, but never more than is taken.

Nothing that a browser sends by itself opens this door: it looks at no cookie, so no other site's form gets in.
"""

import json
from collections.abc import Callable
from typing import TypeVar, cast

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool

from reportgen.errors import ReportgenError
from reportgen.faults import faults_of
from reportgen.registry import api_keys
from reportgen.registry.api_keys import Holder
from reportgen.web.access import FORM, Rule, refuse
from reportgen.web.house import House
from reportgen.web.limiting import address_of
from reportgen.zone import now

M = TypeVar("M", bound=BaseModel)
_SCHEME = "bearer "


async def keyed(request: Request, house: House, rule: Rule) -> None:
    """Let a program in; raises E1115 (no key), E1116 (not for this), E1111, E0618 (too often), E0303 (too large), E0206."""
    request.state.token, request.state.caller, request.state.body = "", None, b""
    if rule.scope:
        held = await run_in_threadpool(_holder, house, request)
        house.limits.key(held.key)
        request.state.caller = held.caller
        refuse(rule, held.caller)
        if rule.scope not in held.scopes:
            raise ReportgenError("E1116", scope=rule.scope)
    if request.method == "POST":
        large = rule.largest > FORM
        async with request.state.place.aside(), house.limits.receiving(address_of(request), large=large):
            request.state.body = await _body(request, rule.largest)


def body_of(request: Request) -> bytes:
    """Return the body that was sent."""
    return cast("bytes", request.state.body)


def given(model: type[M]) -> Callable[[Request], M]:
    """Return what reads a body as a model; it raises E0305 (no JSON), E0301 with every fault."""

    def read(request: Request) -> M:
        body = body_of(request)
        try:
            # The validator's own reader would take what is no UTF-8 and not tell where it went wrong.
            json.loads(body)
        except (ValueError, RecursionError) as error:
            raise ReportgenError("E0305", detail=f"请求正文：{type(error).__name__}") from error
        try:
            return model.model_validate_json(body)
        except ValidationError as error:
            raise ReportgenError("E0301", path="body", faults=faults_of(error)) from error

    return read


def _holder(house: House, request: Request) -> Holder:
    """Return who acts with the key of a request; raises E1115, E0618 where an address brings none too often."""
    word, at = request.headers.get("authorization", ""), now()
    token = word[len(_SCHEME) :].strip() if word.lower().startswith(_SCHEME) else ""
    secret = house.press.secret
    held = house.store.read(lambda session: api_keys.holder(session, token, secret, at.date()))
    if held is None:
        house.limits.stranger(address_of(request))
        raise ReportgenError("E1115")
    if held.due:
        key = held.key
        house.store.write(lambda session: api_keys.used(session, key, at.date()))
    return held


async def _body(request: Request, largest: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            raise ReportgenError("E0303", path="body", file="请求正文", size=f"超过 {largest}", limit=largest)
        parts.append(part)
    return b"".join(parts)
