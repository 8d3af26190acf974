"""What a region's and the day's rules do to the window: how long a record may be looked up, and how grave it is."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.subject.records import (
    CreditRecord,
    Measure,
    Nature,
    RecordKind,
    SeriousBreach,
    Severity,
)
from reportgen.subject.window import KeptFrom, Placing, Retention, Window, add_months, window
from tests.factories import record

END = date(2026, 12, 10)
SPAN = Window(
    start=date(2016, 12, 10),
    end=END,
    judged_on=END,
    publicity={Severity.SLIGHT: 0, Severity.ORDINARY: 12, Severity.SERIOUS: 36, Severity.GRAVE: 36},
    needed={Severity.SLIGHT: 3},
    default_severity={RecordKind.PENALTY: Severity.ORDINARY, RecordKind.SERIOUS_LIST: Severity.SERIOUS},
    measure_severity={
        Measure.WARNING: Severity.SLIGHT,
        Measure.CRITICISM: Severity.SLIGHT,
        Measure.FINE: Severity.ORDINARY,
        Measure.LICENCE_REVOKED: Severity.SERIOUS,
    },
    breach_severity={SeriousBreach.ORDER: Severity.SERIOUS},
)
# A look-back of ten years without limits of publicity, so that only the retention decides.
FROM_END = replace(SPAN, publicity={}, retention=Retention(years=5, kept_from=KeptFrom.ENDED))
FROM_DOCUMENT = replace(FROM_END, retention=Retention(years=5, kept_from=KeptFrom.DETERMINED))
BAN = {"scope": ["工程招标投标"], "since": "2021-01-01", "legal_basis": "虚构条例第一条"}


def placing(span: Window, /, **changes: Any) -> Placing:
    """Return where a single record stands."""
    (placed,) = window([record(**changes)], span)
    return placed.placing


@st.composite
def records(draw: st.DrawFn) -> CreditRecord:
    """Draw a record of any kind, breach, measures, severity, end of the act and publicity."""
    determined_on = draw(st.dates(date(2017, 1, 1), END))
    until = determined_on + timedelta(draw(st.integers(0, 1500)))
    return record(
        kind=draw(st.sampled_from(RecordKind)),
        determined_on=determined_on,
        severity=draw(st.none() | st.sampled_from(Severity)),
        serious_breach=draw(st.none() | st.sampled_from(SeriousBreach)),
        measures=draw(st.lists(st.sampled_from(Measure), unique=True)),
        act_ended_on=draw(st.none() | st.dates(date(2015, 1, 1), END)),
        publicity_until=draw(st.sampled_from([None, until])),
        removed_on=draw(st.none() | st.dates(determined_on, END)),
    )


def test_a_retention_from_the_end_of_the_act_ends_after_five_years_to_the_day() -> None:
    late = {"determined_on": "2026-01-01"}
    assert placing(FROM_END, act_ended_on="2021-12-10", **late) is Placing.WITHIN
    assert placing(FROM_END, act_ended_on="2021-12-09", **late) is Placing.RETENTION_OVER


def test_a_retention_from_the_deciding_document_does_not_ask_when_the_act_ended() -> None:
    assert placing(FROM_DOCUMENT, determined_on="2021-12-10", act_ended_on="2019-01-01") is Placing.WITHIN
    assert (
        placing(FROM_DOCUMENT, determined_on="2021-12-09", act_ended_on="2026-01-01")
        is Placing.RETENTION_OVER
    )


def test_an_end_that_nobody_gave_is_taken_from_the_deciding_document() -> None:
    assert placing(FROM_END, determined_on="2021-12-10") is Placing.WITHIN
    assert placing(FROM_END, determined_on="2021-12-09") is Placing.RETENTION_OVER


def test_a_retention_that_began_on_29_february_ends_on_the_28th() -> None:
    on = replace(FROM_END, judged_on=date(2025, 2, 28), end=date(2025, 2, 28))
    assert placing(on, determined_on="2020-02-29") is Placing.WITHIN
    next_day = replace(on, judged_on=date(2025, 3, 1), end=date(2025, 3, 1))
    assert placing(next_day, determined_on="2020-02-29") is Placing.RETENTION_OVER


@pytest.mark.parametrize("kind", ["失信被执行人", "严重失信主体名单", "经营异常名录"])
def test_a_listing_is_looked_up_until_the_day_of_removal(kind: str) -> None:
    old = {"kind": kind, "determined_on": "2018-06-01"}
    assert placing(FROM_END, **old) is Placing.WITHIN
    assert placing(FROM_END, **old, removed_on="2026-12-11") is Placing.WITHIN
    assert placing(FROM_END, **old, removed_on="2026-12-10") is Placing.RETENTION_OVER


@pytest.mark.parametrize(
    ("until", "expected"), [("2026-12-10", Placing.WITHIN), ("2026-12-09", Placing.RETENTION_OVER)]
)
def test_a_ban_is_looked_up_to_its_last_day(until: str, expected: Placing) -> None:
    ban = {**BAN, "until": until}
    assert placing(FROM_END, kind="禁止参加", determined_on="2021-01-01", ban=ban) is expected


def test_a_retention_speaks_of_adverse_records_only() -> None:
    for kind in ("行政奖励", "行政检查", "诚信荣誉"):
        assert placing(FROM_END, kind=kind, determined_on="2018-01-01") is Placing.WITHIN


def test_a_record_looked_up_no_more_is_withheld_though_its_source_still_publishes_it() -> None:
    (placed,) = window([record(determined_on="2021-12-09", publicity_until="2027-12-09")], FROM_END)
    assert placed.withheld
    assert not placed.used


@pytest.mark.parametrize(
    ("state", "expected"),
    [({"repaired_on": "2026-11-01"}, Placing.REPAIRED), ({"revoked_on": "2026-11-01"}, Placing.REVOKED)],
)
def test_what_is_repaired_or_revoked_is_called_so_after_the_retention_too(
    state: dict[str, str], expected: Placing
) -> None:
    assert placing(FROM_END, determined_on="2018-01-01", **state) is expected


def test_without_a_retention_nothing_is_looked_up_too_long() -> None:
    assert placing(replace(FROM_END, retention=None), determined_on="2017-01-01") is Placing.WITHIN


@given(records(), st.integers(1, 9), st.sampled_from(KeptFrom))
def test_a_retention_only_takes_away_and_never_what_still_binds(
    item: CreditRecord, years: int, kept_from: KeptFrom
) -> None:
    limited = replace(SPAN, retention=Retention(years=years, kept_from=kept_from))
    (before,), (after,) = window([item], SPAN), window([item], limited)
    assert before.used or not after.used
    if after.placing is Placing.RETENTION_OVER:
        assert item.nature is Nature.ADVERSE
        assert not item.in_force(END)


@given(records(), st.integers(1, 9), st.integers(1, 9), st.sampled_from(KeptFrom))
def test_a_longer_retention_never_withholds_more(
    item: CreditRecord, years: int, more: int, kept_from: KeptFrom
) -> None:
    short = replace(SPAN, retention=Retention(years=years, kept_from=kept_from))
    (before,) = window([item], short)
    longer = replace(SPAN, retention=Retention(years=years + more, kept_from=kept_from))
    (after,) = window([item], longer)
    assert before.withheld or not after.withheld


@pytest.mark.parametrize(
    ("determined_on", "until", "expected"),
    [
        ("2026-09-10", "2026-12-10", Placing.WITHIN),
        ("2026-09-10", "2026-12-09", Placing.NOT_PUBLISHABLE),
        ("2026-09-09", "2026-12-10", Placing.NOT_PUBLISHABLE),
        ("2026-12-10", "2026-12-10", Placing.WITHIN),
    ],
)
def test_a_slight_breach_speaks_while_its_source_publishes_it_and_at_most_three_months(
    determined_on: str, until: str, expected: Placing
) -> None:
    slight = {"severity": "轻微", "determined_on": determined_on, "publicity_until": until}
    assert placing(SPAN, **slight) is expected


def test_a_slight_breach_that_no_source_publishes_is_silent() -> None:
    assert placing(SPAN, severity="轻微", determined_on="2026-12-01") is Placing.NOT_PUBLISHABLE
    unneeded = replace(SPAN, needed={})
    published = {"determined_on": "2026-12-01", "publicity_until": "2027-01-01"}
    assert placing(unneeded, severity="轻微", **published) is Placing.NOT_PUBLISHABLE


@given(records(), st.integers(0, 12), st.integers(0, 12))
def test_more_months_of_needed_publicity_never_withhold_more(
    item: CreditRecord, months: int, more: int
) -> None:
    # The severity of a record may hang on those months too, so the record names one.
    named = item.model_copy(update={"severity": item.severity or Severity.SLIGHT})
    (before,) = window([named], replace(SPAN, needed={Severity.SLIGHT: months}))
    (after,) = window([named], replace(SPAN, needed={Severity.SLIGHT: months + more}))
    assert before.withheld or not after.withheld


@pytest.mark.parametrize(
    ("measures", "expected"),
    [
        (["警告"], Severity.SLIGHT),
        (["警告", "罚款"], Severity.ORDINARY),
        (["吊销许可证件", "警告", "罚款"], Severity.SERIOUS),
        (["没收"], Severity.ORDINARY),
        (["没收", "警告"], Severity.SLIGHT),
        ([], Severity.ORDINARY),
    ],
)
def test_a_penalty_is_classed_by_its_gravest_measure_of_those_the_rules_class(
    measures: list[str], expected: Severity
) -> None:
    assert SPAN.severity(record(measures=measures)) is expected


def test_measures_class_penalties_only() -> None:
    listed = record(kind="严重失信主体名单", measures=["警告"])
    assert SPAN.graded(listed) == (Severity.SERIOUS, "文书未载明，按类型归类")


@pytest.mark.parametrize(("until", "longer"), [("2026-09-01", False), ("2026-09-02", True)])
def test_a_source_that_publishes_longer_than_slight_allows_has_classed_it_higher(
    until: str, longer: bool
) -> None:
    severity, why = SPAN.graded(record(measures=["警告"], publicity_until=until))
    assert (severity is Severity.ORDINARY, "来源的公示期长于轻微一类" in why) == (longer, longer)


def test_a_longer_publicity_changes_no_other_class() -> None:
    long = {"publicity_until": "2029-06-01"}
    assert SPAN.severity(record(measures=["罚款"], **long)) is Severity.ORDINARY
    assert SPAN.severity(record(measures=["吊销许可证件"], **long)) is Severity.SERIOUS
    assert SPAN.severity(record(severity="轻微", measures=["警告"], **long)) is Severity.SLIGHT
    unlimited = replace(SPAN, needed={})
    assert unlimited.severity(record(measures=["警告"], **long)) is Severity.SLIGHT


def test_the_sort_of_breach_comes_before_measures_and_kind() -> None:
    breach = {"serious_breach": "严重破坏公平竞争和社会秩序"}
    for changes in ({"measures": ["警告"]}, {"kind": "其他不良信息"}, {}):
        severity, why = SPAN.graded(record(**breach, **changes))
        assert severity is Severity.SERIOUS
        assert why == "文书未载明，按严重失信行为类别归类"


def test_a_sort_of_breach_that_the_region_does_not_list_classes_nothing() -> None:
    other = record(serious_breach="恶意阻挠去产能", measures=["警告"])
    assert SPAN.graded(other) == (Severity.SLIGHT, "文书未载明，按处罚种类归类")
    listed = record(serious_breach="严重破坏公平竞争和社会秩序")
    assert replace(SPAN, breach_severity={}).severity(listed) is Severity.ORDINARY


@pytest.mark.parametrize(("manual", "why"), [(False, "文书载明"), (True, "人工判定")])
def test_the_document_comes_before_every_class(manual: bool, why: str) -> None:
    named = record(
        severity="轻微",
        severity_manual=manual,
        serious_breach="严重破坏公平竞争和社会秩序",
        measures=["吊销许可证件"],
    )
    assert SPAN.graded(named) == (Severity.SLIGHT, why)


@given(records(), st.randoms(use_true_random=False))
def test_the_order_of_measures_never_matters(item: CreditRecord, random: Any) -> None:
    shuffled = list(item.measures)
    random.shuffle(shuffled)
    assert SPAN.graded(item.model_copy(update={"measures": tuple(shuffled)})) == SPAN.graded(item)


@given(records(), st.sampled_from(sorted(SPAN.measure_severity)))
def test_a_further_measure_never_makes_a_classed_penalty_lighter(
    item: CreditRecord, measure: Measure
) -> None:
    classed = any(known in SPAN.measure_severity for known in item.measures)
    before, after = (
        SPAN.severity(item),
        SPAN.severity(item.model_copy(update={"measures": (*item.measures, measure)})),
    )
    order = list(Severity)
    if classed and before and after:
        assert order.index(after) >= order.index(before)


@given(records())
def test_an_ordinary_breach_is_over_a_year_after_its_document_whatever_classed_it(item: CreditRecord) -> None:
    (placed,) = window([item], SPAN)
    ordinary = SPAN.severity(item) is Severity.ORDINARY and item.nature is Nature.ADVERSE
    if ordinary and not item.in_force(END) and add_months(item.determined_on, 12) < END:
        assert placed.placing is Placing.PUBLICITY_OVER
