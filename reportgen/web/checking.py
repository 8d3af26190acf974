"""Checking what strangers hand in: in a process of its own, with a deadline, in memory alone."""

import resource
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as DeadlineError
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path, PurePath
from typing import Concatenate, ParamSpec, TypeVar

from reportgen.certify.facts import Trust
from reportgen.certify.verify import Examined, examine
from reportgen.errors import ReportgenError

P = ParamSpec("P")
T = TypeVar("T")
_FILE, _ENDING = "文件", 10
DEADLINE = 20
"""Seconds that one file may take; the slowest file known takes a quarter of a second."""
MEMORY = 2 << 30
"""Bytes of addresses that one process may have; without a file it has a quarter of them."""


class Checker:
    """A few processes that read files; one that dies or does not end is replaced."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def examine(self, data: bytes, trust: Trust, at: datetime) -> Examined:
        """Return what a file says by itself; raises E0392 where reading it did not end, and what reading raises."""
        return self.run(examine, data, trust, at)

    def read(
        self,
        work: Callable[Concatenate[Path, P], T],
        name: str,
        data: bytes,
        *more: P.args,
        **words: P.kwargs,
    ) -> T:
        """Return what a function of a module made of a file of a name; raises as `run`.

        The file lies in a folder of this process's own, so that it goes even where the other one has to be ended.
        """
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{_FILE}{PurePath(name).suffix.lower()[:_ENDING]}"
            path.write_bytes(data)
            return self.run(work, path, *more, **words)

    def run(self, work: Callable[P, T], *args: P.args, **words: P.kwargs) -> T:
        """Return what a function of a module came to in a process of its own; raises E0392, and what it raises."""
        pool = self._started()
        try:
            return pool.submit(work, *args, **words).result(DEADLINE)
        except (DeadlineError, BrokenProcessPool, MemoryError) as error:
            self._replace(pool)
            raise ReportgenError("E0392", seconds=DEADLINE) from error

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            if self._pool is not None:
                _end(self._pool)
                self._pool = None

    def _started(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                # Not forked: threads of this process may hold locks.
                self._pool = ProcessPoolExecutor(self._processes, get_context("spawn"), _bound)
            return self._pool

    def _replace(self, pool: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is pool:
                _end(pool)
                self._pool = None


def _bound() -> None:
    # A small file may unpack to more than the machine has.
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _end(pool: ProcessPoolExecutor) -> None:
    for process in list((pool._processes or {}).values()):
        process.kill()
    pool.shutdown(wait=False, cancel_futures=True)
