"""`reportgen audit`: what is told of a sound register and of a broken one, and how it leaves."""

import json
import re
import shutil
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

from reportgen.registry.events import Tag, events_key, office_stream, record
from reportgen.settings import database_url, read_office
from reportgen.store.engine import Store, open_store
from tests.cli.desk import Left, program
from tests.registry.lives import NOW
from tests.registry.tampering import forced
from tests.test_docs import obey

EVENTS = 3
_UNSET = dict.fromkeys(("REPORTGEN_DATABASE_URL", "REPORTGEN_OFFICE", "REPORTGEN_SECRET_FILE"))


def run(*words: str | Path) -> Left:
    return program(*words, environment=_UNSET)


def audit(*words: str | Path) -> Left:
    return run("audit", *words)


def store_of(office: Path) -> Store:
    return open_store(database_url(read_office(office / "reportgen.toml")))


def note(session: Session, key: bytes, files: int) -> None:
    record(session, office_stream(session, "office"), Tag.OFFICE_BACKUP_MAKE, NOW, "office", key, files=files)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an office whose register has one chain of three events and a checkpoint."""
    office = tmp_path_factory.mktemp("audit") / "office"
    assert run("init", office).returncode == 0
    key = events_key(read_office(office / "reportgen.toml").secret())
    store = store_of(office)
    for number in range(EVENTS):
        store.write(partial(note, key=key, files=number))
    store.close()
    done = audit("checkpoint", "--office", office)
    assert done.returncode == 0, done.stderr
    return office


@pytest.fixture
def office(made: Path, tmp_path: Path) -> Path:
    """Return a copy of the office, which a test may spoil."""
    return Path(shutil.copytree(made, tmp_path / "office"))


def test_a_sound_register_is_told_in_a_line(made: Path) -> None:
    done = audit("verify", "--office", made)
    assert (done.returncode, done.stderr) == (0, "")
    assert "登记簿完好：1 条链，3 个事件，1 个检查点" in done.stdout
    said = json.loads(audit("verify", "--office", made, "--json").stdout)
    assert (said["sound"], said["streams"], said["events"], said["checkpoints"]) == (True, 1, 3, 1)
    assert said["digest"] in done.stdout.replace("\n", "")


def test_a_broken_register_is_told_place_by_place(office: Path) -> None:
    store = store_of(office)
    with forced(store) as force:
        force("UPDATE event SET actor = 'other' WHERE seq = 1")
        force.delete("office", EVENTS)
    store.close()
    done = audit("verify", "--office", office)
    assert done.returncode == 5
    assert "[E0501] 登记簿被改动" in done.stderr
    assert "· office 第 1 条：内容被改动，或系伪造" in done.stderr
    assert "· office 第 3 条：末尾的事件被删除" in done.stderr
    faults = json.loads(audit("verify", "--office", office, "--json").stderr)["faults"]
    assert [fault["path"] for fault in faults] == ["office 第 1 条", "office 第 3 条"]
    refused = audit("checkpoint", "--office", office)
    assert (refused.returncode, refused.stdout) == (5, "")


def test_a_digest_kept_elsewhere_is_asked_for(made: Path) -> None:
    kept = json.loads(audit("verify", "--office", made, "--json").stdout)["digest"]
    assert audit("verify", "--office", made, "--known", kept).returncode == 0
    done = audit("verify", "--office", made, "--known", "0" * 64)
    assert done.returncode == 5
    assert "没有摘要为" in done.stderr


def test_a_checkpoint_is_signed_once_a_day_where_asked(office: Path) -> None:
    assert json.loads(audit("checkpoint", "--daily", "--office", office, "--json").stdout) == {
        "signed": False
    }
    assert "今日已签署" in audit("checkpoint", "--daily", "--office", office).stdout
    said = json.loads(audit("checkpoint", "--office", office, "--json").stdout)
    assert (said["signed"], said["id"], said["events"]) == (True, 2, 3)
    told = audit("checkpoint", "--office", office).stdout
    assert re.search("检查点 3 已签署：1 条链，3 个事件\n摘要 [0-9a-f]{64}", told)


def test_an_outsider_audits_an_export_with_the_key_alone(made: Path, tmp_path: Path) -> None:
    out, key = tmp_path / "events.jsonl", tmp_path / "events.key"
    done = audit("export", "-o", out, "--with-key", key, "--office", made)
    assert done.returncode == 0, done.stderr
    assert "1 条链，3 个事件" in done.stdout
    assert key.stat().st_mode & 0o777 == 0o600
    assert "导出文件完好" in audit("verify", out, "--key", key).stdout
    assert audit("verify", out, "--office", made).returncode == 0
    out.write_bytes(out.read_bytes().replace(b'\\"files\\":1', b'\\"files\\":7'))
    told = audit("verify", out, "--key", key)
    assert told.returncode == 5
    assert "office 第 2 条：内容被改动" in told.stderr


def test_an_export_as_a_table(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "events.csv"
    done = audit("export", "-o", out, "--form", "csv", "--office", made, "--json")
    assert json.loads(done.stdout) == {"file": str(out), "streams": 1, "events": 3}
    assert len(out.read_text("utf-8-sig").splitlines()) == 1 + EVENTS


@pytest.mark.parametrize(("content", "code"), [(None, 3), (b"short", 9)])
def test_a_key_that_is_none_is_said_so(tmp_path: Path, content: bytes | None, code: int) -> None:
    key = tmp_path / "events.key"
    if content is not None:
        key.write_bytes(content)
    (tmp_path / "events.jsonl").touch()
    assert audit("verify", tmp_path / "events.jsonl", "--key", key).returncode == code


def test_without_an_office_there_is_nothing_to_audit(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").touch()
    for words in (("verify",), ("verify", tmp_path / "events.jsonl"), ("export", "-o", tmp_path / "out")):
        done = audit(*words, "--office", tmp_path)
        assert "[E0357]" in done.stderr


def test_every_command_of_its_document_runs(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(office)
    obey("docs/audit.md")
