"""Working days by the State Council's calendar, and by weekdays where it is not announced yet."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.registry.workdays import add_workdays
from tests.registry.lives import day

DAYS = st.dates(date(2020, 1, 1), date(2026, 6, 30))
COUNTS = st.integers(1, 30)


@pytest.mark.parametrize(
    ("start", "count", "end", "provisional"),
    [
        # A Friday; the next working day is Monday.
        ("2026-11-20", 1, "2026-11-23", False),
        # 国庆 2025: 1 to 8 October are free, 28 September and 11 October are worked.
        ("2025-09-30", 1, "2025-10-09", False),
        ("2025-09-27", 1, "2025-09-28", False),
        ("2025-10-10", 1, "2025-10-11", False),
        # Over New Year into a year whose holidays are not announced.
        ("2026-12-30", 1, "2026-12-31", False),
        ("2026-12-30", 2, "2027-01-01", True),
        ("2026-12-30", 3, "2027-01-04", True),
        ("2026-11-22", 0, "2026-11-22", False),
        ("2040-06-01", 1, "2040-06-04", True),
    ],
)
def test_so_many_working_days_end_on_this_day(start: str, count: int, end: str, provisional: bool) -> None:
    assert add_workdays(day(start), count) == (day(end), provisional)


@given(DAYS, COUNTS, COUNTS)
def test_days_add_up_and_never_go_back(start: date, first: int, second: int) -> None:
    middle, _ = add_workdays(start, first)
    assert add_workdays(middle, second) == add_workdays(start, first + second)
    assert middle >= start + timedelta(days=first)


@given(st.dates(date(2030, 1, 1), date(2090, 1, 1)), COUNTS)
def test_an_unannounced_year_is_reckoned_by_weekdays_and_says_so(start: date, count: int) -> None:
    end, provisional = add_workdays(start, count)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert provisional
    assert sum(d.weekday() < 5 for d in between) == count
    assert end.weekday() < 5
