"""Events on both databases: one writer, one chain whatever runs at once, and nothing personal in it."""

import hashlib
import hmac
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from reportgen.errors import ReportgenError
from reportgen.registry.event_data import TYPED_BY_STRANGERS, TYPES, checked
from reportgen.registry.events import KEYS, Link, Tag, events_key, office_stream, record
from reportgen.registry.lifecycle import get
from reportgen.registry.tables import EventRow, ReportRow, State, StreamRow
from reportgen.store.engine import Store
from tests.registry.lives import NOW, OWNER, SHA, SUBJECT, drafted

KEY = events_key(b"s" * 32)
BACKUP, USE = Tag.OFFICE_BACKUP_MAKE, Tag.REPORT_USE_REFUSE
# Made up by the rules of both numbers; no person bears them.
IDENTITY_CARDS = ("110101199003077715", "11010119900307771X", "110101900307771")
PERSONAL = (
    "张三",
    "欧阳娜娜",
    "Zhang San",
    "zhang san",
    "13800138000",
    "138 0013 8000",
    "+86 138-0013-8000",
    *IDENTITY_CARDS,
    "因为他没有付款",
    "li@example.com",
)


def note(store: Store, stream: str = "office", tag: Tag = BACKUP, **data: Any) -> Link:
    """Record one event of a chain that is no report's."""
    return store.write(lambda s: record(s, office_stream(s, stream), tag, NOW, "office", KEY, **data))


def chain(store: Store, stream: str = "office") -> list[EventRow]:
    """Return the events of a chain in their order."""
    asked = select(EventRow).where(EventRow.stream == stream).order_by("seq")
    return store.read(lambda session: list(session.exec(asked).all()))


@pytest.mark.parametrize("tag", Tag)
def test_a_tag_is_subject_object_action(tag: Tag) -> None:
    assert re.fullmatch(r"[a-z]+:[a-z]+:[a-z]+", tag)
    assert tag.name == tag.upper().replace(":", "_")
    assert KEYS[tag] <= set(TYPES)


def test_the_key_is_derived_from_the_office_secret() -> None:
    assert events_key(b"abc") == hmac.new(b"abc", b"reportgen events v1", hashlib.sha256).digest()


def test_the_hash_covers_everything_in_a_form_anybody_can_write(store: Store) -> None:
    note(store, files=3, rows=None)
    store.write(
        lambda s: record(
            s, office_stream(s, "office"), BACKUP, NOW + timedelta(microseconds=7), "li.wei", KEY, sha256=SHA
        )
    )
    first, second = chain(store)
    assert (first.seq, second.seq, first.previous, second.previous) == (1, 2, "", first.hash)
    assert first.data == '{"files":3,"rows":null}'
    said = [
        "office",
        2,
        str(BACKUP),
        "2026-11-22T09:30:00.000007",
        "li.wei",
        f'{{"sha256":"{SHA}"}}',
        first.hash,
    ]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert second.hash == hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest()
    row = store.read(lambda session: session.get_one(StreamRow, "office"))
    assert (row.head, row.events) == (second.hash, 2)


def test_a_report_has_a_chain_of_its_own(store: Store) -> None:
    def twice(session: Any) -> ReportRow:
        report = drafted(session)
        record(session, report, Tag.REPORT_FILE_RENDER, NOW, "office", KEY, sha256=SHA, pages=18)
        record(session, report, Tag.REPORT_FILE_PUBLISH, NOW, "office", KEY, state=State.DRAFT)
        return report

    report = store.write(twice)
    events = chain(store, f"report:{report.id}")
    assert [event.seq for event in events] == [1, 2, 3]
    assert (report.events, report.head) == (3, events[-1].hash)
    assert events[2].data == '{"state":"DRAFT"}'


def test_an_event_goes_with_its_transaction(store: Store) -> None:
    note(store)

    def fails(session: Any) -> None:
        record(session, office_stream(session, "office"), BACKUP, NOW, "office", KEY)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.write(fails)
    assert note(store).seq == 2
    assert [event.seq for event in chain(store)] == [1, 2]


