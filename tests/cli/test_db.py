"""`reportgen db …` as a person meets it, on SQLite in the office's folder and on PostgreSQL by its address."""

import json
from pathlib import Path

import pytest

from tests.cli.desk import Left, program
from tests.conftest import Database


def run(folder: Path, *words: str, url: str = "") -> Left:
    return program("db", *words, folder=folder, environment={"REPORTGEN_DATABASE_URL": url})


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """Return the folder of an office without a database."""
    folder = tmp_path / "office"
    folder.mkdir()
    (folder / "reportgen.toml").write_text("")
    return folder


def test_an_office_moves_from_sqlite_to_another_database(
    office: Path, blank: Database, tmp_path: Path
) -> None:
    first = run(office, "upgrade", "--json")
    assert json.loads(first.stdout)["before"] is None
    assert "已是最新版本" in run(office, "upgrade").stdout
    made = run(office, "backup", "../office.zip", "--json")
    assert json.loads(made.stdout)["files"] == 0
    new = tmp_path / "new"
    new.mkdir()
    (new / "reportgen.toml").write_text("")
    back = run(new, "restore", "../office.zip", url=blank.owner_url)
    assert "0 行，0 个文件" in back.stdout, back.stderr
    assert json.loads(made.stdout)["sha256"] in back.stdout
    assert "已是最新版本" in run(new, "upgrade", url=blank.owner_url).stdout


@pytest.mark.parametrize(
    ("words", "code", "leaves"),
    [(("backup", "office.zip"), "E0904", 9), (("restore", "none.zip"), "E0302", 3)],
)
def test_what_cannot_be_done_is_told_with_its_code(
    office: Path, words: tuple[str, str], code: str, leaves: int
) -> None:
    done = run(office, *words)
    assert code in done.stderr
    assert done.returncode == leaves
    assert not (office / "office.zip").exists()


@pytest.mark.parametrize("words", [("upgrade",), ("backup", "a.zip")])
def test_a_database_that_is_away_is_told_without_its_address(office: Path, words: tuple[str, ...]) -> None:
    done = run(office, *words, url="postgresql+psycopg://clerk:geheim@127.0.0.1:1/office")
    assert done.returncode == 9
    assert "E0904" in done.stderr
    assert not {word for word in ("geheim", "clerk", "127.0.0.1") if word in done.stderr + done.stdout}


def test_without_an_office_nothing_is_touched(tmp_path: Path) -> None:
    done = run(tmp_path, "upgrade")
    assert done.returncode == 3
    assert "E0357" in done.stderr
    assert not list(tmp_path.iterdir())
