"""出具后变化: marks show what happened since, once each, and bar nobody."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from reportgen.registry import lifecycle, marks, standing
from reportgen.registry.events import Tag
from reportgen.registry.lifecycle import LABELS, Outcome
from reportgen.registry.tables import ReportRow, State
from reportgen.store.engine import Store
from tests.registry.lives import DESK, NOW, OTHER, SUBJECT, USE, at, brought_to, issued, tags

WORDS = {
    Tag.REPORT_MARK_OUTDATED: "需更新",
    Tag.REPORT_MARK_DISPUTE: "异议中",
}
FOLLOWED = {State.RENDERING, State.ISSUED, State.CONSUMED, State.ARCHIVED}


def now(store: Store, row: ReportRow) -> ReportRow:
    return store.read(lambda s: lifecycle.get(s, row.id or 0))


@pytest.mark.parametrize("state", [s for s in State if s is not State.EXPIRED])
def test_where_a_report_stands_is_its_state(store: Store, state: State) -> None:
    found = standing.standing(brought_to(store, state), NOW.date())
    assert (found.state, found.usable, found.changes) == (LABELS[state], state is State.ISSUED, ())


@pytest.mark.parametrize(("days", "state", "usable"), [(90, "有效", True), (91, "已过期", False)])
def test_a_report_expires_by_its_date_without_anybody(
    store: Store, days: int, state: str, usable: bool
) -> None:
    row = store.write(lambda s: issued(s, days=90))
    found = standing.standing(row, NOW.date() + timedelta(days=days))
    assert (found.state, found.usable) == (state, usable)


def test_a_used_report_does_not_expire(store: Store) -> None:
    row = brought_to(store, State.CONSUMED)
    assert standing.standing(row, NOW.date() + timedelta(days=1000)).state == "已核销"


@pytest.mark.parametrize("tag", WORDS)
def test_a_mark_is_made_once_and_bars_nobody(store: Store, tag: Tag) -> None:
    row = brought_to(store, State.ISSUED)
    assert store.write(lambda s: marks.mark(s, [row.id or 0], tag, DESK)) == [row.number]
    assert store.write(lambda s: marks.mark(s, [row.id or 0], tag, at(days=3))) == []
    found = standing.standing(now(store, row), NOW.date())
    assert [(c.word, c.at) for c in found.changes] == [(WORDS[tag], NOW)]
    assert found.usable
    assert tags(store, row).count(tag) == 1
    used = store.write(lambda s: lifecycle.consume(s, str(row.number), USE, DESK))
    assert used.outcome is Outcome.USED


@pytest.mark.parametrize("state", State)
def test_only_reports_in_the_making_or_in_the_world_rest_on_facts(store: Store, state: State) -> None:
    row = brought_to(store, state)
    expected = [row.id] if state in FOLLOWED else []
    assert store.read(lambda s: marks.resting_on(s, SUBJECT, ["REC-001", "REC-002"])) == expected
    assert store.read(lambda s: marks.about(s, SUBJECT)) == expected


def test_other_facts_and_other_subjects_touch_nothing(store: Store) -> None:
    brought_to(store, State.ISSUED)
    assert store.read(lambda s: marks.resting_on(s, SUBJECT, ["REC-002"])) == []
    assert store.read(lambda s: marks.resting_on(s, SUBJECT, [])) == []
    assert store.read(lambda s: marks.resting_on(s, OTHER, ["REC-001"])) == []
    assert store.read(lambda s: marks.about(s, OTHER)) == []


def test_a_settled_dispute_takes_its_mark_away_and_leaves_its_events(store: Store) -> None:
    row = brought_to(store, State.CONSUMED)
    store.write(lambda s: marks.mark(s, [row.id or 0], Tag.REPORT_MARK_DISPUTE, DESK))
    for _ in range(2):
        store.write(lambda s: marks.settle(s, [row.id or 0], at(days=9)))
    assert standing.standing(now(store, row), NOW.date()).changes == ()
    assert tags(store, row)[-2:] == [Tag.REPORT_MARK_DISPUTE, Tag.REPORT_MARK_SETTLE]


def test_predecessors_and_successors_are_found_along_the_whole_line(store: Store) -> None:
    def line(session: Session) -> list[ReportRow]:
        rows = [issued(session, "0", purpose="投标")]
        for n in "12":
            lifecycle.supersede(session, str(rows[-1].number), DESK)
            rows.append(issued(session, n, purpose="投标", supersedes_id=rows[-1].id))
        return rows

    first, second, third = store.write(line)
    assert store.read(lambda s: standing.earlier(s, third)) == [second.number, first.number]
    assert store.read(lambda s: standing.earlier(s, first)) == []
    assert [r.number for r in store.read(lambda s: standing.later(s, first))] == [second.number, third.number]
    assert store.read(lambda s: standing.later(s, third)) == []


def test_a_successor_that_never_came_into_the_world_follows_nothing(store: Store) -> None:
    old = brought_to(store, State.ISSUED, "old")
    void = brought_to(store, State.VOID, "new")
    store.write(lambda s: setattr(lifecycle.get(s, void.id or 0), "supersedes_id", old.id))
    assert store.read(lambda s: standing.later(s, old)) == []
