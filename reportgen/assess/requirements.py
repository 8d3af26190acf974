"""Testing every requirement of the project, in the tender's order, a young firm by the tender's alternative.

An alternative stands in the place of its requirement: the id, clause, hardness and factor stay, what is
measured and printed is the alternative's.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from reportgen.assess import accounts, capability, funds, qualification, standing, supply, works
from reportgen.assess.case import Case
from reportgen.assess.measure import Measured, shown
from reportgen.assess.model import RequirementResult, Verdict
from reportgen.project.applicant import Member
from reportgen.project.requirements import (
    Alternative,
    Factor,
    JointRule,
    QualificationRequirement,
    Requirement,
    instead,
)
from reportgen.subject.model import Subject
from reportgen.subject.window import add_months

_TESTS: dict[str, tuple[Factor, Callable[[Case, Any], Measured]]] = {
    "qualification": (Factor.TECHNOLOGY, qualification.qualification),
    "technology": (Factor.TECHNOLOGY, capability.technology),
    "equipment": (Factor.EQUIPMENT, capability.equipment),
    "supply_capacity": (Factor.EQUIPMENT, supply.supply_capacity),
    "people": (Factor.STAFF, capability.people),
    "headcount": (Factor.STAFF, capability.headcount),
    "bid_capacity": (Factor.FUNDS, funds.bid_capacity),
    "turnover": (Factor.FUNDS, accounts.turnover),
    "revenue_floor": (Factor.FUNDS, accounts.revenue_floor),
    "liquidity": (Factor.FUNDS, funds.liquidity),
    "current_ratio": (Factor.FUNDS, accounts.current_ratio),
    "litigation": (Factor.FUNDS, funds.litigation),
    "similar_works": (Factor.TRACK_RECORD, works.similar_works),
    "performance": (Factor.TRACK_RECORD, works.performance),
    "standing": (Factor.STANDING, standing.standing),
}


def requirement_results(case: Case) -> tuple[RequirementResult, ...]:
    """Test every requirement at the deadline."""
    return tuple(_result(case, asked) for asked in case.project.requirements)


def _result(case: Case, asked: Requirement) -> RequirementResult:
    factor, _ = _TESTS[asked.kind]
    found = _found(case, asked)
    return RequirementResult(
        id=asked.id,
        clause=asked.clause,
        text=asked.text,
        name=found.name,
        factor=factor,
        kind=asked.kind,
        hard=asked.hard,
        gate=found.gate and asked.hard,
        verdict=found.verdict,
        basis=found.basis,
        cite=found.cite,
        required=found.required,
        actual=found.actual,
        margin=found.margin,
        slack=shown(found.slack),
        ratio=found.slack,
        formula=found.formula,
        note=found.note,
        missing=found.missing,
        evidence=found.evidence,
        disputed=found.disputed,
        doubts=found.doubts if asked.hard else (),
    )


def _found(case: Case, asked: Requirement) -> Measured:
    if asked.alternative is None:
        return _measured(case, asked)
    young = _young(case, asked, asked.alternative)
    if not young:
        return _measured(case, asked)
    if all(subject.proven(subject.registration) for subject in young):
        found = _measured(case, instead(asked, asked.alternative))
        note = f"成立不足 {asked.alternative.founded_within_years} 年，按招标文件的替代条件"
        return replace(found, note="；".join(part for part in (note, found.note) if part))
    return _perhaps_young(case, _measured(case, asked), young)


def _measured(case: Case, asked: Requirement) -> Measured:
    _, test = _TESTS[asked.kind]
    return test(case, asked)


def _young(case: Case, asked: Requirement, alternative: Alternative) -> tuple[Subject, ...]:
    """Return the subjects that are measured, where every one of them is young; else nothing.

    An old member needs no alternative, and its means must not fill one made for young firms. So neither
    those whom the rule measures (the lead alone, the members answering for a category, or all) nor those
    whom the alternative's own rule measures may include one.
    """
    members = [*_concerned(case, asked), *_concerned(case, instead(asked, alternative))]
    subjects = tuple({m.subject.uscc: m.subject for m in members}.values())
    months = 12 * alternative.founded_within_years
    return subjects if all(_founded_within(s, case, months) for s in subjects) else ()


def _concerned(case: Case, asked: Requirement) -> Sequence[Member]:
    if isinstance(asked, QualificationRequirement):
        return qualification.responsible(case, asked)
    return case.parties[:1] if asked.jv is JointRule.LEAD else case.parties


def _founded_within(subject: Subject, case: Case, months: int) -> bool:
    since = subject.registration.established_on
    return since <= case.judged_on < add_months(since, months)


def _perhaps_young(case: Case, found: Measured, young: Sequence[Subject]) -> Measured:
    # Who may be young has not failed by the rule for others; that is no reason to pass it either.
    if found.verdict is not Verdict.UNMET:
        return found
    papers = (f"{case.name_of(s)}登记机关公示的成立日期" for s in young if not s.proven(s.registration))
    return replace(found, verdict=Verdict.UNPROVEN, missing=(*found.missing, *papers))
