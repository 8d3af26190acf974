"""Sums in capital characters (大写金额), as cheques, contracts and tenders write them.

By the rules for filling in bills (支付结算办法, annex 1): zeros between figures are read once, 整 follows 元 or 角,
never 分.
"""

import re
from decimal import ROUND_HALF_UP, Decimal

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_CENT = Decimal("0.01")
_LARGEST = Decimal(10) ** 16


def capitals(amount: Decimal) -> str:
    """Return a sum in 元 as 人民币…元…整, rounded to 分; raises ValueError below 0 and from 10¹⁶ 元 on."""
    if not 0 <= amount < _LARGEST:
        raise ValueError(f"not between 0 and 10^16: {amount}")
    cents = int((amount.quantize(_CENT, ROUND_HALF_UP)) * 100)
    whole, part = divmod(cents, 100)
    if not cents:
        return "人民币零元整"
    return f"人民币{_whole(whole)}{_part(part, after=whole)}"


def _whole(number: int) -> str:
    if not number:
        return ""
    groups = []
    for index, unit in enumerate(_GROUPS):
        group = number // 10_000**index % 10_000
        # 亿 stays after an empty group below 万亿: 壹万亿 is one sign for both.
        groups.append(_group(group) + unit if group else "零")
    text = "".join(reversed(groups))
    return (
        re.sub("零+", "零", text.replace("万亿", "万") if number // 10**8 % 10_000 else text).strip("零")
        + "元"
    )


def _group(number: int) -> str:
    digits = f"{number:04d}"
    read = (
        _DIGITS[int(digit)] + (_PLACES[3 - place] if digit != "0" else "")
        for place, digit in enumerate(digits)
    )
    return re.sub("零+", "零", "".join(read)).rstrip("零")


def _part(cents: int, *, after: int) -> str:
    tenths, hundredths = divmod(cents, 10)
    if not cents:
        return "整"
    text = f"{_DIGITS[tenths]}角" if tenths else "零" if after else ""
    return text + (f"{_DIGITS[hundredths]}分" if hundredths else "整")
