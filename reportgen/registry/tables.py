"""Tables of the register: requests, reports, parties, objections, numbers, events, checkpoints.

What must never happen is refused by the database itself: a number twice, two live reports for one use, two live
grades of a subject, a state nobody knows. `lot` is never NULL, for a NULL would let a second report in.
"""

from datetime import date
from enum import StrEnum
from typing import cast

from pydantic import NaiveDatetime
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import QueryableAttribute, defer
from sqlmodel import Field

from reportgen.store.tables import SHA256, Row


class Kind(StrEnum):
    """The three kinds of document an agency issues; only a report is bound to a project, and used up by it."""

    REPORT = "REPORT"
    RECORD = "RECORD"
    GRADE = "GRADE"


class State(StrEnum):
    """Where a report stands in its life; 已过期 is computed from its date, stored only to make room."""

    DRAFT = "DRAFT"
    REVIEWED = "REVIEWED"
    RENDERING = "RENDERING"
    ISSUED = "ISSUED"
    CONSUMED = "CONSUMED"
    ARCHIVED = "ARCHIVED"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"
    VOID = "VOID"


LIVE = (State.RENDERING, State.ISSUED, State.CONSUMED)
"""States in which a report occupies its use."""
IN_THE_WORLD = (State.ISSUED, State.CONSUMED, State.ARCHIVED)
"""States in which somebody outside holds a report that was not taken back."""
NUMBERED = (*LIVE, State.ARCHIVED, State.EXPIRED, State.REVOKED, State.VOID)


def _in(states: tuple[State, ...] | type[State]) -> str:
    return "(" + ", ".join(f"'{state.value}'" for state in states) + ")"


_OCCUPIES = text(f"state IN {_in(LIVE)} AND NOT superseded AND kind != '{Kind.RECORD.value}'")
"""Which documents stand in the way of another one of the same use; a record stands in nobody's."""


class RequestRow(Row, table=True):
    """Who asked for what, in which role, by whose authority, and who pays; one row per request key."""

    __tablename__ = "request"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=SHA256, unique=True)
    kind: str = Field(default=Kind.REPORT, max_length=10)
    applicant: str = Field(sa_type=Text)
    role: str = Field(max_length=20)
    project: str = Field(max_length=64)
    round: int = 1
    lot: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    recipient: str = Field(max_length=18)
    recipient_name: str = Field(max_length=200)
    purpose: str = Field(max_length=200)
    authorisation: str = Field(max_length=500)
    payer: str = Field(max_length=18)
    requested_by: str = Field(max_length=60)
    requested_at: NaiveDatetime


