"""The finance warning (财务预警) of one subject: a points card over its ratios, and Altman's Z''.

For the agency's own desk only. Debt ratio and net assets may not differ a bidder's score (招标投标领域
公平竞争审查规则, art. 7), so by the house's own rule no factor, gate, conclusion or document may know of
it; import-linter keeps them apart. Sums in 元. Only audited statements that count are read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from reportgen.assess.accounts import account_years, counted
from reportgen.assess.case import ref
from reportgen.assess.scorecard import Alert, Card, Curve, Ratio, Term, load_card
from reportgen.assess.wording import money, number, percent, rounded
from reportgen.subject.base import Model
from reportgen.subject.holdings import Statement
from reportgen.subject.model import Subject

NOTICE = "仅供参考；不进入任何要素、否决项与结论，招标采购事项的报告不载。等级界限为本机构设定"
_ZERO = Decimal(0)
_NAMES = {
    "current_assets": "流动资产",
    "inventories": "存货",
    "cash": "货币资金",
    "total_assets": "总资产",
    "current_liabilities": "流动负债",
    "total_liabilities": "总负债",
    "retained_earnings": "留存收益",
    "equity": "所有者权益",
    "revenue": "营业收入",
    "operating_profit": "营业利润",
    "interest_expense": "利息费用",
    "total_profit": "利润总额",
    "net_profit": "净利润",
}
_BACK = ("", "上年", "前年")
_PLACES = 4
_FILING_MONTH = 5
"""The accounts of a year are expected from May of the next (本机构设定)."""

_Z_WEIGHTS = (Decimal("6.56"), Decimal("3.26"), Decimal("6.72"), Decimal("1.05"))
Z_SAFE, Z_DISTRESS = Decimal("2.6"), Decimal("1.1")
_EM_CONSTANT = Decimal("3.25")
_Z_INPUTS = (
    ("X1 营运资金占总资产", (Term("current_assets"), Term("current_liabilities", -1)), "total_assets"),
    ("X2 留存收益占总资产", (Term("retained_earnings"),), "total_assets"),
    ("X3 息税前利润占总资产", (Term("total_profit"), Term("interest_expense")), "total_assets"),
    ("X4 权益负债比", (Term("equity"),), "total_liabilities"),
)
"""Altman's four inputs; DOMAIN §3.2."""


class Zone(StrEnum):
    """Zone of Z''; 不适用 where it cannot be computed."""

    SAFE = "安全区"
    GREY = "灰色区"
    DISTRESS = "困境区"
    NONE = "不适用"


class RatioLine(Model):
    """One ratio of the card: its value, its formula with the numbers, its stretch and its points."""

    id: str
    name: str
    sense: str
    value: Decimal | None
    formula: str
    piece: str
    points: Decimal
    evidence: tuple[str, ...]


class AltmanInput(Model):
    """One of X1 to X4; None where it cannot be computed, which the formula explains."""

    name: str
    value: Decimal | None
    formula: str


class Altman(Model):
    """Altman's Z'' and its EM score of one audited year, for reference only."""

    z: Decimal | None
    em: Decimal | None
    zone: Zone
    inputs: tuple[AltmanInput, ...]
    formula: str
    evidence: tuple[str, ...]


class FinanceWarning(Model):
    """The whole warning; `level` and `probability` are None where no band is given, and `note` says why.

    `coverage` is the share of the card's ratios that are known, 0 to 1. `probability` is the share of
    failures in the card's own sample, not a forecast for this subject.
    """

    uscc: str
    name: str
    judged_on: date
    year: int | None
    opinion: str
    card: str
    lines: tuple[RatioLine, ...]
    total: Decimal
    level: Alert | None
    probability: Decimal | None
    coverage: Decimal
    least_coverage: Decimal
    note: str
    altman: Altman
    notice: str = NOTICE


@dataclass(frozen=True)
class Reading:
    """A ratio read from statements: its value or None, and the formula or what is missing."""

    value: Decimal | None
    formula: str


Years = Mapping[int, Statement]
"""Audited statements that count, by how many years they lie before the newest."""


def warning(subject: Subject, judged_on: date, card: Card | None = None) -> FinanceWarning:
    """Return the warning from the newest audited year before `judged_on`, by the released card."""
    card = card or load_card()
    years = audited(subject, judged_on)
    newest = years.get(0)
    lines = tuple(_line(subject, curve, years) for curve in card.ratios)
    total = sum((line.points for line in lines), _ZERO)
    known = sum(line.value is not None for line in lines)
    coverage = rounded(Decimal(known) / len(lines))
    note = _withheld(newest, judged_on, coverage, card)
    return FinanceWarning(
        uscc=subject.uscc,
        name=subject.name,
        judged_on=judged_on,
        year=newest.year if newest else None,
        opinion=newest.opinion if newest else "",
        card=f"{card.name} {card.version}",
        lines=lines,
        total=total,
        level=None if note else card.alert(total),
        probability=None if note else card.probability(total),
        coverage=coverage,
        least_coverage=card.least_coverage,
        note=note,
        altman=altman(subject, newest),
    )


def audited(subject: Subject, judged_on: date) -> dict[int, Statement]:
    """Return the audited statements that count, by the years they lie before the newest ended year."""
    found = [s for s in counted(subject).values() if s.audited and s.year < judged_on.year]
    newest = max((s.year for s in found), default=0)
    return {newest - s.year: s for s in found}


