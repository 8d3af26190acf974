"""A report of the register as a page for the web."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from reportgen import pipeline
from reportgen.cli import cli
from reportgen.document.typeset import Typeset
from reportgen.errors import ReportgenError
from reportgen.registry.lifecycle import by_number
from reportgen.registry.tables import Kind, State
from reportgen.rendition import web_rendition
from reportgen.settings import OFFICE_FILE, asset_dir, read_office

SAMPLES = asset_dir("sample_subjects")
WORDS = (
    str(SAMPLES / "subjects" / "02-small-housing-builder.yaml"),
    *("--project", str(SAMPLES / "projects" / "housing-small.yaml")),
    *("--recipient", "129901024KH7058200", "--authorisation", "样例授〔2026〕1号"),
)


def run(*words: str) -> str:
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.exception
    return done.stdout


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an office that has issued one report, set in no time and not signed."""
    for name in ("REPORTGEN_DATABASE_URL", "REPORTGEN_SECRET_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REPORTGEN_OFFICE", str(tmp_path / "office"))
    monkeypatch.setattr(pipeline, "typeset", lambda judged, identity: Typeset(b"%PDF", 1))
    monkeypatch.setattr(pipeline, "certified", lambda done, *_: pipeline.Finished(done))
    run("init", str(tmp_path / "office"))
    run("issue", *WORDS)
    return tmp_path / "office"


def number_of(office: Path) -> str:
    return run("report", "list").split()[0]


def test_an_issued_report_is_shown_as_a_page(office: Path, tmp_path: Path) -> None:
    number = number_of(office)
    assert "信用报告" in run("report", "show", number, "--html", str(tmp_path / "report.html"))
    page = (tmp_path / "report.html").read_text("utf-8")
    assert f"报告编号 {number}" in page
    assert '<p class="words">具备信用能力</p>' in page
    assert "未办理" not in page


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"issued_at": None, "state": State.RENDERING}, "签发中"),
        ({"pack_sha256": "0" * 64}, "规则包已另行发布"),
        ({"kind": Kind.RECORD}, "只有信用报告有网页"),
    ],
)
def test_what_cannot_be_shown_as_it_was_issued_is_not_shown(
    changes: dict[str, Any], why: str, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reportgen import rendition
    from reportgen.press import open_press

    def changed(*words: Any) -> Any:
        row = by_number(*words)
        for name, value in changes.items():
            row.__dict__[name] = value
        return row

    monkeypatch.setattr(rendition, "by_number", changed)
    place = read_office(office / OFFICE_FILE)
    press = open_press(place, "office")
    try:
        with pytest.raises(ReportgenError, match=why):
            web_rendition(number_of(office), place, press)
    finally:
        press.store.close()
