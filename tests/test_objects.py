"""An office whose files lie in a store: issued, copied, corrected, backed up, erased as in a folder."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from reportgen import pipeline
from reportgen.certify.facts import Trust
from reportgen.certify.longterm import Refreshed
from reportgen.cli.demo import sample_office
from reportgen.document.typeset import Typeset
from reportgen.errors import ReportgenError
from reportgen.pipeline import Judged
from reportgen.press import Press
from reportgen.registry import longterm
from reportgen.registry.longterm import Archive, originals
from reportgen.registry.retention import Keeper, kept_since
from reportgen.registry.tables import ReportRow
from reportgen.store.backup import backup, restore
from reportgen.store.engine import open_store
from reportgen.store.files import Files, Folder
from reportgen.store.objects import Objects
from tests.conftest import Database
from tests.registry.lives import SECRET
from tests.test_press import NOW, asked


@pytest.fixture
def press(database: Database, s3: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return an office at work whose files lie in a store, and which sets a report in no time."""

    def set_quickly(judged: Judged, identity: Any) -> Typeset:
        return Typeset(f"%PDF {identity.number}".encode(), 1)

    monkeypatch.setattr(pipeline, "typeset", set_quickly)
    store = open_store(database.url)
    yield Press(store, Objects(f"{s3}/files"), SECRET)
    store.close()


def issue(press: Press, target: Path | None = None) -> pipeline.Issued:
    return pipeline.issue(asked(), sample_office(), NOW, target, press)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_report_stands_under_its_url_and_its_copy_in_a_file(press: Press, tmp_path: Path) -> None:
    done = issue(press)
    assert done.path == f"{press.files.where()}/{done.file}"
    assert press.files.names() == [done.file]
    copy = issue(press, tmp_path)
    assert copy.path == str(tmp_path / f"{done.number}.pdf")
    assert Path(copy.path).read_bytes() == done.pdf == press.files.read(done.file)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_report_whose_object_is_lost_is_told(press: Press) -> None:
    press.files.remove(issue(press).file)
    with pytest.raises(ReportgenError, match="E0909"):
        issue(press)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_backup_goes_from_a_store_to_a_folder_and_back(press: Press, s3: str, tmp_path: Path) -> None:
    done = issue(press)
    made = backup(press.store, press.files, tmp_path / "office.zip")
    again = Objects(f"{s3}-again/files")
    places: tuple[Files, ...] = (Folder(tmp_path / "files"), again)
    for number, files in enumerate(places):
        store = open_store(f"sqlite:///{tmp_path}/{number}.db")
        assert restore(tmp_path / "office.zip", store, files) == made
        assert files.read(done.file) == done.pdf
        store.close()
    with pytest.raises(ReportgenError, match="E0907"):
        restore(tmp_path / "office.zip", press.store, again)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_what_is_kept_long_enough_goes_with_its_copy(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    done = issue(press)
    copy = Refreshed(done.pdf + b"stamped", NOW, 0, (), True)
    monkeypatch.setattr(longterm, "refresh", lambda *_: copy)
    (original,) = press.store.read(lambda session: originals(session, [done.number]))
    archive = Archive(press.files, Trust(), stamper=None)  # type: ignore[arg-type]
    archive.refresh(original, NOW)
    copies = press.files.beside("archive")
    assert copies.read(done.file) == copy.pdf
    copies.write("2026/11/stranger.pdf", b"%PDF")
    late = press.desk(NOW + timedelta(days=4000))
    keeper = Keeper(press.store, press.files, kept_since(late.at.date(), 10), late)
    gone = keeper.erase()
    assert (gone.files, gone.unknown) == (
        (done.file, f"archive/{done.file}"),
        ("archive/2026/11/stranger.pdf",),
    )
    assert (press.files.names(), copies.names()) == ([], ["2026/11/stranger.pdf"])
    row = press.store.read(lambda session: session.exec(select(ReportRow)).one())
    assert (row.file, row.number) == (None, done.number)
