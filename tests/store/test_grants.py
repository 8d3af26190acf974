"""What the application's role may do on PostgreSQL: its work, and nothing to what has happened."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from reportgen.store.copying import tables
from reportgen.store.engine import Store
from reportgen.store.grants import statements
from tests.postgres import APPLICATION
from tests.store.filled import contents, fill

pytestmark = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
EVENTS = ("event", "checkpoint", "checkpoint_line")
DELETABLE = (
    *("role", "fact_check", "former_code", "signed_in", "failed_sign_in", "answered"),
    *("hit", "list_alias", "list_entry", "list_edition"),
    *("webhook_call", "webhook"),
)
DENIED = "permission denied|must be owner|must be able to SET ROLE"


def run(store: Store, statement: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text(statement))


@pytest.fixture
def filled(store: Store) -> Store:
    with store.engine.begin() as connection:
        fill(connection)
    return store


def test_the_application_adds_to_every_table_and_reads_it(filled: Store) -> None:
    with filled.engine.connect() as connection:
        assert all(contents(connection).values())


def test_the_application_owns_nothing(filled: Store) -> None:
    with filled.engine.connect() as connection:
        owners = connection.execute(
            text("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        )
        assert owners.scalars().all() == ["reportgen_owner"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {0} SET id = id",
        "DELETE FROM {0}",
        "TRUNCATE {0}",
        "DROP TABLE {0}",
        "ALTER TABLE {0} DISABLE TRIGGER ALL",
        "ALTER TABLE {0} DISABLE TRIGGER {0}_no_change",
        "ALTER TABLE {0} ADD COLUMN more integer",
        "ALTER TABLE {0} OWNER TO CURRENT_USER",
        "DROP TRIGGER {0}_no_change ON {0}",
        "CREATE RULE quiet AS ON INSERT TO {0} DO INSTEAD NOTHING",
        "CREATE TRIGGER mine BEFORE INSERT ON {0} FOR EACH ROW EXECUTE FUNCTION reportgen_refuse()",
        "INSERT INTO {0} SELECT * FROM {0} ON CONFLICT (id) DO UPDATE SET id = excluded.id",
        "SELECT * FROM {0} FOR UPDATE",
    ],
)
def test_what_has_happened_is_out_of_reach(filled: Store, statement: str) -> None:
    with filled.engine.connect() as connection:
        before = contents(connection)
    for table in EVENTS:
        with pytest.raises(ProgrammingError, match=DENIED):
            run(filled, statement.format(table))
    with filled.engine.connect() as connection:
        assert contents(connection) == before


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "SET ROLE reportgen_owner",
        "SET ROLE postgres",
        "DROP FUNCTION reportgen_refuse() CASCADE",
        "CREATE OR REPLACE FUNCTION reportgen_refuse() RETURNS trigger LANGUAGE sql AS 'SELECT NULL'",
        "CREATE TABLE mine (x integer)",
        "UPDATE alembic_version SET version_num = '0000'",
        "ALTER SEQUENCE event_id_seq RESTART",
        "SELECT setval('event_id_seq', 1)",
    ],
)
def test_what_would_lead_there_is_refused_too(filled: Store, statement: str) -> None:
    with pytest.raises(DBAPIError, match=DENIED):
        run(filled, statement)


def test_the_application_cannot_give_itself_more(filled: Store) -> None:
    # PostgreSQL only warns that nothing was granted.
    run(filled, "GRANT ALL ON event TO CURRENT_USER")
    with pytest.raises(ProgrammingError, match=DENIED):
        run(filled, "DELETE FROM event")


def test_roles_and_checks_are_taken_away_and_nothing_else(filled: Store) -> None:
    for name in DELETABLE:
        run(filled, f"DELETE FROM {name}")
    with filled.engine.connect() as connection:
        names = {table.name for table in tables(connection)}
    for name in names.difference(DELETABLE):
        with pytest.raises(ProgrammingError, match=DENIED):
            run(filled, f'DELETE FROM "{name}"')
        with pytest.raises(ProgrammingError, match=DENIED):
            run(filled, f'TRUNCATE "{name}"')


def test_granting_again_takes_back_what_was_given_by_hand(store: Store, owner: Store) -> None:
    with owner.engine.begin() as connection:
        connection.execute(text(f"GRANT ALL ON event TO {APPLICATION}"))
        for statement in statements(APPLICATION):
            connection.execute(text(statement))
    with pytest.raises(ProgrammingError, match=DENIED):
        run(store, "DELETE FROM event")


def test_a_role_is_quoted(owner: Store) -> None:
    with owner.engine.begin() as connection, pytest.raises(DBAPIError, match='role "a";b" does not exist'):
        connection.execute(text(statements('a";b')[0].replace(":", r"\:")))
