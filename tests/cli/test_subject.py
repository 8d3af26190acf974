"""`reportgen subject …` in an office: imported, found, shown as it was known, compared."""

import json
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result

from reportgen.cli import cli
from reportgen.cli.common import subject_of
from reportgen.errors import ReportgenError
from reportgen.intake.files import load_subject
from reportgen.settings import asset_dir
from reportgen.subject.canonical import canonical, in_order
from tests.factories import (
    PARTNER_USCC,
    SUBJECT_USCC,
    made_up_uscc,
    record_data,
    source_data,
    statement_data,
    subject_data,
    write_yaml,
)

SAMPLES = asset_dir("sample_subjects")
BUILDER = SAMPLES / "subjects" / "02-small-housing-builder.yaml"
SMALL = SAMPLES / "projects" / "housing-small.yaml"
FIRST, SECOND = "2026-11-21 09:30:00+08:00", "2026-11-23 09:30:00+08:00"


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def refused(*words: object) -> ReportgenError:
    error = run(*words).exception
    assert isinstance(error, ReportgenError), error
    return error


def told(*words: object) -> Any:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.output or done.exception
    return json.loads(done.stdout)


def written(folder: Path, **changes: Any) -> Path:
    return write_yaml(folder.parent / "subject.yaml", subject_data(**changes))


def learn(moment: str, *files: Path) -> Any:
    with time_machine.travel(moment, tick=False):
        return told("subject", "import", *files)


def repaired() -> list[dict[str, Any]]:
    return [record_data(state="已修复", repaired_on="2026-11-20")]


def test_an_imported_subject_is_listed_and_shown_with_all_its_facts(office: Path) -> None:
    (item,) = learn(FIRST, BUILDER)
    assert (item["new"], item["counts"], item["changes"], item["marked"]) == (True, True, [], [])
    (found,) = told("subject", "list")
    assert (found["uscc"], found["versions"]) == (item["uscc"], 1)
    assert found["known_at"] == "2026-11-21 09:30:00"
    shown = told("subject", "show", item["uscc"])
    assert shown == in_order(load_subject(BUILDER)).model_dump(mode="json")


@pytest.mark.parametrize(("text", "count"), [("", 2), ("甲", 1), ("没有", 0)])
def test_the_list_holds_what_the_text_asks_for(office: Path, text: str, count: int) -> None:
    other = write_yaml(office.parent / "b.yaml", subject_data(uscc=PARTNER_USCC, name="样本乙建设有限公司"))
    learn(FIRST, written(office), other)
    assert len(told("subject", "list", text)) == count
    assert run("subject", "list", text).stdout.splitlines()[-1] == f"共 {count} 个"


def test_the_list_says_where_it_ends(office: Path) -> None:
    files = [
        write_yaml(office.parent / f"{n}.yaml", subject_data(uscc=made_up_uscc(n))) for n in range(100, 151)
    ]
    learn(FIRST, *files)
    lines = run("subject", "list").stdout.splitlines()
    assert len(lines) == 51
    assert lines[-1].startswith("只列出前 50 个")


def test_an_import_says_what_came_of_each_file(office: Path) -> None:
    def said(moment: str, **changes: Any) -> str:
        with time_machine.travel(moment, tick=False):
            return run("subject", "import", written(office, **changes)).stdout

    assert said(FIRST, records=[record_data()]).endswith("已存\n")
    assert said(FIRST, records=[record_data()]).endswith("与库内相同，没有另存\n")
    assert said(SECOND, records=[*repaired(), record_data(id="R2")]).endswith(
        "已存，与前一版相比新增 1 项、变更 1 项\n"
    )
    assert said(SECOND, as_of="2026-11-01").endswith("已存，但早于库内的 2026-11-20，评价仍用后者\n")


