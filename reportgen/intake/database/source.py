"""Opening an agency's own database for reading only: its address is a secret, and the database refuses every write.

On PostgreSQL a pull is one READ ONLY transaction that sees one moment; an SQLite file is opened without the right to
write. Other databases are refused: nobody has tried that they refuse a write.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from reportgen.errors import ReportgenError
from reportgen.files import unreadable
from reportgen.intake.database.mapping import Place

_OTHERS = 0o077
"""The rights of everybody but the owner."""
_SECONDS = 10
_PATIENT = ("statement_timeout", "idle_in_transaction_session_timeout")
_READ_ONLY = "-c default_transaction_read_only=on -c timezone=Asia/Shanghai"


def address(place: Place, folder: Path) -> URL:
    """Return the address of the database; a file is looked for in `folder`. Raises E0367."""
    text = os.environ.get(place.variable, "") if place.variable else _of_file(folder / (place.file or ""))
    if not text.strip():
        raise ReportgenError("E0367", detail=f"环境变量 {place.variable or place.file} 没有给出数据库的地址")
    try:
        return make_url(text.strip())
    except (ArgumentError, ValueError):
        # The address may hold a password: it is not repeated, nor is the error that may repeat it.
        raise ReportgenError("E0367", detail="数据库的地址不能解析") from None


@contextmanager
def reading(url: URL) -> Iterator[Connection]:
    """Open one transaction that reads and cannot write; raises E0367 (no such database, or it broke off)."""
    try:
        engine = _engine(url)
    except (ModuleNotFoundError, ArgumentError) as error:
        raise ReportgenError("E0367", detail=f"缺少驱动（{type(error).__name__}）") from None
    event.listen(engine, "handle_error", _told)
    try:
        with engine.connect() as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                for setting in _PATIENT:
                    connection.exec_driver_sql(f"SET LOCAL {setting} = 0")
            yield connection
    finally:
        engine.dispose()


def _told(context: ExceptionContext) -> None:
    # The driver's own text may hold an address or a row. What the office's database says goes another way.
    error = context.original_exception
    state = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    what = f"{type(error).__name__}{f' {state}' if state else ''}"
    raise ReportgenError("E0367", detail=f"不能连接或读取（{what}）")


def _of_file(path: Path) -> str:
    try:
        if path.stat().st_mode & _OTHERS:
            raise ReportgenError("E0367", detail=f"{path.name} 他人可读，请改为只有本人可读写（chmod 600）")
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from error


def _engine(url: URL) -> Engine:
    kind = url.get_backend_name()
    if kind == "sqlite":
        return _sqlite(url)
    if kind != "postgresql":
        raise ReportgenError("E0367", detail=f"只支持 PostgreSQL 与 SQLite，地址是 {kind} 的")
    # Last of all: no option of the address takes the right to write back.
    options = f"{url.query.get('options', '')} {_READ_ONLY}"
    engine = create_engine(
        url.difference_update_query(["options"]),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"options": options, "connect_timeout": _SECONDS},
    )
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _sqlite(url: URL) -> Engine:
    path = Path(url.database or "")

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_SECONDS, isolation_level=None
        )

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "connect", _query_only)
    event.listen(engine, "begin", _begin)
    return engine


def _query_only(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's own connection
    connection.execute("PRAGMA query_only = ON")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
