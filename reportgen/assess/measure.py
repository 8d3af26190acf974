"""Measuring an applicant against one requirement, and how a joint venture's members count together.

A figure has a proven part and the most that is possible once everything unproven were proven. Only a
need above the possible is a fail; between the two lies 未证实. So absence fails nobody unless the
list it is absent from is closed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reportgen.assess.model import Basis, Verdict
from reportgen.assess.wording import mark, rounded
from reportgen.project.applicant import Member
from reportgen.project.requirements import JointRule

ZERO = Decimal(0)


@dataclass(frozen=True)
class Figure:
    """A member's figure: proven (None: nothing known), the most possible (None: unbounded), and why."""

    proven: Decimal | None
    possible: Decimal | None
    formula: str = ""
    evidence: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measured:
    """A requirement measured; texts are ready to print, `name` says in a few words what was measured."""

    verdict: Verdict
    name: str
    required: str
    actual: str
    margin: str = ""
    slack: Decimal | None = None
    formula: str = ""
    note: str = ""
    missing: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    basis: Basis = Basis.TENDER
    cite: str = ""
    gate: bool = False
    disputed: bool = False


def joined(rule: JointRule, members: Sequence[tuple[Member, Figure]]) -> Figure:
    """Return the applicant's figure by the joint-venture rule; a single applicant's is its own."""
    if len(members) == 1:
        return members[0][1]
    chosen = members[:1] if rule is JointRule.LEAD else members
    marked = [(mark(index), figure) for index, (_, figure) in enumerate(chosen)]
    proven = [(member.share, figure.proven) for member, figure in chosen]
    possible = [(member.share, figure.possible) for member, figure in chosen]
    return Figure(
        proven=_folded(rule, [(share, value if value is not None else ZERO) for share, value in proven]),
        possible=None
        if any(v is None for _, v in possible)
        else _folded(rule, [(s, v or ZERO) for s, v in possible]),
        formula="；".join(f"{sign}{f.formula}" for sign, f in marked if f.formula),
        evidence=tuple(item for _, f in chosen for item in f.evidence),
        missing=tuple(f"{sign}{item}" for sign, f in marked for item in f.missing),
    )


def compare(
    figure: Figure,
    need: Decimal,
    show: Callable[[Decimal], str],
    *,
    name: str,
    note: str = "",
    basis: Basis = Basis.TENDER,
) -> Measured:
    """Return the verdict for `figure ≥ need`, with actual, required, margin and slack as text."""
    proven = figure.proven
    verdict = judge(proven, figure.possible, need)
    return Measured(
        verdict=verdict,
        name=name.split("（", maxsplit=1)[0],
        required=f"{name} ≥ {show(need)}",
        actual="无可采信数据" if proven is None else show(proven),
        margin="" if proven is None else signed(proven - need, show),
        slack=None if proven is None or need <= 0 else rounded(max(proven, ZERO) / need, 4),
        formula=figure.formula,
        note=note,
        missing=figure.missing if verdict is not Verdict.MET else (),
        evidence=figure.evidence,
        basis=basis,
    )


def by_default(default_used: bool) -> Basis:
    """Return 机构方法 where a parameter the tender left open was filled by our default, else 招标文件.

    What our own parameter decides cannot bar an applicant: the tender never set it.
    """
    return Basis.METHOD if default_used else Basis.TENDER


def judge(proven: Decimal | None, possible: Decimal | None, need: Decimal) -> Verdict:
    """Return 满足, 不满足 (even the most possible is below the need) or 未证实."""
    if proven is not None and proven >= need:
        return Verdict.MET
    return Verdict.UNMET if possible is not None and possible < need else Verdict.UNPROVEN


def signed(difference: Decimal, show: Callable[[Decimal], str]) -> str:
    """Return a difference with its sign, + for slack and − for shortfall."""
    return ("+" if difference >= 0 else "−") + show(abs(difference))


def _folded(rule: JointRule, values: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    if rule is JointRule.WEIGHTED:
        return sum((share * value for share, value in values), ZERO)
    if rule is JointRule.SUM:
        return sum((value for _, value in values), ZERO)
    pick = max if rule is JointRule.ANY else min
    return pick(value for _, value in values)
