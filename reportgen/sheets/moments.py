"""Moments as clerks type them: a day and a time of that day, in Beijing; a day alone is none, and no time is guessed."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from math import isfinite

from reportgen.plain import present
from reportgen.sheets.text import CellError, plain_text

_DAY = r"(\d{4}) ?(?:[-/.]|年) ?(\d{1,2}) ?(?:[-/.]|月) ?(\d{1,2})(?!\d) ?日?"
_WEEKDAY = r"(?: ?\(?(?:星期|周)[一二三四五六日天]\)?)?"
_HALF = "(上午|早上|凌晨|中午|下午|晚上|)"
_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)? ?(am|pm|)"
_SPOKEN = r"(\d{1,2}) ?[时点] ?(?:整|(半)|(\d{1,2}) ?分?(?: ?(\d{1,2}) ?秒)?)?"
_ZONE = r"(z|[+-]\d{2}:?\d{2}|)"
_ALONE = re.compile(f"(?:{_DAY}{_WEEKDAY}|\\d{{8}}|[1-9]\\d{{4}}(?:\\.0*)?)", re.I)
_BY_CLOCK = re.compile(f"{_DAY}{_WEEKDAY}[ t,]* ?{_HALF} ?{_CLOCK} ?{_ZONE}", re.I)
_BY_WORDS = re.compile(f"{_DAY}{_WEEKDAY}[ ,]*{_HALF} ?{_SPOKEN}", re.I)
_SERIAL = re.compile(r"[1-9]\d{4}\.\d+")
_DAYS = (10_000, 100_000)
"""Days of a workbook that are taken for such: those of five digits, from 1927 to 2173."""
_BEIJING = re.compile(r"\(?北京时间\)?")
_WANTED = "请写明几时几分，如 2026-12-15 09:30"
_MORNING, _EVENING = {"上午", "早上", "凌晨", "am"}, {"下午", "晚上", "pm"}


def read_moment(value: object, epoch: datetime) -> str | None:
    """Return a moment as the models read it, nothing for a blank; raises CellError for a day without a time."""
    if isinstance(value, datetime):
        if value.time() == time():
            raise CellError(f"只有日期，{_WANTED}；零时截止的，以文字写作 2026-12-15 00:00")
        return _spelt(value)
    if isinstance(value, date):
        raise CellError(f"只有日期，{_WANTED}")
    if isinstance(value, time | timedelta):
        raise CellError(f"只有时间，没有日期，{_WANTED}")
    if isinstance(value, float) and isfinite(value) and value % 1 and _DAYS[0] < value < _DAYS[1]:
        return _serial(value, epoch)
    text = present(plain_text(value))
    return None if text is None else _read(text, epoch)


def _read(text: str, epoch: datetime) -> str:
    bare = _BEIJING.sub("", " ".join(unicodedata.normalize("NFKC", text).split())).strip()
    if _ALONE.fullmatch(bare):
        raise CellError(f"只有日期，{_WANTED}：{text[:60]}")
    if _SERIAL.fullmatch(bare):
        return _serial(float(bare), epoch)
    if found := _BY_CLOCK.fullmatch(bare):
        *day, half, hour, minute, second, part, noon, zone = found.groups("")
        clock = f"{_hour(int(hour), half or noon.lower(), text):02}:{int(minute):02}:{int(second or 0):02}"
        return f"{_date(day)}T{clock}{f'.{part}' if part else ''}{zone.upper()}"
    if found := _BY_WORDS.fullmatch(bare):
        *day, half, hour, thirty, minute, second = found.groups("")
        minutes = 30 if thirty else int(minute or 0)
        return f"{_date(day)}T{_hour(int(hour), half, text):02}:{minutes:02}:{int(second or 0):02}"
    return text


def _date(day: list[str]) -> str:
    year, month, of_month = (int(part) for part in day)
    return f"{year:04}-{month:02}-{of_month:02}"


def _hour(hour: int, half: str, text: str) -> int:
    """Return an hour of twenty-four; raises CellError where the half of the day leaves it open."""
    if half in {"am", "pm"} and 1 <= hour <= 12:
        return hour % 12 + (12 if half == "pm" else 0)
    if half in _EVENING and 1 <= hour < 12:
        return hour + 12
    fits = {
        "": hour < 24,
        "中午": hour in {11, 12},
        **dict.fromkeys(_MORNING, hour < 12),
        **dict.fromkeys(_EVENING, 12 < hour < 24),
    }
    if not fits[half]:
        raise CellError(f"时间不明，请用 24 小时制，24 时写作次日 00:00：{text[:60]}")
    return hour


def _serial(days: float, epoch: datetime) -> str:
    # A fraction of a day holds no second exactly, and no clerk means less than one.
    return _spelt(epoch + timedelta(seconds=round(days * 86400)))


def _spelt(moment: datetime) -> str:
    return moment.isoformat(timespec="auto" if moment.microsecond else "seconds")
