"""The rows of a list's file beside the office's tables, in tables that only one connection sees and that go with it.

Nobody waits while a file is read: a million rows take a minute, and the office goes on meanwhile.
"""

import hashlib
from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Column, Connection, Date, Integer, MetaData, String, Table, Text
from sqlalchemy.dialects import postgresql, sqlite

from reportgen.intake.lists import Listed
from reportgen.intake.names import name_key

_AT_ONCE = 5000
_BESIDE = MetaData()
INCOMING = Table(
    "incoming",
    _BESIDE,
    Column("digest", String(32), primary_key=True),
    Column("list", String(200)),
    Column("kind", String(20)),
    Column("uscc", String(18)),
    Column("name", String(200)),
    Column("name_key", String(200)),
    Column("former_names", Text),
    Column("listed_on", Date),
    Column("until", Date),
    Column("basis", Text),
    Column("authority", String(200)),
    prefixes=["TEMPORARY"],
)
"""The rows of a file, each once."""
ALIASES = Table(
    "incoming_alias",
    _BESIDE,
    Column("digest", String(32), primary_key=True),
    Column("name_key", String(200), primary_key=True),
    prefixes=["TEMPORARY"],
)
"""The former names by which they compare as well."""
TAKEN = Table(
    "incoming_edition",
    _BESIDE,
    Column("list", String(200), primary_key=True),
    Column("list_id", Integer),
    Column("edition_id", Integer),
    prefixes=["TEMPORARY"],
)
"""The edition that each list of the file becomes."""
LEAVING = Table("incoming_leaving", _BESIDE, Column("id", Integer, primary_key=True), prefixes=["TEMPORARY"])
"""The entries that are on their list, and not in the file any more."""


def stage(connection: Connection, rows: Iterator[Listed]) -> None:
    """Make the tables and fill them with a file's rows, within the transaction at hand; raises what reading raises."""
    _BESIDE.create_all(connection)
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    into, aliases = (dialect.insert(table).on_conflict_do_nothing() for table in (INCOMING, ALIASES))
    while part := list(islice(rows, _AT_ONCE)):
        staged = [_staged(row) for row in part]
        connection.execute(into, [values for values, _ in staged])
        if also := [{"digest": values["digest"], "name_key": key} for values, keys in staged for key in keys]:
            connection.execute(aliases, also)
    if connection.dialect.name == "postgresql":
        # Nobody else looks after tables that only this connection sees.
        connection.exec_driver_sql("ANALYZE incoming, incoming_alias")


def _staged(row: Listed) -> tuple[dict[str, object], set[str]]:
    """Return a row as it is entered, and the former names by which it compares as well."""
    key = name_key(row.name)
    keys = {name_key(name) for name in row.former_names} - {key, ""}
    values: dict[str, object] = {
        "list": row.list,
        "kind": row.kind.value,
        "uscc": row.uscc,
        "name": row.name,
        "name_key": key,
        "former_names": "\n".join(row.former_names),
        "listed_on": row.listed_on,
        "until": row.until,
        "basis": row.basis,
        "authority": row.authority,
    }
    said = "\x1f".join(str(value) for value in (*values.values(), *sorted(keys)))
    return {"digest": hashlib.sha256(said.encode()).hexdigest()[:32], **values}, keys
