"""Numbers, sums and dates as Chinese text, the same everywhere in a judgement."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from reportgen.subject.base import is_long_term

_WAN = Decimal(10_000)
_YI = Decimal(100_000_000)
_FINEST = 20
_FEN_OF_WAN = 6


class Show(Protocol):
    """A function that writes a figure; `extra` asks for more decimals than usual."""

    def __call__(self, value: Decimal, /, *, extra: int = 0) -> str:
        """Return the figure as text."""


def rounded(value: Decimal, places: int = 2) -> Decimal:
    """Return `value` rounded half up to `places` decimals."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def number(value: Decimal, places: int = 2, *, extra: int = 0) -> str:
    """Return a number with thousands separators and without trailing zeros after the point."""
    text = f"{rounded(value, places + extra) or Decimal(0):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(value: Decimal, *, extra: int = 0) -> str:
    """Return a sum in 元 as 亿元, 万元 or 元, whichever reads best; with more decimals always in 元."""
    size = abs(value)
    # The unit is that of the rounded sum: a fen below 1 亿元 is not 10,000 万元.
    if not extra and rounded(size / _WAN) >= _WAN:
        return f"{number(value / _YI, 4)} 亿元"
    if not extra and rounded(size) >= _WAN:
        return f"{number(value / _WAN)} 万元"
    return f"{number(value, extra=max(0, extra - 1))} 元"


def exact(value: Decimal) -> str:
    """Return a number with all its decimals (at most 20), as a term of printed arithmetic."""
    return number(value, _FINEST)


def terms(*sums: Decimal) -> list[str]:
    """Return sums of money in one unit, to the fen, so that the arithmetic printed with them comes out."""
    if max(map(abs, sums)) >= _WAN:
        return [f"{number(value / _WAN, _FEN_OF_WAN)} 万元" for value in sums]
    return [f"{number(value)} 元" for value in sums]


def percent(share: Decimal, places: int = 0, *, extra: int = 0) -> str:
    """Return a share of 0–1 in percent."""
    return f"{number(share * 100, places, extra=extra)}%"


def apart(show: Show, value: Decimal, other: Decimal) -> str:
    """Return `value` as text, with as many decimals as keep it from reading like another `other`."""
    if value != other:
        for extra in range(_FINEST):
            text = show(value, extra=extra)
            if text != show(other, extra=extra):
                return text
    return show(value)


def day(value: date | None) -> str:
    """Return a date as 2026年11月21日, 长期 for the sentinel, 未载明 for none."""
    if value is None:
        return "未载明"
    return "长期" if is_long_term(value) else f"{value.year}年{value.month}月{value.day}日"


def mark(index: int) -> str:
    """Return ①, ② … for the member at `index` of a joint venture (at most 20 members)."""
    return chr(0x2460 + index)
