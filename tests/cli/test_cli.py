"""The command line as a person meets it: messages, exit codes, what is written and what is not."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from reportgen.cli import COMMANDS, cli
from reportgen.settings import asset_dir
from tests.cli.desk import program as run

SAMPLES = asset_dir("sample_subjects")
BUILDER = str(SAMPLES / "subjects" / "02-small-housing-builder.yaml")
SMALL = str(SAMPLES / "projects" / "housing-small.yaml")
LARGE = str(SAMPLES / "projects" / "housing-large.yaml")
HIGHWAY = str(SAMPLES / "projects" / "highway-works.yaml")
SCHOOL = "129901024KH7058200"


def test_help_lists_every_command_and_imports_none_of_the_heavy_libraries() -> None:
    code = "import sys; sys.argv=['reportgen','--help']\nfrom reportgen.cli import main\ntry: main()\nexcept SystemExit: pass\n"
    code += "print([m for m in ('weasyprint','matplotlib','pydantic','rich','sqlmodel') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(name in done.stdout for name in COMMANDS)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help_in_chinese(name: str) -> None:
    done = CliRunner().invoke(cli, [name, "--help"])
    assert done.exit_code == 0
    assert "用法：" in done.stdout
    assert not re.findall(r"Usage|Options|required|Show|default", done.stdout)


@pytest.mark.parametrize(
    "words", [("nothing",), ("assess",), ("assess", BUILDER), ("issue", "--nothing"), ("schema", "nothing")]
)
def test_wrong_use_leaves_with_2_and_says_so_in_chinese(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert "[E0201] 命令用法有误" in done.stderr


def test_the_same_builder_is_capable_for_a_small_project_and_not_for_a_large_one() -> None:
    small, large = (
        json.loads(run("assess", BUILDER, "--project", p, "--json").stdout) for p in (SMALL, LARGE)
    )
    assert small["conclusion"] == "具备信用能力"
    assert large["conclusion"] == "不具备信用能力"
    assert "投标能力" in large["binding"]["text"]


def test_insufficient_evidence_leaves_with_4_and_writes_nothing(tmp_path: Path) -> None:
    subject = str(SAMPLES / "subjects" / "10-evidence-lacking.yaml")
    words = ("--project", SMALL, "--recipient", SCHOOL, "--authorisation", "样例授〔2026〕1号")
    done = run("issue", subject, *words, folder=tmp_path)
    assert done.returncode == 4
    assert "[E0401]" in done.stderr
    assert "安全生产许可证" in done.stderr
    assert not list(tmp_path.iterdir())
    assert run("assess", subject, "--project", SMALL).returncode == 4


def test_a_project_in_lots_wants_one_named() -> None:
    done = run("assess", BUILDER, "--project", HIGHWAY)
    assert done.returncode == 3
    assert "E0307" in done.stderr
    assert "E0306" in run("assess", BUILDER, "--project", HIGHWAY, "--lot", "9").stderr


def test_a_recipient_that_is_not_of_the_project_is_refused(tmp_path: Path) -> None:
    words = ("--project", SMALL, "--recipient", "129901004KH702160R", "--authorisation", "1")
    done = run("issue", BUILDER, *words, folder=tmp_path)
    assert done.returncode == 3
    assert not list(tmp_path.iterdir())


def test_bad_input_leaves_with_3_and_lists_every_fault_as_json_too(tmp_path: Path) -> None:
    text = Path(BUILDER).read_text("utf-8")
    path = tmp_path / "faulty.yaml"
    path.write_text(
        text.replace("\nas_of:", "\nas_off:").replace("\nregistration:", "\nregistered:"), "utf-8"
    )
    done = run("subject", "check", str(path), "--json")
    assert done.returncode == 3
    problem = json.loads(done.stderr)
    assert problem["code"] == "E0301"
    assert {fault["path"] for fault in problem["faults"]} >= {"as_of", "as_off", "registration", "registered"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("名称: 样例".encode("gbk"), "E0304"),
        (b"x" * 10_000_000, "E0303"),
        (b"a: [1", "E0305"),
        (b"- 1", "E0305"),
    ],
)
def test_a_file_that_cannot_be_read_leaves_with_3(content: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "subject.yaml"
    path.write_bytes(content)
    done = run("subject", "check", str(path))
    assert done.returncode == 3
    assert code in done.stderr


def test_a_missing_file_leaves_with_3() -> None:
    assert "E0302" in run("subject", "check", "nowhere.yaml").stderr


def test_issuing_writes_one_file_and_says_where(tmp_path: Path) -> None:
    words = ("--project", SMALL, "--recipient", SCHOOL, "--authorisation", "样例授〔2026〕1号", "--json")
    done = run("issue", BUILDER, *words, folder=tmp_path)
    result = json.loads(done.stdout)
    assert [path.name for path in tmp_path.iterdir()] == [f"{result['number']}.pdf"]
    assert result["conclusion"] == "具备信用能力"


@pytest.mark.parametrize("name", ["subject", "applicant", "project", "pack", "assessment"])
def test_a_schema_is_json_schema(name: str) -> None:
    schema = json.loads(run("schema", name).stdout)
    assert schema["type"] == "object"
    assert schema["properties"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_names_the_program(shell: str) -> None:
    assert "_REPORTGEN_COMPLETE" in run("completion", shell).stdout


def test_doctor_finds_everything_that_set_up_installs() -> None:
    done = run("doctor")
    assert done.returncode == 0, done.stdout
    assert "libharfbuzz-subset0" in done.stdout
    assert "BabelStone Han" in done.stdout


def test_why_a_file_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert f"{tmp_path.name} 是文件夹，不是文件" in run("verify", str(tmp_path)).stderr
    assert "nowhere.pdf 不存在" in run("verify", "nowhere.pdf").stderr


def test_a_mistyped_code_is_not_taken_for_a_missing_file() -> None:
    project = ("--project", str(asset_dir("sample_subjects") / "projects" / "housing-small.yaml"))
    wrong = run("assess", "91990102MA9C2K0770", *project)
    assert wrong.returncode == 3
    assert "校验位应为 N，实为 0" in wrong.stderr
    assert "写其统一社会信用代码" in run("assess", "某公司", *project).stderr


def test_what_is_like_a_command_that_there_is_not_is_named() -> None:
    assert "没有命令 consme；相近的有：consume" in run("consme").stderr
    assert "没有命令 improt；相近的有：import" in run("subject", "improt").stderr
    assert "可用：init、demo" in run("qqqq").stderr
    assert "缺少 --project" in run("consume", "x", "--by", "129901024KH7058200").stderr
