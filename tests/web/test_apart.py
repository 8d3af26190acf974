"""Work in a process of its own: what dies or does not end is told, and whoever comes next has another process."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from reportgen.errors import ReportgenError
from reportgen.web.apart import Apart


@pytest.fixture
def apart() -> Iterator[Apart]:
    made = Apart(60)
    yield made
    made.close()


def refused(apart: Apart, work: object, *given: object) -> str:
    with pytest.raises(ReportgenError) as caught:
        apart.do(work, *given)  # type: ignore[arg-type]
    return caught.value.code


def test_work_is_done_elsewhere_and_one_that_dies_costs_nobody_else_anything(apart: Apart) -> None:
    first = apart.do(os.getpid)
    assert first != os.getpid()
    assert refused(apart, os.kill, first, signal.SIGKILL) == "E0617"
    assert apart.do(os.getpid) not in {first, os.getpid()}


def test_work_that_does_not_end_is_ended(apart: Apart) -> None:
    before = apart.do(os.getpid)
    apart._deadline = 0.2
    assert refused(apart, time.sleep, 600) == "E0617"
    apart._deadline = 60
    assert apart.do(os.getpid) != before
    with pytest.raises(ProcessLookupError):
        while True:
            os.kill(before, 0)
            time.sleep(0.01)


def test_an_error_of_the_work_comes_back_as_it_is(apart: Apart) -> None:
    with pytest.raises(FileNotFoundError):
        apart.do(os.stat, "/nowhere")
