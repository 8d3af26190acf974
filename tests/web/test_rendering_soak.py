"""kill -9 of who renders, while the portal is asked by many: `make soak`."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import httpx2
import pytest
import structlog
import time_machine
from fastapi.testclient import TestClient
from sqlmodel import select

from reportgen import counter
from reportgen.intake.files import load_subject
from reportgen.press import Press, open_press
from reportgen.registry import applications
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.application_rows import ApplicationState as State
from reportgen.registry.changes import learn
from reportgen.registry.numbers import verification_code
from reportgen.registry.tables import EventRow, ReportRow
from reportgen.settings import Office, read_office
from reportgen.store import people
from reportgen.web import rendering
from reportgen.web.app import create_app
from reportgen.zone import now
from tests.web import rendered
from tests.web.applied import submitted
from tests.web.portal import PROJECT, SAMPLES
from tests.web.serving import serving

_ROLES = {"clerk": "CLERK", "reviewer": "REVIEWER", "issuer": "ISSUER"}
_SUBJECTS = (
    "02-small-housing-builder",
    "05-breacher",
    "06-old-judgement",
    "13-expired-qualification",
    "01-highway-builder",
)
_KILLS, _ASKING, _LONGEST = 6, 12, 300


@pytest.mark.soak
@time_machine.travel(rendered.MOMENT, tick=True)
def test_kill_9_under_load_loses_no_application(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "render", rendered.really)
    monkeypatch.setattr(rendering, "_AGAIN", 0.1)
    settings = folder / "reportgen.toml"
    settings.write_text(settings.read_text("utf-8").replace("[web]\n", "[web]\nrate = 10000\n"), "utf-8")
    place = read_office(settings)
    press = open_press(place, "portal")
    keys = _sent(press, place)
    with (
        structlog.testing.capture_logs(),
        TestClient(create_app(place)) as client,
        serving(client.app) as address,  # type: ignore[arg-type]
        _asked(address, press) as answers,
        rendering.rendering(place, 1),
    ):
        killed = _killing(press, keys)
        _until_done(press, keys)
    press.store.close()
    assert killed == _KILLS
    assert set(answers) <= {200, 429}
    assert answers[200] > 100, answers
    _whole(folder, keys)


def _sent(press: Press, place: Office) -> list[str]:
    """Return applications that wait to be rendered, one a subject."""
    for login, role in _ROLES.items():
        press.store.write(lambda s, login=login: people.add_user(s, login, login))  # type: ignore[misc]
        press.store.write(lambda s, login=login, role=role: people.grant(s, login, role))  # type: ignore[misc]
    return [_queued(press, place, SAMPLES / f"subjects/{name}.yaml") for name in _SUBJECTS]


def _queued(press: Press, place: Office, file: Path) -> str:
    subject = load_subject(file)
    press.store.write(lambda session: learn(session, subject, press.desk(now())))
    key = submitted(press, PROJECT, subject.uscc, authorisation="授2")
    counter.prepare(replace(press, actor="clerk"), place, key, now())
    counter.review(replace(press, actor="reviewer"), place, key, now())
    counter.send(replace(press, actor="issuer"), place, key, 10, now())
    return key


@contextmanager
def _asked(address: str, press: Press) -> Iterator[Counter[int]]:
    """Have the one report looked up without end, by many; yield how often each status came."""
    number = press.store.read(
        lambda session: session.exec(select(ReportRow.number).where(ReportRow.sha256 != "")).first()
    )
    path = f"{address}/v/{number}/{verification_code(press.secret, str(number))}"
    answers, ended = Counter[int](), threading.Event()

    def ask() -> None:
        with httpx2.Client(timeout=60) as client:
            while not ended.is_set():
                answers[client.get(path).status_code] += 1

    asking = [threading.Thread(target=ask) for _ in range(_ASKING)]
    for thread in asking:
        thread.start()
    yield answers
    ended.set()
    for thread in asking:
        thread.join()


def _killing(press: Press, keys: list[str]) -> int:
    """Kill whoever renders, again and again, some time after it took a report in hand; return how often."""
    chance, killed, ends = random.Random(20261122), 0, time.monotonic() + _LONGEST
    while killed < _KILLS and _waiting(press, keys) and time.monotonic() < ends:
        claimed = [row for row in _rows(press, keys) if row.state == State.QUEUED and row.claimed_until]
        if claimed:
            time.sleep(chance.uniform(0, 2))
            for process in active_children():
                if process.name.startswith("renderer-") and process.pid:
                    os.kill(process.pid, signal.SIGKILL)
                    killed += 1
            time.sleep(0.5)
        time.sleep(0.05)
    return killed


def _until_done(press: Press, keys: list[str]) -> None:
    ends = time.monotonic() + _LONGEST
    while _waiting(press, keys):
        assert time.monotonic() < ends
        time.sleep(0.2)


def _waiting(press: Press, keys: list[str]) -> bool:
    return any(row.state == State.QUEUED for row in _rows(press, keys))


def _rows(press: Press, keys: list[str]) -> list[ApplicationRow]:
    return press.store.read(lambda session: [applications.by_key(session, key) for key in keys])


def _whole(folder: Path, keys: list[str]) -> None:
    """Every application has its report with a file and one number, or stands at the desk again with the reason."""
    press = open_press(read_office(folder / "reportgen.toml"), "portal")
    for row in _rows(press, keys):
        if row.state == State.ISSUED:
            report = press.store.read(lambda session, row=row: session.get_one(ReportRow, row.report_id))  # type: ignore[misc]
            assert press.whole(report)
        else:
            assert row.state == State.SUBMITTED
            assert row.note
    allotted = select(EventRow).where(EventRow.tag == "report:number:allot")
    numbers = press.store.read(lambda session: session.exec(allotted).all())
    assert len(numbers) == 1 + len(keys)
    press.store.close()
