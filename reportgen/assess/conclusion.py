"""Folding the parts into one of three conclusions, exactly by DOMAIN §3.4, 3 and 7.

`decide` is a pure function of a few numbers, so the search for what would change the conclusion
asks the same function again instead of guessing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from reportgen.assess.measure import ZERO
from reportgen.assess.model import (
    Basis,
    Conclusion,
    CoverageLine,
    FactorResult,
    GateResult,
    Reason,
    RecordResult,
    RequirementResult,
    SimilarResult,
    Verdict,
)
from reportgen.assess.wording import apart, number, percent, rounded
from reportgen.policy.values import ConclusionRule, Weights
from reportgen.project.requirements import Factor
from reportgen.subject.records import RecordState

_FULL = Decimal(100)
_MOST_EVIDENCE = 20


@dataclass(frozen=True)
class Findings:
    """Everything found about an applicant, before it is folded."""

    gates: tuple[GateResult, ...]
    requirements: tuple[RequirementResult, ...]
    factors: tuple[FactorResult, ...]
    record: RecordResult
    similar: SimilarResult
    lines: tuple[CoverageLine, ...]


@dataclass(frozen=True)
class Tally:
    """What the conclusion depends on. Scores 0–100, None where unknown; coverage 0–1.

    `gates` and `fails` name what decides 不具备; `unproven` the hard requirements and the mandatory
    evidence that are lacking; `own` the hard requirements unmet by a parameter of ours; `doubts` the
    disputed records of other than public sources that would decide. `record_undisputed` is the record's
    score were every disputed record left out. `unsettled` names of each factor what is 未证实, `best` holds its
    score were that met.
    """

    gates: tuple[str, ...]
    fails: tuple[str, ...]
    unproven: tuple[str, ...]
    factors: Mapping[Factor, Decimal | None]
    record: Decimal
    record_undisputed: Decimal
    similar: Decimal | None
    coverage: Decimal
    own: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    unsettled: Mapping[Factor, Sequence[str]] = field(default_factory=dict)
    best: Mapping[Factor, Decimal | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Rules:
    """The policy's thresholds and weights."""

    rule: ConclusionRule
    weights: Weights


@dataclass(frozen=True)
class _Shortfall:
    """Why the conclusion is not 具备; `about` names the factor or requirement it is about."""

    text: str
    about: str


def gate_name(gate: GateResult) -> str:
    """Return the gate's name in a tally; a requirement may bear the same id."""
    return f"gate:{gate.id}"


def requirement_name(item: RequirementResult) -> str:
    """Return the requirement's name in a tally."""
    return f"requirement:{item.id}"


def tally(found: Findings, covered: Decimal, record_undisputed: Decimal) -> Tally:
    """Return the tally of all findings."""
    unmet = [item for item in found.requirements if item.decides]
    tripped = tuple(gate_name(g) for g in found.gates if g.tripped)
    open_questions = [i for i in found.requirements if i.hard and i.verdict is Verdict.UNPROVEN]
    return Tally(
        gates=tripped + tuple(requirement_name(item) for item in unmet if item.gate),
        fails=tuple(requirement_name(item) for item in unmet if not item.gate),
        unproven=(
            *(requirement_name(item) for item in open_questions),
            *(gate_name(g) for g in found.gates if g.claims or g.missing),
            *(line.name for line in found.lines if line.mandatory and not line.present),
        ),
        factors={f.factor: f.score for f in found.factors},
        record=found.record.score,
        record_undisputed=record_undisputed,
        similar=found.similar.score,
        coverage=covered,
        own={requirement_name(i): _requirement_text(i) for i in found.requirements if _unmet_by_us(i)},
        doubts=_doubts(found),
        unsettled={f.factor: f.unproven for f in found.factors if f.unproven},
        best={f.factor: f.best for f in found.factors},
    )


def _unmet_by_us(item: RequirementResult) -> bool:
    return item.hard and item.verdict is Verdict.UNMET and item.basis is Basis.METHOD


def _doubts(found: Findings) -> tuple[str, ...]:
    named = [name for gate in found.gates for name in gate.doubts]
    named += [name for item in found.requirements for name in item.doubts]
    return tuple(dict.fromkeys(named))


