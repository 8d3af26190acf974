"""Folding the parts into one of three conclusions, exactly by DOMAIN §3.4, 3 and 7.

`decide` is a pure function of a few numbers, so the search for what would change the conclusion
asks the same function again instead of guessing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from reportgen.assess.case import Case
from reportgen.assess.measure import ZERO
from reportgen.assess.model import (
    Basis,
    Conclusion,
    FactorResult,
    GateResult,
    Reason,
    RecordResult,
    RequirementResult,
    SimilarResult,
    Verdict,
)
from reportgen.assess.wording import number, percent, rounded
from reportgen.policy.model import ConclusionRule, Weights
from reportgen.project.requirements import Factor
from reportgen.subject.records import RecordState

_FULL = Decimal(100)


@dataclass(frozen=True)
class Tally:
    """What the conclusion depends on. Scores 0–100, None where unknown; coverage 0–1.

    `gates` and `fails` name what decides 不具备; `unproven` the hard requirements without evidence.
    `record_undisputed` is the record's score were every disputed record left out.
    """

    gates: tuple[str, ...]
    fails: tuple[str, ...]
    unproven: tuple[str, ...]
    factors: Mapping[Factor, Decimal | None]
    record: Decimal
    record_undisputed: Decimal
    similar: Decimal | None
    coverage: Decimal


@dataclass(frozen=True)
class Rules:
    """The policy's thresholds and weights."""

    rule: ConclusionRule
    weights: Weights


def tally(
    requirements: Sequence[RequirementResult],
    gates: Sequence[GateResult],
    factors: Sequence[FactorResult],
    record: RecordResult,
    similar: SimilarResult,
    covered: Decimal,
) -> Tally:
    """Return the tally of all parts."""
    unmet = [item for item in requirements if item.decides]
    disputed = sum((i.points for i in record.items if i.state is RecordState.DISPUTED), ZERO)
    return Tally(
        gates=tuple(g.id for g in gates if g.tripped) + tuple(item.id for item in unmet if item.gate),
        fails=tuple(item.id for item in unmet if not item.gate),
        unproven=tuple(item.id for item in requirements if item.hard and item.verdict is Verdict.UNPROVEN),
        factors={f.factor: f.score for f in factors},
        record=record.score,
        record_undisputed=min(_FULL, _uncapped(record) + disputed),
        similar=similar.score,
        coverage=covered,
    )


def _uncapped(record: RecordResult) -> Decimal:
    return _FULL - sum((item.points for item in record.items), ZERO)


def total(parts: Tally, weights: Weights) -> Decimal | None:
    """Return the total 0–100; what is unknown passes its weight to what is known."""
    known = [score for score in parts.factors.values() if score is not None]
    mean = sum(known, ZERO) / len(known) if known else None
    weighed = [(mean, weights.factors), (parts.record, weights.record), (parts.similar, weights.similar)]
    present = [(score, weight) for score, weight in weighed if score is not None]
    if mean is None:
        return None
    return rounded(sum((s * w for s, w in present), ZERO) / sum((w for _, w in present), ZERO), 1)


def decide(parts: Tally, rules: Rules) -> Conclusion | None:
    """Return the conclusion, or None where the evidence is insufficient for one."""
    if parts.gates:
        return Conclusion.INCAPABLE
    if parts.unproven or parts.coverage < rules.rule.coverage_least:
        return None
    if parts.fails:
        return Conclusion.INCAPABLE
    return Conclusion.LIMITED if shortfalls(parts, rules) else Conclusion.CAPABLE


def shortfalls(parts: Tally, rules: Rules) -> list[str]:
    """Return why the conclusion is not 具备 although nothing decides 不具备."""
    found = []
    sum_up = total(parts, rules.weights)
    if sum_up is None or sum_up < rules.rule.total:
        shown = "无法计算" if sum_up is None else f"{number(sum_up, 1)} 分"
        found.append(f"综合得分 {shown}，低于 {number(rules.rule.total)} 分")
    for factor, score in parts.factors.items():
        if score is None:
            found.append(f"{factor}证据不足，未能评定")
        elif score < rules.rule.factor_floor:
            found.append(f"{factor}得分 {number(score, 1)} 分，低于 {number(rules.rule.factor_floor)} 分")
    if parts.coverage < rules.rule.coverage_full:
        found.append(f"证据覆盖率 {percent(parts.coverage)}，低于 {percent(rules.rule.coverage_full)}")
    return found


def rests_on_dispute(parts: Tally, rules: Rules) -> bool:
    """Say whether leaving out the disputed records would change the conclusion."""
    without = replace(parts, record=parts.record_undisputed)
    return decide(parts, rules) is not decide(without, rules)


def reasons(
    case: Case,
    conclusion: Conclusion | None,
    parts: Tally,
    rules: Rules,
    gates: Sequence[GateResult],
    requirements: Sequence[RequirementResult],
) -> tuple[Reason, ...]:
    """Return the reasons of the conclusion, the binding one first."""
    if conclusion is Conclusion.INCAPABLE:
        tripped = [gate.reason for gate in gates if gate.tripped]
        failed = [item for item in requirements if item.decides]
        return tuple(
            tripped + [_requirement_reason(item) for item in sorted(failed, key=lambda i: not i.gate)]
        )
    if conclusion is Conclusion.LIMITED:
        found = shortfalls(parts, rules)
        if rests_on_dispute(parts, rules):
            found.append("起决定作用的不良记录正在异议之中；不计该记录的，结论会改变")
        return tuple(Reason(text=text, basis=Basis.METHOD) for text in found)
    if conclusion is Conclusion.CAPABLE:
        hard = [item for item in requirements if item.hard]
        met = f"{len(hard)} 项必备要求全部满足" if hard else "项目未设必备要求"
        text = f"未触及否决项，{met}，综合得分 {number(total(parts, rules.weights) or ZERO, 1)} 分"
        return (Reason(text=text, basis=Basis.TENDER if hard else Basis.METHOD),)
    return ()


def _requirement_reason(item: RequirementResult) -> Reason:
    gap = f"（差额 {item.margin}）" if item.margin else ""
    return Reason(
        text=f"要求“{item.required}”，实际为“{item.actual}”{gap}",
        basis=item.basis,
        cites=(item.cite,) if item.cite else (),
        clause=item.clause,
        evidence=item.evidence,
        disputed=item.disputed,
    )


def recommendation(conclusion: Conclusion | None, tender: bool) -> str:
    """Return the decision advice that goes with a conclusion."""
    user = "招标人（采购人）与评标委员会" if tender else "主管部门"
    if conclusion is Conclusion.CAPABLE:
        return f"建议{user}将申请人视为具备承担本项目的信用能力；签约与履约中留意所列风险提示。"
    if conclusion is Conclusion.LIMITED:
        return f"建议{user}审慎采信：先核验所列不足，并采取风险提示中的缓释措施。"
    if conclusion is Conclusion.INCAPABLE:
        return f"建议{user}依所列依据复核该事实；事实成立的，申请人不具备承担本项目的信用能力。"
    return "证据不足，未作结论；请申请人按缺件清单补齐后重新申请。"
