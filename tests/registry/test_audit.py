"""The audit on both databases: whatever is done to the register is found, and named with its place."""

import csv
import hashlib
import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reportgen.errors import ReportgenError
from reportgen.registry.audit import verify
from reportgen.registry.chain import MOST, Finding, Findings, Walk, What
from reportgen.registry.events import Link, Tag, event_hash, office_stream, record
from reportgen.registry.export import FILE, Form, export, verify_export
from reportgen.registry.tables import State
from reportgen.store.engine import Store
from tests.registry.lives import DESK, brought_to
from tests.registry.tampering import KEY, LENGTH, STREAMS, Force, append, fill, forced

Done = Callable[[Force, str, int], None]
SAME_STORE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
POSITIONS = pytest.mark.parametrize("seq", [1, 3, LENGTH], ids=["first", "middle", "last"])
CHAINS = pytest.mark.parametrize("stream", ["office", "report:1"])


@pytest.fixture
def filled(store: Store) -> Store:
    """Return the register with three chains of five events."""
    fill(store)
    return store


def named(store: Store) -> dict[tuple[str, int], What]:
    """Return what an audit names."""
    return {(found.stream, found.seq): found.what for found in verify(store, KEY).findings}


def test_an_untouched_register_is_sound(filled: Store) -> None:
    result = verify(filled, KEY)
    assert result.sound
    assert (result.streams, result.events, result.checkpoints) == (len(STREAMS), len(STREAMS) * LENGTH, 0)


def test_an_empty_register_is_sound(store: Store) -> None:
    assert verify(store, KEY).sound


@pytest.mark.parametrize("state", State)
def test_every_life_of_a_report_is_sound(store: Store, state: State) -> None:
    brought_to(store, state)
    assert verify(store, DESK.key).sound


def test_a_stream_about_to_begin_is_no_tampering(store: Store) -> None:
    store.write(lambda session: office_stream(session, "office"))
    assert verify(store, KEY).sound


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("tag", "office:erase:run"),
        ("at", "2026-11-22 09:30:00.000001"),
        ("actor", "other"),
        ("data", '{"files": 3}'),
        ("data", ""),
        ("previous", "0" * 64),
        ("hash", "0" * 64),
    ],
)
@POSITIONS
def test_an_altered_event_is_named(filled: Store, owner: Store, seq: int, column: str, value: str) -> None:
    stream = "office" if column in {"tag", "data", "hash"} else "report:1"
    with forced(owner) as force:
        force(f"UPDATE event SET {column} = :v WHERE stream = :s AND seq = :n", v=value, s=stream, n=seq)
    assert named(filled) == {(stream, seq): What.ALTERED}


@POSITIONS
@CHAINS
def test_a_removed_event_is_named(filled: Store, owner: Store, stream: str, seq: int) -> None:
    with forced(owner) as force:
        force.delete(stream, seq)
    assert named(filled) == {(stream, seq): What.TRUNCATED if seq == LENGTH else What.REMOVED}


def test_several_removed_events_are_one_finding(filled: Store, owner: Store) -> None:
    with forced(owner) as force:
        force.delete("office", 2, 4)
    (found,) = verify(filled, KEY).findings
    assert found == Finding("office", 2, What.REMOVED, "缺第 2 条至第 4 条")
    assert (found.place, found.text) == ("office 第 2 条", "事件被删除：缺第 2 条至第 4 条")


@pytest.mark.parametrize("seq", [1, 3])
@CHAINS
def test_a_removed_event_whose_gap_is_closed_is_named(
    filled: Store, owner: Store, stream: str, seq: int
) -> None:
    with forced(owner) as force:
        force.delete(stream, seq)
        force.shift(stream, seq + 1, -1)
        force.set_end(stream)
    moved = {(stream, n): What.REORDERED for n in range(seq, LENGTH)}
    assert named(filled) == moved


@pytest.mark.parametrize("seq", [1, 3, LENGTH])
@CHAINS
def test_a_truncated_chain_is_named_where_it_now_ends(
    filled: Store, owner: Store, stream: str, seq: int
) -> None:
    with forced(owner) as force:
        force.delete(stream, seq + 1, LENGTH)
    expected = {} if seq == LENGTH else {(stream, seq + 1): What.TRUNCATED}
    assert named(filled) == expected


