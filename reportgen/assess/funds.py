"""资金: bid capacity, turnover, revenue floors, liquidity, current ratio, pending claims (F1–F3, F7, F8).

Sources of the formulas: DOMAIN §3.3. Sums in 元, periods in years. Only statements that are audited,
official or checked are relied on; what a firm merely declares may prove nothing.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from reportgen.assess.case import Case, ref
from reportgen.assess.measure import ZERO, Figure, Measured, by_default, compare, joined, signed
from reportgen.assess.model import Verdict
from reportgen.assess.wording import money, number, percent, rounded
from reportgen.project.applicant import Member
from reportgen.project.requirements import (
    BidCapacityRequirement,
    CurrentRatioRequirement,
    JointRule,
    LiquidityRequirement,
    LitigationRequirement,
    RevenueFloorRequirement,
    TurnoverRequirement,
)
from reportgen.subject.holdings import Contract, ContractStatus, Statement
from reportgen.subject.model import Subject
from reportgen.subject.records import RecordKind

_DAYS = Decimal("365.25")
_FILING_MONTH = 5
"""Annual accounts are asked for from the year before last until the end of April (本机构设定)."""


def account_years(judged_on: date, count: int) -> tuple[int, ...]:
    """Return the last `count` years whose accounts can be asked for on a day, newest first."""
    newest = judged_on.year - (1 if judged_on.month >= _FILING_MONTH else 2)
    return tuple(newest - i for i in range(count))


def reliable(subject: Subject, statement: Statement) -> bool:
    """Say whether a statement may be relied on: audited, or not merely declared."""
    return statement.audited or subject.counts(statement)


def bid_capacity(case: Case, asked: BidCapacityRequirement) -> Measured:
    """F1: A·N·M − B ≥ need, A the best year's works, B the commitments falling into the contract."""
    look_back = asked.look_back_years or case.policy.defaults.capacity_years
    multiplier = asked.multiplier or case.policy.defaults.capacity_multiplier
    need = asked.need if asked.need is not None else case.project.value
    figures = [(m, _capacity(case, m.subject, look_back, multiplier)) for m in case.members()]
    own = [] if asked.multiplier else ["M"]
    own += [] if asked.look_back_years else ["回溯年数"]
    note = f"招标文件未定{'、'.join(own)}，按规则包默认值" if own else ""
    return compare(
        joined(asked.jv, figures), need, money, name="投标能力", note=note, basis=by_default(bool(own))
    )


def _capacity(case: Case, subject: Subject, look_back: int, multiplier: Decimal) -> Figure:
    length = case.project.period_years or Decimal(1)
    best, evidence, closed = _best_year(subject, account_years(case.judged_on, look_back))
    committed, ongoing = commitments(subject, case.judged_on, length)
    if best is None:
        return Figure(None, None, missing=(f"近 {look_back} 年经审计的施工（供货）产值",))
    amount = best * length * multiplier - committed
    working = f"{money(best)} × {number(length)} × {number(multiplier)} − {money(committed)} = {money(max(amount, ZERO))}"
    formula = f"A·N·M − B = {working}"
    missing = () if closed else ("各年产值的完整核实材料",)
    return Figure(
        max(amount, ZERO), max(amount, ZERO) if closed else None, formula, evidence + ongoing, missing
    )


def _best_year(subject: Subject, years: tuple[int, ...]) -> tuple[Decimal | None, tuple[str, ...], bool]:
    best: tuple[Decimal, str] | None = None
    known = set()
    for statement in subject.statements:
        if statement.year in years and statement.works_revenue is not None and reliable(subject, statement):
            known.add(statement.year)
            best = max(best or (ZERO, ""), (statement.works_revenue, ref(subject, statement)))
    if best is None:
        return None, (), False
    founded = subject.registration.established_on.year
    expected = {year for year in years[:3] if year >= founded}
    return best[0], (best[1],), expected <= known


def commitments(subject: Subject, start: date, years: Decimal) -> tuple[Decimal, tuple[str, ...]]:
    """Return B in 元: what ongoing contracts leave to do within `years` from `start`, and their ids.

    A contract merely declared counts as well: what lowers the capacity needs no proof.
    """
    total, evidence = ZERO, []
    for contract in subject.contracts:
        part = _falling(contract, start, years)
        if part > 0:
            total += part
            evidence.append(ref(subject, contract))
    return rounded(total), tuple(evidence)


def _falling(contract: Contract, start: date, years: Decimal) -> Decimal:
    if contract.status is not ContractStatus.ONGOING or contract.ends_on is None:
        return ZERO
    remaining = contract.remaining if contract.remaining is not None else contract.value
    days = Decimal((contract.ends_on - start).days)
    within = min(Decimal(1), years * _DAYS / days) if days > 0 else Decimal(1)
    return remaining * contract.share * within


