"""What a check takes: a real report, every kind of broken file, and the command from start to end.

`python -m benchmarks.verify`. The command runs in processes of its own; beside the wall-clock time stands the
processor time of both its processes, which says more on a machine with other work to do.
"""

import hashlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import update
from sqlmodel import Session, col

from reportgen.registry.tables import ReportRow
from reportgen.settings import database_url, read_office
from reportgen.store.engine import open_store
from tests.certify.pki import pem, pki
from tests.certify.reports import checked, held, nothing, signed
from tests.certify.test_tamper import BROKEN, MATRIX
from tests.document.samples import issued
from tests.registry.lives import issued as entered

ROUNDS, STARTS = 20, 7


def median(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median of the seconds of processor time that a piece of work takes, warm."""
    work()
    took = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return statistics.median(took)


def checks(report: bytes) -> Iterator[tuple[str, float]]:
    yield f"a report of {len(report) // 1024} KB, held", median(lambda: checked(report, held(report)))
    yield "the same, unknown to the register", median(lambda: checked(report, nothing()))
    for row in MATRIX:
        tampered = row.tamper(report)
        yield row.name, median(lambda t=tampered: checked(t, held(report)), 3)  # type: ignore[misc]
    for name, make in BROKEN.items():
        broken = make()
        yield name, median(lambda b=broken: checked(b, nothing()), 3)  # type: ignore[misc]


def office(folder: Path, report: bytes) -> Path:
    """Make an office whose register holds the report; returns the report's file."""
    subprocess.run([sys.executable, "-m", "reportgen", "init", folder], check=True, capture_output=True)
    file = folder / "report.pdf"
    file.write_bytes(report)
    (folder / "trust" / "benchmark.pem").write_bytes(pem([pki().own.root.certificate]))
    sha256 = hashlib.sha256(report).hexdigest()

    def enter(session: Session) -> None:
        row = entered(session)
        session.execute(update(ReportRow).where(col(ReportRow.id) == row.id).values(sha256=sha256))

    store = open_store(database_url(read_office(folder / "reportgen.toml")))
    store.write(enter)
    store.close()
    return file


def command(folder: Path, *words: object) -> tuple[float, float]:
    """Return the medians of wall-clock and processor seconds of the command, from start to end."""
    line = [sys.executable, "-m", "reportgen", "verify", *map(str, words)]
    walls, processors = [], []
    for _ in range(STARTS):
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(line, cwd=folder, capture_output=True, check=False)
        walls.append(time.perf_counter() - started)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processors.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(walls), statistics.median(processors)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = issued("goods-good", folder)
        report = signed(made.pdf)
        print("check, seconds of processor time")
        for row, seconds in checks(report):
            print(f"  {seconds:6.3f}  {row}")
        file = office(folder / "office", report)
        trust = folder / "office" / "trust"
        print("command, seconds of wall-clock and of processor time")
        for what, took in {
            "by the register": command(folder / "office", file),
            "with roots alone": command(folder, file, "--trust", trust),
        }.items():
            print(f"  {took[0]:.2f}  {took[1]:.2f}  {what}")


if __name__ == "__main__":
    main()