@pytest.mark.parametrize("seq", [1, 3, LENGTH, LENGTH + 1])
@pytest.mark.parametrize("adapted", [False, True])
@CHAINS
def test_an_inserted_event_is_named(
    filled: Store, owner: Store, stream: str, seq: int, adapted: bool
) -> None:
    with forced(owner) as force:
        before = force("SELECT hash FROM event WHERE stream = :s AND seq = :n", s=stream, n=seq - 1).scalar()
        force.shift(stream, seq, 1)
        force.insert(stream, seq, previous=before or "")
        if adapted:
            force.set_end(stream)
    forged_at_end = adapted and seq > LENGTH
    moved = {(stream, n): What.REORDERED for n in range(seq + 1, LENGTH + 2)}
    assert named(filled) == {(stream, seq): What.ALTERED if forged_at_end else What.INSERTED, **moved}


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 4), (1, LENGTH), (LENGTH - 1, LENGTH)])
@CHAINS
def test_events_that_changed_places_are_named(
    filled: Store, owner: Store, stream: str, one: int, other: int
) -> None:
    with forced(owner) as force:
        for before, after in ((one, -1), (other, one), (-1, other)):
            force("UPDATE event SET seq = :a WHERE stream = :s AND seq = :b", s=stream, a=after, b=before)
    assert named(filled) == {(stream, one): What.REORDERED, (stream, other): What.REORDERED}


@POSITIONS
def test_an_event_of_another_chain_is_named(filled: Store, owner: Store, seq: int) -> None:
    with forced(owner) as force:
        force("UPDATE event SET stream = 'report:2' , seq = 6 WHERE stream = 'report:1' AND seq = :n", n=seq)
    assert named(filled) == {
        ("report:1", seq): What.TRUNCATED if seq == LENGTH else What.REMOVED,
        ("report:2", 6): What.INSERTED,
    }


def test_the_same_event_twice_is_named(filled: Store, owner: Store) -> None:
    with forced(owner) as force:
        (row,) = force("SELECT tag, actor, data, previous, hash, at FROM event WHERE id = 1").mappings()
        force.insert("report:1", LENGTH + 1, **row)
        force.set_end("report:1")
    assert named(filled) == {("report:1", LENGTH + 1): What.REORDERED}


@pytest.mark.parametrize("events", [0, 1, 3])
@CHAINS
def test_a_row_that_counts_too_little_is_named(filled: Store, owner: Store, stream: str, events: int) -> None:
    with forced(owner) as force:
        head = (
            force("SELECT hash FROM event WHERE stream = :s AND seq = :n", s=stream, n=events).scalar() or ""
        )
        force.set_end(stream, events, head)
    assert named(filled) == {(stream, events + 1): What.ROW}


@CHAINS
def test_a_row_that_counts_too_much_is_named(filled: Store, owner: Store, stream: str) -> None:
    with forced(owner) as force:
        force.set_end(stream, events=9)
    assert named(filled) == {(stream, LENGTH + 1): What.TRUNCATED}


@CHAINS
def test_a_row_with_another_end_is_named(filled: Store, owner: Store, stream: str) -> None:
    with forced(owner) as force:
        force.set_end(stream, head="0" * 64)
    assert named(filled) == {(stream, LENGTH): What.ROW}


@CHAINS
def test_a_row_without_its_chain_is_named(filled: Store, owner: Store, stream: str) -> None:
    with forced(owner) as force:
        force.delete(stream, 1, LENGTH)
    assert named(filled) == {(stream, LENGTH): What.BARE}


def test_a_report_that_never_had_an_event_is_named(filled: Store, owner: Store) -> None:
    with forced(owner) as force:
        force.delete("report:1", 1, LENGTH)
        force.set_end("report:1")
    assert named(filled) == {("report:1", 0): What.BARE}


def test_a_chain_without_its_row_is_named(filled: Store, owner: Store) -> None:
    with forced(owner) as force:
        force("DELETE FROM stream WHERE name = 'office'")
    assert named(filled) == {("office", LENGTH): What.ORPHAN}


