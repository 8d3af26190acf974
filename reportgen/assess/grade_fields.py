"""基础信用度, 商务信用度, 社会信用度: the three fields in which a 综合信用等级 explains itself.

Findings only: no points, no size, no capital, and none of them decides the class. Source: 本溪 2017,
二: 基本信用素质, 信用保障能力, 信用行为记录.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from reportgen.assess.accounts import account_years, counted, founded
from reportgen.assess.case import reach_back, ref, too_old
from reportgen.assess.wording import day, percent
from reportgen.policy.model import Policy
from reportgen.subject.base import Fact, Model, in_force
from reportgen.subject.holdings import (
    Acceptance,
    Contract,
    ContractStatus,
    CreditLine,
    Evaluation,
    Performance,
    Qualification,
)
from reportgen.subject.model import Subject
from reportgen.subject.records import COURT_KINDS, PUBLIC_RECORDS, CreditRecord, Head, Nature, RecordState
from reportgen.subject.window import Window, add_months, window

F = TypeVar("F", bound=Fact)
_YEARS = 3
_NOTHING = Performance()


class Finding(Model):
    """What was found on one side of the subject's credit, with the facts behind it."""

    name: str
    text: str
    evidence: tuple[str, ...] = ()
    disputed: bool = False


class GradeField(Model):
    """One of the three fields (信用度) and the quality it looks at."""

    name: str
    quality: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Graded:
    """One subject to be graded on a day by a policy, and what of its records may be used."""

    subject: Subject
    policy: Policy
    on: date

    @cached_property
    def span(self) -> Window:
        """Return the look-back that ends on the day of the grading."""
        return self.policy.window(self.on)

    @cached_property
    def usable(self) -> tuple[CreditRecord, ...]:
        """Return the records that may be used, newest first, among them what nobody has checked."""
        return tuple(item.record for item in window(self.subject.records, self.span) if item.used)

    @property
    def looked_up(self) -> bool:
        """Say whether a fresh closed list of 公共信用信息 reaches back through the whole look-back."""
        return self.closed(PUBLIC_RECORDS)

    def closed(self, part: str) -> bool:
        """Say whether a fresh closed list of a part of the records reaches back through the whole look-back."""
        limit, as_of = self.policy.horizons.stale, self.subject.as_of
        lists = self.subject.lists(part)
        fresh = (s for s in lists if not too_old(s.collected_on, as_of, self.on, limit))
        return reach_back(self.subject, fresh, self.span.start)

    def refs(self, facts: Iterable[Fact]) -> tuple[str, ...]:
        """Return the evidence names of facts, in their order."""
        return tuple(ref(self.subject, fact) for fact in facts)


def grade_fields(graded: Graded) -> tuple[GradeField, ...]:
    """Return the three fields with their findings; what is merely declared is in none of them."""
    return (
        GradeField(name="基础信用度", quality="基本信用素质", findings=tuple(_basic(graded))),
        GradeField(name="商务信用度", quality="信用保障能力", findings=tuple(_business(graded))),
        GradeField(name="社会信用度", quality="信用行为记录", findings=tuple(_social(graded))),
    )


def _basic(graded: Graded) -> Iterator[Finding]:
    yield _registration(graded)
    yield _statements(graded)
    yield _qualifications(graded)
    yield _people(graded)
    yield from _insurance(graded)


def _business(graded: Graded) -> Iterator[Finding]:
    yield _contracts(graded)
    yield _credit_lines(graded)
    yield _records(graded, Head.JUDGMENT)


def _social(graded: Graded) -> Iterator[Finding]:
    return (_records(graded, head) for head in Head if head is not Head.JUDGMENT)


def _registration(graded: Graded) -> Finding:
    subject, found = graded.subject, graded.subject.registration
    text = f"登记状态为{found.standing}，{day(found.established_on)}成立，登记机关为{found.authority}"
    if not subject.proven(found):
        text += "；尚未由公共来源证实"
    return Finding(name="登记", text=text, evidence=graded.refs([found]))


def _statements(graded: Graded) -> Finding:
    held = counted(graded.subject)
    years = account_years(graded.on, _YEARS, graded.policy.horizons.filing_month)
    asked = sorted(y for y in years if y >= founded(graded.subject))
    found = [held[year] for year in asked if year in held]
    groups = (
        ("经审计", [s.year for s in found if s.audited]),
        ("未经审计", [s.year for s in found if not s.audited]),
        ("未取得", [year for year in asked if year not in held]),
    )
    text = "；".join(f"{name}：{'、'.join(map(str, years))} 年" for name, years in groups if years)
    return Finding(name="财务报表", text=text or "成立不久，尚无年度报表", evidence=graded.refs(found))


