"""The register changed by force: by whoever owns the tables, with the triggers taken away."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from reportgen.registry.events import Tag, office_stream, record
from reportgen.registry.tables import ReportRow
from reportgen.store.engine import Store
from tests.registry.lives import DESK, NOW, drafted

KEY = DESK.key
STREAMS = ("office", "report:1", "report:2")
LENGTH = 5
APPENDED = ("event", "checkpoint", "checkpoint_line")
FORGED = {"tag": "office:backup:make", "actor": "office", "data": '{"files":9}', "hash": "f" * 64}


def fill(store: Store) -> None:
    """Give the register three chains of five events each, written in turns."""
    ids = [_drafted(store, name) for name in "12"]
    for number in range(1, LENGTH + 1):
        append(store, number)
        if number > 1:
            for report_id in ids:
                store.write(partial(_render, report_id=report_id, number=number))


def _drafted(store: Store, name: str) -> int:
    return store.write(lambda session: drafted(session, name).id or 0)


def _render(session: Any, report_id: int, number: int) -> None:
    row = session.get_one(ReportRow, report_id)
    record(session, row, Tag.REPORT_FILE_RENDER, NOW + timedelta(seconds=number), "office", KEY, pages=number)


def append(store: Store, number: int, stream: str = "office") -> None:
    """Record one more event of a chain that is no report's."""
    moment = NOW + timedelta(seconds=number)
    store.write(
        lambda s: record(
            s, office_stream(s, stream), Tag.OFFICE_BACKUP_MAKE, moment, "office", KEY, files=number
        )
    )


class Force:
    """A connection of whoever owns the tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self, statement: str, **values: Any) -> Any:
        """Run one statement."""
        return self._connection.execute(text(statement), values)

    def one(self, statement: str, **values: Any) -> Any:
        """Return one value."""
        return self._connection.execute(text(statement), values).scalar_one()

    def insert(self, stream: str, seq: int, **changes: Any) -> None:
        """Put in an event that the register did not write."""
        values = {**FORGED, "previous": "", "at": "2026-11-22 09:30:00.000000", **changes}
        number = self.one("SELECT max(id) + 1 FROM event")
        self(
            "INSERT INTO event (id, stream, seq, tag, at, actor, data, previous, hash) "
            "VALUES (:id, :stream, :seq, :tag, :at, :actor, :data, :previous, :hash)",
            **values,
            id=number,
            stream=stream,
            seq=seq,
        )

    def shift(self, stream: str, since: int, by: int) -> None:
        """Give all events since one another number; in two steps, for no number may be there twice."""
        self("UPDATE event SET seq = -seq - :by WHERE stream = :s AND seq >= :n", s=stream, n=since, by=by)
        self("UPDATE event SET seq = -seq WHERE stream = :s AND seq < 0", s=stream)

    def delete(self, stream: str, since: int, until: int | None = None) -> None:
        """Take events away."""
        self(
            "DELETE FROM event WHERE stream = :s AND seq BETWEEN :n AND :u",
            s=stream,
            n=since,
            u=since if until is None else until,
        )

    def set_end(self, stream: str, events: int | None = None, head: str | None = None) -> None:
        """Let the row of a chain agree with its events, or say something else."""
        count = self.one("SELECT coalesce(max(seq), 0) FROM event WHERE stream = :s", s=stream)
        last = self("SELECT hash FROM event WHERE stream = :s AND seq = :n", s=stream, n=count).scalar()
        table, where = ("stream", "name = :name") if stream == "office" else ("report", "id = :name")
        self(
            f"UPDATE {table} SET events = :n, head = :h WHERE {where}",
            n=count if events is None else events,
            h=(last or "") if head is None else head,
            name=stream if stream == "office" else int(stream.removeprefix("report:")),
        )

    def drop_triggers(self) -> None:
        """Take away what refuses changes."""
        if self._connection.dialect.name == "postgresql":
            self("DROP FUNCTION reportgen_refuse() CASCADE")
        else:
            for table in APPENDED:
                for verb in ("update", "delete"):
                    self(f"DROP TRIGGER {table}_no_{verb}")


@contextmanager
def forced(owner: Store, *, first: bool = True) -> Iterator[Force]:
    """Open a connection that may do anything; `first` takes the triggers away."""
    with owner.engine.begin() as connection:
        force = Force(connection)
        if first:
            force.drop_triggers()
        yield force