def test_one_faulty_file_and_nothing_is_imported(office: Path) -> None:
    faulty = write_yaml(office.parent / "faulty.yaml", subject_data(uscc="1"))
    assert refused("subject", "import", written(office), faulty).code == "E0301"
    with time_machine.travel(FIRST):
        late = write_yaml(office.parent / "late.yaml", subject_data(uscc=PARTNER_USCC, as_of="2026-12-01"))
        assert refused("subject", "import", written(office), late).code == "E0353"
    assert told("subject", "list") == []


def test_what_was_known_on_a_day_is_shown_as_it_was_known(office: Path) -> None:
    learn(FIRST, written(office, records=[record_data()]))
    learn(SECOND, written(office, as_of="2026-11-22", records=repaired()))
    states = {
        day: told("subject", "show", SUBJECT_USCC, "--known-at", day)["records"][0]["state"]
        for day in ("2026-11-21", "2026-11-22", "2026-11-23")
    }
    assert states == {"2026-11-21": "有效", "2026-11-22": "有效", "2026-11-23": "已修复"}
    assert refused("subject", "show", SUBJECT_USCC, "--known-at", "2026-11-20").code == "E0350"
    assert told("subject", "show", SUBJECT_USCC, "--as-of", "2026-05-31")["records"] == []


def test_a_subject_is_shown_from_a_file_too_without_any_office(tmp_path: Path) -> None:
    lines = run("subject", "show", BUILDER).stdout.splitlines()
    assert load_subject(BUILDER).uscc in lines[0]
    assert lines[-1].startswith("校验值 ")


def test_the_difference_of_a_file_and_what_the_office_knows(office: Path) -> None:
    learn(FIRST, written(office, records=[record_data()]))
    newer = written(office, name="样本新名有限公司", records=[*repaired(), record_data(id="R2")])
    lines = run("subject", "diff", SUBJECT_USCC, newer).stdout.splitlines()
    assert lines == [
        f"变更 subject.{SUBJECT_USCC}.name：样本甲建设有限公司 → 样本新名有限公司",
        "变更 records.R1：已修复（2026-11-20）",
        "变更 records.R1.repaired_on：（无） → 2026-11-20",
        "变更 records.R1.state：有效 → 已修复",
        "新增 records.R2",
    ]
    assert [change["sort"] for change in told("subject", "diff", newer, SUBJECT_USCC)] == [
        "变更",
        "变更",
        "删除",
    ]
    assert run("subject", "diff", newer, newer).stdout == "没有差异\n"


def delivered(folder: Path, **changes: Any) -> Path:
    """Write what one source says, and return the file."""
    by = {"id": "S2", "name": "样本市执法公示", "origin": "公共来源", "collected_on": "2026-11-22"}
    given = {"uscc": SUBJECT_USCC, "name": "样本甲建设有限公司", "source": by, **changes}
    return write_yaml(folder.parent / "delivery.yaml", given)


def test_a_delivery_changes_what_its_source_said_and_tells_the_conflict(office: Path) -> None:
    learn(FIRST, written(office, records=[record_data(number="1")]))
    given = delivered(
        office, records=[record_data(source="S2", number="1", amount="5"), record_data(id="R2", source="S2")]
    )
    (item,) = learn(SECOND, given)
    facts = [change["fact"] for change in item["changes"]]
    assert [*facts[:3], facts[4]] == [SUBJECT_USCC, "S2", "R1", "R1@S1"]
    assert facts[3].startswith("record-")
    assert item["conflicts"] == []
    later = delivered(office, records=[record_data(source="S2", number="1", severity="一般")])
    learn(
        SECOND, written(office, as_of="2026-11-22", records=[record_data(number="1", severity="严重")]), later
    )
    with time_machine.travel(SECOND, tick=False):
        lines = run("subject", "import", later).stdout.splitlines()
    assert lines[0].endswith("与库内相同，没有另存")
    assert "severity 采信 一般，另述 严重" in lines[1]
    assert "请向来源单位核实" in lines[1]


