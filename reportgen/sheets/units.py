"""Units of money and of shares in heads and cells."""

from decimal import Decimal

FACTORS = {
    "元": Decimal(1),
    "千元": Decimal(1000),
    "万元": Decimal(10_000),
    "万": Decimal(10_000),
    "百万元": Decimal(1_000_000),
    "亿元": Decimal(100_000_000),
    "亿": Decimal(100_000_000),
    "%": Decimal("0.01"),
}
"""By what a figure with a unit behind it is multiplied: 元 for money, one for shares."""
MONEY = tuple(unit for unit in FACTORS if unit != "%")
