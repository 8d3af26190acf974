"""How long lists take: `python -m benchmarks.screening [--rows N] [--subjects N]`.

One list of a million rows is imported on SQLite and on PostgreSQL, then imported again a day later with a thousandth of
it changed, while somebody else writes now and then. A thousand generated subjects are compared with it: at first, when
every twentieth has a hit that is entered, and once more, when nothing is new. Seconds by the wall clock, and of processor
time with the server's.
"""

import argparse
import csv
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from sqlalchemy import text

from benchmarks import offices
from benchmarks.measure import cpu_of
from benchmarks.samples import NOW
from reportgen.intake.lists import HEADS
from reportgen.registry.changes import learn
from reportgen.registry.editions import enter_lists
from reportgen.registry.events import events_key
from reportgen.registry.lifecycle import Desk
from reportgen.registry.screening import screen
from reportgen.store.engine import Store, open_store
from reportgen.store.migrate import upgrade
from reportgen.subject.identifiers import ALPHABET, check_character, organisation_check
from reportgen.subject.model import Subject
from sample_subjects.generator import generate_subject

ROWS, SUBJECTS = 1_000_000, 1_000
_EVERY = 20
"""Every so many subjects stand on the list: half of them by code, half by name."""
_CHANGED = 1_000
_DESK = Desk("office", NOW, events_key(b"benchmark"))


def write_list(path: Path, rows: int, subjects: list[Subject], edition: int) -> None:
    """Write a list; one row of a thousand differs from edition to edition."""
    named = subjects[::_EVERY]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADS.values())
        for index in range(rows - len(named)):
            number = index + (rows * edition if index % _CHANGED == 0 else 0)
            writer.writerow(_row(_code(number), f"样例第{number}号建设工程有限公司"))
        for index, subject in enumerate(named):
            writer.writerow(_row(subject.uscc if index % 2 else "", subject.name))


def _row(code: str, name: str) -> list[str]:
    return [
        code,
        name,
        "",
        "样例失信被执行人名单",
        "失信被执行人",
        "2026-05-18",
        "",
        "样执字第1号",
        "样例法院",
    ]


def _code(number: int) -> str:
    body = f"{number:08d}"
    code = "91990100" + body + organisation_check(body)
    return code + check_character(code) if all(letter in ALPHABET for letter in code) else ""


@contextmanager
def _waiting(store: Store) -> Iterator[list[float]]:
    """Write a little twenty times a second in the meantime; yield how many seconds each took."""
    waits, over = list[float](), threading.Event()

    def write() -> None:
        while not over.wait(0.05):
            began = time.perf_counter()
            store.write(lambda session: session.execute(text("UPDATE role SET role = role")))
            waits.append(time.perf_counter() - began)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield waits
    finally:
        over.set()
        writer.join()


@contextmanager
def _timed(what: str, kind: str, server: list[psutil.Process]) -> Iterator[None]:
    everybody = [psutil.Process(), *server]
    cpu, began = cpu_of(everybody), time.perf_counter()
    yield
    wall, spent = time.perf_counter() - began, cpu_of(everybody) - cpu
    print(f"{kind:<11}{what:<38}{wall:>8.2f} s{spent:>10.2f} s", flush=True)


def measure(
    kind: str,
    store: Store,
    folder: Path,
    subjects: list[Subject],
    rows: int,
    processes: Callable[[], list[psutil.Process]],
) -> None:
    """Measure one database."""
    for start in range(0, len(subjects), 100):
        part = subjects[start : start + 100]
        store.write(lambda session, part=part: [learn(session, one, _DESK) for one in part])  # type: ignore[misc]
    for edition, what in enumerate((f"import of {rows:,} rows", "the next edition, 0.1 % changed")):
        path, desk = folder / f"{edition}.csv", replace(_DESK, at=NOW + timedelta(days=edition))
        with _waiting(store) as waits, _timed(what, kind, processes()):
            enter_lists(store, path, "样例网站", desk.at.date(), desk)
        print(f"{kind:<11}others wrote {len(waits)} times, the longest wait {max(waits):.2f} s")
    codes, desk = [subject.uscc for subject in subjects], replace(_DESK, at=NOW + timedelta(days=2))
    for what in (
        f"{len(codes):,} subjects compared, hits entered",
        f"{len(codes):,} subjects compared again",
    ):
        with _timed(what, kind, processes()):
            found = store.write(lambda session: screen(session, codes, desk))
    print(f"{kind:<11}hits: {sum(len(item.hits) for item in found)}")


def main() -> None:
    """Measure both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--subjects", type=int, default=SUBJECTS)
    asked = parser.parse_args()
    subjects = [Subject.model_validate(generate_subject(seed)) for seed in range(asked.subjects)]
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for edition in range(2):
            write_list(folder / f"{edition}.csv", asked.rows, subjects, edition)
        store = open_store(f"sqlite:///{folder}/office.db")
        upgrade(store)
        measure("SQLite", store, folder, subjects, asked.rows, list)
        store.close()
        with offices.postgres() as server:
            store = open_store(offices.database(server))
            measure("PostgreSQL", store, folder, subjects, asked.rows, lambda: offices.processes(server))
            store.close()


if __name__ == "__main__":
    main()
