"""Calling webhooks: one process beside those that answer, with somebody who watches it.

It reads what happened, enters the calls, and sends each webhook its calls one after another, many webhooks at once:
one that answers slowly holds up nobody but itself. Where the process dies, what it had taken is sent again when its
time has run out. A process whose portal is gone ends after the calls in hand.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Event
from typing import TypeVar

import structlog

from reportgen.errors import ReportgenError
from reportgen.press import Press
from reportgen.registry import webhook_calls
from reportgen.registry.webhook_calls import Order, Reader
from reportgen.settings import Office
from reportgen.web import outward
from reportgen.web.beside import at_work, watched
from reportgen.web.metrics import CALLED
from reportgen.web.settings import web_settings
from reportgen.zone import now

T = TypeVar("T")
GRACE = 30.0
"""Seconds in which the calls in hand may be finished when the portal is told to stop."""
_MOST = 200
"""Calls that are made at the same moment."""
_NAMES = 32
"""Names that are looked up at the same moment."""
_NICE = 5
"""How far it stands back behind whoever answers."""
_IDLE = 1.0
"""Seconds between two looks at whether anything happened."""
_AGAIN = 2.0
"""Seconds before a process that died has a successor."""
_TICK = 0.5
_TIDY = timedelta(hours=1)
_LOG = structlog.get_logger("reportgen.web")
_context = get_context("spawn")


def calling(office: Office) -> AbstractContextManager[None]:
    """Have a process call the webhooks of an office; at the end it finishes the calls in hand."""
    return watched(partial(_watch, office), 1, "caller", _AGAIN)


def call(pipe: Connection, folder: str) -> None:
    """Call the webhooks of an office until told to end, or nobody is there to tell.

    How each call ended goes through the pipe, as a word.
    """
    with at_work(folder, _NICE) as (place, press):
        asyncio.run(Caller(press, web_settings(place).webhook_hosts, pipe.send).run(pipe.poll))


class Caller:
    """Whoever makes the calls of an office; `said` is told how each ended: delivered or failed."""

    def __init__(self, press: Press, inside: tuple[str, ...], said: Callable[[str], None]) -> None:
        self._press, self._inside, self._said = press, inside, said
        self._reader = Reader()
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._tidied: datetime | None = None

    async def run(self, ended: Callable[[], bool]) -> None:
        """Make the calls that are due until it is ended, and finish those in hand."""
        # One thread asks the database; names are looked up in threads of their own, for that can take long.
        with ThreadPoolExecutor(1) as self._asking, ThreadPoolExecutor(_NAMES) as self._naming:
            async with outward.transport() as self._way:
                while not ended():
                    if not await self._turn():
                        await self._rest()
                await asyncio.gather(*self._busy.values())

    async def _turn(self) -> bool:
        """Enter what happened, begin the calls that are due, and say whether there was anything to do."""
        try:
            read, orders = await self._asked(self._taken)
        except ReportgenError:
            # The database is busy or away: whatever is due stays due.
            return False
        for order in orders:
            task = asyncio.create_task(self._call(order))
            self._busy[order.webhook] = task
            task.add_done_callback(partial(self._free, order.webhook))
        return bool(read or orders)

    def _taken(self) -> tuple[int, list[Order]]:
        at, store, secret = now(), self._press.store, self._press.secret
        read = self._reader.read(store, at)
        busy, most = list(self._busy), _MOST - len(self._busy)
        calls = store.read(lambda session: webhook_calls.due(session, at, busy, most))
        orders = store.write(lambda session: webhook_calls.claim(session, calls, secret, at)) if calls else []
        self._tidy(at)
        return read, orders

    def _tidy(self, at: datetime) -> None:
        if self._tidied is None or at >= self._tidied + _TIDY:
            self._tidied = at
            self._press.store.write(lambda session: webhook_calls.forget(session, at))

    async def _call(self, order: Order) -> None:
        try:
            tried = await outward.called(self._way, order, self._inside, self._naming)
            desk = self._press.desk(tried.at)
            store = self._press.store
            await self._asked(
                lambda: store.write(lambda session: webhook_calls.done(session, order, tried, desk))
            )
        except ReportgenError:
            # What came of it could not be entered: when its time has run out it is made again.
            return
        except Exception as error:
            _LOG.error("fault", kind=type(error).__name__, exc_info=error)
            return
        self._said("failed" if tried.failure else "delivered")

    async def _asked(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._asking, work)

    def _free(self, webhook: int, _: asyncio.Task[None]) -> None:
        del self._busy[webhook]

    async def _rest(self) -> None:
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=_IDLE, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(_IDLE)


def _watch(office: Office, ended: Event) -> int:
    """Watch a process until it has ended, count what it says, and return its exit code."""
    pipe, theirs = _context.Pipe()
    process = _context.Process(target=call, args=(theirs, str(office.folder.resolve())), name="caller")
    process.start()
    theirs.close()
    with suppress(EOFError, OSError):
        while not ended.is_set():
            _count(pipe, _TICK)
        pipe.send(None)
        until = time.monotonic() + GRACE
        while time.monotonic() < until:
            _count(pipe, _TICK)
        process.kill()
    pipe.close()
    process.join()
    return process.exitcode or 0


def _count(pipe: Connection, seconds: float) -> None:
    if pipe.poll(seconds):
        CALLED.labels(pipe.recv()).inc()
