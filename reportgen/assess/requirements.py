"""Testing every requirement of the project, in the tender's order."""

from collections.abc import Callable
from typing import Any

from reportgen.assess import accounts, capability, funds, qualification, standing, works
from reportgen.assess.case import Case
from reportgen.assess.measure import Measured
from reportgen.assess.model import RequirementResult
from reportgen.project.requirements import Factor, Requirement

_TESTS: dict[str, tuple[Factor, Callable[[Case, Any], Measured]]] = {
    "qualification": (Factor.TECHNOLOGY, qualification.qualification),
    "technology": (Factor.TECHNOLOGY, capability.technology),
    "equipment": (Factor.EQUIPMENT, capability.equipment),
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
    factor, test = _TESTS[asked.kind]
    found = test(case, asked)
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
        slack=found.slack,
        formula=found.formula,
        note=found.note,
        missing=found.missing,
        evidence=found.evidence,
        disputed=found.disputed,
        doubts=found.doubts if asked.hard else (),
    )
