"""`reportgen project …` in an office: imported, amended, shown as it was known."""

import json
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result

from reportgen.cli import cli
from reportgen.errors import ReportgenError
from reportgen.intake.files import load_project
from reportgen.settings import asset_dir
from tests.factories import lot_data, project, project_data, write_yaml

SAMPLES = asset_dir("sample_subjects")
SMALL = SAMPLES / "projects" / "housing-small.yaml"
NAME = project().id
FIRST, SECOND = "2026-11-21 09:30:00+08:00", "2026-11-23 09:30:00+08:00"


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["project", *map(str, words)])


def told(*words: object) -> Any:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.output or done.exception
    return json.loads(done.stdout)


def refused(*words: object) -> ReportgenError:
    error = run(*words).exception
    assert isinstance(error, ReportgenError), error
    return error


def learn(moment: str, folder: Path, **changes: Any) -> Any:
    path = write_yaml(folder.parent / "project.yaml", project_data(**changes))
    with time_machine.travel(moment, tick=False):
        return told("import", path)


def test_an_imported_project_is_shown_whole(office: Path) -> None:
    with time_machine.travel(FIRST):
        (item,) = told("import", SMALL)
    assert item["new"]
    assert told("show", item["project"]) == load_project(SMALL).model_dump(mode="json")
    lines = run("show", item["project"]).stdout.splitlines()
    assert item["name"] in lines[0]
    assert any("投标截止时间" in line for line in lines)


def test_an_amended_tender_is_shown_as_it_was_known(office: Path) -> None:
    learn(FIRST, office, value="10000000")
    learn(SECOND, office, value="20000000")
    assert told("show", NAME)["value"] == "20000000"
    assert told("show", NAME, "--known-at", "2026-11-22")["value"] == "10000000"
    assert refused("show", NAME, "--known-at", "2026-11-20").code == "E0351"


def test_the_same_tender_again_is_not_kept_twice(office: Path) -> None:
    learn(FIRST, office)
    assert [item["new"] for item in learn(SECOND, office)] == [False]
    path = write_yaml(office.parent / "again.yaml", project_data())
    assert run("import", path).stdout.endswith("与库内相同，没有另存\n")


def test_a_project_shows_its_lots_and_what_it_asks(tmp_path: Path) -> None:
    asked = {"id": "R01", "kind": "turnover", "clause": "第二章 1.4.1", "text": "须满足。"}
    path = write_yaml(tmp_path / "p.yaml", project_data(lots=[lot_data("A")], requirements=[asked]))
    lines = run("show", path).stdout.splitlines()
    assert any("标段 A" in line for line in lines)
    assert any("R01" in line and "须满足。" in line for line in lines)


def test_a_project_the_office_does_not_know_and_a_file_that_is_not_there(office: Path) -> None:
    assert refused("show", "XM-0").code == "E0351"
    assert refused("show", "nowhere.yaml").code == "E0302"


def test_without_an_office_a_word_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPORTGEN_OFFICE", str(tmp_path))
    assert refused("show", "XM-0").code == "E0302"
    assert refused("import", SMALL).code == "E0357"
