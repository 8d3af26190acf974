"""What would change the conclusion: changes tried on `decide`, singly and then in pairs, and sensitivity.

A change is tried with what hangs on it: a requirement that is met also earns its factor the points, a
record no longer used also lightens those it made a repetition.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from itertools import combinations, islice
from typing import Any

from reportgen.assess.conclusion import (
    Findings,
    Rules,
    Tally,
    decide,
    gate_name,
    requirement_name,
    total,
)
from reportgen.assess.factors import score_if_met
from reportgen.assess.measure import ZERO
from reportgen.assess.model import Conclusion, Flip, RequirementResult
from reportgen.assess.wording import number
from reportgen.policy.values import Weights
from reportgen.project.requirements import Factor
from reportgen.subject.records import Severity

_FULL = Decimal(100)
_MOST = 4
_SHIFT = Decimal("0.1")
Tried = Iterator[tuple[str, Tally]]


@dataclass(frozen=True)
class Worlds:
    """What the changes start from: the findings, the record's score without each record that costs
    points, and the points of one more record by its severity.
    """

    found: Findings
    without: Mapping[str, Decimal]
    points: Mapping[Severity, Decimal]


def flips(parts: Tally, rules: Rules, worlds: Worlds) -> tuple[Flip, ...]:
    """Return up to four changes that change the conclusion, the smallest first; pairs where no single one does."""
    now = decide(parts, rules)
    if now is None:
        return ()
    tried = {
        Conclusion.INCAPABLE: _lifted,
        Conclusion.LIMITED: _improved,
        Conclusion.CAPABLE: _worsened,
    }[now](parts, rules, worlds)
    found = _changing(tried, now, rules)
    if not found and now is Conclusion.LIMITED:
        found = _changing(_paired(parts, rules, worlds), now, rules)
    return found


def _changing(tried: Tried, now: Conclusion, rules: Rules) -> tuple[Flip, ...]:
    outcomes = ((text, decide(new, rules)) for text, new in tried)
    changed = (Flip(change=text, conclusion=c) for text, c in outcomes if c not in {None, now})
    return tuple(islice(changed, _MOST))


def _paired(parts: Tally, rules: Rules, worlds: Worlds) -> Tried:
    """Yield pairs of changes where no single one is enough, such as two factors below their floor."""
    moves = [*_own_met(parts, rules, worlds), *_cleared(parts, worlds), *_lifted_factors(parts, rules)]
    moves += _completed(parts)
    for (first, one), (second, other) in combinations(moves, 2):
        changed, also = _changed(parts, one), _changed(parts, other)
        if not changed.keys() & also.keys() - {"factors"}:
            factors = {
                f: max((one.factors[f], other.factors[f]), key=lambda x: x or ZERO) for f in parts.factors
            }
            yield f"{first}，并且{second}", replace(parts, **{**changed, **also, "factors": factors})


def _changed(parts: Tally, new: Tally) -> dict[str, Any]:
    return {
        f.name: getattr(new, f.name) for f in fields(parts) if getattr(new, f.name) != getattr(parts, f.name)
    }


def _lifted_factors(parts: Tally, rules: Rules) -> Tried:
    for factor, score in parts.factors.items():
        for target in (rules.rule.factor_floor, _FULL):
            if (score or ZERO) < target:
                text = f"{factor}得分由 {_shown(score)}提高到 {number(target)} 分"
                yield text, replace(parts, factors={**parts.factors, factor: target})


def _own_met(parts: Tally, rules: Rules, worlds: Worlds) -> Tried:
    for item in worlds.found.requirements:
        if requirement_name(item) in parts.own:
            yield _met(item), _without(parts, {requirement_name(item)}, rules, worlds)


def _completed(parts: Tally) -> Tried:
    yield "证据覆盖率补足", replace(parts, coverage=Decimal(1))
    if parts.similar is not None:
        yield "同类项目履约瑕疵消除", replace(parts, similar=_FULL)


def _lifted(parts: Tally, rules: Rules, worlds: Worlds) -> Tried:
    texts = {gate_name(g): f"“{g.title}”的情形不再存在" for g in worlds.found.gates}
    texts |= {requirement_name(r): _met(r) for r in worlds.found.requirements}
    deciding = [*parts.gates, *parts.fails]
    for name in deciding:
        yield texts[name], _without(parts, {name}, rules, worlds)
    if len(deciding) > 1:
        yield f"以上 {len(deciding)} 项全部补正、撤销或期满", _without(parts, set(deciding), rules, worlds)


def _met(item: RequirementResult) -> str:
    short = f"（尚差 {item.margin.lstrip('−')}）" if item.margin.startswith("−") else ""
    return f"要求 {item.clause} 得到满足{short}"


def _without(parts: Tally, names: set[str], rules: Rules, worlds: Worlds) -> Tally:
    met = [item for item in worlds.found.requirements if requirement_name(item) in names]
    hits = {name for item in met for name in item.evidence if item.gate}
    hits |= {name for g in worlds.found.gates if gate_name(g) in names for name in g.reason.evidence}
    cleared = hits & set(worlds.without)
    return replace(
        parts,
        gates=tuple(g for g in parts.gates if g not in names),
        fails=tuple(f for f in parts.fails if f not in names),
        own={name: text for name, text in parts.own.items() if name not in names},
        factors=_raised(parts, met, rules, worlds.found),
        record=worlds.without[cleared.pop()] if len(cleared) == 1 else parts.record,
    )


def _raised(
    parts: Tally, met: Sequence[RequirementResult], rules: Rules, found: Findings
) -> dict[Factor, Decimal | None]:
    names = {item.id for item in met}
    touched = {item.factor for item in met}
    return {
        result.factor: score_if_met(result, names, rules.weights.use)
        if result.factor in touched
        else parts.factors[result.factor]
        for result in found.factors
    }


def _improved(parts: Tally, rules: Rules, worlds: Worlds) -> Tried:
    yield from _own_met(parts, rules, worlds)
    yield from _cleared(parts, worlds)
    for factor, score in parts.factors.items():
        for step in range(1, 101):
            raised = max(score or ZERO, Decimal(step))
            new = replace(parts, factors={**parts.factors, factor: raised})
            if raised > (score or ZERO) and decide(new, rules) is Conclusion.CAPABLE:
                yield f"{factor}得分由 {_shown(score)}提高到 {number(raised, 1)} 分", new
                break
    yield from _completed(parts)


def _cleared(parts: Tally, worlds: Worlds) -> Tried:
    for item in sorted(worlds.found.record.items, key=lambda item: (item.points, item.evidence)):
        if item.evidence in worlds.without:
            new = replace(
                parts,
                record=worlds.without[item.evidence],
                doubts=tuple(name for name in parts.doubts if name != item.evidence),
            )
            yield f"“{item.number or item.title}”经修复、撤销或异议成立而不再计入", new


def _shown(score: Decimal | None) -> str:
    return "未评定" if score is None else f"{number(score, 1)} 分"


def _worsened(parts: Tally, rules: Rules, worlds: Worlds) -> Tried:
    for severity in (Severity.ORDINARY, Severity.SERIOUS, Severity.GRAVE):
        worse = max(ZERO, parts.record - worlds.points[severity])
        yield f"新增一条{severity}不良记录", replace(parts, record=worse)
    floor = rules.rule.factor_floor
    for factor, score in sorted(parts.factors.items(), key=lambda pair: pair[1] or ZERO):
        below = max(ZERO, floor - 1)
        text = f"{factor}得分由 {_shown(score)}降到低于 {number(floor)} 分"
        yield text, replace(parts, factors={**parts.factors, factor: below})


def sensitivity(parts: Tally, rules: Rules) -> str:
    """Return whether the conclusion holds when weights shift by 0.1 and the total threshold by 5 points.

    A weight below 0.1 shifts by what it has.
    """
    now = decide(parts, rules)
    if now is None:
        return ""
    if now is Conclusion.INCAPABLE:
        return "结论由法定或招标文件要求决定，与权重、分数线无关。"
    changed = [text for text, other in _shifted(rules) if decide(parts, other) is not now]
    score = total(parts, rules.weights)
    margin = (
        f"综合得分 {number(score, 1)} 分，分数线 {number(rules.rule.total)} 分"
        if score is not None
        else "综合得分无法计算"
    )
    return f"{margin}；" + (
        f"结论在{'、'.join(changed)}时改变。" if changed else "权重各移动 0.1、分数线上下 5 分，结论均不变。"
    )


def _shifted(rules: Rules) -> Iterator[tuple[str, Rules]]:
    for delta in (-5, 5):
        moved = rules.rule.model_copy(update={"total": rules.rule.total + delta})
        yield f"分数线{'上移' if delta > 0 else '下移'} 5 分", replace(rules, rule=moved)
    w = rules.weights
    for name, text in (("record", "信用记录"), ("similar", "同类项目")):
        for sign, word in ((1, "加"), (-1, "减")):
            giver: Decimal = w.factors if sign > 0 else getattr(w, name)
            shift = min(_SHIFT, giver)
            moved_by = {"factors": w.factors - sign * shift, name: getattr(w, name) + sign * shift}
            weights = Weights.model_validate({**w.model_dump(), **moved_by})
            yield f"{text}权重{word} {number(shift)}", replace(rules, weights=weights)
