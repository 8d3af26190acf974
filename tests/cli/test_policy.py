"""`reportgen policy`: what a lawyer sees in a terminal, what a program reads, and how it leaves."""

import json
import os
import pty
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from rich.cells import cell_len

from reportgen.policy.loader import CITATIONS, PACKS, pack_paths
from tests.cli.desk import Left, exit_code, program, started
from tests.test_docs import obey

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def run(*words: str) -> Left:
    return program("policy", *words)


def seen(width: int, *words: str) -> str:
    """Return what a terminal of that width shows, without colours."""
    ours, theirs = pty.openpty()
    given = {"COLUMNS": str(width), "TERM": "xterm-256color"}
    with ThreadPoolExecutor(1) as reader:
        shown = reader.submit(_read, ours)
        screen = os.fdopen(theirs, "w", encoding="utf-8")
        with screen, started("policy", *words, environment=given), redirect_stdout(screen):
            exit_code()
    return _COLOUR.sub("", shown.result().decode()).replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    parts = []
    try:
        while part := os.read(terminal, 65536):
            parts.append(part)
    except OSError:
        # The end of a terminal is an error on Linux.
        os.close(terminal)
    return b"".join(parts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the national pack and the citations."""
    for name in ("national.yaml", CITATIONS):
        shutil.copy(PACKS / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(
    "words", [("list",), ("show", "benxi"), ("check",), ("diff", "national@2026-03-31", "benxi@2026-04-01")]
)
def test_a_terminal_shows_every_line_whole(width: int, words: tuple[str, ...]) -> None:
    lines = seen(width, *words).splitlines()
    assert len(lines) > 5
    assert max(map(cell_len, lines)) <= width
    assert not [line for line in lines if line.lstrip()[:1] in set("，。、；：）》”〕］】")]


def test_a_list_has_a_row_for_every_pack() -> None:
    rows = run("list").stdout.splitlines()
    assert rows[0].split() == ["名称", "地区", "标题", "基础", "事项", "发布日", "登记", "SHA-256"]
    listed = {row.split()[0]: row for row in rows[1 : len(pack_paths()) + 1]}
    assert set(listed) == {path.stem for path in pack_paths()}
    (national,) = (row for row in json.loads(run("list", "--json").stdout) if row["name"] == "national")
    assert national["sha256"][:12] in listed["national"]


def test_a_pack_is_shown_with_its_values_citations_and_self_check() -> None:
    text = run("show", "national").stdout
    for part in ("数值", "法定资质要求", "否决项", "报告印出的声明", "公平竞争自查", "引据"):
        assert re.search(rf"^{part}", text, re.M), part
    assert "公示期上限" in text
    assert "《信用修复管理办法》第二章（条号未核）［未核实］" in text
    assert "本机构设定（本机构信用能力评价办法）" in text
    assert "比照《招标投标领域公平竞争审查规则》第七条" in text
    assert "\x1b" not in text


def test_an_earlier_day_shows_what_was_in_force_then() -> None:
    old, new = (
        json.loads(run("show", "national", "--on", d, "--json").stdout) for d in ("2026-03-31", "2026-04-01")
    )
    said = [next(i["facts"] for i in page["items"] if i["id"] == "publicity_months") for page in (old, new)]
    assert [facts["一般"] for facts in said] == ["36 个月", "12 个月"]
    assert len(old["fairness"]) == len(new["fairness"])


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (("show", "nowhere"), "E0341", 3),
        (("show", "national", "--on", "2020-01-01"), "E0340", 3),
        (("show", "national", "--on", "2020-1-1"), "E0201", 2),
        (("diff", "national@gestern", "national"), "E0201", 2),
        (("diff", "national", "nowhere@2026-04-01"), "E0341", 3),
        (("check", "nowhere"), "E0302", 3),
        (("list", "--folder", "nowhere"), "E0302", 3),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_code(
    words: tuple[str, ...], code: str, exit_code: int
) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (exit_code, "")
    assert f"[{code}]" in done.stderr


def test_the_shipped_packs_pass_with_remarks_alone() -> None:
    done = run("check")
    assert done.returncode == 0, done.stderr
    assert "有误 0 处" in done.stdout
    assert "credit-repair-36-minor" in done.stdout
    assert json.loads(run("check", "--json").stdout)["faults"] == []


def test_faults_leave_with_3_and_the_rest_is_still_said(folder: Path) -> None:
    pack = (folder / "national.yaml").read_text("utf-8")
    (folder / "faulty.yaml").write_text(pack.replace("total: 75,", "total: 175,"), encoding="utf-8")
    done = run("check", str(folder))
    assert done.returncode == 3
    assert re.search(r"\[E0309\].*\n(.*\n)*  · faulty\.yaml:\d+：values\.conclusion", done.stderr)
    assert "全国基础规则包  national.yaml" in done.stdout


def test_a_failed_self_check_leaves_with_3(folder: Path) -> None:
    pack = (folder / "national.yaml").read_text("utf-8")
    changed = pack.replace("title: 法人已注销", "title: 外地企业")
    (folder / "national.yaml").write_text(changed, encoding="utf-8")
    done = run("check", str(folder))
    assert done.returncode == 3
    assert "[E0342]" in done.stderr
    assert "否决项 ended：“外地企业”" in done.stderr


def test_a_difference_is_told_with_both_citations() -> None:
    text = run("diff", "national@2026-03-31", "national@2026-04-01").stdout
    assert "一般：36 个月 → 12 个月" in text
    assert "起止：2023-05-01 至 2026-03-31 → 2026-04-01 起" in text
    changes = json.loads(run("diff", "national@2026-03-31", "national@2026-04-01", "--json").stdout)[
        "changes"
    ]
    assert f"共 {len(changes)} 处不同" in text


@pytest.mark.parametrize("words", [("national", "national"), ("national@2026-05-01", "national@2026-06-01")])
def test_equal_packs_say_so(words: tuple[str, str]) -> None:
    assert run("diff", *words).stdout.splitlines()[1] == "内容相同"


def test_equal_on_the_day_is_not_equal_altogether(folder: Path) -> None:
    pack = (folder / "national.yaml").read_text("utf-8")
    (folder / "national.yaml").write_text(
        pack.replace("until: 2026-03-31", "until: 2026-03-30", 1), encoding="utf-8"
    )
    done = run("diff", "national", str(folder / "national.yaml"), "--on", "2026-11-01")
    assert "SHA-256 不同" in done.stdout.splitlines()[1]


def test_a_day_written_behind_a_pack_goes_before_the_common_day() -> None:
    sides = json.loads(run("diff", "national@2026-03-31", "benxi", "--on", "2026-06-01", "--json").stdout)
    assert (sides["before"]["on"], sides["after"]["on"]) == ("2026-03-31", "2026-06-01")


def test_every_command_of_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(PACKS, tmp_path / "packs")
    monkeypatch.chdir(tmp_path)
    obey("docs/policy.md")
