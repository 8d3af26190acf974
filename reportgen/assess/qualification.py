"""资质, 许可, 体系认证: what must be held and valid at the deadline.

A certificate that ends between the collection of data and the deadline may have been renewed, and one
without an end may have ended: both are 未证实, no fail. So is one whose grade cannot be compared, and one
that goes by a near name or under another kind where none goes by the name asked for. A member of a joint venture answers for the
categories it names (招标投标法 31); where nobody names one, all are tested, so the lowest counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from reportgen.assess.case import Case, ref
from reportgen.assess.measure import Measured
from reportgen.assess.model import Basis, Verdict
from reportgen.assess.wording import day
from reportgen.project.applicant import Member
from reportgen.project.requirements import JointRule, QualificationRequirement
from reportgen.subject.base import in_force, is_long_term
from reportgen.subject.grades import at_least
from reportgen.subject.holdings import Qualification, QualificationKind
from reportgen.subject.model import Subject
from reportgen.subject.near import near, question

_RIGHTS = {QualificationKind.QUALIFICATION, QualificationKind.LICENCE}
_WORST_FIRST = (Verdict.UNMET, Verdict.UNPROVEN, Verdict.MET)


@dataclass(frozen=True)
class _Held:
    """What one member holds; `some` says that it holds, or may hold, a lower grade of the category."""

    verdict: Verdict
    actual: str
    evidence: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    some: bool = False


def qualification(case: Case, asked: QualificationRequirement) -> Measured:
    """A category and least grade in force at the deadline, of each member for its part."""
    results = [_held(case, member.subject, asked) for member in responsible(case, asked)]
    order = _WORST_FIRST[::-1] if asked.jv is JointRule.ANY else _WORST_FIRST
    verdict = min((r.verdict for r in results), key=order.index)
    cite = _law(case, asked, verdict, results)
    return Measured(
        verdict=verdict,
        name=f"{asked.category}{asked.grade}",
        required=f"{asked.category}{asked.grade}，{case.project.judged_by}有效",
        actual="；".join(r.actual for r in results),
        missing=tuple(item for r in results for item in r.missing) if verdict is not Verdict.MET else (),
        evidence=tuple(item for r in results for item in r.evidence),
        basis=Basis.LAW if cite else Basis.TENDER,
        cite=cite,
        gate=asked.hard and asked.sort in _RIGHTS,
    )


def _law(case: Case, asked: QualificationRequirement, verdict: Verdict, results: list[_Held]) -> str:
    # The law demands the right itself; the grade is the tender's, so who holds a lower one fails by that.
    graded = verdict is Verdict.UNMET and all(r.some for r in results if r.verdict is Verdict.UNMET)
    return "" if graded else case.policy.right(asked.sort, case.project.matter)


def responsible(case: Case, asked: QualificationRequirement) -> list[Member]:
    """Return the members that the requirement measures."""
    members = list(case.members())
    if asked.jv is JointRule.LEAD:
        return members[:1]
    named = [m for m in members if asked.category in m.specialties] if asked.jv is JointRule.PART else []
    return named or members


def _held(case: Case, subject: Subject, asked: QualificationRequirement) -> _Held:
    since = case.closed(subject, "qualifications")
    held = [q for q in subject.qualifications if q.kind is asked.sort and q.category == asked.category]
    fitting = [q for q in held if _reaches(q, asked) is not False]
    possible = [q for q in fitting if may_hold(q, case.judged_on, since)]
    proven = [q for q in possible if _reaches(q, asked) and valid(q, case.judged_on) and subject.counts(q)]
    asking = [] if possible else [q for q in _alike(subject, asked) if may_hold(q, case.judged_on, since)]
    unknown = bool(possible or asking) or since is None
    shown = max(proven or possible or asking or fitting or held, key=_lasting, default=None)
    verdict = Verdict.MET if proven else Verdict.UNPROVEN if unknown else Verdict.UNMET
    return _Held(
        verdict=verdict,
        actual=_actual(case, subject, shown),
        evidence=(ref(subject, shown),) if shown else (),
        missing=tuple(_wanted(case, subject, asked, [*possible, *asking]))
        if verdict is Verdict.UNPROVEN
        else (),
        some=any(may_hold(q, case.judged_on, since) for q in held),
    )


def _reaches(held: Qualification, asked: QualificationRequirement) -> bool | None:
    return at_least(held.grade, asked.grade, ordered=asked.sort in _RIGHTS)


def _alike(subject: Subject, asked: QualificationRequirement) -> Iterator[Qualification]:
    """Yield what has a near name or the same one under another kind, and whose grade may be enough."""
    for held in subject.qualifications:
        same = held.category == asked.category and held.kind is not asked.sort
        if (same or near(held.category, asked.category)) and _reaches(held, asked) is not False:
            yield held


def _wanted(
    case: Case, subject: Subject, asked: QualificationRequirement, seen: Sequence[Qualification]
) -> Iterator[str]:
    """Yield what is missing: a look at what was seen and does not say enough, or a proof of what was asked."""
    told = [q for q in seen if q.category == asked.category and q.kind is asked.sort]
    for held in seen:
        if held not in told:
            yield question(f"{held.kind}：{held.category}", f"{asked.sort}：{asked.category}")
        elif _reaches(held, asked) is None:
            said = f"写作“{held.grade}”" if held.grade else "没有填写"
            yield f"{held.category}的等级{said}，条款要求“{asked.grade}”，是否达到？请核对"
    if not seen or any(_reaches(held, asked) for held in told):
        yield f"{case.name_of(subject)}{asked.category}{asked.grade}在{case.project.judged_by}有效的证明"


def valid(held: Qualification, on: date) -> bool:
    """Say whether a certificate is proven to be in force on a day; without an end it may have ended."""
    return held.valid_until is not None and in_force(held.valid_from, held.valid_until, on)


def may_hold(held: Qualification, on: date, collected: date | None) -> bool:
    """Say whether a certificate may be in force on a day: what ran when it was collected may be renewed."""
    if in_force(held.valid_from, held.valid_until, on):
        return True
    return held.valid_until is not None and collected is not None and held.valid_until >= collected


def _lasting(held: Qualification) -> tuple[date, str]:
    return held.valid_until or date.min, held.id


def _actual(case: Case, subject: Subject, held: Qualification | None) -> str:
    who = case.name_of(subject)
    if held is None:
        return f"{who}未见登记"
    unchecked = "" if subject.counts(held) else "，自主申报未核实"
    return f"{who}{held.category}{held.grade}，{_validity(held.valid_until)}{unchecked}"


def _validity(until: date | None) -> str:
    if until is None:
        return "有效期未载明"
    return "长期有效" if is_long_term(until) else f"有效期至{day(until)}"
