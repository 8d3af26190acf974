"""Jobs through any executor: bounded, in the order in which they end, lost ones handed in again."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest

from reportgen.batch.job import Item, Job, Outcome, Place, State
from reportgen.batch.run import MOST_TRIES, outcomes
from reportgen.batch.sources import Words

PLACE = Place("office", "clerk")


def job(row: int) -> Job:
    return Job(Item(row, f"key-{row}", Words("a", "p", "r", "x")), PLACE)


def done(given: Job) -> Outcome:
    return Outcome(row=given.item.row, key=given.item.key, state=State.ISSUED)


def never() -> bool:
    return False


class Losing(Executor):
    """An executor that loses a job so many times before it does it."""

    def __init__(self, times: int, error: BaseException) -> None:
        self.times, self.error = times, error
        self.handed_in = 0

    def submit(self, function: Callable[..., Any], /, *args: Any, **_: Any) -> "Future[Any]":
        self.handed_in += 1
        future: Future[Any] = Future()
        if self.handed_in <= self.times:
            future.set_exception(self.error)
        else:
            future.set_result(function(*args))
        return future


def rows(found: Iterator[list[Outcome]]) -> list[int]:
    return [outcome.row for some in found for outcome in some]


def test_every_job_comes_to_something_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert sorted(rows(outcomes(map(job, range(100)), pool, 8, never, done))) == list(range(100))


def test_no_more_jobs_are_taken_than_are_in_hand() -> None:
    taken: list[int] = []

    def endless() -> Iterator[Job]:
        while True:
            taken.append(len(taken))
            yield job(len(taken))

    with ThreadPoolExecutor(2) as pool:
        found = outcomes(endless(), pool, 4, never, done)
        ended = sum(len(next(found)) for _ in range(10))
        assert len(taken) <= ended + 4


def test_what_ends_first_comes_first() -> None:
    first_may_end = threading.Event()

    def held(given: Job) -> Outcome:
        assert given.item.row or first_may_end.wait(60)
        return done(given)

    seen: list[int] = []
    with ThreadPoolExecutor(2) as pool:
        for some in outcomes(map(job, range(5)), pool, 5, never, held):
            seen += [outcome.row for outcome in some]
            if len(seen) == 4:
                first_may_end.set()
    assert (sorted(seen[:4]), seen[4:]) == ([1, 2, 3, 4], [0])


@pytest.mark.parametrize("error", [BrokenProcessPool("SIGKILL"), KeyError("lost"), TimeoutError()])
def test_a_lost_job_is_handed_in_again(error: Exception) -> None:
    pool = Losing(MOST_TRIES - 1, error)
    ((outcome,),) = [some for some in outcomes([job(7)], pool, 1, never, done) if some]
    assert (outcome.row, outcome.state, pool.handed_in) == (7, State.ISSUED, MOST_TRIES)


def test_a_job_that_kills_whoever_does_it_fails_and_the_others_go_on() -> None:
    pool = Losing(MOST_TRIES, BrokenProcessPool("SIGKILL"))
    first, second = [outcome for some in outcomes([job(1), job(2)], pool, 1, never, done) for outcome in some]
    assert (first.row, first.state, first.error) == (1, State.FAILED, "E1201")
    assert "SIGKILL" in first.detail
    assert (second.row, second.state) == (2, State.ISSUED)


def test_once_stopped_what_has_begun_ends_and_nothing_else_begins() -> None:
    begun, stop = threading.Event(), threading.Event()
    seen: list[int] = []

    def slow(given: Job) -> Outcome:
        seen.append(given.item.row)
        begun.set()
        assert stop.wait(60)
        time.sleep(0.05)
        return done(given)

    def stopped() -> bool:
        if begun.is_set():
            stop.set()
        return stop.is_set()

    with ThreadPoolExecutor(1) as pool:
        assert rows(outcomes(map(job, range(9)), pool, 3, stopped, slow)) == seen == [0]


def test_who_waits_hears_something_twice_a_second() -> None:
    go_on = threading.Event()

    def slow(given: Job) -> Outcome:
        assert go_on.wait(60)
        return done(given)

    with ThreadPoolExecutor(1) as pool:
        found = outcomes([job(1)], pool, 1, never, slow)
        assert next(found) == []
        go_on.set()
        assert rows(found) == [1]
