"""The command line as a test uses it: what a command says, what it tells as JSON, with what it is refused."""

import json
from typing import Any

from click.testing import CliRunner, Result

from reportgen.cli import cli
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
