"""`reportgen assess`: what each option shows, and that a stranger's text cannot command a terminal."""

import json
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len
from rich.console import Console

from reportgen.assess.case import Case, ref
from reportgen.assess.model import Assessment, Verdict
from reportgen.cli import cli
from reportgen.cli.demo import request_of
from reportgen.cli.explain import explain
from reportgen.cli.paragraph import wrapped
from reportgen.document.workings import mean_working, points, record_working, similar_working
from reportgen.errors import ReportgenError
from reportgen.intake.files import load_subject
from reportgen.pipeline import judge
from reportgen.plain import read_plain
from reportgen.settings import asset_dir

SAMPLES = asset_dir("sample_subjects")
BUILDER = str(SAMPLES / "subjects" / "02-small-housing-builder.yaml")
LACKING = str(SAMPLES / "subjects" / "10-evidence-lacking.yaml")
BREACHER = str(SAMPLES / "subjects" / "05-breacher.yaml")
SMALL = str(SAMPLES / "projects" / "housing-small.yaml")
LARGE = str(SAMPLES / "projects" / "housing-large.yaml")
CASES = read_plain(SAMPLES / "cases.yaml").data["cases"]

each_sample = pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])


def run(*words: str, width: int = 80) -> Result:
    return CliRunner().invoke(cli, ["assess", *words], env={"COLUMNS": str(width), "NO_COLOR": "1"})


def refused(*words: str) -> ReportgenError:
    error = run(*words).exception
    assert isinstance(error, ReportgenError)
    return error


@cache
def judged(name: str) -> tuple[Case, Assessment]:
    request = request_of(next(case for case in CASES if case["id"] == name), SAMPLES)
    return judge(request.applicant, request.project)


def sample(case: dict[str, Any]) -> tuple[Case, Assessment]:
    return judged(case["id"])


def told(case: dict[str, Any], width: int) -> list[str]:
    console = Console(width=width, color_system=None, markup=False, highlight=False, emoji=False)
    with console.capture() as capture:
        console.print(explain(*sample(case)))
    return capture.get().splitlines()


def joined(lines: list[str]) -> str:
    return re.sub(r"[│├└─\s]", "", "".join(lines))


@each_sample
def test_the_explanation_holds_every_point_of_the_judgement(case: dict[str, Any]) -> None:
    _, a = sample(case)
    text = joined(told(case, 100))
    points = [
        a.sentence,
        *(reason.text for reason in a.reasons),
        *(gate.title for gate in a.gates),
        *(
            part
            for i in a.requirements
            for part in (i.text, i.required, i.actual, i.margin, i.formula, *i.missing)
        ),
        *(line.name for factor in a.factors for line in (*factor.need, *factor.use)),
        *(item.working for item in a.record.items),
        *(factor.working for factor in a.factors),
        a.working,
        *(item.severity_from for item in a.record.items if item.severity),
        *(item.name for item in a.similar.items),
        *(f"{line.name}" for line in a.coverage_lines),
        *(flip.change for flip in a.flips),
        *(part for risk in a.risks for part in (risk.text, risk.mitigation)),
        *(part for gap in (a.gaps.gaps if a.gaps else ()) for part in (gap.what, gap.how)),
        a.sensitivity,
        a.pack.sha256,
        a.pack.effect,
        a.snapshot_sha256,
    ]
    assert [point for point in points if re.sub(r"[│├└─\s]", "", point) not in text] == []


@pytest.mark.parametrize("width", [40, 80, 120])
@each_sample
def test_no_line_is_wider_than_the_terminal(case: dict[str, Any], width: int) -> None:
    assert max(cell_len(line) for line in told(case, width)) <= width


def value(working: str) -> tuple[Decimal, Decimal]:
    """Return what a sum written out gives, and what it says it gives."""
    text = re.sub("（.*?）|；.*|[\u4e00-\u9fff]+( =)?", "", working)
    terms, _, said = text.rpartition(" = ")
    assert re.fullmatch(r"[0-9.()+−×÷ ]+", terms), working
    numbers = re.sub(r"([0-9.]+)", r"Decimal('\1')", terms.strip())
    found: Decimal = eval(numbers.replace("×", "*").replace("÷", "/").replace("−", "-"))
    return max(Decimal(0), found), Decimal(said)


