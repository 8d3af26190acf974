"""Opening the office's database, and running a piece of work as one transaction.

SQLite is the embedded default: WAL, foreign keys, `BEGIN IMMEDIATE` for whatever writes, so that two
writers queue instead of failing half-way, and `recursive_triggers`, so that INSERT OR REPLACE cannot slip
past the triggers that keep events. PostgreSQL gets time-outs for statements and locks and a pool that
checks its connections. On both, reading sees one moment and can change nothing. Work that loses a race of
transactions is done again from its beginning, so it must do nothing outside the database.
"""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from sqlite3 import SQLITE_BUSY, SQLITE_ERROR, SQLITE_LOCKED
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlmodel import Session

from reportgen.errors import ReportgenError
from reportgen.files import PRIVATE

T = TypeVar("T")
_BUSY_SECONDS = 60
_POOL, _OVERFLOW, _POOL_SECONDS = 10, 15, 60
_TRIES, _PATIENCE = 10, 60
_WAIT = 0.01
_LONGEST_WAIT = 1.0
_TIMEOUTS = {"statement_timeout": "30s", "lock_timeout": "10s", "idle_in_transaction_session_timeout": "60s"}
_SETTINGS = {**_TIMEOUTS, "timezone": "Asia/Shanghai", "datestyle": "ISO"}
# Serialization failure, deadlock, lock not available.
_AGAIN = {"40001", "40P01", "55P03"}
_CANCELLED = "57014"
# What a URL's query may hold that must be seen nowhere; the password before the @ is hidden already.
_SECRETS = ("password", "sslpassword")


@dataclass(frozen=True)
class Store:
    """The office's database."""

    engine: Engine
    _turn: threading.Lock = field(default_factory=threading.Lock, compare=False)

    def read(self, work: Callable[[Session], T]) -> T:
        """Return what a piece of work reads, all of it as of one moment; raises E0903 (busy), E0904 (away).

        The database refuses whatever would change it.
        """
        return self._run(work, self._reading())

    def write(self, work: Callable[[Session], T]) -> T:
        """Return what a piece of work did, once it is committed as one transaction; raises E0903, E0904.

        It is done again where another transaction was in its way, so it may touch nothing but the session.
        """
        with self._one_after_another():
            return self._run(work, {"writes": True})

    @contextmanager
    def moment(self) -> Iterator[Connection]:
        """Open a transaction that reads everything as of one moment, for as long as it takes; raises E0904."""
        engine = self.engine.execution_options(**self._reading())
        with told(), engine.connect() as connection, connection.begin():
            be_patient(connection)
            yield connection

    @contextmanager
    def aside(self) -> Iterator[Connection]:
        """Open a connection that makes transactions of its own, and goes with its temporary tables; raises E0904.

        One with the option `beside` fills such tables alone: on SQLite it takes no turn among those who write.
        """
        with told(), self.engine.connect() as connection:
            connection.detach()
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _one_after_another(self) -> Iterator[None]:
        """Let the threads of this process write to SQLite in turn; raises E0903.

        SQLite takes one writer at a time and lets the others look again and again, ever more seldom: of fifty that
        wait so, some wait for seconds.
        """
        if self.engine.dialect.name != "sqlite":
            yield
            return
        if not self._turn.acquire(timeout=_BUSY_SECONDS):
            raise ReportgenError("E0903", tries=1)
        try:
            yield
        finally:
            self._turn.release()

    def _reading(self) -> dict[str, object]:
        if self.engine.dialect.name == "sqlite":
            return {"writes": False}
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def _run(self, work: Callable[[Session], T], options: dict[str, object]) -> T:
        engine = self.engine.execution_options(**options)
        end = time.monotonic() + _PATIENCE
        tried = 0
        while True:
            tried += 1
            with told(tried):
                try:
                    return _once(engine, work)
                except DBAPIError as error:
                    if not _passing(error) or tried == _TRIES or time.monotonic() > end:
                        raise
            time.sleep(random.uniform(0, min(_LONGEST_WAIT, _WAIT * 2**tried)))  # noqa: S311 - no secret


