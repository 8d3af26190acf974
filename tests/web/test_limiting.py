"""How much one process takes on at the same moment, and how often one address may ask."""

import asyncio
from collections.abc import Iterable

import pytest
import time_machine

from reportgen.errors import ReportgenError
from reportgen.web.envelope import Envelope
from reportgen.web.limiting import Crowd, Limits
from reportgen.web.settings import WebSettings
from tests.web.portal import Portal

LOOK, WORK, WATCH = "/v/1/2", "/agency", "/readyz"


async def _statuses(portal: Portal, at_once: int, paths: Iterable[str]) -> list[tuple[int, str]]:
    """Send requests while none that was let in has ended; return each one's status and Retry-After."""
    ended, answers = asyncio.Event(), []

    async def inner(scope, receive, send):  # type: ignore[no-untyped-def]
        await ended.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    envelope = Envelope(inner, secure=False, at_once=at_once)

    async def ask(path: str) -> None:
        scope = {
            "type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [],
            "app": portal.client.app, "server": ("testserver", 80), "scheme": "http",
        }  # fmt: skip

        async def send(message):  # type: ignore[no-untyped-def]
            if message["type"] == "http.response.start":
                again = dict(message["headers"]).get(b"retry-after", b"")
                answers.append((message["status"], again.decode()))

        async def receive() -> dict[str, object]:
            return {"type": "http.disconnect"}

        await envelope(scope, receive, send)

    asked = [asyncio.create_task(ask(path)) for path in paths]
    await asyncio.sleep(0.05)
    ended.set()
    await asyncio.gather(*asked)
    return sorted(answers)


def test_what_is_too_much_is_told_at_once_to_come_again(portal: Portal) -> None:
    found = asyncio.run(_statuses(portal, 3, [LOOK] * 5))
    assert found == [(200, "")] * 3 + [(429, "1")] * 2


def test_who_looks_up_keeps_nobody_from_his_work(portal: Portal) -> None:
    found = asyncio.run(_statuses(portal, 2, [LOOK] * 4 + [WORK] * 2))
    assert found == [(200, "")] * 4 + [(429, "1")] * 2


def test_whoever_watches_is_always_told(portal: Portal) -> None:
    found = asyncio.run(_statuses(portal, 1, [WORK, WORK, WATCH, WATCH]))
    assert found == [(200, "")] * 3 + [(429, "1")]


def test_room_is_given_back_whatever_happens() -> None:
    async def run() -> None:
        crowd = Crowd(1)
        for error in (ValueError, asyncio.CancelledError):
            with pytest.raises(error):
                async with crowd.room(LOOK):
                    raise error
        async with crowd.room(LOOK):
            with pytest.raises(ReportgenError, match="E0618"):
                async with crowd.room(LOOK):
                    pass
        async with crowd.room(LOOK):
            pass

    asyncio.run(run())


def test_look_ups_beyond_those_at_work_wait_their_turn() -> None:
    async def run() -> tuple[int, int]:
        crowd, inside, most = Crowd(40), 0, 0

        async def look() -> None:
            nonlocal inside, most
            async with crowd.room(LOOK):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0)
                inside -= 1

        await asyncio.gather(*(look() for _ in range(40)))
        return most, inside

    assert asyncio.run(run()) == (2, 0)


def test_files_that_are_checked_hold_up_no_look_up() -> None:
    async def run() -> None:
        crowd = Crowd(24)
        for path in ("/verify/file", "/verify/file", LOOK, "/verify/paper"):
            await asyncio.wait_for(crowd.room(path).__aenter__(), 5)

    asyncio.run(run())


@time_machine.travel("2026-11-22 09:30:00+08:00", tick=False)
def test_an_address_may_look_so_often_a_minute_and_is_told_when_again() -> None:
    limits = Limits(WebSettings(rate=3))
    for _ in range(3):
        limits.look("203.0.113.1")
    with pytest.raises(ReportgenError) as caught:
        limits.look("203.0.113.1")
    assert caught.value.code == "E0618"
    assert caught.value.facts["seconds"] == 60
    limits.look("203.0.113.2")
    limits.sign_in("203.0.113.1")
