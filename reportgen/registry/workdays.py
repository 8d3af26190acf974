"""Working days by the State Council's calendar; a year not announced yet falls back to weekdays, and says so."""

from datetime import date, timedelta

_SATURDAY = 5


def add_workdays(day: date, count: int) -> tuple[date, bool]:
    """Return the day `count` working days after a day, and whether it is 暂按: reckoned by weekdays in part."""
    provisional = False
    while count > 0:
        day += timedelta(days=1)
        works, known = _is_workday(day)
        provisional |= not known
        count -= works
    return day, provisional


def _is_workday(day: date) -> tuple[bool, bool]:
    from chinese_calendar import is_workday

    try:
        return bool(is_workday(day)), True
    except NotImplementedError:
        # The holidays of a year are announced in the November before.
        return day.weekday() < _SATURDAY, False