def turnover(case: Case, asked: TurnoverRequirement) -> Measured:
    """F2: the average yearly revenue ≥ the sum asked, or k·V/N; a young firm by its own years."""
    years = asked.years or case.policy.defaults.turnover_years
    need, note = turnover_need(case, asked.need, asked.factor_k)
    own = asked.years is None or (asked.need is None and asked.factor_k is None)
    asked_years = account_years(case.judged_on, years)
    figures = [(m, _average(m.subject, asked_years, asked.new_firm_average)) for m in case.members()]
    return compare(
        joined(asked.jv, figures),
        need,
        money,
        name=f"近 {years} 年年均营业额",
        note=note,
        basis=by_default(own),
    )


def turnover_need(case: Case, need: Decimal | None, factor_k: Decimal | None) -> tuple[Decimal, str]:
    """Return the yearly revenue needed in 元, and how it was derived where the tender states no sum."""
    if need is not None:
        return need, ""
    k = factor_k or case.policy.defaults.turnover_k
    length = max(case.project.period_years or Decimal(1), Decimal(1))
    return rounded(
        k * case.project.value / length
    ), f"需要额 = {number(k)} × {money(case.project.value)} ÷ {number(length)} 年"


def _average(subject: Subject, years: tuple[int, ...], young: bool) -> Figure:
    founded = subject.registration.established_on.year
    asked = tuple(y for y in years if y >= founded) if young else years
    found = {s.year: s for s in subject.statements if s.year in asked and s.revenue is not None}
    proven = {year: s for year, s in found.items() if reliable(subject, s)}
    missing = tuple(f"{year} 年经审计的财务报表" for year in asked if year not in proven)
    if not asked or not proven:
        return Figure(None, None, missing=missing or ("经审计的财务报表",))
    total = sum((s.revenue or ZERO for s in proven.values()), ZERO)
    average = rounded(total / len(asked))
    parts = " + ".join(money(s.revenue or ZERO) for _, s in sorted(proven.items()))
    short = "（成立不足所求年数，按成立后年度平均）" if len(asked) < len(years) else ""
    formula = f"({parts}) ÷ {len(asked)} 年 = {money(average)}{short}"
    evidence = tuple(ref(subject, s) for _, s in sorted(proven.items()))
    return Figure(average, None if missing else average, formula, evidence, missing)


def revenue_floor(case: Case, asked: RevenueFloorRequirement) -> Measured:
    """F7: the revenue of each of the last years ≥ a sum; the weakest year counts."""
    years = account_years(case.judged_on, asked.years or case.policy.defaults.turnover_years)
    figure = _yearly(case, asked.jv, years, lambda s: s.revenue, money)
    return compare(
        figure,
        asked.need,
        money,
        name=f"近 {len(years)} 年各年营业收入",
        basis=by_default(asked.years is None),
    )


def current_ratio(case: Case, asked: CurrentRatioRequirement) -> Measured:
    """F7: current assets / current liabilities ≥ a figure in each of the last years."""
    years = account_years(case.judged_on, asked.years or case.policy.defaults.turnover_years)
    figure = _yearly(case, asked.jv, years, _current_ratio, number)
    return compare(
        figure,
        asked.need,
        number,
        name=f"近 {len(years)} 年各年流动比率",
        basis=by_default(asked.years is None),
    )


def _current_ratio(statement: Statement) -> Decimal | None:
    if statement.current_assets is None or not statement.current_liabilities:
        return None
    return statement.current_assets / statement.current_liabilities


def _yearly(
    case: Case,
    rule: JointRule,
    years: tuple[int, ...],
    value: Callable[[Statement], Decimal | None],
    show: Callable[[Decimal], str],
) -> Figure:
    return joined(rule, [(m, _weakest(m.subject, years, value, show)) for m in case.members()])


def _weakest(
    subject: Subject,
    years: tuple[int, ...],
    value: Callable[[Statement], Decimal | None],
    show: Callable[[Decimal], str],
) -> Figure:
    asked = [year for year in years if year >= subject.registration.established_on.year]
    found = {s.year: s for s in subject.statements if s.year in asked and reliable(subject, s)}
    values = {year: v for year, s in found.items() if (v := value(s)) is not None}
    missing = tuple(f"{year} 年经审计的财务报表" for year in asked if year not in values)
    if not values:
        return Figure(None, None, missing=missing or ("经审计的财务报表",))
    weakest = min(values.values())
    formula = "；".join(f"{year} 年 {show(values[year])}" for year in sorted(values))
    evidence = tuple(ref(subject, found[year]) for year in sorted(values))
    # One proven year below the need fails whatever the missing years hold; above it nothing is certain.
    return Figure(None if missing else weakest, weakest, formula, evidence, missing)


