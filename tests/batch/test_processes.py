"""Processes that do jobs: warm, replaced when they die or have grown, ended when asked."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import psutil
import pytest

from reportgen.batch.processes import Spawned

ROOT = Path(__file__).resolve().parents[2]
_warmed: list[str] = []


def warm(word: str) -> None:
    _warmed.append(word)


def cold(word: str) -> None:
    raise ValueError(word)


def pid(_: int) -> int:
    return os.getpid()


def warmed(_: int) -> list[str]:
    return _warmed


def die(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail(word: str) -> None:
    raise ValueError(word)


def ignored(_: int) -> list[bool]:
    """Ask for an end as a terminal or a service manager would, and live on."""
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)
    return [signal.getsignal(number) is signal.SIG_IGN for number in (signal.SIGINT, signal.SIGTERM)]


def sleep(seconds: float) -> None:
    time.sleep(seconds)


@pytest.fixture(scope="module")
def pool() -> Iterator[Spawned]:
    with Spawned(2, warm, ("warm",)) as made:
        yield made


def test_each_process_is_warmed_once_and_kept(pool: Spawned) -> None:
    found = {pool.submit(pid, n).result() for n in range(8)}
    assert os.getpid() not in found
    assert len(found) <= 2
    assert pool.submit(warmed, 0).result() == ["warm"]


def test_work_that_fails_says_why_and_the_process_goes_on(pool: Spawned) -> None:
    with pytest.raises(ValueError, match="a reason"):
        pool.submit(fail, "a reason").result()
    assert pool.submit(pid, 0).result()


def test_the_death_of_a_process_costs_its_own_job_alone(pool: Spawned) -> None:
    slow = pool.submit(sleep, 1.0)
    with pytest.raises(BrokenProcessPool, match="SIGKILL"):
        pool.submit(die, 0).result()
    assert slow.result() is None
    assert {pool.submit(pid, n).result() for n in range(4)}


def test_a_process_hears_no_interruption_but_its_parents(pool: Spawned) -> None:
    assert pool.submit(ignored, 0).result() == [True, True]


@pytest.mark.parametrize(("most_jobs", "most_bytes"), [(1, 10**12), (10**6, 1)])
def test_a_process_that_has_done_enough_or_grown_is_replaced(most_jobs: int, most_bytes: int) -> None:
    with Spawned(1, warm, ("warm",), most_jobs=most_jobs, most_bytes=most_bytes) as pool:
        found = [pool.submit(pid, n).result() for n in range(3)]
    assert len(set(found)) == 3


_PARENT = """
import sys
from reportgen.batch.processes import Spawned
from tests.batch.test_processes import pid, warm
print(Spawned(1, warm, ("warm",)).submit(pid, 0).result(), flush=True)
sys.stdin.read()
"""


def test_when_its_parent_is_killed_a_process_ends() -> None:
    command, environment = [sys.executable, "-c", _PARENT], {**os.environ, "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdin is not None
    assert parent.stdout is not None
    with parent.stdin, parent.stdout:
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        parent.wait()
        child.wait(60)


def test_what_keeps_a_process_cold_keeps_no_job_from_saying_so() -> None:
    with Spawned(1, cold, ("no fonts",)) as pool:
        assert pool.submit(warmed, 0).result() == []


def test_when_killed_nothing_goes_on_and_nobody_waits() -> None:
    pool = Spawned(1, warm, ("warm",))
    held = pool.submit(pid, 0).result()
    running, waiting = pool.submit(sleep, 600), pool.submit(sleep, 600)
    while not running.running():
        time.sleep(0.01)
    pool.kill()
    with pytest.raises(BrokenProcessPool):
        running.result(5)
    with pytest.raises(CancelledError):
        waiting.result(5)
    assert not psutil.pid_exists(held)
    with pytest.raises(RuntimeError):
        pool.submit(pid, 0)
