"""`reportgen template`: an office's own templates begun, tried and refused, and what `doctor` says of its look."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reportgen.cli import cli, template
from reportgen.errors import ReportgenError
from reportgen.settings import OFFICE_FILE, asset_dir, read_office
from tests.document.looks import LOGO

SETTINGS = asset_dir("sample_subjects") / "office" / OFFICE_FILE
LOOK = '\n[look]\ndeep = "#0b5d4b"\nlogo = "logo.svg"\n'


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["template", *map(str, words)])


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REPORTGEN_OFFICE", str(tmp_path))
    (tmp_path / OFFICE_FILE).write_text(SETTINGS.read_text("utf-8") + LOOK, "utf-8")
    (tmp_path / "logo.svg").write_text(LOGO)
    return tmp_path


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try the letter alone: whole reports in another look are typeset elsewhere."""
    monkeypatch.setattr(template, "_PROOFS", {"缺件清单": "housing-gaps"})


def test_templates_are_begun_and_those_that_stand_are_left_alone(office: Path) -> None:
    own = office / "templates" / "letter.html.j2"
    assert run("eject", "letter.html.j2").exit_code == 0
    assert own.read_text("utf-8").count("{{ super() }}") > 3
    assert not (office / "templates" / "report.html.j2").exists()
    own.write_text("甲", "utf-8")
    done = run("eject")
    assert f"{own}  已有，未改动" in done.stdout
    assert own.read_text("utf-8") == "甲"
    for name in ("report.html.j2", "blocks.html.j2"):
        packaged = (asset_dir("templates") / name).read_text("utf-8")
        assert (office / "templates" / "packaged" / name).read_text("utf-8") == packaged
    told = json.loads(run("eject", "--json").stdout)
    assert {"file": str(own), "written": False} in told


def test_a_template_that_there_is_not_is_named_with_those_there_are(office: Path) -> None:
    done = run("eject", "blocks.html.j2")
    assert done.exit_code == 2
    assert "report.html.j2" in done.output
    assert not (office / "templates").exists()


@pytest.mark.usefixtures("letters")
def test_a_look_and_its_templates_are_tried_and_told(office: Path, tmp_path: Path) -> None:
    assert run("eject").exit_code == 0
    done = run("check", "-o", tmp_path / "proofs")
    assert done.exit_code == 0, done.exception
    for line in ("✓ 标志：30×12 mm", "✓ 颜色 deep：#0b5d4b，与 paper 的对比度 7.83", "✓ 试排 缺件清单：2 页"):
        assert line in done.stdout
    assert (tmp_path / "proofs" / "housing-gaps.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.usefixtures("letters")
@pytest.mark.parametrize(
    ("source", "code", "named"),
    [
        ("{% block letter_sign %}{% endblock %}", "E0706", "样例信用服务有限公司"),
        ("{% block letter_body %}{{ super() }}<script></script>{% endblock %}", "E0706", "不接受元素 script"),
        ("{% block letter_tail %}{% endblock %}", "E0705", "没有名为 letter_tail 的块"),
    ],
)
def test_a_template_that_leaves_something_out_is_refused(
    source: str, code: str, named: str, office: Path
) -> None:
    folder = office / "templates"
    folder.mkdir()
    (folder / "letter.html.j2").write_text('{% extends "packaged/letter.html.j2" %}' + source, "utf-8")
    error = run("check").exception
    assert isinstance(error, ReportgenError)
    assert error.code == code
    assert named in error.text()


@pytest.mark.usefixtures("letters", "office")
def test_a_file_that_everybody_cannot_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import pikepdf

    def bare(*_: object) -> tuple[bytes, int]:
        from io import BytesIO

        document, output = pikepdf.new(), BytesIO()
        document.save(output)
        return output.getvalue(), 1

    monkeypatch.setattr(template, "_typeset", bare)
    error = run("check").exception
    assert isinstance(error, ReportgenError)
    assert "文件没有结构标签" in error.text()


def test_without_an_office_there_is_nothing_to_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPORTGEN_OFFICE", raising=False)
    error = run("check", "--office", tmp_path).exception
    assert isinstance(error, ReportgenError)
    assert error.code == "E0357"


def test_doctor_tells_the_look_and_what_is_wrong_with_it(office: Path) -> None:
    found = list(template.checks(read_office(office / OFFICE_FILE)))
    assert [check.name for check in found] == ["版面", "标志", "颜色 deep"]
    (office / "logo.svg").write_text("x")
    (faulty,) = template.checks(read_office(office / OFFICE_FILE))
    assert not faulty.ok
    assert "look.logo：logo.svg：既不是 PNG" in faulty.found
