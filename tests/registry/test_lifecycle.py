"""The life of a report on both databases: every edge, every refusal, and one use."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from reportgen.errors import ReportgenError
from reportgen.registry import lifecycle
from reportgen.registry.lifecycle import EDGES, LABELS, Outcome, Use
from reportgen.registry.standing import standing
from reportgen.registry.tables import ReportRow, State
from reportgen.store.engine import Store
from tests.registry.lives import (
    DESK,
    NOW,
    OTHER,
    OWNER,
    SHA,
    USE,
    at,
    brought_to,
    drafted,
    issued,
    numbered,
    tags,
)

ROOT = Path(__file__).parents[2]
Step = Callable[[Session, ReportRow], ReportRow]


def _to_reviewed(session: Session, row: ReportRow) -> ReportRow:
    return lifecycle.review(session, row.id or 0, "乙", two_persons=True, desk=DESK)


def _to_rendering(session: Session, row: ReportRow) -> ReportRow:
    numbers = {"number": f"XY-{row.id}", "register_number": f"r{row.id}", "code_sha256": SHA}
    return lifecycle.allot(session, row.id or 0, numbers, DESK)


def _to_issued(session: Session, row: ReportRow) -> ReportRow:
    if row.state == State.CONSUMED:
        return lifecycle.annul(session, str(row.number), "office", "second", DESK)
    made = lifecycle.Made(SHA, 18, "a.pdf")
    if row.state == State.RENDERING:
        lifecycle.rendered(session, row.id or 0, made, DESK)
    return lifecycle.issued(session, row.id or 0, made, NOW.date(), DESK)


def _to_consumed(session: Session, row: ReportRow) -> ReportRow:
    done = lifecycle.consume(session, str(row.number), USE, DESK)
    if done.outcome is not Outcome.USED:
        raise ReportgenError("E0605", number=row.number, state=LABELS[State(row.state)])
    return done.report


STEPS: dict[State, Step] = {
    State.DRAFT: lambda session, row: lifecycle.redraft(session, row.id or 0, "丙", DESK),
    State.REVIEWED: _to_reviewed,
    State.RENDERING: _to_rendering,
    State.ISSUED: _to_issued,
    State.CONSUMED: _to_consumed,
    State.ARCHIVED: lambda session, row: lifecycle.archive(session, str(row.number), DESK),
    State.REVOKED: lambda session, row: lifecycle.revoke(session, str(row.number), "REQUESTED", DESK),
    State.VOID: lambda session, row: lifecycle.void(session, row.id or 0, DESK),
}


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", STEPS)
def test_a_report_goes_where_the_edges_let_it_and_nowhere_else(
    store: Store, before: State, after: State
) -> None:
    row = brought_to(store, before)
    if after in EDGES[before]:
        assert store.write(lambda session: STEPS[after](session, row)).state == after
    else:
        with pytest.raises(ReportgenError) as caught:
            store.write(lambda session: STEPS[after](session, row))
        assert caught.value.code in {"E0605", "E0502"}
        assert store.read(lambda session: lifecycle.get(session, row.id or 0)).state == before


def test_the_page_prints_the_edges_of_the_code() -> None:
    lines = (ROOT / "docs" / "register.md").read_text("utf-8").splitlines()
    cells = [line.split("|") for line in lines if line.startswith("| ")]
    rows = [row for row in cells if re.fullmatch("`[A-Z]+`", row[2].strip())]
    said = {
        row[2].strip(" `"): {
            name for name in row[3].replace("、", " ").replace("`", " ").split() if name != "—"
        }
        for row in rows
    }
    assert said == {state.value: {s.value for s in after} for state, after in EDGES.items()}
    assert {row[2].strip(" `"): row[1].strip() for row in rows} == {s.value: LABELS[s] for s in State}


def test_the_same_request_is_kept_once(store: Store) -> None:
    first = store.write(lambda session: drafted(session).id)
    assert store.write(lambda session: drafted(session).id) == first


def test_who_prepared_a_doubtful_report_does_not_review_it(store: Store) -> None:
    row = brought_to(store, State.DRAFT)
    with pytest.raises(ReportgenError) as caught:
        store.write(lambda s: lifecycle.review(s, row.id or 0, "甲", two_persons=True, desk=DESK))
    assert caught.value.code == "E1102"
    assert (
        store.write(lambda s: lifecycle.review(s, row.id or 0, "甲", two_persons=False, desk=DESK)).state
        == State.REVIEWED
    )


def test_no_second_live_report_for_one_use(store: Store) -> None:
    store.write(lambda session: issued(session, "1", purpose="投标"))
    with pytest.raises(IntegrityError):
        store.write(lambda session: numbered(session, "2", purpose="投标"))
    assert store.write(lambda session: numbered(session, "3", purpose="投标", round=2)).round == 2


def test_a_lot_that_is_empty_is_a_lot_of_its_own(store: Store) -> None:
    store.write(lambda session: issued(session, "1", purpose="投标", lot="1"))
    assert store.write(lambda session: issued(session, "2", purpose="投标")).lot == ""


def test_an_expired_report_makes_room_for_another(store: Store) -> None:
    store.write(lambda session: issued(session, "1", purpose="投标", days=-1))

    def again(session: Session) -> ReportRow:
        row = drafted(session, "2", purpose="投标")
        lifecycle.make_room(session, row, DESK)
        return numbered(session, "2", purpose="投标")

    assert store.write(again).state == State.RENDERING


def test_a_successor_may_stand_beside_the_report_it_takes_the_place_of(store: Store) -> None:
    old = store.write(lambda session: issued(session, "1", purpose="投标"))

    def succeed(session: Session) -> ReportRow:
        lifecycle.supersede(session, str(old.number), DESK)
        return issued(session, "2", purpose="投标", supersedes_id=old.id)

    new = store.write(succeed)
    assert new.supersedes_id == old.id
    assert store.write(lambda s: lifecycle.consume(s, str(old.number), USE, DESK)).outcome is Outcome.USED


def test_a_number_that_failed_leaves_no_gap(store: Store) -> None:
    def fails(session: Session) -> None:
        numbered(session, "1")
        raise KeyError("on the way")

    with pytest.raises(KeyError):
        store.write(fails)
    rows = [store.write(lambda session, n=str(n): numbered(session, n)) for n in range(3)]  # type: ignore[misc]
    assert [row.register_number for row in rows] == [f"20261122-00000{n}" for n in (1, 2, 3)]


REFUSALS = [
    (State.ISSUED, replace(USE, project="别的项目"), Outcome.ELSEWHERE),
    (State.ISSUED, replace(USE, round=2), Outcome.ELSEWHERE),
    (State.ISSUED, replace(USE, lot="1"), Outcome.ELSEWHERE),
    (State.ISSUED, replace(USE, by=OTHER), Outcome.ELSEWHERE),
    (State.CONSUMED, replace(USE, project="别的项目"), Outcome.ELSEWHERE),
    (State.CONSUMED, USE, Outcome.ALREADY),
    (State.ARCHIVED, USE, Outcome.ALREADY),
    (State.REVOKED, USE, Outcome.REVOKED),
    (State.REVOKED, replace(USE, by=OTHER), Outcome.REVOKED),
    (State.EXPIRED, USE, Outcome.EXPIRED),
    (State.RENDERING, USE, Outcome.NOT_ISSUED),
    (State.VOID, USE, Outcome.NOT_ISSUED),
]


@pytest.mark.parametrize(("state", "use", "outcome"), REFUSALS)
def test_a_use_that_is_refused_is_recorded_and_changes_nothing(
    store: Store, state: State, use: Use, outcome: Outcome
) -> None:
    row = brought_to(store, state)
    done = store.write(lambda session: lifecycle.consume(session, str(row.number), use, DESK))
    assert done.outcome is outcome
    after = store.read(lambda session: lifecycle.get(session, row.id or 0))
    assert (after.state, after.consumed_at, after.consumed_by) == (
        row.state,
        row.consumed_at,
        row.consumed_by,
    )
    assert after.events == row.events + 1
    assert tags(store, row)[-1] == (
        "report:use:repeat" if outcome is Outcome.ALREADY else "report:use:refuse"
    )


def test_a_report_is_used_once_and_says_when_and_by_whom(store: Store) -> None:
    row = brought_to(store, State.ISSUED)
    assert store.write(lambda s: lifecycle.consume(s, str(row.number), USE, DESK)).outcome is Outcome.USED
    again = store.write(lambda s: lifecycle.consume(s, str(row.number), USE, at(hours=3)))
    assert (again.outcome, again.report.consumed_at, again.report.consumed_by) == (
        Outcome.ALREADY,
        NOW,
        OWNER,
    )


@pytest.mark.parametrize(("days", "outcome"), [(0, Outcome.USED), (-1, Outcome.EXPIRED)])
def test_a_report_may_be_used_on_its_last_day_and_not_after(
    store: Store, days: int, outcome: Outcome
) -> None:
    row = store.write(lambda session: issued(session, days=days))
    assert store.write(lambda s: lifecycle.consume(s, str(row.number), USE, DESK)).outcome is outcome
    state = standing(store.read(lambda s: lifecycle.get(s, row.id or 0)), NOW.date())
    assert state.state == ("已核销" if days == 0 else "已过期")


def test_a_number_nobody_allotted_is_not_genuine(store: Store) -> None:
    with pytest.raises(ReportgenError) as caught:
        store.write(lambda session: lifecycle.consume(session, "XY20261122AAAAAAAA-A", USE, DESK))
    assert caught.value.code == "E0502"


@pytest.mark.parametrize(("first", "second"), [("office", "office"), ("first", "second")])
def test_a_mistaken_use_is_taken_back_by_two_of_whom_one_acts(store: Store, first: str, second: str) -> None:
    row = brought_to(store, State.CONSUMED)
    with pytest.raises(ReportgenError) as caught:
        store.write(lambda session: lifecycle.annul(session, str(row.number), first, second, DESK))
    assert caught.value.code == "E1102"


def test_a_use_taken_back_can_be_made_again_and_both_stay_in_the_events(store: Store) -> None:
    row = brought_to(store, State.CONSUMED)
    store.write(lambda session: lifecycle.annul(session, str(row.number), "office", "second", DESK))
    assert store.write(lambda s: lifecycle.consume(s, str(row.number), USE, DESK)).outcome is Outcome.USED
    assert tags(store, row)[-3:] == ["report:state:consume", "report:use:annul", "report:state:consume"]


def test_a_compromised_key_revokes_what_it_signed_since(store: Store) -> None:
    def signed(session: Session) -> list[str]:
        rows = [issued(session, str(n), key_id=key) for n, key in enumerate(("k1", "k1", "k2"))]
        return [str(row.number) for row in rows]

    numbers = store.write(signed)
    assert store.write(lambda s: lifecycle.revoke_since(s, NOW, "k1", DESK)) == numbers[:2]
    assert store.write(lambda s: lifecycle.revoke_since(s, NOW + timedelta(1), "k2", DESK)) == []


@pytest.mark.parametrize("users", [16])
def test_of_many_who_use_at_once_one_wins(store: Store, users: int) -> None:
    row = brought_to(store, State.ISSUED)
    outcomes: list[Outcome] = []
    start = Barrier(users)

    def use(number: int) -> None:
        start.wait()
        moment = NOW + timedelta(seconds=number)
        desk = replace(DESK, at=moment)
        outcomes.append(store.write(lambda s: lifecycle.consume(s, str(row.number), USE, desk)).outcome)

    threads = [Thread(target=use, args=(number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == sorted([Outcome.USED, *[Outcome.ALREADY] * (users - 1)])
    assert tags(store, row).count("report:state:consume") == 1


def test_the_moment_of_a_use_has_no_zone(store: Store) -> None:
    row = brought_to(store, State.CONSUMED)
    assert isinstance(row.consumed_at, datetime)
    assert row.consumed_at.tzinfo is None
