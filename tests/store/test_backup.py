"""A backup holds one moment of the office, whole, and comes back into either kind of database."""

import hashlib
import json
import random
import stat
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlmodel import Session, col, select

from reportgen.errors import ReportgenError
from reportgen.registry.tables import EventRow, ReportRow, RequestRow
from reportgen.store import backup as backups
from reportgen.store.backup import backup, restore
from reportgen.store.engine import Store, open_store
from reportgen.store.files import Folder
from reportgen.store.migrate import current, downgrade, pending, upgrade
from tests.conftest import KINDS, Database
from tests.postgres import Server
from tests.store.filled import Rows, contents, fill

NOON = datetime(2026, 11, 21, 12, 0, 0, 120000)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Return the folder of the stored files."""
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


@pytest.fixture(params=KINDS)
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Return an empty database of either kind."""
    if request.param == "sqlite":
        opened = open_store(f"sqlite:///{tmp_path}/elsewhere.db")
        yield opened
        opened.close()
        return
    server: Server = request.getfixturevalue("postgres")
    with server.database(f"elsewhere_{random.getrandbits(64)}", migrated=False) as name:
        opened = open_store(server.url(name, "reportgen_owner"))
        yield opened
        opened.close()


def rows_of(store: Store) -> Rows:
    with store.engine.connect() as connection:
        return contents(connection)


def issue(store: Store, files: Path, number: int) -> None:
    """Enter a report the way the office does: its file first, then the row that says ISSUED."""
    content = f"%PDF {number}\n".encode() * 2000
    name = f"2026/{number}.pdf"
    (files / name).parent.mkdir(exist_ok=True)
    (files / name).write_bytes(content)

    def enter(session: Session) -> None:
        use: dict[str, Any] = {"project": "P", "recipient": "R", "purpose": str(number)}
        people: dict[str, Any] = {"recipient_name": "", "authorisation": "", "payer": "", "requested_by": ""}
        request = RequestRow(key=str(number), applicant="A", role="", requested_at=NOON, **use, **people)
        session.add(request)
        session.flush()
        assert request.id is not None
        report = ReportRow(
            request_id=request.id,
            applicant="A",
            matter="",
            closes_at=NOON,
            drafted_at=NOON,
            state="ISSUED",
            number=str(number),
            register_number=str(number),
            issued_at=NOON,
            sha256=hashlib.sha256(content).hexdigest(),
            file=name,
            **use,
        )
        session.add(report)
        session.add(
            EventRow(stream=f"report:{number}", seq=1, tag="t", at=NOON, data="{}", previous="", hash="h")
        )

    store.write(enter)


def filled(owner: Store, files: Path) -> None:
    (files / "1.pdf").write_bytes(b"%PDF")
    stored = {"sha256": hashlib.sha256(b"%PDF").hexdigest()}
    with owner.engine.begin() as connection:
        fill(connection)
        connection.execute(text("UPDATE report SET file = NULL"))
        connection.execute(text("UPDATE notice SET file = NULL"))
        connection.execute(text("UPDATE report SET file = '1.pdf', sha256 = :sha256 WHERE id = 1"), stored)


