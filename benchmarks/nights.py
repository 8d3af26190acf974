"""A night's queue as a simulation: workers, the one counter of numbers, a store that all share, and deaths.

Each worker takes the next request. After the part of its service before the number it waits for the day's counter,
which serves one at a time; after the rest for the store's line, one file at a time, and for the store's answer.
A worker dies at random; its request is done again by its successor, with the number it has.
"""

import heapq
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

HOUR = 3600.0


@dataclass(frozen=True)
class World:
    """What a report meets, in seconds.

    `service` are measured times of whole issues, from which each report draws one; `before` is the share of it
    before the number. `held`: the counter, one at a time; `line`: the store's network, one file at a time;
    `answer`: what the store takes beside. `life` is a worker's mean life, `restart` until its successor is warm.
    """

    service: Sequence[float]
    before: float
    held: float
    line: float
    answer: float = 0.0
    life: float = math.inf
    restart: float = 0.0


@dataclass
class _Job:
    """A request in the hands of a worker that dies at a moment."""

    takes: float
    dies: float
    numbered: bool = False


@dataclass
class Night:
    """A night as it is played: what has happened by now."""

    world: World
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - no secret
    done: int = 0
    deaths: int = 0
    ended: float = 0.0
    _counter: float = 0.0
    _line: float = 0.0

    def play(self, workers: int, reports: int) -> "Night":
        """Play until so many reports are issued; return the night itself."""
        count, events = iter(range(10**12)), list[tuple[float, int, str, _Job]]()
        steps: dict[str, Callable[[float, _Job], tuple[float, str]]] = {
            "begin": self._begin,
            "number": self._number,
            "store": self._store,
            "end": self._end,
        }
        for _ in range(workers):
            # Nobody begins a night in step.
            late = self.chance.random() * self._drawn()
            heapq.heappush(events, (late, next(count), "begin", _Job(self._drawn(), late + self._life())))
        while self.done < reports:
            moment, _, kind, job = heapq.heappop(events)
            when, then = steps[kind](moment, job)
            if job.dies < when:
                when, then = self._died(job), "begin"
            heapq.heappush(events, (when, next(count), then, job))
        return self

    def _begin(self, moment: float, job: _Job) -> tuple[float, str]:
        if job.numbered:
            return moment + job.takes, "store"
        return moment + job.takes * self.world.before, "number"

    def _number(self, moment: float, job: _Job) -> tuple[float, str]:
        self._counter = max(moment, self._counter) + self.world.held
        job.numbered = True
        return self._counter + job.takes * (1 - self.world.before), "store"

    def _store(self, moment: float, job: _Job) -> tuple[float, str]:
        self._line = max(moment, self._line) + self.world.line
        return self._line + self.world.answer, "end"

    def _end(self, moment: float, job: _Job) -> tuple[float, str]:
        self.done, self.ended = self.done + 1, moment
        job.takes, job.numbered = self._drawn(), False
        return moment, "begin"

    def _died(self, job: _Job) -> float:
        self.deaths += 1
        back = job.dies + self.world.restart
        job.dies = back + self._life()
        return back

    def _drawn(self) -> float:
        return self.world.service[int(self.chance.random() * len(self.world.service))]

    def _life(self) -> float:
        return -math.log(1 - self.chance.random()) * self.world.life

    def an_hour(self) -> float:
        """Return the reports issued in an hour."""
        return self.done / self.ended * HOUR


def rates(world: World, workers: Sequence[int], each: int) -> Iterator[float]:
    """Yield the reports issued in an hour by numbers of workers, played until each has issued so many."""
    for count in workers:
        yield Night(world).play(count, count * each).an_hour()
