"""`reportgen init`: an office that works at once, whole or not at all, and never in place of something."""

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reportgen.cli import cli, init
from reportgen.document.issuer import issuer_of
from reportgen.errors import ReportgenError
from reportgen.settings import OFFICE_FILE, find_office

ROOT = Path(__file__).resolve().parents[2]


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["init", *words])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("REPORTGEN_DATABASE_URL", raising=False)
    return tmp_path / "office"


@pytest.mark.parametrize("made", [False, True])
def test_a_new_or_empty_folder_becomes_an_office_that_says_it_is_a_sample(folder: Path, made: bool) -> None:
    if made:
        folder.mkdir()
    done = run(str(folder))
    assert done.exit_code == 0, done.output
    office = find_office(folder)
    assert office is not None
    assert issuer_of(office).agency.sample
    assert "样例" in (folder / OFFICE_FILE).read_text("utf-8").splitlines()[0]
    assert (folder / "files").is_dir()
    assert "样例、测试" in done.stdout


def test_it_says_what_to_do_next_with_the_folder_at_hand(folder: Path) -> None:
    lines = run(str(folder)).stdout.splitlines()
    assert [line[:2] for line in lines[2:]] == ["1.", "2.", "3.", "4."]
    assert all(str(folder) in line for line in lines[2:])


def test_it_tells_programs_where_things_are(folder: Path) -> None:
    assert json.loads(run(str(folder), "--json").stdout) == {
        "office": str(folder),
        "settings": OFFICE_FILE,
        "files": "files",
    }


def test_nobody_else_looks_into_the_folder(folder: Path) -> None:
    run(str(folder))
    assert folder.stat().st_mode & 0o077 == 0


def refused(folder: Path) -> ReportgenError:
    error = run(str(folder)).exception
    assert isinstance(error, ReportgenError)
    return error


def test_a_folder_with_something_in_it_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "mine.txt").write_text("x")
    assert refused(folder).code == "E0358"
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


def test_an_office_is_not_made_twice(folder: Path) -> None:
    run(str(folder))
    before = sorted(path.name for path in folder.iterdir())
    assert refused(folder).code == "E0358"
    assert sorted(path.name for path in folder.iterdir()) == before


@pytest.mark.parametrize("below", ["", "deeper/still"])
def test_a_file_is_no_folder(folder: Path, below: str) -> None:
    folder.write_text("x")
    assert refused(folder / below).code == "E0358"
    assert folder.read_text() == "x"


def test_half_an_office_is_taken_away_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> str:
        raise ReportgenError("E0904", detail="OperationalError")

    monkeypatch.setattr(init, "database_url", fail)
    assert refused(folder).code == "E0904"
    assert list(folder.iterdir()) == []


def test_every_command_of_the_guide_runs_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REPORTGEN_DATABASE_URL", raising=False)
    shutil.copytree(ROOT / "sample_subjects", tmp_path / "sample_subjects")
    monkeypatch.chdir(tmp_path)
    guide = (ROOT / "docs" / "office.md").read_text("utf-8")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", guide, re.S) for line in block.splitlines()]
    assert len(lines) == 15
    for line in lines:
        done = CliRunner().invoke(cli, line.split()[1:])
        assert done.exit_code == 0, f"{line}\n{done.output}{done.exception}"
        assert done.stdout
