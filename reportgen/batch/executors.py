"""Who does the jobs of a batch: each a context that yields a `concurrent.futures.Executor`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from reportgen.batch.job import Place, warm
from reportgen.batch.processes import Spawned


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


@contextmanager
def spawned(place: Place, workers: int) -> Iterator[Spawned]:
    """Yield an executor of so many warm processes; whatever cuts the work short ends them at once."""
    pool = Spawned(workers, warm, (place,))
    try:
        yield pool
    except BaseException:
        pool.kill()
        raise
    finally:
        pool.shutdown()
