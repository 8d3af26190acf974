"""Yearly accounts: turnover, revenue floors, current ratio (F2, F7), and which years are asked for.

Source of the formulas: DOMAIN §3.3. Sums in 元. Only statements that count are relied on: a firm's own
word that they were audited proves nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from reportgen.assess.case import Case, ref
from reportgen.assess.measure import ZERO, Figure, Measured, best, by_default, compare, joined
from reportgen.assess.wording import Show, apart, exact, money, number, percent, rounded, terms
from reportgen.project.applicant import Member
from reportgen.project.requirements import (
    CurrentRatioRequirement,
    JointRule,
    RevenueFloorRequirement,
    TurnoverRequirement,
)
from reportgen.subject.holdings import Statement
from reportgen.subject.model import Subject

_UNLIMITED = Decimal(10) ** 20
"""The ratio of a firm without liabilities: larger than any ratio asked for, and than any sum of money."""
_ONE = Decimal(1)
_POOLED = {JointRule.SUM, JointRule.WEIGHTED}
_YOUNG = "成立以来各月的财务数据"
_Yearly = RevenueFloorRequirement | CurrentRatioRequirement
Parts = Callable[[Statement], tuple[Decimal, Decimal] | None]
"""A statement's figure as numerator and denominator; None where it does not say."""


def account_years(judged_on: date, count: int, filing_month: int) -> tuple[int, ...]:
    """Return the last `count` years whose accounts can be asked for on a day, newest first.

    Before `filing_month` that is until the year before last.
    """
    newest = judged_on.year - (1 if judged_on.month >= filing_month else 2)
    return tuple(newest - i for i in range(count))


def asked_years(case: Case, count: int) -> tuple[int, ...]:
    """Return the last `count` years whose accounts can be asked for at the deadline, newest first."""
    return account_years(case.judged_on, count, case.policy.horizons.filing_month)


def readings(case: Case, count: int) -> tuple[tuple[int, ...], ...]:
    """Return the years asked for, and the years one later where every member filed the newest early.

    Before the filing date a tender's “last three years” can be read both ways.
    """
    years = asked_years(case, count)
    newer = years[0] + 1
    filed = all(newer in counted(subject) for subject in case.subjects)
    if newer < case.judged_on.year and filed:
        return years, tuple(year + 1 for year in years)
    return (years,)


def counted(subject: Subject) -> dict[int, Statement]:
    """Return the statements that may be relied on, by year."""
    return {s.year: s for s in subject.statements if subject.counts(s)}


def newest(case: Case, subject: Subject, value: Callable[[Statement], Decimal | None]) -> Statement | None:
    """Return the newest statement that gives a figure, no older than the newest asked for."""
    (year,) = asked_years(case, 1)
    found = [s for s in counted(subject).values() if s.year >= year and value(s) is not None]
    return max(found, key=lambda s: s.year, default=None)


def founded(subject: Subject) -> int:
    """Return the year in which the subject was founded."""
    return subject.registration.established_on.year


def _partial(subject: Subject, year: int) -> bool:
    # The months of a founding year show no year's revenue.
    since = subject.registration.established_on
    return since.year == year and since > date(year, 1, 1)


def filings(years: Sequence[int], sign: str = "") -> tuple[str, ...]:
    """Return the papers to ask for where the statements of some years are missing."""
    return tuple(f"{sign}{year} 年经审计的财务报表" for year in years)


def turnover(case: Case, asked: TurnoverRequirement) -> Measured:
    """F2: the average yearly revenue ≥ the sum asked, or k·V/N; a young firm by its own years."""
    count = asked.years or case.policy.defaults.turnover_years
    need, note = turnover_need(case, asked.need, asked.factor_k)
    own = asked.years is None or (asked.need is None and asked.factor_k is None)

    def measure(years: tuple[int, ...]) -> Measured:
        figures = [(m, _average(m.subject, years, asked.new_firm_average)) for m in case.members()]
        name = f"近 {count} 年年均营业额"
        return compare(joined(asked.jv, figures), need, money, name=name, note=note, basis=by_default(own))

    return best(readings(case, count), measure)


