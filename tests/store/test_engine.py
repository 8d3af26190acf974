"""How the office's database is opened and how work runs on it: on SQLite and on PostgreSQL alike."""

import multiprocessing
import stat
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from reportgen.errors import ReportgenError
from reportgen.store import engine
from reportgen.store.engine import Store, open_store
from reportgen.store.tables import SubjectRow
from tests.conftest import Database

PASSWORD = "Geheim-密码-1"
AWAY = f"postgresql+psycopg://clerk:{PASSWORD}@127.0.0.1:1/office"
only_sqlite = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)


def say(statement: str) -> Callable[[Session], object]:
    return lambda session: session.connection().execute(text(statement))


def value(statement: str) -> Callable[[Session], object]:
    return lambda session: session.connection().execute(text(statement)).scalar()


def name_of(session: Session) -> str:
    return session.get_one(SubjectRow, "1").name


def rename(name: str) -> Callable[[Session], object]:
    return say(f"UPDATE subject SET name = '{name}' WHERE uscc = '1'")


@pytest.fixture
def one(store: Store) -> Store:
    """Return a store that holds one subject."""
    store.write(lambda session: session.add(SubjectRow(uscc="1", name="甲")))
    return store


@pytest.fixture
def hasty(database: Database) -> Iterator[Store]:
    """Return a PostgreSQL store that waits a short time only."""
    patience = "options=-c%20lock_timeout%3D50ms%20-c%20statement_timeout%3D300ms"
    store = open_store(f"{database.url}&{patience}")
    yield store
    store.close()


def test_work_that_raises_leaves_nothing_behind(one: Store) -> None:
    def fail(session: Session) -> None:
        session.add(SubjectRow(uscc="2", name="乙"))
        session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        one.write(fail)
    assert one.read(value("SELECT count(*) FROM subject")) == 1


def test_a_row_stays_usable_after_its_transaction(one: Store) -> None:
    assert one.read(lambda session: session.get_one(SubjectRow, "1")).name == "甲"


def test_reading_sees_one_moment_whatever_is_committed_meanwhile(one: Store) -> None:
    def read(session: Session) -> tuple[str, str]:
        before = name_of(session)
        one.write(rename("乙"))
        session.expire_all()
        return before, name_of(session)

    assert one.read(read) == ("甲", "甲")
    assert one.read(name_of) == "乙"


def test_reading_cannot_write_and_writing_can_afterwards(one: Store) -> None:
    with pytest.raises((ReportgenError, DBAPIError), match=r"SQLITE_READONLY|read-only"):
        one.read(rename("乙"))
    assert one.read(name_of) == "甲"
    one.write(rename("丙"))
    assert one.read(name_of) == "丙"


def test_foreign_keys_hold(store: Store) -> None:
    with pytest.raises(IntegrityError):
        store.write(say("INSERT INTO lot (project_id, lot, name) VALUES (7, '', '')"))


