"""Events: one writer, typed tags, chained by a keyed hash within each report or stream.

hash = HMAC-SHA256(key, [stream, seq, tag, at, actor, data, previous]), the list as canonical JSON. The row of the
report or stream keeps the end and the length of its chain, so that nothing can be taken off the end
unnoticed. Nothing here asks the time, and no personal data enters (`event_data`).
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Update, bindparam, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session

from reportgen.errors import ReportgenError
from reportgen.registry.event_data import Value, checked, login, uscc
from reportgen.registry.tables import EventRow, ReportRow, StreamRow
from reportgen.registry.tags import OFFICE as OFFICE  # noqa: PLC0414 - the writer's words
from reportgen.registry.tags import Tag as Tag  # noqa: PLC0414
from reportgen.store.rows import changed, enter_once, table_of

REPORTS = "report:"
"""How the names of reports' chains begin, and no others."""
_STREAM = re.compile(r"(?!report\b)[a-z]{1,20}(?::[0-9A-Za-z._-]{1,64})?")
_ABOUT = frozenset({"number", "state", "was", "kind", "sha256", "reason"})
_USE = _ABOUT | {"by", "project", "round", "lot", "outcome", "used_at"}
_MARK = _ABOUT | {"uscc", "fact", "objection"}
_CASE = frozenset(
    {"uscc", "fact", "objection", "state", "was", "ending", "answer_by", "provisional", "reports"}
)
_CHANGE = frozenset({"uscc", "on", "since", "until", "sha256", "reason"})
_PERSON = frozenset({"login", "role", "closed", "on", "reason"})
_PLACE = frozenset({"project", "round", "lot"})
_BACKUP = frozenset({"sha256", "files", "rows", "size", "reports"})

