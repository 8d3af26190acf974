"""What a cell of a report says: days, sums and outcomes. What cannot be told for certain is absent."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

from reportgen.subject.base import LONG_TERM_YEAR
from reportgen.subject.records import Fulfilment, Measure

LONG_TERM = date(LONG_TERM_YEAR, 12, 31)
FIRST_YEAR = 1949
_LONG = {"长期", "永久", "长期有效", "永久有效", "无固定期限"}
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]?\s*\d{1,2}:\d{2}.*)?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?")
_SUM = re.compile(
    r"(?:人民币|¥|￥)?\s*(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(亿元?|万元?|元)?\s*[(（]?(?:人民币)?[)）]?"
)
_FACTORS = {"亿": Decimal(10**8), "万": Decimal(10**4), "元": Decimal(1)}
_FULFILMENT = {
    "已履行": Fulfilment.FULL,
    "已全部履行": Fulfilment.FULL,
    "履行完毕": Fulfilment.FULL,
    "已履行完毕": Fulfilment.FULL,
    "未履行": Fulfilment.NONE,
    "已部分履行": Fulfilment.PART,
    "部分未履行": Fulfilment.PART,
}
_UNDER_WAY = {"未知", "履行中", "正在履行", "未到期"}
_MEASURES = {
    "没收违法所得": Measure.CONFISCATION,
    "没收非法财物": Measure.CONFISCATION,
    "没收违法所得、没收非法财物": Measure.CONFISCATION,
    "暂扣许可证": Measure.LICENCE_SUSPENDED,
    "吊销许可证": Measure.LICENCE_REVOKED,
    "责令停产停业": Measure.SHUTDOWN,
}


class UnclearError(Exception):
    """Why a cell tells nothing for certain, in Chinese."""


def day_of(text: str) -> date | None:
    """Return the day a cell says, the sentinel of 长期 for a validity without end; None for 1900-01-01, which is unknown.

    Raises UnclearError.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain in _LONG:
        return LONG_TERM
    found = _DAY.fullmatch(plain) or _DIGITS.fullmatch(plain)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        raise UnclearError(f"“{text}”不是日期")
    if day.year == 1900:
        return None
    if day.year < FIRST_YEAR:
        raise UnclearError(f"“{text}”不是可信的日期")
    return day


def sum_of(text: str, unit: str) -> Decimal:
    """Return a sum in 元; the unit in the cell comes before that of the column. Raises UnclearError."""
    found = _SUM.fullmatch(unicodedata.normalize("NFKC", text).strip())
    said = (found[2] or unit) if found else ""
    if found is None or not said:
        raise UnclearError(f"“{text}”不是带单位的人民币金额")
    amount = Decimal(found[1].replace(",", "")) * _FACTORS[said[0]]
    if amount != round(amount, 2) or amount >= 10**16:
        raise UnclearError(f"“{text}”过长，金额至多两位小数、十六位整数")
    return amount


def fulfilment_of(text: str) -> Fulfilment:
    """Return how far a duty was done; what is under way is unknown. Raises UnclearError."""
    if text in set(Fulfilment):
        return Fulfilment(text)
    if text in _UNDER_WAY:
        return Fulfilment.UNKNOWN
    if text not in _FULFILMENT:
        raise UnclearError(f"不认识的履行情况“{text}”")
    return _FULFILMENT[text]


def measures_of(text: str) -> tuple[Measure, ...]:
    """Return the measures a penalty names; raises UnclearError where one of them is not known."""
    said = [part for part in re.split(r"[、，,；;/\s]+", text) if part]
    unknown = [part for part in said if part not in set(Measure) and part not in _MEASURES]
    if unknown:
        raise UnclearError(f"不认识的处罚种类“{'、'.join(unknown)}”")
    found = [_MEASURES.get(part) or Measure(part) for part in said]
    return tuple(dict.fromkeys(found))
