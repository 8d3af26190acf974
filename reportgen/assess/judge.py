"""The judgement in one function: gates → requirements → factors → record → conclusion → risk notes."""

from reportgen.assess.case import Case
from reportgen.assess.conclusion import (
    Rules,
    decide,
    reasons,
    recommendation,
    rests_on_dispute,
    tally,
    total,
)
from reportgen.assess.coverage import coverage, coverage_lines, gaps
from reportgen.assess.factors import factor_results
from reportgen.assess.flips import flips, sensitivity
from reportgen.assess.gates import gate_results
from reportgen.assess.model import Assessment, Conclusion, EvidenceGaps, MemberIdentity, PackIdentity
from reportgen.assess.record import record_result
from reportgen.assess.requirements import requirement_results
from reportgen.assess.risks import risk_notes
from reportgen.assess.similar import similar_result


def assess(case: Case, snapshot_sha256: str) -> Assessment:
    """Return the whole judgement of one applicant for one project, by the policy of its date.

    A pure function: it reads no clock and no database. `snapshot_sha256` names the facts judged.
    """
    gates = gate_results(case)
    requirements = requirement_results(case)
    factors = factor_results(case, requirements)
    record = record_result(case)
    similar = similar_result(case)
    lines = coverage_lines(case, requirements, factors)
    covered = coverage(lines)
    parts = tally(requirements, gates, factors, record, similar, covered)
    rules = Rules(case.policy.conclusion, case.policy.weights)
    conclusion = decide(parts, rules)
    why = reasons(case, conclusion, parts, rules, gates, requirements)
    disputed = conclusion is not None and (_gate_disputed(conclusion, why) or rests_on_dispute(parts, rules))
    missing = EvidenceGaps(
        coverage=covered, least=rules.rule.coverage_least, gaps=gaps(case, requirements, lines)
    )
    return Assessment(
        applicant=tuple(
            MemberIdentity(uscc=m.subject.uscc, name=m.subject.name, share=m.share, work=m.work)
            for m in case.applicant.members
        ),
        project=case.project.id,
        round=case.project.round,
        lot=case.project.lot.id if case.project.lot else "",
        judged_on=case.judged_on,
        as_of=min(subject.as_of for subject in case.applicant.subjects),
        pack=_pack(case),
        snapshot_sha256=snapshot_sha256,
        conclusion=conclusion,
        gaps=missing if conclusion is None else None,
        disputed=disputed,
        binding=why[0] if why else None,
        reasons=why,
        recommendation=recommendation(conclusion, case.project.is_tender),
        total=total(parts, rules.weights),
        threshold=rules.rule.total,
        gates=gates,
        requirements=requirements,
        factors=factors,
        record=record,
        similar=similar,
        coverage=covered,
        coverage_lines=lines,
        flips=flips(parts, rules, requirements, gates, record, dict(case.policy.record.points)),
        sensitivity=sensitivity(parts, rules),
        risks=risk_notes(case, requirements, record, similar),
    )


def _gate_disputed(conclusion: Conclusion, why: tuple[object, ...]) -> bool:
    return conclusion is Conclusion.INCAPABLE and bool(why) and bool(getattr(why[0], "disputed", False))


def _pack(case: Case) -> PackIdentity:
    policy = case.policy
    return PackIdentity(
        name=policy.pack.name,
        title=policy.pack.title,
        sha256=policy.sha256,
        on=policy.day,
        effect=policy.pack.effect,
    )
