"""Processes of this machine that do jobs: each spawned, warm, and replaced when it dies or has grown.

Why not `ProcessPoolExecutor`: when one of its processes dies, it ends all the others and breaks every job in hand, so
one document that takes all memory would cost the warm processes of the whole machine, and nobody could say whose job
it was. Its `max_tasks_per_child` knows no memory. Here each process has a thread that hands it one job at a time:
a death breaks the one job that process held, and the next job gets a new process.
"""

import signal
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, ParamSpec, TypeVar

import psutil

P = ParamSpec("P")
T = TypeVar("T")
MOST_JOBS = 500
"""So many jobs a process does before a new one takes its place."""
MOST_BYTES = 1_200_000_000
"""So much memory it may hold; a warm process holds a quarter of it."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_PATIENCE = 10
"""Seconds that a process has to end when asked."""
_context = get_context("spawn")


@dataclass(frozen=True)
class _Task:
    """A piece of work and where its result is awaited."""

    future: Future[Any]
    function: Callable[..., Any]
    given: tuple[tuple[Any, ...], dict[str, Any]]


class Spawned(Executor):
    """An executor of spawned processes; `warm(*given)` is what each does first.

    Work whose process dies fails with BrokenProcessPool, and the executor goes on: to try again is its owner's.
    """

    def __init__(
        self,
        workers: int,
        warm: Callable[..., object],
        given: tuple[object, ...] = (),
        *,
        most_jobs: int = MOST_JOBS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        # It unblocks signals in the thread that starts it, so it is not to be started by a lane.
        resource_tracker.ensure_running()
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._closed = Event()
        self._lanes = [
            _Lane(self._tasks, lambda: _Worker(warm, given), most_jobs, most_bytes) for _ in range(workers)
        ]
        for lane in self._lanes:
            lane.start()

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand in a piece of work; raises RuntimeError after `shutdown`."""
        if self._closed.is_set():
            raise RuntimeError("cannot schedule new futures after shutdown")
        future: Future[T] = Future()
        self._tasks.put(_Task(future, function, (args, kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work, and let the processes end when they have done what was handed in."""
        if not self._closed.is_set():
            self._closed.set()
            if cancel_futures:
                self._forget()
            for _ in self._lanes:
                self._tasks.put(None)
        if wait:
            for lane in self._lanes:
                lane.join()

    def kill(self) -> None:
        """End every process at once, whatever it is doing."""
        for lane in self._lanes:
            lane.kill()
        self.shutdown(cancel_futures=True)

    def _forget(self) -> None:
        with suppress(Empty):
            while (task := self._tasks.get_nowait()) is not None:
                task.future.cancel()


class _Worker:
    """A spawned process at the other end of a pipe; it ends when the pipe does, and so with its parent."""

    def __init__(self, warm: Callable[..., object], given: tuple[object, ...]) -> None:
        self._pipe, theirs = _context.Pipe()
        self._process = _context.Process(target=_serve, args=(theirs, warm, given))
        self._process.start()
        theirs.close()
        self.jobs = 0

    def do(self, task: _Task) -> tuple[bool, Any]:
        """Return whether a piece of work went well, and its result or its error; raises EOFError, OSError (dead)."""
        self.jobs += 1
        self._pipe.send((task.function, *task.given))
        done: tuple[bool, Any] = self._pipe.recv()
        return done

    def held(self) -> int:
        """Return the memory that the process holds, in bytes."""
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()

    def end(self) -> str:
        """End the process, at once where it does not end by itself, and say how it ended."""
        self._pipe.close()
        self._process.join(_PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        code = self._process.exitcode or 0
        return signal.Signals(-code).name if code < 0 else f"exit {code}"


class _Lane(Thread):
    """A thread with a process of its own, which hands it one piece of work after another."""

    def __init__(
        self,
        tasks: "SimpleQueue[_Task | None]",
        new: Callable[[], _Worker],
        most_jobs: int,
        most_bytes: int,
    ) -> None:
        super().__init__(name="batch-lane")
        self._tasks, self._new = tasks, new
        self._most_jobs, self._most_bytes = most_jobs, most_bytes
        self._worker: _Worker | None = None
        self._killed = False

    def run(self) -> None:
        """Work until told to end."""
        # What a process is started with it keeps: a Ctrl-C on the terminal is for its parent alone, and nothing is
        # torn apart while it still imports.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        # A process is warm before there is work for it.
        self._renew()
        while (task := self._tasks.get()) is not None:
            if task.future.set_running_or_notify_cancel():
                self._do(task)
        if self._worker is not None:
            self._worker.end()

    def kill(self) -> None:
        """End the process at once, and have no other."""
        self._killed = True
        if self._worker is not None:
            self._worker.kill()

    def _renew(self) -> None:
        self._worker = None if self._killed else self._new()
        if self._killed:
            self.kill()

    def _do(self, task: _Task) -> None:
        worker = self._worker
        if worker is None:
            task.future.set_exception(BrokenProcessPool("killed"))
            return
        try:
            well, result = worker.do(task)
        except (EOFError, OSError):
            how = worker.end()
            self._renew()
            task.future.set_exception(BrokenProcessPool(how))
            return
        if well:
            task.future.set_result(result)
        else:
            task.future.set_exception(result)
        if worker.jobs >= self._most_jobs or worker.held() > self._most_bytes:
            worker.end()
            self._renew()


def _serve(pipe: Connection, warm: Callable[..., object], given: tuple[object, ...]) -> None:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    # What keeps a process from being warm keeps it from its jobs too, and they say so.
    with suppress(Exception):
        warm(*given)
    with suppress(EOFError, OSError):
        while True:
            function, args, kwargs = pipe.recv()
            pipe.send(_done(function, args, kwargs))


def _done(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[bool, Any]:
    try:
        return True, function(*args, **kwargs)
    except Exception as error:
        return False, error