def read_ratio(ratio: Ratio, years: Years) -> Reading:
    """Return a ratio's value, or None where a figure is missing or the denominator is not positive.

    A value without a positive denominator is no extreme: it is unknown, as the data of the card have it.
    """
    absent = _absent((*ratio.over, *ratio.under), years)
    if absent:
        return Reading(None, f"缺{'、'.join(absent)}")
    over, under = _sum(ratio.over, years), _sum(ratio.under, years)
    if under <= 0:
        return Reading(None, f"分母（{_written(ratio.under, years)}）不大于零，不计")
    if ratio.zero_unknown and over == 0:
        return Reading(None, f"{_label(ratio.over[0])}为零，视为未填")
    value = rounded(ratio.factor * over / under, _PLACES)
    times = f"{ratio.factor} × " if ratio.factor != 1 else ""
    parts = f"{times}{_bracket(ratio.over, years)} ÷ {_bracket(ratio.under, years)}"
    return Reading(value, f"{parts} = {number(value, _PLACES)}")


def definition(ratio: Ratio) -> str:
    """Return how a ratio is computed, in words."""
    times = f"{ratio.factor} × " if ratio.factor != 1 else ""
    parts = []
    for terms in (ratio.over, ratio.under):
        text = "".join(f"{' + ' if t.sign > 0 else ' − '}{_label(t)}" for t in terms).removeprefix(" + ")
        parts.append(f"（{text}）" if len(terms) > 1 else text)
    return f"{times}{parts[0]} ÷ {parts[1]}"


def altman(subject: Subject, statement: Statement | None) -> Altman:
    """Return Z'' = 6.56·X1 + 3.26·X2 + 6.72·X3 + 1.05·X4 and EM = 3.25 + Z'' of one statement.

    不适用 where a figure is missing, or total assets or total liabilities are zero. Source: DOMAIN §3.2.
    """
    if statement is None or not statement.audited:
        return Altman(z=None, em=None, zone=Zone.NONE, inputs=(), formula="没有经审计的报表", evidence=())
    inputs = tuple(_input(name, over, under, {0: statement}) for name, over, under in _Z_INPUTS)
    values = [item.value for item in inputs]
    z, text = _z(values)
    return Altman(
        z=z,
        em=None if z is None else z + _EM_CONSTANT,
        zone=zone(z),
        inputs=inputs,
        formula=text,
        evidence=(ref(subject, statement),),
    )


def zone(z: Decimal | None) -> Zone:
    """Return the zone: above 2.6 安全区, below 1.1 困境区, between 灰色区."""
    if z is None:
        return Zone.NONE
    if z > Z_SAFE:
        return Zone.SAFE
    return Zone.DISTRESS if z < Z_DISTRESS else Zone.GREY


def _z(values: Iterable[Decimal | None]) -> tuple[Decimal | None, str]:
    known = [value for value in values if value is not None]
    if len(known) < len(_Z_WEIGHTS):
        return None, "有输入不能计算，不适用"
    z = rounded(sum((w * x for w, x in zip(_Z_WEIGHTS, known, strict=True)), _ZERO), _PLACES)
    parts = " + ".join(f"{w} × {number(x, _PLACES)}" for w, x in zip(_Z_WEIGHTS, known, strict=True))
    return z, f"{parts} = {number(z, _PLACES)}"


def _input(name: str, over: tuple[Term, ...], under: str, years: Years) -> AltmanInput:
    below = (Term(under),)
    absent = _absent((*over, *below), years)
    if absent:
        return AltmanInput(name=name, value=None, formula=f"缺{'、'.join(absent)}")
    if _sum(below, years) <= 0:
        return AltmanInput(name=name, value=None, formula=f"{_NAMES[under]}为零")
    value = rounded(_sum(over, years) / _sum(below, years), _PLACES)
    text = f"{_bracket(over, years)} ÷ {_bracket(below, years)} = {number(value, _PLACES)}"
    return AltmanInput(name=name, value=value, formula=text)


def _line(subject: Subject, curve: Curve, years: Years) -> RatioLine:
    reading = read_ratio(curve.ratio, years)
    backs = sorted({term.back for term in (*curve.ratio.over, *curve.ratio.under)} & set(years))
    return RatioLine(
        id=curve.id,
        name=curve.name,
        sense=curve.ratio.sense,
        value=reading.value,
        formula=reading.formula,
        piece=curve.piece(reading.value),
        points=curve.points(reading.value),
        evidence=tuple(ref(subject, years[back]) for back in backs),
    )


def _withheld(newest: Statement | None, judged_on: date, coverage: Decimal, card: Card) -> str:
    if newest is None:
        return "没有经审计且可采信的报表，不给预警等级"
    (due,) = account_years(judged_on, 1, _FILING_MONTH)
    if newest.year < due:
        return f"最近一年经审计的报表为 {newest.year} 年，早于应有的 {due} 年，不给预警等级"
    if coverage < card.least_coverage:
        least = percent(card.least_coverage)
        return f"比率覆盖率 {percent(coverage)}，低于 {least}（本机构设定），不给预警等级"
    return ""


def _absent(terms: tuple[Term, ...], years: Years) -> list[str]:
    lacking = [t for t in terms if t.back not in years or getattr(years[t.back], t.field) is None]
    return list(dict.fromkeys(map(_label, lacking)))


def _sum(terms: tuple[Term, ...], years: Years) -> Decimal:
    values = (t.sign * Decimal(getattr(years[t.back], t.field)) for t in terms)
    return sum(values, _ZERO)


def _label(term: Term) -> str:
    return _BACK[term.back] + _NAMES[term.field]


def _written(terms: tuple[Term, ...], years: Years) -> str:
    parts = [
        f"{' + ' if t.sign > 0 else ' − '}{_label(t)} {money(getattr(years[t.back], t.field))}" for t in terms
    ]
    return "".join(parts).removeprefix(" + ")


def _bracket(terms: tuple[Term, ...], years: Years) -> str:
    text = _written(terms, years)
    return f"（{text}）" if len(terms) > 1 else text