def liquidity(case: Case, asked: LiquidityRequirement) -> Measured:
    """F3: cash plus unused credit lines ≥ the sum asked, or V/(12N)·m months of the contract."""
    need, note = liquidity_need(case, asked.need, asked.months)
    figures = [(m, liquid(m, case.judged_on)) for m in case.members()]
    own = asked.need is None and asked.months is None
    return compare(joined(asked.jv, figures), need, money, name="流动资金", note=note, basis=by_default(own))


def liquidity_need(case: Case, need: Decimal | None, months: Decimal | None) -> tuple[Decimal, str]:
    """Return the liquid means needed in 元, and how derived where the tender states no sum."""
    if need is not None:
        return need, ""
    m = months or case.policy.defaults.liquidity_months
    length = case.project.period_years or Decimal(1)
    amount = rounded(case.project.value / (12 * length) * m)
    return amount, f"需要额 = {money(case.project.value)} ÷ {number(12 * length)} 个月 × {number(m)} 个月"


def liquid(member: Member, on: date) -> Figure:
    """Return a member's liquid means in 元: the newest cash plus the unused part of valid credit lines."""
    subject = member.subject
    statements = sorted(
        (s for s in subject.statements if s.cash is not None and reliable(subject, s)), key=_year
    )
    lines = [line for line in subject.credit_lines if line.valid_until is None or line.valid_until >= on]
    unused = sum((line.limit - line.used for line in lines if subject.counts(line)), ZERO)
    declared = sum((line.limit - line.used for line in lines), ZERO)
    if not statements or statements[-1].cash is None:
        return Figure(None, None, missing=("最近一年经审计的财务报表（货币资金）",))
    last = statements[-1]
    cash = statements[-1].cash
    formula = f"货币资金 {money(cash)}（{last.year} 年末）+ 未用授信 {money(unused)} = {money(cash + unused)}"
    evidence = (ref(subject, last), *(ref(subject, line) for line in lines if subject.counts(line)))
    missing = () if unused == declared else ("授信文件的核实",)
    return Figure(cash + unused, cash + declared, formula, evidence, missing)


def _year(statement: Statement) -> int:
    return statement.year


def litigation(case: Case, asked: LitigationRequirement) -> Measured:
    """F8: pending claims, assumed lost, ≤ a share of equity; each member by itself."""
    share = asked.share or case.policy.defaults.litigation_share
    parts = [_claims(case, member.subject, share) for member in case.members()]
    verdicts = [part.verdict for part in parts]
    worst = next((v for v in (Verdict.UNMET, Verdict.UNPROVEN) if v in verdicts), Verdict.MET)
    chosen = parts[verdicts.index(worst)]
    return Measured(
        verdict=worst,
        name="未决诉讼",
        required=f"未决诉讼金额 ≤ 净资产的 {percent(share)}",
        actual=chosen.actual,
        margin=chosen.margin,
        formula="；".join(part.formula for part in parts if part.formula),
        missing=chosen.missing,
        evidence=tuple(item for part in parts for item in part.evidence),
        basis=by_default(asked.share is None),
    )


def _claims(case: Case, subject: Subject, share: Decimal) -> Measured:
    claims = [
        placed.record
        for owner, placed in case.used
        if owner is subject and placed.record.kind is RecordKind.PENDING and placed.record.against
    ]
    evidence = tuple(ref(subject, record) for record in claims)
    total = sum((record.amount or ZERO for record in claims), ZERO)
    if any(record.amount is None for record in claims):
        return Measured(
            Verdict.UNPROVEN, "", "", "有未载明金额的未决诉讼", missing=("未决诉讼标的额",), evidence=evidence
        )
    statements = sorted(
        (s for s in subject.statements if s.equity is not None and reliable(subject, s)), key=_year
    )
    if not claims and subject.closed("records"):
        return Measured(Verdict.MET, "", "", "无未决诉讼")
    if not statements:
        return Measured(
            Verdict.UNPROVEN, "", "", money(total), missing=("经审计的净资产",), evidence=evidence
        )
    equity = statements[-1].equity or ZERO
    room = equity * share - total
    formula = f"{money(total)} ≤ {money(equity)} × {percent(share)}"
    verdict = Verdict.MET if room >= 0 else Verdict.UNMET
    return Measured(verdict, "", "", money(total), signed(room, money), formula=formula, evidence=evidence)