def total(parts: Tally, weights: Weights) -> Decimal | None:
    """Return the total 0–100; what is unknown passes its weight to what is known."""
    known = [score for score in parts.factors.values() if score is not None]
    mean = sum(known, ZERO) / len(known) if known else None
    weighed = [(mean, weights.factors), (parts.record, weights.record), (parts.similar, weights.similar)]
    present = [(score, weight) for score, weight in weighed if score is not None]
    if mean is None:
        return None
    return rounded(sum((s * w for s, w in present), ZERO) / sum((w for _, w in present), ZERO), 1)


def working(parts: Tally, weights: Weights) -> str:
    """Return the arithmetic of `total`, the parts in the order of the weights; empty where there is none."""
    score = total(parts, weights)
    known = [score for score in parts.factors.values() if score is not None]
    if score is None:
        return ""
    mean = sum(known, ZERO) / len(known)
    weighed = [(mean, weights.factors), (parts.record, weights.record), (parts.similar, weights.similar)]
    present = [(part, weight) for part, weight in weighed if part is not None]
    terms = " + ".join(f"{number(part, 3)} × {number(weight)}" for part, weight in present)
    whole = sum((weight for _, weight in present), ZERO)
    text = terms if whole == 1 else f"({terms}) ÷ {number(whole)}"
    tail = "" if whole == 1 else "；未评定的部分不计入，其权重由其余部分按比例分担"
    return f"综合得分 = {text} = {number(score, 1)}{tail}"


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
    return [item.text for item in _shortfalls(parts, rules)]


def _shortfalls(parts: Tally, rules: Rules) -> Iterator[_Shortfall]:
    rule = rules.rule
    for name, text in parts.own.items():
        yield _Shortfall(f"{text}；所缺参数由本机构设定，不单独否决", name)
    sum_up = total(parts, rules.weights)
    if sum_up is None or sum_up < rule.total:
        shown = "无法计算" if sum_up is None else f"{number(sum_up, 1)} 分"
        text = f"综合得分 {shown}，低于 {number(rule.total)} 分{_total_open(parts, rules)}"
        yield _Shortfall(text, _TOTAL)
    yield from _weak_factors(parts, rule)
    yield from _weak_evidence(parts, rule)


def _total_open(parts: Tally, rules: Rules) -> str:
    # A total that is low only for want of evidence must not read like a finding about the applicant.
    best = total(replace(parts, factors={**parts.factors, **parts.best}), rules.weights)
    if not parts.unsettled or best is None or best < rules.rule.total:
        return ""
    return "；其中未证实的只按已证实的部分计分，不等于不满足"


def _weak_factors(parts: Tally, rule: ConclusionRule) -> Iterator[_Shortfall]:
    floor = f"低于 {number(rule.factor_floor)} 分"
    for factor, score in parts.factors.items():
        if score is None:
            yield _Shortfall(f"{factor}证据不足，未能评定", factor)
        elif score < rule.factor_floor:
            text = f"{factor}得分 {number(score, 1)} 分，{floor}{_factor_open(parts, factor, rule)}"
            yield _Shortfall(text, factor)


def _factor_open(parts: Tally, factor: Factor, rule: ConclusionRule) -> str:
    names, best = parts.unsettled.get(factor, ()), parts.best.get(factor)
    if not names or best is None or best < rule.factor_floor:
        return ""
    return f"；{'、'.join(names)}现有证据不足、未证实，只按已证实的部分计分"


def _weak_evidence(parts: Tally, rule: ConclusionRule) -> Iterator[_Shortfall]:
    if parts.record < rule.record_floor:
        text = f"信用记录得分 {number(parts.record, 1)} 分，低于 {number(rule.record_floor)} 分"
        yield _Shortfall(text, _RECORD)
    if parts.coverage < rule.coverage_full:
        shown = apart(percent, parts.coverage, rule.coverage_full)
        yield _Shortfall(f"证据覆盖率 {shown}，低于 {percent(rule.coverage_full)}", _COVERAGE)
    if parts.doubts:
        yield _Shortfall("公共来源以外所称的否决情形正在异议之中，尚不能排除", _DOUBTS)


_TOTAL, _RECORD, _COVERAGE, _DOUBTS = "total", "record", "coverage", "doubts"