@pytest.mark.parametrize(
    "stream", ["project:1", "report:99", "report:", "report:٣", "report:01", f"report:{9**40}"]
)
def test_a_forged_chain_of_nobody_is_named(filled: Store, owner: Store, stream: str) -> None:
    with forced(owner) as force:
        force.insert(stream, 1)
    assert named(filled) == {(stream, 1): What.ORPHAN}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("seq", "'第三'"),
        ("seq", "3.5"),
        ("at", "'昨天'"),
        ("at", "x'00'"),
        ("data", "CAST(data AS BLOB)"),
        ("actor", "7"),
        ("stream", "x'6f6666696365'"),
    ],
)
def test_a_value_of_the_wrong_type_is_found(tmp_path: Path, column: str, value: str) -> None:
    """SQLite takes any value in any column: an audit must not stumble over what was put there by force."""
    from reportgen.store.engine import open_store
    from reportgen.store.migrate import upgrade

    store = open_store(f"sqlite:///{tmp_path / 'office.db'}")
    upgrade(store)
    fill(store)
    with forced(store) as force:
        force(f"UPDATE event SET {column} = {value} WHERE stream = 'office' AND seq = 3")
    result = verify(store, KEY)
    assert not result.sound
    assert {found.stream for found in result.findings} <= {"office", "b'office'"}
    store.close()


def test_a_wrong_key_names_so_many_and_counts_the_rest() -> None:
    findings = Findings()
    walk = Walk(b"wrong", findings)
    for seq in range(1, MOST + 11):
        walk.step(Link("office", seq, "t", "2026-11-22T09:30:00", "office", "{}", ""), "0" * 64)
    assert (len(findings.named), findings.unnamed) == (MOST, 10)


def test_an_event_that_hangs_on_another_past_is_found() -> None:
    """Two chains that are genuine each, of a database and its restored copy, do not make one."""
    findings = Findings()
    walk = Walk(KEY, findings)
    for seq, previous in ((1, ""), (2, "0" * 64)):
        link = Link("office", seq, "t", "2026-11-22T09:30:00", "office", "{}", previous)
        walk.step(link, event_hash(link, KEY))
    assert findings.sorted() == (Finding("office", 2, What.ALTERED, "所接的不是现存的前一条"),)


_streams = count()
_data = st.fixed_dictionaries(
    {},
    optional={
        "files": st.integers(0, 10**9) | st.none(),
        "rows": st.integers(0, 10**9),
        "sha256": st.binary(max_size=9).map(lambda some: hashlib.sha256(some).hexdigest()),
    },
)
_moments = st.datetimes().filter(lambda moment: moment.year > 1000)


@SAME_STORE
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), _moments, st.sampled_from(["office", "ADMIN", "li.wei"]), _data),
        max_size=12,
    )
)
def test_any_events_in_any_order_are_sound(store: Store, noted: list[tuple[str, Any, str, Any]]) -> None:
    example = next(_streams)

    def work(session: Any) -> None:
        for name, at, actor, data in noted:
            stream = office_stream(session, f"any:{example}{name}")
            record(session, stream, Tag.OFFICE_BACKUP_MAKE, at, actor, KEY, **data)

    store.write(work)
    assert verify(store, KEY).sound


_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


@SAME_STORE
@given(st.data())
def test_any_single_change_is_found(store: Store, owner: Store, data: st.DataObject) -> None:
    result = verify(store, KEY)
    if not result.events:
        fill(store)
        with forced(owner):
            pass
    place = {
        "s": data.draw(st.sampled_from(STREAMS)),
        "n": data.draw(st.integers(1, LENGTH)),
    }
    where = "WHERE stream = :s AND seq = :n"
    column = data.draw(st.sampled_from(["seq", "stream", "tag", "actor", "data", "previous", "hash"]))
    value = data.draw(st.integers(LENGTH + 1, 99) if column == "seq" else _texts)
    with forced(owner, first=False) as force:
        old = force.one(f"SELECT {column} FROM event {where}", **place)
        number = force.one(f"SELECT id FROM event {where}", **place)
        force("UPDATE event SET " + column + " = :v WHERE id = :id", v=value, id=number)
    try:
        assert verify(store, KEY).sound == (old == value)
    finally:
        with forced(owner, first=False) as force:
            force("UPDATE event SET " + column + " = :v WHERE id = :id", v=old, id=number)


