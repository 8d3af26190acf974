"""`reportgen grade`: who may grade, by which rules, and what a person reads."""

import json
import sys
from functools import partial
from pathlib import Path

import pytest

from reportgen.assess.grade import grading_policy
from reportgen.cli import grade as command
from reportgen.cli import main
from reportgen.settings import OFFICE_FILE, asset_dir
from tests.assess.local_pack import CITY, DISTRICT, packs
from tests.factories import Data, record_data, source_data, subject_data, write_yaml

OFFICE = (asset_dir("sample_subjects") / "office" / OFFICE_FILE).read_text("utf-8")
AGENCY = "91990102MA9C000128"
ON = ("--on", "2026-11-21")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> "Run":
    folder = tmp_path / "packs"
    folder.mkdir()
    packs(folder)
    monkeypatch.setattr(command, "grading_policy", partial(grading_policy, folder=folder))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REPORTGEN_OFFICE", raising=False)
    return Run(tmp_path, monkeypatch, capsys)


class Run:
    """Runs the command in a folder of its own on a subject written there."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder, self._patch, self._capsys = folder, monkeypatch, capsys

    def office(self, text: str) -> None:
        (self.folder / OFFICE_FILE).write_text(text, "utf-8")

    def __call__(self, *words: str, region: str = CITY, **changes: object) -> tuple[int, str, str]:
        sources = [source_data(complete_for=["records"])]
        path = write_yaml(self.folder / "subject.yaml", subject_data(**{"sources": sources, **changes}))
        self._patch.setattr(sys, "argv", ["reportgen", "grade", str(path), "--region", region, *words])
        with pytest.raises(SystemExit) as left:
            main()
        said = self._capsys.readouterr()
        assert isinstance(left.value.code, int)
        return left.value.code, said.out, said.err


def honoured() -> list[Data]:
    return [record_data(kind="纳税信用A级", title="纳税信用A级")]


def test_a_grade_is_printed_with_reasons_fields_validity_rules_and_filing(run: Run) -> None:
    code, out, err = run(*ON, records=honoured())
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[:2] == ["【样例】", "综合信用等级 A 级（有优良信誉信息记录，且无不良行为信息记录）"]
    for part in (
        "评定日 2026年11月21日",
        "  · 纳税信用A级",
        "基础信用度（基本信用素质）",
        "商务信用度（信用保障能力）",
        "社会信用度（信用行为记录）",
        "有效期 2026年11月21日至2027年11月21日（含首尾两日），状态 有效",
        "二（二）（有效性未核）",
        "规则包 样例市规则包",
        "（未核）",
        "等级评定备案 样例级备〔2026〕0001号",
        "可由多个部门重复使用",
    ):
        assert part in out


def test_json_says_the_same(run: Run) -> None:
    code, out, _ = run(*ON, "--years", "2", "--json", region=DISTRICT, records=honoured())
    found = json.loads(out)
    assert code == 0
    assert (found["grade"], found["sample"], found["term"]["until"]) == ("A", True, "2028-11-21")
    assert found["filing"]["filing_number"] == "样例级备〔2026〕0001号"
    assert found["sentence"].startswith("综合信用等级 A 级")


def test_a_disputed_ground_is_marked(run: Run) -> None:
    disputed = record_data(state="异议中", disputed_on="2026-11-01")
    _, out, _ = run(*ON, records=[disputed])
    assert "综合信用等级 C 级【异议中】" in out
    assert "【异议中】" in next(line for line in out.splitlines() if line.startswith("  · "))


def test_a_terminal_lists_ten_records_and_json_all(run: Run) -> None:
    many = [record_data(id=f"R{n}", number=f"罚{n:02}号") for n in range(11)]
    _, out, _ = run(*ON, records=many)
    assert out.count("号），一般") == 10
    assert "以上为 11 条中的 10 条" in out
    assert run(*ON, "--json", records=many)[1].count("号），一般") == 11


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_gaps_leave_with_4_and_say_what_to_supply(words: tuple[str, ...], run: Run) -> None:
    code, out, _ = run(*ON, *words, sources=[source_data()])
    assert code == 4
    assert "公共信用信息" in out
    assert "有效期 2026" not in out


def test_the_day_defaults_to_today(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import time_machine

    with time_machine.travel("2026-11-21T17:00:00Z", tick=False):
        _, out, _ = run()
    assert "评定日 2026年11月22日" in out


def test_without_the_filing_nobody_is_graded(run: Run) -> None:
    head, _, rest = OFFICE.partition("# 准许评定综合信用等级的备案")
    run.office(head + "[seal]" + rest.partition("[seal]")[2])
    code, out, err = run(*ON)
    assert (code, out) == (11, "")
    assert "[E1104]" in err
    assert "没有登记等级评定的备案" in err


@pytest.mark.parametrize(
    ("on", "code"),
    [("2026-12-01", 0), ("2026-12-15", 0), ("2026-11-30", 11), ("2026-12-16", 11)],
)
def test_out_of_the_dates_of_the_filing_nobody_is_graded(on: str, code: int, run: Run) -> None:
    head, mark, rest = OFFICE.partition("[agency.grading]")
    dates = rest.replace("2026-01-15", "2026-12-01", 1).replace("2027-12-31", "2026-12-15", 1)
    run.office(head + mark + dates)
    left, _, err = run("--on", on)
    assert left == code
    assert ("E1104" in err and "等级评定备案有效期" in err) == (code == 11)


def test_a_filing_that_ends_before_it_begins_is_a_fault_of_the_settings(run: Run) -> None:
    head, mark, rest = OFFICE.partition("[agency.grading]")
    run.office(head + mark + rest.replace("2027-12-31", "2025-12-31", 1))
    code, _, err = run(*ON)
    assert code == 3
    assert "E0311" in err
    assert "agency.grading" in err


def test_an_agency_whose_own_filing_is_over_grades_nobody(run: Run) -> None:
    run.office(OFFICE.replace("filing_until = 2027-12-31", "filing_until = 2026-11-20"))
    code, _, err = run(*ON)
    assert code == 11
    assert "E1101" in err


@pytest.mark.parametrize(
    "changes",
    [
        {"uscc": AGENCY},
        {
            "shareholders": [
                {"id": "G1", "source": "S1", "name": "某", "uscc": AGENCY, "kind": "法人", "share": "1"}
            ]
        },
    ],
)
def test_an_agency_grades_neither_itself_nor_what_it_owns(changes: Data, run: Run) -> None:
    code, _, err = run(*ON, **changes)
    assert code == 11
    assert "E1103" in err


@pytest.mark.parametrize(
    ("words", "region", "error", "code"),
    [
        (ON, "999900", "E0321", 3),
        ((*ON, "--years", "3"), CITY, "E0322", 3),
        ((*ON, "--years", "x"), CITY, "E0201", 2),
        (("--on", "2026-02-30"), CITY, "E0201", 2),
        (("--on", "2099-12-31"), CITY, "E0201", 2),
    ],
)
def test_what_the_rules_do_not_know_is_refused(
    words: tuple[str, ...], region: str, error: str, code: int, run: Run
) -> None:
    left, out, err = run(*words, region=region)
    assert (left, out) == (code, "")
    assert error in err


def test_a_faulty_subject_is_refused(run: Run) -> None:
    code, _, err = run(*ON, as_of="gestern")
    assert code == 3
    assert "E0301" in err


def test_a_subject_that_commands_a_terminal_is_printed_as_text(run: Run) -> None:
    _, out, _ = run(*ON, records=[record_data(title="\x1b[2J")])
    assert "\x1b" not in out
