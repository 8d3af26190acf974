"""`reportgen backtest` as a person meets it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.assess.backtest import Z_COLUMNS
from reportgen.assess.scorecard import RELEASED, load_card
from tests.cli.desk import Left, program

ROOT = Path(__file__).resolve().parents[2]
HEADER = ",".join(dict.fromkeys((*(curve.id for curve in load_card().ratios), *Z_COLUMNS, "bankrupt")))
SOUND = ",".join(["0.6"] * HEADER.count(","))
POOR = ",".join(["-0.4"] * HEADER.count(","))


def run(*words: str) -> Left:
    return program("backtest", *words)


@pytest.fixture
def companies(tmp_path: Path) -> Path:
    path = tmp_path / "companies.csv"
    rows = (
        [f"{SOUND},否"] * 12
        + [f"{POOR},是"] * 3
        + [f"{POOR},否", f"{SOUND},", ",".join([""] * HEADER.count(",")) + ",否"]
    )
    path.write_text("\ufeff" + "\n".join([HEADER, *rows]) + "\n", "utf-8")
    return path


def test_it_says_how_well_card_and_z_tell_the_failures(companies: Path) -> None:
    done = run(str(companies), "--label", "bankrupt")
    assert done.returncode == 0, done.stderr
    assert "企业 17 家，失败 3 家" in done.stdout
    assert "另有 1 行标签为空" in done.stdout
    assert done.stdout.count("AUC") == 2
    assert done.stdout.count("KS") == 2
    assert all(word in done.stdout for word in ("预测", "实际", "困境区", "本机构设定", "覆盖率"))


def test_as_json_it_says_the_same(companies: Path) -> None:
    found = json.loads(run(str(companies), "--label", "bankrupt", "--json").stdout)
    assert (found["companies"], found["failures"], found["unlabelled"]) == (17, 3, 1)
    assert found["points"]["auc"] > 0.9
    assert found["altman"]["interval"]["high"] <= 1
    assert [zone["name"] for zone in found["zones"]] == ["安全区", "灰色区", "困境区"]
    assert [band["name"] for band in found["bands"]] == ["低", "中", "高"]


def test_another_card_may_be_given(companies: Path, tmp_path: Path) -> None:
    card = tmp_path / "card.yaml"
    card.write_text(RELEASED.read_text("utf-8").replace("version: 1.0", "version: 9.9"), "utf-8")
    done = run(str(companies), "--label", "bankrupt", "--card", str(card))
    assert "9.9" in done.stdout


def test_columns_that_are_not_there_are_named(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("quick_ratio,failed\n0.1,1\n2,0\n", "utf-8")
    done = run(str(path), "--label", "failed")
    assert done.returncode == 0
    assert "按未知计：net_profit_to_sales" in done.stdout
    assert "不能计算" in done.stdout


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"quick_ratio,bankrupt\nabc,1\n1,0\n", "E0330", "第 2 行 quick_ratio 列"),
        (b"quick_ratio,bankrupt\n1,3\n1,0\n", "E0330", "第 2 行 bankrupt 列"),
        (b"quick_ratio,failed\n1,1\n1,0\n", "E0330", "没有 bankrupt 列"),
        (b'quick_ratio,bankrupt\n"1"2,1\n', "E0330", "CSV"),
        (b"quick_ratio,bankrupt\n1,1\n2,1\n", "E0331", "失败 2 家"),
        ("速动,bankrupt\n1,1\n2,0\n".encode("gbk"), "E0304", "GBK"),
        (b"", "E0330", "没有 bankrupt 列"),
    ],
)
def test_a_table_that_will_not_do_leaves_with_3(content: bytes, code: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "faulty.csv"
    path.write_bytes(content)
    done = run(str(path), "--label", "bankrupt")
    assert done.returncode == 3
    assert code in done.stderr
    assert said in done.stderr
    assert json.loads(run(str(path), "--label", "bankrupt", "--json").stderr)["code"] == code


def test_a_file_that_is_not_there_and_a_label_that_was_not_given(tmp_path: Path) -> None:
    assert "E0302" in run(str(tmp_path / "nowhere.csv"), "--label", "bankrupt").stderr
    assert run(str(tmp_path / "nowhere.csv")).returncode == 2


def test_help_imports_no_arrays() -> None:
    code = "import sys; sys.argv=['reportgen','--help']\nfrom reportgen.cli import main\ntry: main()\nexcept SystemExit: pass\n"
    code += "print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "backtest" in done.stdout
    assert done.stdout.splitlines()[-1] == "False"


def test_the_command_on_the_page_of_the_card_runs(companies: Path) -> None:
    page = (ROOT / "docs" / "finance.md").read_text("utf-8")
    (line,) = re.findall(r"```sh\nreportgen backtest (.*)\n```", page)
    words = [str(companies) if word.endswith(".csv") else word for word in line.split()]
    assert run(*words).returncode == 0
