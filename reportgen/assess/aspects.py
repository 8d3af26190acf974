"""What is there of what each section of the report can show of a subject: counts, never a bare number.

A fact counts that may be relied on (`Subject.counts`) and whose source is fresh. Where a fresh closed list
tells that there is nothing, that is told as well as a fact. Sections 2, 11 and 12 are drawn from the others.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from reportgen.assess.accounts import account_years, filings, founded
from reportgen.assess.asking import Ask, brought, looked_up
from reportgen.assess.case import reach_back, too_old
from reportgen.assess.wording import day, rounded
from reportgen.policy.model import Policy
from reportgen.subject.base import Fact, Model, Source
from reportgen.subject.holdings import ContractStatus
from reportgen.subject.model import Subject
from reportgen.subject.records import COURT_KINDS, PUBLIC_RECORDS

_F = TypeVar("_F", bound=Fact)
_YEARS = 3
_ENTERPRISE = "企业"
_ENTRIES = {
    "capital": "注册资本",
    "paid_in": "实缴资本",
    "term_from": "营业期限",
    "industry": "行业",
    "scope": "经营范围",
}
"""What a registration may lack; the rest of it always stands there."""
_SIDES = {
    "delay_days": "工期",
    "acceptance": "验收",
    "penalised": "质量安全处罚",
    "wage_arrears": "欠薪",
    "disputed": "争议",
    "evaluation": "业主评价",
}


_Papers = Callable[[list[int]], Iterable[str]]


class Aspect(Model):
    """One thing a section can show: `have` of `of`, in `unit`; without a unit it is there or not.

    `notes` say what is lacking, what counts and what was not counted; `asks` what to ask for.
    """

    name: str
    have: int
    of: int
    unit: str = ""
    notes: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()

    @property
    def text(self) -> str:
        """Return how much there is, with the notes."""
        shown = f"{self.have}/{self.of} {self.unit}" if self.unit else "有" if self.have else "缺"
        return shown + (f"（{'；'.join(self.notes)}）" if self.notes else "")


class SectionQuality(Model):
    """A section of the report by its number and title; `share` is the mean of the shares of its aspects, 0–1."""

    number: str
    title: str
    share: Decimal
    aspects: tuple[Aspect, ...]


@dataclass(frozen=True)
class _Look:
    """A subject as looked at on a day by a policy."""

    subject: Subject
    policy: Policy
    on: date

    def fresh(self, source: Source) -> bool:
        """Say whether a source is young enough beside the subject's facts."""
        as_of = self.subject.as_of
        return not too_old(source.collected_on, as_of, as_of, self.limit)

    def lists(self, collection: str) -> list[Source]:
        """Return the fresh closed lists of a collection, or of a part of the records."""
        return [source for source in self.subject.lists(collection) if self.fresh(source)]

    def usable(self, facts: Iterable[_F]) -> list[_F]:
        """Return the facts that may be relied on and are fresh."""
        s = self.subject
        return [fact for fact in facts if s.counts(fact) and self.fresh(s.source_of(fact))]

    def notes(self, facts: Sequence[Fact]) -> Iterator[str]:
        """Yield how many facts count, and how many do not and why."""
        counting = len(self.usable(facts))
        unchecked = sum(not self.subject.counts(fact) for fact in facts)
        stale = len(facts) - unchecked - counting
        told = ((counting, "采信"), (unchecked, "自主申报未核实"), (stale, f"来源已逾 {self.limit} 天"))
        return (f"{word} {count} 项" for count, word in told if count)

    @property
    def limit(self) -> int:
        """Return after how many days a source is stale."""
        return self.policy.horizons.stale

    def years(self) -> list[int]:
        """Return the last three years of which accounts can be asked for, since the founding, newest first."""
        years = account_years(self.on, _YEARS, self.policy.horizons.filing_month)
        return [year for year in years if year >= founded(self.subject)]

    def told(self, name: str, collection: str, ask: Ask) -> Aspect:
        """Return whether anything of a collection, or that there is nothing, is told."""
        facts: Sequence[Fact] = getattr(self.subject, collection)
        there = bool(self.usable(facts) or self.lists(collection))
        notes = [*self.notes(facts), *(["完整清单中没有"] if there and not facts else [])]
        return _aspect(name, int(there), 1, asks=[ask], notes=notes)

    def yearly(self, name: str, facts: Sequence[Fact], held: Iterable[int], papers: _Papers) -> Aspect:
        """Return of how many of the last years there is something."""
        years, found = self.years(), set(held)
        lacking = sorted(year for year in years if year not in found)
        return _aspect(
            name,
            len(years) - len(lacking),
            len(years),
            unit="年",
            lacking="缺 " + "、".join(map(str, lacking)) + " 年",
            asks=map(brought, papers(lacking)),
            notes=list(self.notes(facts)),
        )


