"""Tables of the portal's door: accounts, their open sessions, failed attempts to sign in.

Whoever works in the agency has an account with the login of his user, whose roles count; a bidder or a party
that receives reports has one of its own, for its USCC. No password, no token is stored, only what they are
checked against.
"""

from enum import StrEnum

from pydantic import NaiveDatetime
from sqlalchemy import CheckConstraint, ForeignKey
from sqlmodel import Field

from reportgen.store.tables import SHA256, Row


class AccountKind(StrEnum):
    """For whom somebody signs in: the agency, a bidder (投标人), or 招标人 and 代理机构, who receive reports."""

    AGENCY = "AGENCY"
    BIDDER = "BIDDER"
    RECIPIENT = "RECIPIENT"


class AccountState(StrEnum):
    """待审核 until the agency has seen the letter of authority, then 可用, at last 停用."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"


class AccountRow(Row, table=True):
    """An account: for whom, by whom (经办人), the letter of authority, and a hash of the password.

    `authorisation` is the letter's name among the office's files; an account of the agency has none.
    """

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint(f"kind IN {tuple(kind.value for kind in AccountKind)}", name="kind"),
        CheckConstraint(f"state IN {tuple(state.value for state in AccountState)}", name="state"),
        CheckConstraint("(kind = 'AGENCY') = (uscc = '')", name="owner"),
    )

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(max_length=60, unique=True)
    kind: str = Field(max_length=10)
    state: str = Field(max_length=10)
    uscc: str = Field(default="", max_length=18, index=True)
    organisation: str = Field(default="", max_length=200)
    person: str = Field(default="", max_length=60)
    password: str = Field(default="", max_length=200)
    authorisation: str = Field(default="", max_length=200)
    authorisation_sha256: str = Field(default="", max_length=SHA256)
    opened_at: NaiveDatetime
    decided_at: NaiveDatetime | None = None
    decided_by: str | None = Field(default=None, max_length=60)


class SignedInRow(Row, table=True):
    """An open session: the hash of its token, whose it is, and when it ends whatever happens."""

    __tablename__ = "signed_in"

    token_sha256: str = Field(max_length=SHA256, primary_key=True)
    account_id: int = Field(sa_column_args=(ForeignKey("account.id"),), index=True)
    seen_at: NaiveDatetime
    ends_at: NaiveDatetime


class FailedRow(Row, table=True):
    """Failed attempts to sign in with a login, known here or not: `login_key` is its keyed hash."""

    __tablename__ = "failed_sign_in"

    login_key: str = Field(max_length=SHA256, primary_key=True)
    count: int
    last_at: NaiveDatetime
