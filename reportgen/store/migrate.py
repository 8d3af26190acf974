"""Bringing the office's database from one shape to the next, and back.

All steps of a move are one transaction: a database is never found half-way. Whoever comes second waits,
and then finds nothing left to do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection, text

from reportgen.errors import ReportgenError
from reportgen.store.engine import Store, be_patient, told

_FOLDER = Path(__file__).parent / "migrations"
# Any number, as long as nobody else in the database uses it: "reportgen" in ASCII, cut to 63 bits.
_LOCK = int.from_bytes(b"reportge") >> 1


def upgrade(store: Store, to: str = "head") -> None:
    """Bring the database up to a revision; raises E0903, E0904, E0906 (its revision is not known here)."""
    with altering(store) as connection:
        move(connection, to)


def downgrade(store: Store, to: str) -> None:
    """Take the database back to a revision, or to nothing with `base`; raises E0903, E0904, E0906."""
    with altering(store) as connection:
        move(connection, to, down=True)


def current(store: Store) -> str | None:
    """Return the revision of the database, None where it is empty; raises E0904."""
    with store.moment() as connection:
        return revision(connection)


def pending(store: Store) -> tuple[str, ...]:
    """Return the revisions that the database lacks, oldest first; raises E0904, E0906."""
    scripts, found = _scripts(), current(store)
    with _known(found):
        steps = list(scripts.iterate_revisions("head", found or "base"))
    return tuple(step.revision for step in reversed(steps))


@contextmanager
def altering(store: Store) -> Iterator[Connection]:
    """Open a transaction that may change tables, alone among its kind; raises E0903, E0904."""
    with told(), store.engine.connect() as connection:
        alone = _alone_on_sqlite if connection.dialect.name == "sqlite" else _alone_on_postgres
        with alone(connection):
            yield connection


def revision(connection: Connection) -> str | None:
    """Return the revision of the database at hand."""
    return MigrationContext.configure(connection).get_current_revision()


def move(connection: Connection, to: str, *, down: bool = False) -> None:
    """Take every step to a revision within the transaction at hand; raises E0906."""
    scripts = _scripts()

    def steps(found: tuple[str, ...], _: object) -> list[RevisionStep]:
        # Alembic documents these two for use from code, in spite of their names.
        return scripts._downgrade_revs(to, found) if down else scripts._upgrade_revs(to, found)  # type: ignore[arg-type]

    context = MigrationContext.configure(connection, opts={"fn": steps})
    with _known(context.get_current_revision()), Operations.context(context):
        context.run_migrations()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(_FOLDER, version_locations=[_FOLDER])


@contextmanager
def _known(found: str | None) -> Iterator[None]:
    try:
        yield
    except (CommandError, RevisionError) as error:
        raise ReportgenError("E0906", found=found, known=_scripts().get_current_head()) from error


@contextmanager
def _alone_on_sqlite(connection: Connection) -> Iterator[None]:
    # A step that rebuilds a table drops the old one, which would take along the rows that refer to it.
    # SQLite hears this only outside a transaction; what the steps leave behind is checked instead.
    _foreign_keys(connection, "OFF")
    try:
        with connection.begin():
            yield
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise RuntimeError("a step of the migration left rows that refer to nothing")
    finally:
        _foreign_keys(connection, "ON")


def _foreign_keys(connection: Connection, state: str) -> None:
    connection.connection.cursor().execute(f"PRAGMA foreign_keys = {state}")


@contextmanager
def _alone_on_postgres(connection: Connection) -> Iterator[None]:
    with connection.begin():
        be_patient(connection)
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        # Waiting for one's turn hurts nobody; waiting for a table stops all who come after.
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        yield
