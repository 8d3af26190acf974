"""Coverage: how much of the evidence this judgement needs is there, and what is missing (缺件清单)."""

from collections.abc import Sequence
from decimal import Decimal

from reportgen.assess.case import Case
from reportgen.assess.funds import account_years, reliable
from reportgen.assess.model import CoverageLine, EvidenceFor, FactorResult, Gap, RequirementResult, Verdict
from reportgen.assess.wording import day, rounded
from reportgen.subject.model import Subject


def coverage_lines(
    case: Case, requirements: Sequence[RequirementResult], factors: Sequence[FactorResult]
) -> tuple[CoverageLine, ...]:
    """Return one line per piece of evidence the judgement needs."""
    lines = [line for subject in case.applicant.subjects for line in _basics(case, subject)]
    lines += [
        CoverageLine(
            name=f"要求 {item.clause}",
            present=item.verdict is not Verdict.UNPROVEN,
            detail=item.required,
            needed_for=EvidenceFor.REQUIREMENT,
        )
        for item in requirements
    ]
    lines += [
        CoverageLine(
            name=f.factor, present=f.score is not None, detail=f.finding, needed_for=EvidenceFor.FACTOR
        )
        for f in factors
    ]
    return tuple(lines)


def coverage(lines: Sequence[CoverageLine]) -> Decimal:
    """Return the share of lines that are present, 0–1."""
    return rounded(Decimal(sum(line.present for line in lines)) / max(1, len(lines)), 3)


def gaps(
    case: Case, requirements: Sequence[RequirementResult], lines: Sequence[CoverageLine]
) -> tuple[Gap, ...]:
    """Return what is missing, the hard requirements first."""
    unproven = [item for item in requirements if item.verdict is Verdict.UNPROVEN]
    found = [_requirement_gap(item) for item in sorted(unproven, key=lambda item: not item.hard)]
    basics = [line for line in lines if not line.present and line.needed_for is EvidenceFor.SUBJECT]
    return tuple(
        found + [Gap(what=line.name, why=line.detail, how="补充材料并由本机构核实") for line in basics]
    )


def _requirement_gap(item: RequirementResult) -> Gap:
    hard = "必备要求未证实" if item.hard else "要求未证实"
    return Gap(
        what=item.required,
        why=f"{hard}：{item.actual}",
        how="请提供" + ("、".join(item.missing) or "相应证明材料") + "，由本机构核实",
        clause=item.clause,
    )


def _basics(case: Case, subject: Subject) -> list[CoverageLine]:
    who = case.name_of(subject)
    registered = subject.counts(subject.registration)
    founded = subject.registration.established_on.year
    years = [year for year in account_years(case.judged_on, 3) if year >= founded]
    known = {s.year for s in subject.statements if reliable(subject, s)}
    missing = [str(year) for year in sorted(years) if year not in known]
    fresh = _fresh(case, subject)
    lack = "缺 " + "、".join(missing) + " 年" if missing else "已取得"
    needed = (
        ("登记信息", registered, "登记机关公示信息"),
        ("公共信用信息", subject.closed("records"), "完整的公共信用信息查询结果"),
        ("近三年财务报表", not missing, lack),
        ("数据时效", not fresh, fresh or "各来源均在时效内"),
    )
    return [
        CoverageLine(name=who + name, present=present, detail=detail, needed_for=EvidenceFor.SUBJECT)
        for name, present, detail in needed
    ]


def _fresh(case: Case, subject: Subject) -> str:
    limit = case.policy.horizons.stale
    old = [s for s in subject.sources if (subject.as_of - s.collected_on).days > limit]
    return "；".join(f"{s.name}采集于{day(s.collected_on)}，超过 {limit} 天" for s in old)