def test_a_row_read_too_early_does_not_split_the_chain(store: Store) -> None:
    note(store)
    old = store.read(lambda session: session.get_one(StreamRow, "office"))
    note(store)
    assert old.events == 1
    third = store.write(lambda s: record(s, s.merge(old, load=False), BACKUP, NOW, "office", KEY))
    assert third.seq == 3


def test_two_transactions_that_read_the_same_end_hang_on_one_another(store: Store) -> None:
    """A transaction that reads the row first and writes last is overtaken, and waits its turn."""
    report = store.write(drafted)

    def append(_: int) -> int:
        def work(session: Any) -> int:
            row = get(session, report.id or 0)
            return record(session, row, Tag.REPORT_USE_REFUSE, NOW, "office", KEY).seq

        return store.write(work)

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(append, range(100))) == list(range(2, 102))


def test_many_at_once_write_one_chain(store: Store) -> None:
    """20 threads with 25 events each on a stream that none of them created before."""

    def thread(number: int) -> list[int]:
        return [note(store, files=number, rows=nth).seq for nth in range(25)]

    with ThreadPoolExecutor(20) as pool:
        taken = [seq for seqs in pool.map(thread, range(20)) for seq in seqs]
    events = chain(store)
    assert sorted(taken) == [event.seq for event in events] == list(range(1, 501))
    assert [event.previous for event in events] == ["", *(event.hash for event in events[:-1])]


def test_an_event_beyond_the_count_of_its_row_is_tampering(store: Store, owner: Store) -> None:
    note(store)
    note(store)
    with owner.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE stream SET events = 1")
        connection.exec_driver_sql("UPDATE stream SET head = (SELECT hash FROM event WHERE seq = 1)")
    with pytest.raises(ReportgenError) as caught:
        note(store)
    assert caught.value.code == "E0501"
    assert "office 第 2 条" in str(caught.value)


def test_a_row_that_is_gone_is_tampering(store: Store, owner: Store) -> None:
    report = store.write(drafted)
    gone = report.model_copy(update={"id": 99})
    with pytest.raises(ReportgenError) as caught:
        store.write(lambda s: record(s, s.merge(gone, load=False), BACKUP, NOW, "office", KEY))
    assert caught.value.code == "E0501"


def test_a_report_is_entered_before_its_events(store: Store) -> None:
    new = store.write(drafted).model_copy(update={"id": None})
    with pytest.raises(ValueError, match="added"):
        store.write(lambda s: record(s, new, Tag.REPORT_DRAFT_CREATE, NOW, "office", KEY))


@pytest.mark.parametrize("name", ["report:1", "report", "office:张三", "13800138000", "Office", "a b", ""])
def test_a_stream_is_named_by_a_word_and_a_code(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="stream"):
        note(store, name)


@pytest.mark.parametrize("actor", [*PERSONAL, "", "a b", "李伟", "=1+1", "x" * 61, "u13800138000"])
def test_an_actor_is_no_person(store: Store, actor: str) -> None:
    with pytest.raises(ValueError, match="actor"):
        store.write(lambda s: record(s, office_stream(s, "office"), BACKUP, NOW, actor, KEY))
    assert chain(store) == []


@pytest.mark.parametrize("actor", ["li.wei", "ADMIN", "sweep", "clerk-07", "0042", OWNER])
def test_an_actor_is_a_login_a_role_or_a_uscc(store: Store, actor: str) -> None:
    event = store.write(lambda s: record(s, office_stream(s, "office"), BACKUP, NOW, actor, KEY))
    assert event.actor == actor


def test_a_moment_has_no_zone(store: Store) -> None:
    aware = datetime(2026, 11, 22, tzinfo=UTC)
    with pytest.raises(ValueError, match="zone"):
        store.write(lambda s: record(s, office_stream(s, "office"), BACKUP, aware, "office", KEY))


