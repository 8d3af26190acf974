"""A night's run, whole: killed at random moments, and with a hundred faulty rows. `make soak`."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlmodel import select

from reportgen.cli import cli
from reportgen.errors import ReportgenError
from reportgen.registry.audit import verify
from reportgen.registry.events import events_key
from reportgen.registry.tables import ReportRow, State
from tests.batching import (
    FAULTS,
    asked,
    enter,
    make_sample,
    projects,
    sha256,
    store_of,
    subjects,
    write_csv,
)

REQUESTS = int(os.environ.get("REPORTGEN_SOAK_REQUESTS", "1000"))
"""How many there are; each takes about a second of typesetting."""
KILLS, FAULTY = 5, 10
PROJECTS = 4
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """Return an office that knows as many subjects as there are requests."""
    folder = tmp_path / "office"
    make_sample(folder)
    enter(folder, [*subjects(REQUESTS), *projects(PROJECTS)])
    return folder


def entries(path: Path) -> list[dict[str, Any]]:
    """Return what the manifest says, but for a line that is being written."""
    kept = path.with_name(path.name + ".manifest.jsonl")
    lines = kept.read_text("utf-8").splitlines(keepends=True) if kept.exists() else []
    return [json.loads(line) for line in lines[1:] if line.endswith("\n")]


def begin(path: Path, office: Path, *words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "reportgen", "batch", str(path), "--office", str(office), *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "REPORTGEN_LOGIN": "clerk"}
    return subprocess.Popen(command, env=environment, start_new_session=True, text=True)


def sound(office: Path, requests: int) -> None:
    """Every request has one report in the register and one file, and the register's chains hold."""
    store = store_of(office)
    rows = store.read(lambda session: session.exec(select(ReportRow)).all())
    issued = [row for row in rows if row.state == State.ISSUED]
    assert len(issued) == requests
    assert {row.state for row in rows} <= {State.ISSUED, State.VOID}
    assert len({row.request_id for row in issued}) == len({row.number for row in issued}) == requests
    files = {str(path.relative_to(office / "files")): path for path in office.glob("files/*/*/XY*.pdf")}
    assert sorted(files) == sorted(str(row.file) for row in issued)
    assert all(sha256(files[str(row.file)]) == row.sha256 for row in issued)
    assert verify(store, events_key((office / "office.secret").read_bytes())).sound
    store.close()


@pytest.mark.soak
def test_killed_at_any_moment_a_batch_is_gone_on_with_and_nothing_is_lost_or_twice(
    office: Path, tmp_path: Path
) -> None:
    among = projects(PROJECTS)
    rows = [asked(subject, among[n % PROJECTS]) for n, subject in enumerate(subjects(REQUESTS))]
    path, chance = write_csv(tmp_path / "requests.csv", rows), random.Random(20261122)
    for after in sorted(chance.sample(range(REQUESTS * 9 // 10), KILLS)):
        work = begin(path, office, "--resume")
        while len(entries(path)) <= after:
            assert work.poll() is None, "it ended before it could be killed"
            time.sleep(0.1)
        time.sleep(chance.uniform(0, 5))
        os.killpg(work.pid, signal.SIGKILL)
        work.wait()
    last = begin(path, office, "--resume")
    assert last.wait() == 0
    found = entries(path)
    assert sorted(entry["row"] for entry in found) == list(range(2, REQUESTS + 2))
    assert Counter(entry["state"] for entry in found) == {"issued": REQUESTS}
    sound(office, REQUESTS)


@pytest.mark.soak
def test_of_a_list_with_faulty_rows_all_are_named_first_and_the_others_issued(
    office: Path, tmp_path: Path
) -> None:
    among, kinds = projects(PROJECTS), list(FAULTS.values())
    rows = [asked(subject, among[n % PROJECTS]) for n, subject in enumerate(subjects(REQUESTS))]
    faulty = sorted(random.Random(20261122).sample(range(REQUESTS), REQUESTS // FAULTY))
    wanted = {}
    for index, place in enumerate(faulty):
        changes, column, code = kinds[index % len(kinds)]
        rows[place] |= changes
        wanted[place + 2] = (column, code)
    path, words = write_csv(tmp_path / "requests.csv", rows), ["--office", str(office)]

    refused = CliRunner().invoke(cli, ["batch", str(path), *words]).exception
    assert isinstance(refused, ReportgenError)
    assert (refused.code, len(refused.faults)) == ("E0360", len(faulty))
    assert [fault.code for fault in refused.faults] == [wanted[row][1] for row in sorted(wanted)]
    assert not list(office.glob("files/**/*.pdf"))

    done = CliRunner().invoke(cli, ["batch", str(path), *words, "--continue-on-error"])
    assert done.exit_code == 12
    states = Counter(entry["state"] for entry in entries(path))
    assert states == {"issued": REQUESTS - len(faulty), "failed": len(faulty)}
    assert {e["row"]: e["error"] for e in entries(path) if e["error"]} == {
        r: c for r, (_, c) in wanted.items()
    }
    sound(office, REQUESTS - len(faulty))