def test_what_was_backed_up_comes_back_into_either_kind(
    store: Store, owner: Store, elsewhere: Store, files: Path, tmp_path: Path
) -> None:
    filled(owner, files)
    made = backup(store, Folder(files), tmp_path / "office.zip")
    back = restore(tmp_path / "office.zip", elsewhere, Folder(tmp_path / "new" / "files"))
    assert back == made
    assert rows_of(elsewhere) == rows_of(store)
    assert made.rows == sum(len(rows) for rows in rows_of(store).values())
    assert made.files == 1
    assert tree(tmp_path / "new" / "files") == tree(files)
    assert pending(elsewhere) == ()


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_new_rows_go_on_behind_the_restored_ones(
    store: Store, elsewhere: Store, files: Path, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        issue(store, files, number)
    backup(store, Folder(files), tmp_path / "office.zip")
    restore(tmp_path / "office.zip", elsewhere, Folder(tmp_path / "new"))
    issue(elsewhere, tmp_path / "new", 4)
    ids = elsewhere.read(lambda session: session.exec(select(ReportRow.id).order_by(col(ReportRow.id))).all())
    assert ids == [1, 2, 3, 4]


def test_what_came_back_is_guarded_like_the_original(
    store: Store, elsewhere: Store, files: Path, tmp_path: Path
) -> None:
    issue(store, files, 1)
    backup(store, Folder(files), tmp_path / "office.zip")
    restore(tmp_path / "office.zip", elsewhere, Folder(tmp_path / "new"))
    with pytest.raises(Exception, match="append-only"), elsewhere.engine.begin() as connection:
        connection.execute(text("DELETE FROM event"))


def test_where_a_file_is_erased_meanwhile_another_moment_is_backed_up(
    store: Store, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        issue(store, files, number)
    pack = backups._pack_file

    def erase_first(writer: Any, folder: Folder, name: str, sha256: str) -> None:
        if (files / "2026" / "2.pdf").exists():
            store.write(lambda s: s.execute(text("UPDATE report SET file = NULL WHERE file = '2026/2.pdf'")))
            (files / "2026" / "2.pdf").unlink()
        pack(writer, folder, name, sha256)

    monkeypatch.setattr(backups, "_pack_file", erase_first)
    assert backup(store, Folder(files), tmp_path / "office.zip").files == 1
    names = zipfile.ZipFile(tmp_path / "office.zip").namelist()
    assert [name for name in names if name.startswith("files/")] == ["files/2026/1.pdf"]
    assert not list(tmp_path.glob(".reportgen-*"))


def test_a_file_that_nobody_entered_stays_out(store: Store, files: Path, tmp_path: Path) -> None:
    issue(store, files, 1)
    (files / "2026" / "later.pdf").write_bytes(b"later")
    backup(store, Folder(files), tmp_path / "office.zip")
    names = zipfile.ZipFile(tmp_path / "office.zip").namelist()
    assert [name for name in names if name.startswith("files/")] == ["files/2026/1.pdf"]


@pytest.mark.parametrize("state", ["RENDERING", "VOID"])
def test_a_file_that_has_no_name_yet_is_not_missed(
    store: Store, files: Path, tmp_path: Path, state: str
) -> None:
    issue(store, files, 1)
    (files / "2026" / "1.pdf").unlink()
    with store.engine.begin() as connection:
        connection.execute(text(f"UPDATE report SET state = '{state}'"))
    assert backup(store, Folder(files), tmp_path / "office.zip").files == 0


@pytest.mark.parametrize("harm", ["lost", "altered", "outside"])
def test_a_register_whose_file_is_lost_or_altered_is_not_backed_up_in_silence(
    store: Store, files: Path, tmp_path: Path, harm: str
) -> None:
    issue(store, files, 1)
    if harm == "lost":
        (files / "2026" / "1.pdf").unlink()
    elif harm == "altered":
        (files / "2026" / "1.pdf").write_bytes(b"%PDF other")
    else:
        with store.engine.begin() as connection:
            connection.execute(text("UPDATE report SET file = '../office.secret'"))
    with pytest.raises(ReportgenError) as caught:
        backup(store, Folder(files), tmp_path / "office.zip")
    assert caught.value.code == "E0909"
    assert not list(tmp_path.glob("*.zip")) + list(tmp_path.glob(".reportgen-*"))


def test_a_backup_is_private_and_replaces_nothing(store: Store, files: Path, tmp_path: Path) -> None:
    backup(store, Folder(files), tmp_path / "office.zip")
    assert stat.S_IMODE((tmp_path / "office.zip").stat().st_mode) == 0o600
    for target in ("office.zip", "files"):
        with pytest.raises(ReportgenError) as caught:
            backup(store, Folder(files), tmp_path / target)
        assert caught.value.code == "E0907"


def test_an_empty_database_has_nothing_to_back_up(blank: Database, files: Path, tmp_path: Path) -> None:
    store = open_store(blank.owner_url)
    with pytest.raises(ReportgenError) as caught:
        backup(store, Folder(files), tmp_path / "office.zip")
    assert caught.value.code == "E0904"
    store.close()


def test_the_manifest_has_the_hash_of_every_part_and_the_revision(
    store: Store, files: Path, tmp_path: Path
) -> None:
    issue(store, files, 1)
    backup(store, Folder(files), tmp_path / "office.zip")
    with zipfile.ZipFile(tmp_path / "office.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        parts = {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}
    assert manifest["revision"] == current(store)
    assert manifest["parts"] == {n: [len(c), hashlib.sha256(c).hexdigest()] for n, c in parts.items()}


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_no_byte_of_a_backup_can_change_unnoticed(store: Store, files: Path, tmp_path: Path) -> None:
    """Some bytes of a ZIP mean nothing; whatever changes the content is noticed, and nothing is written."""
    issue(store, files, 1)
    whole = tmp_path / "office.zip"
    backup(store, Folder(files), whole)
    content, chosen = whole.read_bytes(), random.Random(7)
    original = parts_of(whole)
    for _ in range(40):
        damaged = bytearray(content)
        damaged[chosen.randrange(len(content))] ^= 1 << chosen.randrange(8)
        noticed(tmp_path, bytes(damaged), original)
    for size in (0, 10, len(content) // 2, len(content) - 1):
        noticed(tmp_path, content[:size], None)


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def noticed(folder: Path, content: bytes, original: dict[str, bytes] | None) -> None:
    path, target = folder / "damaged.zip", open_store(f"sqlite:///{folder}/target.db")
    path.write_bytes(content)
    try:
        restore(path, target, Folder(folder / "target"))
    except ReportgenError as error:
        assert error.code == "E0908"
        assert not (folder / "target").exists()
        assert not inspect(target.engine).get_table_names()
    else:
        assert original is not None
        assert parts_of(path) == original
        (folder / "target" / "2026" / "1.pdf").unlink()
        (folder / "target" / "2026").rmdir()
        (folder / "target").rmdir()
    target.close()
    for name in folder.glob("target.db*"):
        name.unlink()


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    parts = parts_of(path)
    change(parts)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts.pop("manifest.json"),
        lambda parts: parts.pop("tables/event"),
        lambda parts: parts.update({"files/more.pdf": b""}),
        lambda parts: parts.update({"manifest.json": b"{}"}),
        lambda parts: parts.update({"tables/event": b""}),
        lambda parts: parts.update(
            {"manifest.json": parts["manifest.json"].replace(b'"format": 1', b'"format": 2')}
        ),
    ],
    ids=["no-manifest", "no-table", "a-file-more", "empty-manifest", "other-rows", "other-format"],
)
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_backup_that_does_not_hold_what_it_says_is_refused(
    store: Store, files: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    issue(store, files, 1)
    backup(store, Folder(files), tmp_path / "office.zip")
    rewritten(tmp_path / "office.zip", change)
    noticed(tmp_path, (tmp_path / "office.zip").read_bytes(), None)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_backup_never_writes_outside_its_folder(store: Store, files: Path, tmp_path: Path) -> None:
    backup(store, Folder(files), tmp_path / "office.zip")

    def escape(parts: dict[str, bytes]) -> None:
        manifest = json.loads(parts["manifest.json"])
        manifest["parts"]["files/../../evil"] = [1, hashlib.sha256(b"x").hexdigest()]
        parts.update({"files/../../evil": b"x", "manifest.json": json.dumps(manifest).encode()})

    rewritten(tmp_path / "office.zip", escape)
    noticed(tmp_path, (tmp_path / "office.zip").read_bytes(), None)


def test_restoring_refuses_a_database_or_a_folder_with_content(
    store: Store, owner: Store, elsewhere: Store, files: Path, tmp_path: Path
) -> None:
    issue(store, files, 1)
    backup(store, Folder(files), tmp_path / "office.zip")
    for target, folder in ((owner, tmp_path / "new"), (elsewhere, files)):
        before = tree(files)
        with pytest.raises(ReportgenError) as caught:
            restore(tmp_path / "office.zip", target, Folder(folder))
        assert caught.value.code == "E0907"
        assert tree(files) == before
    assert not (tmp_path / "new").exists()
    assert inspect(elsewhere.engine).get_table_names() == []


def test_a_backup_that_is_not_there_is_told(elsewhere: Store, tmp_path: Path) -> None:
    with pytest.raises(ReportgenError) as caught:
        restore(tmp_path / "none.zip", elsewhere, Folder(tmp_path / "new"))
    assert caught.value.code == "E0302"


def test_a_backup_of_an_older_version_comes_back_up_to_date(
    owner: Store, elsewhere: Store, files: Path, tmp_path: Path
) -> None:
    downgrade(owner, "0001")
    issue(owner, files, 1)
    made = backup(owner, Folder(files), tmp_path / "office.zip")
    assert made.revision == "0001"
    restore(tmp_path / "office.zip", elsewhere, Folder(tmp_path / "new"))
    assert pending(elsewhere) == ()
    upgrade(owner)
    assert rows_of(elsewhere) == rows_of(owner)


def test_a_restore_that_fails_leaves_both_empty(
    store: Store, elsewhere: Store, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(store, files, 1)
    backup(store, Folder(files), tmp_path / "office.zip")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ReportgenError) as caught:
        restore(tmp_path / "office.zip", elsewhere, Folder(tmp_path / "new"))
    assert caught.value.code == "E0901"
    assert inspect(elsewhere.engine).get_table_names() == []
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(".reportgen-*"))
