"""Table of uploads (上传): workbooks that bidders filled in and papers that prove what they say, for the clerk to look at."""

from enum import StrEnum

from pydantic import NaiveDatetime
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlmodel import Field

from reportgen.store.tables import SHA256, Row

LONGEST_PROOF = 200
"""So many characters may say what a paper proves."""


class UploadState(StrEnum):
    """待处理 until the clerk has imported what it tells, or has refused it; a faulty one is refused at once."""

    PENDING = "PENDING"
    TAKEN = "TAKEN"
    REFUSED = "REFUSED"


class UploadKind(StrEnum):
    """A workbook to be taken in, or a paper (证明材料) that proves something: a scan, which nothing reads."""

    WORKBOOK = "WORKBOOK"
    PAPER = "PAPER"


class UploadRow(Row, table=True):
    """A workbook or a paper of an account; `key` is what its address names, `name` what the bidder calls it.

    `file` is its name among the office's files, `marked` that of the copy with its faults marked, nothing where it
    has none. `findings` lists what the check found, as JSON, and `faults` counts those that are faults. `proves` says
    what a paper proves, in the bidder's words.
    """

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint(f"state IN {tuple(state.value for state in UploadState)}", name="state"),
        Index("ix_upload_state_at", "state", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=32, unique=True)
    account_id: int = Field(sa_column_args=(ForeignKey("account.id"),), index=True)
    uscc: str = Field(max_length=18, index=True)
    state: str = Field(default=UploadState.PENDING, max_length=10)
    name: str = Field(max_length=200)
    file: str = Field(max_length=200)
    sha256: str = Field(max_length=SHA256)
    marked: str = Field(default="", max_length=200)
    faults: int = 0
    findings: str = Field(default="[]", sa_type=Text)
    at: NaiveDatetime
    decided_at: NaiveDatetime | None = None
    decided_by: str = Field(default="", max_length=60)
    note: str = Field(default="", sa_type=Text)
    kind: str = Field(
        default=UploadKind.WORKBOOK,
        max_length=10,
        sa_column_kwargs={"server_default": UploadKind.WORKBOOK.value},
    )
    proves: str = Field(default="", max_length=LONGEST_PROOF, sa_column_kwargs={"server_default": ""})
