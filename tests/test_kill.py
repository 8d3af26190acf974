"""kill -9 at random moments while reports are issued: nothing is lost, nothing is issued twice: `make soak`."""

import hashlib
import os
import random
import signal
import time
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlmodel import select

from reportgen import pipeline
from reportgen.cli.demo import sample_office
from reportgen.press import Press
from reportgen.registry.audit import verify
from reportgen.registry.events import events_key
from reportgen.registry.tables import EventRow, ReportRow, State
from reportgen.store.engine import open_store
from reportgen.store.files import Folder
from tests.conftest import Database

KILLS = 200
LONGEST = 1.2


@pytest.mark.soak
def test_whatever_moment_the_machine_dies_nothing_is_lost_and_nothing_is_twice(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.killed import NOW, SECRET, set_quickly, work

    chance = random.Random(20261122)
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.killed", "psycopg"])
    press = Press(open_store(database.url), Folder(tmp_path / "files"), SECRET)
    left = set[str]()
    for kill in range(KILLS):
        mine, theirs = context.Pipe()
        # What was begun last is mostly asked for again.
        first = max(0, len(rows(press)) - chance.randrange(3))
        worker = context.Process(target=work, args=(database.url, press.files.where(), first, theirs))
        worker.start()
        mine.recv()
        time.sleep(chance.uniform(0, LONGEST))
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        worker.join()
        left |= {row.state for row in rows(press) if row.state != State.ISSUED}
        if kill % 20 == 0:
            whole_so_far(press)
    assert left == {State.DRAFT, State.REVIEWED, State.RENDERING}, "no step was killed half-way"
    monkeypatch.setattr(pipeline, "typeset", set_quickly)
    pipeline.sweep(sample_office(), press, NOW + timedelta(minutes=1), NOW)
    whole_in_the_end(press, events_key(SECRET))
    press.store.close()


def rows(press: Press) -> list[ReportRow]:
    return list(press.store.read(lambda session: session.exec(select(ReportRow)).all()))


def whole_so_far(press: Press) -> None:
    """No row says 有效 without its file, no file stands without its row."""
    found = rows(press)
    named = {row.file: row for row in found if row.file}
    assert all(press.whole(row) for row in found if row.state == State.ISSUED)
    for name in press.files.names():
        if name.endswith(".pdf"):
            content = press.files.read(name) or b""
            assert named[name].sha256 == hashlib.sha256(content).hexdigest()


def whole_in_the_end(press: Press, key: bytes) -> None:
    """No number is used twice, none is lost without an event, none is left half-way."""
    whole_so_far(press)
    numbered = [row for row in rows(press) if row.number]
    assert {row.state for row in numbered} <= {State.ISSUED, State.VOID}
    assert len({row.number for row in numbered}) == len(numbered) > KILLS / 2
    counted = sorted(str(row.register_number) for row in numbered)
    assert counted == [f"20261122-{n:06d}" for n in range(1, len(numbered) + 1)]
    asked = select(EventRow.stream).where(EventRow.tag == "report:number:allot")
    allotted = press.store.read(lambda session: session.exec(asked).all())
    assert sorted(allotted) == sorted(f"report:{row.id}" for row in numbered)
    assert verify(press.store, key).sound
