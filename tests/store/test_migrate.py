"""The database's shape: what the migrations make is what the tables say, and no step loses a row."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Inspector, inspect, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

import reportgen.registry.api_key_rows
import reportgen.registry.application_rows
import reportgen.registry.award_rows
import reportgen.registry.look_rows
import reportgen.registry.tables
import reportgen.registry.upload_rows
import reportgen.registry.webhook_rows
import reportgen.store.account_rows  # noqa: F401 - their tables join METADATA
from reportgen.errors import ReportgenError
from reportgen.store.copying import tables
from reportgen.store.engine import Store, open_store
from reportgen.store.migrate import altering, current, downgrade, pending, upgrade
from reportgen.store.tables import METADATA
from tests.conftest import Database
from tests.postgres import Server
from tests.store.filled import Rows, contents, fill

APPEND_ONLY = ("event", "checkpoint", "checkpoint_line")
REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
)


@pytest.fixture
def empty(blank: Database) -> Iterator[Store]:
    store = open_store(blank.owner_url)
    yield store
    store.close()


def shape(connection: Connection) -> dict[str, Any]:
    """Return all that a database says of its tables, in an order that does not depend on theirs."""
    inspector = inspect(connection)
    names = [name for name in inspector.get_table_names() if name != "alembic_version"]
    return {name: _shape(inspector, name) for name in names}


def _shape(inspector: Inspector, name: str) -> dict[str, Any]:
    columns = {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in inspector.get_columns(name)}
    constraints: dict[str, Sequence[object]] = {
        "primary": [inspector.get_pk_constraint(name)],
        "foreign": inspector.get_foreign_keys(name),
        "unique": inspector.get_unique_constraints(name),
        "check": inspector.get_check_constraints(name),
        "index": inspector.get_indexes(name),
    }
    return {
        "columns": columns,
        **{
            kind: sorted(json.dumps(each, default=str) for each in found)
            for kind, found in constraints.items()
        },
    }


def rows_of(store: Store) -> Rows:
    with store.engine.connect() as connection:
        return contents(connection)


def test_autogenerate_finds_nothing_to_do(owner: Store) -> None:
    with owner.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_the_migrations_make_what_the_tables_say_down_to_checks_and_the_wheres_of_indexes(
    empty: Store,
) -> None:
    with empty.engine.begin() as connection:
        METADATA.create_all(connection)
        said = shape(connection)
        METADATA.drop_all(connection)
    upgrade(empty)
    with empty.engine.connect() as connection:
        made = shape(connection)
    assert made == said


def test_every_constraint_has_a_name(owner: Store) -> None:
    inspector = inspect(owner.engine)
    for table in METADATA.tables:
        found = [
            *inspector.get_foreign_keys(table),
            *inspector.get_unique_constraints(table),
            *inspector.get_check_constraints(table),
            inspector.get_pk_constraint(table),
        ]
        assert all(constraint["name"] for constraint in found), table


def test_an_empty_database_goes_up_and_down_step_by_step(empty: Store) -> None:
    assert (current(empty), pending(empty)) == (None, REVISIONS)
    for number, revision in enumerate(REVISIONS, 1):
        upgrade(empty, revision)
        assert (current(empty), pending(empty)) == (revision, REVISIONS[number:])
    for revision in reversed(REVISIONS[:-1]):
        downgrade(empty, revision)
        assert current(empty) == revision
    downgrade(empty, "base")
    assert (current(empty), shape_names(empty)) == (None, [])
    upgrade(empty)
    upgrade(empty)
    assert pending(empty) == ()


def shape_names(store: Store) -> list[str]:
    return [name for name in inspect(store.engine).get_table_names() if name != "alembic_version"]


@pytest.mark.parametrize("older", REVISIONS)
def test_a_filled_older_version_goes_up_and_keeps_its_rows(empty: Store, older: str) -> None:
    upgrade(empty, older)
    with empty.engine.begin() as connection:
        fill(connection)
    before = rows_of(empty)
    assert all(before.values())
    upgrade(empty)
    assert pending(empty) == ()
    after = rows_of(empty)
    for table, rows in before.items():
        for old, new in zip(rows, after[table], strict=True):
            assert {name: new[name] for name in old} == old


@pytest.mark.parametrize("older", REVISIONS[:-1])
def test_a_filled_database_goes_down_and_up_and_keeps_what_the_older_has_room_for(
    owner: Store, older: str
) -> None:
    with owner.engine.begin() as connection:
        fill(connection)
    before = rows_of(owner)
    downgrade(owner, older)
    assert current(owner) == older
    kept = rows_of(owner)
    upgrade(owner)
    after = rows_of(owner)
    for table, rows in kept.items():
        for old, was, now in zip(rows, before[table], after[table], strict=True):
            assert old == {name: was[name] for name in old} == {name: now[name] for name in old}


def case_row(number: int, **changes: object) -> dict[str, object]:
    return {
        "id": number,
        "uscc": "91990102MA0000015T",
        "fact": "REC-001",
        "grounds": f"理由{number}",
        "received_at": datetime(2026, 1, number, 9, 30),
        "answer_by": date(2026, 2, 10 - number),
        "state": "OPEN",
        "answer": "",
        **changes,
    }


def test_open_objections_to_one_fact_become_one_that_loses_no_word_and_no_day(empty: Store) -> None:
    upgrade(empty, "0002")
    others = [
        case_row(3, fact="REC-002"),
        case_row(4, uscc="91990102MA9C000128"),
        case_row(5, state="KEPT", closed_at=datetime(2026, 1, 6, 9, 30)),
    ]
    with empty.engine.begin() as connection:
        objection = next(table for table in tables(connection) if table.name == "objection")
        for row in (case_row(1), case_row(2), *others):
            connection.execute(objection.insert().values(row))
    upgrade(empty)
    first, second, *rest = rows_of(empty)["objection"]
    assert (first["state"], first["answer_by"]) == ("OPEN", date(2026, 2, 8))
    assert "理由1" in first["grounds"]
    assert "理由2" in first["grounds"]
    assert (second["state"], second["answer"]) == ("KEPT", "并入异议 1")
    assert second["closed_at"] == second["received_at"]
    assert [row["state"] for row in rest] == ["OPEN", "OPEN", "KEPT"]


def test_former_codes_are_found_in_the_facts_that_count(empty: Store) -> None:
    upgrade(empty, "0006")
    days = {1: ("2026-01-02", '{"former_codes":["B","A"]}'), 2: ("2026-01-01", '{"former_codes":["C"]}')}
    with empty.engine.begin() as connection:
        found = {table.name: table for table in tables(connection)}
        connection.execute(found["subject"].insert().values(uscc="1", name="甲"))
        for number, (day, content) in days.items():
            row = {"id": number, "uscc": "1", "known_at": datetime(2026, 1, 3, 9, 30), "sha256": "a" * 64}
            row |= {"as_of": date.fromisoformat(day), "content": content}
            connection.execute(found["snapshot"].insert().values(row))
    upgrade(empty)
    assert [(row["code"], row["uscc"]) for row in rows_of(empty)["former_code"]] == [("A", "1"), ("B", "1")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {0} SET id = id + 7",
        "DELETE FROM {0}",
        "DELETE FROM {0} WHERE id = 1",
        "INSERT OR REPLACE INTO {0} SELECT * FROM {0}",
        "INSERT INTO {0} SELECT * FROM {0} WHERE id = 1 ON CONFLICT (id) DO UPDATE SET id = 9",
        "TRUNCATE {0}",
        "TRUNCATE {0} CASCADE",
    ],
)
def test_even_the_owner_adds_events_and_changes_none(
    owner: Store, database: Database, statement: str
) -> None:
    with owner.engine.begin() as connection:
        fill(connection)
    before = rows_of(owner)
    foreign = {"sqlite": "TRUNCATE", "postgresql": "INSERT OR"}[database.kind]
    for table in APPEND_ONLY:
        words = statement.format(table)
        refused, said = (
            (SQLAlchemyError, "error") if words.startswith(foreign) else (IntegrityError, "append-only")
        )
        with pytest.raises(refused, match=said), owner.engine.begin() as connection:
            connection.execute(text(words))
    assert rows_of(owner) == before


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_not_even_a_superuser_who_plays_a_replica_changes_an_event(
    owner: Store, postgres: Server, table: str
) -> None:
    with owner.engine.begin() as connection:
        fill(connection)
    with pytest.raises(psycopg.IntegrityError, match="append-only"):
        postgres.run(
            "SET session_replication_role = replica",
            f"DELETE FROM {table}",
            database=str(owner.engine.url.database),
        )


def test_the_triggers_stand_again_after_a_way_down_and_up(owner: Store) -> None:
    downgrade(owner, "0001")
    with owner.engine.begin() as connection:
        fill(connection)
        connection.execute(text("DELETE FROM event WHERE id = 2"))
    upgrade(owner)
    with pytest.raises(IntegrityError), owner.engine.begin() as connection:
        connection.execute(text("DELETE FROM event"))


def test_of_several_who_upgrade_at_once_one_works_and_all_are_done(blank: Database) -> None:
    stores = [open_store(blank.owner_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, stores))
    assert [pending(store) for store in stores] == [()] * 4
    for store in stores:
        store.close()


def test_a_database_of_a_newer_program_is_left_alone(owner: Store) -> None:
    with owner.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for act in (upgrade, pending):
        with pytest.raises(ReportgenError) as caught:
            act(owner)
        assert caught.value.code == "E0906"
        assert "9999" in caught.value.text()


def test_a_step_that_fails_leaves_the_database_as_it_was(
    empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(empty, "0001")
    with pytest.raises(ZeroDivisionError), altering(empty) as connection:
        for table in tables(connection):
            connection.execute(text(f'ALTER TABLE "{table.name}" ADD COLUMN more INTEGER'))
        raise ZeroDivisionError
    with empty.engine.connect() as connection:
        assert not any("more" in table.columns for table in tables(connection))


def test_foreign_keys_are_checked_at_the_end_of_a_move_and_in_force_afterwards(owner: Store) -> None:
    orphan = text("INSERT INTO lot (project_id, lot, name) VALUES (77, '1', 'x')")
    with pytest.raises((RuntimeError, IntegrityError)), altering(owner) as connection:
        connection.execute(orphan)
    with pytest.raises(IntegrityError), owner.engine.begin() as connection:
        connection.execute(orphan)
