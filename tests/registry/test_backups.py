"""A backup is told on the office's chain by whoever holds its key, and is worth having without."""

from pathlib import Path

import pytest
from sqlmodel import select

from reportgen.registry.audit import verify
from reportgen.registry.backups import told
from reportgen.registry.events import Tag
from reportgen.registry.tables import EventRow
from reportgen.settings import Office
from reportgen.store.backup import Backup
from reportgen.store.engine import Store
from reportgen.store.migrate import downgrade
from tests.registry.lives import NOW, SECRET
from tests.registry.tampering import KEY, append, forced

DONE = Backup("0003", rows=7, files=2, size=9, sha256="b" * 64)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return an office with the secret of the tests."""
    (tmp_path / "office.secret").write_bytes(SECRET)
    return Office(tmp_path, {})


def tell(office: Office, store: Store) -> bool:
    return told(office, store, Tag.OFFICE_BACKUP_MAKE, DONE, "clerk", NOW)


def events(store: Store) -> list[tuple[str, str]]:
    asked = select(EventRow).order_by(EventRow.id)  # type: ignore[arg-type]
    return [(event.actor, event.data) for event in store.read(lambda s: s.exec(asked).all())]


@pytest.mark.parametrize("before", [0, 2])
def test_a_backup_is_told_with_its_hash_and_what_it_holds(office: Office, store: Store, before: int) -> None:
    for number in range(before):
        append(store, number)
    assert tell(office, store)
    assert events(store)[before:] == [("clerk", f'{{"files":2,"rows":7,"sha256":"{DONE.sha256}"}}')]
    assert verify(store, KEY).sound


def test_an_empty_register_takes_the_secret_that_is_made_for_it(tmp_path: Path, store: Store) -> None:
    office = Office(tmp_path, {})
    assert tell(office, store)
    assert office.has_secret()


def test_no_secret_is_made_for_a_register_that_has_one(tmp_path: Path, store: Store) -> None:
    append(store, 1)
    office = Office(tmp_path, {})
    assert not tell(office, store)
    assert not office.has_secret()
    (tmp_path / "office.secret").write_bytes(b"another secret of the tests, 32 bytes!")
    assert not tell(office, store)
    assert len(events(store)) == 1


@pytest.mark.parametrize(
    "harm",
    ["UPDATE event SET data = '{}' WHERE seq = 2", "UPDATE stream SET events = 1"],
    ids=["event", "row"],
)
def test_nothing_is_told_in_a_register_that_was_tampered_with(
    office: Office, store: Store, owner: Store, harm: str
) -> None:
    for number in (1, 2):
        append(store, number)
    with forced(owner) as force:
        force(harm)
    assert not tell(office, store)
    assert len(events(store)) == 2


def test_nothing_is_told_in_tables_of_another_version(office: Office, owner: Store) -> None:
    downgrade(owner, "0002")
    assert not tell(office, owner)
    assert events(owner) == []
