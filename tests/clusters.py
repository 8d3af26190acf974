"""A real cluster on loopback: a scheduler and workers in processes of their own, as `dask` starts them.

Each worker has an office folder of its own, as it would on another machine.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from reportgen import pipeline
from reportgen.batch import job
from reportgen.batch.job import Job, Outcome
from reportgen.document.typeset import Typeset

ROOT = Path(__file__).resolve().parent.parent
_SECONDS = 60


def set_slowly(judged: object, identity: Any) -> Typeset:
    """Set a report in the time of a breath, each time with other bytes, as a signature makes them."""
    time.sleep(0.2)
    return Typeset(f"{identity.number} {os.urandom(8).hex()}".encode() * 9000, 1)


def do_slowly(given: Job) -> Outcome:
    """Do a job with everything but typesetting and signing, in any process."""
    dask_setup()
    return job.do(given)


def dask_setup(*_: object) -> None:
    """Make a worker that loads this module first do all its jobs so: `dask worker --preload`."""
    pipeline.typeset = set_slowly
    pipeline.certified = lambda done, *_: pipeline.Finished(done)


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@dataclass
class Cluster:
    """A scheduler and its workers, each of which may be killed and started again."""

    folder: Path
    environment: Mapping[str, str]
    offices: list[Path]
    stubbed: bool = False
    port: int = field(default_factory=free_port)
    _scheduler: "subprocess.Popen[bytes] | None" = None
    _workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def address(self) -> str:
        """Return where the scheduler is."""
        return f"tcp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the scheduler, and a worker for each office."""
        self._scheduler = self._run("dask_scheduler", "--port", str(self.port), office=self.offices[0])
        for office in self.offices:
            words = ["--nthreads", "1", "--local-directory", str(self.folder)]
            words += ["--preload", "tests.clusters"] if self.stubbed else []
            self._workers.append(self._run("dask_worker", self.address, *words, office=office))

    def stop(self) -> None:
        """Stop all of it."""
        processes = [each for each in (*self._workers, self._scheduler) if each is not None]
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            _end(process)
        self._workers, self._scheduler = [], None

    def restart(self) -> None:
        """Kill the scheduler and all workers, and start them as the system's own watch would."""
        for process in (self._scheduler, *self._workers):
            assert process is not None
            _kill_whole(process)
        self._workers, self._scheduler = [], None
        self.start()

    def kill_worker(self, number: int) -> bool:
        """Kill a worker's process with -9, and leave it to its nanny to start another; say whether there was one."""
        found = [
            child
            for child in psutil.Process(self._workers[number].pid).children(recursive=True)
            if "--multiprocessing-fork" in child.cmdline()
        ]
        for child in found:
            child.kill()
        return bool(found)

    def _run(self, program: str, *words: str, office: Path) -> "subprocess.Popen[bytes]":
        given = {**os.environ, **self.environment, "REPORTGEN_OFFICE": str(office), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", f"distributed.cli.{program}", *words]
        log = (self.folder / f"{program}-{len(self._workers)}.log").open("ab")
        with log:
            return subprocess.Popen(
                [*command, "--host", "127.0.0.1", "--no-dashboard"],
                cwd=self.folder,
                env=given,
                stdout=log,
                stderr=log,
            )


@contextmanager
def running(
    folder: Path, office: Path, environment: Mapping[str, str], *, stubbed: bool = False
) -> Iterator[Cluster]:
    """Run a cluster of two workers with copies of an office, which typeset and sign or, if `stubbed`, only say so."""
    folder.mkdir()
    offices = [shutil.copytree(office, folder / f"machine-{number}") for number in (1, 2)]
    cluster = Cluster(folder, environment, offices, stubbed)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


def until(true: Callable[[], bool], seconds: float = _SECONDS) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came to be so"
        time.sleep(0.05)


def _kill_whole(process: "subprocess.Popen[bytes]") -> None:
    for each in (*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)):
        each.kill()
    process.wait(_SECONDS)


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        _kill_whole(process)
