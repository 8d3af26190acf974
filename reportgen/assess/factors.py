"""技术水平、设备条件、人力资源、资金实力: adequacy for this project, and how each is used (运用).

Adequacy is capped at sufficiency: meeting the need exactly is full marks and more earns nothing, so
no score rewards size, region, ownership or capital (招标投标领域公平竞争审查规则, art. 7). Where the
tender asks nothing for a factor the need is derived by 机构方法, and the line says so. What is 未证实
scores by its proven part, so that withholding papers never helps.
"""

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal

from reportgen.assess.accounts import turnover
from reportgen.assess.capability import at_hand, free, technical_staff
from reportgen.assess.case import Case, ref
from reportgen.assess.funds import liquid, liquidity_need
from reportgen.assess.measure import ZERO, Figure, Measured, compare, joined, of, shown
from reportgen.assess.model import Basis, FactorLine, FactorResult, RequirementResult, Verdict
from reportgen.assess.usage import equipment_use, funds_use, staff_use, technology_use
from reportgen.assess.wording import Show, money, number, rounded
from reportgen.policy.values import FactorCurve
from reportgen.project.requirements import Factor, JointRule, TurnoverRequirement
from reportgen.subject.base import in_force
from reportgen.subject.model import Subject

CAPABILITIES = (Factor.TECHNOLOGY, Factor.EQUIPMENT, Factor.STAFF, Factor.FUNDS)
_FULL = Decimal(100)
_ONE = Decimal(1)
_SHOWN = 10


def factor_results(case: Case, requirements: Sequence[RequirementResult]) -> tuple[FactorResult, ...]:
    """Return the four factors in their order."""
    return tuple(_factor(case, factor, requirements) for factor in CAPABILITIES)


def adequacy(ratio: Decimal | None, curve: FactorCurve) -> Decimal | None:
    """Return 0–100 for r = available/required: 100·min(1, max(0, (r − r0)/(r1 − r0)))."""
    if ratio is None:
        return None
    return rounded(_FULL * min(_ONE, max(ZERO, (ratio - curve.zero) / (curve.full - curve.zero))), 1)


def derived(case: Case, factor: Factor) -> list[tuple[str, Measured]]:
    """Return by name what this project needs of a factor by 机构方法, measured: where the tender asks nothing."""
    return _DERIVED[factor](case)


def score_if_met(result: FactorResult, requirements: Collection[str], weight: Decimal) -> Decimal | None:
    """Return the factor's score, were some requirements met; `weight` is that of the use."""
    return score_with(result, requirements, (), weight)


def score_with(
    result: FactorResult, requirements: Collection[str], lines: Collection[str], weight: Decimal
) -> Decimal | None:
    """Return the factor's score, were some requirements met and its lines of some names full.

    `lines` are names of lines of need that are our own, and of lines of use.
    """
    need = [
        _FULL if n.requirement in requirements or (not n.requirement and n.name in lines) else n.score
        for n in result.need
    ]
    use = [_FULL if u.name in lines else u.score for u in result.use]
    return _score(need, use, weight)


def _factor(case: Case, factor: Factor, requirements: Sequence[RequirementResult]) -> FactorResult:
    asked = [_asked(case, item) for item in requirements if item.factor is factor]
    need = _settled(asked or [_ours(case, name, found) for name, found in derived(case, factor)])
    use = tuple(_USED[factor](case))
    weight = case.policy.weights.use
    score = _score([n.score for n in need], [u.score for u in use], weight)
    best = [_FULL if n.verdict is Verdict.UNPROVEN else n.score for n in need]
    return FactorResult(
        factor=factor,
        score=score,
        best=_score(best, [u.score for u in use], weight),
        floor=case.policy.conclusion.factor_floor,
        need=need,
        use=use,
        finding=_finding(factor, score, need),
        working=_working(need, use, score, weight),
    )


def _settled(lines: Sequence[FactorLine]) -> tuple[FactorLine, ...]:
    # Where nothing at all is known there is no score; beside what is known, the unknown scores nothing.
    if all(line.score is None for line in lines):
        return tuple(lines)
    return tuple(
        line if line.score is not None else line.model_copy(update={"score": ZERO}) for line in lines
    )


def _score(need: Sequence[Decimal | None], use: Sequence[Decimal | None], weight: Decimal) -> Decimal | None:
    needed, used = _mean(need), _mean(use)
    if needed is None:
        return None
    return needed if used is None else rounded(needed * (1 - weight) + used * weight, 1)


def _working(
    need: Sequence[FactorLine], use: Sequence[FactorLine], score: Decimal | None, weight: Decimal
) -> str:
    needed, used = _mean([line.score for line in need]), _mean([line.score for line in use])
    if needed is None or score is None:
        return ""
    if used is None:
        return f"要素得分 = 需要各项平均 {number(needed, 1)}"
    return (
        f"要素得分 = 需要各项平均 {number(needed, 1)} × {number(1 - weight)}"
        f" + 运用各项平均 {number(used, 1)} × {number(weight)} = {number(score, 1)}"
    )


