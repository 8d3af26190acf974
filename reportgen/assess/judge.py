"""The judgement in one function: gates → requirements → factors → record → conclusion → risk notes."""

from reportgen.assess.case import Case
from reportgen.assess.choices import chosen_results
from reportgen.assess.conclusion import (
    Findings,
    Rules,
    decide,
    disputed,
    reasons,
    recommendation,
    tally,
    total,
    working,
)
from reportgen.assess.coverage import coverage, coverage_lines, gaps
from reportgen.assess.factors import factor_results
from reportgen.assess.flips import Worlds, flips, sensitivity
from reportgen.assess.gates import gate_results
from reportgen.assess.incentives import clause_results, measure_results
from reportgen.assess.model import Assessment, EvidenceGaps, MemberIdentity, PackIdentity
from reportgen.assess.record import record_result, scores_without, undisputed_score
from reportgen.assess.requirements import requirement_results
from reportgen.assess.risks import risk_notes
from reportgen.assess.similar import similar_result


def findings(case: Case) -> Findings:
    """Return everything found about the applicant for the project."""
    requirements = requirement_results(case)
    factors = factor_results(case, requirements)
    return Findings(
        gates=gate_results(case) + chosen_results(case),
        requirements=requirements,
        factors=factors,
        record=record_result(case),
        similar=similar_result(case),
        lines=coverage_lines(case, requirements, factors),
    )


def assess(case: Case, snapshot_sha256: str) -> Assessment:
    """Return the whole judgement of one applicant for one project, by the policy of its date.

    A pure function: it reads no clock and no database. `snapshot_sha256` names the facts judged.
    """
    found = findings(case)
    covered = coverage(found.lines)
    parts = tally(found, covered, undisputed_score(case))
    rules = Rules(case.policy.conclusion, case.policy.weights)
    conclusion = decide(parts, rules)
    why = reasons(conclusion, parts, rules, found)
    worlds = Worlds(found, scores_without(case), case.policy.record.points)
    missing = EvidenceGaps(
        coverage=covered,
        least=rules.rule.coverage_least,
        gaps=gaps(found.gates, found.requirements, found.lines),
    )
    return Assessment(
        applicant=_members(case),
        project=case.project.id,
        round=case.project.round,
        lot=case.project.lot.id if case.project.lot else "",
        judged_on=case.judged_on,
        as_of=min(subject.as_of for subject in case.subjects),
        pack=_pack(case),
        snapshot_sha256=snapshot_sha256,
        conclusion=conclusion,
        gaps=missing if conclusion is None else None,
        disputed=disputed(conclusion, why, parts, rules),
        binding=why[0] if why else None,
        reasons=why,
        recommendation=recommendation(conclusion, case.project.is_tender),
        total=total(parts, rules.weights),
        threshold=rules.rule.total,
        working=working(parts, rules.weights),
        gates=found.gates,
        requirements=found.requirements,
        factors=found.factors,
        record=found.record,
        similar=found.similar,
        coverage=covered,
        coverage_lines=found.lines,
        flips=flips(parts, rules, worlds),
        sensitivity=sensitivity(parts, rules),
        measures=measure_results(case, found.record),
        clauses=clause_results(case, found.record),
        risks=risk_notes(case, found.requirements, found.record, found.similar),
    )


def _members(case: Case) -> tuple[MemberIdentity, ...]:
    return tuple(
        MemberIdentity(uscc=m.subject.uscc, name=m.subject.name, share=m.share, work=m.work)
        for m in case.applicant.members
    )


def _pack(case: Case) -> PackIdentity:
    policy = case.policy
    return PackIdentity(
        name=policy.pack.name,
        title=policy.pack.title,
        sha256=policy.sha256,
        on=policy.day,
        effect=policy.pack.effect,
    )
