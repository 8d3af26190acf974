"""Rendering what was sent to be issued: processes of low priority, each with somebody who watches it.

A process takes one application after another from the queue. Where it dies, or is killed because one report took
too long, its watcher gives back what it had taken and starts another: the report keeps its number, and the attempt
counts. A process whose portal is gone ends after the report in hand.
"""

import secrets
import time
from contextlib import AbstractContextManager, suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Event

from reportgen import counter
from reportgen.errors import ReportgenError
from reportgen.press import Press
from reportgen.registry import applications
from reportgen.registry.application_rows import ApplicationState
from reportgen.settings import Office, database_url
from reportgen.store.engine import open_store
from reportgen.web.beside import at_work, watched
from reportgen.web.metrics import RENDER_SECONDS, RENDERED
from reportgen.zone import now

DEADLINE = 120
"""Seconds that one report may take; it takes a few, on a busy machine ten."""
GRACE = 30
"""Seconds in which the report in hand may be finished when the portal is told to stop."""
MOST = 200
"""Reports that a process makes before a new one takes its place, for it grows."""
NICE = 10
"""How far whoever renders stands back behind whoever answers."""
_IDLE = 1.0
"""Seconds between two looks at an empty queue."""
_AGAIN = 2.0
"""Seconds before a process that died has a successor."""
_TICK = 0.2
_context = get_context("spawn")


def rendering(office: Office, renderers: int) -> AbstractContextManager[None]:
    """Have so many processes make the reports that are queued; at the end each finishes what it has in hand."""
    return watched(partial(_watch, office), renderers, "renderer", _AGAIN)


def render(pipe: Connection, folder: str, name: str) -> None:
    """Make the reports that are queued, one after another, until told to end or nobody is there to tell.

    Before each turn and after it a word goes through the pipe: None, then how the turn ended and its seconds.
    """
    with at_work(folder, NICE) as (place, press):
        _warm(place)
        _make(pipe, press, place, name)


def _make(pipe: Connection, press: Press, place: Office, name: str) -> None:
    made = 0
    while made < MOST:
        pipe.send(None)
        began = time.perf_counter()
        outcome = _turn(press, place, name)
        pipe.send((outcome, time.perf_counter() - began))
        made += bool(outcome)
        # Whatever comes through the pipe, and its end, says to end.
        if pipe.poll(0 if outcome else _IDLE):
            return


def _turn(press: Press, place: Office, name: str) -> str:
    """Return how the next application's turn ended: issued, failed, or nothing where none waited."""
    try:
        key = counter.render_next(press, place, name, now)
        if key is None:
            return ""
        row = press.store.read(lambda session: applications.by_key(session, key))
    except ReportgenError:
        # The database is busy or away: what was taken stays taken for a while, and nothing is lost.
        return ""
    return "issued" if row.state == ApplicationState.ISSUED else "failed"


def _warm(place: Office) -> None:
    """Load what the first report would have to wait for; raises E0703, E0705, E0801–E0806."""
    from reportgen.document.typeset import typesetter
    from reportgen.pipeline import means_of

    typesetter(means_of(place, now()).issuer.own_look)


def _watch(office: Office, ended: Event) -> int:
    name = f"renderer-{secrets.token_hex(8)}"
    code = _Watched(office, name).watch(ended)
    if code != 0:
        _release(office, name)
    return code


class _Watched:
    """A process that renders, and since when it is at its turn."""

    def __init__(self, office: Office, name: str) -> None:
        self._pipe, theirs = _context.Pipe()
        folder = str(office.folder.resolve())
        self._process = _context.Process(target=render, args=(theirs, folder, name), name=name)
        self._process.start()
        theirs.close()
        self._since: float | None = None
        self._until: float | None = None

    def watch(self, ended: Event) -> int:
        """Watch the process until it has ended, and return its exit code."""
        with suppress(EOFError, OSError):
            while True:
                self._tell(ended)
                if self._pipe.poll(_TICK):
                    self._hear(self._pipe.recv())
                if self._late():
                    self._process.kill()
                    break
        self._pipe.close()
        self._process.join()
        return self._process.exitcode or 0

    def _tell(self, ended: Event) -> None:
        if ended.is_set() and self._until is None:
            self._until = time.monotonic() + GRACE
            self._pipe.send(None)

    def _hear(self, said: tuple[str, float] | None) -> None:
        self._since = time.monotonic() if said is None else None
        if said is not None and said[0]:
            RENDERED.labels(said[0]).inc()
            RENDER_SECONDS.observe(said[1])

    def _late(self) -> bool:
        at = time.monotonic()
        slow = self._since is not None and at > self._since + DEADLINE
        if slow:
            RENDERED.labels("killed").inc()
        return slow or (self._until is not None and at > self._until)


def _release(office: Office, name: str) -> None:
    """Give back what a dead process had taken; where that cannot be, its time runs out."""
    with suppress(ReportgenError):
        store = open_store(database_url(office))
        try:
            store.write(lambda session: applications.release(session, name))
        finally:
            store.close()
