"""The credit record in the window: what each record costs and why (DOMAIN §3.4, 5).

Points = severity × recency × relevance, each factor printed. A disputed record counts and is marked;
a withheld one never reaches this module. Repeated slight breaches of one kind count a degree higher,
so a record taken away may lighten others: every score without a record is reckoned anew.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from reportgen.assess.case import Case, ref
from reportgen.assess.measure import ZERO
from reportgen.assess.model import HeadCount, RecordItem, RecordResult
from reportgen.assess.wording import number, rounded
from reportgen.subject.model import Subject
from reportgen.subject.records import CreditRecord, Head, Misconduct, Nature, RecordState, Severity
from reportgen.subject.window import Placed, Placing

_FULL = Decimal(100)
_MONTH_DAYS = Decimal("30.4375")
_RAISED = {Severity.SLIGHT: Severity.ORDINARY}
_ALWAYS_RELEVANT = {Misconduct.ACCIDENT, Misconduct.LABOUR, Misconduct.MARKET, Misconduct.FRAUD}


Used = Sequence[tuple[Subject, Placed]]
Breach = tuple[str, str]


def record_result(case: Case) -> RecordResult:
    """Return the record's score 0–100 with every item that is used and shown."""
    repeated = _repeated(case, case.used)
    items = tuple(_item(case, subject, placed, repeated) for subject, placed in case.used)
    span = case.span
    closed = all(case.looked_up(subject) for subject in case.subjects)
    seasoned = all(s.registration.established_on <= span.start for s in case.subjects)
    adverse = [item for item in items if item.nature is Nature.ADVERSE]
    return RecordResult(
        score=_score(sum((item.points for item in items), ZERO)),
        items=items,
        counts=tuple(_count(head, items) for head in Head),
        start=span.start,
        end=span.end,
        three_years_clean=closed and seasoned and not adverse,
        finding=_finding(items, adverse, closed),
    )


def undisputed_score(case: Case) -> Decimal:
    """Return the record's score, were every disputed record left out."""
    kept = [(s, p) for s, p in case.used if p.record.state is not RecordState.DISPUTED]
    return _score(sum(_points_by_record(case, kept).values(), ZERO))


def scores_without(case: Case) -> dict[str, Decimal]:
    """Return, by the evidence name of each record that costs points, the score without it."""
    points = _points_by_record(case, case.used)
    total = sum(points.values(), ZERO)
    saved = _saved_by_one_fewer(case, points)
    return {name: _score(total - saved.get(name, cost)) for name, cost in points.items() if cost}


def _saved_by_one_fewer(case: Case, points: Mapping[str, Decimal]) -> dict[str, Decimal]:
    # One slight breach fewer than the repetition needs, and those left are slight again.
    saved: dict[str, Decimal] = {}
    for breach in _repeated(case, case.used):
        group = [(s, p) for s, p in case.used if _breach(s, p.record) == breach and _slight(case, p.record)]
        if len(group) == case.policy.record.repeated:
            slight = {ref(s, p.record): _cost(case, s, p.record, set())[0] for s, p in group}
            now, then = sum(points[name] for name in slight), sum(slight.values(), ZERO)
            saved |= {name: now - then + own for name, own in slight.items()}
    return saved


def _points_by_record(case: Case, used: Used) -> dict[str, Decimal]:
    repeated = _repeated(case, used)
    return {ref(s, p.record): _cost(case, s, p.record, repeated)[0] for s, p in used}


def _cost(
    case: Case, subject: Subject, record: CreditRecord, repeated: set[Breach]
) -> tuple[Decimal, str, Severity | None, str]:
    """Return points, their working, the severity counted and where it comes from."""
    if record.nature is not Nature.ADVERSE:
        return ZERO, "", None, ""
    severity, source = _graded(case, subject, record, repeated)
    points, working = _points(case, record, severity) if severity else (ZERO, "")
    return points, working, severity, source


def _score(points: Decimal) -> Decimal:
    return rounded(max(ZERO, _FULL - points), 1)


def _finding(items: tuple[RecordItem, ...], adverse: list[RecordItem], closed: bool) -> str:
    start = "" if closed else "未取得完整的公共信用信息，信用记录未能核全；"
    older = sum(1 for item in items if item.placing != Placing.WITHIN)
    used = f"使用信用记录 {len(items)} 条"
    used += f"（回溯期内 {len(items) - older} 条，更早而仍有效或仍未履行的 {older} 条）" if older else ""
    if not adverse:
        none = "未见不良信息" if closed else "已取得的部分未见不良信息"
        return f"{start}{used}，{none}"
    severe = sum(1 for item in adverse if item.severity in {Severity.SERIOUS, Severity.GRAVE})
    disputed = sum(1 for item in adverse if item.state is RecordState.DISPUTED)
    tail = (f"，其中严重及以上 {severe} 条" if severe else "") + (
        f"，异议中 {disputed} 条" if disputed else ""
    )
    return f"{start}{used}，不良信息 {len(adverse)} 条{tail}"


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


def _breach(subject: Subject, record: CreditRecord) -> Breach:
    return subject.uscc, _kind_of_breach(record)


def _slight(case: Case, record: CreditRecord) -> bool:
    return record.nature is Nature.ADVERSE and _severity(case, record) is Severity.SLIGHT


def _repeated(case: Case, used: Used) -> set[Breach]:
    counts = Counter(_breach(s, p.record) for s, p in used if _slight(case, p.record))
    return {key for key, count in counts.items() if count >= case.policy.record.repeated}


def _severity(case: Case, record: CreditRecord) -> Severity | None:
    return case.span.severity(record)


def _item(case: Case, subject: Subject, placed: Placed, repeated: set[Breach]) -> RecordItem:
    record = placed.record
    points, working, severity, source = _cost(case, subject, record, repeated)
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
    case: Case, subject: Subject, record: CreditRecord, repeated: set[Breach]
) -> tuple[Severity | None, str]:
    severity, source = case.span.graded(record)
    if severity in _RAISED and _breach(subject, record) in repeated:
        return _RAISED[severity], "同类轻微行为多次发生，按一般计"
    return severity, source


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