KEYS: Mapping[Tag, frozenset[str]] = {
    Tag.REQUEST_ROW_CREATE: _PLACE
    | {"request", "kind", "applicant", "role", "recipient", "payer", "matter", "sha256"},
    Tag.REPORT_DRAFT_CREATE: _ABOUT
    | _PLACE
    | {"request", "applicant", "recipient", "conclusion", "snapshot_sha256", "pack", "pack_sha256", "matter"},
    Tag.REPORT_DRAFT_REVIEW: _ABOUT | {"first", "second", "conclusion"},
    Tag.REPORT_NUMBER_ALLOT: _ABOUT | {"register_number", "code_sha256", "key_id", "first", "second"},
    Tag.REPORT_NUMBER_VOID: _ABOUT | {"register_number", "error"},
    Tag.REPORT_FILE_RENDER: _ABOUT | {"pages", "size"},
    Tag.REPORT_FILE_PUBLISH: _ABOUT | {"pages", "size"},
    Tag.REPORT_FILE_ERASE: _ABOUT | {"size", "files"},
    Tag.REPORT_STATE_ISSUE: _ABOUT | {"valid_until", "key_id", "predecessor", "conclusion"},
    Tag.REPORT_STATE_CONSUME: _USE,
    Tag.REPORT_STATE_REVOKE: _ABOUT | {"key_id", "since", "from_moment", "first", "second"},
    Tag.REPORT_STATE_SUPERSEDE: _ABOUT | {"successor", "report"},
    Tag.REPORT_STATE_ARCHIVE: _ABOUT,
    Tag.REPORT_STATE_EXPIRE: _ABOUT | {"valid_until"},
    Tag.REPORT_USE_REPEAT: _USE,
    Tag.REPORT_USE_REFUSE: _USE,
    Tag.REPORT_USE_ANNUL: _USE | {"first", "second"},
    Tag.REPORT_MARK_OUTDATED: _MARK,
    Tag.REPORT_MARK_DISPUTE: _MARK,
    Tag.REPORT_MARK_SETTLE: _MARK,
    Tag.REPORT_MARK_CORRECT: _MARK | {"successor"},
    Tag.OBJECTION_CASE_OPEN: _CASE,
    Tag.OBJECTION_CASE_CLOSE: _CASE,
    Tag.OBJECTION_STATEMENT_ADD: _CASE,
    Tag.SUBJECT_FACTS_IMPORT: frozenset({"uscc", "sha256", "on", "rows"}),
    Tag.SUBJECT_FACTS_LOOK: frozenset({"uscc"}),
    Tag.SUBJECT_HIT_CONFIRM: frozenset({"uscc", "hit"}),
    Tag.SUBJECT_HIT_REJECT: frozenset({"uscc", "hit"}),
    Tag.LIST_EDITION_IMPORT: frozenset({"sha256", "on", "rows"}),
    Tag.PROJECT_VERSION_IMPORT: _PLACE | {"sha256", "matter"},
    Tag.PROJECT_AWARD_ENTER: _PLACE | {"on"},
    Tag.PROJECT_MANIFEST_EXPORT: _PLACE | {"sha256", "reports"},
    Tag.PROJECT_BUNDLE_EXPORT: _PLACE | {"number", "sha256", "reports"},
    Tag.PROJECT_USES_EXPORT: _PLACE | {"number", "sha256", "reports"},
    Tag.PROJECT_VOUCHER_EXPORT: _PLACE | {"number", "sha256", "report", "used_at"},
    Tag.OFFICE_AGENCY_CHANGE: _CHANGE,
    Tag.OFFICE_USER_CHANGE: _PERSON,
    Tag.OFFICE_STAFF_CHANGE: _PERSON,
    Tag.OFFICE_KEY_COMPROMISE: frozenset({"key_id", "since", "from_moment", "reports"}),
    Tag.OFFICE_BACKUP_MAKE: _BACKUP,
    Tag.OFFICE_BACKUP_RESTORE: _BACKUP,
    Tag.OFFICE_ERASE_RUN: _BACKUP | {"until", "reason"},
    Tag.OFFICE_ACCOUNT_CHANGE: frozenset({"login", "state", "uscc"}),
    Tag.OFFICE_CODE_MAKE: frozenset({"login", "uscc"}),
    Tag.OFFICE_LETTER_ERASE: frozenset({"login", "sha256"}),
    Tag.OFFICE_APIKEY_CHANGE: frozenset({"login", "state", "uscc", "api_key"}),
    Tag.OFFICE_WEBHOOK_CHANGE: frozenset({"login", "state", "uscc", "webhook", "host", "generation"}),
    Tag.APPLICATION_STATE_CHANGE: _PLACE | {"application", "state", "applicant"},
    Tag.APPLICATION_LETTER_ERASE: frozenset({"application", "sha256"}),
    Tag.UPLOAD_STATE_CHANGE: frozenset({"uscc", "state", "sha256"}),
    Tag.UPLOAD_FILE_ERASE: frozenset({"uscc", "sha256"}),
}
"""What an event of each tag may say; everything else is refused."""


canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
"""The one way in which what is hashed or signed is written: keys sorted, no spaces."""


class Link(NamedTuple):
    """What the hash of an event covers, in this order: `at` as ISO 8601, `data` as the row's very text."""

    stream: str
    seq: int
    tag: str
    at: str
    actor: str
    data: str
    previous: str


def events_key(secret: bytes) -> bytes:
    """Return the key that chains events, derived from the office secret."""
    return hmac.new(secret, b"reportgen events v1", hashlib.sha256).digest()


def event_hash(link: Link, key: bytes) -> str:
    """Return the keyed hash of an event."""
    # Somebody else may have written what is no Unicode: it shall have a hash as well, only no valid one.
    return hmac.digest(key, canonical(link).encode(errors="backslashreplace"), "sha256").hex()


def report_stream(report_id: int) -> str:
    """Return the name of a report's chain."""
    return f"{REPORTS}{report_id}"


def record(
    session: Session,
    chain: ReportRow | StreamRow,
    tag: Tag,
    at: datetime,
    actor: str,
    key: bytes,
    **data: Value,
) -> Link:
    """Append one event to a chain within the caller's transaction: the only writer of events.

    `actor` is a login, a role or the USCC of whoever used a report. Raises ValueError for data that the
    tag does not declare or that could be personal, and E0501 where the chain's row is behind its events.
    """
    said = canonical(checked(KEYS[tag], data, key))
    if at.tzinfo is not None or not (login(actor) or uscc(actor)):
        raise ValueError("an event needs a moment without zone and the login or USCC of its actor")
    session.flush()
    event = _next(chain, tag, at, actor, said)
    hashed = event_hash(event, key)
    if not _advance(session, chain, event, hashed):
        # Another transaction was first: its row is waited for and the event is hung on its end.
        session.refresh(chain, ["head", "events"], with_for_update=True)
        event = _next(chain, tag, at, actor, said)
        hashed = event_hash(event, key)
        if not _advance(session, chain, event, hashed):
            raise ReportgenError("E0501", detail=f"{event.stream} 的登记行已不存在")
    _insert(session, event, at, hashed)
    set_committed_value(chain, "head", hashed)
    set_committed_value(chain, "events", event.seq)
    return event