def _mean(scores: Sequence[Decimal | None]) -> Decimal | None:
    known = [score for score in scores if score is not None]
    return rounded(sum(known, ZERO) / len(known), 1) if known else None


def _finding(factor: Factor, score: Decimal | None, need: Sequence[FactorLine]) -> str:
    if score is None:
        return f"{factor}：现有证据不足以评定"
    short = [line.name for line in need if line.verdict is Verdict.UNMET]
    unproven = [_proven_part(line) for line in need if line.verdict is Verdict.UNPROVEN]
    parts = [f"{'、'.join(short)}低于本项目需要"] if short else []
    parts += [*unproven, "未证实的只按已证实的部分计分"] if unproven else []
    return f"{factor}：" + ("；".join(parts) or "满足本项目需要")


def _proven_part(line: FactorLine) -> str:
    known = "" if line.ratio is None else f"，已证实 {line.available}"
    return f"{line.name}现有证据不足、未证实{known}"


def _asked(case: Case, item: RequirementResult) -> FactorLine:
    ratio = _ratio(item.verdict, item.ratio)
    return FactorLine(
        name=item.name,
        available=item.actual,
        required=item.required,
        ratio=shown(ratio),
        score=adequacy(ratio, case.policy.curve),
        basis=item.basis,
        formula=item.formula,
        evidence=item.evidence,
        requirement=item.id,
        verdict=item.verdict,
    )


def _ratio(verdict: Verdict, slack: Decimal | None) -> Decimal | None:
    if slack is not None or verdict is Verdict.UNPROVEN:
        return slack
    return _ONE if verdict is Verdict.MET else ZERO


def _ours(case: Case, name: str, found: Measured) -> FactorLine:
    ratio = _ratio(found.verdict, found.slack)
    return FactorLine(
        name=name,
        available=found.actual,
        required=found.required,
        ratio=shown(ratio),
        score=adequacy(ratio, case.policy.curve),
        basis=Basis.METHOD,
        formula=found.formula,
        evidence=found.evidence,
        verdict=found.verdict,
    )


def _line(name: str, figure: Figure, need: Decimal, show: Show) -> tuple[str, Measured]:
    return name, compare(figure, need, show, name=name)


def _need_technology(case: Case) -> list[tuple[str, Measured]]:
    held = [name for subject in case.subjects for name in _titles(case, subject)]
    figure = Figure(
        Decimal(len(held)) if held else None,
        None,
        evidence=tuple(held[:_SHOWN]),
        missing=("资质、体系认证证书或技术成果的权属证明，写明有效期",),
    )
    return [_line("有效资质、认证与技术成果", figure, _ONE, of(" 项"))]


def _titles(case: Case, subject: Subject) -> list[str]:
    lasting = [q for q in subject.qualifications if q.valid_until is not None]
    held = [q for q in lasting if in_force(q.valid_from, q.valid_until, case.judged_on)]
    made = [t for t in subject.technology if in_force(t.granted_on, t.valid_until, case.judged_on)]
    return [ref(subject, item) for item in (*held, *made) if subject.counts(item)]


def _need_equipment(case: Case) -> list[tuple[str, Measured]]:
    items = [(s, e) for s in case.subjects for e in s.equipment if s.counts(e)]
    there = [(s, e) for s, e in items if at_hand(e, case.judged_on)]
    idle = sum((Decimal(free(case, s, e)) for s, e in there), ZERO)
    evidence = tuple(ref(s, e) for s, e in (there or items)[:_SHOWN])
    papers = ("可用于本项目的设备与场所清单，附购置发票或租赁合同及占用情况",)
    figure = Figure(idle if items else None, None, evidence=evidence, missing=papers)
    return [_line("可调用设备与场所", figure, _ONE, of(" 台（套）"))]


def _need_staff(case: Case) -> list[tuple[str, Measured]]:
    length = max(case.project.period_years or _ONE, _ONE)
    per_person = case.policy.defaults.staff_per_year_value
    need = max(_ONE, (case.project.value / length / per_person).to_integral_value("ROUND_CEILING"))
    figure = joined(JointRule.SUM, [(m, technical_staff(case, m.subject)) for m in case.members()])
    return [_line("技术人员", figure, need, of(" 人"))]


def _need_funds(case: Case) -> list[tuple[str, Measured]]:
    yearly = turnover(case, TurnoverRequirement(kind="turnover", id="-", clause="-", text=""))
    need, _ = liquidity_need(case, None, None)
    means = joined(JointRule.SUM, [(m, liquid(case, m.subject)) for m in case.members()])
    return [("年均营业额", yearly), _line("流动资金", means, need, money)]


_DERIVED: dict[Factor, Callable[[Case], list[tuple[str, Measured]]]] = {
    Factor.TECHNOLOGY: _need_technology,
    Factor.EQUIPMENT: _need_equipment,
    Factor.STAFF: _need_staff,
    Factor.FUNDS: _need_funds,
}
_USED: dict[Factor, Callable[[Case], list[FactorLine]]] = {
    Factor.TECHNOLOGY: technology_use,
    Factor.EQUIPMENT: equipment_use,
    Factor.STAFF: staff_use,
    Factor.FUNDS: funds_use,
}