def turnover_need(case: Case, need: Decimal | None, factor_k: Decimal | None) -> tuple[Decimal, str]:
    """Return the yearly revenue needed in 元, and how it was derived where the tender states no sum."""
    if need is not None:
        return need, ""
    k = factor_k or case.policy.defaults.turnover_k
    length = max(case.project.period_years or _ONE, _ONE)
    (value,) = terms(case.project.value)
    how = f"需要额 = {exact(k)} × {value} ÷ {exact(length)} 年"
    return rounded(k * case.project.value / length), how


def _average(subject: Subject, years: tuple[int, ...], young: bool) -> Figure:
    since = founded(subject)
    own = tuple(year for year in years if year >= since)
    found = {y: s.revenue for y, s in counted(subject).items() if y in own and s.revenue is not None}
    missing = filings([year for year in own if year not in found])
    if not found:
        return Figure(None, None, missing=missing or (_YOUNG,))
    # Before it was founded a firm had no revenue: without the exception for young firms that is nought.
    divisor = len(own) if young else len(years)
    average = rounded(sum(found.values(), ZERO) / divisor)
    possible = _most(subject, found, average) if young else average
    *parts, mean = terms(*(found[year] for year in sorted(found)), average)
    short = "（成立不足所求年数，按成立后年度平均）" if divisor < len(years) else ""
    return Figure(
        proven=average,
        possible=None if missing else possible,
        formula=f"({' + '.join(parts)}) ÷ {divisor} 年 = {mean}{short}",
        evidence=tuple(ref(subject, counted(subject)[year]) for year in sorted(found)),
        missing=missing if missing or possible == average else (_YOUNG,),
    )


def _most(subject: Subject, found: dict[int, Decimal], average: Decimal) -> Decimal | None:
    whole = [value for year, value in found.items() if not _partial(subject, year)]
    if len(whole) == len(found):
        return average
    return max(average, rounded(sum(whole, ZERO) / len(whole))) if whole else None


def revenue_floor(case: Case, asked: RevenueFloorRequirement) -> Measured:
    """F7: the revenue of each year asked for ≥ a sum; the weakest year counts."""
    asks = _Asks(asked.jv, lambda s: None if s.revenue is None else (s.revenue, _ONE), money, ratio=False)
    return _of_each_year(case, asked, asks, "营业收入")


def current_ratio(case: Case, asked: CurrentRatioRequirement) -> Measured:
    """F7: current assets / current liabilities of each year asked for ≥ a figure."""
    return _of_each_year(case, asked, _Asks(asked.jv, _liquidity, _ratio_text, ratio=True), "流动比率")


def _of_each_year(case: Case, asked: _Yearly, asks: "_Asks", what: str) -> Measured:
    if asked.need is None:
        return _of_named_years(case, replace(asks, needs=asked.needs), what)
    need = asked.need
    count = asked.years or case.policy.defaults.turnover_years
    basis = by_default(asked.years is None)

    def measure(years: tuple[int, ...]) -> Measured:
        figure = _yearly(case, asks, years)
        found = compare(figure, need, asks.show, name=f"近 {count} 年各年{what}", basis=basis)
        return _without_bound(found) if figure.proven == _UNLIMITED else found

    return best(readings(case, count), measure)


def _of_named_years(case: Case, asks: "_Asks", what: str) -> Measured:
    """Return the verdict where each year has a need of its own: the figure is a share of the need."""
    figure = _yearly(case, asks, tuple(sorted(asks.needs)))
    found = compare(figure, _ONE, percent, name=f"各年{what}")
    floors = "，".join(f"{year} 年 ≥ {asks.show(asks.needs[year])}" for year in sorted(asks.needs))
    found = replace(found, required=f"{what}：{floors}", actual=figure.formula or found.actual)
    return _without_bound(found) if figure.proven == _UNLIMITED else found


def _without_bound(found: Measured) -> Measured:
    return replace(found, margin="", slack=None)


def _liquidity(statement: Statement) -> tuple[Decimal, Decimal] | None:
    if statement.current_assets is None or statement.current_liabilities is None:
        return None
    return statement.current_assets, statement.current_liabilities


