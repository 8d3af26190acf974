"""Processes beside those that answer, each with somebody who watches it and starts another where it has ended."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from pathlib import Path
from threading import Event, Thread

import structlog

from reportgen.press import Press, open_press
from reportgen.settings import OFFICE_FILE, Office, read_office
from reportgen.web.logs import to_json_lines

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LOG = structlog.get_logger("reportgen.web")


@contextmanager
def watched(watch: Callable[[Event], int], processes: int, name: str, again: float) -> Iterator[None]:
    """Have so many processes at work; at the end each is told, by the event, to finish what it has in hand.

    `watch` starts a process, waits until it has ended and returns its exit code; where it died the next one is
    started `again` seconds later.
    """
    # It unblocks signals in the thread that starts it, so it is not to be started by a watcher.
    resource_tracker.ensure_running()
    ended = Event()
    watchers = [Thread(target=_keep, args=(watch, ended, name, again), name=name) for _ in range(processes)]
    for watcher in watchers:
        watcher.start()
    try:
        yield
    finally:
        ended.set()
        for watcher in watchers:
            watcher.join()


@contextmanager
def at_work(folder: str, nice: int) -> Iterator[tuple[Office, Press]]:
    """Let such a process do its work at an office, which stands back so far; it leaves with 1 where the work fails.

    A pipe whose other end is gone ends the work: nobody is there any more who would tell it to end.
    """
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    os.nice(nice)
    to_json_lines()
    try:
        place = read_office(Path(folder) / OFFICE_FILE)
        press = open_press(place, "portal")
        try:
            yield place, press
        except (EOFError, BrokenPipeError):
            return
        finally:
            press.store.close()
    except Exception as error:
        _LOG.error("fault", kind=type(error).__name__, exc_info=error)
        sys.exit(1)


def _keep(watch: Callable[[Event], int], ended: Event, name: str, again: float) -> None:
    # What a process is started with it keeps: a Ctrl-C on the terminal is for its parent alone.
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    while not ended.is_set():
        code = watch(ended)
        if code != 0:
            _LOG.warning(f"{name} ended", code=code)
            ended.wait(again)
