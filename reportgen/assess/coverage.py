"""Coverage: how much of the evidence this judgement needs is there, and what is missing (缺件清单)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from reportgen.assess.accounts import asked_years, counted, founded
from reportgen.assess.asking import how
from reportgen.assess.case import Case
from reportgen.assess.model import (
    CoverageLine,
    EvidenceFor,
    FactorResult,
    Gap,
    GateResult,
    RequirementResult,
    Verdict,
)
from reportgen.assess.wording import day, rounded
from reportgen.subject.base import Source
from reportgen.subject.model import Subject


def coverage_lines(
    case: Case, requirements: Sequence[RequirementResult], factors: Sequence[FactorResult]
) -> tuple[CoverageLine, ...]:
    """Return one line per piece of evidence the judgement needs."""
    lines = [line for subject in case.subjects for line in _basics(case, subject)]
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
    gates: Sequence[GateResult], requirements: Sequence[RequirementResult], lines: Sequence[CoverageLine]
) -> tuple[Gap, ...]:
    """Return what is missing: what bars unless it is disproved, the requirements, hard ones first, the rest."""
    unproven = [item for item in requirements if item.verdict is Verdict.UNPROVEN]
    basics = [line for line in lines if not line.present and line.needed_for is EvidenceFor.SUBJECT]
    return (
        *(_gate_gap(gate) for gate in gates if gate.claims or gate.missing),
        *(_requirement_gap(item) for item in sorted(unproven, key=lambda item: not item.hard)),
        *(Gap(what=line.name, why=line.detail, how="补充材料并由本机构核实") for line in basics),
    )


def _gate_gap(gate: GateResult) -> Gap:
    return Gap(
        what=f"否决项“{gate.title}”的查证",
        why=gate.reason.text,
        how=how(gate.missing, "公共来源的查询结果"),
        clause=gate.reason.clause,
    )


def _requirement_gap(item: RequirementResult) -> Gap:
    hard = "必备要求未证实" if item.hard else "要求未证实"
    return Gap(
        what=item.required,
        why=f"{hard}：{item.actual}",
        how=how(item.missing, "相应证明材料"),
        clause=item.clause,
    )


def _basics(case: Case, subject: Subject) -> Iterator[CoverageLine]:
    missing = [str(year) for year in lacking_years(case, subject)]
    fresh = _fresh(case, subject)
    lack = "缺 " + "、".join(missing) + " 年" if missing else "已取得"
    needed = (
        ("登记信息", subject.proven(subject.registration), "登记机关公示信息", True),
        ("公共信用信息", case.looked_up(subject), "完整且在时效内的公共信用信息查询结果", True),
        ("近三年财务报表", not missing, lack, False),
        ("数据时效", not fresh, fresh or "各来源均在时效内", False),
    )
    for name, present, detail, mandatory in needed:
        yield CoverageLine(
            name=case.name_of(subject) + name,
            present=present,
            detail=detail,
            needed_for=EvidenceFor.SUBJECT,
            mandatory=mandatory,
        )


def stale_sources(case: Case, subject: Subject) -> tuple[Source, ...]:
    """Return the sources relied on that are too old beside the subject's facts."""
    limit = case.policy.horizons.stale
    return tuple(s for s in subject.relied_on() if (subject.as_of - s.collected_on).days > limit)


def lacking_years(case: Case, subject: Subject) -> list[int]:
    """Return the years of the last three, since the founding, of which no statement counts."""
    years = [year for year in asked_years(case, 3) if year >= founded(subject)]
    return [year for year in sorted(years) if year not in counted(subject)]


def _fresh(case: Case, subject: Subject) -> str:
    limit = case.policy.horizons.stale
    old = stale_sources(case, subject)
    parts = [f"{s.name}采集于{day(s.collected_on)}，超过 {limit} 天" for s in old]
    if (case.judged_on - subject.as_of).days > limit:
        parts.append(f"数据截止于{day(subject.as_of)}，至{case.project.judged_by}超过 {limit} 天")
    return "；".join(parts)
