"""An office at work, for the tests that do something else meanwhile: it issues, uses, marks, learns and forgets."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event
from typing import Any

from sqlmodel import Session

from reportgen.cli.demo import sample_office
from reportgen.document.issuer import issuer_of
from reportgen.document.typeset import Typeset
from reportgen.press import Press
from reportgen.registry import lifecycle
from reportgen.registry.changes import learn
from reportgen.registry.events import Tag
from reportgen.registry.marks import mark
from reportgen.registry.retention import Keeper, kept_since
from reportgen.registry.tables import ReportRow
from reportgen.store.engine import open_store
from reportgen.store.files import Folder
from tests.factories import record_data, subject
from tests.registry.lives import DESK, NOW, SECRET, USE, at, numbered

YEARS = 10
_SIZE = 20_000
_LONG_AGO = timedelta(days=5000)
_VALID = timedelta(days=90)


@dataclass
class Worker:
    """One of those who work at once, each with a name and a chance of its own."""

    press: Press
    name: str

    def __post_init__(self) -> None:
        self.chance = random.Random(self.name)
        self.issuer = issuer_of(sample_office())
        self.count = 0

    def step(self) -> None:
        """Issue a report, or leave it half-way, and do one thing more with it."""
        self.count += 1
        asked = partial(numbered, name=f"{self.name}{self.count}", assessment="{}")
        row = self.press.store.write(asked)
        if self.chance.random() < 0.05:
            self.press.void(row, NOW)
        elif self.chance.random() > 0.05:
            issued = self._published(row)
            self.press.store.write(
                partial(self.chance.choice(_MORE), number=str(issued.number), step=self.count)
            )

    def _published(self, row: ReportRow) -> ReportRow:
        identity = self.press.identity(row, self.issuer, NOW.date() + _VALID)
        if self.chance.random() < 0.2:
            # What was kept long enough is let go by whoever forgets meanwhile.
            identity = identity.model_copy(update={"issued_at": NOW - _LONG_AGO})
        content = f"{identity.number} {self.chance.random()}\n".encode()
        done = Typeset(content * (_SIZE // len(content)), 1)
        return self.press.publish(row, identity, done)


def _use(session: Session, number: str, step: int) -> Any:
    return lifecycle.consume(session, number, USE, DESK)


def _mark(session: Session, number: str, step: int) -> Any:
    row = lifecycle.by_number(session, number)
    return mark(session, [row.id or 0], Tag.REPORT_MARK_OUTDATED, DESK)


def _revoke(session: Session, number: str, step: int) -> Any:
    return lifecycle.revoke(session, number, "REQUESTED", DESK)


def _learn(session: Session, number: str, step: int) -> Any:
    return learn(session, subject(records=[record_data(amount=str(step))]), at(days=1))


_MORE = (_use, _use, _mark, _revoke, _learn)


class _Busy(Folder):
    """A folder whose files are all being written: the office's clock here is ahead of the machine's, which dates them."""

    def older(self, name: str, before: datetime) -> bool:
        """Say that nobody left a file alone for long."""
        return False


def forget(press: Press) -> int:
    """Let go of what was kept long enough; return how many reports that were."""
    desk = at(days=2)
    return len(Keeper(press.store, press.files, kept_since(desk.at.date(), YEARS), desk).erase().reports)


def press_of(url: str, files: Path) -> Press:
    """Return the office of a database and a folder."""
    return Press(open_store(url), _Busy(files), SECRET)


def work(url: str, files: Path, name: str, done: Event) -> int:
    """Work until told to stop; return how many reports were begun."""
    worker = Worker(press_of(url, files), name)
    while not done.is_set():
        worker.step()
    worker.press.store.close()
    return worker.count


def work_threaded(url: str, files: str, name: str, threads: int, pipe: Connection) -> None:
    """Work in several threads of a process of its own until told to stop; say how many reports were begun."""
    from concurrent.futures import ThreadPoolExecutor

    done = Event()
    with ThreadPoolExecutor(threads) as pool:
        runs = [pool.submit(work, url, Path(files), f"{name}{number}-", done) for number in range(threads)]
        pipe.recv()
        done.set()
        pipe.send(sum(run.result() for run in runs))
