"""资金: bid capacity, liquid means, pending claims (F1, F3, F8).

Sources of the formulas: DOMAIN §3.3. Sums in 元, periods in years. What raises a figure must be proven
to pass; what lowers it must be proven to fail, and known in full to pass.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from reportgen.assess.accounts import counted, filings, founded, newest, readings
from reportgen.assess.case import Case, ref
from reportgen.assess.measure import (
    ALL_CONTRACTS,
    ZERO,
    Figure,
    Measured,
    best,
    by_default,
    compare,
    joined,
    signed,
)
from reportgen.assess.model import Verdict
from reportgen.assess.wording import apart, exact, money, number, rounded, terms
from reportgen.project.requirements import (
    BidCapacityRequirement,
    LiquidityRequirement,
    LitigationRequirement,
)
from reportgen.subject.holdings import Contract, ContractStatus, CreditLine, Statement
from reportgen.subject.model import Subject
from reportgen.subject.records import CreditRecord, RecordKind
from reportgen.subject.window import add_months

_DAYS = Decimal("365.25")


@dataclass(frozen=True)
class Capacity:
    """The terms of A·N·M − B: A the works of `year` and B the commitments in 元, N `length` in years."""

    works: Decimal
    year: int
    length: Decimal
    multiplier: Decimal
    committed: Decimal

    @property
    def amount(self) -> Decimal:
        """Return the capacity in 元, never below nothing."""
        return max(self.works * self.length * self.multiplier - self.committed, ZERO)

    @property
    def printed(self) -> tuple[str, str, str, str, str]:
        """Return A, N, M, B and the capacity as text, the sums in one unit and to the fen."""
        works, committed, amount = terms(self.works, self.committed, self.amount)
        return works, exact(self.length), exact(self.multiplier), committed, amount

    @property
    def formula(self) -> str:
        """Return the formula with its terms filled in."""
        works, length, multiplier, committed, amount = self.printed
        return f"A·N·M − B = {works} × {length} × {multiplier} − {committed} = {amount}"


def bid_capacity(case: Case, asked: BidCapacityRequirement) -> Measured:
    """F1: A·N·M − B ≥ need, A the best year's works, B the commitments falling into the contract.

    Without a closed list of contracts B may be larger than it looks: then nothing is proven.
    """
    look_back = asked.look_back_years or case.policy.defaults.capacity_years
    multiplier = asked.multiplier or case.policy.defaults.capacity_multiplier
    need = asked.need if asked.need is not None else case.project.value
    own = [] if asked.multiplier else ["M"]
    own += [] if asked.look_back_years else ["回溯年数"]
    length, assumed = contract_years(case)
    note = f"招标文件未定{'、'.join(own)}，按规则包默认值" if own else ""
    notes = "；".join(part for part in (note, assumed) if part)
    basis = by_default(bool(own or assumed))

    def measure(years: tuple[int, ...]) -> Measured:
        figures = [(m, _capacity(case, m.subject, years, length, multiplier)) for m in case.members()]
        return compare(joined(asked.jv, figures), need, money, name="投标能力", note=notes, basis=basis)

    return best(readings(case, look_back), measure)


def capacities(case: Case, asked: BidCapacityRequirement, formula: str) -> tuple[tuple[int, Capacity], ...]:
    """Return the terms that stand in a judgement's formula, each with its member's place among the members."""
    look_back = asked.look_back_years or case.policy.defaults.capacity_years
    multiplier = asked.multiplier or case.policy.defaults.capacity_multiplier
    length, _ = contract_years(case)
    found = [
        (index, capacity)
        for years in readings(case, look_back)
        for index, member in enumerate(case.members())
        if (capacity := _terms(case, member.subject, years, length, multiplier))
        and capacity.formula in formula
    ]
    # Two readings of the years may come to the same.
    return tuple(dict(found).items())


def contract_years(case: Case) -> tuple[Decimal, str]:
    """Return N, the contract's length in years, and a note where the tender leaves it open."""
    if case.project.period_years is not None:
        return case.project.period_years, ""
    return Decimal(1), "招标文件未写明合同期，按一年计"


