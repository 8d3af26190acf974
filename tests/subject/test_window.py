"""Which records may speak: both sides of every boundary, and what holds for any set of records."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.subject.records import (
    CreditRecord,
    Fulfilment,
    Nature,
    RecordKind,
    RecordState,
    Severity,
)
from reportgen.subject.window import Placed, Placing, Window, add_months, window
from tests.factories import record

END = date(2026, 12, 10)
SPAN = Window(
    start=date(2023, 12, 10),
    end=END,
    judged_on=END,
    publicity={Severity.SLIGHT: 0, Severity.ORDINARY: 12, Severity.SERIOUS: 36, Severity.GRAVE: 36},
    default_severity={RecordKind.PENALTY: Severity.ORDINARY, RecordKind.SERIOUS_LIST: Severity.SERIOUS},
)
# As it was before the repair rules classified breaches: nothing is slight, everything lasts three years.
OLDER_RULES = replace(SPAN, publicity=dict.fromkeys([Severity.ORDINARY, Severity.SERIOUS], 36))
WITHHELD = {
    Placing.REPAIRED,
    Placing.REVOKED,
    Placing.NOT_PUBLISHABLE,
    Placing.PUBLICITY_OVER,
    Placing.RETENTION_OVER,
}
USED = {Placing.WITHIN, Placing.IN_FORCE, Placing.UNFULFILLED, Placing.PENDING}


def placing(span: Window = SPAN, /, **changes: Any) -> Placing:
    """Return where a single record stands."""
    (placed,) = window([record(**changes)], span)
    return placed.placing


days = st.dates(date(2018, 1, 1), date(2028, 12, 31))


@st.composite
def records(draw: st.DrawFn, name: str = "R1") -> CreditRecord:
    """Draw a record of any kind, severity, state, validity and fulfilment."""
    since, until = sorted([draw(days), draw(days)])
    determined_on = draw(days)
    state = draw(st.sampled_from(RecordState))
    dates = {"异议中": "disputed_on", "已修复": "repaired_on", "已撤销": "revoked_on"}
    changes: dict[str, Any] = {
        "id": name,
        "kind": draw(st.sampled_from(RecordKind)),
        "determined_on": determined_on,
        "severity": draw(st.none() | st.sampled_from(Severity)),
        "fulfilment": draw(st.sampled_from(Fulfilment)),
        "against": draw(st.none() | st.booleans()),
        "removed_on": draw(st.none() | days),
        "publicity_until": draw(st.none() | st.dates(determined_on, date(2028, 12, 31))),
        "valid_from": draw(st.sampled_from([None, since])),
        "valid_until": draw(st.sampled_from([None, until])),
        "state": state,
    }
    return record(**changes, **({dates[state]: draw(days)} if state in dates else {}))


@st.composite
def collections(draw: st.DrawFn) -> list[CreditRecord]:
    """Draw some records with ids of their own."""
    count = draw(st.integers(0, 6))
    return [draw(records(f"R{number}")) for number in range(count)]


@pytest.mark.parametrize(
    ("determined_on", "expected"),
    [
        ("2023-12-09", Placing.TOO_OLD),
        ("2023-12-10", Placing.WITHIN),
        ("2026-12-10", Placing.WITHIN),
        ("2026-12-11", Placing.TOO_NEW),
    ],
)
def test_the_look_back_includes_its_first_and_last_day(determined_on: str, expected: Placing) -> None:
    assert placing(kind="诚信荣誉", determined_on=determined_on) is expected


def test_publication_and_act_do_not_count_but_the_deciding_document() -> None:
    late = {"act_on": "2020-01-01", "published_on": "2026-12-20"}
    assert placing(kind="诚信荣誉", determined_on="2023-12-10", **late) is Placing.WITHIN
    assert placing(kind="诚信荣誉", determined_on="2023-12-09", published_on="2026-12-01") is Placing.TOO_OLD


@pytest.mark.parametrize(
    ("determined_on", "expected"),
    [("2025-12-10", Placing.WITHIN), ("2025-12-09", Placing.PUBLICITY_OVER)],
)
def test_an_ordinary_breach_speaks_for_twelve_months_to_the_day(
    determined_on: str, expected: Placing
) -> None:
    assert placing(severity="一般", determined_on=determined_on) is expected


@pytest.mark.parametrize("severity", ["严重", "特别严重"])
def test_a_serious_breach_speaks_for_three_years_to_the_day(severity: str) -> None:
    assert placing(severity=severity, determined_on="2023-12-10") is Placing.WITHIN
    assert placing(severity=severity, determined_on="2023-12-09") is Placing.PUBLICITY_OVER


def test_a_slight_breach_is_not_publishable_on_any_day() -> None:
    assert placing(severity="轻微", determined_on="2026-12-10") is Placing.NOT_PUBLISHABLE
    assert (
        placing(severity="轻微", determined_on="2020-01-01", fulfilment="全部未履行")
        is Placing.NOT_PUBLISHABLE
    )


def test_a_slight_breach_speaks_where_the_rules_of_the_day_set_no_limit() -> None:
    assert placing(OLDER_RULES, severity="轻微", determined_on="2025-01-01") is Placing.WITHIN
    assert placing(OLDER_RULES, severity="一般", determined_on="2025-01-01") is Placing.WITHIN


def test_the_limits_hold_for_adverse_records_only() -> None:
    assert placing(kind="行政奖励", severity="轻微", determined_on="2024-01-01") is Placing.WITHIN
    assert placing(kind="行政检查", severity="一般", determined_on="2024-01-01") is Placing.WITHIN


def test_a_kind_lends_its_severity_where_the_document_names_none() -> None:
    assert SPAN.severity(record()) is Severity.ORDINARY
    assert placing(determined_on="2025-12-09") is Placing.PUBLICITY_OVER
    assert SPAN.severity(record(severity="严重")) is Severity.SERIOUS
    assert placing(severity="严重", determined_on="2025-12-09") is Placing.WITHIN


def test_a_kind_without_a_severity_has_no_limit() -> None:
    assert SPAN.severity(record(kind="其他不良信息")) is None
    assert placing(kind="其他不良信息", determined_on="2023-12-10") is Placing.WITHIN


def test_the_publicity_that_the_source_ends_earlier_is_over_on_the_next_day() -> None:
    assert placing(determined_on="2026-06-01", publicity_until="2026-12-10") is Placing.WITHIN
    (placed,) = window([record(determined_on="2026-06-01", publicity_until="2026-12-09")], SPAN)
    assert placed.withheld


def test_a_publicity_that_ended_is_called_over() -> None:
    assert placing(determined_on="2026-06-01", publicity_until="2026-12-09") is Placing.PUBLICITY_OVER


@pytest.mark.parametrize(
    "determined_on",
    [
        "2015-01-01",
        "2026-06-01",
        "2026-12-11",
    ],
)
@pytest.mark.parametrize(
    ("state", "expected"),
    [({"repaired_on": "2026-11-01"}, Placing.REPAIRED), ({"revoked_on": "2026-11-01"}, Placing.REVOKED)],
)
def test_repaired_and_revoked_records_are_withheld_whatever_their_age_and_state(
    determined_on: str, state: dict[str, str], expected: Placing
) -> None:
    binding = {"fulfilment": "全部未履行", "valid_from": "2015-01-01", "valid_until": "2099-12-31"}
    assert placing(determined_on=determined_on, **binding, **state) is expected


def test_a_disputed_record_speaks() -> None:
    assert placing(state="异议中", disputed_on="2026-07-01") is Placing.WITHIN


@pytest.mark.parametrize("fulfilment", ["全部未履行", "部分履行"])
def test_an_old_duty_still_undone_stays(fulfilment: str) -> None:
    old = {"kind": "民事裁判", "against": "true", "determined_on": "2009-01-01"}
    assert placing(fulfilment=fulfilment, **old) is Placing.UNFULFILLED


@pytest.mark.parametrize("fulfilment", ["全部履行", "无需履行", "未知"])
def test_an_old_duty_done_or_not_known_to_be_undone_is_too_old(fulfilment: str) -> None:
    old = {"kind": "民事裁判", "against": "true", "determined_on": "2009-01-01"}
    assert placing(fulfilment=fulfilment, **old) is Placing.TOO_OLD


def test_an_old_duty_of_the_other_side_is_too_old() -> None:
    won = {"kind": "民事裁判", "against": "false", "determined_on": "2009-01-01"}
    assert placing(fulfilment="全部未履行", **won) is Placing.TOO_OLD


def test_an_unfulfilled_breach_outlasts_its_publicity() -> None:
    assert placing(determined_on="2024-06-01", fulfilment="部分履行") is Placing.WITHIN
    assert placing(determined_on="2020-06-01", fulfilment="部分履行") is Placing.UNFULFILLED


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2026-12-10", Placing.IN_FORCE),
        ("2026-12-09", Placing.PUBLICITY_OVER),
        ("2099-12-31", Placing.IN_FORCE),
    ],
)
def test_an_old_ban_stays_to_its_last_day(until: str, expected: Placing) -> None:
    ban = {"scope": ["工程招标投标"], "since": "2022-01-01", "until": until, "legal_basis": "虚构条例第一条"}
    assert placing(kind="禁止参加", severity="严重", determined_on="2022-01-01", ban=ban) is expected


def test_an_old_ban_without_an_end_stays() -> None:
    ban = {"scope": ["政府采购"], "since": "2022-01-01", "legal_basis": "虚构条例第一条"}
    assert placing(kind="禁止参加", determined_on="2022-01-01", ban=ban) is Placing.IN_FORCE


@pytest.mark.parametrize(
    ("until", "expected"), [("2026-12-10", Placing.IN_FORCE), ("2026-12-09", Placing.TOO_OLD)]
)
def test_an_old_licence_stays_to_its_last_day(until: str, expected: Placing) -> None:
    valid = {"valid_from": "2020-01-01", "valid_until": until}
    assert placing(kind="行政许可", determined_on="2020-01-01", **valid) is expected


@pytest.mark.parametrize("kind", ["失信被执行人", "严重失信主体名单", "经营异常名录"])
def test_an_old_listing_stays_until_the_day_of_removal(kind: str) -> None:
    old = {"kind": kind, "severity": "严重", "determined_on": "2015-06-01"}
    assert placing(**old) is Placing.IN_FORCE
    assert placing(**old, removed_on="2026-12-11") is Placing.IN_FORCE
    assert placing(**old, removed_on="2026-12-10") is Placing.PUBLICITY_OVER


def test_a_listing_outlasts_the_ban_pronounced_with_it() -> None:
    ban = {"scope": ["工程招标投标"], "since": "2020-01-01", "until": "2022-01-01", "legal_basis": "虚构条例"}
    assert placing(kind="严重失信主体名单", determined_on="2020-01-01", ban=ban) is Placing.IN_FORCE


def test_use_is_tested_on_the_day_of_judging() -> None:
    later = replace(SPAN, judged_on=date(2026, 12, 11))
    assert placing(later, severity="一般", determined_on="2025-12-10") is Placing.PUBLICITY_OVER
    assert placing(later, kind="诚信荣誉", determined_on="2023-12-10") is Placing.WITHIN


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ((2024, 2, 29), 12, (2025, 2, 28)),
        ((2024, 2, 29), 48, (2028, 2, 29)),
        ((2024, 2, 29), -36, (2021, 2, 28)),
        ((2026, 2, 28), 24, (2028, 2, 28)),
        ((2026, 1, 31), 1, (2026, 2, 28)),
        ((2026, 12, 31), 2, (2027, 2, 28)),
        ((2026, 1, 31), -1, (2025, 12, 31)),
        ((2026, 12, 10), 0, (2026, 12, 10)),
        ((2026, 12, 10), -12, (2025, 12, 10)),
    ],
)
def test_months_later_is_the_same_day_or_the_months_last(
    day: tuple[int, int, int], months: int, expected: tuple[int, int, int]
) -> None:
    assert add_months(date(*day), months) == date(*expected)


@given(st.dates(date(1950, 1, 1), date(2200, 1, 1)), st.integers(-600, 600))
def test_months_move_month_by_month_and_never_past_the_day(day: date, months: int) -> None:
    later = add_months(day, months)
    assert later.year * 12 + later.month == day.year * 12 + day.month + months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def test_a_breach_of_29_february_speaks_to_28_february() -> None:
    span = replace(SPAN, judged_on=date(2025, 2, 28), end=date(2025, 2, 28))
    assert placing(span, severity="一般", determined_on="2024-02-29") is Placing.WITHIN
    next_day = replace(span, judged_on=date(2025, 3, 1), end=date(2025, 3, 1))
    assert placing(next_day, severity="一般", determined_on="2024-02-29") is Placing.PUBLICITY_OVER


def test_records_come_newest_first_and_then_by_id() -> None:
    old, new = {"determined_on": "2025-12-20"}, {"determined_on": "2026-12-01"}
    items = [record(id="B", **old), record(id="C", **new), record(id="A", **old)]
    assert [placed.record.id for placed in window(items, SPAN)] == ["C", "A", "B"]


@given(collections(), st.randoms(use_true_random=False))
def test_the_order_of_input_never_matters(items: list[CreditRecord], random: Any) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)
    assert window(shuffled, SPAN) == window(items, SPAN)


@given(collections())
def test_every_record_gets_exactly_one_placing(items: list[CreditRecord]) -> None:
    placed = window(iter(items), SPAN)
    assert sorted(item.record.id for item in placed) == sorted(item.id for item in items)
    assert all(item.used == (item.placing in USED) for item in placed)
    assert all(item.withheld == (item.placing in WITHHELD) for item in placed)


@given(collections(), records("X"))
def test_a_records_placing_does_not_depend_on_its_company(
    items: list[CreditRecord], one: CreditRecord
) -> None:
    (alone,) = window([one], SPAN)
    assert alone in window([*items, one], SPAN)


@given(records())
def test_what_is_repaired_or_revoked_is_never_used(item: CreditRecord) -> None:
    (placed,) = window([item], SPAN)
    assert not (placed.used and item.state in {RecordState.REPAIRED, RecordState.REVOKED})


@given(records())
def test_what_is_used_is_decided_by_the_deadline_and_recent_or_open(item: CreditRecord) -> None:
    (placed,) = window([item], SPAN)
    binding = item.in_force(END) or item.unfulfilled or item.pending
    recent = SPAN.start <= item.determined_on
    assert not placed.used or (item.determined_on <= END and (recent or binding))


@given(records())
def test_a_slight_breach_is_never_used(item: CreditRecord) -> None:
    (placed,) = window([item], SPAN)
    slight = SPAN.severity(item) is Severity.SLIGHT and item.nature is Nature.ADVERSE
    assert not (placed.used and slight)


@given(records(), st.sampled_from([Severity.ORDINARY, Severity.SERIOUS]), st.integers(1, 60))
def test_a_longer_publicity_never_withholds_more(item: CreditRecord, severity: Severity, more: int) -> None:
    (before,) = window([item], SPAN)
    longer = replace(SPAN, publicity={**SPAN.publicity, severity: SPAN.publicity[severity] + more})
    (after,) = window([item], longer)
    assert before.withheld or not after.withheld


@given(records())
def test_a_longer_look_back_never_drops_a_record(item: CreditRecord) -> None:
    (before,) = window([item], SPAN)
    (after,) = window([item], replace(SPAN, start=date(2020, 1, 1)))
    assert after.used or not before.used


def test_a_placed_record_says_whether_it_is_used_or_withheld_or_neither() -> None:
    item = record()
    assert {p for p in Placing if Placed(item, p).used} == USED
    assert {p for p in Placing if Placed(item, p).withheld} == WITHHELD
