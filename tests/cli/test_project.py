"""`reportgen project …` in an office: imported, amended, shown as it was known."""

import json
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from reportgen.cli import cli
from reportgen.errors import ReportgenError
from reportgen.intake.files import load_project
from reportgen.settings import asset_dir
from tests.factories import lot_data, project, project_data, write_yaml
from tests.intake.projects import clause, tender
from tests.workbooks import book

SAMPLES = asset_dir("sample_subjects")
SMALL = SAMPLES / "projects" / "housing-small.yaml"
BUILDER = SAMPLES / "subjects" / "02-small-housing-builder.yaml"
NAME = project().id
FIRST, SECOND = "2026-11-21 09:30:00+08:00", "2026-11-23 09:30:00+08:00"


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["project", *map(str, words)])


def run_any(*words: object) -> str:
    done = CliRunner().invoke(cli, [str(word) for word in words])
    assert done.exit_code == 0, done.output or done.exception
    return done.stdout


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
    assert run("import", path).stdout.splitlines()[0].endswith("与库内相同，没有另存")


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


def test_a_workbook_a_folder_and_a_form_stand_wherever_a_file_does(tmp_path: Path) -> None:
    for name in ("p.xlsx", "csv", "p.yaml"):
        assert "已写入" in run("template", SMALL, "-o", tmp_path / name).stdout
        assert told("show", tmp_path / name) == load_project(SMALL).model_dump(mode="json")
        judged = [
            run_any("assess", BUILDER, "--project", path, "--json") for path in (tmp_path / name, SMALL)
        ]
        assert judged[0] == judged[1]


def test_what_the_office_knows_goes_out_and_comes_back(office: Path) -> None:
    with time_machine.travel(FIRST, tick=False):
        (item,) = told("import", book(office.parent / "p.xlsx", tender()))
        assert item["new"]
        for name in ("out.xlsx", "out", "out.yaml"):
            run("template", item["project"], "-o", office.parent / name)
            assert [again["new"] for again in told("import", office.parent / name)] == [False]


def test_a_faulty_workbook_imports_nothing_and_is_marked(office: Path) -> None:
    path = book(office.parent / "p.xlsx", tender(clause(种类="设备条件")))
    done = run("import", path, "--marked", office.parent / "m.xlsx")
    assert isinstance(done.exception, ReportgenError)
    assert done.exception.exit_code == 3
    assert "副本" in done.stderr
    assert load_workbook(office.parent / "m.xlsx")["资格条件"]["C2"].comment is not None
    assert refused("show", NAME).code == "E0351"


@time_machine.travel(FIRST, tick=False)
def test_a_check_tells_what_to_look_at_and_where(tmp_path: Path) -> None:
    sound = book(tmp_path / "p.xlsx", tender(报告有效期至="2026-12-01"))
    lines = run("check", sound, SMALL).stdout.splitlines()
    assert lines[0].startswith("文件 p.xlsx、项目 XM-2026-001、")
    assert lines[1].startswith(
        "  提示 “项目”表第 13 行 B 列“报告有效期至”：报告有效期至 2026-12-01，早于投标截止时间"
    )
    assert len(lines) == 3
    first, second = told("check", sound, SMALL)
    assert [caution["path"] for caution in first["cautions"]] == ["report_valid_until"]
    assert (second["资格条件"], second["cautions"]) == (len(load_project(SMALL).requirements), [])


def test_a_deadline_that_is_over_is_told(tmp_path: Path) -> None:
    path = write_yaml(tmp_path / "p.yaml", project_data(report_valid_until="2027-03-31"))
    with time_machine.travel("2026-12-11 09:30:00+08:00", tick=False):
        assert "已经过去，今天是 2026-12-11" in run("check", path).stdout
    with time_machine.travel("2026-12-10 23:30:00+08:00", tick=False):
        assert "已经过去" not in run("check", path).stdout


@time_machine.travel(FIRST, tick=False)
def test_a_caution_of_a_file_has_its_line(tmp_path: Path) -> None:
    path = write_yaml(tmp_path / "p.yaml", project_data())
    (line,) = run("check", path).stdout.splitlines()[1:]
    assert line.startswith("  提示 requirements：")
    path = write_yaml(tmp_path / "p.yaml", project_data(report_valid_until="2026-12-01"))
    assert "行）" in run("check", path).stdout.splitlines()[-1]


def test_a_template_is_a_workbook_a_form_or_an_empty_folder(tmp_path: Path) -> None:
    for name in ("t.xlsx", "t.yaml", "t"):
        assert run("template", "-o", tmp_path / name).exit_code == 0
    assert refused("template", "-o", tmp_path / "t.doc").code == "E0370"
    assert refused("template", "-o", tmp_path / "t").code == "E0358"
    assert refused("check", SMALL, "--marked", tmp_path / "m.xlsx").code == "E0371"
