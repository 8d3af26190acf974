"""Opening the office's database for work: only where its tables are those that this program knows.

It asks one small question and loads no migrations. Nothing is created and nothing changed: bringing tables
up to date is somebody's decision.
"""

from sqlalchemy import inspect, text
from sqlmodel import Session

from reportgen.errors import ReportgenError
from reportgen.store.engine import Store, open_store
from reportgen.store.tables import REVISION

_KEPT_IN = "alembic_version"


def open_current(url: str) -> Store:
    """Open a database whose tables are those of this program.

    Raises E0905, E0904, E0906 (a newer program's), E0911 (an older program's, or empty).
    """
    store = open_store(url)
    try:
        require_current(store)
    except BaseException:
        store.close()
        raise
    return store


def require_current(store: Store) -> None:
    """Raise E0906, E0911 where the tables of a database are not those of this program."""
    found = store.read(_revision)
    if found is None or found < REVISION:
        raise ReportgenError("E0911", found=found or "空", known=REVISION)
    if found > REVISION:
        raise ReportgenError("E0906", found=found, known=REVISION)


def _revision(session: Session) -> str | None:
    connection = session.connection()
    if not inspect(connection).has_table(_KEPT_IN):
        return None
    return connection.execute(text(f"SELECT version_num FROM {_KEPT_IN}")).scalar()  # noqa: S608 - a constant