def test_what_other_sources_say_stands_through_a_workbook_and_the_clerk_is_told(office: Path) -> None:
    learn(FIRST, written(office, records=[record_data(number="1")]))
    learn(SECOND, delivered(office, records=[record_data(source="S2", number="1")]))
    known = told("subject", "show", SUBJECT_USCC)
    assert [claim["source"] for claim in known["claims"]["records"]] == ["S1"]
    book = office.parent / "out.xlsx"
    run("subject", "template", SUBJECT_USCC, "-o", book)
    with time_machine.travel(SECOND, tick=False):
        lines = run("subject", "import", book).stdout.splitlines()
    assert lines[0].endswith("与库内相同，没有另存")
    assert lines[1:] == ["  提示 claims：文件没有写明另述，前一版的 1 项另述保留"]
    assert told("subject", "show", SUBJECT_USCC) == known


def test_what_was_known_on_two_days_is_compared_in_words(office: Path) -> None:
    gone = record_data(id="R2", number="2")
    learn(FIRST, written(office, records=[record_data(), gone]))
    sources = [{"id": "S1", "name": "平台", "origin": "公共来源", "collected_on": "2026-11-22"}]
    learn(SECOND, written(office, as_of="2026-11-22", sources=sources, records=repaired()))
    lines = run("subject", "diff", SUBJECT_USCC, "--from", "2026-11-22").stdout.splitlines()
    assert "变更 records.R1：已修复（2026-11-20）" in lines
    assert "删除 records.R2：已撤回：平台 2026-11-22 采集时不再载明" in lines
    days = ("--from", "2026-11-21", "--to", "2026-11-22")
    assert run("subject", "diff", SUBJECT_USCC, *days).stdout == "没有差异\n"
    found = told("subject", "diff", SUBJECT_USCC, "--from", "2026-11-22", "--to", "2026-11-23")
    assert [change["words"] for change in found if change["collection"] == "records"] == [
        "已修复（2026-11-20）",
        "已撤回：平台 2026-11-22 采集时不再载明",
    ]


@pytest.mark.parametrize(
    "words",
    [
        (SUBJECT_USCC,),
        (SUBJECT_USCC, SUBJECT_USCC, "--from", "2026-11-21"),
        (SUBJECT_USCC, SUBJECT_USCC, "--to", "2026-11-21"),
        (SUBJECT_USCC, "--to", "2026-11-21"),
    ],
)
def test_two_versions_are_compared_no_more_and_no_less(words: tuple[str, ...]) -> None:
    done = run("subject", "diff", *words)
    assert done.exit_code == 2
    assert "给出两个主体" in done.output


def test_a_check_tells_what_to_look_at(tmp_path: Path) -> None:
    path = write_yaml(tmp_path / "a.yaml", subject_data(statements=[statement_data(equity="1")]))
    lines = run("subject", "check", path).stdout.splitlines()
    assert (
        lines[1]
        == "  提示 statements[0]：2025 年报表不平：资产 − 负债 − 所有者权益 = 29,999,999 元，请核对原件"
    )
    (found,) = told("subject", "check", path)
    assert [caution["path"] for caution in found["cautions"]] == ["statements[0]"]
    (summary,) = told("subject", "check", delivered(tmp_path, records=[record_data(source="S2")]))
    assert (summary["来源"], summary["事实"], summary["conflicts"]) == ("样本市执法公示", 1, [])


