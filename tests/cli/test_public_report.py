"""`reportgen subject …` with a 公共信用信息报告: known by its content, told what was not read."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from reportgen.cli import cli
from reportgen.errors import ReportgenError
from tests.factories import SUBJECT_USCC, subject_data, write_json, write_yaml
from tests.intake.public_reports import penalty_row, report_data

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["subject", *map(str, words)])


def known() -> dict[str, list[dict[str, str]]]:
    shown: dict[str, list[dict[str, str]]] = json.loads(run("show", SUBJECT_USCC, "--json").stdout)
    return shown


def test_a_check_says_what_was_not_read_and_is_no_failure() -> None:
    done = run("check", EXAMPLES / "public-report.pdf")
    assert done.exit_code == 0
    assert "信用记录 5" in done.stdout
    assert "提示：public-report.pdf 第 2 页，地方附加第 1 条：没有读取" in done.stderr


def test_a_report_replaces_what_the_report_before_said_and_nothing_else(tmp_path: Path, office: Path) -> None:
    assert run("import", write_yaml(tmp_path / "a.yaml", subject_data())).exit_code == 0
    assert run("import", EXAMPLES / "public-report.pdf").exit_code == 0
    assert len(known()["records"]) == 5
    next_year = report_data(生成时间="2026-10-04", 行政管理=[penalty_row()], 严重失信=[], 信用承诺=[])
    assert run("import", write_json(tmp_path / "b.json", next_year)).exit_code == 0
    assert [item["kind"] for item in known()["records"]] == ["行政处罚"]
    assert {source["id"] for source in known()["sources"]} == {"S1", "public-report"}


def test_nothing_is_imported_where_one_file_is_no_report(tmp_path: Path, office: Path) -> None:
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7")
    error = run("import", EXAMPLES / "public-report.json", tmp_path / "b.pdf").exception
    assert isinstance(error, ReportgenError)
    assert error.code == "E0390"
    assert run("list").stdout.startswith("共 0 个")
