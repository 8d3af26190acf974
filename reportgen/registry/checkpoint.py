"""Signed checkpoints: how long every chain was and how it ended, once a day and at close.

A checkpoint adds a line for every chain that has changed since its last line. Its digest covers the
digest before it and its own lines, so the last digest stands for all chains; the office signs it with a
key that the database never sees (`signer`). Whoever keeps a digest elsewhere can prove the register's past.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import String, Subquery, cast, func, insert, literal, text, union_all
from sqlalchemy import select as rows
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from reportgen.registry.events import REPORTS, canonical
from reportgen.registry.signer import Signer
from reportgen.registry.tables import CheckpointLineRow, CheckpointRow, ReportRow, StreamRow
from reportgen.store.engine import Store

_FORM = "reportgen checkpoint v1"
# Any number that nobody else in the database uses: "chkpoint" in ASCII, cut to 63 bits.
_LOCK = int.from_bytes(b"chkpoint") >> 1
BATCH = 2000
"""How many rows are fetched at a time."""


class Line(NamedTuple):
    """A chain, how many events it had, and the hash of the last."""

    stream: str
    events: int
    head: str


class Statement(NamedTuple):
    """What a checkpoint's signature covers; `at` as ISO 8601."""

    id: int
    at: str
    streams: int
    events: int
    digest: str
    key_id: str

    def signed(self) -> str:
        """Return the text that is signed."""
        return canonical([_FORM, *self])


def due(store: Store, today: date) -> bool:
    """Say whether no checkpoint was signed yet today."""
    last = store.read(newest)
    return last is None or last.at.date() < today


def checkpoint(store: Store, at: datetime, signer: Signer) -> CheckpointRow:
    """Sign how long all chains are and how they end; raises E0903, E0904.

    It vouches for what the register holds now, not that this was never touched: audit first.
    """
    return store.write(lambda session: _checkpoint(session, at, signer))


def chains() -> Subquery:
    """Return the rows that hold the ends of chains, as (name, events, head)."""
    reports = rows(
        literal(REPORTS).concat(cast(col(ReportRow.id), String)).label("name"),
        col(ReportRow.events),
        col(ReportRow.head),
    )
    streams = rows(col(StreamRow.name), col(StreamRow.events), col(StreamRow.head))
    return union_all(reports, streams).subquery("chains")


def digest_of(previous: str, lines: Iterable[Line]) -> str:
    """Return the digest of a checkpoint from the digest before it and its own lines, in their order."""
    digest = hashlib.sha256(previous.encode(errors="backslashreplace"))
    for line in lines:
        digest.update(f"\n{canonical(line)}".encode(errors="backslashreplace"))
    return digest.hexdigest()


def patient(session: Session) -> None:
    """Let statements of this transaction take their time: the whole register is read."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL statement_timeout = 0"))


def _checkpoint(session: Session, at: datetime, signer: Signer) -> CheckpointRow:
    patient(session)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = newest(session)
    number = (last.id or 0) + 1 if last else 1
    count = _Count(last.streams if last else 0, last.events if last else 0)
    _enter_lines(session, number)
    digest = digest_of(last.digest if last else "", count.through(_lines(session, number)))
    stated = Statement(number, at.isoformat(), count.streams, count.events, digest, signer.key_id)
    row = CheckpointRow(**stated._asdict() | {"at": at, "signature": signer.sign(stated.signed())})
    session.add(row)
    session.flush()
    return row


def newest(session: Session) -> CheckpointRow | None:
    """Return the last checkpoint, None where none was signed yet."""
    return session.exec(select(CheckpointRow).order_by(col(CheckpointRow.id).desc()).limit(1)).first()


class _Count:
    """Counts chains and events while lines pass by."""

    def __init__(self, streams: int, events: int) -> None:
        self.streams, self.events = streams, events

    def through(self, lines: Iterable[tuple[Line, int | None]]) -> Iterator[Line]:
        """Yield the lines, each of which comes with how many events the chain had in the line before."""
        for line, before in lines:
            self.streams += before is None
            self.events += line.events - (before or 0)
            yield line


def _enter_lines(session: Session, number: int) -> None:
    now = chains()
    said = (
        select(CheckpointLineRow)
        .where(
            col(CheckpointLineRow.stream) == now.c.name,
            col(CheckpointLineRow.events) == now.c.events,
            col(CheckpointLineRow.head) == now.c.head,
        )
        .exists()
    )
    new = (
        rows(literal(number), now.c.name, now.c.events, now.c.head)
        .where(now.c.events > 0, ~said)
        .order_by(now.c.name)
    )
    session.execute(insert(CheckpointLineRow).from_select(["checkpoint", "stream", "events", "head"], new))


def _lines(session: Session, number: int) -> Iterator[tuple[Line, int | None]]:
    line, earlier = CheckpointLineRow, aliased(CheckpointLineRow)
    before = (
        select(func.max(earlier.events))
        .where(col(earlier.stream) == col(line.stream), col(earlier.checkpoint) < number)
        .scalar_subquery()
    )
    asked = (
        rows(col(line.stream), col(line.events), col(line.head), before)
        .where(col(line.checkpoint) == number)
        .order_by(col(line.id))
    )
    for stream, events, head, was in session.execute(asked.execution_options(yield_per=BATCH)):
        yield Line(stream, events, head), was