class ReportRow(Row, table=True):
    """A document of one of the three kinds, from its draft to its archive.

    A record or a grade names neither project nor matter nor recipient, and `closes_at` is the day it speaks of.
    `applicant` names the members, the lead first; `register_number` is gap-free per agency and day and stays
    in the office, `number` is public and tells no count; the verification code is kept as a hash only.
    `head` and `events` are the end and the length of the report's chain of events.
    """

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint(f"state IN {_in(State)}", name="state"),
        CheckConstraint("kind IN ('REPORT', 'RECORD', 'GRADE')", name="kind"),
        CheckConstraint(
            f"(state IN {_in(NUMBERED)}) = (number IS NOT NULL AND register_number IS NOT NULL)",
            name="numbered",
        ),
        CheckConstraint(
            "state NOT IN ('ISSUED', 'CONSUMED', 'ARCHIVED') OR (sha256 IS NOT NULL AND issued_at IS NOT NULL)",
            name="issued",
        ),
        CheckConstraint("state != 'CONSUMED' OR consumed_at IS NOT NULL", name="consumed"),
        CheckConstraint(
            "(consumed_at IS NULL) = (consumed_by IS NULL)",
            name="consumer",
        ),
        Index(
            "uq_report_live_use",
            "applicant",
            "project",
            "round",
            "lot",
            "recipient",
            "purpose",
            "kind",
            unique=True,
            sqlite_where=_OCCUPIES,
            postgresql_where=_OCCUPIES,
        ),
        Index("ix_report_project_round_lot", "project", "round", "lot"),
        Index("ix_report_state_issued_at", "state", "issued_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(sa_column_args=(ForeignKey("request.id"),), unique=True)
    kind: str = Field(default=Kind.REPORT, max_length=10)
    state: str = Field(default=State.DRAFT, max_length=10)
    register_number: str | None = Field(default=None, max_length=40, unique=True)
    number: str | None = Field(default=None, max_length=40, unique=True)
    code_sha256: str | None = Field(default=None, max_length=SHA256, unique=True)
    applicant: str = Field(max_length=400)
    project: str = Field(max_length=64)
    round: int = 1
    lot: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    matter: str = Field(max_length=20)
    recipient: str = Field(max_length=18)
    purpose: str = Field(max_length=200)
    closes_at: NaiveDatetime
    conclusion: str = Field(default="", max_length=20)
    pack: str = Field(default="", max_length=64)
    pack_sha256: str = Field(default="", max_length=SHA256)
    snapshot_sha256: str = Field(default="", max_length=SHA256)
    project_sha256: str = Field(default="", max_length=SHA256)
    assessment: str | None = Field(default=None, sa_type=Text)
    prepared_by: str = Field(default="", max_length=60)
    reviewed_by: str = Field(default="", max_length=60)
    issued_by: str = Field(default="", max_length=60)
    drafted_at: NaiveDatetime
    allotted_at: NaiveDatetime | None = None
    issued_at: NaiveDatetime | None = None
    valid_until: date | None = None
    sha256: str | None = Field(default=None, max_length=SHA256)
    pages: int | None = None
    file: str | None = Field(default=None, max_length=200)
    key_id: str | None = Field(default=None, max_length=SHA256)
    consumed_at: NaiveDatetime | None = None
    consumed_by: str | None = Field(default=None, max_length=18)
    revoked_at: NaiveDatetime | None = None
    archived_at: NaiveDatetime | None = None
    superseded: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    supersedes_id: int | None = Field(default=None, sa_column_args=(ForeignKey("report.id"),))
    outdated_at: NaiveDatetime | None = None
    disputed_at: NaiveDatetime | None = None
    corrected_at: NaiveDatetime | None = None
    head: str = Field(default="", max_length=SHA256)
    events: int = 0


LIGHT = defer(cast("QueryableAttribute[str | None]", ReportRow.assessment))
"""Reports are read without their judgements, which are a hundred times as long as all the rest of them."""


class PartyRow(Row, table=True):
    """A member of a report's applicant, so that a subject finds its reports."""

    __tablename__ = "party"

    report_id: int = Field(sa_column_args=(ForeignKey("report.id"),), primary_key=True)
    uscc: str = Field(max_length=18, primary_key=True, index=True)
    snapshot_sha256: str = Field(max_length=SHA256)


class RestsOnRow(Row, table=True):
    """A fact that a report's judgement names as evidence: what a change of the fact touches."""

    __tablename__ = "rests_on"

    report_id: int = Field(sa_column_args=(ForeignKey("report.id"),), primary_key=True)
    uscc: str = Field(max_length=18, primary_key=True)
    fact: str = Field(max_length=64, primary_key=True)

    __table_args__ = (Index("ix_rests_on_uscc_fact", "uscc", "fact"),)


class NoticeRow(Row, table=True):
    """A 更正通知书 of a report, without a hash until it has gone out.

    `file` goes where the office must forget it; number and hash stay.
    """

    __tablename__ = "notice"

    id: int | None = Field(default=None, primary_key=True)
    report_id: int = Field(sa_column_args=(ForeignKey("report.id"),), index=True)
    number: str = Field(max_length=40, unique=True)
    sha256: str = Field(default="", max_length=SHA256, index=True)
    pages: int = 0
    file: str | None = Field(default=None, max_length=200)
    issued_at: NaiveDatetime


class CounterRow(Row, table=True):
    """The last register number of a day: taken in the transaction of its report, so no gap remains."""

    __tablename__ = "counter"

    day: date = Field(primary_key=True)
    last: int


class StreamRow(Row, table=True):
    """The end and length of a chain of events that is no report's: the office, a project, an objection."""

    __tablename__ = "stream"

    name: str = Field(max_length=100, primary_key=True)
    head: str = Field(default="", max_length=SHA256)
    events: int = 0


class EventRow(Row, table=True):
    """One event: append-only by triggers, chained by a keyed hash within its stream; no personal data."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("stream", "seq"), Index("ix_event_at", "at"))

    id: int | None = Field(default=None, primary_key=True)
    stream: str = Field(max_length=100)
    seq: int
    tag: str = Field(max_length=60)
    at: NaiveDatetime
    actor: str = Field(default="", max_length=60)
    data: str = Field(sa_type=Text)
    previous: str = Field(max_length=SHA256)
    hash: str = Field(max_length=SHA256)


class CheckpointRow(Row, table=True):
    """A signed statement of how long all chains were and how they ended; append-only as well."""

    __tablename__ = "checkpoint"

    id: int | None = Field(default=None, primary_key=True)
    at: NaiveDatetime
    streams: int
    events: int
    digest: str = Field(max_length=SHA256)
    key_id: str = Field(max_length=SHA256)
    signature: str = Field(sa_type=Text)


class CheckpointLineRow(Row, table=True):
    """How long a chain was at a checkpoint and how it ended, where the checkpoint before said otherwise."""

    __tablename__ = "checkpoint_line"
    __table_args__ = (UniqueConstraint("stream", "checkpoint"),)

    id: int | None = Field(default=None, primary_key=True)
    checkpoint: int
    stream: str = Field(max_length=100)
    events: int
    head: str = Field(max_length=SHA256)


class ObjectionRow(Row, table=True):
    """An objection (异议) of a subject to one of its facts: a case with a deadline and an end.

    A fact has one open case. `statement` is what the subject says beside a record that was kept.
    """

    __tablename__ = "objection"
    __table_args__ = (
        CheckConstraint("state IN ('OPEN', 'CORRECTED', 'DELETED', 'KEPT')", name="state"),
        CheckConstraint("(state = 'OPEN') = (closed_at IS NULL)", name="closed"),
        Index(
            "uq_objection_open",
            "uscc",
            "fact",
            unique=True,
            sqlite_where=text("state = 'OPEN'"),
            postgresql_where=text("state = 'OPEN'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    uscc: str = Field(max_length=18, index=True)
    fact: str = Field(max_length=64)
    grounds: str = Field(sa_type=Text)
    received_at: NaiveDatetime
    answer_by: date
    provisional: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    state: str = Field(default="OPEN", max_length=10)
    closed_at: NaiveDatetime | None = None
    answer: str = Field(default="", sa_type=Text)
    statement: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
