"""同类业绩与履约: similar works (F5) and contracts broken off (F9).

Source: DOMAIN §3.3. A work counts by category, value, date and three papers, unless its acceptance failed;
what is not on a closed list of contracts may still exist.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from reportgen.assess.case import Case, ref
from reportgen.assess.measure import ALL_CONTRACTS, ZERO, Figure, Measured, by_default, compare, joined, of
from reportgen.assess.model import Verdict
from reportgen.assess.wording import day, money
from reportgen.project.requirements import PerformanceRequirement, SimilarWorksRequirement
from reportgen.subject.holdings import Acceptance, Contract, ContractRole, ContractStatus
from reportgen.subject.model import Subject
from reportgen.subject.near import near, question
from reportgen.subject.window import add_months

_JOINT_ROLES = {ContractRole.LEAD, ContractRole.MEMBER}
_NAMED = 5


@dataclass(frozen=True)
class _Asked:
    """A requirement with its open parameters filled: least value in 元, first and last day."""

    tender: SimilarWorksRequirement
    value: Decimal
    since: date
    until: date

    def fits(self, contract: Contract) -> bool:
        """Say whether a contract is of the value and role asked, whatever its category, whenever completed."""
        alone = self.tender.joint_works or contract.role not in _JOINT_ROLES
        return contract.value * contract.share >= self.value and alone

    def passes(self, contract: Contract) -> bool:
        """Say whether a contract that fits was completed within the days asked."""
        done = contract.accepted_on
        return (
            contract.status is ContractStatus.DONE and done is not None and self.since <= done <= self.until
        )

    def may_pass(self, contract: Contract) -> bool:
        """Say whether a contract under way may have been accepted by the deadline."""
        ends = contract.ends_on
        return contract.status is ContractStatus.ONGOING and ends is not None and ends <= self.until


def similar_works(case: Case, asked: SimilarWorksRequirement) -> Measured:
    """F5: completed contracts that pass by category AND value AND date, with the evidence triple."""
    need = asked.value if asked.value is not None else (asked.value_share or ZERO) * case.project.value
    years = asked.years or case.policy.defaults.similar_years
    since = asked.since or add_months(case.judged_on, -12 * years)
    own = asked.since is None and asked.years is None
    filled = _Asked(asked, need, since, case.judged_on)
    figures = [(m, _works(case, m.subject, filled)) for m in case.members()]
    result = compare(joined(asked.jv, figures), Decimal(asked.count), of(" 项"), name=f"{asked.category}业绩")
    least = f"，单项 ≥ {money(need)}" if need else ""
    required = f"{result.required}（{day(since)}以来验收{least}）"
    return replace(result, required=required, basis=by_default(own))


def _works(case: Case, subject: Subject, asked: _Asked) -> Figure:
    category = asked.tender.category
    fitting = [c for c in subject.contracts if c.category == category and asked.fits(c)]
    passing = [c for c in fitting if asked.passes(c) and not (_failed(c) and subject.proven(c))]
    proven = [c for c in passing if subject.counts(c) and c.evidence.complete and not _failed(c)]
    asking = [c for c in subject.contracts if near(c.category, category) and asked.fits(c) and _may(asked, c)]
    own = len(passing) + sum(1 for c in fitting if asked.may_pass(c))
    formula = "；".join(
        f"《{c.name}》{money(c.value * c.share)}，{day(c.accepted_on)}验收" for c in proven[:_NAMED]
    )
    return Figure(
        proven=Decimal(len(proven)),
        possible=Decimal(own + len(asking)) if case.closed(subject, "contracts") else None,
        formula=formula,
        evidence=tuple(ref(subject, c) for c in proven),
        missing=(
            *_compared(asking if own < asked.tender.count else [], category),
            *_papers(asked.tender, passing, proven),
        ),
    )


def _may(asked: _Asked, contract: Contract) -> bool:
    return (asked.passes(contract) and not _failed(contract)) or asked.may_pass(contract)


def _compared(asking: list[Contract], category: str) -> tuple[str, ...]:
    """Return the questions whether contracts of near categories are of the one asked for."""
    return tuple(question(f"{c.category}：《{c.name}》", category) for c in asking[:_NAMED])


def _failed(contract: Contract) -> bool:
    return contract.performance.acceptance is Acceptance.FAILED


def _papers(
    asked: SimilarWorksRequirement, passing: list[Contract], proven: list[Contract]
) -> tuple[str, ...]:
    lacking = [
        f"《{c.name}》的{'、'.join(c.evidence.missing) or '核实记录'}" for c in passing if c not in proven
    ]
    if len(proven) < asked.count and not lacking:
        return (f"符合类别、金额与时间的{asked.category}业绩三项证明（中标通知书、合同协议书、验收证书）",)
    return tuple(lacking)


def performance(case: Case, asked: PerformanceRequirement) -> Measured:
    """F9: no contract broken off by the contractor's default since the look-back began.

    Only a public source or a check proves the default; only a closed list of contracts proves none.
    """
    years = asked.years or case.policy.defaults.performance_years
    since = add_months(case.judged_on, -12 * years)
    broken = [(s, c) for s in case.subjects for c in s.contracts if _broken_off(c, since)]
    proven = [(s, c) for s, c in broken if s.proven(c)]
    unknown = [s for s in case.subjects if not case.closed(s, "contracts")]
    verdict = Verdict.UNMET if proven else Verdict.UNPROVEN if broken or unknown else Verdict.MET
    seen = "；".join(f"《{c.name}》{c.status}" for _, c in broken)
    return Measured(
        verdict=verdict,
        name="履约记录",
        required=f"{day(since)}以来无因承包方原因终止的合同",
        actual=seen or ("未见，合同记录尚未查全" if unknown else "未发现"),
        missing=_unsettled(case, broken, unknown) if verdict is Verdict.UNPROVEN else (),
        evidence=tuple(ref(s, c) for s, c in broken),
        note="" if broken else "依据已采集的合同记录",
        basis=by_default(asked.years is None),
    )


def _broken_off(contract: Contract, since: date) -> bool:
    ended = contract.ends_on or contract.signed_on
    return contract.status is ContractStatus.BROKEN_OFF and ended >= since


def _unsettled(case: Case, broken: list[tuple[Subject, Contract]], unknown: list[Subject]) -> tuple[str, ...]:
    causes = [f"《{c.name}》终止原因的核实" for _, c in broken]
    lists = [f"{case.name_of(s)}{ALL_CONTRACTS}" for s in unknown]
    return (*causes, *lists)
