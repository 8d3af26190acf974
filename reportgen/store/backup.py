"""The whole office in one file, database and stored files together, and back from it.

Rows are read as of one moment, and with them the names of the files that belong to that moment: what is
written later stays out. The file is a ZIP with a manifest of every part's SHA-256, and goes into either
kind of database. It holds what the office holds: keep it as you keep the office, and erase it in time.
"""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, inspect, text

from reportgen.errors import ReportgenError
from reportgen.files import PRIVATE, sha256_of, unreadable, writing_whole
from reportgen.store.copying import dump, load, tables
from reportgen.store.engine import Store
from reportgen.store.files import Files
from reportgen.store.migrate import altering, move, revision

_FORMAT = 1
_MANIFEST, _TABLES, _FILES = "manifest.json", "tables/", "files/"
_CHUNK = 1 << 20
# What a reader of ZIP says of a file with a wrong byte; reading is over before anything is changed.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    ValueError,
)
# What is 签发中 may not have its name yet, and is made again; a void number has no file.
_NAMED = {
    "report": "SELECT file, sha256 FROM report WHERE file IS NOT NULL AND state NOT IN ('RENDERING', 'VOID')",
    "notice": "SELECT file, sha256 FROM notice WHERE file IS NOT NULL",
    "account": (
        "SELECT authorisation AS file, authorisation_sha256 AS sha256 FROM account WHERE authorisation <> ''"
    ),
    "application": "SELECT letter AS file, letter_sha256 AS sha256 FROM application WHERE letter <> ''",
    "upload": "SELECT file, sha256 FROM upload WHERE file <> ''",
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rows(_Strict):
    """A table's rows: in which columns, and how many."""

    name: str
    columns: tuple[str, ...]
    rows: int


class Manifest(_Strict):
    """What a backup holds: the revision of its tables, and size and SHA-256 of each of its parts."""

    format: int
    revision: str
    tables: tuple[Rows, ...]
    parts: dict[str, tuple[int, str]]


@dataclass(frozen=True)
class Backup:
    """A backup as made or restored: how much it holds, and the SHA-256 of the whole."""

    revision: str
    rows: int
    files: int
    size: int
    sha256: str


def backup(store: Store, files: Files, target: Path) -> Backup:
    """Write everything as of one moment to a new file that only its owner reads.

    Where a file was erased since that moment, another moment is taken: what had to go is not brought back.
    Raises E0901, E0913, E0903, E0904, E0907 (the file exists), E0909 (a file of the register is lost or altered).
    """
    if target.exists():
        raise ReportgenError("E0907", target=str(target))
    while True:
        with suppress(_ErasedError):
            return _backup(store, files, target)


def restore(source: Path, store: Store, files: Files) -> Backup:
    """Fill an empty database and an empty place for files from a backup, all or nothing, and bring it up to date.

    Raises E0901, E0913, E0903, E0904, E0906, E0907 (not empty), E0908 (the backup is damaged).
    """
    with _opened(source) as (archive, manifest):
        if not files.empty():
            raise ReportgenError("E0907", target=files.where())
        with altering(store) as connection:
            _unpack_rows(archive, manifest, connection)
            files.fill((name.removeprefix(_FILES), archive.read(name)) for name in _stored(manifest))
    return _summary(source, manifest)


def _backup(store: Store, files: Files, target: Path) -> Backup:
    with writing_whole(target, PRIVATE) as file, _new_archive(file) as archive:
        manifest = _pack(_Writer(archive), store, files)
        archive.writestr(_MANIFEST, manifest.model_dump_json(indent=1))
    return _summary(target, manifest)


class _ErasedError(Exception):
    """A file went meanwhile because the register let go of it."""


class _Writer:
    """Puts parts into an archive and remembers their sizes and hashes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.parts: dict[str, tuple[int, str]] = {}

    def add(self, name: str, pieces: Iterable[bytes]) -> int:
        """Write one part; return how many lines it has."""
        digest, size, lines = hashlib.sha256(), 0, 0
        with self._archive.open(name, "w", force_zip64=True) as part:
            for piece in pieces:
                part.write(piece)
                digest.update(piece)
                size, lines = size + len(piece), lines + piece.count(b"\n")
        self.parts[name] = (size, digest.hexdigest())
        return lines


def _new_archive(file: IO[bytes]) -> zipfile.ZipFile:
    # Rows shrink well even at the quickest, and a PDF is compressed already.
    return zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)


def _pack(writer: _Writer, store: Store, files: Files) -> Manifest:
    with store.moment() as connection:
        found = revision(connection)
        if found is None:
            raise ReportgenError("E0904", detail="数据库是空的")
        rows = tuple(_pack_tables(writer, connection))
        named = _named(connection)
    for name, sha256 in named.items():
        try:
            _pack_file(writer, files, name, sha256)
        except ReportgenError as error:
            if _let_go(store, name):
                raise _ErasedError from error
            raise
    return Manifest(format=_FORMAT, revision=found, tables=rows, parts=writer.parts)


def _pack_tables(writer: _Writer, connection: Connection) -> Iterator[Rows]:
    for table in tables(connection):
        lines = writer.add(_TABLES + table.name, dump(connection, table))
        yield Rows(name=table.name, columns=tuple(table.columns.keys()), rows=lines)


def _pack_file(writer: _Writer, files: Files, name: str, sha256: str) -> None:
    if not _inside(name):
        raise ReportgenError("E0909", file=name, detail="不在文件夹之内")
    content = files.read(name)
    if content is None:
        raise ReportgenError("E0909", file=name, detail="没有这个文件")
    writer.add(_FILES + name, [content])
    if writer.parts[_FILES + name][1] != sha256:
        raise ReportgenError("E0909", file=name, detail="内容与登记的散列值不符")


def _let_go(store: Store, name: str) -> bool:
    with store.moment() as connection:
        return name not in _named(connection)


def _named(connection: Connection) -> dict[str, str]:
    """Return the files that rows name, with their hashes; a table that an older database lacks names none."""
    there = inspect(connection).get_table_names()
    asked = [text(sql) for table, sql in _NAMED.items() if table in there]
    return {row.file: row.sha256 for sql in asked for row in connection.execute(sql)}


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


@contextmanager
def _opened(source: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    try:
        file = source.open("rb")
    except OSError as error:
        raise unreadable(source, error) from error
    with file, ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(file))
            manifest = _checked(source, archive)
        except _DAMAGED as error:
            raise ReportgenError("E0908", file=source.name, detail="不是完整的备份") from error
        yield archive, manifest


def _checked(source: Path, archive: zipfile.ZipFile) -> Manifest:
    """Return the manifest of an archive that holds what it says, every byte of it; raises E0908."""
    manifest = Manifest.model_validate_json(archive.read(_MANIFEST))
    if manifest.format != _FORMAT:
        detail = f"格式为 {manifest.format}，本程序只识 {_FORMAT}"
        raise ReportgenError("E0908", file=source.name, detail=detail)
    if sorted(archive.namelist()) != sorted([*manifest.parts, _MANIFEST]):
        raise ReportgenError("E0908", file=source.name, detail="清单与内容不一致")
    for name, expected in manifest.parts.items():
        if not _inside(name) or _measured(archive, name) != expected:
            raise ReportgenError("E0908", file=source.name, detail=f"{name} 与清单不符")
    return manifest


def _unpack_rows(archive: zipfile.ZipFile, manifest: Manifest, connection: Connection) -> None:
    if inspect(connection).get_table_names():
        raise ReportgenError("E0907", target="数据库")
    move(connection, manifest.revision)
    dumped = {each.name: each.columns for each in manifest.tables}
    for table in tables(connection):
        with archive.open(_TABLES + table.name) as rows:
            load(connection, table, dumped[table.name], rows)
    move(connection, "head")


def _stored(manifest: Manifest) -> list[str]:
    return [name for name in manifest.parts if name.startswith(_FILES)]


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_CHUNK):
        yield piece


def _measured(archive: zipfile.ZipFile, name: str) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with archive.open(name) as part:
        for piece in _pieces(part):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def _summary(path: Path, manifest: Manifest) -> Backup:
    rows = sum(each.rows for each in manifest.tables)
    return Backup(manifest.revision, rows, len(_stored(manifest)), path.stat().st_size, sha256_of(path))