def open_store(url: str) -> Store:
    """Open the database of a URL such as sqlite:///office.db or postgresql+psycopg://…; raises E0905."""
    try:
        parsed = make_url(url)
        return Store(_sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgres(parsed))
    except (ArgumentError, ModuleNotFoundError, ValueError) as error:
        # The URL may hold a password: it is not repeated, nor is the error that may repeat it.
        raise ReportgenError("E0905", detail=type(error).__name__) from None


@contextmanager
def told(tries: int = 1) -> Iterator[None]:
    """Turn what a database says into errors of the table; raises E0903 (busy), E0904 (away)."""
    try:
        yield
    except DBAPIError as error:
        raise _translated(error, tries) from error
    except PoolTimeoutError as error:
        raise ReportgenError("E0903", tries=tries) from error


def be_patient(connection: Connection) -> None:
    """Let the transaction at hand take and wait as long as it needs."""
    if connection.dialect.name == "postgresql":
        for setting in _TIMEOUTS:
            connection.exec_driver_sql(f"SET LOCAL {setting} = 0")


def _once(engine: Engine, work: Callable[[Session], T]) -> T:
    with Session(engine, expire_on_commit=False) as session, session.begin():
        return work(session)


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=_POOL,
        max_overflow=_OVERFLOW,
        pool_timeout=_POOL_SECONDS,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
    )
    _make_private(url)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(url: URL) -> None:
    """Make the file, so that nobody but its owner reads it; a folder that lacks is told on connecting."""
    with suppress(OSError):
        os.close(os.open(url.database or os.devnull, os.O_CREAT | os.O_RDWR, PRIVATE))


def _prepare_sqlite(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's own connection
    # The driver must not begin transactions by itself: it would begin them deferred.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {_BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    writes, beside = options.get("writes", True), options.get("beside", False)
    _let_write(connection, writes)
    if writes and not beside:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        # It waits for nobody and cannot fail: the driver is told without SQLAlchemy's errand around it.
        _driver(connection).execute("BEGIN")


def _let_write(connection: Connection, writes: bool) -> None:
    """Let a connection change the database or only read it; it stays so while the pool holds it."""
    if connection.info.get("writes") is not writes:
        _driver(connection).execute(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
        connection.info["writes"] = writes


def _driver(connection: Connection) -> Any:  # noqa: ANN401 - the driver's own connection
    return connection.connection.dbapi_connection


def _postgres(url: URL) -> Engine:
    if url.get_backend_name() != "postgresql":
        raise ArgumentError(url.get_backend_name())
    options = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    return create_engine(
        url.difference_update_query(_SECRETS),
        hide_parameters=True,
        pool_size=_POOL,
        max_overflow=_OVERFLOW,
        pool_timeout=_POOL_SECONDS,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={
            # Of two settings the later one wins: an agency may set its own in the URL.
            "options": f"{options} {url.query.get('options', '')}",
            "connect_timeout": 10,
            **{name: url.query[name] for name in _SECRETS if name in url.query},
        },
    )


def _passing(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in _AGAIN or _code(error) in (
        SQLITE_BUSY,
        SQLITE_LOCKED,
    )


def _code(error: DBAPIError) -> int:
    """Return SQLite's primary error code, which is the low byte of the extended one; 0 for others."""
    return int(getattr(error.orig, "sqlite_errorcode", 0)) & 0xFF


def _translated(error: DBAPIError, tries: int) -> Exception:
    if _passing(error):
        return ReportgenError("E0903", tries=tries)
    # An OperationalError is the database's own trouble, but for SQLite's wrong statement, which is ours.
    if error.connection_invalidated or (isinstance(error, OperationalError) and _code(error) != SQLITE_ERROR):
        return ReportgenError("E0904", detail=_detail(error.orig))
    return error


def _detail(error: BaseException | None) -> str:
    """Return what happened, by name: the driver's own text may hold an address or a row."""
    if getattr(error, "sqlstate", None) == _CANCELLED:
        return "一条语句用时过长，已由数据库取消"
    name = str(getattr(error, "sqlite_errorname", None) or type(error).__name__)
    return "连接不上，或连接中断" if name == OperationalError.__name__ else name
