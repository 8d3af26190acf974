"""Events as files: JSON Lines or CSV with their hashes, and the audit of such a file without a database.

The last line of JSON Lines is the seal: how many chains and events the file holds, and the keyed hash of
all lines before it, so that nothing can be taken from the file unnoticed. CSV is for reading only.
"""

import csv
import hashlib
import hmac
import io
import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, NamedTuple

from sqlmodel import Session

from reportgen.files import PRIVATE, unreadable, writing_whole
from reportgen.registry.audit import Event, event_of, events
from reportgen.registry.chain import AuditResult, Findings, Walk, What
from reportgen.registry.checkpoint import patient
from reportgen.registry.events import Link, canonical
from reportgen.store.engine import Store

FILE = "导出文件"
"""What findings about an exported file as a whole name as their chain."""
_FIELDS = (*Link._fields, "hash")
_FORM = "reportgen events v1"
_SEAL = b'{"seal":'
_LONGEST = 1 << 20


class Form(StrEnum):
    """How events are written."""

    JSONL = "jsonl"
    CSV = "csv"


class Exported(NamedTuple):
    """How much was exported."""

    streams: int
    events: int


def export(store: Store, out: Path, form: Form, key: bytes) -> Exported:
    """Write every event to a file that only its owner reads; raises E0901, E0903, E0904."""

    def work(session: Session) -> Exported:
        patient(session)
        with writing_whole(out, PRIVATE) as file:
            return (_write_lines if form is Form.JSONL else _write_table)(file, events(session), key)

    return store.read(work)


def verify_export(path: Path, key: bytes) -> AuditResult:
    """Return everything wrong with an exported file of JSON Lines; raises E0302.

    The file shows what the register held when it was written, and cannot show what was gone by then.
    """
    findings = Findings()
    walk, digest, seal = Walk(key, findings), hashlib.sha256(), b""
    for number, line in enumerate(_lines(path), 1):
        if seal:
            findings.add(FILE, number, What.INSERTED, "封行之后还有内容")
        elif line.startswith(_SEAL):
            seal = line
        else:
            digest.update(line)
            _follow(walk, findings, number, line)
    if not seal:
        findings.add(FILE, 0, What.TRUNCATED, "没有封行")
    elif not hmac.compare_digest(seal, _sealed(key, walk.streams, walk.events, digest.hexdigest())):
        findings.add(FILE, 0, What.ALTERED, "封行与文件内容不符")
    return AuditResult(findings.sorted(), findings.unnamed, walk.streams, walk.events)


def _follow(walk: Walk, findings: Findings, number: int, line: bytes) -> None:
    try:
        said = json.loads(line)
        event = event_of(*(said[name] for name in _FIELDS))
    except (KeyError, RecursionError, TypeError, ValueError):
        findings.add(FILE, number, What.ALTERED, "该行不是事件")
    else:
        walk.step(*event)


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from iter(lambda: file.readline(_LONGEST), b"")
    except OSError as error:
        raise unreadable(path, error) from error


def _write_lines(file: BinaryIO, found: Iterator[Event], key: bytes) -> Exported:
    digest, count = hashlib.sha256(), _Count()
    for event in count.through(found):
        line = _line(dict(zip(_FIELDS, (*event.link, event.hash), strict=True)))
        digest.update(line)
        file.write(line)
    file.write(_sealed(key, count.streams, count.events, digest.hexdigest()))
    return Exported(count.streams, count.events)


def _write_table(file: BinaryIO, found: Iterator[Event], _: bytes) -> Exported:
    # The mark at the beginning tells a spreadsheet that this is UTF-8.
    count, text = _Count(), io.TextIOWrapper(file, "utf-8-sig", errors="backslashreplace", newline="")
    writer = csv.writer(text)
    writer.writerow(_FIELDS)
    writer.writerows((*event.link, event.hash) for event in count.through(found))
    # Detached, or the wrapper would close the file before it has its name.
    text.detach()
    return Exported(count.streams, count.events)


def _sealed(key: bytes, streams: int, count: int, sha256: str) -> bytes:
    mac = hmac.digest(key, canonical([_FORM, streams, count, sha256]).encode(), "sha256").hex()
    return _SEAL + canonical([_FORM, streams, count, sha256, mac]).encode() + b"}\n"


def _line(said: object) -> bytes:
    return canonical(said).encode(errors="backslashreplace") + b"\n"


class _Count:
    """Counts chains and events while they pass by."""

    def __init__(self) -> None:
        self.streams = self.events = 0

    def through(self, found: Iterator[Event]) -> Iterator[Event]:
        """Yield the events."""
        stream = ""
        for event in found:
            self.streams += event.link.stream != stream
            self.events += 1
            stream = event.link.stream
            yield event
