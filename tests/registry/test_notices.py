"""更正通知书: who may have one, its number, and what of it stays when the office forgets it."""

import pytest

from reportgen.errors import ReportgenError
from reportgen.registry import notices, queries
from reportgen.registry.events import Tag
from reportgen.registry.lifecycle import Made
from reportgen.registry.tables import IN_THE_WORLD, NoticeRow, ReportRow, State
from reportgen.store.engine import Store
from tests.registry.lives import DESK, NOW, brought_to, tags

MADE = Made("c" * 64, 1, "2026/11/notice.pdf")


def sent(store: Store, row: ReportRow) -> str:
    number = store.write(lambda s: notices.reserve(s, str(row.number), DESK))
    store.write(lambda s: notices.enter(s, str(row.number), number, MADE, DESK))
    return number


def of(store: Store, row: ReportRow) -> list[NoticeRow]:
    return store.read(lambda s: notices.of_report(s, row.id or 0))


@pytest.mark.parametrize("state", State)
def test_only_a_report_in_the_world_is_corrected(store: Store, state: State) -> None:
    row = brought_to(store, state)
    if state in IN_THE_WORLD:
        sent(store, row)
        found = store.read(lambda s: queries.notice_by_hash(s, MADE.sha256))
        assert found is not None
        assert (found[1].state, found[1].corrected_at) == (state, NOW)
        return
    with pytest.raises(ReportgenError) as caught:
        store.write(lambda s: notices.reserve(s, str(row.number), DESK))
    assert caught.value.code in {"E0502", "E0605"}


def test_each_notice_has_its_number_and_its_event(store: Store) -> None:
    row = brought_to(store, State.CONSUMED)
    numbers = [sent(store, row), sent(store, row)]
    assert numbers == [f"{row.number}-G1", f"{row.number}-G2"]
    assert [notice.number for notice in of(store, row)] == numbers
    assert tags(store, row)[-2:] == [Tag.REPORT_MARK_CORRECT] * 2


def test_a_number_that_a_crash_left_is_no_notice_and_is_not_given_again(store: Store) -> None:
    row = brought_to(store, State.ISSUED)
    store.write(lambda s: notices.reserve(s, str(row.number), DESK))
    assert of(store, row) == []
    assert sent(store, row) == f"{row.number}-G2"


def test_nobody_s_hash_finds_no_notice(store: Store) -> None:
    row = brought_to(store, State.ISSUED)
    store.write(lambda s: notices.reserve(s, str(row.number), DESK))
    assert store.read(lambda s: queries.notice_by_hash(s, "d" * 64)) is None