def section_qualities(subject: Subject, policy: Policy, on: date) -> tuple[SectionQuality, ...]:
    """Return what is there for sections 3 to 10 of a report on a day; what a subject cannot have is not asked."""
    look = _Look(subject, policy, on)
    return tuple(
        SectionQuality(number=number, title=title, share=_share(aspects), aspects=aspects)
        for number, title, told in _SECTIONS
        if (aspects := tuple(item for item in told(look) if item.of))
    )


def _share(aspects: Sequence[Aspect]) -> Decimal:
    return rounded(sum((Decimal(a.have) / a.of for a in aspects), Decimal(0)) / len(aspects), 3)


def _aspect(
    name: str,
    have: int,
    of: int,
    *,
    unit: str = "",
    lacking: str = "",
    asks: Iterable[Ask] = (),
    notes: Sequence[str] = (),
) -> Aspect:
    short = have < of
    told = (lacking, *notes) if short and lacking else notes
    return Aspect(
        name=name, have=have, of=of, unit=unit, notes=tuple(told), asks=tuple(asks) if short else ()
    )


def _basics(look: _Look) -> Iterator[Aspect]:
    subject, found = look.subject, look.subject.registration
    official = looked_up("登记机关公示的登记信息")
    empty = [name for field, name in _ENTRIES.items() if getattr(found, field) in {None, ""}]
    yield _aspect("公共来源的登记信息", int(subject.proven(found)), 1, asks=[official])
    yield _aspect(
        "登记事项",
        len(_ENTRIES) - len(empty),
        len(_ENTRIES),
        unit="项",
        lacking="缺 " + "、".join(empty),
        asks=[looked_up(f"登记机关公示的{'、'.join(empty)}")],
    )
    yield look.told("沿革", "changes", looked_up("登记机关公示的变更登记"))
    if subject.kind == _ENTERPRISE:
        yield look.told("股东", "shareholders", looked_up("登记机关公示的股东信息"))
    yield look.told("任职", "officers", looked_up("登记机关公示的任职信息"))


def _records(look: _Look) -> Iterator[Aspect]:
    start = look.policy.window(look.on).start
    whole = reach_back(look.subject, look.lists(PUBLIC_RECORDS), start)
    yield _aspect(
        "公共信用信息的完整清单",
        int(whole),
        1,
        lacking=f"没有回溯至{day(start)}的完整查询结果",
        asks=[looked_up("完整的公共信用信息查询结果")],
    )
    closed = [kind for kind in COURT_KINDS if reach_back(look.subject, look.lists(kind), start)]
    open_ = "、".join(kind for kind in COURT_KINDS if kind not in closed)
    yield _aspect(
        "司法信息的完整清单",
        len(closed),
        len(COURT_KINDS),
        unit="类",
        lacking=f"缺 {open_}",
        asks=[looked_up(f"司法信息（{open_}）的查询结果")],
    )


