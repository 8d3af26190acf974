"""What would change the conclusion: single changes tried one by one on `decide`, and sensitivity."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from reportgen.assess.conclusion import Rules, Tally, decide, total
from reportgen.assess.measure import ZERO
from reportgen.assess.model import Conclusion, Flip, GateResult, RecordResult, RequirementResult
from reportgen.assess.wording import number
from reportgen.policy.model import Weights
from reportgen.subject.records import Severity

_FULL = Decimal(100)
_MOST = 4
_SHIFT = Decimal("0.1")


def flips(
    parts: Tally,
    rules: Rules,
    requirements: Sequence[RequirementResult],
    gates: Sequence[GateResult],
    record: RecordResult,
    adverse_points: dict[Severity, Decimal],
) -> tuple[Flip, ...]:
    """Return up to four single changes that change the conclusion, the smallest first."""
    now = decide(parts, rules)
    if now is None:
        return ()
    if now is Conclusion.INCAPABLE:
        tried = _lifted(parts, requirements, gates)
    elif now is Conclusion.LIMITED:
        tried = _improved(parts, rules, record)
    else:
        tried = _worsened(parts, rules, adverse_points)
    found = [
        Flip(change=text, conclusion=after)
        for text, new in tried
        if (after := decide(new, rules)) not in {now, None}
    ]
    return tuple(found[:_MOST])


def _lifted(
    parts: Tally, requirements: Sequence[RequirementResult], gates: Sequence[GateResult]
) -> Iterator[tuple[str, Tally]]:
    texts = {g.id: f"“{g.title}”的情形不再存在" for g in gates}
    texts |= {r.id: f"第 {r.clause} 条得到满足{_shortfall(r)}" for r in requirements}
    deciding = [*parts.gates, *parts.fails]
    for name in deciding:
        yield texts[name], _without(parts, {name})
    if len(deciding) > 1:
        yield f"以上 {len(deciding)} 项全部消除", _without(parts, set(deciding))


def _shortfall(item: RequirementResult) -> str:
    return f"（尚差 {item.margin.lstrip('−')}）" if item.margin.startswith("−") else ""


def _without(parts: Tally, names: set[str]) -> Tally:
    return replace(
        parts,
        gates=tuple(g for g in parts.gates if g not in names),
        fails=tuple(f for f in parts.fails if f not in names),
    )


def _improved(parts: Tally, rules: Rules, record: RecordResult) -> Iterator[tuple[str, Tally]]:
    for item in sorted(record.items, key=lambda item: item.points):
        if item.points > 0:
            better = min(_FULL, parts.record + item.points)
            label = item.number or item.title
            yield f"“{label}”一条经修复、撤销或异议成立而不再使用", replace(parts, record=better)
    for factor, score in parts.factors.items():
        for step in range(1, 101):
            raised = max(score or ZERO, Decimal(step))
            new = replace(parts, factors={**parts.factors, factor: raised})
            if raised > (score or ZERO) and decide(new, rules) is Conclusion.CAPABLE:
                yield f"{factor}得分由 {_shown(score)}提高到 {number(raised, 1)} 分", new
                break
    yield "证据覆盖率补足", replace(parts, coverage=Decimal(1))
    if parts.similar is not None:
        yield "同类项目履约瑕疵消除", replace(parts, similar=_FULL)


def _shown(score: Decimal | None) -> str:
    return "未评定" if score is None else f"{number(score, 1)} 分"


def _worsened(
    parts: Tally, rules: Rules, adverse_points: dict[Severity, Decimal]
) -> Iterator[tuple[str, Tally]]:
    for severity in (Severity.ORDINARY, Severity.SERIOUS, Severity.GRAVE):
        worse = max(ZERO, parts.record - adverse_points[severity])
        yield f"新增一条{severity}不良记录", replace(parts, record=worse)
    floor = rules.rule.factor_floor
    for factor, score in sorted(parts.factors.items(), key=lambda pair: pair[1] or ZERO):
        below = max(ZERO, floor - 1)
        text = f"{factor}得分由 {_shown(score)}降到 {number(floor)} 分以下"
        yield text, replace(parts, factors={**parts.factors, factor: below})


def sensitivity(parts: Tally, rules: Rules) -> str:
    """Return whether the conclusion holds when weights shift by 0.1 and the total threshold by 5 points."""
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
    for text, df, dr, ds in (
        ("信用记录权重加 0.1", -_SHIFT, _SHIFT, ZERO),
        ("信用记录权重减 0.1", _SHIFT, -_SHIFT, ZERO),
        ("同类项目权重加 0.1", -_SHIFT, ZERO, _SHIFT),
        ("同类项目权重减 0.1", _SHIFT, ZERO, -_SHIFT),
    ):
        weights = Weights(factors=w.factors + df, record=w.record + dr, similar=w.similar + ds, use=w.use)
        yield text, replace(rules, weights=weights)
