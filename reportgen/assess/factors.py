"""技术水平、设备条件、人力资源、资金实力: adequacy for this project, and how each is used (运用).

Adequacy is capped at sufficiency: meeting the need exactly is full marks and more earns nothing, so
no score rewards size, region, ownership or capital (招标投标领域公平竞争审查规则, art. 7). Where the
tender asks nothing for a factor the need is derived by 机构方法, and the line says so.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal

from reportgen.assess.capability import engaged, of, technical_staff
from reportgen.assess.case import Case, ref
from reportgen.assess.funds import commitments, liquid, liquidity_need, reliable, turnover
from reportgen.assess.measure import ZERO, Figure, compare, joined
from reportgen.assess.model import Basis, FactorLine, FactorResult, RequirementResult, Verdict
from reportgen.assess.wording import money, number, percent, rounded
from reportgen.policy.model import FactorCurve
from reportgen.project.requirements import Factor, JointRule, TurnoverRequirement
from reportgen.subject.base import in_force
from reportgen.subject.holdings import ContractStatus, Qualification, Technology
from reportgen.subject.model import Subject

CAPABILITIES = (Factor.TECHNOLOGY, Factor.EQUIPMENT, Factor.STAFF, Factor.FUNDS)
_FULL = Decimal(100)
_CALM_TURNOVER = Decimal("0.3")
"""Share of staff leaving in a year above which steadiness counts as short (本机构设定)."""


def factor_results(case: Case, requirements: Sequence[RequirementResult]) -> tuple[FactorResult, ...]:
    """Return the four factors in their order."""
    return tuple(_factor(case, factor, requirements) for factor in CAPABILITIES)


def adequacy(ratio: Decimal | None, curve: FactorCurve) -> Decimal | None:
    """Return 0–100 for r = available/required: 100·min(1, max(0, (r − r0)/(r1 − r0)))."""
    if ratio is None:
        return None
    return rounded(_FULL * min(Decimal(1), max(ZERO, (ratio - curve.zero) / (curve.full - curve.zero))), 1)


def _factor(case: Case, factor: Factor, requirements: Sequence[RequirementResult]) -> FactorResult:
    asked = [_asked(case, item) for item in requirements if item.factor is factor]
    need = tuple(asked or _DERIVED[factor](case))
    use = tuple(line for line in _USED[factor](case) if line is not None)
    score = _score(need, use, case.policy.weights.use)
    return FactorResult(
        factor=factor,
        score=score,
        floor=case.policy.conclusion.factor_floor,
        need=need,
        use=use,
        finding=_finding(factor, score, need),
    )


def _score(need: Sequence[FactorLine], use: Sequence[FactorLine], weight: Decimal) -> Decimal | None:
    needed = _mean([line.score for line in need])
    used = _mean([line.score for line in use])
    if needed is None:
        return None
    return needed if used is None else rounded(needed * (1 - weight) + used * weight, 1)


def _mean(scores: Sequence[Decimal | None]) -> Decimal | None:
    known = [score for score in scores if score is not None]
    return rounded(sum(known, ZERO) / len(known), 1) if known else None


def _finding(factor: Factor, score: Decimal | None, need: Sequence[FactorLine]) -> str:
    if score is None:
        return f"{factor}：现有证据不足以评定"
    short = [line.name for line in need if line.score is not None and line.score < _FULL]
    unknown = [line.name for line in need if line.score is None]
    parts = [f"{'、'.join(short)}低于本项目需要"] if short else []
    parts += [f"{'、'.join(unknown)}未证实"] if unknown else []
    return f"{factor}：" + ("；".join(parts) or "满足本项目需要")


def _asked(case: Case, item: RequirementResult) -> FactorLine:
    ratio = item.slack
    if ratio is None and item.verdict is not Verdict.UNPROVEN:
        ratio = Decimal(1) if item.verdict is Verdict.MET else ZERO
    if item.verdict is Verdict.UNPROVEN:
        ratio = None
    return FactorLine(
        name=item.name,
        available=item.actual,
        required=item.required,
        ratio=ratio,
        score=adequacy(ratio, case.policy.curve),
        basis=item.basis,
        formula=item.formula,
        evidence=item.evidence,
    )


def _line(case: Case, name: str, figure: Figure, need: Decimal, show: Callable[[Decimal], str]) -> FactorLine:
    found = compare(figure, need, show, name=name)
    return FactorLine(
        name=name,
        available=found.actual,
        required=found.required,
        ratio=found.slack,
        score=adequacy(found.slack, case.policy.curve),
        basis=Basis.METHOD,
        formula=found.formula,
        evidence=found.evidence,
    )


def _need_technology(case: Case) -> list[FactorLine]:
    held = [
        ref(subject, item)
        for subject in case.applicant.subjects
        for item in _titles(subject)
        if subject.counts(item) and in_force(None, item.valid_until, case.judged_on)
    ]
    figure = Figure(Decimal(len(held)) if held else None, None, evidence=tuple(held[:10]))
    return [_line(case, "有效资质、认证与技术成果", figure, Decimal(1), of(" 项"))]


def _titles(subject: Subject) -> tuple[Qualification | Technology, ...]:
    return (*subject.qualifications, *subject.technology)


def _need_equipment(case: Case) -> list[FactorLine]:
    items = [(s, e) for s in case.applicant.subjects for e in s.equipment if s.counts(e)]
    free = sum((Decimal(e.count - e.committed) for _, e in items), ZERO)
    figure = Figure(free if items else None, None, evidence=tuple(ref(s, e) for s, e in items[:10]))
    return [_line(case, "可调用设备与场所", figure, Decimal(1), of(" 台（套）"))]


def _need_staff(case: Case) -> list[FactorLine]:
    length = max(case.project.period_years or Decimal(1), Decimal(1))
    per_person = case.policy.defaults.staff_per_year_value
    need = max(Decimal(1), (case.project.value / length / per_person).to_integral_value("ROUND_CEILING"))
    figure = joined(JointRule.SUM, [(m, technical_staff(m.subject)) for m in case.members()])
    return [_line(case, "技术人员", figure, need, of(" 人"))]


def _need_funds(case: Case) -> list[FactorLine]:
    yearly = turnover(case, TurnoverRequirement(kind="turnover", id="-", clause="-", text=""))
    need, _ = liquidity_need(case, None, None)
    means = joined(JointRule.SUM, [(m, liquid(m, case.judged_on)) for m in case.members()])
    revenue = FactorLine(
        name="年均营业额",
        available=yearly.actual,
        required=yearly.required,
        ratio=yearly.slack,
        score=adequacy(yearly.slack, case.policy.curve),
        basis=Basis.METHOD,
        formula=yearly.formula,
        evidence=yearly.evidence,
    )
    return [revenue, _line(case, "流动资金", means, need, money)]


_DERIVED: dict[Factor, Callable[[Case], list[FactorLine]]] = {
    Factor.TECHNOLOGY: _need_technology,
    Factor.EQUIPMENT: _need_equipment,
    Factor.STAFF: _need_staff,
    Factor.FUNDS: _need_funds,
}


def _use(
    name: str, share: Decimal, required: str, available: str, evidence: Sequence[str] = ()
) -> FactorLine:
    score = rounded(_FULL * min(Decimal(1), max(ZERO, share)), 1)
    return FactorLine(
        name=name,
        available=available,
        required=required,
        ratio=rounded(share, 4),
        score=score,
        basis=Basis.METHOD,
        evidence=tuple(evidence),
    )


def _use_technology(case: Case) -> list[FactorLine | None]:
    done = [
        ref(s, c)
        for s in case.applicant.subjects
        for c in s.contracts
        if c.category == case.project.category and c.status is ContractStatus.DONE and s.counts(c)
    ]
    if not done:
        return [None]
    return [_use("技术用于同类项目", Decimal(1), "≥ 1 项已验收", f"{len(done)} 项已验收", done[:10])]


def _use_equipment(case: Case) -> list[FactorLine | None]:
    items = [(s, e) for s in case.applicant.subjects for e in s.equipment if s.counts(e) and e.count]
    if not items:
        return [None]
    total = sum(e.count for _, e in items)
    free = total - sum(e.committed for _, e in items)
    dated = [(s, e) for s, e in items if e.commissioned_on and e.life_years]
    evidence = [ref(s, e) for s, e in items[:10]]
    lines: list[FactorLine | None] = [
        _use(
            "设备空闲程度", Decimal(2 * free) / total, "空闲 ≥ 50%", f"{free}/{total} 台（套）空闲", evidence
        )
    ]
    if dated:
        fresh = sum(e.count for _, e in dated if _age(case, e.commissioned_on) <= Decimal(e.life_years or 0))
        counted = sum(e.count for _, e in dated)
        lines.append(
            _use(
                "设备在使用年限内", Decimal(fresh) / counted, "全部", f"{fresh}/{counted} 台（套）", evidence
            )
        )
    return lines


def _age(case: Case, since: object) -> Decimal:
    days = (case.judged_on - since).days if since else 0  # type: ignore[operator]
    return Decimal(days) / Decimal("365.25")


def _use_staff(case: Case) -> list[FactorLine | None]:
    counted = [
        (s, h) for s in case.applicant.subjects for h in s.headcounts if s.counts(h) and h.left is not None
    ]
    lines: list[FactorLine | None] = []
    if counted:
        left = Decimal(sum(h.left or 0 for _, h in counted))
        rate = left / max(1, sum(h.total for _, h in counted))
        steady = Decimal(1) - max(ZERO, rate - _CALM_TURNOVER) / (1 - _CALM_TURNOVER)
        lines.append(
            _use(
                "人员稳定",
                steady,
                f"年离职 ≤ {percent(_CALM_TURNOVER)}",
                percent(rate, 1),
                [ref(s, h) for s, h in counted],
            )
        )
    people = [(s, p) for s in case.applicant.subjects for p in s.people if s.counts(p)]
    if people:
        free = sum(1 for _, p in people if not engaged(p, case.judged_on))
        share = Decimal(2 * free) / len(people)
        lines.append(
            _use(
                "关键人员空闲程度",
                share,
                "空闲 ≥ 50%",
                f"{free}/{len(people)} 人",
                [ref(s, p) for s, p in people[:10]],
            )
        )
    return lines


def _use_funds(case: Case) -> list[FactorLine | None]:
    flows = [
        (s, st)
        for s in case.applicant.subjects
        for st in s.statements
        if st.operating_cash_flow is not None and reliable(s, st)
    ]
    lines: list[FactorLine | None] = []
    if flows:
        positive = sum(1 for _, st in flows if (st.operating_cash_flow or ZERO) >= 0)
        lines.append(
            _use(
                "经营现金流",
                Decimal(positive) / len(flows),
                "各年非负",
                f"{positive}/{len(flows)} 年非负",
                [ref(s, st) for s, st in flows],
            )
        )
    revenue = sum(
        (max((st.revenue or ZERO for st in s.statements), default=ZERO) for s in case.applicant.subjects),
        ZERO,
    )
    length = max(case.project.period_years or Decimal(1), Decimal(1))
    if revenue:
        loads = [commitments(s, case.judged_on, length) for s in case.applicant.subjects]
        load = sum((amount for amount, _ in loads), ZERO) / (revenue * length)
        evidence = [item for _, items in loads for item in items]
        lines.append(
            _use(
                "在手合同负荷",
                Decimal(2) - load if load > 1 else Decimal(1),
                "≤ 年营业额",
                f"{number(load)} 倍",
                evidence,
            )
        )
    return lines


_USED: dict[Factor, Callable[[Case], list[FactorLine | None]]] = {
    Factor.TECHNOLOGY: _use_technology,
    Factor.EQUIPMENT: _use_equipment,
    Factor.STAFF: _use_staff,
    Factor.FUNDS: _use_funds,
}
