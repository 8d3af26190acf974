"""Calling an address that a stranger chose: looked up, looked at, and called at the very address that was looked at.

Between the look and the call a name can be made to mean something else (DNS rebinding): the name is therefore asked
for once, and stands after that only in the Host header and where the certificate is checked. Nothing is followed,
nothing of an answer is kept but its status.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Collection
from concurrent.futures import Executor
from contextlib import suppress

import httpx2

from reportgen import __version__
from reportgen.errors import ReportgenError
from reportgen.registry.webhook_calls import Order, Tried
from reportgen.registry.webhook_rows import Failure
from reportgen.registry.webhook_urls import Target, target_of
from reportgen.zone import now

LONGEST = 15.0
"""Seconds from looking up a name to the head of the answer."""
_TIMEOUT = httpx2.Timeout(10.0, connect=5.0).as_dict()
_ADDRESSES = 3
"""How many addresses of one name are tried, one after another, where nobody answers at the first."""
_BODY, _BODY_SECONDS = 16 * 1024, 2.0
"""How much of an answer's body is waited for, so that its sender is not cut off in the middle of a word."""


class Missed(Exception):  # noqa: N818 - a call that was not taken is nobody's error here
    """A call that was not taken, and why."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(failure)


def addresses_of(target: Target) -> list[str]:
    """Return the addresses of a host, each of which may be called; raises Missed (UNKNOWN, INSIDE)."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Missed(Failure.UNKNOWN) from error
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if not all(target.allows(address) for address in addresses):
        raise Missed(Failure.INSIDE)
    return addresses


def transport() -> httpx2.AsyncHTTPTransport:
    """Return what calls go through: no proxy, no cookie, and no connection that is used twice.

    A connection belongs to an address; the next call to the same address can be meant for another name, whose
    certificate nobody would have checked. Certificates are checked against the system's authorities.
    """
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx2.AsyncHTTPTransport(verify=ssl.create_default_context(), trust_env=False, limits=limits)


async def called(
    way: httpx2.AsyncBaseTransport, order: Order, inside: Collection[str], pool: Executor
) -> Tried:
    """Make a call once and return what came of it; `pool` looks names up, which can take long."""
    at, began = now(), time.perf_counter()
    status, failure = None, None
    try:
        status = await _status(way, order, inside, pool)
        failure = _failure(status)
    except Missed as missed:
        failure = missed.failure
    return Tried(at, round(1000 * (time.perf_counter() - began)), status, failure)


async def _status(
    way: httpx2.AsyncBaseTransport, order: Order, inside: Collection[str], pool: Executor
) -> int:
    try:
        async with asyncio.timeout(LONGEST):
            target = target_of(order.url, inside)
            addresses = await asyncio.get_running_loop().run_in_executor(pool, addresses_of, target)
            answer = await _answer(way, order, target, addresses[:_ADDRESSES])
    except ReportgenError as error:
        # The office's settings no longer name the host.
        raise Missed(Failure.INSIDE) from error
    except (TimeoutError, httpx2.TimeoutException) as error:
        raise Missed(Failure.SLOW) from error
    except httpx2.TransportError as error:
        raise Missed(Failure.UNTRUSTED if _untrusted(error) else Failure.UNREACHABLE) from error
    await _drain(answer)
    return answer.status_code


async def _answer(
    way: httpx2.AsyncBaseTransport, order: Order, target: Target, addresses: list[str]
) -> httpx2.Response:
    for address in addresses[:-1]:
        with suppress(httpx2.ConnectError, httpx2.ConnectTimeout):
            return await way.handle_async_request(_request(order, target, address))
    return await way.handle_async_request(_request(order, target, addresses[-1]))


def _request(order: Order, target: Target, address: str) -> httpx2.Request:
    named = {
        "Host": target.named,
        "User-Agent": f"reportgen/{__version__}",
        "Content-Type": "application/json",
    }
    return httpx2.Request(
        "POST",
        target.at(address),
        headers={**named, **order.headers(now())},
        content=order.body,
        extensions={"sni_hostname": target.host, "timeout": _TIMEOUT},
    )


async def _drain(answer: httpx2.Response) -> None:
    left = _BODY
    try:
        with suppress(TimeoutError, httpx2.HTTPError):
            async with asyncio.timeout(_BODY_SECONDS):
                async for part in answer.aiter_raw():
                    left -= len(part)
                    if left <= 0:
                        break
    finally:
        with suppress(httpx2.HTTPError):
            await answer.aclose()


def _failure(status: int) -> Failure | None:
    if status == 410:
        return Failure.GONE
    if 300 <= status < 400:
        return Failure.REDIRECT
    return None if 200 <= status < 300 else Failure.STATUS


def _untrusted(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error is not None
