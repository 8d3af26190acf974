"""Tables of webhooks (回调): where systems of accounts want to be called, the calls (投递), how far events were read."""

from enum import StrEnum

from pydantic import NaiveDatetime
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlmodel import Field

from reportgen.store.tables import Row


class WebhookState(StrEnum):
    """Whether a webhook is called; OFF is one whose receiver failed for long."""

    ACTIVE = "ACTIVE"
    OFF = "OFF"


class CallState(StrEnum):
    """Where a call stands; HELD is one that its owner must not learn of yet: before 开标, or before 中标公示."""

    HELD = "HELD"
    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


class Failure(StrEnum):
    """Why a call was not taken."""

    STATUS = "STATUS"
    GONE = "GONE"
    REDIRECT = "REDIRECT"
    SLOW = "SLOW"
    UNKNOWN = "UNKNOWN"
    INSIDE = "INSIDE"
    UNTRUSTED = "UNTRUSTED"
    UNREACHABLE = "UNREACHABLE"


class WebhookRow(Row, table=True):
    """A webhook of an account: `key` is what its address in the portal and its secret are made from.

    The secret is stored nowhere: it follows from the office's secret, the key and `generation`, and `renewed_at` says
    since when from this generation. `kinds` are words with blanks between them; events up to `after` are not told.
    `failing_since` is the first failure after the last success, `off_why` the failure that switched it off.
    """

    __tablename__ = "webhook"
    __table_args__ = (
        CheckConstraint(f"state IN {tuple(state.value for state in WebhookState)}", name="state"),
        CheckConstraint("(state = 'OFF') = (off_at IS NOT NULL)", name="off"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=32, unique=True)
    account_id: int = Field(sa_column_args=(ForeignKey("account.id"),), index=True)
    url: str = Field(max_length=500)
    kinds: str = Field(max_length=300)
    state: str = Field(default=WebhookState.ACTIVE, max_length=10)
    generation: int = 1
    renewed_at: NaiveDatetime
    created_at: NaiveDatetime
    after: int
    failing_since: NaiveDatetime | None = None
    off_at: NaiveDatetime | None = None
    off_why: str = Field(default="", max_length=12)


class CallRow(Row, table=True):
    """One event to be told to one webhook: what is sent, and what became of it.

    `key` is the webhook-id, the same at every try. `about` is the number or the key of what it tells of. While
    it is to be sent, `due_at` says when, or until when somebody has taken it; `status`, `failure`, `milliseconds` and
    `tried_at` are those of the last of `tries`.
    """

    __tablename__ = "webhook_call"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        CheckConstraint(f"state IN {tuple(state.value for state in CallState)}", name="state"),
        Index("ix_webhook_call_state_due_at", "state", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=32, unique=True)
    webhook_id: int = Field(sa_column_args=(ForeignKey("webhook.id"),))
    event_id: int
    kind: str = Field(max_length=30)
    about: str = Field(max_length=40)
    body: str = Field(sa_type=Text)
    state: str = Field(max_length=10)
    due_at: NaiveDatetime
    tries: int = 0
    tried_at: NaiveDatetime | None = None
    status: int | None = None
    failure: str = Field(default="", max_length=12)
    milliseconds: int | None = None


class ReadRow(Row, table=True):
    """How far the events were read for good; there is one row since the first webhook."""

    __tablename__ = "webhook_read"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: int = Field(default=1, primary_key=True)
    event_id: int
