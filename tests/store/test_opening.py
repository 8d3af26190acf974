"""A database is opened for work only where its tables are those of the program, and opening changes nothing."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event, inspect, text

from reportgen.errors import ReportgenError
from reportgen.store.engine import Store, open_store
from reportgen.store.migrate import current, pending, upgrade
from reportgen.store.opening import open_current, require_current
from reportgen.store.tables import REVISION
from tests.conftest import Database


@pytest.fixture
def empty(blank: Database) -> Iterator[Store]:
    store = open_store(blank.owner_url)
    yield store
    store.close()


def refusal(store: Store) -> ReportgenError:
    with pytest.raises(ReportgenError) as caught:
        require_current(store)
    return caught.value


def test_the_revision_of_the_tables_is_that_of_the_last_migration(empty: Store) -> None:
    upgrade(empty)
    assert (current(empty), pending(empty)) == (REVISION, ())


def test_a_database_of_this_program_is_opened_by_the_rights_of_the_application(database: Database) -> None:
    open_current(database.url).close()


@pytest.mark.parametrize("older", ["0001", "0002"])
def test_an_older_database_is_refused_until_it_is_upgraded(empty: Store, older: str) -> None:
    upgrade(empty, older)
    error = refusal(empty)
    assert error.code == "E0911"
    assert older in error.text()
    assert "reportgen db upgrade" in error.text()
    upgrade(empty)
    require_current(empty)


def test_an_empty_database_is_refused_and_stays_empty(empty: Store, blank: Database) -> None:
    assert refusal(empty).code == "E0911"
    with pytest.raises(ReportgenError, match="E0911"):
        open_current(blank.owner_url)
    assert inspect(empty.engine).get_table_names() == []


def test_a_newer_database_is_refused(owner: Store) -> None:
    with owner.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert refusal(owner).code == "E0906"


def test_opening_asks_the_catalogue_and_one_row_and_no_more(store: Store) -> None:
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *words: asked.append(words[2]))
    require_current(store)
    real = [words for words in asked if not words.startswith(("BEGIN", "PRAGMA query_only"))]
    assert len(real) == 2