def test_two_who_count_up_at_once_lose_no_count(one: Store) -> None:
    one.write(say("INSERT INTO stream (name, head, events) VALUES ('a', '', 0)"))

    def count(session: Session) -> None:
        found = session.connection().execute(text("SELECT events FROM stream FOR UPDATE" if locks else plain))
        events = int(found.scalar_one()) + 1
        session.connection().execute(text(f"UPDATE stream SET events = {events}"))

    plain, locks = "SELECT events FROM stream", one.engine.dialect.name == "postgresql"
    threads = [threading.Thread(target=lambda: [one.write(count) for _ in range(10)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert one.read(value(plain)) == 80


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03"])
@only_postgres
def test_what_loses_a_race_is_done_again_from_its_beginning(one: Store, state: str) -> None:
    tried: list[int] = []

    def work(session: Session) -> str:
        session.add(SubjectRow(uscc=str(len(tried) + 2), name="乙"))
        session.flush()
        tried.append(1)
        if len(tried) < 4:
            say(f"DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '{state}'; END $$")(session)
        return "done"

    assert one.write(work) == "done"
    assert len(tried) == 4
    assert one.read(value("SELECT count(*) FROM subject")) == 2


@only_postgres
def test_what_always_loses_is_told_as_busy(one: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_WAIT", 0.0001)
    with pytest.raises(ReportgenError) as caught:
        one.write(say("DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END $$"))
    assert caught.value.code == "E0903"
    assert "连续 10 次" in caught.value.text()


@only_postgres
def test_two_who_lock_crosswise_both_come_through(one: Store) -> None:
    one.write(lambda session: session.add(SubjectRow(uscc="2", name="乙")))
    meet = threading.Barrier(2)
    met: set[str] = set()

    def lock(first: str, second: str) -> None:
        def work(session: Session) -> None:
            say(f"UPDATE subject SET name = name || '{first}' WHERE uscc = '{first}'")(session)
            if first not in met:
                met.add(first)
                meet.wait(10)
            say(f"UPDATE subject SET name = name || '{first}' WHERE uscc = '{second}'")(session)

        one.write(work)

    threads = [threading.Thread(target=lock, args=pair) for pair in (("1", "2"), ("2", "1"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(str(one.read(value("SELECT string_agg(name, '') FROM subject")))) == 2 + 4


@only_postgres
def test_who_waits_for_a_lock_too_long_is_told_as_busy(
    one: Store, hasty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_TRIES", 2)
    with one.engine.begin() as connection:
        connection.execute(text("UPDATE subject SET name = '乙'"))
        with pytest.raises(ReportgenError) as caught:
            hasty.write(rename("丙"))
    assert caught.value.code == "E0903"


@only_postgres
def test_a_statement_that_takes_too_long_is_cancelled_and_told(hasty: Store) -> None:
    with pytest.raises(ReportgenError) as caught:
        hasty.read(say("SELECT pg_sleep(5)"))
    assert caught.value.code == "E0904"
    assert "用时过长" in caught.value.text()


@only_postgres
def test_postgresql_is_told_its_time_outs_and_its_zone(store: Store) -> None:
    said = [store.read(value(f"SHOW {name}")) for name in ("statement_timeout", "lock_timeout", "timezone")]
    assert said == ["30s", "10s", "Asia/Shanghai"]
    assert store.read(value("SHOW transaction_isolation")) == "repeatable read"
    assert store.write(value("SHOW transaction_isolation")) == "read committed"


@only_postgres
def test_a_connection_that_was_cut_is_replaced_before_it_is_used(one: Store) -> None:
    cut(one, one.read(value("SELECT pg_backend_pid()")))
    assert one.read(name_of) == "甲"


def cut(store: Store, process: object) -> None:
    """End a connection of the same role from another one."""
    other = open_store(store.engine.url.render_as_string(hide_password=False))
    other.write(say(f"SELECT pg_terminate_backend({process})"))
    other.close()
    time.sleep(0.2)


@only_postgres
def test_a_connection_that_is_cut_at_work_is_told_as_away(one: Store) -> None:
    def work(session: Session) -> None:
        cut(one, value("SELECT pg_backend_pid()")(session))
        rename("乙")(session)

    with pytest.raises(ReportgenError) as caught:
        one.write(work)
    assert caught.value.code == "E0904"
    assert one.read(name_of) == "甲"


@only_sqlite
def test_sqlite_has_its_settings_on_every_connection(store: Store) -> None:
    names = {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "secure_delete": 1,
        "synchronous": 2,
    }
    with store.engine.connect() as first, store.engine.connect() as second:
        # A second writer would wait for the first one's transaction.
        for connection in (each.execution_options(writes=False) for each in (first, second)):
            found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in names}
            assert found == names


@only_sqlite
def test_a_writer_on_sqlite_holds_the_file_from_its_beginning(
    one: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_BUSY_SECONDS", 0)
    monkeypatch.setattr(engine, "_TRIES", 2)
    hasty = open_store(database.url)

    def work(session: Session) -> str:
        session.connection()
        with pytest.raises(ReportgenError) as caught:
            hasty.write(lambda other: other.connection())
        assert hasty.read(name_of) == "甲"
        return caught.value.code

    assert one.write(work) == "E0903"
    hasty.close()


@only_sqlite
def test_waiting_once_for_the_whole_patience_is_enough(
    one: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_BUSY_SECONDS", 0)
    monkeypatch.setattr(engine, "_PATIENCE", 0)
    hasty = open_store(database.url)
    with one.engine.begin(), pytest.raises(ReportgenError) as caught:
        hasty.write(lambda session: session.connection())
    assert "连续 1 次" in caught.value.text()
    hasty.close()


@only_sqlite
def test_the_file_is_for_its_owner_alone(store: Store, tmp_path: Path) -> None:
    opened = open_store(f"sqlite:///{tmp_path}/new.db")
    opened.write(say("CREATE TABLE t (x)"))
    files = list(tmp_path.glob("new.db*"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    opened.close()


def _open_and_write(path: str, number: int) -> None:
    store = open_store(f"sqlite:///{path}")
    store.write(say(f"INSERT INTO subject (uscc, name) VALUES ('{number}', '')"))
    store.close()


@only_sqlite
def test_several_processes_may_open_and_write_at_once(store: Store, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    arguments = [(str(tmp_path / "office.db"), number) for number in range(3)]
    processes = [context.Process(target=_open_and_write, args=each) for each in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 3
    assert store.read(value("SELECT count(*) FROM subject")) == 3


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        f"://clerk:{PASSWORD}@host",
        f"mysql://clerk:{PASSWORD}@host/x",
        f"postgres://clerk:{PASSWORD}@host/x",
        f"postgresql+psycopg2://clerk:{PASSWORD}@host/x",
        f"postgresql+psycopg://clerk:{PASSWORD}@host:port/x",
    ],
)
def test_an_address_that_cannot_be_used_is_told_without_the_address(url: str) -> None:
    with pytest.raises(ReportgenError) as caught:
        open_store(url)
    assert caught.value.code == "E0905"
    assert PASSWORD not in "".join(traceback.format_exception(caught.value)) + repr(caught.value.data())


@pytest.mark.parametrize("url", [AWAY, "sqlite:////nowhere/office.db"])
def test_a_database_that_is_away_is_told_without_the_address(url: str) -> None:
    store = open_store(url)
    with pytest.raises(ReportgenError) as caught:
        store.read(name_of)
    assert caught.value.code == "E0904"
    told = caught.value.text() + repr(caught.value.data())
    assert all(word not in told for word in (PASSWORD, "127.0.0.1", "clerk", "nowhere"))
    store.close()


@pytest.mark.parametrize(
    "url", [AWAY, f"postgresql+psycopg://clerk@127.0.0.1:1/office?password={PASSWORD}&sslpassword={PASSWORD}"]
)
def test_a_password_shows_nowhere(url: str) -> None:
    store = open_store(url)
    shown = repr(store) + repr(store.engine) + str(store.engine.url)
    with pytest.raises(ReportgenError) as caught:
        store.read(name_of)
    assert PASSWORD not in shown + "".join(traceback.format_exception(caught.value))
    store.close()


def test_an_error_of_the_database_repeats_no_row(one: Store) -> None:
    with pytest.raises(IntegrityError) as caught:
        one.write(lambda session: session.add(SubjectRow(uscc="1", name="秘密")))
    assert "秘密" not in str(caught.value)


def test_a_wrong_statement_is_our_fault_and_no_storage_error(store: Store) -> None:
    with pytest.raises(DBAPIError) as caught:
        store.read(say("SELECT nothing FROM nowhere"))
    assert not isinstance(caught.value, ReportgenError)