def rests_on_dispute(parts: Tally, rules: Rules) -> bool:
    """Say whether leaving out the disputed records would change the conclusion."""
    without = replace(parts, record=parts.record_undisputed, doubts=())
    return decide(parts, rules) is not decide(without, rules)


def disputed(conclusion: Conclusion | None, why: Sequence[Reason], parts: Tally, rules: Rules) -> bool:
    """Say whether a conclusion is 【异议中】: it would be another one without the disputed records."""
    if conclusion is Conclusion.INCAPABLE:
        return all(reason.disputed for reason in why)
    return conclusion is not None and rests_on_dispute(parts, rules)


def reasons(conclusion: Conclusion | None, parts: Tally, rules: Rules, found: Findings) -> tuple[Reason, ...]:
    """Return the reasons of the conclusion, the binding one first."""
    if conclusion is Conclusion.INCAPABLE:
        tripped = [gate.reason for gate in found.gates if gate.tripped]
        failed = sorted((i for i in found.requirements if i.decides), key=lambda item: not item.gate)
        return (*tripped, *(_requirement_reason(item) for item in failed))
    if conclusion is Conclusion.LIMITED:
        return tuple(_limiting(parts, rules, found))
    if conclusion is Conclusion.CAPABLE:
        met = [i for i in found.requirements if i.hard and i.verdict is Verdict.MET]
        said = f"{len(met)} 项必备要求全部满足" if met else "项目未设必备要求"
        text = f"未触及否决项，{said}，综合得分 {number(total(parts, rules.weights) or ZERO, 1)} 分"
        return (Reason(text=text, basis=Basis.TENDER if met else Basis.METHOD),)
    return ()


def _limiting(parts: Tally, rules: Rules, found: Findings) -> Iterator[Reason]:
    clauses = {requirement_name(item): item.clause for item in found.requirements}
    for item in _shortfalls(parts, rules):
        yield Reason(
            text=item.text,
            basis=Basis.METHOD,
            clause=clauses.get(item.about, ""),
            evidence=_evidence(item.about, parts, found),
            disputed=item.about == _DOUBTS,
        )
    if rests_on_dispute(parts, rules):
        yield Reason(
            text="起决定作用的不良记录正在异议之中；不计该记录的，结论会改变",
            basis=Basis.METHOD,
            evidence=(*parts.doubts, *_costly(found, RecordState.DISPUTED)),
            disputed=True,
        )


def _evidence(about: str, parts: Tally, found: Findings) -> tuple[str, ...]:
    named = {requirement_name(item): item.evidence for item in found.requirements}
    named |= {f.factor: _short_of(f) for f in found.factors}
    named[_RECORD] = _costly(found)
    named[_DOUBTS] = parts.doubts
    named[_TOTAL] = (*(e for f in found.factors for e in _short_of(f)), *_costly(found))
    return tuple(dict.fromkeys(named.get(about, ())))[:_MOST_EVIDENCE]


def _short_of(result: FactorResult) -> tuple[str, ...]:
    lines = [line for line in (*result.need, *result.use) if line.score is not None and line.score < _FULL]
    return tuple(name for line in lines for name in line.evidence)


def _costly(found: Findings, state: RecordState | None = None) -> tuple[str, ...]:
    items = [i for i in found.record.items if i.points and state in {None, i.state}]
    return tuple(item.evidence for item in sorted(items, key=lambda item: -item.points))[:_MOST_EVIDENCE]


def _requirement_text(item: RequirementResult) -> str:
    gap = f"（差额 {item.margin}）" if item.margin else ""
    return f"{item.asked_and_found}{gap}"


def _requirement_reason(item: RequirementResult) -> Reason:
    return Reason(
        text=_requirement_text(item),
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
        after = "签约与履约中" if tender else "作出决定与此后的检查中"
        return f"{user}可认定申请人具备承担本项目的信用能力；{after}留意所列风险提示。"
    if conclusion is Conclusion.LIMITED:
        if_so = "如签约" if tender else "如予通过"
        return f"建议{user}审慎评价：先核实所列不足，{if_so}，应采取第 11 节所列缓释措施。"
    if conclusion is Conclusion.INCAPABLE:
        return f"请{user}按所列依据核实上述事实；属实的，申请人不具备承担本项目的信用能力。"
    return "证据不足，未作结论；请申请人按缺件清单补齐后重新申请。"
