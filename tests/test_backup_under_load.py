"""A backup that is taken while the office works comes back as one moment of it, whole, into either database."""

import hashlib
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from threading import Event

import pytest
from sqlmodel import select

from reportgen.registry.audit import verify
from reportgen.registry.tables import EventRow, ReportRow, State
from reportgen.store.backup import Backup, backup, restore
from reportgen.store.engine import Store, open_store
from reportgen.store.files import Folder
from tests.conftest import KINDS, Database
from tests.loaded import forget, press_of, work, work_threaded
from tests.postgres import Server
from tests.registry.lives import DESK

QUICK, LONG = 1.0, 30.0
PROCESSES, THREADS = 3, 3


@pytest.fixture(params=KINDS)
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Return an empty database of either kind."""
    if request.param == "sqlite":
        opened = open_store(f"sqlite:///{tmp_path}/elsewhere.db")
        yield opened
        opened.close()
        return
    server: Server = request.getfixturevalue("postgres")
    with server.database(f"elsewhere_{random.getrandbits(64)}", migrated=False) as name:
        opened = open_store(server.url(name, "reportgen_owner"))
        yield opened
        opened.close()


def test_a_backup_under_load_is_one_moment_of_the_office(
    database: Database, elsewhere: Store, tmp_path: Path
) -> None:
    done, files = Event(), tmp_path / "files"
    with ThreadPoolExecutor(THREADS) as pool:
        runs = [pool.submit(work, database.url, files, f"{name}-", done) for name in range(THREADS)]
        try:
            made = backups(database, files, tmp_path, QUICK)
        finally:
            done.set()
        assert sum(run.result() for run in runs) > 0
    assert len(made) > 1
    check(tmp_path, len(made) - 1, made[-1], elsewhere)


@pytest.mark.soak
def test_no_backup_of_a_long_day_is_ever_half(database: Database, elsewhere: Store, tmp_path: Path) -> None:
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.loaded", "psycopg"])
    pipes = []
    for name in range(PROCESSES):
        mine, theirs = context.Pipe()
        words = (database.url, str(tmp_path / "files"), f"{name}-", THREADS, theirs)
        context.Process(target=work_threaded, args=words).start()
        pipes.append(mine)
    made = backups(database, tmp_path / "files", tmp_path, LONG)
    for pipe in pipes:
        pipe.send(None)
    begun = sum(pipe.recv() for pipe in pipes)
    for number in range(0, len(made) - 1, 5):
        place = open_store(f"sqlite:///{tmp_path}/{number}.db")
        check(tmp_path, number, made[number], place)
        place.close()
    found = check(tmp_path, len(made) - 1, made[-1], elsewhere)
    assert set(found) == {"ISSUED", "CONSUMED", "REVOKED", "RENDERING", "VOID", "let go"}
    assert sum(count for state, count in found.items() if state != "let go") <= begun


def backups(database: Database, files: Path, folder: Path, seconds: float) -> list[Backup]:
    """Take one backup after another while another hand forgets."""
    press = press_of(database.url, files)
    made: list[Backup] = []
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(1) as pool:
        # On a slow machine a second may pass before the first report has its file.
        while time.monotonic() < end or len(made) < 2 or not made[-1].files:
            forgetting = pool.submit(forget, press)
            made.append(backup(press.store, Folder(files), folder / f"{len(made)}.zip"))
            forgetting.result()
    press.store.close()
    return made


def check(folder: Path, number: int, made: Backup, store: Store) -> Counter[str]:
    """Restore a backup; return how many rows of each state it held, with those that were let go."""
    files = folder / f"back-{number}"
    assert restore(folder / f"{number}.zip", store, Folder(files)) == made
    result = verify(store, DESK.key)
    assert result.sound, result.findings
    rows = store.read(lambda session: session.exec(select(ReportRow)).all())
    stored = {p.relative_to(files).as_posix(): sha256(p) for p in files.rglob("*") if p.is_file()}
    finished = [
        row for row in rows if row.state not in {State.DRAFT, State.REVIEWED, State.RENDERING, State.VOID}
    ]
    assert stored == {row.file: row.sha256 for row in finished if row.file}
    let_go = {f"report:{row.id}" for row in finished if not row.file}
    assert let_go == {event.stream for event in erased(store)} & {f"report:{row.id}" for row in finished}
    counted = sorted(str(row.register_number) for row in rows if row.register_number)
    assert counted == [f"20261122-{n:06d}" for n in range(1, len(counted) + 1)]
    return Counter([*(row.state for row in rows), *("let go" for _ in let_go)])


def erased(store: Store) -> list[EventRow]:
    asked = select(EventRow).where(EventRow.tag == "report:file:erase")
    return list(store.read(lambda session: session.exec(asked).all()))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