def begin(
    session: Session, tag: Tag, at: datetime, actor: str, key: bytes, told: Mapping[str, Mapping[str, Value]]
) -> None:
    """Begin chains that are no report's, by name, each with its first event, as `office_stream` and `record` do one.

    Raises ValueError as they do, and IntegrityError where one of the chains is there.
    """
    if at.tzinfo is not None or not (login(actor) or uscc(actor)):
        raise ValueError("an event needs a moment without zone and the login or USCC of its actor")
    for name in told:
        _check_name(name)
    events = [
        Link(name, 1, tag.value, at.isoformat(), actor, canonical(checked(KEYS[tag], data, key)), "")
        for name, data in told.items()
    ]
    hashes = [event_hash(event, key) for event in events]
    rows = [
        {"name": event.stream, "head": end, "events": 1} for event, end in zip(events, hashes, strict=True)
    ]
    session.execute(insert(table_of(StreamRow)), rows)
    session.execute(
        _INSERT,
        [event._asdict() | {"at": at, "hash": end} for event, end in zip(events, hashes, strict=True)],
    )


def office_stream(session: Session, name: str) -> StreamRow:
    """Return the row of a chain that is no report's, created on first use and locked until the transaction ends.

    It is meant to be recorded to in the same transaction. Raises ValueError for a name that is no plain code,
    or that could be a report's.
    """
    _check_name(name)
    enter_once(session, StreamRow, name=name, head="", events=0)
    return session.get_one(StreamRow, name, with_for_update=True, populate_existing=True)


def _check_name(name: str) -> None:
    if not _STREAM.fullmatch(name):
        raise ValueError("a stream is named by a word and perhaps a code, such as objection:17")


def _next(chain: ReportRow | StreamRow, tag: Tag, at: datetime, actor: str, data: str) -> Link:
    return Link(_name(chain), chain.events + 1, tag.value, at.isoformat(), actor, data, chain.head)


def _name(chain: ReportRow | StreamRow) -> str:
    if isinstance(chain, StreamRow):
        return chain.name
    if chain.id is None:
        raise ValueError("a report is added to its session before its events are recorded")
    return report_stream(chain.id)


def _advance(session: Session, chain: ReportRow | StreamRow, event: Link, hashed: str) -> bool:
    which, statement = (
        (chain.name, _ADVANCE_STREAM) if isinstance(chain, StreamRow) else (chain.id, _ADVANCE_REPORT)
    )
    was: dict[str, object] = {"which": which, "had": event.seq - 1, "ended": event.previous}
    return changed(session, statement, was | {"length": event.seq, "end": hashed}) == 1


def _insert(session: Session, event: Link, at: datetime, hashed: str) -> None:
    try:
        session.execute(_INSERT, event._asdict() | {"at": at, "hash": hashed})
    except IntegrityError as error:
        # The row was the transaction's own by now: only tampering leaves an event beyond its count.
        raise ReportgenError("E0501", detail=f"{event.stream} 第 {event.seq} 条已经存在") from error


def _advancing(row: type[ReportRow | StreamRow], key: str) -> Update:
    table = table_of(row)
    end = (table.c.events == bindparam("had"), table.c.head == bindparam("ended"))
    return (
        update(table)
        .where(table.c[key] == bindparam("which"), *end)
        .values(events=bindparam("length"), head=bindparam("end"))
    )


# Every step of every life runs these: they are built once, and for the tables, not the mapped classes.
_ADVANCE_REPORT = _advancing(ReportRow, "id")
_ADVANCE_STREAM = _advancing(StreamRow, "name")
_INSERT = insert(table_of(EventRow))