def _capacity(
    case: Case, subject: Subject, years: tuple[int, ...], length: Decimal, multiplier: Decimal
) -> Figure:
    works = _works(subject, years)
    found = _terms(case, subject, years, length, multiplier)
    if found is None:
        return Figure(None, None, missing=(f"近 {len(years)} 年经审计的施工（供货）产值",))
    lacking = [year for year in years if year >= founded(subject) and year not in works]
    _, ongoing = commitments(subject, case.judged_on, length)
    least, _ = commitments(subject, case.judged_on, length, proven=True)
    unsure = ("在手合同剩余工程量的核实",) if found.committed != least else ()
    closed = case.closed(subject, "contracts") is not None
    return Figure(
        proven=found.amount if closed else None,
        possible=None if lacking else replace(found, committed=least).amount,
        formula=found.formula,
        evidence=(ref(subject, works[found.year]), *ongoing),
        missing=(*filings(lacking), *unsure, *(() if closed else (ALL_CONTRACTS,))),
        note="" if closed else "在手合同尚未查全，B 可能少计",
    )


def _terms(
    case: Case, subject: Subject, years: tuple[int, ...], length: Decimal, multiplier: Decimal
) -> Capacity | None:
    works = _works(subject, years)
    if not works:
        return None
    top = max(works.values(), key=lambda s: (s.works_revenue or ZERO, s.year))
    committed, _ = commitments(subject, case.judged_on, length)
    return Capacity(top.works_revenue or ZERO, top.year, length, multiplier, committed)


def _works(subject: Subject, years: tuple[int, ...]) -> dict[int, Statement]:
    return {y: s for y, s in counted(subject).items() if y in years and s.works_revenue is not None}


def commitments(
    subject: Subject, start: date, years: Decimal, *, proven: bool = False
) -> tuple[Decimal, tuple[str, ...]]:
    """Return B in 元: what ongoing contracts leave to do within `years` from `start`, and their ids.

    A contract merely declared counts as well, in full as one whose remainder is unknown; with `proven`
    only what a public source or a check shows, for nothing else can prove that the capacity is short.
    """
    total, evidence = ZERO, []
    for contract in subject.contracts:
        part = remaining(subject, contract) * falling(contract, start, years)
        sure = subject.proven(contract) and contract.remaining is not None
        if part > 0 and (sure or not proven):
            total += part
            evidence.append(ref(subject, contract))
    return rounded(total), tuple(evidence)


def remaining(subject: Subject, contract: Contract) -> Decimal:
    """Return in 元 what a contract leaves to do; all of it where nobody reliable says."""
    if contract.remaining is None or not subject.counts(contract):
        return contract.value
    return contract.remaining


def falling(contract: Contract, start: date, years: Decimal) -> Decimal:
    """Return the share, 0 to 1, of what a contract leaves to do that the subject owes within `years`."""
    if contract.status is not ContractStatus.ONGOING or contract.ends_on is None:
        return ZERO
    days = Decimal((contract.ends_on - start).days)
    within = min(Decimal(1), years * _DAYS / days) if days > 0 else Decimal(1)
    return contract.share * within


def liquidity(case: Case, asked: LiquidityRequirement) -> Measured:
    """F3: cash plus unused credit lines ≥ the sum asked, or V/(12N)·m months of the contract."""
    need, note = liquidity_need(case, asked.need, asked.months)
    figures = [(m, liquid(case, m.subject)) for m in case.members()]
    own = asked.need is None and asked.months is None
    return compare(joined(asked.jv, figures), need, money, name="流动资金", note=note, basis=by_default(own))


def liquidity_need(case: Case, need: Decimal | None, months: Decimal | None) -> tuple[Decimal, str]:
    """Return the liquid means needed in 元, and how derived where the tender states no sum.

    Months of our own never need more than the contract is worth.
    """
    if need is not None:
        return need, ""
    m = months or case.policy.defaults.liquidity_months
    length = case.project.period_years or Decimal(1)
    amount = rounded(case.project.value / (12 * length) * m)
    if months is None and amount > case.project.value:
        return case.project.value, f"合同期不足 {number(m)} 个月，需要额以合同额为限"
    (value,) = terms(case.project.value)
    return amount, f"需要额 = {value} ÷ {exact(12 * length)} 个月 × {exact(m)} 个月"


def liquid(case: Case, subject: Subject) -> Figure:
    """Return a subject's liquid means in 元: the newest cash plus the unused part of valid credit lines.

    A bank not on a closed list may have granted more: only with such a list is there a most possible.
    """
    last = newest(case, subject, lambda s: s.cash)
    if last is None or last.cash is None:
        return Figure(None, None, missing=("最近一年经审计的财务报表（货币资金）",))
    since = case.closed(subject, "credit_lines")
    lines = [line for line in subject.credit_lines if subject.counts(line) and _open(case, line)]
    unused = sum((_unused(line, since) for line in lines), ZERO)
    most = sum(
        (c.limit - (c.used or ZERO) for c in subject.credit_lines if _may_be_open(case, c, since)), ZERO
    )
    total = last.cash + unused
    cash, lent, sum_up = terms(last.cash, unused, total)
    return Figure(
        proven=total,
        possible=last.cash + most if since else None,
        formula=f"货币资金 {cash}（{last.year} 年末）+ 未用授信 {lent} = {sum_up}",
        evidence=(ref(subject, last), *(ref(subject, line) for line in lines)),
        missing=() if since and unused == most else ("授信文件的核实",),
    )


