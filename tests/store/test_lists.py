"""An edition takes the place of the one before; what stays the same stays the same entry."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from reportgen.errors import ReportgenError
from reportgen.intake.names import name_key
from reportgen.store.engine import Store
from reportgen.store.lists import ImportedList, import_lists, known_lists
from reportgen.store.matching import entries, matches
from reportgen.store.tables import EntryRow, ListRow
from tests.factories import PARTNER_USCC, SUBJECT_USCC
from tests.listing import BLACK, row, write_list

NOW = datetime(2026, 11, 22, 9, 30)


def brought(store: Store, path: Path, days: int = 0, collected_on: date | None = None) -> list[ImportedList]:
    at = NOW + timedelta(days=days)
    return store.write(lambda s: import_lists(s, path, "样本网站", collected_on or at.date(), at))[1]


def found(store: Store, *, codes: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> list[str]:
    keys = [name_key(name) for name in names]
    return sorted(match.entry.name for match in store.read(lambda s: matches(s, codes, keys)))


def rows(store: Store) -> dict[str, EntryRow]:
    held = store.read(lambda s: list(s.exec(select(EntryRow)).all()))
    return {held_row.name: held_row for held_row in held}


def test_who_stands_on_a_list_is_found_by_code_and_by_every_name(store: Store, tmp_path: Path) -> None:
    listed = row(uscc=SUBJECT_USCC, name="樣本甲建設（集團）公司", former_names="样本旧名公司")
    brought(store, write_list(tmp_path / "list.csv", listed))
    assert found(store, codes=(SUBJECT_USCC, PARTNER_USCC)) == [listed["name"]]
    assert found(store, names=("样本甲建设(集团)公司",)) == [listed["name"]]
    assert found(store, names=("样本旧名公司", "别的公司")) == [listed["name"]]
    assert found(store, names=("样本甲建设集团有限公司",)) == []


def test_an_edition_brings_the_new_and_lets_the_others_go(store: Store, tmp_path: Path) -> None:
    one, two, three = (row(name=f"样本{n}公司") for n in "甲乙丙")
    brought(store, write_list(tmp_path / "1.csv", one, two, two))
    before = rows(store)
    (told,) = brought(store, write_list(tmp_path / "2.csv", two, three), 1)
    assert (told.entries, told.came, told.left) == (2, 1, 1)
    after = rows(store)
    assert after["样本乙公司"].id == before["样本乙公司"].id and after["样本乙公司"].gone_id is None
    assert after["样本甲公司"].gone_id == after["样本丙公司"].edition_id
    assert found(store, names=("样本甲公司", "样本乙公司")) == ["样本乙公司"]
    there = store.read(lambda s: entries(s, [held.id or 0 for held in after.values()]))
    assert {entry.name for entry in there.values()} == {"样本乙公司", "样本丙公司"}


def test_what_an_entry_says_anew_is_a_new_entry(store: Store, tmp_path: Path) -> None:
    brought(store, write_list(tmp_path / "1.csv", row(former_names="旧名甲公司")))
    (told,) = brought(store, write_list(tmp_path / "2.csv", row(former_names="旧名乙公司")), 1)
    assert (told.came, told.left) == (1, 1)
    assert found(store, names=("旧名甲公司",)) == [] and len(found(store, names=("旧名乙公司",))) == 1


def test_the_same_edition_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    path = write_list(tmp_path / "1.csv", row())
    brought(store, path)
    assert [(told.came, told.left) for told in brought(store, path, 1)] == [(0, 0)]
    (known,) = store.read(known_lists)
    assert (known.name, known.entries, known.editions) == (BLACK, 1, 2)
    assert known.collected_on == date(2026, 11, 23) and len(known.sha256) == 64


def test_a_list_that_the_file_does_not_name_stays(store: Store, tmp_path: Path) -> None:
    brought(store, write_list(tmp_path / "1.csv", row(), row(name="样本乙公司", list="另一名单")))
    brought(store, write_list(tmp_path / "2.csv", row(name="样本丙公司", list="另一名单")), 1)
    assert found(store, names=("样本甲建设有限公司", "样本乙公司", "样本丙公司")) == [
        "样本丙公司",
        "样本甲建设有限公司",
    ]


def test_a_file_with_one_fault_brings_nothing(store: Store, tmp_path: Path) -> None:
    brought(store, write_list(tmp_path / "1.csv", row()))
    with pytest.raises(ReportgenError, match="E0380"):
        brought(store, write_list(tmp_path / "2.csv", row(name="样本乙公司"), row(kind="黑")), 1)
    assert list(rows(store)) == ["样本甲建设有限公司"]


@pytest.mark.parametrize(
    ("changes", "collected_on", "code"),
    [
        ({}, date(2026, 11, 20), "E0382"),
        ({}, date(2026, 11, 24), "E0353"),
        ({"kind": "失信被执行人"}, date(2026, 11, 23), "E0380"),
    ],
)
def test_what_cannot_take_its_place_is_refused(
    store: Store, tmp_path: Path, changes: dict[str, str], collected_on: date, code: str
) -> None:
    brought(store, write_list(tmp_path / "1.csv", row()), collected_on=date(2026, 11, 21))
    with pytest.raises(ReportgenError, match=code):
        brought(store, write_list(tmp_path / "2.csv", row(**changes)), 1, collected_on)


def test_names_spelt_by_another_table_of_characters_are_not_compared(store: Store, tmp_path: Path) -> None:
    path = write_list(tmp_path / "1.csv", row())
    brought(store, path)

    def respell(session: object) -> None:
        session.exec(select(ListRow)).one().spelling = "1.0"  # type: ignore[attr-defined]

    store.write(respell)
    with pytest.raises(ReportgenError, match="E0383"):
        found(store, names=("样本甲建设有限公司",))
    brought(store, path, 1)
    assert len(found(store, names=("样本甲建设有限公司",))) == 1
