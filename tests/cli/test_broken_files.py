"""Whatever a file of a subject holds, the commands give an answer of the table, and nothing is half imported."""

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reportgen.errors import TABLE, ExitCode
from tests.cli.desk import MOMENT, Left, program
from tests.factories import (
    PARTNER_USCC,
    SUBJECT_USCC,
    Data,
    shareholder_data,
    subject_data,
    write_yaml,
)
from tests.intake.broken import broken, written

ENDINGS = st.sampled_from([".json", ".yaml", ".yml"])
_CODE = re.compile(r"^\[(E[0-9]{4})\]", re.M)
_HELD = "select count(*), max(id) from snapshot union all select count(*), max(id) from event order by 1, 2"


def answered(*words: object, office: Path) -> Left:
    """Run a command, and see that it left with what the table says of the error it told."""
    environment = {
        "REPORTGEN_OFFICE": str(office),
        "REPORTGEN_DATABASE_URL": None,
        "REPORTGEN_LOGIN": "clerk",
    }
    done = program(*words, environment=environment)
    codes = _CODE.findall(done.stderr)
    assert [int(TABLE[code].exit) for code in codes] == ([done.returncode] if codes else []), done
    assert bool(codes) == (done.returncode != ExitCode.DONE), done
    assert done.returncode != ExitCode.INTERNAL, done
    assert "Traceback" not in done.stderr
    return done


def held(office: Path) -> list[tuple[int, int | None]]:
    """Return how much an office holds."""
    with closing(sqlite3.connect(office / "office.sqlite3")) as found:
        return found.execute(_HELD).fetchall()


def try_out(tree: Data, ending: str, made: Path, folder: Path) -> bool:
    """Check a broken file and import it beside two sound ones; say whether it was taken after all."""
    office = Path(shutil.copytree(made, folder / "office"))
    path = written(folder, tree, ending)
    holds = shareholder_data(uscc=SUBJECT_USCC, share="0.1")
    partner = write_yaml(folder / "b.yaml", subject_data(uscc=PARTNER_USCC, shareholders=[holds]))
    sound = write_yaml(folder / "a.yaml", subject_data())
    with time_machine.travel(MOMENT, tick=False):
        checked = answered("subject", "check", path, office=office)
        before = held(office)
        done = answered("subject", "import", partner, sound, path, office=office)
    taken = done.returncode == ExitCode.DONE
    assert (held(office) != before) == taken
    assert checked.returncode == ExitCode.DONE or not taken
    # The database may still be about to take its own files away.
    shutil.rmtree(folder, ignore_errors=True)
    return taken


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(tree=broken(), ending=ENDINGS)
def test_no_file_breaks_a_command_or_is_half_imported(
    tree: Data, ending: str, made_office: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    try_out(tree, ending, made_office(), tmp_path_factory.mktemp("broken"))


@pytest.mark.soak
@settings(max_examples=3000, suppress_health_check=[HealthCheck.too_slow])
@given(tree=broken(), ending=ENDINGS)
def test_thousands_of_files_break_no_command(
    tree: Data, ending: str, made_office: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    try_out(tree, ending, made_office(), tmp_path_factory.mktemp("broken"))