def exported(store: Store, folder: Path, form: Form = Form.JSONL) -> Path:
    path = folder / f"events.{form}"
    assert export(store, path, form, KEY) == (len(STREAMS), len(STREAMS) * LENGTH)
    assert path.stat().st_mode & 0o777 == 0o600
    return path


def test_an_export_is_audited_without_a_database(filled: Store, tmp_path: Path) -> None:
    path = exported(filled, tmp_path)
    result = verify_export(path, KEY)
    assert result.sound
    assert (result.streams, result.events) == (len(STREAMS), len(STREAMS) * LENGTH)
    assert not verify_export(path, b"another key").sound


def test_both_forms_hold_the_same(filled: Store, tmp_path: Path) -> None:
    lines = exported(filled, tmp_path).read_text("utf-8").splitlines()
    with exported(filled, tmp_path, Form.CSV).open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert table == [{k: str(v) for k, v in json.loads(line).items()} for line in lines[:-1]]


def test_an_empty_register_is_exported(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "none.jsonl", Form.JSONL, KEY)
    assert verify_export(tmp_path / "none.jsonl", KEY).sound


Edit = Callable[[list[bytes]], list[bytes]]
EDITS: dict[str, tuple[Edit, tuple[str, int] | None]] = {
    "altered": (lambda a: [*a[:2], a[2].replace(b"office", b"others", 1), *a[3:]], ("office", 3)),
    "removed": (lambda a: [*a[:2], *a[3:]], ("office", 3)),
    "cut": (lambda a: a[:-2], (FILE, 0)),
    "cut and sealed": (lambda a: [*a[:-2], a[-1]], (FILE, 0)),
    "chain removed": (lambda a: a[5:], (FILE, 0)),
    "swapped": (lambda a: [a[1], a[0], *a[2:]], ("office", 1)),
    "chains swapped": (lambda a: [*a[5:10], *a[:5], *a[10:]], (FILE, 0)),
    "added": (lambda a: [*a, a[0]], (FILE, 17)),
    "no event": (lambda a: [b"[1]\n", *a], (FILE, 1)),
    "deep": (lambda a: [b"[" * 99999 + b"\n", *a], (FILE, 1)),
    "no text": (lambda a: [b"\xff\xfe\n", *a], (FILE, 1)),
    "empty": (lambda _: [], (FILE, 0)),
    "spaces": (lambda a: [a[0].replace(b",", b", ", 1), *a[1:]], (FILE, 0)),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_changed_export_is_found(filled: Store, tmp_path: Path, name: str) -> None:
    path = exported(filled, tmp_path)
    edit, place = EDITS[name]
    path.write_bytes(b"".join(edit(path.read_bytes().splitlines(keepends=True))))
    assert place in {(found.stream, found.seq) for found in verify_export(path, KEY).findings}


def test_an_export_shows_a_tampered_register(filled: Store, owner: Store, tmp_path: Path) -> None:
    with forced(owner) as force:
        force.delete("office", 3)
        force("UPDATE event SET data = :v WHERE stream = 'report:1' AND seq = 2", v="\x1b[2J\u2028")
    export(filled, tmp_path / "out.jsonl", Form.JSONL, KEY)
    found = {(f.stream, f.seq): f.what for f in verify_export(tmp_path / "out.jsonl", KEY).findings}
    assert found == {("office", 3): What.REMOVED, ("report:1", 2): What.ALTERED}


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ReportgenError) as caught:
        verify_export(tmp_path / "none.jsonl", KEY)
    assert caught.value.code == "E0302"


def test_a_failed_export_leaves_no_file(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reportgen.files.os.fsync", full)
    with pytest.raises(ReportgenError) as caught:
        export(filled, tmp_path / "out.jsonl", Form.JSONL, KEY)
    assert caught.value.code == "E0901"
    assert list(tmp_path.glob("*out*")) == []


def test_an_audit_reads_one_moment_while_others_write(filled: Store) -> None:
    from threading import Event, Thread

    stop = Event()

    def write() -> None:
        number = LENGTH
        while not stop.is_set():
            number += 1
            append(filled, number)

    thread = Thread(target=write)
    thread.start()
    try:
        assert all(verify(filled, KEY).sound for _ in range(10))
    finally:
        stop.set()
        thread.join()
