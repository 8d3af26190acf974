"""A database with rows in every table, whatever tables its revision has."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, select

from reportgen.store.copying import tables

# What the constraints want to see, where a text made from the column's name would not do.
_VALUES = {
    ("account", "authorisation"): "",
    ("account", "kind"): "BIDDER",
    ("account", "state"): "ACTIVE",
    ("application", "letter"): "",
    ("application", "state"): "SUBMITTED",
    ("hit", "state"): "CONFIRMED",
    ("objection", "state"): "OPEN",
    ("objection", "closed_at"): None,
    ("report", "consumed_at"): None,
    ("report", "consumed_by"): None,
    ("report", "state"): "ISSUED",
    ("request", "kind"): "REPORT",
    ("report", "kind"): "REPORT",
    ("role", "role"): "CLERK",
    ("snapshot", "erased_at"): None,
    ("upload", "file"): "",
    ("upload", "state"): "PENDING",
    ("snapshot", "redacted_sha256"): None,
    ("webhook", "state"): "ACTIVE",
    ("webhook", "off_at"): None,
    ("webhook_call", "state"): "WAITING",
}
_ALONE = ("agency", "webhook_read")
"""Tables of one row."""
Rows = dict[str, list[dict[str, Any]]]


def fill(connection: Connection, rows: int = 2) -> None:
    """Add rows to every table."""
    for table in tables(connection):
        for number in range(1, 2 if table.name in _ALONE else rows + 1):
            connection.execute(
                table.insert().values({c.name: _value(table, c, number) for c in table.columns})
            )


def contents(connection: Connection) -> Rows:
    """Return every row of every table."""
    return {
        table.name: [
            dict(row._mapping) for row in connection.execute(select(table).order_by(*table.primary_key))
        ]
        for table in tables(connection)
    }


def _value(table: Table, column: Column[Any], number: int) -> Any:
    if (table.name, column.name) in _VALUES:
        return _VALUES[table.name, column.name]
    if column.foreign_keys and column.nullable:
        return None
    kind = column.type.python_type
    if column.foreign_keys and kind is str:
        (key,) = column.foreign_keys
        column = key.column
    return {
        bool: False,
        int: number,
        date: date(2026, 1, number),
        datetime: datetime(2026, 1, number, 9, 30, 15, 123456),
    }.get(kind, f"{column.name[:9]}\\\t\n样例'{number}"[: getattr(column.type, "length", None)])
