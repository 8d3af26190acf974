r"""The rows of tables as bytes, in the one form that both databases give and take: PostgreSQL's COPY text.

One line a row, columns apart by tabs, `\N` for NULL, control characters and backslashes escaped with a
backslash; a moment as 2026-11-21 09:30:00, a truth as t or f.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import IO, Any

from sqlalchemy import Column, Connection, MetaData, Table, func, select

_ESCAPES = {"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
_ESCAPE = str.maketrans(_ESCAPES)
_PLAIN = {escaped[1]: plain for plain, escaped in _ESCAPES.items()}
_NULL = "\\N"
_AT_ONCE = 1000
_CHUNK = 1 << 20
VERSION_TABLE = "alembic_version"


def tables(connection: Connection) -> list[Table]:
    """Return the tables that the database has, those others refer to first."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != VERSION_TABLE]


def dump(connection: Connection, table: Table) -> Iterator[bytes]:
    """Yield the rows of a table in pieces that need not end where a row ends."""
    return _dump_sqlite(connection, table) if _on_sqlite(connection) else _dump_postgres(connection, table)


def load(connection: Connection, table: Table, columns: Sequence[str], rows: IO[bytes]) -> None:
    """Add rows to a table, given the columns in which they were dumped."""
    if _on_sqlite(connection):
        _load_sqlite(connection, table, columns, rows)
    else:
        _load_postgres(connection, table, columns, rows)


def _on_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _dump_sqlite(connection: Connection, table: Table) -> Iterator[bytes]:
    found = connection.execution_options(yield_per=_AT_ONCE).execute(select(table))
    for part in found.partitions():
        yield b"".join(_line(row) for row in part)


def _line(row: Iterable[object]) -> bytes:
    return ("\t".join(map(_written, row)) + "\n").encode()


def _written(value: object) -> str:
    match value:
        case None:
            return _NULL
        case bool():
            return "t" if value else "f"
        case datetime():
            return value.isoformat(" ")
        case _:
            return str(value).translate(_ESCAPE)


def _load_sqlite(connection: Connection, table: Table, columns: Sequence[str], rows: IO[bytes]) -> None:
    readers = [(name, _reader(table.columns[name])) for name in columns]
    while lines := list(islice(rows, _AT_ONCE)):
        connection.execute(table.insert(), [_row(readers, line) for line in lines])


def _row(readers: Sequence[tuple[str, Any]], line: bytes) -> dict[str, object]:
    words = line.decode().removesuffix("\n").split("\t")
    return {
        name: None if word == _NULL else read(word) for (name, read), word in zip(readers, words, strict=True)
    }


def _reader(column: Column[Any]) -> Any:  # noqa: ANN401 - reads whatever the column holds
    readers = {bool: "t".__eq__, int: int, date: date.fromisoformat, datetime: datetime.fromisoformat}
    return readers.get(column.type.python_type, _unescaped)


def _unescaped(word: str) -> str:
    return re.sub(r"\\(.)", lambda found: _PLAIN[found[1]], word)


def _dump_postgres(connection: Connection, table: Table) -> Iterator[bytes]:
    with _cursor(connection).copy(
        f"COPY {_named(connection, table, table.columns.keys())} TO STDOUT"
    ) as copy:
        for piece in copy:
            yield bytes(piece)


def _load_postgres(connection: Connection, table: Table, columns: Sequence[str], rows: IO[bytes]) -> None:
    with _cursor(connection).copy(f"COPY {_named(connection, table, columns)} FROM STDIN") as copy:
        while piece := rows.read(_CHUNK):
            copy.write(piece)
    for column in table.primary_key.columns:
        if column.type.python_type is int:
            _raise_sequence(connection, table, column)


def _raise_sequence(connection: Connection, table: Table, column: Column[Any]) -> None:
    """Let the numbers of new rows go on behind those that were added; a column without a sequence has none."""
    name = connection.dialect.identifier_preparer.format_table(table)
    highest = select(func.max(column)).scalar_subquery()
    connection.execute(select(func.setval(func.pg_get_serial_sequence(name, column.name), highest)))


def _named(connection: Connection, table: Table, columns: Sequence[str]) -> str:
    quote = connection.dialect.identifier_preparer.quote
    return f"{quote(table.name)} ({', '.join(map(quote, columns))})"


def _cursor(connection: Connection) -> Any:  # noqa: ANN401 - the driver's own cursor, and COPY is its own too
    return connection.connection.cursor()