def _contracts(look: _Look) -> Iterator[Aspect]:
    contracts = look.subject.contracts
    yield look.told("业绩", "contracts", brought("近三年承担的项目清单，附合同协议书"))
    done = [c for c in look.usable(contracts) if c.status is ContractStatus.DONE]
    short = [c for c in done if not c.evidence.complete]
    yield _aspect(
        "业绩三项证明",
        len(done) - len(short),
        len(done),
        unit="项",
        lacking=f"{len(short)} 项不齐",
        asks=[brought(f"《{c.name}》的{'、'.join(c.evidence.missing)}") for c in short],
    )
    silent = [c for c in done if any(getattr(c.performance, side) is None for side in _SIDES)]
    yield _aspect(
        "履约情况",
        len(done) - len(silent),
        len(done),
        unit="项",
        lacking=f"{len(silent)} 项没有说全",
        asks=[brought(went(c.name)) for c in silent],
    )


def went(name: str) -> str:
    """Return the paper that says how a contract of a name went."""
    return f"《{name}》业主出具的履约评价（{'、'.join(_SIDES.values())}）"


def _technology(look: _Look) -> Iterator[Aspect]:
    yield look.told("资质、许可与认证", "qualifications", brought("资质证书、许可证与体系认证证书"))
    held = look.usable(look.subject.qualifications)
    endless = [q for q in held if q.valid_until is None]
    yield _aspect(
        "证书有效期",
        len(held) - len(endless),
        len(held),
        unit="项",
        lacking=f"{len(endless)} 项未载明",
        asks=[brought(f"{q.category}{q.grade}载明有效期的证书") for q in endless],
    )
    yield look.told("技术成果", "technology", brought("专利、工法、软件著作权等技术成果的权属证明"))


def _equipment(look: _Look) -> Iterator[Aspect]:
    items = look.subject.equipment
    yield look.told("设备与场所", "equipment", brought("设备与场所清单，附购置发票或租赁合同"))
    held = look.usable(items)
    listed = bool(look.lists("equipment"))
    free = [e for e in held if e.committed is None and e.verification is None and not listed]
    yield _aspect(
        "占用情况",
        len(held) - len(free),
        len(held),
        unit="项",
        lacking=f"{len(free)} 项不明",
        asks=[brought(f"{name}的占用情况证明") for name in dict.fromkeys(e.name for e in free)],
    )


def _staff(look: _Look) -> Iterator[Aspect]:
    counts, people = look.subject.headcounts, look.subject.people
    years = [h.year for h in look.usable(counts)]
    yield look.yearly("年末人数", counts, years, _rosters)
    yield look.told("关键人员", "people", brought("项目负责人与主要技术人员的资格证书及社保参保证明"))
    held = look.usable(people)
    endless = [p for p in held if p.valid_until is None]
    yield _aspect(
        "证书有效期",
        len(held) - len(endless),
        len(held),
        unit="人",
        lacking=f"{len(endless)} 人未载明",
        asks=[brought(f"{p.name}（{p.post}）载明有效期的{p.certificate}证书") for p in endless],
    )


def _rosters(years: list[int]) -> Iterator[str]:
    return (f"{year} 年末从业人员与技术人员名册（社保核实）" for year in years)


def _funds(look: _Look) -> Iterator[Aspect]:
    items = look.subject.statements
    held = look.usable(items)
    yield look.yearly("财务报表", items, [s.year for s in held], filings)
    yield look.yearly("其中经审计", (), [s.year for s in held if s.audited], filings)
    yield look.told("授信", "credit_lines", brought("银行授信或资信证明，载明额度、已用额与有效期"))


def _related(look: _Look) -> Iterator[Aspect]:
    yield look.told(
        "关联方名单", "related", brought("控股股东、实际控制人与控股、参股企业名单（没有的也请说明）")
    )


_SECTIONS: tuple[tuple[str, str, Callable[[_Look], Iterator[Aspect]]], ...] = (
    ("3", "基本情况与沿革", _basics),
    ("4", "三年信用记录", _records),
    ("5", "同类项目业绩与履约", _contracts),
    ("6", "技术水平及其运用", _technology),
    ("7", "设备条件及其运用", _equipment),
    ("8", "人力资源及其运用", _staff),
    ("9", "资金实力及其运用", _funds),
    ("10", "关联方", _related),
)
