"""The race for one use, as hard as a whole office and a whole committee can run it: `make soak`."""

import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from multiprocessing import get_context

import pytest

from reportgen.registry import lifecycle
from reportgen.registry.audit import verify
from reportgen.registry.lifecycle import Outcome
from reportgen.store.engine import Store, open_store
from tests.conftest import Database
from tests.registry.lives import DESK, USE, issued

ROUNDS, PROCESSES = 20, 8
THREADS = {"sqlite": 200, "postgresql": 25}
HEAD_START = 1.0


@cache
def store_of(url: str) -> Store:
    """Return the database of a URL, opened once in each process."""
    return open_store(url)


def use(url: str, number: str, start: float) -> str:
    """Wait for the start, then use the report."""
    time.sleep(max(0.0, start - time.time()))
    desk = replace(DESK)
    return store_of(url).write(lambda session: lifecycle.consume(session, number, USE, desk)).outcome.value


def race(url: str, number: str, threads: int, start: float) -> Counter[str]:
    """Return what came of as many uses at once as there are threads."""
    store_of(url)
    with ThreadPoolExecutor(threads) as pool:
        return Counter(pool.map(lambda _: use(url, number, start), range(threads)))


@pytest.mark.soak
def test_of_thousands_who_use_at_once_one_wins_twenty_times_in_a_row(database: Database) -> None:
    store = store_of(database.url)
    threads = THREADS[database.kind]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as processes:
        for round_ in range(ROUNDS):
            row = store.write(lambda session, n=str(round_): issued(session, n))  # type: ignore[misc]
            start = time.time() + (HEAD_START if round_ else 10 * HEAD_START)
            runs = [
                processes.submit(race, database.url, str(row.number), threads, start)
                for _ in range(PROCESSES)
            ]
            outcomes = sum((run.result() for run in runs), Counter[str]())
            assert outcomes == {Outcome.USED.value: 1, Outcome.ALREADY.value: PROCESSES * threads - 1}
    assert verify(store, DESK.key).sound
    store.close()
