"""A subject's workbook at the command line: written, checked, marked, imported, and taken wherever a file is."""

from pathlib import Path

import pytest
import time_machine
from openpyxl import load_workbook

from reportgen.settings import asset_dir
from tests.cli.desk import refused, run, said, told
from tests.factories import SUBJECT_USCC
from tests.workbooks import book, folder, sheets

BUILDER = asset_dir("sample_subjects") / "subjects" / "02-small-housing-builder.yaml"
SMALL = asset_dir("sample_subjects") / "projects" / "housing-small.yaml"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a new office, which is the one that commands find by themselves."""
    monkeypatch.delenv("REPORTGEN_DATABASE_URL", raising=False)
    assert run("init", tmp_path / "office").exit_code == 0
    monkeypatch.setenv("REPORTGEN_OFFICE", str(tmp_path / "office"))
    return tmp_path


def test_a_workbook_stands_wherever_a_file_does(tmp_path: Path) -> None:
    filled = tmp_path / "s.xlsx"
    assert said("subject", "template", BUILDER, "-o", filled) == f"已写入 {filled}\n"
    said("subject", "template", BUILDER, "-o", tmp_path / "csv")
    assert told("subject", "show", filled) == told("subject", "show", BUILDER)
    assert said("subject", "diff", tmp_path / "csv", BUILDER) == "没有差异\n"
    assert told("assess", filled, "--project", SMALL) == told("assess", BUILDER, "--project", SMALL)


def test_what_the_office_knows_goes_out_and_comes_back(office: Path) -> None:
    with time_machine.travel("2026-11-21 09:30:00+08:00", tick=False):
        said("subject", "import", book(office / "s.xlsx", sheets()))
        said("subject", "template", SUBJECT_USCC, "-o", office / "out.xlsx")
        assert "没有另存" in said("subject", "import", office / "out.xlsx")


def test_a_faulty_workbook_imports_nothing_and_is_marked(office: Path) -> None:
    content = sheets()
    content["信用记录"][1][0] = "罚款"
    path, copy = book(office / "s.xlsx", content), office / "marked.xlsx"
    sound = book(office / "sound.xlsx", sheets())
    done = run("subject", "import", path, "--marked", copy)
    assert "副本" in done.stderr
    assert load_workbook(copy)["信用记录"]["A2"].comment is not None
    assert refused("subject", "import", sound, path) == ("E0301", 3)
    assert told("subject", "list") == []
    copy.unlink()
    said("subject", "check", sound, "--marked", copy)
    assert not copy.exists()


def test_a_warning_is_told_beside_the_result(tmp_path: Path) -> None:
    content = sheets()
    content["来源"][0].append("清单起始日")
    content["来源"][1].append("1900-01-01")
    done = run("subject", "check", folder(tmp_path / "s", content))
    assert done.exit_code == 0
    assert done.stderr.startswith("提示：“来源”表第 2 行 E 列“清单起始日”：1900-01-01 表示日期不详")


def test_a_copy_is_of_one_workbook(tmp_path: Path) -> None:
    path = book(tmp_path / "s.xlsx", sheets())
    assert refused("subject", "check", path, path, "--marked", tmp_path / "m.xlsx") == ("E0371", 3)
    assert refused("subject", "check", BUILDER, "--marked", tmp_path / "m.xlsx") == ("E0371", 3)


def test_a_template_is_a_workbook_or_an_empty_folder(tmp_path: Path) -> None:
    assert refused("subject", "template", "-o", tmp_path / "s.doc")[0] == "E0370"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").touch()
    assert refused("subject", "template", "-o", tmp_path / "full")[0] == "E0358"
