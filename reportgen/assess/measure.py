"""Measuring an applicant against one requirement, and how a joint venture's members count together.

A figure has a proven part and the most that is possible once everything unproven were proven. Only a
need above the possible is a fail; between the two lies 未证实. So absence fails nobody unless the
list it is absent from is closed and fresh.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reportgen.assess.model import Basis, Verdict
from reportgen.assess.wording import Show, apart, mark, number, rounded
from reportgen.project.applicant import Member
from reportgen.project.requirements import JointRule

ZERO = Decimal(0)
ALL_CONTRACTS = "公共平台上的完整合同记录"
"""The paper to ask for where contracts may exist that nobody has listed."""
_ADDED = {JointRule.SUM, JointRule.WEIGHTED}
_ANY_ONE = _ADDED | {JointRule.ANY}
_NEARLY = Decimal("0.9999")
Shares = Sequence[tuple[Decimal, Decimal | None]]


@dataclass(frozen=True)
class Figure:
    """A member's figure: proven (None: nothing known), the most possible (None: unbounded), and why."""

    proven: Decimal | None
    possible: Decimal | None
    formula: str = ""
    evidence: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Measured:
    """A requirement measured; texts are ready to print, `name` says in a few words what was measured.

    `slack` is actual/required, not rounded.
    `doubts` names disputed records of other than public sources that would decide if they were true.
    """

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
    doubts: tuple[str, ...] = ()


def of(unit: str) -> Show:
    """Return a function that writes a count with its unit; weighted counts keep their decimals."""

    def show(value: Decimal, /, *, extra: int = 0) -> str:
        return f"{number(value, extra=extra)}{unit}"

    return show


def joined(rule: JointRule, members: Sequence[tuple[Member, Figure]]) -> Figure:
    """Return the applicant's figure by the joint-venture rule; a single applicant's is its own."""
    if len(members) == 1:
        return members[0][1]
    chosen = members[:1] if rule is JointRule.LEAD else members
    marked = [(mark(index), figure) for index, (_, figure) in enumerate(chosen)]
    return Figure(
        proven=_proven(rule, [(member.share, figure.proven) for member, figure in chosen]),
        possible=_possible(rule, [(member.share, figure.possible) for member, figure in chosen]),
        formula="；".join(f"{sign}{f.formula}" for sign, f in marked if f.formula),
        evidence=tuple(item for _, f in chosen for item in f.evidence),
        missing=tuple(f"{sign}{item}" for sign, f in marked for item in f.missing),
        note="；".join(dict.fromkeys(f.note for _, f in chosen if f.note)),
    )


def _proven(rule: JointRule, values: Shares) -> Decimal | None:
    known = [(share, value) for share, value in values if value is not None]
    return _folded(rule, known) if known and (rule in _ANY_ONE or len(known) == len(values)) else None


def _possible(rule: JointRule, values: Shares) -> Decimal | None:
    # Where each member must meet the need, one that cannot decides, whatever is open about the others.
    known = [(share, value) for share, value in values if value is not None]
    bounded = len(known) == len(values) or rule not in _ANY_ONE
    return _folded(rule, known) if known and bounded else None


def _folded(rule: JointRule, values: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    if rule is JointRule.WEIGHTED:
        return sum((share * value for share, value in values), ZERO)
    if rule is JointRule.SUM:
        return sum((value for _, value in values), ZERO)
    pick = max if rule is JointRule.ANY else min
    return pick(value for _, value in values)


def compare(
    figure: Figure, need: Decimal, show: Show, *, name: str, note: str = "", basis: Basis = Basis.TENDER
) -> Measured:
    """Return the verdict for `figure ≥ need`, with actual, required, margin and slack as text."""
    proven = figure.proven
    verdict = judge(proven, figure.possible, need)
    return Measured(
        verdict=verdict,
        name=name.split("（", maxsplit=1)[0],
        required=f"{name} ≥ {show(need)}",
        actual=_unknown(figure) if proven is None else apart(show, proven, need),
        margin="" if proven is None else signed(proven - need, show),
        slack=_slack(proven, need),
        formula=figure.formula,
        note="；".join(part for part in (note, figure.note) if part),
        missing=figure.missing if verdict is not Verdict.MET else (),
        evidence=figure.evidence,
        basis=basis,
    )


def _unknown(figure: Figure) -> str:
    # Where a formula shows what is known, it is not nothing, only not enough.
    return "数据不全，尚未证实" if figure.formula else "无可采信数据"


def _slack(proven: Decimal | None, need: Decimal) -> Decimal | None:
    if proven is None or need <= 0:
        return None
    return max(proven, ZERO) / need


def shown(slack: Decimal | None) -> Decimal | None:
    """Return a slack with four decimals, as it is printed; what misses the need never reads as meeting it."""
    if slack is None:
        return None
    share = rounded(slack, 4)
    return min(share, _NEARLY) if slack < 1 else share


def best(readings: Sequence[tuple[int, ...]], measure: Callable[[tuple[int, ...]], Measured]) -> Measured:
    """Return the most favourable of several readings of the years asked for."""
    found = [measure(years) for years in readings]
    order = (Verdict.MET, Verdict.UNPROVEN, Verdict.UNMET)
    return min(found, key=lambda item: order.index(item.verdict))


def by_default(default_used: bool) -> Basis:
    """Return 机构方法 where a parameter the tender left open was filled by our default, else 招标文件.

    What our own parameter decides cannot bar an applicant: the tender never set it.
    """
    return Basis.METHOD if default_used else Basis.TENDER


def judge(proven: Decimal | None, possible: Decimal | None, need: Decimal) -> Verdict:
    """Return 满足, 不满足 (even the most possible is below the need) or 未证实."""
    if need <= 0 or (proven is not None and proven >= need):
        return Verdict.MET
    return Verdict.UNMET if possible is not None and possible < need else Verdict.UNPROVEN


def signed(difference: Decimal, show: Show) -> str:
    """Return a difference with its sign, + for slack and − for shortfall, never a signed nothing."""
    return ("+" if difference >= 0 else "−") + apart(show, abs(difference), ZERO)
