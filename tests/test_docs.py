"""The documents tell the truth: their commands run, their generated pages are current."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from reportgen.cli import cli
from scripts.write_error_docs import page

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "README.zh-CN.md")


def commands(name: str) -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text("utf-8"), re.S)
    return [line for block in blocks for line in block.splitlines() if line]


def obey(name: str) -> None:
    """Run every command of a document here and now: fonts and templates are loaded once, not once a command."""
    assert commands(name)
    for line in commands(name):
        program, *words = line.split()
        assert program == "reportgen"
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == 0, f"{line}\n{done.output}{done.exception}"


@pytest.mark.parametrize("name", (DOCUMENTS[0], "docs/register.md", "docs/documents.md"))
def test_every_command_of_a_document_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "sample_subjects", tmp_path / "sample_subjects")
    monkeypatch.chdir(tmp_path)
    obey(name)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_every_command_of_the_guide_to_batches_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "sample_subjects", tmp_path / "sample_subjects")
    monkeypatch.chdir(tmp_path)
    obey("docs/batch.md")
    assert len(list((tmp_path / "copies").glob("*.pdf"))) == 1


@pytest.mark.parametrize(
    "name",
    (
        "docs/first-report.md",
        "docs/public-reports.md",
        "docs/ocds.md",
        "docs/projects.md",
        "docs/evidence.md",
        "docs/screening.md",
        "docs/data-quality.md",
    ),
)
def test_every_command_of_a_guide_to_intake_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("sample_subjects", "docs/examples"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    obey(name)


def test_every_command_of_the_guide_to_databases_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "docs/examples", tmp_path / "docs/examples")
    monkeypatch.chdir(tmp_path)
    with closing(sqlite3.connect("agency.sqlite3")) as database:
        database.executescript((ROOT / "docs/examples/database/agency.sql").read_text("utf-8"))
    monkeypatch.setenv("CREDIT_DATABASE_URL", "sqlite:///agency.sqlite3")
    obey("docs/database-source.md")


def test_every_command_of_the_guide_to_workbooks_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "sample_subjects", tmp_path / "sample_subjects")
    monkeypatch.chdir(tmp_path)
    obey("docs/intake.md")
    assert len(list((tmp_path / "主体表").glob("*.csv"))) > 10


def test_the_program_starts_by_its_name(tmp_path: Path) -> None:
    words = [sys.executable, "-m", *commands(DOCUMENTS[0])[1].split()]
    shutil.copytree(ROOT / "sample_subjects", tmp_path / "sample_subjects")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_both_readmes_show_the_same_commands() -> None:
    assert commands(DOCUMENTS[0]) == commands(DOCUMENTS[1])


def test_the_page_of_errors_is_current() -> None:
    assert (ROOT / "docs" / "errors.md").read_text("utf-8") == page()