GOOD: dict[str, tuple[Any, ...]] = {
    "number": ("XY20261122ABCDEFGH-K",),
    "register_number": ("20261122-000001",),
    "sha256": (SHA,),
    "uscc": (SUBJECT, OWNER),
    "applicant": (SUBJECT, f"{SUBJECT},{OWNER}"),
    "state": (State.ISSUED, "KEPT"),
    "role": ("ISSUER", "投标人"),
    "matter": ("工程招标投标", "WORKS_TENDER"),
    "conclusion": ("具备信用能力", "LIMITED", "A"),
    "reason": ("KEY_COMPROMISED",),
    "login": ("li.wei",),
    "pack": ("national", "national@2026-04-01"),
    "error": ("E0901",),
    "pages": (0, 18),
    "closed": (True, False),
    "valid_until": ("2026-11-22",),
    "used_at": ("2026-11-22T09:30:00",),
    "project": ("JZ-2026-001", "辽建招〔2026〕015号", "", "110101199003077715", "张三"),
    "lot": ("第一标段", "2", ""),
    "fact": ("REC-001", "records[0]", "registration", "financials[2].total_assets"),
    "by": (OWNER, "张三"),
}
BAD: dict[str, tuple[Any, ...]] = {
    "number": ("20261122", SHA, 1, True),
    "sha256": ("a" * 63, "A" * 64, 1),
    "uscc": (SUBJECT[:-1] + "9", SUBJECT.lower(), ""),
    "applicant": (f"{SUBJECT},张三", ""),
    "state": ("issued", "ZHANG_SAN", "", 1, True),
    "error": ("E9999", "E0901 disk"),
    "pages": (-1, True, "18", 13800138000, 110101199003077715),
    "closed": (1, 0, "true"),
    "valid_until": ("2026-11-31", "20261122", "2026-11-22T00:00:00"),
    "used_at": ("2026-11-22", "09:30"),
    "pack": ("National", "national@today"),
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in GOOD.items() for v in values])
def test_what_an_event_may_say(name: str, value: Any) -> None:
    assert name in checked(frozenset({name}), {name: value}, KEY)
    assert checked(frozenset({name}), {name: None}, KEY) == {name: None}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in BAD.items() for v in values])
def test_what_an_event_may_not_say(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        checked(frozenset({name}), {name: value}, KEY)


@pytest.mark.parametrize("text", PERSONAL)
@pytest.mark.parametrize("name", sorted(TYPES))
def test_no_name_no_identity_card_no_telephone_enters_an_event(name: str, text: str) -> None:
    """Whatever strangers typed is kept as its keyed hash, for their misuse must be recorded; the rest is refused."""
    if name in TYPED_BY_STRANGERS:
        kept = checked(frozenset({name}), {name: text}, KEY)[name]
        assert kept == "#" + hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest()
    else:
        with pytest.raises(ValueError, match=name) as caught:
            checked(frozenset({name}), {name: text}, KEY)
        assert text not in str(caught.value)


def test_every_type_is_of_some_tag() -> None:
    assert set().union(*KEYS.values()) == set(TYPES)


def test_what_is_no_unicode_is_hashed_all_the_same() -> None:
    assert re.fullmatch("#[0-9a-f]{64}", str(checked(frozenset({"lot"}), {"lot": "\ud800"}, KEY)["lot"]))


@given(st.sampled_from(sorted(TYPES)), st.text())
def test_free_text_is_refused_or_hashed(name: str, text: str) -> None:
    words = text + "，张三说：" + text
    if name in TYPED_BY_STRANGERS:
        assert re.fullmatch("#[0-9a-f]{64}", str(checked(frozenset({name}), {name: words}, KEY)[name]))
    else:
        with pytest.raises(ValueError, match="may not say"):
            checked(frozenset({name}), {name: words}, KEY)


def test_a_tag_has_the_keys_it_declares_and_no_others(store: Store) -> None:
    with pytest.raises(ValueError, match="no key name, pages"):
        note(store, files=1, pages=18, name="张三")
    assert chain(store) == []


def test_a_misuse_is_recorded_whatever_was_typed(store: Store) -> None:
    event = note(store, tag=USE, project="李四 13800138000", by="不是代码", lot="", outcome="ELSEWHERE")
    assert "李四" not in event.data
    assert "13800138000" not in event.data
    assert json.loads(event.data)["lot"] == ""
