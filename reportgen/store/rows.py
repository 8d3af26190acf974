"""What a statement changed: the question on which every step of a life rests."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, cast

from sqlalchemy import CursorResult, Delete, Table, Text, Update, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, select

from reportgen.store.tables import Row

R = TypeVar("R", bound=Row)
_BY_ITSELF = {"synchronize_session": False}
"""The session need not guess what a statement did: every reader asks the database again."""


def table_of(row: type[Row]) -> Table:
    """Return the table of a class of rows: statements for it cost half of those for the class."""
    return cast("Table", inspect(row).local_table)


def changed(session: Session, statement: Update | Delete, values: Mapping[str, object] | None = None) -> int:
    """Run a statement, with the values of its parameters, and return how many rows it changed."""
    done = session.execute(statement, values, execution_options=_BY_ITSELF)
    return cast("CursorResult[object]", done).rowcount


def taken(
    session: Session, statement: Update, row: type[R], values: Mapping[str, object] | None = None
) -> R | None:
    """Run an UPDATE of at most one row and return the row as it then stands; None where it changed none.

    Long texts are left to whoever asks for them while the session lasts.
    """
    short = [column for column in table_of(row).columns if not isinstance(column.type, Text)]
    found = select(row).from_statement(statement.returning(*short))
    options = {"populate_existing": True}
    return session.execute(found, values, execution_options=options).scalar_one_or_none()


def enter_once(session: Session, row: type[Row], **values: object) -> None:
    """Insert a row where none of its key stands; another transaction's is waited for and left as it is."""
    session.execute(_insert(session)(row).values(**values).on_conflict_do_nothing())


def add_up(session: Session, row: type[Row], column: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows, or add a column of theirs to what stands under their keys, in the order in which they are given."""
    table = table_of(row)
    entered = _insert(session)(table)
    total = {column: table.c[column] + entered.excluded[column]}
    summed = entered.on_conflict_do_update(index_elements=list(table.primary_key), set_=total)
    session.connection().execute(summed, rows)


def _insert(session: Session) -> Callable[..., postgresql.Insert | sqlite.Insert]:
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
