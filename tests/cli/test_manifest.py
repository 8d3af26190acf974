"""`manifest export`: a folder for a sealed room, once the tender is open, and nothing before."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result

from reportgen.certify.manifest import read_manifest
from reportgen.certify.manifest_key import fingerprint, keys_of
from reportgen.cli import cli
from reportgen.errors import ReportgenError
from reportgen.settings import database_url, find_office
from reportgen.store.engine import open_store
from tests.factories import project_data, write_json
from tests.registry.lives import USE, issued

BEFORE, AFTER = "2026-12-10 09:59:59+08:00", "2026-12-10 10:00:00+08:00"


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["manifest", "export", "--project", USE.project, *map(str, words)])


def told(*words: object) -> Any:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.exception
    return json.loads(done.stdout)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return an office with one report for a project that closes at ten."""
    for name in ("REPORTGEN_DATABASE_URL", "REPORTGEN_SECRET_FILE", "REPORTGEN_LOGIN"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "office"
    monkeypatch.setenv("REPORTGEN_OFFICE", str(folder))
    monkeypatch.chdir(tmp_path)
    file = write_json(tmp_path / "project.json", project_data(id=USE.project))
    with time_machine.travel("2026-11-22 09:30:00+08:00"):
        for words in (("init", folder), ("project", "import", file)):
            assert CliRunner().invoke(cli, [str(word) for word in words]).exit_code == 0
    found = find_office(folder)
    assert found is not None
    store = open_store(database_url(found))
    store.write(issued)
    store.close()
    yield folder


def test_the_folder_holds_all_that_a_sealed_room_needs(office: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    with time_machine.travel(AFTER):
        said = told("-o", stick)
    assert sorted(path.name for path in stick.iterdir()) == sorted(
        (said["page"], said["manifest"], said["key"])
    )
    keys = keys_of(stick / said["key"])
    manifest = read_manifest((stick / said["manifest"]).read_bytes(), keys)
    assert (len(manifest.reports), said["reports"], manifest.sample) == (1, 1, True)
    assert f"{manifest.as_of}" == said["as_of"] == "2026-12-10 10:00:00"
    page = (stick / said["page"]).read_bytes()
    assert hashlib.sha256(page).hexdigest() == said["page_sha256"]
    assert [fingerprint(name) for name in keys] == [said["fingerprint"]]
    assert list((office / "keys").glob("*.key")) != []
    assert not list(stick.glob("*.key"))


def test_a_folder_is_named_by_the_moment_and_renewed_in_place(office: Path) -> None:
    with time_machine.travel(AFTER):
        first, second = run(), run()
    assert first.exit_code == second.exit_code == 0
    assert first.output == second.output
    assert "离线核验-20261210-1000" in first.output
    assert "1 份报告" in first.output


def test_nobody_writes_a_manifest_before_the_opening(office: Path, tmp_path: Path) -> None:
    with time_machine.travel(BEFORE):
        error = run("-o", tmp_path / "stick").exception
    assert isinstance(error, ReportgenError)
    assert (error.code, int(error.exit_code)) == ("E1106", 11)
    assert not (tmp_path / "stick").exists()
    assert not (office / "keys" / "manifest.key").exists()


def test_the_guide_says_what_runs(office: Path, tmp_path: Path) -> None:
    guide = Path(__file__).resolve().parents[2] / "docs" / "offline.md"
    lines = re.findall(r"```sh\n(.*?)\n```", guide.read_text("utf-8"), re.S)
    with time_machine.travel(AFTER):
        for line in lines:
            done = CliRunner().invoke(cli, line.split()[1:])
            assert done.exit_code == 0, done.exception
    names = [re.sub(r"-[0-9a-f]{16}", "-…", path.name) for path in (tmp_path / "stick").iterdir()]
    assert lines
    for name in names:
        assert f"| `{name}` |" in guide.read_text("utf-8")
