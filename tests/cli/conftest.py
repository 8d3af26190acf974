"""A clerk at the desk of an office that no variable of this machine names."""

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner

from reportgen.cli import cli
from tests.cli.desk import MOMENT, said

_VARIABLES = ("REPORTGEN_DATABASE_URL", "REPORTGEN_SECRET_FILE", "REPORTGEN_OFFICE")


@pytest.fixture
def at_the_desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REPORTGEN_LOGIN", "clerk")
    with time_machine.travel(MOMENT, tick=True):
        yield


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a new office, which is the one that commands find by themselves."""
    monkeypatch.delenv("REPORTGEN_DATABASE_URL", raising=False)
    folder = tmp_path / "office"
    assert CliRunner().invoke(cli, ["init", str(folder)]).exit_code == 0
    monkeypatch.setenv("REPORTGEN_OFFICE", str(folder))
    return folder


@pytest.fixture(scope="session")
def made_office(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make an office with the commands given, at `MOMENT`; once a process for all who ask for the same."""

    @cache
    def make(*commands: tuple[object, ...]) -> Path:
        folder = tmp_path_factory.mktemp("made") / "office"
        # The clock stands still: what is made here must not be of a later moment than a test that uses it.
        with pytest.MonkeyPatch.context() as patch, time_machine.travel(MOMENT, tick=False):
            for name in _VARIABLES:
                patch.delenv(name, raising=False)
            patch.setenv("REPORTGEN_LOGIN", "clerk")
            said("init", folder)
            patch.setenv("REPORTGEN_OFFICE", str(folder))
            for words in commands:
                said(*words)
        return folder

    return make


@pytest.fixture
def office_with(
    made_office: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Path]:
    """Give a test an office of its own, as the commands given leave a new one; every command finds it."""

    def copied(*commands: tuple[object, ...]) -> Path:
        folder = Path(shutil.copytree(made_office(*commands), tmp_path / "office"))
        monkeypatch.setenv("REPORTGEN_OFFICE", str(folder))
        return folder

    return copied
