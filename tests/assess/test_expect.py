"""Sentence cases are read strictly and told clearly; the page about them runs."""

import re
import shutil
from pathlib import Path

import pytest

from reportgen.errors import ReportgenError
from reportgen.intake.patch import VERBS
from scripts.run_cases import main
from tests.assess.expect import SEEN, sentences
from tests.cli.desk import program

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "cases.md"
GOOD = "{name: 基准, expect: {conclusion: 具备信用能力}}"


def written(tmp_path: Path, *cases: str) -> Path:
    path = tmp_path / "own.yaml"
    path.write_text("cases:\n" + "".join(f"  - {case}\n" for case in cases), "utf-8")
    return path


def ran(capsys: pytest.CaptureFixture[str], *paths: Path) -> tuple[int, list[str]]:
    code = main([str(path) for path in paths])
    return code, capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("case", "fault"),
    [
        ("{name: 甲, expect: {conclusoin: 具备信用能力}}", "cases[0].expect.conclusoin：不认识的键"),
        ("{name: 甲, expects: {conclusion: 具备信用能力}}", "cases[0].expects：不认识的键"),
        ("{name: 甲, given: {}}", "cases[0].expect：缺少期望"),
        ("{name: 甲, expect: {}}", "cases[0].expect：缺少期望"),
        ("{expect: {conclusion: 具备信用能力}}", "cases[0].name：缺少此项"),
        ("{name: 甲, given: [x], expect: {total: '1'}}", "cases[0].given：应为键值表"),
        (
            "{name: 甲, given: {joint: {shares: 0.4}}, expect: {total: '1'}}",
            "cases[0].given.joint.shares：不认识",
        ),
        ("{name: 甲, expect: {verdicts: 满足}}", "cases[0].expect.verdicts：应为键值表"),
        ("{name: 甲, expect: {gates: winding-up}}", "cases[0].expect.gates：应为列表"),
        ("{name: 甲, expect: {reason: [x]}}", "cases[0].expect.reason：应为文字"),
        ("只是一句话", "cases[0]：应为键值表"),
    ],
)
def test_what_nobody_knows_is_refused_with_its_line(case: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(ReportgenError) as caught:
        sentences(written(tmp_path, case))
    found = [str(item) for item in caught.value.faults]
    assert any(line.startswith(fault) and "（第 2 行）" in line for line in found), found


@pytest.mark.parametrize("text", ["cases: []", "case: [x]", "", "cases: {a: b}"])
def test_a_file_without_cases_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ReportgenError):
        sentences(path)


def test_a_case_that_holds_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = ran(capsys, written(tmp_path, GOOD).parent)
    assert code == 0
    assert lines == ["✓ 通过 own.yaml:2 基准", "共 1 例：通过 1"]


def test_a_case_that_fails_says_what_was_expected_what_came_and_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = "{name: 错的, expect: {conclusion: 信用能力一般, verdicts: {safety: 不满足, nothing: 满足}}}"
    code, lines = ran(capsys, written(tmp_path, GOOD, bad))
    assert code == 1
    assert lines[1:6] == [
        "✗ 不符 own.yaml:3 错的",
        "    期望 conclusion：信用能力一般",
        "    实际 conclusion：具备信用能力",
        "    期望 verdicts：safety 不满足，nothing 满足",
        "    实际 verdicts：safety 满足，nothing 没有这项要求",
    ]
    assert lines[6].startswith("    理由 未触及否决项")
    assert lines[7] == "共 2 例：通过 1，不符 1"


def test_a_known_bug_has_to_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    still = "{name: 甲, bug: 尚未改正, expect: {conclusion: 信用能力一般}}"
    mended = "{name: 乙, bug: 已经改正, expect: {conclusion: 具备信用能力}}"
    assert ran(capsys, written(tmp_path, still))[0] == 0
    code, lines = ran(capsys, written(tmp_path, still, mended))
    assert code == 1
    assert lines[:2] == [
        "○ 已知缺陷 own.yaml:2 甲（尚未改正）",
        "✗ 不符 own.yaml:3 乙（判断已与案例相符，请删去 bug）",
    ]


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("{name: 甲, given: {set: {subject.peoples.x.y: z}}, expect: {total: '1'}}", "E0313"),
        ("{name: 甲, given: {set: {subject.as_of: 昨天}}, expect: {total: '1'}}", "E0314"),
        ("{name: 甲, lot: A, expect: {total: '1'}}", "E0306"),
        ("{name: 甲, subject: nowhere.yaml, expect: {total: '1'}}", "E0302"),
    ],
)
def test_a_case_that_cannot_be_judged_fails_and_the_others_run(
    case: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left, lines = ran(capsys, written(tmp_path, case, GOOD))
    assert left == 1
    assert lines[0] == "！ 有误 own.yaml:2 甲"
    assert code in lines[1]
    assert lines[-2:] == ["✓ 通过 own.yaml:3 基准", "共 2 例：通过 1，有误 1"]


def test_a_faulty_file_and_a_folder_without_cases_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(capsys, tmp_path) == (1, ["没有找到案例（*.yaml）"])
    path = written(tmp_path, "{name: 甲, expect: {conclusoin: 具备信用能力}}")
    code, lines = ran(capsys, path, tmp_path / "nowhere.yaml")
    assert code == 1
    assert lines[0] == "！ own.yaml"
    assert lines[-1] == "共 2 例：有误 2"


def test_a_joint_case_has_a_partner_of_its_own_or_a_copy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = ROOT / "sample_subjects"
    subject, partner = (f"{samples}/subjects/{name}-builder.yaml" for name in ("01-highway", "11-bridge"))
    files = f"subject: {subject}, partner: {partner}, project: {samples}/projects/highway-works.yaml, lot: 2"
    own = f"{{name: 联合体, {files}, given: {{joint: {{}}}}, expect: {{conclusion: 具备信用能力}}}}"
    copy = "{name: 副本, given: {joint: {}, set: {partner.registration.standing: 吊销}}, expect: {gates: [winding-up]}}"
    assert ran(capsys, written(tmp_path, own, copy))[1][-1] == "共 2 例：通过 2"


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("line", [line for line in commands() if line.startswith("reportgen")])
def test_every_command_of_the_page_runs(line: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "sample_subjects", tmp_path / "sample_subjects")
    shutil.copytree(ROOT / "docs" / "examples", tmp_path / "docs" / "examples")
    done = program(*line.split()[1:], folder=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("line", [line for line in commands() if line.startswith("make")])
def test_every_folder_of_cases_that_the_page_names_passes(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = line.partition("CASES=")[2] or "tests/assess/cases"
    assert ran(capsys, ROOT / folder)[0] == 0


def test_the_target_runs_the_script_with_the_folder() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert "CASES ?= tests/assess/cases\n" in makefile
    assert "-m scripts.run_cases $(CASES)" in makefile


def test_the_page_names_every_expectation_and_every_verb() -> None:
    text = PAGE.read_text("utf-8")
    listed = [key for key in SEEN if not key.startswith("no_")] + list(VERBS)
    assert [key for key in listed if f"`{key}`" not in text] == []
