"""A portal of an office with one report, asked as a browser would ask."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
import time_machine
from fastapi.testclient import TestClient

from reportgen.batch.processes import Spawned
from reportgen.settings import read_office
from reportgen.store.account_rows import AccountKind
from reportgen.web.app import create_app
from tests.cli.conftest import made_office, office_with  # noqa: F401 - fixtures
from tests.cli.desk import MOMENT
from tests.web import rendered
from tests.web.portal import HERE, PROJECT, RECIPIENT, SAMPLES, SUBJECT, Portal, with_account


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Let the time stand at `MOMENT`, to be moved by the test."""
    with time_machine.travel(MOMENT, tick=False) as travelling:
        yield travelling


@pytest.fixture
def clocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock of the portal's processes stand at the moment of what they are to do."""
    submit = Spawned.submit
    monkeypatch.setattr(Spawned, "submit", lambda pool, *given: submit(pool, rendered.at_its_moment, *given))


@pytest.fixture
def folder(office_with: Callable[..., Path]) -> Path:  # noqa: F811 - the fixture
    """Return the folder of an office with one issued report, whose portal answers without HTTPS."""
    place = office_with(
        ("subject", "import", SAMPLES / "subjects/02-small-housing-builder.yaml"),
        ("project", "import", SAMPLES / "projects/housing-small.yaml"),
        ("issue", SUBJECT, "--project", PROJECT, "--recipient", RECIPIENT, "--authorisation", "授1"),
    )
    settings = place / "reportgen.toml"
    settings.write_text(settings.read_text("utf-8") + "\n[web]\nsecure = false\n", "utf-8")
    return place


@pytest.fixture
def portal(folder: Path, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    """Return the portal of the office, with an account of each kind."""
    monkeypatch.setenv("REPORTGEN_OFFICE", str(folder))
    app = create_app(read_office(folder / "reportgen.toml"))
    with (
        structlog.testing.capture_logs() as log,
        TestClient(app, follow_redirects=False, client=HERE) as client,
    ):
        made = Portal(client, folder, clock, log)
        for kind in AccountKind:
            with_account(made, kind)
        yield made
