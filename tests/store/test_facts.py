"""Subjects in the office's database: what was known when, in which order it counts, and what changed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from reportgen.errors import ReportgenError
from reportgen.store.engine import Store
from reportgen.store.facts import (
    Imported,
    find_subjects,
    import_subject,
    subject_at,
    versions,
)
from reportgen.store.tables import CheckRow, SnapshotRow, SubjectRow
from reportgen.subject.canonical import canonical, in_order, sha256
from reportgen.subject.changes import changes
from reportgen.subject.history import as_of
from reportgen.subject.model import Subject
from tests.factories import (
    PARTNER_USCC,
    SUBJECT_USCC,
    Data,
    made_up_uscc,
    person_data,
    record_data,
    registration_data,
    subject,
)

NOW = datetime(2026, 11, 21, 9, 30)
HOUR = timedelta(hours=1)
# Each example has a subject of its own, so that they may share one database.
shared = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
numbers = iter(range(1000, 10**6))


def learn(store: Store, given: Subject, known_at: datetime = NOW) -> Imported:
    return store.write(lambda session: import_subject(session, given, known_at))


def known(store: Store, uscc: str = SUBJECT_USCC, known_at: datetime | None = None) -> Subject:
    return store.read(lambda session: subject_at(session, uscc, known_at))


def repaired() -> Data:
    return record_data(state="已修复", repaired_on="2026-11-19")


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[Subject, datetime]]:
    """Draw versions of one subject, each with its day, and when each was learned, the earliest first."""
    uscc = made_up_uscc(next(numbers))
    moments = sorted(NOW + HOUR * n for n in draw(st.lists(st.integers(0, 50), min_size=1, max_size=8)))
    days = [f"2026-11-{draw(st.integers(15, 20))}" for _ in moments]
    records = [[record_data(id=f"R{n}") for n in draw(st.sets(st.integers(1, 3)))] for _ in moments]
    made = zip(days, records, moments, strict=True)
    return [(subject(uscc=uscc, as_of=day, records=held), moment) for day, held, moment in made]


def counting(history: list[tuple[Subject, datetime]], moment: datetime) -> Subject | None:
    """Return what counts at a moment: the facts of the latest day, of two the ones learned later."""
    held = [(item.as_of, at, place) for place, (item, at) in enumerate(history) if at <= moment]
    return in_order(history[max(held)[2]][0]) if held else None


@given(history=histories())
@shared
def test_at_every_moment_the_office_knows_exactly_what_it_knew(
    store: Store, history: list[tuple[Subject, datetime]]
) -> None:
    uscc = history[0][0].uscc
    for given_subject, moment in history:
        learn(store, given_subject, moment)
    for moment in {at + step for _, at in history for step in (-HOUR / 2, timedelta(0), HOUR / 2)}:
        expected = counting(history, moment)
        if expected is None:
            with pytest.raises(ReportgenError, match="E0350"):
                known(store, uscc, moment)
        else:
            assert known(store, uscc, moment) == expected
    assert known(store, uscc) == counting(history, datetime.max)


@given(history=histories())
@shared
def test_what_an_import_tells_is_what_came_of_it(
    store: Store, history: list[tuple[Subject, datetime]]
) -> None:
    before: Subject | None = None
    for given_subject, moment in history:
        told = learn(store, given_subject, moment)
        after = known(store, given_subject.uscc)
        assert told.sha256 == sha256(canonical(given_subject))
        assert told.newest == after.as_of
        assert told.counts == (canonical(after) == canonical(given_subject)) or not told.counts
        assert told.changes == (() if before is None else changes(before, after))
        again = learn(store, given_subject, moment)
        assert not again.new
        assert again.changes == ()
        before = after


@given(history=histories(), day=st.dates(date(2026, 11, 1), date(2026, 11, 14)))
@shared
def test_known_time_and_valid_time_go_together(
    store: Store, history: list[tuple[Subject, datetime]], day: date
) -> None:
    for given_subject, moment in history:
        learn(store, given_subject, moment)
    for _, moment in history:
        expected = counting(history, moment)
        assert expected is not None
        assert as_of(known(store, expected.uscc, moment), day) == as_of(expected, day)


@pytest.mark.parametrize("later", [timedelta(0), HOUR])
def test_the_same_content_again_enters_nothing_whenever_it_comes(store: Store, later: timedelta) -> None:
    assert learn(store, subject()).new
    assert not learn(store, subject(), NOW + later).new
    assert len(store.read(lambda session: versions(session, SUBJECT_USCC))) == 1


def test_facts_may_come_to_be_again_what_they_were_before(store: Store) -> None:
    mistaken = subject(records=[record_data()])
    for hours, given_subject in enumerate([subject(), mistaken, subject()]):
        assert learn(store, given_subject, NOW + HOUR * hours).new
    assert known(store).records == ()
    assert known(store, known_at=NOW + HOUR).records != ()


@pytest.mark.parametrize(
    ("known_at", "code"), [(NOW - timedelta(microseconds=1), "E0352"), (NOW, ""), (NOW + HOUR, "")]
)
def test_nothing_is_learned_in_hindsight(store: Store, known_at: datetime, code: str) -> None:
    learn(store, subject())
    changed = subject(name="样本新名有限公司")
    if not code:
        assert learn(store, changed, known_at).new
        return
    with pytest.raises(ReportgenError, match=code):
        learn(store, changed, known_at)
    assert known(store).name == subject().name


@pytest.mark.parametrize(("day", "code"), [("2026-11-21", ""), ("2026-11-22", "E0353")])
def test_nobody_knows_the_facts_of_a_day_to_come(store: Store, day: str, code: str) -> None:
    if not code:
        assert learn(store, subject(as_of=day)).new
        return
    with pytest.raises(ReportgenError, match=code):
        learn(store, subject(as_of=day))


def test_an_older_file_is_kept_and_does_not_count(store: Store) -> None:
    learn(store, subject())
    older = learn(store, subject(as_of="2026-11-01", name="样本旧名有限公司"), NOW + HOUR)
    assert (older.new, older.counts, older.newest) == (True, False, date(2026, 11, 20))
    assert older.changes == ()
    assert known(store).name == subject().name
    assert [version.as_of.day for version in store.read(lambda s: versions(s, SUBJECT_USCC))] == [20, 1]
    assert not learn(store, subject(as_of="2026-11-01", name="样本旧名有限公司"), NOW + 2 * HOUR).new
    assert [item.name for item in store.read(find_subjects)] == [subject().name]


def test_a_first_import_changes_nothing_and_the_next_says_what_it_changed(store: Store) -> None:
    assert learn(store, subject(records=[record_data()])).changes == ()
    (change,) = learn(store, subject(records=[repaired()]), NOW + HOUR).changes
    assert (change.collection, change.fact) == ("records", "R1")


def test_every_check_of_a_fact_is_entered_once(store: Store) -> None:
    check = {"by": "核验员甲", "how": "查验原件", "on": "2026-11-19"}
    for hours, name in enumerate(["公羊例", "公羊样"]):
        learn(store, subject(people=[person_data(name=name, verification=check)]), NOW + HOUR * hours)
    rows = store.read(lambda session: session.exec(select(CheckRow)).all())
    assert [(row.fact, row.by, row.how, row.on) for row in rows] == [
        ("P1", "核验员甲", "查验原件", date(2026, 11, 19))
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", 2),
        ("样本甲", 1),
        ("旧名", 1),
        (SUBJECT_USCC, 1),
        (SUBJECT_USCC[8:16].lower(), 1),
        ("没有", 0),
        ("%", 0),
        ("_", 0),
    ],
)
def test_a_subject_is_found_by_code_name_and_former_name(store: Store, text: str, found: int) -> None:
    learn(store, subject(former_names=["样本旧名有限公司", "样本老店"]))
    learn(store, subject(uscc=PARTNER_USCC, name="样本乙建设有限公司"))
    assert len(store.read(lambda session: find_subjects(session, text))) == found


def test_a_search_tells_the_version_that_counts_and_how_many_there_are(store: Store) -> None:
    learn(store, subject(former_names=["样本旧名有限公司"]))
    learn(store, subject(as_of="2026-11-21", former_names=["样本旧名有限公司"]), NOW + HOUR)
    (item,) = store.read(find_subjects)
    assert item.former_names == ("样本旧名有限公司",)
    assert (item.as_of, item.known_at, item.versions) == (date(2026, 11, 21), NOW + HOUR, 2)


def test_a_search_returns_no_more_than_asked_for_in_the_order_of_the_codes(store: Store) -> None:
    codes = sorted(made_up_uscc(number) for number in range(1, 6))
    for uscc in reversed(codes):
        learn(store, subject(uscc=uscc))
    assert [item.uscc for item in store.read(lambda session: find_subjects(session, "", 3))] == codes[:3]


def test_an_unknown_subject_is_an_error_of_its_own(store: Store) -> None:
    for asked in (subject_at, versions):
        with pytest.raises(ReportgenError, match="E0350"):
            store.read(partial(asked, uscc=SUBJECT_USCC))


@pytest.mark.parametrize("known", [False, True])
def test_of_many_who_import_the_same_facts_at_once_one_enters_them(store: Store, known: bool) -> None:
    if known:
        learn(store, subject(name="样本旧名有限公司"))
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: learn(store, subject(), NOW + HOUR), range(16)))
    assert [item.new for item in told].count(True) == 1
    assert len(store.read(lambda session: versions(session, SUBJECT_USCC))) == 1 + known


def test_an_import_that_fails_leaves_nothing(store: Store) -> None:
    def work(session: Any) -> None:
        import_subject(session, subject(), NOW)
        import_subject(session, subject(uscc=PARTNER_USCC, as_of="2026-11-22"), NOW)

    with pytest.raises(ReportgenError):
        store.write(work)
    assert store.read(lambda session: session.exec(select(SubjectRow)).all()) == []


def test_the_content_kept_is_what_its_hash_says(store: Store) -> None:
    learn(store, subject(registration=registration_data(), records=[record_data()]))
    rows = store.read(lambda session: session.exec(select(SnapshotRow).order_by(col(SnapshotRow.id))).all())
    assert [sha256(row.content or "") for row in rows] == [row.sha256 for row in rows]
