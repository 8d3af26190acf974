"""The audit: every chain followed, every row that ends one compared, every checkpoint recomputed.

The whole register is read as of one moment, a batch at a time. Nothing that was written into it by force
may stop the audit: a value of the wrong type is a wrong value. What an audit can find and what not is
written in docs/audit.md.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import ColumnElement, String, and_, or_, select, type_coerce
from sqlmodel import Session, col

from reportgen.registry.chain import AuditResult, Findings, Walk, What
from reportgen.registry.checkpoint import BATCH, Line, Statement, chains, checkpoint, digest_of, due, patient
from reportgen.registry.events import REPORTS, Link, report_stream
from reportgen.registry.signer import office_signer, signed_by, trusted_keys
from reportgen.registry.tables import CheckpointLineRow, CheckpointRow, EventRow, ReportRow, StreamRow
from reportgen.store.engine import Store
from reportgen.store.tables import METADATA

CHECKPOINTS = "检查点"
"""What findings about checkpoints name as their chain."""
_TOGETHER = 500
# What an identifier can be on both databases.
_LARGEST = 2**31 - 1
_NO_KEYS: Mapping[str, Ed25519PublicKey] = MappingProxyType({})


class Event(NamedTuple):
    """An event as it stands in its row."""

    link: Link
    hash: str


class _Signed(NamedTuple):
    statement: Statement
    signature: str


class _Said(NamedTuple):
    checkpoint: int
    line: Line
    now: str | None


def verify(
    store: Store, key: bytes, trusted: Mapping[str, Ed25519PublicKey] = _NO_KEYS, known: str = ""
) -> AuditResult:
    """Return everything wrong with the register's events; raises E0903, E0904.

    `trusted` are the keys whose checkpoints count, by id. `known` is the digest of a checkpoint that was
    kept elsewhere: where the register has no such checkpoint, it was rolled back as a whole.
    """
    return store.read(lambda session: _verify(session, key, trusted, known))


def vouch(store: Store, at: datetime, key: bytes, folder: Path) -> CheckpointRow:
    """Audit the register, then sign it with the key in the office folder; raises E0501, E0901, E0903, E0904, E0910.

    What was changed before it is signed would pass for genuine ever after.
    """
    signer = office_signer(folder)
    verify(store, key, trusted_keys(folder)).require_sound()
    return checkpoint(store, at, signer)


def vouch_today(store: Store, at: datetime, key: bytes, folder: Path) -> CheckpointRow | None:
    """Do the same where nothing was signed yet on the day; None where it was. Raises what `vouch` raises."""
    return vouch(store, at, key, folder) if due(store, at.date()) else None


def newest(session: Session) -> Event | None:
    """Return the event that was written last."""
    asked = select(*_columns()).order_by(col(EventRow.id).desc()).limit(1)
    row = session.execute(asked).one_or_none()
    return event_of(*row) if row else None


def events(session: Session) -> Iterator[Event]:
    """Yield every event, those of one chain together and in their order."""
    asked = select(*_columns()).order_by(col(EventRow.stream), col(EventRow.seq))
    for row in session.execute(asked.execution_options(yield_per=BATCH)):
        yield event_of(*row)


def event_of(*values: object) -> Event:
    """Return an event from its values in their order, whatever their types are."""
    stream, seq, tag, at, actor, data, previous, hash_ = values
    link = Link(str(stream), _whole(seq), str(tag), _iso(at), str(actor), str(data), str(previous))
    return Event(link, str(hash_))


def _verify(session: Session, key: bytes, trusted: Mapping[str, Ed25519PublicKey], known: str) -> AuditResult:
    patient(session)
    findings = Findings()
    walk, ends = Walk(key, findings), _Ends(session, findings)
    for stream, chain in groupby(events(session), key=lambda event: event.link.stream):
        for event in chain:
            walk.step(*event)
        ends.add(Line(stream, walk.seq, walk.hash))
    ends.compare()
    _bare(session, findings)
    signed = _signed(session)
    _checkpoints(session, signed, trusted, findings)
    if known and all(row.statement.digest != known for row in signed.values()):
        findings.add(CHECKPOINTS, 0, What.ROLLED_BACK, f"没有摘要为 {known} 的检查点")
    last = signed[max(signed)].statement if signed else None
    return AuditResult(
        findings.sorted(),
        findings.unnamed,
        walk.streams,
        walk.events,
        len(signed),
        last.digest if last else "",
        last.at if last else "",
    )


def _columns() -> tuple[ColumnElement[Any], ...]:
    event = METADATA.tables[EventRow.__tablename__].c
    # SQLite keeps moments as text: as text they are read, for a forged one may be none.
    return tuple(
        type_coerce(event[name], String) if name == "at" else event[name] for name in (*Link._fields, "hash")
    )


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value).replace(" ", "T").removesuffix(".000000")


class _Ends:
    """Compares where chains end with the rows that say so, many chains at a time."""

    def __init__(self, session: Session, findings: Findings) -> None:
        self._session, self._findings = session, findings
        self._waiting: list[Line] = []

    def add(self, end: Line) -> None:
        """Take the end of a chain as its events have it."""
        self._waiting.append(end)
        if len(self._waiting) == _TOGETHER:
            self.compare()

    def compare(self) -> None:
        """Compare all that wait."""
        said = self._rows({end.stream for end in self._waiting})
        for end in self._waiting:
            self._compare(end, said.get(end.stream))
        self._waiting.clear()

    def _rows(self, names: set[str]) -> dict[str, Line]:
        ids = [int(number) for name in names if (number := name.removeprefix(REPORTS)).isdecimal()]
        known = [number for number in ids if number <= _LARGEST]
        reports = select(col(ReportRow.id), col(ReportRow.events), col(ReportRow.head))
        streams = select(col(StreamRow.name), col(StreamRow.events), col(StreamRow.head))
        of_reports = self._session.execute(reports.where(col(ReportRow.id).in_(known)))
        of_streams = self._session.execute(streams.where(col(StreamRow.name).in_(names)))
        return {name: Line(name, _whole(count), str(head)) for name, count, head in of_streams} | {
            report_stream(number): Line(report_stream(number), _whole(count), str(head))
            for number, count, head in of_reports
        }

    def _compare(self, end: Line, said: Line | None) -> None:
        stream, there, head = end
        if said is None:
            self._findings.instead(stream, there, What.ORPHAN)
        elif said.events > there:
            detail = f"登记行记有 {said.events} 条，今只有 {there} 条"
            self._findings.add(stream, there + 1, What.TRUNCATED, detail)
        elif said.events < there:
            self._beyond(stream, said.events, there)
        elif said.head != head:
            self._findings.add(stream, there, What.ROW, "链尾不是该条的散列值")

    def _beyond(self, stream: str, said: int, there: int) -> None:
        detail = f"登记行只记 {said} 条，今有 {there} 条"
        if self._findings.what(stream, said + 1) is What.ALTERED:
            self._findings.instead(stream, said + 1, What.INSERTED, detail)
        else:
            self._findings.add(stream, said + 1, What.ROW, detail)


def _bare(session: Session, findings: Findings) -> None:
    """Find the rows that have no event."""
    ends = chains()
    event = select(col(EventRow.id)).where(col(EventRow.stream) == ends.c.name).exists()
    asked = select(ends.c.name, ends.c.events).where(
        ~event,
        # A report begins with the event of its draft; another chain may be about to begin.
        or_(ends.c.name.like(f"{REPORTS}%"), ends.c.events != 0, ends.c.head != ""),
    )
    for name, count in session.execute(asked.execution_options(yield_per=BATCH)):
        findings.add(str(name), _whole(count), What.BARE, f"登记行记有 {count} 条")


def _signed(session: Session) -> dict[int, _Signed]:
    row = CheckpointRow
    asked = select(
        col(row.id),
        type_coerce(col(row.at), String),
        col(row.streams),
        col(row.events),
        col(row.digest),
        col(row.key_id),
        col(row.signature),
    )
    return {
        number: _Signed(
            Statement(number, _iso(at), _whole(streams), _whole(count), str(digest), str(key_id)),
            str(signature),
        )
        for number, at, streams, count, digest, key_id, signature in session.execute(asked)
    }


def _checkpoints(
    session: Session,
    signed: Mapping[int, _Signed],
    trusted: Mapping[str, Ed25519PublicKey],
    findings: Findings,
) -> None:
    digests = {number: row.statement.digest for number, row in signed.items()}
    found: dict[int, str] = {}
    for number, said in groupby(_said(session), key=lambda said: said.checkpoint):
        found[number] = digest_of(digests.get(number - 1, ""), _kept(said, findings))
    for number in sorted(set(signed) | set(found)):
        digest = found.get(number) or digest_of(digests.get(number - 1, ""), ())
        wrong = _wrong(number, signed, digest, trusted)
        if wrong:
            findings.add(CHECKPOINTS, number, What.CHECKPOINT, wrong)


def _wrong(
    number: int, signed: Mapping[int, _Signed], digest: str, trusted: Mapping[str, Ed25519PublicKey]
) -> str:
    if number not in signed:
        return "只余所列各链，签名已被删除"
    if number > 1 and number - 1 not in signed:
        return f"其前的检查点 {number - 1} 已被删除"
    statement, signature = signed[number]
    if statement.digest != digest:
        return "摘要与所列各链不符"
    genuine = signed_by(trusted, statement.key_id, statement.signed(), signature)
    return "" if genuine else "签名无效，或签名的密钥不在机构的公钥之中"


def _said(session: Session) -> Iterator[_Said]:
    line = CheckpointLineRow
    asked = (
        select(col(line.checkpoint), col(line.stream), col(line.events), col(line.head), col(EventRow.hash))
        .select_from(line)
        .outerjoin(EventRow, and_(col(EventRow.stream) == line.stream, col(EventRow.seq) == line.events))
        .order_by(col(line.id))
    )
    for number, stream, count, head, now in session.execute(asked.execution_options(yield_per=BATCH)):
        yield _Said(_whole(number), Line(str(stream), _whole(count), str(head)), now)


def _kept(said: Iterator[_Said], findings: Findings) -> Iterator[Line]:
    """Yield the lines of a checkpoint, and find the chains that are no longer as they say."""
    for number, line, now in said:
        if now != line.head:
            what = "今缺该条" if now is None else "今该条与所签不同"
            detail = f"检查点 {number} 签署时有 {line.events} 条，{what}"
            findings.add(line.stream, line.events, What.ROLLED_BACK, detail)
        yield line