@pytest.mark.parametrize("words", [("list",), ("show", SUBJECT_USCC), ("import", BUILDER)])
def test_without_an_office_a_command_says_how_to_make_one(
    words: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTGEN_OFFICE", str(tmp_path))
    error = refused("subject", *words)
    assert error.code == "E0357"
    assert "reportgen init" in error.text()
    assert refused("subject", *words, "--office", tmp_path / "none").code == "E0357"


def test_a_word_that_is_neither_file_nor_code_is_a_file_not_found(office: Path) -> None:
    assert refused("subject", "show", "nowhere.yaml").code == "E0302"
    assert refused("subject", "show", SUBJECT_USCC[:-1]).code == "E0302"
    assert refused("subject", "show", SUBJECT_USCC).code == "E0350"


def test_the_same_facts_are_judged_alike_from_a_file_and_from_the_office(office: Path) -> None:
    (item,) = learn(FIRST, BUILDER)
    assert canonical(subject_of(item["uscc"])) == canonical(subject_of(str(BUILDER)))
    with time_machine.travel(FIRST):
        run("project", "import", SMALL)
    (project,) = [line for line in SMALL.read_text("utf-8").splitlines() if line.startswith("id:")]
    name = project.removeprefix("id:").strip()
    from_files = told("assess", BUILDER, "--project", SMALL)
    assert told("assess", item["uscc"], "--project", name) == from_files
    assert told("assess", item["uscc"], "--project", SMALL, "--known-at", "2026-11-22")["conclusion"]
    assert refused("assess", item["uscc"], "--project", name, "--known-at", "2026-11-20").code == "E0350"


def test_partners_come_from_the_office_or_from_files(office: Path) -> None:
    learn(FIRST, written(office))
    joint = refused("assess", BUILDER, "--project", SMALL, "--partner", f"{SUBJECT_USCC}:0.3")
    assert joint.code == "E0308"
    assert refused("assess", BUILDER, "--project", SMALL, "--partner", f"{PARTNER_USCC}:0.3").code == "E0350"


LACKING = SAMPLES / "subjects" / "10-evidence-lacking.yaml"


def test_a_check_says_how_much_of_each_section_is_there_and_what_to_ask_for() -> None:
    done = run("subject", "check", LACKING)
    assert done.exit_code == 0
    assert "数据齐全程度 22%" in done.stdout
    assert "9 资金实力及其运用 0%：财务报表 0/3 年" in done.stdout
    assert "由本机构查询" in done.stdout
    assert "补充材料清单" in done.stdout


def test_a_check_for_a_project_lists_the_gaps_in_the_order_they_matter() -> None:
    (found,) = told("subject", "check", LACKING, "--project", SMALL)
    gaps = found["quality"]["gaps"]
    assert gaps[0]["clause"] == "第二章 1.4.1（1）"
    assert [gap["matters"] for gap in gaps][-1] == "只影响报告列示的内容"
    assert any("安全生产许可证" in text for text in found["quality"]["letter"])
    done = run("subject", "check", LACKING, "--project", SMALL)
    assert "现有证据不能作出结论；缺件 30 项" in done.stdout


def test_a_check_takes_what_the_office_knows_beside_a_file(office: Path) -> None:
    learn(FIRST, LACKING)
    code = load_subject(LACKING).uscc
    known, file = told("subject", "check", code, LACKING, "--project", SMALL)
    assert (known["文件"], file["文件"]) == (code, LACKING.name)
    assert known["quality"] == file["quality"]


def test_a_check_of_a_code_nobody_knows_is_refused(office: Path) -> None:
    assert refused("subject", "check", PARTNER_USCC).code == "E0350"


def test_a_lot_without_a_project_is_misuse() -> None:
    assert run("subject", "check", LACKING, "--lot", "1").exit_code == 2


def test_a_check_of_facts_older_than_every_rule_pack_still_checks(tmp_path: Path) -> None:
    old = write_yaml(
        tmp_path / "old.yaml",
        subject_data(as_of="2001-06-01", sources=[source_data(collected_on="2001-06-01")]),
    )
    (found,) = told("subject", "check", old)
    assert found["quality"] is None
    assert "没有适用的规则包" in run("subject", "check", old).stdout


def test_the_delivery_of_one_source_is_checked_and_not_measured() -> None:
    delivery = SAMPLES.parent / "docs" / "examples" / "deliveries" / "credit-platform.yaml"
    (found,) = told("subject", "check", delivery)
    assert found["quality"] is None
