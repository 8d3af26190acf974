"""`reportgen project import` with OCDS: what lacks is given on the command line or in a file beside it."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from reportgen.cli import cli
from reportgen.errors import ReportgenError
from tests.factories import project_data, write_json, write_yaml
from tests.intake.open_contracting import OCID, package, release_data


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["project", *map(str, words)])


@pytest.fixture
def tender(tmp_path: Path) -> Path:
    return write_json(tmp_path / "tender.json", package(release_data()))


def test_options_and_a_file_add_what_the_tender_does_not_say(
    tmp_path: Path, office: Path, tender: Path
) -> None:
    added = write_yaml(tmp_path / "added.yaml", {"category": "房屋建筑工程", "round": 2})
    done = run("import", tender, "--region", "990103", "--with", added)
    assert done.exit_code == 0
    assert "提示：tender.json requirements：" in done.stderr
    shown = json.loads(run("show", f"{OCID}:0233", "--json").stdout)
    assert (shown["region"], shown["category"], shown["round"]) == ("990103", "房屋建筑工程", 2)


def test_what_lacks_is_told_and_nothing_is_imported(office: Path, tender: Path) -> None:
    error = run("import", tender).exception
    assert isinstance(error, ReportgenError)
    assert [(fault.path, fault.what) for fault in error.faults] == [
        ("category", "缺少此项（OCDS 没有这一项，用 --category 给出）")
    ]
    assert isinstance(run("show", f"{OCID}:0233").exception, ReportgenError)


def test_a_project_file_takes_no_additions(tmp_path: Path) -> None:
    done = run("import", write_yaml(tmp_path / "a.yaml", project_data()), "--category", "甲")
    assert isinstance(done.exception, SystemExit | click.UsageError)
    assert done.exit_code != 0