def _qualifications(graded: Graded) -> Finding:
    held = [q for q in _by_id(graded.subject.qualifications) if graded.subject.counts(q)]
    groups = (
        ("在有效期内", [q for q in held if q.valid_until and _valid(q, graded.on)]),
        ("未载明期限", [q for q in held if not q.valid_until and _valid(q, graded.on)]),
        ("不在有效期内", [q for q in held if not _valid(q, graded.on)]),
    )
    text = "；".join(
        f"{name}：{'、'.join(f'{q.category}{q.grade}' for q in items)}" for name, items in groups if items
    )
    return Finding(name="资质与许可", text=text or "未取得资料", evidence=graded.refs(held))


def _valid(item: Qualification, on: date) -> bool:
    return in_force(item.valid_from, item.valid_until, on)


def _people(graded: Graded) -> Finding:
    held = [p for p in _by_id(graded.subject.people) if graded.subject.counts(p)]
    over = [p for p in held if p.valid_until is not None and p.valid_until < graded.on]
    unknown = any(p.valid_until is None for p in held)
    text = "证书" + ("有已过有效期的" if over else "未见过期") if held else "未取得资料"
    text += "；部分未载明期限" if unknown else ""
    return Finding(name="关键人员", text=text, evidence=graded.refs(held))


def _insurance(graded: Graded) -> Iterator[Finding]:
    known = [h for h in graded.subject.headcounts if graded.subject.counts(h) and h.year < graded.on.year]
    newest = max(known, key=lambda item: item.year, default=None)
    if newest is not None and newest.insured is not None and newest.total:
        share = percent(Decimal(newest.insured) / newest.total)
        text = f"{newest.year} 年末参保人数为人员总数的 {share}"
        yield Finding(name="社会保险", text=text, evidence=graded.refs([newest]))


def _contracts(graded: Graded) -> Finding:
    held = [c for c in _by_id(graded.subject.contracts) if graded.subject.counts(c) and _ran(graded, c)]
    faults = Counter(fault for contract in held for fault in _faults(contract))
    silent = sum(1 for contract in held if contract.performance == _NOTHING)
    parts = [f"{name} {count} 项" for name, count in faults.items()]
    parts += ["已知的履约事项未见瑕疵"] if not faults and silent < len(held) else []
    parts += [f"履约情况未见报告 {silent} 项"] if silent else []
    return Finding(
        name="合同履约", text="，".join(parts) or "回溯期内未见合同资料", evidence=graded.refs(held)
    )


def _ran(graded: Graded, contract: Contract) -> bool:
    done = contract.accepted_on or contract.ends_on or contract.signed_on
    under_way = contract.status is ContractStatus.ONGOING
    return contract.signed_on <= graded.on and (under_way or done >= graded.span.start)


def _faults(contract: Contract) -> Iterator[str]:
    went = contract.performance
    sides = (
        ("因承包方原因终止", contract.status is ContractStatus.BROKEN_OFF),
        ("逾期", bool(went.delay_days)),
        ("验收不合格", went.acceptance is Acceptance.FAILED),
        ("因质量或安全受罚", bool(went.penalised)),
        ("拖欠工资", bool(went.wage_arrears)),
        ("发生争议", bool(went.disputed)),
        ("业主评价为差", went.evaluation is Evaluation.POOR),
    )
    return (name for name, happened in sides if happened)


def _credit_lines(graded: Graded) -> Finding:
    held = [b for b in _by_id(graded.subject.credit_lines) if graded.subject.counts(b) and _open(graded, b)]
    banks = "、".join(dict.fromkeys(line.bank for line in held))
    text = f"{banks}的授信在有效期内" if held else "未取得在有效期内的授信资料"
    return Finding(name="银行授信", text=text, evidence=graded.refs(held))


def _open(graded: Graded, line: CreditLine) -> bool:
    months = graded.policy.defaults.credit_line_months
    return in_force(line.issued_on, line.valid_until or add_months(line.issued_on, months), graded.on)


def _records(graded: Graded, head: Head) -> Finding:
    held = [r for r in graded.usable if r.head is head and graded.subject.counts(r)]
    kinds = Counter(record.kind for record in held)
    parts = COURT_KINDS if head is Head.JUDGMENT else (PUBLIC_RECORDS,)
    none = "未发现" if all(map(graded.closed, parts)) else "尚未查全，已取得的部分未发现"
    text = "、".join(f"{kind} {count} 条" for kind, count in kinds.items()) or none
    return Finding(
        name=head,
        text=text + _remarks(graded, held),
        evidence=graded.refs(held),
        disputed=any(record.state is RecordState.DISPUTED for record in held),
    )


def _remarks(graded: Graded, held: Sequence[CreditRecord]) -> str:
    adverse = [record for record in held if record.nature is Nature.ADVERSE]
    counts = (
        ("不良", len(adverse)),
        ("尚未由公共来源证实", sum(1 for record in adverse if not graded.subject.proven(record))),
        ("异议中", sum(1 for record in held if record.state is RecordState.DISPUTED)),
    )
    parts = [f"{name} {count} 条" for name, count in counts if count]
    return f"（其中{'，'.join(parts)}）" if parts else ""


def _by_id(facts: Iterable[F]) -> list[F]:
    return sorted(facts, key=lambda fact: fact.id)
