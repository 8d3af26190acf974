"""An edition takes the place of the one before; what stays the same stays the same entry."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from reportgen.errors import ReportgenError
from reportgen.intake.lists import Listed, read_list
from reportgen.intake.names import name_key
from reportgen.store import lists
from reportgen.store.editions import known_lists
from reportgen.store.engine import Store
from reportgen.store.lists import ImportedList, import_lists
from reportgen.store.matching import entries, matches
from reportgen.store.tables import AliasRow, EditionRow, EntryRow, ListRow, UserRow
from tests.factories import PARTNER_USCC, SUBJECT_USCC
from tests.listing import BLACK, row, write_list

NOW = datetime(2026, 11, 22, 9, 30)


def brought(store: Store, path: Path, days: int = 0, collected_on: date | None = None) -> list[ImportedList]:
    at = NOW + timedelta(days=days)
    return import_lists(store, path, "样本网站", collected_on or at.date(), at, lambda *_: None)


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
    assert {entry.name: entry.left_on for entry in there.values()} == {
        "样本甲公司": (NOW + timedelta(days=1)).date(),
        "样本乙公司": None,
        "样本丙公司": None,
    }


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


def many(folder: Path, name: str, *numbers: int) -> Path:
    listed = [row(name=f"样本{number}公司", former_names=f"样本旧{number}公司") for number in numbers]
    return write_list(folder / f"{name}.csv", *listed)


@pytest.fixture
def by_twos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "_AT_ONCE", 2)
    monkeypatch.setattr(lists, "_BREATH", 0)


def during(monkeypatch: pytest.MonkeyPatch, name: str, work: Callable[[], object]) -> None:
    """Do something each time before a step of an import is taken."""
    step = getattr(lists, name)

    def stepped(*given: object) -> object:
        work()
        return step(*given)

    monkeypatch.setattr(lists, name, stepped)


@pytest.mark.usefixtures("by_twos")
@pytest.mark.parametrize("step", ["_bring_part", "_find_leaving", "_switch_one"])
def test_others_read_the_edition_before_until_all_of_the_new_one_is_there(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    brought(store, many(tmp_path, "1", 1, 2, 3))
    seen: list[tuple[list[str], int]] = []

    def look() -> None:
        (known,) = store.read(known_lists)
        seen.append((found(store, names=tuple(f"样本旧{n}公司" for n in range(9))), known.editions))

    during(monkeypatch, step, look)
    (told,) = brought(store, many(tmp_path, "2", *range(3, 9)), 1)
    assert (told.entries, told.came, told.left) == (6, 5, 2)
    assert seen and all(one == (["样本1公司", "样本2公司", "样本3公司"], 1) for one in seen)
    look()
    assert seen[-1] == ([f"样本{n}公司" for n in range(3, 9)], 2)


@pytest.mark.usefixtures("by_twos")
@pytest.mark.parametrize("step", ["_bring_part", "_find_leaving"])
def test_others_write_while_a_list_comes_in(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    written: list[int] = []

    def write() -> None:
        name = f"用户{len(written)}"
        store.write(lambda s: s.add(UserRow(login=name, name=name)))
        written.append(len(store.read(lambda s: s.exec(select(UserRow)).all())))

    during(monkeypatch, step, write)
    brought(store, many(tmp_path, "1", *range(6)))
    assert written == list(range(1, len(written) + 1)) and written


def test_others_write_while_a_file_is_read(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(path: Path, day: date) -> Iterator[Listed]:
        for index, one in enumerate(read_list(path, day)):
            store.write(lambda s, n=str(index): s.add(UserRow(login=n, name=n)))  # type: ignore[misc]
            yield one

    monkeypatch.setattr(lists, "read_list", read)
    brought(store, many(tmp_path, "1", 1, 2, 3))
    assert len(store.read(lambda s: s.exec(select(UserRow)).all())) == 3


KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from reportgen.store import lists
from reportgen.store.engine import open_store
url, path, step, parts = sys.argv[1:]
lists._AT_ONCE, lists._BREATH, taken, left = 2, 0, getattr(lists, step), [int(parts)]
def stepped(*given):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return taken(*given)
setattr(lists, step, stepped)
at = datetime(2026, 11, 23, 9, 30)
lists.import_lists(open_store(url), Path(path), "样本网站", at.date(), at, lambda *_: None)
"""


@pytest.mark.parametrize(
    ("step", "parts"), [("_bring_part", 0), ("_bring_part", 2), ("_find_leaving", 0), ("_switch_one", 0)]
)
def test_an_import_that_is_killed_leaves_nothing_that_counts(
    store: Store, tmp_path: Path, step: str, parts: int
) -> None:
    brought(store, many(tmp_path, "1", 1, 2, 3))
    url = store.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", KILLED, url, str(many(tmp_path, "2", *range(3, 9))), step, str(parts)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert found(store, names=tuple(f"样本旧{n}公司" for n in range(9))) == [
        "样本1公司",
        "样本2公司",
        "样本3公司",
    ]
    assert len(store.read(known_lists)) == 1
    assert len(store.read(lambda s: s.exec(select(EditionRow)).all())) == 2
    (told,) = brought(store, many(tmp_path, "3", 2, 3, 4), 2)
    assert (told.entries, told.came, told.left) == (3, 1, 1)
    assert sorted(rows(store)) == [f"样本{n}公司" for n in range(1, 5)]
    assert len(store.read(lambda s: s.exec(select(AliasRow)).all())) == 4
    assert len(store.read(lambda s: s.exec(select(EditionRow)).all())) == 2


@pytest.mark.usefixtures("by_twos")
@pytest.mark.parametrize("step", ["_bring_part", "_find_leaving"])
def test_of_two_who_import_a_list_at_once_the_later_one_is_heard(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    other = many(tmp_path, "2", 3, 4)

    def rival() -> None:
        monkeypatch.undo()
        brought(store, other, 1)

    during(monkeypatch, step, rival)
    with pytest.raises(ReportgenError, match="E0903"):
        brought(store, many(tmp_path, "1", 1, 2, 3))
    assert found(store, names=tuple(f"样本{n}公司" for n in range(9))) == ["样本3公司", "样本4公司"]
    assert sorted(rows(store)) == ["样本3公司", "样本4公司"]
