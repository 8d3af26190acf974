"""A night on a cluster that is killed, restarted and slow: exactly so many reports, each once: `make soak`.

REPORTGEN_SOAK_REPORTS sets how many, REPORTGEN_SOAK_KILL how many seconds lie between two kills.
"""

import json
import os
import pwd
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from reportgen.batch import job
from reportgen.settings import find_office
from tests.batch.test_cluster import whole
from tests.batching import PROJECTS, SUBJECTS, asked, enter, make_sample, projects, subjects, write_csv
from tests.clusters import ROOT, Cluster, running, until
from tests.conftest import _of_server
from tests.postgres import Server, make_folder, remove_folder, serve

pytestmark = pytest.mark.soak
COUNT = int(os.environ.get("REPORTGEN_SOAK_REPORTS", "60"))
BETWEEN = float(os.environ.get("REPORTGEN_SOAK_KILL", "60"))
FEW = COUNT
SLOW = 2.0
"""Seconds that the slow store takes for each request and each answer."""


@pytest.fixture
def server() -> Iterator[Server]:
    """Return a PostgreSQL of this test alone, which may be killed."""
    folder, pipe = make_folder()
    yield serve(folder, ["autovacuum=off"])
    _postgres(folder, "stop")
    remove_folder(folder, pipe)


