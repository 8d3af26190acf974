"""A pack as it stands on one day, item by item in Chinese: what a lawyer reads, and what two packs differ in."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum

from reportgen.errors import ReportgenError
from reportgen.policy.citation import OWN, Citation, Dated, Period
from reportgen.policy.model import RULES, Policy, PolicyPack
from reportgen.policy.rules import (
    GateRule,
    Information,
    JointMeasure,
    PayerRule,
    Recognition,
    RightRule,
    Statement,
    Switch,
    Withholding,
)
from reportgen.policy.values import OPTIONAL, Values
from reportgen.policy.wording import SERIES, citation_facts, period, rule_facts, value_facts
from reportgen.subject.base import Date, Identifier, Model, Text
from reportgen.subject.matter import Matter

UNVERIFIED = "未核实"
Rule = (
    GateRule
    | RightRule
    | Statement
    | Switch
    | JointMeasure
    | Recognition
    | Information
    | Withholding
    | PayerRule
)


class Part(StrEnum):
    """The parts of a sheet, in the order of reading."""

    PACK = "规则包"
    VALUES = "数值"
    RIGHTS = "法定资质要求"
    GATES = "否决项"
    SWITCHES = "可选用的地方规则"
    MEASURES = "联合奖惩措施"
    RECOGNISES = "机构互认"
    INFORMATION = "财务预警可作参考的事项"
    WITHHOLDINGS = "不采用、不展示的记录"
    PAYERS = "申请人不得承担报告费用的事项"
    STATEMENTS = "报告印出的声明"
    CITATIONS = "引据"


class Item(Model):
    """One thing a pack says: its facts as label and text, from when to when it holds, what it rests on.

    `matters` is empty where the item holds in all matters of the pack.
    """

    part: Part
    id: str
    title: Text
    facts: Mapping[str, str]
    since: Date | None = None
    until: Date | None = None
    matters: tuple[Matter, ...] = ()
    cites: tuple[Identifier, ...] = ()

    @property
    def span(self) -> str:
        """Return from when to when the item holds, or nothing for what has no dates."""
        return period(self.since, self.until) if self.since else ""


class Sheet(Model):
    """A pack on a day: its items, and by id the citations they rest on."""

    name: Identifier
    title: Text
    on: Date
    released: Date
    sha256: str
    items: tuple[Item, ...]
    citations: Mapping[Identifier, Citation]

    def part(self, part: Part) -> tuple[Item, ...]:
        """Return the items of a part."""
        return tuple(item for item in self.items if item.part is part)

    def grounds(self, item: Item) -> tuple[str, ...]:
        """Return what an item rests on, as it is to be read: 本机构设定 labelled, 未核实 marked."""
        return tuple(ground(self.citations[cite]) for cite in item.cites)


def ground(citation: Citation) -> str:
    """Return a citation's label, for our own with the rule's document, marked where nobody verified it."""
    if citation.own:
        return f"{OWN}（{citation.document}）"
    return citation.label() + ("" if citation.printable else f"［{UNVERIFIED}］")


def sheet(policy: Policy) -> Sheet:
    """Return a pack as it stands on the policy's day."""
    pack = policy.pack
    items = [*_values(policy), *_rules(policy)]
    used = sorted({cite for item in items for cite in item.cites})
    citations = {cite: pack.citations[cite] for cite in used}
    return Sheet(
        name=pack.name,
        title=pack.title,
        on=policy.day,
        released=pack.released,
        sha256=policy.sha256,
        items=(_pack(pack), *items, *_citations(citations)),
        citations=citations,
    )


def lacking(pack: PolicyPack, day: date) -> list[str]:
    """Return in Chinese the values a pack must have and has not on a day."""
    series = {name: getattr(pack.values, name) for name in Values.model_fields if name not in OPTIONAL}
    return [SERIES[n] for n, items in series.items() if not any(item.applies(day) for item in items)]


def turns(pack: PolicyPack) -> tuple[date, ...]:
    """Return in order the days on which a pack has every value it must have and something begins or has ended."""
    periods = _periods(pack)
    days = {item.since for item in periods} | {item.until + timedelta(1) for item in periods if item.until}
    return tuple(day for day in sorted(days) if not lacking(pack, day))


def policy_on(pack: PolicyPack, sha256: str, day: date | None) -> Policy:
    """Return a pack as it stands on a day, else since its newest change; raises E0340 where a value is missing."""
    if day is None:
        day = (turns(pack) or [max(item.since for item in _periods(pack))])[-1]
    missing = "、".join(lacking(pack, day))
    if missing:
        raise ReportgenError("E0340", path=pack.name, name=pack.title, on=day, lacking=missing)
    return pack.on(day, sha256)


def _periods(pack: PolicyPack) -> list[Period]:
    values = [item for name in Values.model_fields for item in getattr(pack.values, name)]
    return [*values, *(rule for group in RULES for rule in getattr(pack, group))]


def _pack(pack: PolicyPack) -> Item:
    facts = {
        "代号": pack.name,
        "地区": pack.region,
        "基础": pack.base or "无",
        "事项": "、".join(pack.matters),
        "发布": str(pack.released),
        "有效性": pack.effect,
    }
    return Item(part=Part.PACK, id="pack", title=pack.title, facts=facts)


def _values(policy: Policy) -> Iterator[Item]:
    for name in SERIES:
        if name in policy.chosen:
            yield _value(name, policy.chosen[name])


def _value(name: str, dated: Dated[object]) -> Item:
    return Item(
        part=Part.VALUES,
        id=name,
        title=SERIES[name],
        facts=value_facts(name, dated.value),
        since=dated.since,
        until=dated.until,
        cites=(dated.cite,),
    )


def _rules(policy: Policy) -> Iterator[Item]:
    for group in RULES:
        in_force = (rule for rule in getattr(policy.pack, group) if rule.applies(policy.day))
        yield from _numbered(_rule(Part[group.upper()], rule) for rule in in_force)


def _rule(part: Part, rule: Rule) -> Item:
    facts = rule_facts(rule)
    # A rule without an id goes by what it says first: a region, a sort, a reason.
    name = getattr(rule, "id", "") or next(iter(facts.values()))
    return Item(
        part=part,
        id=name,
        title=facts.pop("名称", name),
        facts=facts,
        since=rule.since,
        until=rule.until,
        matters=getattr(rule, "matters", ()),
        cites=(rule.cite, *getattr(rule, "also", ())),
    )


def _numbered(items: Iterable[Item]) -> Iterator[Item]:
    # Rules without an id of their own may share a name: the second is told apart by its number.
    seen: dict[str, int] = {}
    for item in items:
        seen[item.id] = seen.get(item.id, 0) + 1
        yield item if seen[item.id] == 1 else item.model_copy(update={"id": f"{item.id}-{seen[item.id]}"})


def _citations(citations: Mapping[str, Citation]) -> Iterator[Item]:
    for cite, citation in citations.items():
        yield Item(part=Part.CITATIONS, id=cite, title=ground(citation), facts=citation_facts(citation))
