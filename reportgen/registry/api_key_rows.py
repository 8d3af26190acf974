"""Tables of the API: the keys of accounts, and what was answered to requests that must not be done twice."""

from datetime import date

from pydantic import NaiveDatetime
from sqlalchemy import ForeignKey, Text
from sqlmodel import Field

from reportgen.store.tables import SHA256, Row


class ApiKeyRow(Row, table=True):
    """A key of an account: what finds it, what it is checked against, and what it may be used for.

    `scopes` are words with blanks between them; `last_day` is the day on which it was used last.
    """

    __tablename__ = "api_key"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(sa_column_args=(ForeignKey("account.id"),), index=True)
    prefix: str = Field(max_length=16, unique=True)
    key_hash: str = Field(max_length=SHA256)
    name: str = Field(max_length=60)
    scopes: str = Field(max_length=300)
    created_at: NaiveDatetime
    last_day: date | None = None
    revoked_at: NaiveDatetime | None = None


class AnsweredRow(Row, table=True):
    """What an account was answered under an Idempotency-Key; `request_sha256` says to which request."""

    __tablename__ = "answered"

    account_id: int = Field(sa_column_args=(ForeignKey("account.id"),), primary_key=True)
    key: str = Field(max_length=100, primary_key=True)
    request_sha256: str = Field(max_length=SHA256)
    status: int
    content: str = Field(sa_type=Text)
    at: NaiveDatetime = Field(index=True)
