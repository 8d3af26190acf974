"""The points card of the finance warning (财务预警): which ratios there are, and how a card counts.

A card gives each of at most eight ratios a curve of points: straight between knots, level outside
them, falling or rising throughout as economic sense demands. More points are safer. An unknown ratio
gets 0 points, which is the average of the companies the card was learned from: what is missing says
nothing. No ratio measures size, region or ownership (招标投标领域公平竞争审查规则, art. 7).
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from itertools import pairwise
from math import exp, log
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from reportgen.assess.wording import number, rounded
from reportgen.intake.files import load
from reportgen.subject.base import WRITTEN, Count, LongText, Model, Share, Text

RELEASED = Path(__file__).resolve().parent / "finance_card.yaml"
"""The card in use; `scripts/fit_finance.py` writes it."""
MOST_RATIOS = 8
_ZERO = Decimal(0)
_SHORT = {"sales": "revenue", "profit": "total_profit", "assets": "total_assets"}
Figure = Annotated[Decimal, Field(max_digits=18), WRITTEN]


class Sense(StrEnum):
    """Which way a ratio points, fixed before any data are seen."""

    HIGHER = "越高越好"
    LOWER = "越低越好"


@dataclass(frozen=True)
class Term:
    """A field of a statement, `back` years before the newest, added or taken away (`sign`)."""

    field: str
    sign: int = 1
    back: int = 0


@dataclass(frozen=True)
class Ratio:
    """A ratio of sums of statement fields: `factor` × over ÷ under.

    `zero_unknown`: an exact zero means that nobody filled the field in.
    """

    name: str
    family: str
    over: tuple[Term, ...]
    under: tuple[Term, ...]
    sense: Sense
    factor: int = 1
    zero_unknown: bool = False


def _terms(text: str) -> tuple[Term, ...]:
    words = text.split()
    signs = {"+": 1, "-": -1}
    terms = [(words[i], signs[words[i - 1]] if i else 1) for i in range(0, len(words), 2)]
    return tuple(
        Term(_SHORT.get(field := word.rstrip("'"), field), sign, word.count("'")) for word, sign in terms
    )


def _ratio(
    name: str,
    family: str,
    over: str,
    under: str,
    *,
    lower: bool = False,
    days: bool = False,
    zero: bool = False,
) -> Ratio:
    sense = Sense.LOWER if lower else Sense.HIGHER
    return Ratio(name, family, _terms(over), _terms(under), sense, 365 if days else 1, zero)


_CONSTANT = "equity + total_liabilities - current_liabilities"
_FIXED = "assets - current_assets"
_WORKING = "current_assets - current_liabilities"

RATIOS: dict[str, Ratio] = {
    "net_profit_to_sales": _ratio("销售净利率", "盈利", "net_profit", "sales"),
    "net_profit_to_assets": _ratio("总资产净利率", "盈利", "net_profit", "assets"),
    "gross_profit_to_sales": _ratio("销售利润率", "盈利", "profit", "sales"),
    "gross_profit_to_assets": _ratio("总资产利润率", "盈利", "profit", "assets"),
    "operating_profit_to_sales": _ratio("营业利润率", "盈利", "operating_profit", "sales", zero=True),
    "operating_profit_to_assets": _ratio("总资产营业利润率", "盈利", "operating_profit", "assets", zero=True),
    "quick_ratio": _ratio("速动比率", "流动性", "current_assets - inventories", "current_liabilities"),
    "current_ratio": _ratio("流动比率", "流动性", "current_assets", "current_liabilities"),
    "working_capital_to_assets": _ratio("营运资金占总资产", "流动性", _WORKING, "assets"),
    "current_assets_to_liabilities": _ratio(
        "流动资产负债比", "流动性", "current_assets", "total_liabilities"
    ),
    "equity_to_assets": _ratio("权益比率", "资本结构", "equity", "assets"),
    "total_liabilities_to_assets": _ratio(
        "资产负债率", "资本结构", "total_liabilities", "assets", lower=True
    ),
    "equity_to_liabilities": _ratio("权益负债比", "资本结构", "equity", "total_liabilities"),
    "constant_capital_to_assets": _ratio("长期资本占总资产", "资本结构", _CONSTANT, "assets"),
    "short_term_liabilities_to_assets": _ratio(
        "流动负债占总资产", "资本结构", "current_liabilities", "assets", lower=True
    ),
    "equity_to_fixed_assets": _ratio("权益对非流动资产", "长期适配", "equity", _FIXED),
    "constant_capital_to_fixed_assets": _ratio("长期资本对非流动资产", "长期适配", _CONSTANT, _FIXED),
    "working_capital_to_fixed_assets": _ratio("营运资金对非流动资产", "长期适配", _WORKING, _FIXED),
    "retained_earnings_to_assets": _ratio(
        "留存收益占总资产", "积累", "retained_earnings", "assets", zero=True
    ),
    "gross_profit_to_short_term_liabilities": _ratio(
        "利润总额对流动负债", "偿债", "profit", "current_liabilities"
    ),
    "sales_to_short_term_liabilities": _ratio("收入对流动负债", "周转", "sales", "current_liabilities"),
    "short_term_liabilities_days_of_sales": _ratio(
        "流动负债相当收入天数", "周转", "current_liabilities", "sales", lower=True, days=True
    ),
    "liabilities_less_cash_to_sales": _ratio(
        "净负债对收入", "周转", "total_liabilities - cash", "sales", lower=True
    ),
    "inventory_days_of_sales": _ratio(
        "存货相当收入天数", "周转", "inventories", "sales", lower=True, days=True
    ),
    "total_sales_to_assets": _ratio("总资产周转率", "周转", "sales", "assets"),
    "sales_growth": _ratio("收入增长（本年 ÷ 上年）", "成长", "sales", "sales'"),
}
"""Every ratio a card may use, by its column name in the data; a ' stands for one year earlier."""


