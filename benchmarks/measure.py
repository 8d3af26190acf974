"""Measuring on one pinned core: a process for each contender, asked in turns, timed by wall clock and by processor.

Every contender lives in a process of its own, pinned with all it starts to the same core, and only one of them
works at a time: none shares another's memory, caches or threads. A round gives each contender the same new data.
"""

import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Protocol, TypeVar

import psutil

MB = 1 << 20
_EACH = 0.02
"""Seconds between two looks at the memory."""
T = TypeVar("T")


class Contender(Protocol):
    """What is measured: it prepares a piece of work for a seed, and names the processes that help it."""

    def prepare(self, sample: Any) -> Callable[[], Any]:
        """Return the piece of work that is timed."""

    def helpers(self) -> list[psutil.Process]:
        """Return the processes that work for it beside its own."""


@dataclass(frozen=True)
class Taken:
    """What a piece of work took, in seconds by the wall clock and of processor time, helpers included."""

    wall: float
    cpu: float


def machine_cores() -> list[int]:
    """Return the cores that this process may use."""
    return sorted(os.sched_getaffinity(0))


def cpu_of(processes: Sequence[psutil.Process]) -> float:
    """Return the processor time that processes have taken so far, in seconds, with that of their ended children."""
    total = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def timed(work: Callable[[], T], helpers: Callable[[], list[psutil.Process]] = list) -> tuple[T, Taken]:
    """Return what a piece of work made, and what it took; the helpers are those before and those after."""
    before, own, started = cpu_of(helpers()), time.process_time(), time.perf_counter()
    made = work()
    wall, mine = time.perf_counter() - started, time.process_time() - own
    return made, Taken(wall, mine + cpu_of(helpers()) - before)


class Bench:
    """A contender in its process; ask it for a piece of work and what it took."""

    def __init__(
        self, make: Callable[..., AbstractContextManager[Any]], *given: Any, core: int | None
    ) -> None:
        context = get_context("spawn")
        self._mine, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, make, given, core), daemon=True)
        self._process.start()
        theirs.close()

    def take(self, sample: Any) -> tuple[Any, Taken]:
        """Return what the contender made of a sample, and what it took; raises what it raised."""
        self._mine.send(sample)
        ready = self._mine.recv()
        if isinstance(ready, BaseException):
            raise ready
        self._mine.send(None)
        made = self._mine.recv()
        if isinstance(made, BaseException):
            raise made
        result: tuple[Any, Taken] = made
        return result

    def peak(self, sample: Any) -> int:
        """Return the most memory held while a sample is worked on, in bytes.

        Helpers included; what processes share counts once (Pss). Not timed: looking takes its own time.
        """
        self._mine.send(sample)
        self._mine.recv()
        self._mine.send(None)
        most = 0
        while not self._mine.poll(_EACH):
            most = max(most, held(self._process.pid or 0))
        self._mine.recv()
        return max(most, held(self._process.pid or 0))

    def close(self) -> None:
        """End the process."""
        self._mine.close()
        self._process.join()


def held(pid: int) -> int:
    """Return the memory that a process and all below it hold, in bytes; shared pages are divided among those who share."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                total += process.memory_full_info().pss
    return total


def peak_of_self() -> int:
    """Return the most memory this process ever held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _serve(
    pipe: Connection,
    make: Callable[..., AbstractContextManager[Any]],
    given: tuple[Any, ...],
    core: int | None,
) -> None:
    if core is not None:
        os.sched_setaffinity(0, {core})
    with make(*given) as contender, suppress(EOFError):
        while True:
            sample = pipe.recv()
            try:
                work = contender.prepare(sample)
                pipe.send(None)
                pipe.recv()
                pipe.send(timed(work, contender.helpers))
            except Exception as error:
                # Not every error can travel; its words can.
                pipe.send(RuntimeError(f"{type(error).__name__}: {error}"))


def turns(
    made: Mapping[str, Bench], given: Callable[[int], Any], warm: int, rounds: int
) -> Iterator[tuple[str, Any, Taken]]:
    """Yield what each contender made and what it took, round after round, but for the first ones that warm it.

    Nobody always goes first, or after the same one.
    """
    names = [*made]
    for turn in range(warm + rounds):
        sample, first = given(turn), turn % len(names)
        for name in names[first:] + names[:first]:
            result, took = made[name].take(sample)
            if turn >= warm:
                yield name, result, took


@contextmanager
def benches(makers: dict[str, tuple[Any, ...]], core: int | None) -> Iterator[dict[str, Bench]]:
    """Yield a bench for each maker, by name; a maker is a class and what it is made with."""
    made = {name: Bench(*maker, core=core) for name, maker in makers.items()}
    try:
        yield made
    finally:
        for bench in made.values():
            bench.close()


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the median and the quartiles of some values."""
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return middle, low, high
