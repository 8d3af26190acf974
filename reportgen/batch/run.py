"""Jobs through an executor: so many in flight, results in the order in which they end, lost jobs tried again."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from itertools import islice

from reportgen.batch.job import Job, Outcome, do, failed
from reportgen.errors import ReportgenError

MOST_TRIES = 3
"""So often a job is handed in whose process dies over it: after that it is the job."""
_BEAT = 0.5
"""Seconds after which a caller hears that nothing has ended."""

Flight = dict["Future[Outcome]", tuple[Job, int]]
"""What is in hand: the job of each future, and which try it is."""


def outcomes(
    jobs: Iterable[Job],
    executor: Executor,
    most: int,
    stopped: Callable[[], bool],
    function: Callable[[Job], Outcome] = do,
) -> Iterator[list[Outcome]]:
    """Yield what has come of jobs as they end, some at a time, and nothing each half second when none did.

    At most `most` jobs are handed in at once, so a list of any length takes the same memory. Once `stopped` says so
    no more are: what has not begun is taken back, and what has begun ends. A job whose process died, or that the
    executor lost, is handed in again; its register gives it the number it had.
    """
    waiting, flight = iter(jobs), Flight()
    while True:
        if stopped():
            for future in [future for future in flight if future.cancel()]:
                del flight[future]
        else:
            for job in islice(waiting, most - len(flight)):
                flight[executor.submit(function, job)] = (job, 1)
        if not flight:
            return
        ended, _ = wait(flight, _BEAT, FIRST_COMPLETED)
        yield [
            outcome
            for future in ended
            for outcome in _ended(future, flight, lambda job: executor.submit(function, job), stopped)
        ]


def _ended(
    future: "Future[Outcome]",
    flight: Flight,
    again: "Callable[[Job], Future[Outcome]]",
    stopped: Callable[[], bool],
) -> Iterator[Outcome]:
    job, tries = flight.pop(future)
    try:
        yield future.result()
    # What an executor says of a job it lost has no common name: a broken pool, a killed worker, a cancelled future.
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        if tries >= MOST_TRIES:
            detail = str(error) or type(error).__name__
            yield failed(job.item, ReportgenError("E1201", tries=tries, detail=detail))
        elif not stopped():
            flight[again(job)] = (job, tries + 1)
