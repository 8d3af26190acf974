"""The bid capacity of section 9, as the judgement computed it."""

from collections.abc import Iterator

from reportgen.assess.case import Case
from reportgen.assess.funds import Capacity, capacities
from reportgen.assess.model import Assessment
from reportgen.assess.wording import mark
from reportgen.document.chart_formula import FormulaLine, capacity_formula
from reportgen.document.content import Figure
from reportgen.project.requirements import BidCapacityRequirement


def capacity(case: Case, assessment: Assessment) -> Iterator[Figure]:
    """Yield the formula of each bid capacity that was asked for and could be computed."""
    asked = {item.id: item for item in case.project.requirements if isinstance(item, BidCapacityRequirement)}
    for result in assessment.requirements:
        if result.id not in asked:
            continue
        terms = capacities(case, asked[result.id], result.formula)
        if terms:
            lines = [_line(case, index, found) for index, found in terms]
            yield Figure("投标能力 = A·N·M − B", capacity_formula(lines, result.required, result.verdict))


def _line(case: Case, index: int, terms: Capacity) -> FormulaLine:
    member = f"{mark(index)} {case.applicant.subjects[index].name}" if case.applicant.joint else ""
    return FormulaLine(member, terms.printed, f"（{terms.year} 年）")
