"""Those who render, as real processes: kill -9 loses no application, and no report has two numbers."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import pytest
import time_machine
from prometheus_client import REGISTRY
from sqlmodel import select

from reportgen import counter
from reportgen.press import Press, open_press
from reportgen.registry import applications
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.application_rows import ApplicationState as State
from reportgen.registry.tables import EventRow, ReportRow
from reportgen.settings import Office, read_office
from reportgen.store import people
from reportgen.web import rendering
from reportgen.zone import now
from tests.cli.conftest import made_office, office_with  # noqa: F401 - fixtures
from tests.cli.desk import MOMENT
from tests.web import rendered
from tests.web.applied import submitted
from tests.web.portal import PROJECT, SAMPLES

_ROLES = {"clerk": "CLERK", "reviewer": "REVIEWER", "issuer": "ISSUER"}
_LONGEST = 120


@pytest.fixture
def place(office_with: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Office:  # noqa: F811 - the fixture
    """Return an office without a key, which knows a subject and a project."""
    monkeypatch.setattr(rendering, "render", rendered.render)
    monkeypatch.setattr(rendering, "_AGAIN", 0.1)
    folder = office_with(
        ("subject", "import", SAMPLES / "subjects/02-small-housing-builder.yaml"),
        ("project", "import", SAMPLES / "projects/housing-small.yaml"),
    )
    settings = folder / "reportgen.toml"
    settings.write_text(settings.read_text("utf-8").partition("[signing]")[0], "utf-8")
    return read_office(settings)


@pytest.fixture
def press(place: Office) -> Iterator[Press]:
    with time_machine.travel(MOMENT, tick=True):
        opened = open_press(place, "portal")
        for login, role in _ROLES.items():
            opened.store.write(lambda s, login=login: people.add_user(s, login, login))  # type: ignore[misc]
            opened.store.write(lambda s, login=login, role=role: people.grant(s, login, role))  # type: ignore[misc]
        yield opened
        opened.store.close()


@pytest.fixture
def key(press: Press, place: Office) -> str:
    """Return an application that waits to be rendered."""
    key = submitted(press, PROJECT)
    counter.prepare(replace(press, actor="clerk"), place, key, now())
    counter.review(replace(press, actor="reviewer"), place, key, now())
    counter.send(replace(press, actor="issuer"), place, key, 10, now())
    return key


def stands(press: Press, key: str) -> tuple[ApplicationRow, ReportRow]:
    row = press.store.read(lambda session: applications.by_key(session, key))
    return row, press.store.read(lambda session: session.get_one(ReportRow, row.report_id))


def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + _LONGEST
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.05)


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("reportgen_reports_rendered_total", {"outcome": outcome}) or 0


@contextmanager
def begun(place: Office, how: str) -> Iterator[None]:
    """Have one process render, until it has a report in hand whose number is allotted."""
    file = place.folder / how
    file.touch()
    with rendering.rendering(place, 1):
        until(lambda: not file.exists())
        yield


def whole(press: Press, key: str, attempts: int) -> None:
    """One report, one number, and its file."""
    row, report = stands(press, key)
    assert (row.state, row.attempts) == (State.ISSUED, attempts)
    assert press.whole(report)
    asked = select(EventRow).where(EventRow.tag == "report:number:allot")
    assert len(press.store.read(lambda session: session.exec(asked).all())) == 1


def test_kill_9_in_mid_render_loses_nothing(press: Press, place: Office, key: str) -> None:
    before = counted("issued")
    with begun(place, rendered.HANG):
        number = stands(press, key)[1].number
        (process,) = [child for child in active_children() if child.name.startswith("renderer-")]
        assert os.getpriority(os.PRIO_PROCESS, process.pid or 0) >= rendering.NICE
        os.kill(process.pid or 0, signal.SIGKILL)
        until(lambda: stands(press, key)[0].state == State.ISSUED)
    whole(press, key, 2)
    assert stands(press, key)[1].number == number
    assert counted("issued") == before + 1


def test_a_report_that_takes_too_long_is_tried_again_and_finished_when_told_to_end(
    press: Press, place: Office, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, slow = counted("killed"), place.folder / rendered.SLOW
    with begun(place, rendered.HANG):
        slow.touch()
        with monkeypatch.context() as patch:
            patch.setattr(rendering, "DEADLINE", 0)
            until(lambda: counted("killed") > before)
        until(lambda: not slow.exists())
        assert stands(press, key)[0].state == State.QUEUED
    whole(press, key, 2)
    assert not [child for child in active_children() if child.name.startswith("renderer-")]


def test_what_does_not_end_in_time_is_left_to_another(
    press: Press, place: Office, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "GRACE", 0)
    with begun(place, rendered.HANG):
        pass
    row = stands(press, key)[0]
    assert (row.state, row.claimed_until) == (State.QUEUED, None)
