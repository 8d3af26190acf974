"""三年内承担同类项目的总体信用状况 (S0 三(一)): how each similar project went, not only its value.

What nobody reported is neither good nor bad. What is merely declared counts only where it speaks
against the subject, and so does what is known of a project still under way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reportgen.assess.case import Case, ref
from reportgen.assess.measure import ZERO
from reportgen.assess.model import SimilarItem, SimilarResult
from reportgen.assess.wording import number, rounded
from reportgen.policy.values import SimilarRule
from reportgen.subject.holdings import Acceptance, Contract, ContractStatus, Evaluation, Performance
from reportgen.subject.model import Subject

_FULL = Decimal(100)
Fact = tuple[str, Decimal] | None
"""What is known of one side of a project and the points it costs; None where nobody reported it."""


@dataclass(frozen=True)
class _Course:
    """How a project went: texts, what each costs, and how many sides nobody reported."""

    went: tuple[str, ...]
    costs: tuple[tuple[str, Decimal], ...]
    unknown: int

    @property
    def lost(self) -> Decimal:
        """Return the points lost by what is known."""
        return sum((points for _, points in self.costs), ZERO)


def similar_result(case: Case) -> SimilarResult:
    """Return every similar contract of the window, newest first, and their mean score."""
    start = case.span.start
    found = [
        (subject, contract)
        for subject in case.subjects
        for contract in subject.contracts
        if contract.category == case.project.category and _within(contract, start, case.judged_on)
    ]
    found.sort(key=lambda pair: (-(pair[1].accepted_on or pair[1].signed_on).toordinal(), pair[1].id))
    items = [(subject.counts(contract), _item(case, subject, contract)) for subject, contract in found]
    scores = [(counts, item.score) for counts, item in items if item.score is not None]
    shown = tuple(item for _, item in items)
    return SimilarResult(
        score=mean_score(scores), items=shown, finding=_finding(shown, case.project.category)
    )


def mean_score(scores: Sequence[tuple[bool, Decimal]]) -> Decimal | None:
    """Return the mean of the scores of contracts, each with whether it counts; None where there are none."""
    # What is merely declared may lower the mean, never raise it.
    proven = [score for counts, score in scores if counts]
    means = [sum(part, ZERO) / len(part) for part in (proven, [score for _, score in scores]) if part]
    return rounded(min(means), 1) if means else None


def _within(contract: Contract, start: date, end: date) -> bool:
    done = contract.accepted_on or contract.ends_on or contract.signed_on
    return contract.signed_on <= end and (contract.status is ContractStatus.ONGOING or done >= start)


def _finding(items: Sequence[SimilarItem], category: str) -> str:
    if not items:
        return f"三年内未见{category}同类项目"
    done = [item for item in items if item.status == ContractStatus.DONE]
    silent = sum(1 for item in items if item.unknown == _SIDES)
    tail = _known(items) if silent < len(items) else ""
    tail += f"，{silent} 项履约情况未见报告" if silent else ""
    return f"三年内承担{category}同类项目 {len(items)} 项（已完成 {len(done)} 项）{tail}"


def _known(items: Sequence[SimilarItem]) -> str:
    troubled = sum(1 for item in items if item.troubled)
    if troubled:
        return f"，{troubled} 项履约有瑕疵"
    spotless = all(item.score is None or item.score == _FULL for item in items if not item.unknown)
    return "，已知履约情况良好" if spotless else "，已知履约情况无重大瑕疵"


def _item(case: Case, subject: Subject, contract: Contract) -> SimilarItem:
    rule = case.policy.similar
    course = _course(contract, rule)
    score = _score(course, rule, contract, subject.counts(contract))
    return SimilarItem(
        evidence=ref(subject, contract),
        subject=subject.name,
        name=contract.name,
        owner=contract.owner,
        category=contract.category,
        role=contract.role,
        value=rounded(contract.value * contract.share),
        signed_on=contract.signed_on,
        accepted_on=contract.accepted_on,
        status=contract.status,
        went="；".join(course.went) or "履约情况未见报告",
        papers="齐全" if contract.evidence.complete else "缺" + "、".join(contract.evidence.missing),
        score=score,
        working="" if score is None else _working(course, rule, contract, score),
        unknown=course.unknown,
        troubled=course.lost > rule.troubled,
    )


def _score(course: _Course, rule: SimilarRule, contract: Contract, counts: bool) -> Decimal | None:
    ongoing = contract.status is ContractStatus.ONGOING
    if not course.lost and (ongoing or not counts):
        return None
    silence = ZERO if ongoing else course.unknown * rule.unknown
    return max(ZERO, _FULL - course.lost - silence)


def _working(course: _Course, rule: SimilarRule, contract: Contract, score: Decimal) -> str:
    parts = [f" − {number(points)}（{text}）" for text, points in course.costs]
    if course.unknown and rule.unknown and contract.status is not ContractStatus.ONGOING:
        parts.append(f" − {number(rule.unknown)} × {course.unknown}（未见报告）")
    floor = "，最低为 0" if sum((p for _, p in course.costs), ZERO) > _FULL else ""
    return f"100{''.join(parts)} = {number(score)}{floor}"


def _course(contract: Contract, rule: SimilarRule) -> _Course:
    if contract.status is ContractStatus.BROKEN_OFF:
        return _Course((contract.status.value,), ((contract.status.value, _FULL),), 0)
    facts = [_delay(contract.performance, rule), *_marks(contract.performance, rule)]
    known = [fact for fact in facts if fact is not None]
    went = tuple(text for text, _ in known if text)
    return _Course(went, tuple(fact for fact in known if fact[1]), len(facts) - len(known))


def _delay(went: Performance, rule: SimilarRule) -> Fact:
    days = went.delay_days
    if days is None:
        return None
    if days == 0:
        return "按期", ZERO
    points = rule.late if days <= rule.late_days else rule.late_more
    points = rule.late_most if days > rule.late_most_days else points
    return f"延误 {days} 天", points


def _marks(went: Performance, rule: SimilarRule) -> list[Fact]:
    return [
        _accepted(went.acceptance, rule),
        _flag(went.penalised, "质量安全处罚", rule.penalised),
        _flag(went.wage_arrears, "欠薪", rule.wage_arrears),
        _flag(went.disputed, "争议", rule.disputed),
        _evaluated(went.evaluation, rule),
    ]


_SIDES = 6


def _accepted(acceptance: Acceptance | None, rule: SimilarRule) -> Fact:
    if acceptance is None:
        return None
    return f"验收{acceptance}", rule.failed if acceptance is Acceptance.FAILED else ZERO


def _evaluated(evaluation: Evaluation | None, rule: SimilarRule) -> Fact:
    if evaluation is None:
        return None
    lost = {Evaluation.GOOD: ZERO, Evaluation.FAIR: rule.fair, Evaluation.POOR: rule.poor}
    return f"业主评价{evaluation}", lost[evaluation]


def _flag(value: bool | None, name: str, points: Decimal) -> Fact:
    if value is None:
        return None
    return (f"有{name}", points) if value else ("", ZERO)
