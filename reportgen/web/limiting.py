"""How often something may be asked: by address, and by how much is under way at the same moment."""

import asyncio
import math
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from ipaddress import IPv6Network

from fastapi import Request
from starlette.requests import ClientDisconnect
from throttled import RateLimiterType, Throttled, per_min
from throttled.store import MemoryStore

from reportgen.errors import ReportgenError
from reportgen.web.settings import WebSettings

PER_SIGN_IN = 20
"""Attempts a minute that one address may make to sign in or to ask for an account (本机构设定)."""
RECEIVING = 60.0
"""Seconds in which what somebody sends has to come in (本机构设定)."""
_LARGE, _OF_ONE = 12, 4
"""So many files come in to one process at the same moment, and so many of them from one address (本机构设定)."""
_CUSTOMER = 64
"""Bits of an IPv6 address that its owner does not choose himself: he has all the addresses that begin with them."""
_ADDRESSES = 100_000
"""So many addresses are counted at the most; whoever asked longest ago is forgotten first."""
_AT_WORK = 2
"""So many look-ups run at the same moment in one process, the others wait their turn: more threads of one interpreter
only get in each other's way."""
_LOOKS = ("/v/", "/verify/paper")
_WATCHED = frozenset({"/healthz", "/readyz", "/metrics"})
"""Whoever watches the portal learns how it is when it is crowded, too."""


class Limits:
    """The limits of one process; several processes count each for itself."""

    def __init__(self, settings: WebSettings) -> None:
        self._store = MemoryStore(options={"MAX_SIZE": _ADDRESSES})
        self._looks = self._a_minute(settings.rate)
        self._strangers = self._a_minute(PER_SIGN_IN)
        self._keys = self._a_minute(settings.api_rate)
        self._uploads = threading.BoundedSemaphore(settings.uploads)
        self._coming = Counter[str]()

    def look(self, address: str) -> None:
        """Count a look at the public verification; raises E0618 where one address takes too many."""
        _hit(self._looks, f"look {address}")

    def sign_in(self, address: str) -> None:
        """Count an attempt to sign in; raises E0618."""
        _hit(self._strangers, f"sign-in {address}")

    def stranger(self, address: str) -> None:
        """Count a request with a key that is none; raises E0618."""
        _hit(self._strangers, f"stranger {address}")

    def key(self, key: int) -> None:
        """Count a request of an API key; raises E0618."""
        _hit(self._keys, f"key {key}")

    @asynccontextmanager
    async def receiving(self, address: str, *, large: bool) -> AsyncIterator[None]:
        """Let something come in from an address in time; raises E0206 (it does not), E0618 (too many large ones)."""
        if large and (self._coming[address] >= _OF_ONE or self._coming.total() >= _LARGE):
            raise ReportgenError("E0618", seconds=5)
        self._coming[address] += large
        try:
            async with asyncio.timeout(RECEIVING):
                yield
        except (TimeoutError, ClientDisconnect) as error:
            raise ReportgenError("E0206", seconds=round(RECEIVING)) from error
        finally:
            self._coming -= Counter({address: int(large)})

    @contextmanager
    def upload(self) -> Iterator[None]:
        """Let a file be checked, unless as many as may be are being checked; raises E0618 at once."""
        if not self._uploads.acquire(blocking=False):
            raise ReportgenError("E0618", seconds=5)
        try:
            yield
        finally:
            self._uploads.release()

    def _a_minute(self, most: int) -> Throttled:
        return Throttled(using=RateLimiterType.SLIDING_WINDOW.value, quota=per_min(most), store=self._store)


class Crowd:
    """What one process answers at the same moment: so many look-ups, and as much of all the rest.

    What comes beyond is told at once to come again, for who waits in a long line has gone before he is served. The
    two are counted apart: a crowd of strangers who look reports up keeps nobody from his work who is signed in.
    """

    def __init__(self, at_once: int) -> None:
        self._looks = _Line(at_once, min(at_once, _AT_WORK))
        self._rest = _Line(at_once, at_once)

    @asynccontextmanager
    async def room(self, path: str) -> AsyncIterator["Place"]:
        """Let a request in that has a path, when its turn comes; raises E0618 at once where too many are in."""
        if path in _WATCHED:
            yield Place(_Line(1, 1))
            return
        place = Place(self._looks if path.startswith(_LOOKS) else self._rest)
        try:
            await place.take()
            yield place
        finally:
            place.leave()


class Place:
    """The place of one request among those that are let in, and its turn among them."""

    def __init__(self, line: "_Line") -> None:
        self._line, self._in, self._at_work = line, False, False

    async def take(self) -> None:
        """Take one's place and wait for one's turn; raises E0618 where too many are in."""
        self._line.enter()
        self._in = True
        await self._line.turn.acquire()
        self._at_work = True

    def leave(self) -> None:
        """Leave one's turn and one's place to others, where one has them."""
        if self._at_work:
            self._line.turn.release()
        if self._in:
            self._line.leave()
        self._in = self._at_work = False

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[None]:
        """Let others in while one waits for somebody outside; raises E0618 where too many are in after that."""
        self.leave()
        yield
        await self.take()


class _Line:
    def __init__(self, most: int, at_work: int) -> None:
        self._left = most
        self.turn = asyncio.Semaphore(at_work)

    def enter(self) -> None:
        if not self._left:
            raise ReportgenError("E0618", seconds=1)
        self._left -= 1

    def leave(self) -> None:
        self._left += 1


def address_of(request: Request) -> str:
    """Return the address that a request comes from, as the trusted proxies say; it is counted, never kept.

    Of an IPv6 address it is the network of its owner, who has one for every request he could ever send.
    """
    host = request.client.host if request.client else ""
    return str(IPv6Network((host.partition("%")[0], _CUSTOMER), strict=False)) if ":" in host else host


def _hit(counted: Throttled, who: str) -> None:
    found = counted.limit(who)
    if found.limited:
        raise ReportgenError("E0618", seconds=math.ceil(found.state.retry_after))
