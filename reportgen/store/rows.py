"""What a statement changed: the question on which every step of a life rests."""

from typing import TypeVar, cast

from sqlalchemy import CursorResult, Delete, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from reportgen.store.tables import Row

R = TypeVar("R", bound=Row)
_BY_ITSELF = {"synchronize_session": False}
"""The session need not guess what a statement did: every reader asks the database again."""


def changed(session: Session, statement: Update | Delete) -> int:
    """Run a statement and return how many rows it changed."""
    done = session.execute(statement, execution_options=_BY_ITSELF)
    return cast("CursorResult[object]", done).rowcount


def taken(session: Session, statement: Update, row: type[R]) -> R | None:
    """Run an UPDATE of at most one row and return the row as it then stands; None where it changed none."""
    options = {**_BY_ITSELF, "populate_existing": True}
    found = session.execute(statement.returning(row), execution_options=options).scalar_one_or_none()
    return cast("R | None", found)


def enter_once(session: Session, row: type[Row], **values: object) -> None:
    """Insert a row where none of its key stands; another transaction's is waited for and left as it is."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(row).values(**values).on_conflict_do_nothing())
