"""Work that is too long for a page to do itself: a process of its own, a few who wait for it, and a deadline.

Who answers stays quick, and what does not end is ended: its process is killed, and the next piece of work has another.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import TimeoutError as DeadlineError
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec, TypeVar

from reportgen.batch.processes import Spawned
from reportgen.errors import ReportgenError
from reportgen.web.rendering import NICE

P = ParamSpec("P")
T = TypeVar("T")
_WAITING = 4
"""Pieces of work that are asked for at once; whoever comes later is told to come again."""
_BUSY = 5


class Apart:
    """One process, started when there is work, replaced when it dies or does not end; `deadline` in seconds.

    The deadline includes the wait for others.
    """

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(_WAITING)
        self._pool: Spawned | None = None

    def do(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Return what a piece of work came to; raises E0618 (too many at once), E0617 (it did not end), its own."""
        if not self._turns.acquire(blocking=False):
            raise ReportgenError("E0618", seconds=_BUSY)
        try:
            return self._done(work, *given, **named)
        finally:
            self._turns.release()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.kill()

    def _done(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        with self._lock:
            pool = self._pool = self._pool or Spawned(1, os.nice, (NICE,))
        try:
            return pool.submit(work, *given, **named).result(self._deadline)
        except BrokenProcessPool as error:
            raise ReportgenError("E0617", attempts=1) from error
        except DeadlineError as error:
            self.close()
            raise ReportgenError("E0617", attempts=1) from error