def _unused(line: CreditLine, since: date | None) -> Decimal:
    # How much of a line is drawn must be told, checked, or shown by a closed list of the lines.
    told = line.used is not None or line.verification is not None or since is not None
    return line.limit - (line.used or ZERO) if told else ZERO


def _open(case: Case, line: CreditLine) -> bool:
    if line.valid_until is not None:
        return line.issued_on <= case.judged_on <= line.valid_until
    recent = add_months(case.judged_on, -case.policy.defaults.credit_line_months)
    return recent <= line.issued_on <= case.judged_on


def _may_be_open(case: Case, line: CreditLine, since: date | None) -> bool:
    return line.valid_until is None or line.valid_until >= min(case.judged_on, since or case.judged_on)


def litigation(case: Case, asked: LitigationRequirement) -> Measured:
    """F8: pending claims, assumed lost, ≤ a share of equity; each member by itself."""
    share = asked.share or case.policy.defaults.litigation_share
    parts = [_held_against(case, subject, share) for subject in case.subjects]
    worst = min(parts, key=lambda part: _WORST_FIRST.index(part.verdict))
    return Measured(
        verdict=worst.verdict,
        name="未决诉讼",
        required=f"未决诉讼金额 ≤ 净资产的 {exact(share * 100)}%",
        actual=worst.actual,
        margin=worst.margin,
        formula="；".join(part.formula for part in parts if part.formula),
        missing=worst.missing if worst.verdict is Verdict.UNPROVEN else (),
        evidence=tuple(item for part in parts for item in part.evidence),
        basis=by_default(asked.share is None),
    )


_WORST_FIRST = (Verdict.UNMET, Verdict.UNPROVEN, Verdict.MET)


@dataclass(frozen=True)
class _Claims:
    """The pending cases of a subject: `sure` 元 are proven to be claimed from it, `unsure` may be more."""

    sure: Decimal
    unsure: tuple[str, ...]
    evidence: tuple[str, ...]


def _claims(case: Case, subject: Subject) -> _Claims:
    pending = [
        placed.record
        for owner, placed in case.usable
        if owner is subject
        and placed.record.kind is RecordKind.PENDING
        and placed.record.against is not False
    ]
    sure = [r for r in pending if r.against and r.amount is not None and subject.proven(r)]
    unsure = dict.fromkeys(_open_question(r) for r in pending if r not in sure)
    looked_up = case.closed(subject, RecordKind.PENDING)
    return _Claims(
        sure=sum((r.amount or ZERO for r in sure), ZERO),
        unsure=(*unsure, *(() if looked_up else ("未决诉讼的查询结果",))),
        evidence=tuple(ref(subject, r) for r in pending),
    )


def _open_question(record: CreditRecord) -> str:
    if record.amount is None:
        return "未决诉讼标的额"
    return "未决诉讼中的诉讼地位" if record.against is None else "未决诉讼的核实"


def _held_against(case: Case, subject: Subject, share: Decimal) -> Measured:
    claims = _claims(case, subject)
    if not claims.sure and not claims.unsure:
        return Measured(Verdict.MET, "", "", "无未决诉讼")
    last = newest(case, subject, lambda s: s.equity)
    if last is None or last.equity is None or not claims.sure:
        missing = claims.unsure + (() if last else ("最近一年经审计的净资产",))
        seen = money(claims.sure) if claims.sure else "未决诉讼尚未查清"
        return Measured(Verdict.UNPROVEN, "", "", seen, missing=missing, evidence=claims.evidence)
    limit = last.equity * share
    room = limit - claims.sure
    claimed, equity = terms(claims.sure, last.equity)
    verdict = Verdict.UNMET if room < 0 else Verdict.UNPROVEN if claims.unsure else Verdict.MET
    return Measured(
        verdict=verdict,
        name="",
        required="",
        actual=apart(money, claims.sure, limit),
        margin=signed(room, money),
        formula=f"{claimed} ≤ {equity} × {exact(share * 100)}%",
        missing=claims.unsure,
        evidence=claims.evidence,
    )
