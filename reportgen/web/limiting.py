"""How often something may be asked: by address, and by how much is under way at the same moment."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from reportgen.errors import ReportgenError
from reportgen.web.settings import WebSettings

PER_SIGN_IN = 20
"""Attempts a minute that one address may make to sign in or to ask for an account (本机构设定)."""
SECONDS = 60


@dataclass(frozen=True)
class Limits:
    """The limits of one process; several processes count each for itself."""

    settings: WebSettings
    _counter: SlidingWindowCounterRateLimiter = field(
        default_factory=lambda: SlidingWindowCounterRateLimiter(MemoryStorage())
    )
    _uploads: threading.BoundedSemaphore = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_uploads", threading.BoundedSemaphore(self.settings.uploads))

    def look(self, address: str) -> None:
        """Count a look at the public verification; raises E0618 where one address takes too many."""
        self._hit("look", address, self.settings.rate)

    def sign_in(self, address: str) -> None:
        """Count an attempt to sign in; raises E0618."""
        self._hit("sign-in", address, PER_SIGN_IN)

    def stranger(self, address: str) -> None:
        """Count a request with a key that is none; raises E0618."""
        self._hit("stranger", address, PER_SIGN_IN)

    def key(self, key: int) -> None:
        """Count a request of an API key; raises E0618."""
        self._hit("key", str(key), self.settings.api_rate)

    @contextmanager
    def upload(self) -> Iterator[None]:
        """Let a file be checked, unless as many as may be are being checked; raises E0618 at once."""
        if not self._uploads.acquire(blocking=False):
            raise ReportgenError("E0618", seconds=5)
        try:
            yield
        finally:
            self._uploads.release()

    def _hit(self, what: str, address: str, most: int) -> None:
        if not self._counter.hit(RateLimitItemPerMinute(most), what, address):
            raise ReportgenError("E0618", seconds=SECONDS)
