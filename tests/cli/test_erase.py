"""`reportgen erase` and the day's checkpoint as a person meets them, in an office of its own."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from reportgen import pipeline
from reportgen.document.typeset import Typeset
from reportgen.intake.files import load_subject
from reportgen.settings import database_url, find_office
from reportgen.store.engine import open_store
from tests.cli.desk import MOMENT, refused, said, told
from tests.cli.test_register import BUILDER, SMALL, USE, WORDS
from tests.factories import record_data, write_json
from tests.registry.tampering import forced

BAD = "REC-BAD"


@pytest.fixture(autouse=True)
def _at_the_desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("REPORTGEN_DATABASE_URL", "REPORTGEN_SECRET_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REPORTGEN_LOGIN", "clerk")
    monkeypatch.setattr(
        pipeline, "typeset", lambda judged, identity: Typeset(f"%PDF {identity.number}".encode(), 1)
    )
    monkeypatch.setattr(pipeline, "certified", lambda done, *_: pipeline.Finished(done))
    with time_machine.travel(MOMENT, tick=True):
        yield


@pytest.fixture
def office(office_with: Callable[..., Path], tmp_path: Path) -> Path:
    """Return an office that knows a subject with a bad record, and a project."""
    folder = office_with(("project", "import", SMALL))
    known(tmp_path)
    return folder


@pytest.fixture
def number(office: Path) -> str:
    """Return the number of a report that shows the bad record."""
    return str(told("issue", *WORDS)["number"])


def known(folder: Path, **changes: Any) -> None:
    """Import the subject with its bad record as changed."""
    facts = load_subject(BUILDER).model_dump(mode="json")
    bad = record_data(id=BAD, source=facts["sources"][0]["id"], severity="一般", title="机密决定", **changes)
    said(
        "subject", "import", write_json(folder / "facts.json", facts | {"records": [*facts["records"], bad]})
    )


def repaired(folder: Path) -> None:
    known(folder, state="已修复", repaired_on="2026-11-21")


def file_of(office: Path, number: str) -> Path:
    return office / "files" / str(told("report", "show", number)["file"])


def test_what_was_repaired_goes_with_the_report_that_shows_it(
    office: Path, number: str, tmp_path: Path
) -> None:
    file, digest = file_of(office, number), told("report", "show", number)["sha256"]
    name = file.relative_to(office / "files").as_posix()
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(file.read_bytes())
    assert "没有应当删除的" in said("erase")
    repaired(tmp_path)
    text = said("erase", "--dry-run")
    assert "将删除  报告 1 份" in text
    assert number in text
    assert file.exists()
    done = told("erase")
    assert (done["records"], done["reports"], done["files"]) == (1, [number], [name])
    assert not file.exists()
    assert told("erase")["reports"] == []
    shown = told("report", "show", number)
    assert (shown["file"], shown["sha256"], shown["summary"]["state"]) == ("", digest, "有效")
    assert "已依规删除，只留校验值" in said("report", "show", number)
    assert told("consume", copy, *USE)["outcome"] == "USED"
    assert "登记簿完好" in said("audit", "verify")


def test_a_report_that_was_erased_is_not_issued_again_but_superseded(
    office: Path, number: str, tmp_path: Path
) -> None:
    repaired(tmp_path)
    said("erase")
    assert refused("issue", *WORDS) == ("E0605", 6)
    assert told("supersede", number, *WORDS)["number"] != number


def test_years_are_those_of_the_office(office: Path, number: str) -> None:
    settings = office / "reportgen.toml"
    settings.write_text(settings.read_text("utf-8").replace("keep_years = 10", "keep_years = 1"), "utf-8")
    with time_machine.travel("2027-11-22 09:30:00+08:00", tick=True):
        assert told("erase")["reports"] == []
    with time_machine.travel("2027-11-23 09:30:00+08:00", tick=True):
        done = told("erase")
        assert (done["before"], done["reports"]) == ("2026-11-23", [number])
        assert "登记簿完好" in said("audit", "verify")


def test_a_file_that_the_register_does_not_know_is_told(office: Path, number: str) -> None:
    (office / "files" / "stranger.pdf").write_bytes(b"%PDF")
    text = said("erase")
    assert "登记簿没有的文件 1 个，没有删除" in text
    assert "stranger.pdf" in text


@pytest.mark.parametrize("first", ["sweep", "erase"])
def test_the_first_of_the_day_signs_a_checkpoint(office: Path, number: str, first: str) -> None:
    text = said(first)
    assert "检查点 1 已签署：" in text
    assert "摘要" in text
    for words in (("sweep",), ("erase",), ("audit", "checkpoint", "--daily")):
        assert "已签署：" not in said(*words)
    assert "1 个检查点" in said("audit", "verify")
    with time_machine.travel("2026-11-23 00:00:00+08:00", tick=True):
        assert told("sweep")["checkpoint"]["id"] == 2
        assert told("sweep")["checkpoint"] is None


def test_a_register_that_was_tampered_with_is_neither_erased_nor_signed(
    office: Path, number: str, tmp_path: Path
) -> None:
    repaired(tmp_path)
    found = find_office(office)
    assert found is not None
    store = open_store(database_url(found))
    with forced(store) as force:
        force("UPDATE event SET actor = 'other' WHERE seq = 1")
    store.close()
    assert refused("erase") == ("E0501", 5)
    assert refused("sweep") == ("E0501", 5)
    assert file_of(office, number).exists()


def test_backup_and_restore_are_told_on_the_office_s_chain(
    office: Path, number: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = told("db", "backup", tmp_path / "office.zip")
    assert (made["recorded"], made["files"]) == (True, 1)
    new = tmp_path / "new"
    new.mkdir()
    for name in ("reportgen.toml", "office.secret"):
        (new / name).write_bytes((office / name).read_bytes())
    monkeypatch.setenv("REPORTGEN_OFFICE", str(new))
    assert told("db", "restore", tmp_path / "office.zip") == made
    assert file_of(new, number).exists()
    assert "登记簿完好" in said("audit", "verify")
    said("audit", "export", "-o", tmp_path / "events.jsonl")
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text("utf-8").splitlines()[:-1]]
    (told_,) = (event for event in events if event["tag"] == "office:backup:restore")
    assert json.loads(told_["data"]) == {name: made[name] for name in ("sha256", "rows", "files")}
    assert told_["actor"] == "clerk"


@pytest.mark.parametrize("secret", [None, b"another secret of the tests, 32 bytes!"])
def test_without_its_secret_a_register_comes_back_and_says_so(
    office: Path, number: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: bytes | None
) -> None:
    said("db", "backup", tmp_path / "office.zip")
    new = tmp_path / "new"
    new.mkdir()
    (new / "reportgen.toml").write_bytes((office / "reportgen.toml").read_bytes())
    if secret:
        (new / "office.secret").write_bytes(secret)
    assert told("db", "restore", tmp_path / "office.zip", "--office", new)["recorded"] is False
    assert told("db", "backup", tmp_path / "again.zip", "--office", new)["recorded"] is False
    assert (new / "office.secret").exists() is (secret is not None)
    (new / "office.secret").write_bytes((office / "office.secret").read_bytes())
    assert "登记簿完好" in said("audit", "verify", "--office", new)
    assert told("db", "backup", tmp_path / "told.zip", "--office", new)["recorded"] is True
