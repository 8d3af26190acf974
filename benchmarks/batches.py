"""Batches of whole issues through the batch's own executor: warm processes, each with an office on PostgreSQL open.

With `stub` no page is laid out and nothing is signed: what stays is the batch, the judgement and the register.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import psutil

from benchmarks import offices
from benchmarks.measure import MB, machine_cores, spread
from benchmarks.offices import Opened, words_of
from benchmarks.samples import NOW, request
from reportgen import pipeline
from reportgen.batch.processes import Spawned
from reportgen.batch.sources import Words
from reportgen.document.typeset import Typeset, typesetter
from reportgen.registry.requests import Request

_STUB = Typeset(b"%PDF stub", 1)
_SEED = 10_000
_held: dict[str, Opened] = {}
_closing = ExitStack()


@dataclass(frozen=True)
class Done:
    """What one issue took, in seconds, the memory its process then held and the size of its file, in bytes."""

    seconds: float
    held: int
    size: int


@dataclass(frozen=True)
class Room:
    """An office for batches: its folder, and its database."""

    folder: str
    url: str


def warm(room: Room, stub: bool) -> None:
    """Open the office in this process, and load what typesetting needs, unless it is stubbed."""
    opened = _closing.enter_context(offices.opened(Path(room.folder), room.url))
    if stub:
        _closing.enter_context(patch.object(pipeline, "typeset", lambda *_: _STUB))
        opened = replace(opened, means=replace(opened.means, signing=None))
    else:
        typesetter()
    _held["office"] = opened


def issue_one(words: Words) -> Done:
    """Issue one request in the office of this process."""
    started, opened = time.perf_counter(), _held["office"]
    made = pipeline.issue(opened.request(words), opened.office, NOW, None, opened.press, opened.means)
    took, held = time.perf_counter() - started, psutil.Process().memory_info().rss
    return Done(took, int(held), len(made.pdf))


@contextmanager
def room() -> Iterator[Room]:
    """Yield an office on a PostgreSQL of its own."""
    with TemporaryDirectory() as folder, offices.postgres() as server:
        url = offices.database(server)
        offices.make_office(Path(folder), url)
        yield Room(folder, url)


def learned(place: Room, seeds: Iterable[int]) -> list[Words]:
    """Bring subjects and projects into an office's database; returns their requests as rows of a list."""
    asked: list[Request] = [request(seed) for seed in seeds]
    with offices.opened(Path(place.folder), place.url) as office:
        office.learn(*asked)
    return [words_of(one) for one in asked]


def run(place: Room, words: Sequence[Words], workers: int, *, stub: bool) -> tuple[float, list[Done]]:
    """Return the seconds that warm workers took for a list, and what each issue took in the order of the list."""
    pool = Spawned(workers, warm, (place, stub))
    try:
        # The first of each process is not counted: it draws the first charts and fills the caches.
        first, rest = words[: 2 * workers], words[2 * workers :]
        _wait([pool.submit(issue_one, one) for one in first])
        started = time.perf_counter()
        done = _wait([pool.submit(issue_one, one) for one in rest])
        return time.perf_counter() - started, done
    finally:
        pool.shutdown()


def _wait(futures: "list[Future[Done]]") -> list[Done]:
    return [future.result() for future in futures]


def sized(sizes: Sequence[int], *, stub: bool) -> list[dict[str, Any]]:
    """Return a row for each size of batch through one worker: seconds, and its memory early and late."""
    rows = []
    with room() as place:
        for turn, size in enumerate(sizes):
            first = _SEED + 100_000 * turn + (1_000_000 if stub else 0)
            words = learned(place, range(first, first + size + 2))
            seconds, done = run(place, words, 1, stub=stub)
            rows.append(_row(size, seconds, done, stub=stub))
    return rows


def _row(size: int, seconds: float, done: Sequence[Done], *, stub: bool) -> dict[str, Any]:
    tenth = max(1, size // 10)
    return {
        "kind": "stubbed" if stub else "real",
        "size": size,
        "seconds": round(seconds, 3),
        "each": round(seconds / size, 4),
        "first_mb": round(max(one.held for one in done[:tenth]) / MB),
        "last_mb": round(max(one.held for one in done[-tenth:]) / MB),
        "file_bytes": max(one.size for one in done),
        "service": [round(one.seconds, 4) for one in done],
    }


def pair(reports: int) -> dict[str, Any]:
    """Return how many reports a second one worker issues and two do, turn about, on all cores of this machine."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    with room() as place:
        for turn, workers in enumerate((1, 2, 2, 1)):
            first = _SEED + 5_000_000 + 10_000 * turn
            words = learned(place, range(first, first + reports + 2 * workers))
            seconds, _ = run(place, words, workers, stub=False)
            rates[workers].append(reports / seconds)
    one, two = spread(rates[1])[0], spread(rates[2])[0]
    return {
        "reports": reports,
        "one": round(one, 3),
        "two": round(two, 3),
        "ratio": round(two / one, 2),
        "cores": len(machine_cores()),
    }
