"""The guide for agencies that move to PostgreSQL: its SQL is the program's own, and its commands run."""

import os
import re
import subprocess
import sys
from pathlib import Path

from reportgen.store.engine import _TIMEOUTS
from reportgen.store.grants import statements
from tests.postgres import APPLICATION, OWNER, Server

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "database.md").read_text("utf-8")


def blocks(language: str) -> list[list[str]]:
    found = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.S)
    return [block.strip().splitlines() for block in found]


def run(line: str, folder: Path, url: str) -> str:
    words = [sys.executable, "-m", *line.split()]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "REPORTGEN_DATABASE_URL": url}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{line}\n{done.stderr}"
    return done.stdout


def test_the_grants_of_the_guide_are_those_of_the_program() -> None:
    assert blocks("sql")[1] == [f"{statement};" for statement in statements(APPLICATION)]


def test_the_time_outs_of_the_guide_are_those_of_the_program() -> None:
    told = dict(re.findall(r"\| `(\w+)` \| (\d+) 秒", GUIDE))
    assert {name: f"{seconds}s" for name, seconds in told.items()} == _TIMEOUTS


def test_an_office_moves_to_postgresql_as_the_guide_says(postgres: Server, tmp_path: Path) -> None:
    upgrade, backup, restore = (line for block in blocks("sh") for line in block)
    *roles, create = blocks("sql")[0]
    assert roles == [f"CREATE ROLE {role} LOGIN;" for role in (OWNER, APPLICATION)]
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "reportgen.toml").write_text("")
    run(upgrade, old, "")
    run(backup, old, "")
    name = f"moved_{os.getpid()}"
    postgres.run(create.replace("reportgen OWNER", f"{name} OWNER"))
    try:
        run(restore, new, postgres.url(name, OWNER))
        assert "已是最新" in run(upgrade, new, postgres.url(name, OWNER))
        postgres.run(*(statement for statement in blocks("sql")[1]), database=name)
        run(backup.replace("office", "app"), new, postgres.url(name, APPLICATION))
    finally:
        postgres.run(f"DROP DATABASE {name} WITH (FORCE)")