@pytest.fixture
def office(server: Server, s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return an office whose register and files any machine can reach."""
    folder = tmp_path / "office"
    make_sample(folder)
    found = find_office(folder)
    assert found is not None
    found.secret()
    with server.database("office", migrated=True) as name:
        monkeypatch.setenv("REPORTGEN_DATABASE_URL", _of_server(server, name).url)
        monkeypatch.setenv("REPORTGEN_STORE", s3)
        enter(folder, [*subjects(SUBJECTS), *projects(PROJECTS)])
        yield folder
        job.close()


def requests(folder: Path, count: int) -> Path:
    """Return a list of so many different requests."""
    each = [asked(subjects(SUBJECTS)[n % SUBJECTS], projects(PROJECTS)[n % PROJECTS]) for n in range(count)]
    return write_csv(folder / "list.csv", [one | {"purpose": f"用途 {n}"} for n, one in enumerate(each)])


def begin(cluster: Cluster, office: Path, listed: Path, *words: str) -> "subprocess.Popen[bytes]":
    """Begin a batch, or go on with it, in a process of its own."""
    given = ["batch", str(listed), "--cluster", cluster.address, "--office", str(office), "--login", "clerk"]
    command = [sys.executable, "-m", "reportgen", *given, "--continue-on-error", *words]
    with (cluster.folder / "batch.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)


def done(listed: Path) -> list[dict[str, object]]:
    """Return what the manifest says came of the rows so far."""
    path = listed.with_name(f"{listed.name}.manifest.jsonl")
    lines = path.read_text("utf-8").splitlines()[1:] if path.exists() else []
    return [json.loads(line) for line in lines]


def issued_once(listed: Path, office: Path, count: int) -> None:
    """Each row has one line in the manifest, that of its report, and register and store say the same."""
    assert sorted(int(str(each["row"])) for each in done(listed)) == list(range(2, count + 2))
    assert {(each["state"], each["error"]) for each in done(listed)} == {("issued", "")}
    assert len({each["number"] for each in done(listed)}) == count
    whole(office, count)


@pytest.mark.parametrize("stubbed", [False, True])
def test_with_a_worker_killed_now_and_then(office: Path, tmp_path: Path, stubbed: bool) -> None:
    count = COUNT * 4 if stubbed else COUNT
    listed, chance, kills = requests(tmp_path, count), random.Random(20261122), 0
    with running(tmp_path / "cluster", office, {}, stubbed=stubbed) as cluster:
        batch = begin(cluster, office, listed)
        until(lambda: bool(done(listed)), 300)
        started = time.monotonic()
        while batch.poll() is None:
            _pause(batch, BETWEEN)
            kills += batch.poll() is None and cluster.kill_worker(chance.randrange(2))
        seconds = time.monotonic() - started
    print(f"{count} reports, {kills} workers killed, {seconds:.0f} s")  # noqa: T201
    assert batch.returncode == 0
    issued_once(listed, office, count)


def test_with_the_scheduler_restarted_and_the_batch_killed(office: Path, tmp_path: Path) -> None:
    listed = requests(tmp_path, FEW)
    with running(tmp_path / "cluster", office, {}, stubbed=True) as cluster:
        batch = begin(cluster, office, listed)
        until(lambda: len(done(listed)) >= FEW // 4, 300)
        cluster.restart()
        until(lambda: len(done(listed)) >= FEW // 2 or batch.poll() is not None, 300)
        batch.kill()
        batch.wait()
        assert begin(cluster, office, listed, "--resume").wait(600) == 0
    issued_once(listed, office, FEW)


def test_a_scheduler_that_does_not_come_back_ends_the_batch_and_it_goes_on_later(
    office: Path, tmp_path: Path
) -> None:
    listed = requests(tmp_path, FEW)
    with running(tmp_path / "cluster", office, {}, stubbed=True) as cluster:
        batch = begin(cluster, office, listed)
        until(lambda: len(done(listed)) >= 2, 300)
        cluster.stop()
        assert batch.wait(300) == 12
        assert "[E1203]" in (cluster.folder / "batch.log").read_text("utf-8")
        cluster.start()
        assert begin(cluster, office, listed, "--resume").wait(600) == 0
    issued_once(listed, office, FEW)


def test_with_the_database_killed(office: Path, server: Server, tmp_path: Path) -> None:
    listed = requests(tmp_path, FEW)
    with running(tmp_path / "cluster", office, {}, stubbed=True) as cluster:
        batch = begin(cluster, office, listed)
        for part in (4, 2):
            until(lambda share=part: len(done(listed)) >= FEW // share, 300)  # type: ignore[misc]
            _postgres(server.folder, "stop")
            time.sleep(5)
            _postgres(server.folder, "start")
            until(lambda: _answers(server))
        assert batch.wait(600) == 0
    issued_once(listed, office, FEW)


def test_with_a_slow_store_and_a_worker_killed_meanwhile(
    office: Path, s3_server: str, tmp_path: Path
) -> None:
    listed = requests(tmp_path, FEW)
    with delayed(s3_server) as slow:
        environment = {"AWS_ENDPOINT_URL": slow}
        with running(tmp_path / "cluster", office, environment, stubbed=True) as cluster:
            batch = begin(cluster, office, listed)
            for share in (4, 2):
                until(lambda part=share: len(done(listed)) >= FEW // part, 300)  # type: ignore[misc]
                cluster.kill_worker(0)
            assert batch.wait(600) == 0
    issued_once(listed, office, FEW)


@contextmanager
def delayed(address: str) -> Iterator[str]:
    """Forward whatever goes to an address and comes from there, each way late."""
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=_accept, args=(listener, (host, int(port))), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, target: tuple[str, int]) -> None:
    while True:
        try:
            near, _ = listener.accept()
        except OSError:
            return
        Thread(target=_carry, args=(near, target), daemon=True).start()


def _carry(near: socket.socket, target: tuple[str, int]) -> None:
    with near, socket.create_connection(target) as far:
        there = Thread(target=_forward, args=(near, far), daemon=True)
        there.start()
        _forward(far, near)
        there.join()


def _forward(source: socket.socket, sink: socket.socket) -> None:
    last = 0.0
    # Whoever is at one end may go: what was sent before arrives all the same, only late.
    with suppress(OSError):
        while piece := source.recv(1 << 16):
            if time.monotonic() - last > SLOW / 2:
                time.sleep(SLOW)
            last = time.monotonic()
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)


def _pause(batch: "subprocess.Popen[bytes]", seconds: float) -> None:
    try:
        batch.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def _answers(server: Server) -> bool:
    try:
        server.run("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _postgres(folder: Path, what: str) -> None:
    """Kill a server as a power cut would, or start it with the options it had."""
    pid = int((folder / "data" / "postmaster.pid").read_text().split()[0]) if what == "stop" else 0
    if what == "stop":
        os.kill(pid, signal.SIGQUIT)
        until(lambda: not (folder / "data" / "postmaster.pid").exists())
        return
    command = (folder / "data" / "postmaster.opts").read_text().strip().replace('"', "").split()
    user = pwd.getpwnam("nobody").pw_uid if not os.geteuid() else None
    started = ["/bin/sh", "-c", '"$0" "$@" >>log 2>&1 &', *command]
    subprocess.run(started, cwd=folder, user=user, start_new_session=True, check=True)
