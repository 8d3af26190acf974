"""`bundle`: a folder for the evaluation committee, told in lines and as JSON, once the tender is open."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from reportgen import bundle as flow
from reportgen import pipeline
from reportgen.document.compared import Comparison
from reportgen.document.issuer import Identity
from reportgen.document.typeset import Typeset
from reportgen.errors import ReportgenError
from reportgen.intake.files import load_project
from reportgen.pipeline import Finished, Judged
from reportgen.uses import Paper
from tests.bundling import SAMPLES, small_pdf
from tests.cli.desk import run
from tests.factories import write_json

BUILDERS = ("02-small-housing-builder", "13-expired-qualification")
PROJECT, SCHOOL = "JZ-2026-001", "129901024KH7058200"
ISSUED, BEFORE, AFTER = (
    f"{moment}+08:00" for moment in ("2026-11-24 09:30:00", "2026-12-10 09:59:59", "2026-12-10 10:00:00")
)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return an office without a signing key, with two reports for a project that closes at ten."""
    for name in ("REPORTGEN_DATABASE_URL", "REPORTGEN_SECRET_FILE", "REPORTGEN_LOGIN"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "office"
    monkeypatch.setenv("REPORTGEN_OFFICE", str(folder))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline, "typeset", _typeset)
    monkeypatch.setattr(pipeline, "certified", lambda done, *_: Finished(done))
    monkeypatch.setattr(flow, "certified_sheet", _small)
    monkeypatch.setattr(flow, "printed", lambda found, *_: Paper(found.number, found.data(), 1))
    project = load_project(SAMPLES / "projects" / "housing-small.yaml").model_copy(update={"id": PROJECT})
    file = write_json(tmp_path / "project.json", project.model_dump(mode="json", exclude_none=True))
    with time_machine.travel(ISSUED):
        assert run("init", folder).exit_code == 0
        assert run("project", "import", file).exit_code == 0
        for name in BUILDERS:
            words = ("--project", PROJECT, "--recipient", SCHOOL, "--authorisation", "样例授〔2026〕1号")
            done = run("issue", SAMPLES / "subjects" / f"{name}.yaml", *words, "-o", tmp_path / "r.pdf")
            assert done.exit_code == 0, done.exception
    yield folder


def _typeset(judged: Judged, identity: Identity) -> Typeset:
    return Typeset(small_pdf(identity.number), 1)


def _small(found: Comparison, *_: object) -> Finished:
    return Finished(Typeset(found.data(), 1))


def told(*words: object) -> Any:
    done = run("bundle", "--project", PROJECT, *words, "--json")
    return json.loads(done.stdout) | {"code": done.exit_code}


def test_a_folder_is_told_file_by_file(office: Path, tmp_path: Path) -> None:
    with time_machine.travel(AFTER, tick=False):
        said, lines = told("-o", tmp_path / "out"), run("bundle", "--project", PROJECT).output
    assert (said["code"], said["exit"], len(said["reports"])) == (0, 0, 2)
    assert {report["says"] for report in said["reports"]} == {"真实"}
    assert all((tmp_path / "out" / report["file"]).is_file() for report in said["reports"])
    assert all(
        (tmp_path / "out" / said[name]).is_file() for name in ("summary", "uses", "page", "manifest", "key")
    )
    assert "比对汇总-20261210-1000" in lines
    assert all(f"✓ {report['file']}" in lines for report in said["reports"])
    for name in ("summary_sha256", "uses_sha256", "page_sha256", "fingerprint"):
        assert said[name]
    assert said["uses_sha256"] in lines
    assert said["page_sha256"] in lines
    assert said["fingerprint"] in lines


def test_a_forged_file_is_put_in_and_told_and_the_command_fails(office: Path, tmp_path: Path) -> None:
    forged, good = sorted((office / "files").rglob("XY*.pdf"))
    forged.write_bytes(b"%PDF-1.7 forged")
    with time_machine.travel(AFTER):
        said, done = told("-o", tmp_path / "out"), run("bundle", "--project", PROJECT, "-o", tmp_path / "out")
    assert (said["code"], said["exit"], done.exit_code) == (5, 5, 5)
    by_number = {report["number"]: report for report in said["reports"]}
    number = forged.name.partition(".")[0]
    assert (by_number[good.name.partition(".")[0]]["sound"], by_number[number]["sound"]) == (True, False)
    assert f"✗ 报告/{number}.pdf" in done.output
    assert (tmp_path / "out" / "报告" / f"{number}.pdf").read_bytes() == b"%PDF-1.7 forged"


def test_before_the_opening_nothing_is_written_and_nothing_told(office: Path, tmp_path: Path) -> None:
    with time_machine.travel(BEFORE):
        done = run("bundle", "--project", PROJECT, "-o", tmp_path / "out")
        other = run("bundle", "--project", "没有的项目", "-o", tmp_path / "out")
    assert isinstance(done.exception, ReportgenError)
    assert (done.exception.code, int(done.exception.exit_code)) == ("E1106", 11)
    assert isinstance(other.exception, ReportgenError)
    assert other.exception.code == "E0351"
    assert not (tmp_path / "out").exists()
    assert "XY" not in done.exception.text()


def test_the_guide_says_what_runs_and_what_is_written(office: Path, tmp_path: Path) -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs" / "bundle.md").read_text("utf-8")
    lines = re.findall(r"```sh\n(.*?)\n```", guide, re.S)
    assert lines
    with time_machine.travel(AFTER):
        for line in lines:
            assert run(*line.split()[1:]).exit_code == 0
    names = [re.sub(r"-[0-9a-f]{16}", "-…", path.name) for path in (tmp_path / "bundle").iterdir()]
    assert all(f"`{name}`" in guide for name in names)
