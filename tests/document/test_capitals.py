"""Sums in capital characters: the rule's own examples, and every sum reads back as what it was."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.document.capitals import capitals

UNITS = {"拾": 10, "佰": 100, "仟": 1000}
DIGITS = "零壹贰叁肆伍陆柒捌玖"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "零元整"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("168000000", "壹亿陆仟捌佰万元整"),
        ("100000001", "壹亿零壹元整"),
        ("1000000000000", "壹万亿元整"),
        ("1000300000000", "壹万零叁亿元整"),
        ("10", "壹拾元整"),
        ("0.05", "伍分"),
        ("0.5", "伍角整"),
        ("2.005", "贰元零壹分"),
    ],
)
def test_a_sum_is_written_as_the_rule_has_it(amount: str, text: str) -> None:
    assert capitals(Decimal(amount)) == f"人民币{text}"


def read(text: str) -> Decimal:
    """Return what a sum in capitals says, by reading it sign after sign."""
    total, section, digit, cents = 0, 0, 0, Decimal(0)
    for sign in text.removeprefix("人民币").removesuffix("整"):
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        elif sign in UNITS:
            section, digit = section + digit * UNITS[sign], 0
        elif sign == "万":
            total, section, digit = total + (section + digit) * 10_000, 0, 0
        elif sign == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
        elif sign == "元":
            total, section, digit = total + section + digit, 0, 0
        else:
            cents, digit = cents + Decimal(digit) / (10 if sign == "角" else 100), 0
    return total + cents


@given(st.decimals(0, Decimal(10) ** 15, places=2))
def test_a_sum_reads_back(amount: Decimal) -> None:
    text = capitals(amount)
    assert read(text) == amount
    assert "零零" not in text
    assert text.endswith("分") or text.endswith("整")


@pytest.mark.parametrize("amount", ["-1", "1e16"])
def test_what_no_sum_can_be_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="not between"):
        capitals(Decimal(amount))
