"""The command line as a test uses it: what a command says, what it tells as JSON, with what it is refused."""

import gc
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from reportgen.cli import cli, main
from reportgen.errors import ReportgenError

MOMENT = "2026-11-22 09:30:00+08:00"
"""When the desk of a test is open."""


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def said(*words: object) -> str:
    done = run(*words)
    assert done.exit_code == 0, done.output or done.exception
    return done.stdout


def told(*words: object) -> Any:
    return json.loads(said(*words, "--json"))


def refused(*words: object) -> tuple[str, int]:
    error = run(*words).exception
    assert isinstance(error, ReportgenError), error
    return error.code, int(error.exit_code)


@dataclass(frozen=True)
class Left:
    """What the program wrote, and the exit code it left with."""

    returncode: int
    stdout: str
    stderr: str


def program(
    *words: object, folder: Path | None = None, environment: Mapping[str, str | None] | None = None
) -> Left:
    """Run the whole program, errors and exit codes included; a process of its own would load a second longer.

    `environment` says what is different there, None for what is not set.
    """
    out, err = (TextIOWrapper(BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with started(*words, folder=folder, environment=environment), redirect_stdout(out), redirect_stderr(err):
        code = exit_code()
    return Left(code, *(each.buffer.getvalue().decode() for each in (out, err)))


@contextmanager
def started(
    *words: object, folder: Path | None = None, environment: Mapping[str, str | None] | None = None
) -> Iterator[None]:
    """Let the program find its words, its folder and its environment, and leave nothing changed behind."""
    callbacks, threshold = list(gc.callbacks), gc.get_threshold()
    with pytest.MonkeyPatch.context() as patch, chdir(folder or Path()):
        patch.setattr(sys, "argv", ["reportgen", *map(str, words)])
        for name, value in (environment or {}).items():
            patch.delenv(name, raising=False) if value is None else patch.setenv(name, value)
        try:
            yield
        finally:
            gc.callbacks[:] = callbacks
            gc.set_threshold(*threshold)


def exit_code() -> int:
    """Run the program with the words it was started with; return the code it leaves with."""
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)
