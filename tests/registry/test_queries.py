"""Looking up: by number, code, file, subject and state; and nothing about a project before 开标."""

import itertools
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from reportgen.errors import ReportgenError
from reportgen.registry import queries
from reportgen.registry.numbers import verification_code
from reportgen.registry.queries import Wanted
from reportgen.registry.tables import NUMBERED, Kind, State
from reportgen.store.engine import Store
from reportgen.store.projects import import_project
from tests.factories import project
from tests.registry.lives import NOW, OTHER, SECRET, SHA, SUBJECT, USE, brought_to, drafted, issued, numbered

TODAY = NOW.date()
CLOSES = datetime(2026, 12, 10, 10)
examples = itertools.count()
shared = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


def asked(store: Store, at: datetime, name: str = USE.project, **words: bool) -> list[str | None]:
    found = store.read(lambda s: queries.of_project(s, name, 1, "", at, **words))
    return [row.number for row in found]


def refused(store: Store, at: datetime, name: str = USE.project) -> str:
    with pytest.raises(ReportgenError) as caught:
        asked(store, at, name)
    assert caught.value.code == "E1106"
    return caught.value.text()


def known(store: Store, **changes: object) -> None:
    store.write(lambda s: import_project(s, project(id=USE.project, **changes), NOW))


@pytest.mark.parametrize("moment", [NOW, CLOSES - timedelta(microseconds=1)])
def test_before_the_opening_the_answer_is_the_same_with_reports_and_without(
    store: Store, moment: datetime
) -> None:
    unknown = refused(store, moment)
    known(store)
    none = refused(store, moment)
    for name in ("1", "2"):
        store.write(lambda s, n=name: issued(s, n))  # type: ignore[misc]
    assert refused(store, moment) == none == unknown


@shared
@given(
    name=st.sampled_from([USE.project, "没有的项目"]),
    minutes=st.integers(1, 60 * 24 * 365),
    more=st.booleans(),
)
def test_no_moment_before_the_opening_tells_anything(
    store: Store, name: str, minutes: int, more: bool
) -> None:
    known(store)
    if more:
        store.write(lambda s: issued(s, f"example {next(examples)}"))
    assert refused(store, CLOSES - timedelta(minutes=minutes), name).count(name) == 1


def test_the_desk_asks_before_the_opening_and_others_from_then_on(store: Store) -> None:
    known(store)
    rows = [store.write(lambda s, n=str(n): issued(s, n)) for n in range(3)]  # type: ignore[misc]
    store.write(lambda s: numbered(s, "unfinished"))
    numbers = sorted(str(row.number) for row in rows)
    assert asked(store, NOW, desk=True) == numbers
    assert asked(store, CLOSES) == numbers
    assert asked(store, CLOSES, "没有的项目", desk=True) == []


def test_a_deadline_put_off_keeps_the_register_shut(store: Store) -> None:
    known(store)
    later = project(id=USE.project, bid_deadline="2026-12-20T10:00:00+08:00")
    store.write(lambda s: import_project(s, later, NOW + timedelta(hours=1)))
    refused(store, CLOSES)
    assert asked(store, CLOSES + timedelta(days=10)) == []


def test_a_code_opens_its_own_report_only(store: Store) -> None:
    first, second = (str(store.write(lambda s, n=n: issued(s, n)).number) for n in "12")  # type: ignore[misc]
    code = verification_code(SECRET, first)

    def by_code(number: str, word: str) -> bool:
        return store.read(lambda s: queries.by_code(s, number, word)) is not None

    assert by_code(first, code)
    assert by_code(first, f" {code[:4]} {code[4:].lower()}")
    assert not by_code(second, code)
    assert not by_code(first, verification_code(SECRET, second))


def test_a_file_is_found_by_its_hash_once_it_was_issued(store: Store) -> None:
    with pytest.raises(ReportgenError) as caught:
        store.read(lambda s: queries.by_file_hash(s, SHA))
    assert (caught.value.code, int(caught.value.exit_code)) == ("E0503", 5)
    row = store.write(issued)
    assert store.read(lambda s: queries.by_file_hash(s, SHA)).number == row.number


def test_the_reports_of_a_subject_come_newest_first_and_without_drafts(store: Store) -> None:
    rows = [store.write(lambda s, n=n: issued(s, n)) for n in "123"]  # type: ignore[misc]
    store.write(lambda s: drafted(s, "draft"))
    found = store.read(lambda s: queries.of_subject(s, SUBJECT))
    assert [row.number for row in found] == [row.number for row in reversed(rows)]
    assert store.read(lambda s: len(queries.of_subject(s, SUBJECT, limit=2))) == 2
    assert store.read(lambda s: queries.of_subject(s, OTHER)) == []


def listed(store: Store, on: date = TODAY, **wanted: object) -> set[str | None]:
    rows = store.read(lambda s: queries.listed(s, Wanted(on, **wanted)))  # type: ignore[arg-type]
    return {row.number for row in rows}


def test_every_numbered_state_is_listed_by_itself(store: Store) -> None:
    rows = {state: brought_to(store, state, str(n)) for n, state in enumerate(State)}
    for state in NUMBERED:
        assert listed(store, state=state) == {rows[state].number}
    assert listed(store) == {rows[state].number for state in NUMBERED}
    assert listed(store, state=State.DRAFT) == set()


@pytest.mark.parametrize(("later", "state"), [(90, State.ISSUED), (91, State.EXPIRED)])
def test_a_report_is_listed_as_it_stands_that_day(store: Store, later: int, state: State) -> None:
    row = store.write(lambda s: issued(s, days=90))
    day = TODAY + timedelta(days=later)
    assert {s for s in NUMBERED if listed(store, day, state=s)} == {state}
    assert listed(store, day, state=state) == {row.number}


def test_a_list_is_narrowed_by_place_and_subject(store: Store) -> None:
    def three(session: Session) -> list[str | None]:
        changes: tuple[dict[str, Any], ...] = ({"lot": "A"}, {"round": 2}, {"project": "另一项目"})
        return [issued(session, str(n), **c).number for n, c in enumerate(changes)]

    lot, again, elsewhere = store.write(three)
    assert listed(store, project=USE.project) == {lot, again}
    assert listed(store, project=USE.project, round=2) == {again}
    assert listed(store, lot="A") == {lot}
    assert listed(store, lot="") == {again, elsewhere}
    assert listed(store, uscc=SUBJECT) == {lot, again, elsewhere}
    assert listed(store, uscc=OTHER) == set()


@pytest.mark.parametrize(("minutes", "found"), [(-1, False), (0, True), (1, True)])
def test_what_is_left_half_way_is_found_after_a_while(store: Store, minutes: int, found: bool) -> None:
    row = store.write(numbered)
    store.write(lambda s: issued(s, "done"))
    left = store.read(lambda s: queries.unfinished(s, NOW + timedelta(minutes=minutes), Kind.REPORT))
    assert [r.number for r in left] == ([row.number] if found else [])