class Alert(StrEnum):
    """The band of a warning; its cut-offs are the house's own (本机构设定)."""

    LOW = "低"
    MEDIUM = "中"
    HIGH = "高"


class Knot(Model):
    """A corner of a curve: a value of the ratio and its points."""

    at: Figure
    points: Figure


class Curve(Model):
    """One ratio of a card: straight between its knots, level outside them, never against its sense."""

    id: Text
    name: Text
    knots: Annotated[tuple[Knot, ...], Field(min_length=2)]

    @property
    def ratio(self) -> Ratio:
        """Return how the ratio is computed."""
        return RATIOS[self.id]

    @model_validator(mode="after")
    def _monotone(self) -> Self:
        if self.id not in RATIOS:
            raise ValueError(f"不认识的比率 {self.id}")
        if any(left.at >= right.at for left, right in pairwise(self.knots)):
            raise ValueError(f"{self.id} 的各节点须从小到大")
        sign = 1 if self.ratio.sense is Sense.HIGHER else -1
        if any(sign * (right.points - left.points) < 0 for left, right in pairwise(self.knots)):
            raise ValueError(f"{self.id} 的分数须随比率单调（{self.ratio.sense}）")
        return self

    def points(self, value: Decimal | None) -> Decimal:
        """Return the points of a value, one decimal; exactly 0 where it is unknown."""
        if value is None:
            return _ZERO
        first, last = self.knots[0], self.knots[-1]
        if value <= first.at or value >= last.at:
            return rounded(first.points if value <= first.at else last.points, 1)
        left, right = next((a, b) for a, b in pairwise(self.knots) if value < b.at)
        slope = (right.points - left.points) / (right.at - left.at)
        return rounded(left.points + slope * (value - left.at), 1)

    def piece(self, value: Decimal | None) -> str:
        """Return the stretch of the curve in which a value lies, such as 0.38 至 0.64."""
        if value is None:
            return "未知"
        if value <= self.knots[0].at:
            return f"≤ {number(self.knots[0].at, 4)}"
        if value >= self.knots[-1].at:
            return f"≥ {number(self.knots[-1].at, 4)}"
        left, right = next((a, b) for a, b in pairwise(self.knots) if value < b.at)
        return f"{number(left.at, 4)} 至 {number(right.at, 4)}"


class Sample(Model):
    """What a card was learned from: companies, failures among them, and what a failure is."""

    companies: Count
    failures: Count
    failure: Text


class Cuts(Model):
    """Total points up to which a warning is 高, and up to which it is 中 (本机构设定)."""

    high: Figure
    medium: Figure

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.high >= self.medium:
            raise ValueError("high 须小于 medium")
        return self


class Card(Model):
    """A points card; `doubling` points less double the odds of failure.

    `intercept`: log-odds of failure at 0 points. `least_coverage`: share of the ratios below which no
    band is given.
    """

    name: Text
    version: Text
    title: Text
    citation: LongText
    licence: Text
    sample: Sample
    doubling: Annotated[Figure, Field(gt=0)]
    intercept: Figure
    least_coverage: Share
    cuts: Cuts
    ratios: Annotated[tuple[Curve, ...], Field(min_length=1, max_length=MOST_RATIOS)]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len({curve.id for curve in self.ratios}) < len(self.ratios):
            raise ValueError("比率重复")
        return self

    @property
    def slope(self) -> float:
        """Return by how much a point lowers the log-odds of failure."""
        return log(2) / float(self.doubling)

    def probability(self, total: Decimal) -> Decimal:
        """Return the share of failures among companies with so many points in the card's sample."""
        odds = exp(float(self.intercept) - self.slope * float(total))
        return rounded(Decimal(odds / (1 + odds)), 4)

    def alert(self, total: Decimal) -> Alert:
        """Return the band of a total of points."""
        if total <= self.cuts.high:
            return Alert.HIGH
        return Alert.MEDIUM if total <= self.cuts.medium else Alert.LOW


@cache
def load_card(path: Path = RELEASED) -> Card:
    """Read a card; raises E0301 with every fault, or what `read_plain` raises."""
    return load(path, Card)