@each_sample
def test_the_sums_written_out_give_what_was_judged(case: dict[str, Any]) -> None:
    made, a = sample(case)
    counted = {ref(s, c) for s in made.subjects for c in s.contracts if s.counts(c)}
    lines = [[line.score for line in lines if line.score] for f in a.factors for lines in (f.need, f.use)]
    workings = [mean_working(scores) for scores in lines if scores]
    workings += [a.working, record_working(a.record), similar_working(a.similar, counted)]
    workings += [factor.working for factor in a.factors]
    for working in workings:
        if re.search("[0-9)] = ", working):
            found, said = value(working)
            assert abs(found - said) <= Decimal("0.06"), working
    assert a.total is None or points(a.total) in a.working
    assert points(a.record.score) in record_working(a.record)
    assert a.similar.score is None or points(a.similar.score) in similar_working(a.similar, counted)


def test_the_tree_is_plain_where_nobody_watches() -> None:
    done = run(BUILDER, "--project", LARGE, "--explain")
    assert done.exit_code == 0
    assert "\x1b" not in done.output
    assert done.output.startswith("评价说明：不具备信用能力")
    assert max(cell_len(line) for line in done.output.splitlines()) <= 80


def test_gaps_are_explained_with_how_to_fill_them_and_leave_with_4() -> None:
    done = run(LACKING, "--project", SMALL, "--explain")
    assert done.exit_code == 4
    assert "缺件：" in done.output
    assert "补办：" in done.output


def test_gaps_say_where_in_the_workbook_they_are_filled() -> None:
    lines = run(LACKING, "--project", SMALL).output.splitlines()
    gaps = [number for number, line in enumerate(lines) if line.startswith("  缺 ")]
    assert gaps
    assert all(lines[number + 1].startswith("    填写：在“") for number in gaps)


def hostile(tmp_path: Path, text: str) -> str:
    data = load_subject(Path(BREACHER)).model_dump(mode="json")
    for record in data["records"]:
        record |= {"title": text, "content": text, "number": "", "authority": text[:100]}
    data["name"] = text[:100]
    path = tmp_path / "hostile.json"
    path.write_text(json.dumps(data), "utf-8")
    return str(path)


@pytest.mark.parametrize("options", [(), ("--explain",)])
def test_a_text_of_a_stranger_is_printed_as_it_stands(options: tuple[str, ...], tmp_path: Path) -> None:
    text = "[red]甲[/red] :smile: \x1b[2J\x9b31m\u202e乙\r丙\n✓ 满足"
    output = run(hostile(tmp_path, text), "--project", SMALL, *options, width=300).output
    assert "[red]甲[/red] :smile: " in output
    assert r"\x1b[2J\x9b31m\u202e乙\r丙\n✓ 满足" in output
    assert all(line.isprintable() for line in output.split("\n"))


def test_a_patch_that_flips_the_conclusion_shows_before_and_after(tmp_path: Path) -> None:
    patch = tmp_path / "patch.yaml"
    patch.write_text("set: {subject.registration.standing: 吊销}\n", "utf-8")
    done = run(BUILDER, "--project", SMALL, "--what-if", str(patch))
    lines = done.output.splitlines()
    assert done.exit_code == 0
    assert lines[0] == "【假设推演，不得作为报告】"
    assert "  · 结论：具备信用能力 → 不具备信用能力" in lines
    assert any("未触及 → 触及" in line for line in lines)
    assert not any(line.startswith("  · 要求") for line in lines)


