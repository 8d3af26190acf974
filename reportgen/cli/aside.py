"""Two things at once where both take half a second to load their libraries, and threads would not help."""

import os
import pickle
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


def aside(work: Callable[[], T]) -> Callable[[], T]:
    """Start a piece of work in a process of its own; returns what waits for its result.

    What goes wrong there is done again here, so that it goes wrong in front of whoever asked.
    """
    # A copy of a process of several threads may wait for ever for a lock that one of the others held.
    if threading.active_count() > 1:
        return work
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        with suppress(BaseException), os.fdopen(writing, "wb") as pipe:
            pipe.write(pickle.dumps(work()))
        os._exit(0)
    os.close(writing)

    def wait() -> T:
        with os.fdopen(reading, "rb") as pipe:
            told = pipe.read()
        os.waitpid(child, 0)
        with suppress(EOFError, pickle.UnpicklingError):
            done: T = pickle.loads(told)  # noqa: S301 - written by this program
            return done
        return work()

    return wait