def _ratio_text(value: Decimal, /, *, extra: int = 0) -> str:
    return "无流动负债" if value == _UNLIMITED else number(value, extra=extra)


@dataclass(frozen=True)
class _Asks:
    """What is asked of each year: the joint-venture rule, a statement's parts, and how to write it.

    With `needs`, a need of its own for every year, a year's figure is measured as its share of that.
    """

    rule: JointRule
    parts: Parts
    show: Show
    ratio: bool
    needs: Mapping[int, Decimal] = field(default_factory=dict)

    def share(self, year: int, value: Decimal) -> Decimal:
        """Return a year's figure as it is compared."""
        return value / self.needs[year] if self.needs and value != _UNLIMITED else value

    def text(self, year: int, value: Decimal) -> str:
        """Return a year's figure as it is printed, never like a need that it misses."""
        shown = apart(self.show, value, self.needs[year]) if self.needs else self.show(value)
        return f"{year} 年 {shown}"


@dataclass(frozen=True)
class _Party:
    """A member's parts by year, with its weight in the sum."""

    member: Member
    weight: Decimal
    cells: dict[int, tuple[Decimal, Decimal]]
    sign: str = ""

    def expects(self, year: int) -> bool:
        """Say whether the member existed in a year."""
        return year >= founded(self.member.subject)


def _yearly(case: Case, asks: _Asks, years: tuple[int, ...]) -> Figure:
    """Return the weakest year's figure: of each member, or of all together where they add up.

    Ratios are never added: together they are the sum of the assets over that of the liabilities.
    """
    if asks.rule in _POOLED and case.applicant.joint:
        pool = [
            replace(
                _party(member, asks, years),
                weight=member.share if asks.rule is JointRule.WEIGHTED else _ONE,
                sign=case.name_of(member.subject),
            )
            for member in case.members()
        ]
        return _weakest(pool, asks, years)
    each = [(m, _weakest([_party(m, asks, years)], asks, years)) for m in case.members()]
    return joined(asks.rule, each)


def _party(member: Member, asks: _Asks, years: tuple[int, ...]) -> _Party:
    found = {y: asks.parts(s) for y, s in counted(member.subject).items() if y in years}
    return _Party(member, _ONE, {year: cell for year, cell in found.items() if cell is not None})


def _weakest(pool: Sequence[_Party], asks: _Asks, years: tuple[int, ...]) -> Figure:
    values = {y: v for y in sorted(years) if (v := _value(pool, y, asks.ratio)) is not None}
    missing = tuple(_absent(pool, years))
    if not values:
        return Figure(None, None, missing=missing or (_YOUNG,))
    shares = {y: asks.share(y, v) for y, v in values.items()}
    sure = [v for y, v in shares.items() if not any(_partial(p.member.subject, y) for p in pool)]
    weakest, possible = min(shares.values()), min(sure, default=None)
    papers = [(p.member.subject, counted(p.member.subject)[y]) for y in values for p in pool if y in p.cells]
    # One proven year below the need fails whatever the missing years hold; above it nothing is certain.
    return Figure(
        proven=None if missing else weakest,
        possible=possible,
        formula="；".join(asks.text(year, value) for year, value in values.items()),
        evidence=tuple(ref(subject, statement) for subject, statement in papers),
        missing=missing if missing or possible == weakest else (_YOUNG,),
    )


def _value(pool: Sequence[_Party], year: int, ratio: bool) -> Decimal | None:
    there = [p for p in pool if p.expects(year)]
    if not there or any(year not in p.cells for p in there):
        return None
    over = sum((p.weight * p.cells[year][0] for p in there), ZERO)
    under = sum((p.weight * p.cells[year][1] for p in there), ZERO) if ratio else _ONE
    return over / under if under else _UNLIMITED


def _absent(pool: Sequence[_Party], years: tuple[int, ...]) -> Iterator[str]:
    for party in pool:
        yield from filings([y for y in years if party.expects(y) and y not in party.cells], party.sign)
