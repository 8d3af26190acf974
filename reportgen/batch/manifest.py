"""The manifest of a batch (批次清单): JSON Lines, one line for what came of each row, safe against any interruption.

The first line says of which list of requests it is. A line is on the disk before the next is begun, and a last line
that a crash tore is cut off. It holds no name, no fact and no secret: rows, request keys, numbers, hashes, codes.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from reportgen import __version__
from reportgen.batch.job import Entry, Outcome
from reportgen.errors import ReportgenError
from reportgen.files import sha256_of
from reportgen.subject.base import Model

FORMAT = "reportgen-batch/1"
_BEGINS = b'{"format":"reportgen-batch/'


class Header(Model):
    """Of what a manifest is: the list of requests by its SHA-256, the office by its USCC, when it was begun."""

    format: str
    requests: str
    sha256: str
    rows: int
    office: str
    begun_at: datetime
    version: str


@dataclass
class Manifest:
    """An open manifest, held by this process alone: its header and the last entry of each row."""

    path: Path
    header: Header
    entries: dict[int, Entry] = field(default_factory=dict)
    _file: BinaryIO | None = None

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Append what came of some rows, on the disk when this returns; raises E0901."""
        entries = [entry_of(outcome) for outcome in outcomes]
        if entries:
            self._append(*entries)
            self.entries |= {entry.row: entry for entry in entries}

    def _append(self, *lines: Model) -> None:
        new = [] if self.path.stat().st_size else [self.header]
        text = "".join(f"{line.model_dump_json()}\n" for line in (*new, *lines))
        assert self._file is not None  # noqa: S101 - it is open
        try:
            self._file.write(text.encode())
            self._file.flush()
            os.fsync(self._file.fileno())
            if new:
                _keep_name(self.path)
        except OSError as error:
            raise ReportgenError("E0901", file=self.path.name, detail=error.strerror or str(error)) from error


def header_of(requests: Path, rows: int, office: str, begun_at: datetime) -> Header:
    """Return the header of a batch that begins now."""
    return Header(
        format=FORMAT,
        requests=requests.name,
        sha256=sha256_of(requests),
        rows=rows,
        office=office,
        begun_at=begun_at,
        version=__version__,
    )


def entry_of(outcome: Outcome) -> Entry:
    """Return an outcome as the manifest keeps it: without the words that are for the screen."""
    return Entry(**{name: getattr(outcome, name) for name in Entry.model_fields})


@contextmanager
def opened(path: Path, header: Header, *, resume: bool) -> Iterator[Manifest]:
    """Open the manifest of a list of requests, and hold it; with `resume` one that exists is gone on with.

    Where nothing is added to a new one, there is none afterwards.

    Raises E0363 (it exists), E0364 (of another list or office, or no manifest), E0612 (another process holds it),
    E0901.
    """
    with _held(path) as file:
        content = file.read()
        if content and not resume:
            raise ReportgenError("E0363", path=str(path), file=path.name)
        manifest = Manifest(path, header, _file=file)
        _take_up(manifest, content)
        try:
            yield manifest
        finally:
            if not path.stat().st_size:
                path.unlink()


def _take_up(manifest: Manifest, content: bytes) -> None:
    """Go on with what a manifest holds; what a crash tore off its end is cut away, once it is known to be one."""
    if not (content.startswith(_BEGINS) or _BEGINS.startswith(content)):
        raise ReportgenError("E0364", path=str(manifest.path), detail="不是批次清单")
    whole = content.rfind(b"\n") + 1
    lines = content[:whole].splitlines()
    if lines:
        manifest.header = _same(lines[0], manifest.header)
        manifest.entries = {entry.row: entry for entry in map(_entry, lines[1:])}
    if whole < len(content):
        os.truncate(manifest.path, whole)


@contextmanager
def _held(path: Path) -> Iterator[BinaryIO]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Appended to, never truncated: whoever holds it may be writing.
        file = path.open("a+b")
    except OSError as error:
        raise ReportgenError("E0901", file=str(path), detail=error.strerror or str(error)) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever held it before may have removed it as empty: this one would have no name.
            mine = os.path.samestat(os.fstat(file.fileno()), path.stat())
        except OSError:
            mine = False
        if not mine:
            raise ReportgenError("E0612", path=str(path), file=path.name)
        file.seek(0)
        yield file


def _same(line: bytes, header: Header) -> Header:
    try:
        found = Header.model_validate_json(line)
    except ValidationError as error:
        raise ReportgenError("E0364", detail="不是批次清单") from error
    if found.format != header.format:
        raise ReportgenError("E0364", detail=f"格式为 {found.format}，本程序只认 {header.format}")
    if found.sha256 != header.sha256:
        raise ReportgenError("E0364", detail=f"批次开始以后申请表 {found.requests} 改过了")
    if found.office != header.office:
        raise ReportgenError("E0364", detail=f"批次由机构 {found.office} 开始，现在的机构是 {header.office}")
    return found


def _entry(line: bytes) -> Entry:
    try:
        return Entry.model_validate_json(line)
    except ValidationError as error:
        raise ReportgenError("E0364", detail="有一行不是本程序写的") from error


def _keep_name(path: Path) -> None:
    """Have the folder keep the name of a new file, whatever happens next."""
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
