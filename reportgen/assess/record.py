"""The credit record in the window: what each record costs and why (DOMAIN §3.4, 5).

Points = severity × recency × relevance, each factor printed. A disputed record counts and is marked;
a withheld one never reaches this module. Repeated slight breaches of one kind count a degree higher.
"""

from collections import Counter
from datetime import date
from decimal import Decimal

from reportgen.assess.case import Case, ref
from reportgen.assess.measure import ZERO
from reportgen.assess.model import HeadCount, RecordItem, RecordResult
from reportgen.assess.wording import number, rounded
from reportgen.subject.model import Subject
from reportgen.subject.records import CreditRecord, Head, Misconduct, Nature, RecordState, Severity
from reportgen.subject.window import Placed

_FULL = Decimal(100)
_MONTH_DAYS = Decimal("30.4375")
_RAISED = {Severity.SLIGHT: Severity.ORDINARY}
_ALWAYS_RELEVANT = {Misconduct.ACCIDENT, Misconduct.LABOUR, Misconduct.MARKET, Misconduct.FRAUD}


def record_result(case: Case) -> RecordResult:
    """Return the record's score 0–100 with every item that is used and shown."""
    repeated = _repeated(case)
    items = tuple(_item(case, subject, placed, repeated) for subject, placed in case.used)
    score = max(ZERO, _FULL - sum((item.points for item in items), ZERO))
    span = case.policy.window(case.judged_on)
    closed = all(subject.closed("records") for subject in case.applicant.subjects)
    adverse = [item for item in items if item.nature is Nature.ADVERSE]
    return RecordResult(
        score=rounded(score, 1),
        items=items,
        counts=tuple(_count(head, items) for head in Head),
        start=span.start,
        end=span.end,
        three_years_clean=closed and not adverse,
        finding=_finding(items, adverse, closed),
    )


def _finding(items: tuple[RecordItem, ...], adverse: list[RecordItem], closed: bool) -> str:
    if not closed:
        return "未取得完整的公共信用信息，信用记录未能核全"
    if not adverse:
        return f"回溯期内使用信用记录 {len(items)} 条，未见不良信息"
    severe = sum(1 for item in adverse if item.severity in {Severity.SERIOUS, Severity.GRAVE})
    disputed = sum(1 for item in adverse if item.state is RecordState.DISPUTED)
    tail = (f"，其中严重及以上 {severe} 条" if severe else "") + (
        f"，异议中 {disputed} 条" if disputed else ""
    )
    return f"回溯期内使用信用记录 {len(items)} 条，不良信息 {len(adverse)} 条{tail}"


def _count(head: Head, items: tuple[RecordItem, ...]) -> HeadCount:
    natures = Counter(item.nature for item in items if item.head is head)
    return HeadCount(
        head=head,
        total=sum(natures.values()),
        favourable=natures[Nature.FAVOURABLE],
        neutral=natures[Nature.NEUTRAL],
        adverse=natures[Nature.ADVERSE],
    )


def _kind_of_breach(record: CreditRecord) -> str:
    return record.misconduct or record.category or record.kind


def _repeated(case: Case) -> set[tuple[str, str]]:
    counts = Counter(
        (subject.uscc, _kind_of_breach(placed.record))
        for subject, placed in case.used
        if placed.record.nature is Nature.ADVERSE and _severity(case, placed.record) is Severity.SLIGHT
    )
    return {key for key, count in counts.items() if count >= case.policy.record.repeated}


def _severity(case: Case, record: CreditRecord) -> Severity | None:
    return case.policy.window(case.judged_on).severity(record)


def _item(case: Case, subject: Subject, placed: Placed, repeated: set[tuple[str, str]]) -> RecordItem:
    record = placed.record
    adverse = record.nature is Nature.ADVERSE
    severity, source = _graded(case, subject, record, repeated) if adverse else (None, "")
    points, working = _points(case, record, severity) if severity else (ZERO, "")
    return RecordItem(
        evidence=ref(subject, record),
        subject=subject.name,
        head=record.head,
        kind=record.kind,
        nature=record.nature,
        state=record.state,
        placing=placed.placing,
        title=record.title,
        number=record.number,
        authority=record.authority,
        content=record.content,
        determined_on=record.determined_on,
        severity=severity,
        severity_from=source,
        fulfilment=record.fulfilment,
        amount=record.amount,
        points=points,
        working=working,
        statement=record.statement,
    )


def _graded(
    case: Case, subject: Subject, record: CreditRecord, repeated: set[tuple[str, str]]
) -> tuple[Severity | None, str]:
    severity = _severity(case, record)
    if severity in _RAISED and (subject.uscc, _kind_of_breach(record)) in repeated:
        return _RAISED[severity], "同类轻微行为多次发生，按一般计"
    if record.severity is None:
        return severity, "文书未载明，按类型归类"
    return severity, "人工判定" if record.severity_manual else "文书载明"


def _points(case: Case, record: CreditRecord, severity: Severity) -> tuple[Decimal, str]:
    rule = case.policy.record
    base = rule.points[severity]
    recency = _recency(case, record)
    relevance = Decimal(1) if _relevant(case, record) else rule.unrelated
    points = rounded(base * recency * relevance, 1)
    return (
        points,
        f"{severity} {number(base)} × 时近 {number(recency)} × 相关 {number(relevance)} = {number(points, 1)}",
    )


def _recency(case: Case, record: CreditRecord) -> Decimal:
    if record.in_force(case.judged_on) or record.unfulfilled:
        return Decimal(1)
    months = _months(record.determined_on, case.judged_on)
    faded = min(Decimal(1), months / case.policy.record.fade_months)
    return rounded(1 - faded * (1 - case.policy.record.fade_to))


def _months(since: date, until: date) -> Decimal:
    return max(ZERO, Decimal((until - since).days) / _MONTH_DAYS)


def _relevant(case: Case, record: CreditRecord) -> bool:
    return record.category == case.project.category or record.misconduct in _ALWAYS_RELEVANT
