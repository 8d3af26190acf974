"""三年内承担同类项目的总体信用状况 (S0 三(一)): how each similar project went, not only its value."""

from datetime import date
from decimal import Decimal

from reportgen.assess.case import Case, ref
from reportgen.assess.measure import ZERO
from reportgen.assess.model import SimilarItem, SimilarResult
from reportgen.assess.wording import rounded
from reportgen.policy.model import SimilarRule
from reportgen.subject.holdings import Contract, ContractStatus, Evaluation, Performance
from reportgen.subject.model import Subject

_FULL = Decimal(100)
_LATE, _VERY_LATE = 30, 90


def similar_result(case: Case) -> SimilarResult:
    """Return every similar contract of the window, newest first, and their mean score."""
    start = case.policy.window(case.judged_on).start
    found = [
        (subject, contract)
        for subject in case.applicant.subjects
        for contract in subject.contracts
        if contract.category == case.project.category and _within(contract, start, case.judged_on)
    ]
    found.sort(key=lambda pair: (-(pair[1].accepted_on or pair[1].signed_on).toordinal(), pair[1].id))
    items = tuple(_item(case, subject, contract) for subject, contract in found)
    scores = [item.score for item in items if item.score is not None]
    mean = rounded(sum(scores, ZERO) / len(scores), 1) if scores else None
    return SimilarResult(score=mean, items=items, finding=_finding(items, case.project.category))


def _within(contract: Contract, start: date, end: date) -> bool:
    done = contract.accepted_on or contract.ends_on or contract.signed_on
    return contract.signed_on <= end and (contract.status is ContractStatus.ONGOING or done >= start)


def _finding(items: tuple[SimilarItem, ...], category: str) -> str:
    if not items:
        return f"三年内未见{category}同类项目"
    done = [item for item in items if item.status == ContractStatus.DONE]
    troubled = sum(1 for item in items if item.score is not None and item.score < Decimal(80))
    tail = f"，{troubled} 项履约有瑕疵" if troubled else "，已知履约情况良好"
    return f"三年内承担{category}同类项目 {len(items)} 项（已完成 {len(done)} 项）{tail}"


def _item(case: Case, subject: Subject, contract: Contract) -> SimilarItem:
    went, lost, unknown = _course(contract, case.policy.similar)
    reliable = subject.counts(contract)
    score = max(ZERO, _FULL - lost) if reliable and contract.status is not ContractStatus.ONGOING else None
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
        went="；".join(went),
        papers="齐全" if contract.evidence.complete else "缺" + "、".join(contract.evidence.missing),
        score=score,
        unknown=unknown,
    )


def _course(contract: Contract, rule: SimilarRule) -> tuple[list[str], Decimal, int]:
    if contract.status is ContractStatus.BROKEN_OFF:
        return [contract.status.value], _FULL, 0
    parts = [*_delay(contract.performance, rule), *_marks(contract.performance, rule)]
    unknown = sum(1 for text, _ in parts if text is None)
    went = [text for text, _ in parts if text]
    lost = sum((points for _, points in parts), ZERO)
    return went or ["履约情况未见报告"], lost, unknown


def _delay(went: Performance, rule: SimilarRule) -> list[tuple[str | None, Decimal]]:
    days = went.delay_days
    if days is None:
        return [(None, rule.unknown)]
    if days == 0:
        return [("按期", ZERO)]
    points = rule.late if days <= _LATE else rule.late_30 if days <= _VERY_LATE else rule.late_90
    return [(f"延误 {days} 天", points)]


def _marks(went: Performance, rule: SimilarRule) -> list[tuple[str | None, Decimal]]:
    accepted: tuple[str | None, Decimal] = (None, rule.unknown)
    if went.acceptance is not None:
        accepted = (f"验收{went.acceptance}", rule.failed if "不合格" in went.acceptance else ZERO)
    evaluated: tuple[str | None, Decimal] = (None, rule.unknown)
    if went.evaluation is not None:
        lost = {Evaluation.GOOD: ZERO, Evaluation.FAIR: rule.fair, Evaluation.POOR: rule.poor}
        evaluated = (f"业主评价{went.evaluation}", lost[went.evaluation])
    return [
        accepted,
        _flag(went.penalised, "质量安全处罚", rule.penalised, rule),
        _flag(went.wage_arrears, "欠薪", rule.wage_arrears, rule),
        _flag(went.disputed, "争议", rule.disputed, rule),
        evaluated,
    ]


def _flag(value: bool | None, name: str, points: Decimal, rule: SimilarRule) -> tuple[str | None, Decimal]:
    if value is None:
        return None, rule.unknown
    return (f"有{name}", points) if value else ("", ZERO)
