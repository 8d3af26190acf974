"""One request of a batch as a job: plain values go in, plain values come out, and nothing is raised.

A process opens the office once and keeps it for its jobs: settings, signer, database, fonts, styles, templates.
No secret travels with a job: whoever does it reads them from the office's folder or from his environment.
"""

import gc
import hashlib
import os
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TypeVar

from reportgen.batch.sources import Sources, Words
from reportgen.batch.wording import said
from reportgen.errors import ReportgenError
from reportgen.files import write_whole
from reportgen.pipeline import Issued, Means, issue, means_of
from reportgen.press import Press, open_press
from reportgen.settings import Office, find_office
from reportgen.subject.base import Model
from reportgen.zone import now

T = TypeVar("T")
GAPS = "E0401"
PASSING = frozenset({"E0804", "E0901", "E0903", "E0904", "E0913"})
"""What goes by itself: no time stamp, no disk, a busy database, none at all, no store of files."""
_WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds before each new try: a database that restarts is back within a minute."""


class State(StrEnum):
    """What came of a request: a report, the 缺件清单, or neither."""

    ISSUED = "issued"
    GAPS = "gaps"
    FAILED = "failed"


@dataclass(frozen=True)
class Item:
    """A sound row of a list of requests: its number, its request key and its words."""

    row: int
    key: str
    words: Words


@dataclass(frozen=True)
class Place:
    """Where and by whom a batch is done.

    `office`: the office's folder; nothing: that of REPORTGEN_OFFICE where the job is done. `copies`: the folder
    for copies; nothing: none are written.
    """

    office: str
    login: str
    copies: str = ""


@dataclass(frozen=True)
class Job:
    """What one process is handed to issue one request."""

    item: Item
    place: Place


class Entry(Model):
    """What came of a row, as a manifest keeps it: nothing in it says who it is about.

    `file` is the report's name among the office's files, `conclusion` the name of a Conclusion, `error` a code.
    `waiting` counts the hits on lists that are 待人工确认.
    """

    row: int
    key: str
    state: State
    number: str = ""
    conclusion: str = ""
    file: str = ""
    sha256: str = ""
    seconds: float = 0.0
    error: str = ""
    repeated: bool = False
    waiting: int = 0


class Outcome(Entry):
    """What came of a row, with the words that are for the screen."""

    detail: str = ""


@dataclass(frozen=True)
class Opened:
    """An office at work in this process."""

    office: Office
    means: Means
    press: Press


_held: dict[tuple[Place, date], Opened] = {}


def opened(place: Place) -> Opened:
    """Return the office that this process keeps open, opened anew each day: a certificate may have run out.

    Raises E0311, E0357, E0801–E0806, E0902, E0905, E0906, E0911.
    """
    wanted = (place, now().date())
    if wanted not in _held:
        close()
        _held[wanted] = _open(place)
    return _held[wanted]


def close() -> None:
    """Let go of the office that this process keeps open."""
    while _held:
        _held.popitem()[1].press.store.close()


def _open(place: Place) -> Opened:
    office = find_office(Path(place.office) if place.office else None)
    if office is None:
        raise ReportgenError("E0357", folder=place.office or os.environ.get("REPORTGEN_OFFICE", "."))
    return Opened(office, means_of(office, now()), open_press(office, place.login))


def warm(place: Place) -> None:
    """Load whatever the first job would have to wait for; raises what `opened` raises, and E0703, E0705."""
    from reportgen.document.typeset import typesetter

    typesetter(opened(place).means.issuer.own_look)
    # What is loaded now stays: the collector need not look through it after each report.
    gc.collect()
    gc.freeze()


def do(job: Job) -> Outcome:
    """Issue one request; whatever goes wrong becomes an outcome with its code. Seconds include the waits."""
    started = time.perf_counter()
    try:
        done = patiently(partial(_issued, job))
        outcome = _outcome(job.item, done, partial(_letter, job.place, job.item.key))
    except ReportgenError as error:
        outcome = failed(job.item, error)
    except Exception as error:
        # The message of an unexpected error may hold record text; its type alone is safe to show.
        outcome = failed(job.item, ReportgenError("E0101", detail=type(error).__name__))
    return outcome.model_copy(update={"seconds": round(time.perf_counter() - started, 3)})


def failed(item: Item, error: ReportgenError) -> Outcome:
    """Return the outcome of a row that could not be issued."""
    return Outcome(row=item.row, key=item.key, state=State.FAILED, error=error.code, detail=said(error))


def _issued(job: Job) -> Issued:
    place = opened(job.place)
    request = Sources(place.press.store).request(job.item.words)
    copies = Path(job.place.copies) if job.place.copies else None
    return issue(request, place.office, now(), copies, place.press, place.means)


def patiently(work: Callable[[], T], waits: Iterable[float] = _WAITS) -> T:
    """Return what a piece of work did, tried again a while where what it met goes by itself."""
    for wait in waits:
        try:
            return work()
        except ReportgenError as error:
            if error.code not in PASSING:
                raise
            # Many workers lose the same database at once: they are not to come back at once.
            time.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
    return work()


def _outcome(item: Item, done: Issued, keep: Callable[[bytes], None]) -> Outcome:
    outcome = partial(Outcome, row=item.row, key=item.key, repeated=done.repeated, waiting=done.waiting)
    if not done.number:
        keep(done.pdf)
        gaps = done.assessment.gaps.gaps if done.assessment.gaps else ()
        detail = "；".join(f"{gap.clause} {gap.what}，{gap.why}".strip() for gap in gaps)
        return outcome(state=State.GAPS, error=GAPS, detail=detail)
    return outcome(
        state=State.ISSUED,
        number=done.number,
        conclusion=done.assessment.conclusion.name if done.assessment.conclusion else "",
        file=done.file,
        sha256=hashlib.sha256(done.pdf).hexdigest(),
    )


def _letter(place: Place, key: str, pdf: bytes) -> None:
    """Write the 缺件清单 of a request beside the copies: it has no number and no place in the register."""
    if place.copies:
        write_whole(Path(place.copies) / f"缺件清单-{key[:12]}.pdf", pdf)
