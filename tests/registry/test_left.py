"""What left a list: its record ends with its publicity, and entry, hit and record are forgotten when their time is over."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from reportgen.registry.retention import Keeper, kept_since, spans_on
from reportgen.registry.screening import screen
from reportgen.store.engine import Store
from reportgen.store.facts import versions
from reportgen.store.files import Folder
from reportgen.store.tables import AliasRow, EditionRow, EntryRow, HitRow
from reportgen.subject.records import CreditRecord, RecordState
from reportgen.subject.window import Placing, window
from tests.factories import PARTNER_USCC, SUBJECT_USCC
from tests.listing import row
from tests.registry.lives import at
from tests.registry.test_screening import (
    HOLDER,
    NAME,
    confirmed,
    held,
    holder,
    known,
    listed,
    only,
    rejected,
    screened,
)

OTHER = row(name="别的公司", uscc=PARTNER_USCC)


def record(store: Store) -> CreditRecord:
    (found,) = held(store).records
    return found


def count(store: Store, table: type[SQLModel]) -> int:
    return len(store.read(lambda s: s.exec(select(table)).all()))


def erased(store: Store, folder: Path, days: float, years: int = 10, *, dry_run: bool = False) -> int:
    desk = at(days=days)
    before = kept_since(desk.at.date(), years)
    return Keeper(store, Folder(folder), before, desk, dry_run).erase().entries


def test_a_record_ends_on_the_day_of_the_edition_that_lacks_its_entry(store: Store, tmp_path: Path) -> None:
    known(store)
    listed(store, tmp_path, row(uscc=SUBJECT_USCC))
    screened(store)
    assert record(store).in_force(at().at.date())
    left = at(days=3)
    listed(store, tmp_path, OTHER, desk=left)
    assert screened(store, at(days=3, hours=1)).hits == ()
    ended, day = record(store), left.at.date()
    assert (ended.removed_on, ended.publicity_until) == (day, day - timedelta(days=1))
    assert ended.location == f"{day} 采集的一期已无此条" and ended.state is RecordState.VALID
    assert ended.in_force(day - timedelta(days=1)) and not ended.in_force(day)
    (placed,) = window([ended], spans_on(day)("990102"))
    assert placed.placing is Placing.PUBLICITY_OVER


def test_an_entry_in_other_words_has_not_left_its_list(store: Store, tmp_path: Path) -> None:
    known(store)
    listed(store, tmp_path, row(uscc=SUBJECT_USCC))
    screened(store)
    listed(store, tmp_path, row(uscc=SUBJECT_USCC, until="2030-03-01"), desk=at(days=1))
    screened(store, at(days=1, hours=1))
    assert (record(store).removed_on, record(store).valid_until) == (None, date(2030, 3, 1))


def test_what_comes_back_to_its_list_is_in_force_again(store: Store, tmp_path: Path) -> None:
    known(store)
    for days, one in enumerate((row(uscc=SUBJECT_USCC), OTHER, row(uscc=SUBJECT_USCC))):
        listed(store, tmp_path, one, desk=at(days=days))
        screened(store, at(days=days, hours=1))
    assert record(store).removed_on is None


def test_a_related_party_that_left_the_list_bears_no_listing(store: Store, tmp_path: Path) -> None:
    known(store, shareholders=[holder()])
    listed(store, tmp_path, row(uscc=PARTNER_USCC, name=HOLDER))
    screened(store)
    assert held(store).related
    listed(store, tmp_path, row(name="另一公司"), desk=at(days=1))
    screened(store, at(days=1, hours=1))
    assert held(store).related == () and held(store).records == ()


def test_what_was_rejected_leaves_nothing_when_it_leaves_the_list(store: Store, tmp_path: Path) -> None:
    known(store)
    listed(store, tmp_path, row())
    rejected(store, only(screened(store)))
    listed(store, tmp_path, OTHER, desk=at(days=1))
    screened(store, at(days=1, hours=1))
    assert held(store).records == ()


def test_what_left_its_list_is_forgotten_with_its_hit_and_its_record(store: Store, tmp_path: Path) -> None:
    known(store)
    listed(store, tmp_path, row(uscc=SUBJECT_USCC, former_names="旧名公司"), OTHER)
    screened(store)
    listed(store, tmp_path, OTHER, desk=at(days=1))
    screened(store, at(days=1, hours=1))
    assert erased(store, tmp_path, 3650) == 0 and record(store).removed_on is not None
    assert erased(store, tmp_path, 3660, dry_run=True) == 1 and count(store, HitRow) == 1
    assert erased(store, tmp_path, 3660) == 1
    assert held(store).records == () and all(source.id == "S1" for source in held(store).sources)
    assert [count(store, table) for table in (HitRow, AliasRow, EntryRow, EditionRow)] == [0, 0, 1, 2]
    # The first edition says when the other entry came, the second one counts.
    assert screened(store, at(days=3661)).hits == () and len(versions_of(store)) >= 2


def versions_of(store: Store) -> list[Any]:
    return list(store.read(lambda s: versions(s, SUBJECT_USCC)))


def test_what_may_be_a_person_is_forgotten_after_five_years(store: Store, tmp_path: Path) -> None:
    known(store)
    listed(store, tmp_path, row(name="某自然人"), row(name="某公司", uscc=PARTNER_USCC))
    listed(store, tmp_path, row(name="另一公司", uscc=SUBJECT_USCC), desk=at(days=1))
    assert erased(store, tmp_path, 5 * 365) == 0
    assert erased(store, tmp_path, 5 * 366) == 1
    assert count(store, EntryRow) == 2


def test_an_agency_may_keep_what_left_for_less(store: Store, tmp_path: Path) -> None:
    known(store)
    listed(store, tmp_path, row(name="某自然人"))
    listed(store, tmp_path, OTHER, desk=at(days=1))
    assert erased(store, tmp_path, 800, years=2) == 1


def test_what_stands_on_its_list_is_kept_however_long(store: Store, tmp_path: Path) -> None:
    known(store)
    listed(store, tmp_path, row())
    confirmed(store, only(screened(store)))
    assert erased(store, tmp_path, 3000) == 0
    assert (count(store, EntryRow), count(store, EditionRow), record(store).removed_on) == (1, 1, None)


@pytest.mark.parametrize(("days", "left"), [(0.5, 1), (2, 0)])
def test_an_import_that_came_to_no_end_is_cleared_away_after_a_day(
    store: Store, tmp_path: Path, days: float, left: int
) -> None:
    listed(store, tmp_path, row(name=NAME))

    def abandon(session: Any) -> None:
        begun = EditionRow(
            list_id=1, source="x", collected_on=at().at.date(), known_at=at().at, sha256="0" * 64, entries=0
        )
        session.add(begun)
        session.flush()
        (whole,) = session.exec(select(EntryRow)).all()
        again = whole.model_dump(exclude={"id", "edition_id"}) | {"digest": "f" * 32}
        session.add(EntryRow(edition_id=begun.id or 0, **again))

    store.write(abandon)
    erased(store, tmp_path, days)
    assert count(store, EntryRow) == 1 + left and count(store, EditionRow) == 1 + left
    assert len(store.write(lambda s: screen(s, [], at(days=days)))) == 0