def test_what_changes_in_a_requirement_and_the_scores_is_told(tmp_path: Path) -> None:
    patch = tmp_path / "patch.yaml"
    patch.write_text("set: {subject.equipment.EQP-01.committed: 2}\n", "utf-8")
    output = run(BUILDER, "--project", SMALL, "--what-if", str(patch)).output
    assert re.search(r"要求 .*塔式起重机：满足，1 台（套），.* → 未证实，0 台（套），−1 台（套）", output)
    assert re.search(r"理由：.* → 缺 .*塔式起重机", output)
    assert re.search(r"综合得分：[\d.]+ → [\d.]+", output)


def test_what_if_as_json_holds_both_judgements(tmp_path: Path) -> None:
    patch = tmp_path / "patch.yaml"
    patch.write_text("open: [subject.records]\n", "utf-8")
    done = run(BUILDER, "--project", SMALL, "--what-if", str(patch), "--json")
    both = json.loads(done.output)
    assert done.exit_code == 4
    assert list(both) == ["before", "after"]
    assert (both["before"]["conclusion"], both["after"]["conclusion"]) == ("具备信用能力", None)
    assert both["before"]["snapshot_sha256"] != both["after"]["snapshot_sha256"]


def test_what_if_with_explain_explains_the_changed_judgement(tmp_path: Path) -> None:
    patch = tmp_path / "patch.yaml"
    patch.write_text("set: {subject.registration.standing: 注销}\n", "utf-8")
    output = run(BUILDER, "--project", SMALL, "--what-if", str(patch), "--explain").output
    assert output.index("假设推演") < output.index("结论：具备") < output.index("评价说明：不具备信用能力")


def test_a_faulty_patch_leaves_with_3(tmp_path: Path) -> None:
    patch = tmp_path / "patch.yaml"
    patch.write_text("set: {subject.peoples.x.grade: 一级}\n", "utf-8")
    assert refused(BUILDER, "--project", SMALL, "--what-if", str(patch)).code == "E0313"


def test_the_head_says_the_days_asked_for() -> None:
    words = ("--as-of", "2026-11-01", "--known-at", "2026-11-25")
    first = run(BUILDER, "--project", SMALL, *words).output.splitlines()[0]
    assert first == "按 2026-11-01 当日的情况（--as-of），按 2026-11-25 当日所知（--known-at）"
    assert json.loads(run(BUILDER, "--project", SMALL, *words, "--json").output)["as_of"] == "2026-11-01"


def test_an_earlier_day_is_judged_by_the_facts_of_that_day() -> None:
    # CON-11 was signed on 2026-05-18; its load is not there the day before.
    after, before = (
        json.loads(run(BUILDER, "--project", SMALL, "--as-of", day, "--json").output)
        for day in ("2026-11-20", "2026-05-17")
    )
    contracts = [{item["evidence"][19:] for item in found["similar"]["items"]} for found in (after, before)]
    assert "CON-11" in contracts[0] - contracts[1]
    stale = [item["verdict"] for item in before["requirements"]]
    assert Verdict.UNPROVEN in stale


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--as-of", "2026-11-21"), "E0317"),
        (("--as-of", "1999-01-01"), "E0315"),
        (("--known-at", "2026-01-01"), "E0315"),
    ],
)
def test_a_day_that_cannot_be_restored_is_an_error(words: tuple[str, ...], code: str) -> None:
    assert refused(BUILDER, "--project", SMALL, *words).code == code


@pytest.mark.parametrize("day", ["20261101", "2026-13-01", "昨天", "2026-W10-1"])
def test_a_day_that_is_none_is_wrong_use(day: str) -> None:
    done = run(BUILDER, "--project", SMALL, "--as-of", day)
    assert done.exit_code == 2
    assert "应如 2026-11-21" in done.output


def test_chinese_breaks_between_characters_and_keeps_marks_figures_and_words_whole() -> None:
    assert list(wrapped("甲乙丙丁，戊", 8)) == ["甲乙丙", "丁，戊"]
    assert list(wrapped("需要 1,000 万元（含）", 10)) == ["需要", "1,000 万元", "（含）"]
    assert list(wrapped("a" * 25, 10)) == ["a" * 10, "a" * 10, "a" * 5]
    assert list(wrapped("", 10)) == [""]
