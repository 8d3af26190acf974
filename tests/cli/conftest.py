"""A clerk at the desk of an office that no variable of this machine names."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.cli.desk import MOMENT


@pytest.fixture
def at_the_desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("REPORTGEN_DATABASE_URL", "REPORTGEN_SECRET_FILE", "REPORTGEN_OFFICE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REPORTGEN_LOGIN", "clerk")
    with time_machine.travel(MOMENT, tick=True):
        yield
