"""Table of applications (申请): what a bidder asked for at the portal, and how far the agency has come with it."""

from enum import StrEnum

from pydantic import NaiveDatetime
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlmodel import Field

from reportgen.store.tables import SHA256, Row


class ApplicationState(StrEnum):
    """Where an application stands; the last three are ends, though one that was returned may be sent in anew."""

    SUBMITTED = "SUBMITTED"
    PREPARED = "PREPARED"
    REVIEWED = "REVIEWED"
    QUEUED = "QUEUED"
    ISSUED = "ISSUED"
    RETURNED = "RETURNED"
    WITHDRAWN = "WITHDRAWN"


class ApplicationRow(Row, table=True):
    """An application of an account for one project; `key` is what its address names, and tells no count.

    `members` is a list of USCC, share and work, the lead first. `due_at` is the moment by which it has to be done
    with. `prepared_by`, `reviewed_by`, `issued_by` are logins. While it is QUEUED, `claimed_until` says until when
    somebody has taken it for rendering, and `attempts` how often that was. `note` is what the bidder is told.
    """

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint(f"state IN {tuple(state.value for state in ApplicationState)}", name="state"),
        Index("ix_application_state_due_at", "state", "due_at"),
        Index("ix_application_project_round_lot", "project", "round", "lot"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=32, unique=True)
    account_id: int = Field(sa_column_args=(ForeignKey("account.id"),), index=True)
    state: str = Field(default=ApplicationState.SUBMITTED, max_length=10)
    uscc: str = Field(max_length=18, index=True)
    members: str = Field(sa_type=Text)
    project: str = Field(max_length=64)
    round: int
    lot: str = Field(max_length=64)
    recipient: str = Field(max_length=18)
    recipient_name: str = Field(max_length=200)
    purpose: str = Field(max_length=200)
    payer: str = Field(max_length=18)
    authorisation: str = Field(max_length=500)
    letter: str = Field(max_length=200)
    letter_sha256: str = Field(max_length=SHA256)
    submitted_at: NaiveDatetime
    due_at: NaiveDatetime
    prepared_by: str = Field(default="", max_length=60)
    prepared_at: NaiveDatetime | None = None
    reviewed_by: str = Field(default="", max_length=60)
    reviewed_at: NaiveDatetime | None = None
    issued_by: str = Field(default="", max_length=60)
    queued_at: NaiveDatetime | None = None
    claimed_by: str = Field(default="", max_length=60)
    claimed_until: NaiveDatetime | None = None
    attempts: int = 0
    ended_at: NaiveDatetime | None = None
    note: str = Field(default="", sa_type=Text)
    report_id: int | None = Field(default=None, sa_column_args=(ForeignKey("report.id"),))
