"""What a changed assumption changes in a judgement: before → after, line by line; data in, lines out."""

from collections.abc import Iterator, Mapping

from reportgen.assess.model import Assessment, GateResult
from reportgen.assess.wording import percent
from reportgen.document.workings import points

NOTICE = "假设推演，不得作为报告"
_NONE = "（无）"


def differences(before: Assessment, after: Assessment) -> Iterator[str]:
    """Yield the conclusion before and after, then every part of the judgement that differs."""
    yield f"结论：{before.sentence} → {after.sentence}"
    yield from _changed("", {"理由": _reason(before)}, {"理由": _reason(after)})
    yield from _changed("否决项", _gates(before), _gates(after))
    yield from _changed("要求", _requirements(before), _requirements(after))
    yield from _changed("", _scores(before), _scores(after))


def _changed(sort: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for name in dict.fromkeys([*before, *after]):
        was, is_now = before.get(name, _NONE), after.get(name, _NONE)
        if was != is_now:
            yield f"{sort} {name}：{was} → {is_now}".strip()


def _reason(a: Assessment) -> str:
    if a.gaps is not None:
        return "缺 " + "；".join(gap.what for gap in a.gaps.gaps)
    return a.binding.text if a.binding else _NONE


def _gates(a: Assessment) -> dict[str, str]:
    return {gate.title: _gate(gate) for gate in a.gates}


def _gate(gate: GateResult) -> str:
    return "触及" if gate.tripped else "未证实" if gate.unproven else "未触及"


def _requirements(a: Assessment) -> dict[str, str]:
    return {
        f"{item.clause} {item.name}": "，".join(
            part for part in (item.verdict, item.actual, item.margin) if part
        )
        for item in a.requirements
    }


def _scores(a: Assessment) -> dict[str, str]:
    factors = {factor.factor.value: points(factor.score) for factor in a.factors}
    folded = {"信用记录": points(a.record.score), "同类项目": points(a.similar.score)}
    return factors | folded | {"证据覆盖率": percent(a.coverage, 1), "综合得分": points(a.total)}
