"""`reportgen list …` and `reportgen screen …`: what the desk sees of lists and hits, and what it decides."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reportgen.settings import asset_dir
from tests.cli.desk import refused, run, said, told
from tests.factories import PARTNER_USCC, SUBJECT_USCC, fact_data, subject_data, write_yaml
from tests.listing import BLACK, row, write_list

SMALL = asset_dir("sample_subjects") / "projects" / "housing-small.yaml"
HOLDER = {"name": "样本控股有限公司", "uscc": PARTNER_USCC, "kind": "企业法人", "share": "0.6"}


@pytest.fixture(autouse=True)
def office(at_the_desk: None, office_with: Callable[..., Path]) -> Path:
    return office_with()


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Import a subject and a list on which it stands by name, and its shareholder by code."""
    data: Any = subject_data(shareholders=[fact_data("SH") | HOLDER])
    said("subject", "import", write_yaml(tmp_path / "subject.yaml", data))
    path = write_list(tmp_path / "list.csv", row(), row(uscc=PARTNER_USCC, name="样本控股"))
    assert "2 条，新列入 2 条，移出 0 条" in said("list", "import", path, "--source", "样本网站")
    return path


def test_a_list_is_shown_with_where_it_is_from(listed: Path) -> None:
    assert f"{BLACK}　严重失信主体名单　2 条".replace("　", "  ") in said("list", "show")
    (known,) = told("list", "show")
    assert (known["source"], known["entries"], known["editions"]) == ("样本网站", 2, 1)
    assert "与前一期相同" in said("list", "import", listed, "--source", "样本网站")


def test_hits_are_told_with_those_to_be_decided_first(listed: Path) -> None:
    shown = said("screen", SUBJECT_USCC)
    assert shown.index("【待人工确认】本主体") < shown.index("【证实（代码相同）】股东")
    assert "名单所列名称 样本控股" in shown and "共比对 1 个主体，命中 2 项，待人工确认 1 项" in shown
    (found,) = told("screen", SUBJECT_USCC)
    assert [hit["state"] for hit in found["hits"]] == ["OPEN", "PROVEN"]


def test_a_hit_is_decided_by_its_number(listed: Path) -> None:
    number = re.search(r"命中 (\d+)  【待人工确认】", said("screen", SUBJECT_USCC))
    assert number is not None
    assert "已排除" in said("screen", "reject", number[1], "--why", "同名的另一单位")
    assert told("screen", "confirm", number[1], "--how", "与公告核对")["state"] == "已确认"
    assert "clerk：与公告核对" in said("screen", SUBJECT_USCC)
    assert refused("screen", "confirm", number[1], "--how", "再核对") == ("E0384", 3)
    assert told("subject", "show", SUBJECT_USCC)["records"][0]["verification"]["by"] == "clerk"


def test_the_reviewer_hears_what_waits(listed: Path) -> None:
    asked = (SUBJECT_USCC, "--project", SMALL)
    waits, unentered = "有 1 项名单命中待人工确认", "有 1 项代码相同的命中尚未记入"
    shown = run("assess", *asked)
    assert waits in shown.stderr and unentered in shown.stderr
    assert [notice[:13] for notice in json.loads(run("assess", *asked, "--json").stdout)["notices"]] == [
        waits[:13],
        unentered[:13],
    ]
    said("screen", SUBJECT_USCC)
    shown = run("assess", *asked)
    assert waits in shown.stderr and unentered not in shown.stderr
    said(
        "screen", "reject", 1 if "待人工确认】本主体" in said("screen", SUBJECT_USCC) else 2, "--why", "同名"
    )
    assert "名单" not in run("assess", *asked).stderr


def test_a_judgement_of_another_day_hears_nothing_of_today(listed: Path) -> None:
    words = (SUBJECT_USCC, "--project", SMALL, "--as-of", "2026-11-20")
    assert "待人工确认" not in run("assess", *words).stderr


def test_an_office_without_lists_says_nothing_of_them(tmp_path: Path) -> None:
    subject = write_yaml(tmp_path / "subject.yaml", subject_data())
    assert run("assess", subject, "--project", SMALL).stderr == ""


def test_a_database_of_another_version_does_not_stop_what_needs_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = write_yaml(tmp_path / "subject.yaml", subject_data())
    monkeypatch.setenv("REPORTGEN_DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    shown = run("assess", subject, "--project", SMALL)
    assert shown.exit_code == run("assess", subject, "--project", SMALL).exit_code
    assert "没有与名单比对：[E09" in shown.stderr


def test_a_project_that_nobody_asked_for_has_nobody_to_compare(listed: Path) -> None:
    assert "共比对 0 个主体" in said("screen", "--project", "JZ-2026-001")


@pytest.mark.parametrize("words", [("run",), (SUBJECT_USCC, "--project", "P")])
def test_either_subjects_or_a_project_are_compared(words: tuple[str, ...]) -> None:
    assert run("screen", *words).exit_code == 2


def test_a_faulty_list_brings_nothing(tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.csv", row(), row(kind="黑名单"))
    assert refused("list", "import", path, "--source", "样本网站") == ("E0380", 3)
    assert "共 0 份名单" in said("list", "show")


def test_who_may_compare_may_not_decide(listed: Path) -> None:
    for words in (("user", "add", "clerk", "--name", "样例甲"), ("user", "grant", "clerk", "admin")):
        said(*words)
    said("user", "grant", "clerk", "clerk")
    said("screen", SUBJECT_USCC)
    assert refused("screen", "reject", 1, "--why", "同名")[0] == "E1107"
