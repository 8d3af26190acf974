"""An office's files behave alike in a folder and in a store, and what a store answers is told in Chinese."""

import socket
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from subprocess import run

import pytest

from reportgen.errors import ReportgenError
from reportgen.settings import Office
from reportgen.store import objects
from reportgen.store.files import Files, Folder, files_of
from reportgen.store.objects import Objects

NAME = "2026/11/XY-1.pdf"


@pytest.fixture(params=["folder", "s3"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    """Return an office's files, in a folder and in a store, before the first is written."""
    if request.param == "folder":
        return Folder(tmp_path / "files")
    return Objects(f"{request.getfixturevalue('s3')}/files")


def test_what_was_written_is_read_and_listed_until_it_is_removed(files: Files) -> None:
    assert (files.names(), files.empty(), files.read(NAME)) == ([], True, None)
    files.write(NAME, b"first")
    files.write(NAME, b"%PDF")
    files.write("2026/10/XY-2.pdf", b"")
    assert files.read(NAME) == b"%PDF"
    assert files.names() == ["2026/10/XY-2.pdf", NAME]
    assert not files.empty()
    files.remove(NAME)
    files.remove(NAME)
    assert (files.read(NAME), files.names()) == (None, ["2026/10/XY-2.pdf"])


def test_a_file_is_older_than_what_comes_after_it(files: Files) -> None:
    files.write(NAME, b"%PDF")
    early, late = datetime(2020, 1, 1), datetime(2099, 1, 1)
    assert [files.older(NAME, when) for when in (early, late)] == [False, True]
    assert not files.older("2026/11/gone.pdf", late)


def test_what_lies_beside_is_apart(files: Files) -> None:
    files.beside("archive").write(NAME, b"copy")
    assert (files.names(), files.beside("archive").names()) == ([], [NAME])
    assert files.beside("archive").where(NAME).endswith(f"/archive/{NAME}")
    assert files.where() == files.beside("archive").beside("files").where()


@pytest.mark.parametrize("name", ["../outside.pdf", "/outside.pdf", "2026/../../outside.pdf"])
def test_no_name_leads_out(files: Files, name: str) -> None:
    files.write(NAME, b"%PDF")
    for work in (files.read, files.remove, lambda name: files.write(name, b"%PDF")):
        with pytest.raises(ReportgenError, match="E0901"):
            work(name)
    assert files.names() == [NAME]


def test_a_place_is_filled_whole_or_not_at_all(files: Files) -> None:
    def parts() -> Iterator[tuple[str, bytes]]:
        yield NAME, b"1"
        raise KeyError

    with pytest.raises(KeyError):
        files.fill(parts())
    assert files.empty()
    files.fill([(NAME, b"1"), ("a.pdf", b"2")])
    assert (files.names(), files.read(NAME)) == ([NAME, "a.pdf"], b"1")


def test_an_office_has_its_files_where_its_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path, {})
    assert files_of(office).where(NAME) == str(tmp_path / "files" / NAME)
    monkeypatch.setenv("REPORTGEN_STORE", "s3://bucket/credit/")
    assert files_of(office).where(NAME) == f"s3://bucket/credit/files/{NAME}"
    monkeypatch.setenv("REPORTGEN_STORE", "file:///mnt/%E6%8A%A5%E5%91%8A")
    assert files_of(office).where(NAME) == f"/mnt/报告/files/{NAME}"


@pytest.mark.parametrize(
    "url",
    [
        "s3://key:secret@bucket/credit",
        "s3://bucket/credit?key=secret",
        "s3:///credit",
        "sftp://host/credit",
        "file://host/credit",
        "/mnt/credit",
    ],
)
def test_an_address_that_cannot_be_is_refused_and_never_repeated(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTGEN_STORE", url)
    with pytest.raises(ReportgenError, match="E0914") as caught:
        files_of(Office(tmp_path, {}))
    assert "secret" not in caught.value.text()
    assert "credit" not in caught.value.text()


@pytest.fixture
def anew() -> Iterator[None]:
    """Let the store be asked anew, with the keys and the address that the environment has now."""
    from fsspec import get_filesystem_class

    get_filesystem_class("s3").clear_instance_cache()
    yield
    get_filesystem_class("s3").clear_instance_cache()


def test_a_bucket_that_is_missing_is_no_missing_file(s3: str, anew: None) -> None:
    files = Objects("s3://no-such-bucket/credit/files")
    for work in (files.empty, files.names, lambda: files.read(NAME), lambda: files.write(NAME, b"")):
        with pytest.raises(ReportgenError, match="没有这个桶"):
            work()


def test_a_store_that_is_away_is_named_by_its_host_alone(
    s3: str, anew: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://jia:secret@127.0.0.1:{port}")
    monkeypatch.setitem(objects._S3["config_kwargs"]["retries"], "total_max_attempts", 1)
    monkeypatch.setattr(objects, "_TRIES", 1)
    with pytest.raises(ReportgenError, match=rf"E0913(?s:.*)127\.0\.0\.1:{port}") as caught:
        Objects(f"{s3}/files").read(NAME)
    assert "secret" not in caught.value.text()
    assert "jia" not in caught.value.text()


def test_without_keys_the_store_is_not_asked(s3: str, anew: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(ReportgenError, match="没有给出凭据"):
        Objects(f"{s3}/files").answer()


def test_an_unfinished_file_is_abandoned_when_nobody_has_written_to_it_since(tmp_path: Path) -> None:
    files = Folder(tmp_path)
    (tmp_path / ".reportgen-x").write_bytes(b"%P")
    (tmp_path / "x.pdf").write_bytes(b"%PDF")
    never, always = datetime(2000, 1, 1), datetime(2100, 1, 1)
    assert [files.abandoned(".reportgen-x", when) for when in (never, always)] == [False, True]
    assert not files.abandoned("x.pdf", always)
    assert not files.abandoned(".reportgen-gone", always)
    assert not Objects("s3://bucket/files").abandoned(".reportgen-x", always)


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Folder(tmp_path / "a" / "files").answer()
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(ReportgenError, match="没有写入的权限"):
        Folder(tmp_path / "a" / "files").answer()


def test_an_office_with_a_folder_loads_no_library_of_stores() -> None:
    code = "import sys, reportgen.press; sys.exit('fsspec' in sys.modules)"
    assert run([sys.executable, "-c", code], check=False).returncode == 0
