"""Warnings (提示): what a clerk should look at in a subject's facts before relying on them; they bar nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from reportgen.subject.base import Fact, Model
from reportgen.subject.grades import EXAMPLES, grade_word
from reportgen.subject.identity import normalised
from reportgen.subject.model import Subject
from reportgen.subject.records import RecordKind, RecordState

Known = Callable[[str], Subject | None]
"""Returns the subject of a USCC where it is known."""
_LOOKALIKES = {"people": ("name", "certificate"), "equipment": ("name", "specification")}
"""Where one thing may be told so differently that it counts twice, and by what it is looked for."""
_FURTHEST = 50
_LARGEST, _TIMES = Decimal(10**11), 1000
"""In 元, more than which hardly any sum is; and how many times the largest yearly revenue hardly any contract."""
_HUNDRED_MILLION = Decimal(10**8)
_OWN = "人民币"
_OVER = frozenset({RecordState.REPAIRED, RecordState.REVOKED})
_GRADED = ("qualifications", "people")


class Caution(Model):
    """Something to look at: its path in the subject, and in Chinese what it is and what to do."""

    path: str
    text: str


def nobody(_: str) -> Subject | None:
    """Know no other subject."""
    return None


def warnings(subject: Subject, known: Known = nobody, *, today: date | None = None) -> tuple[Caution, ...]:
    """Return the warnings of a subject; `known` finds the shareholders whose own holders are looked at.

    `today` is told where days yet to come are to be looked at.
    """
    found = (
        *(_to_come(subject, today) if today else ()),
        *_out_of_proportion(subject),
        *_imbalances(subject),
        *_circles(subject, known),
        *_grades(subject),
        *_lookalikes(subject),
        *_penalised_works(subject),
    )
    return tuple(Caution(path=path, text=text) for path, text in found)


def _to_come(subject: Subject, today: date) -> Iterator[tuple[str, str]]:
    if subject.as_of > today:
        yield "as_of", f"数据截止日 {subject.as_of} 晚于今天 {today}，请核对"
    for index, source in enumerate(subject.sources):
        if source.collected_on > today:
            yield f"sources[{index}].collected_on", f"采集日期 {source.collected_on} 晚于今天 {today}，请核对"


def _out_of_proportion(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield sums that look as if 元 were typed where 万元 was asked for."""
    most = max((s.revenue for s in subject.statements if s.revenue), default=None)
    for path, name, amount in _sums(subject):
        told = f"{name}为 {amount / _HUNDRED_MILLION:,.2f} 亿元"
        if amount > _LARGEST:
            yield path, f"{told}，请核对单位：列名注万元的，填以万元计的数"
        elif path.startswith("contracts") and most is not None and amount > most * _TIMES:
            yield path, f"{told}，是最高年度营业收入的 {_TIMES} 倍以上，请核对单位"


def _sums(subject: Subject) -> Iterator[tuple[str, str, Decimal]]:
    held = subject.registration
    if held.currency == _OWN:
        yield "registration.capital", "注册资本", held.capital or Decimal(0)
        yield "registration.paid_in", "实缴资本", held.paid_in or Decimal(0)
    for index, holder in enumerate(subject.shareholders):
        yield f"shareholders[{index}].subscribed", "认缴出资", holder.subscribed or Decimal(0)
    for index, line in enumerate(subject.credit_lines):
        yield f"credit_lines[{index}].limit", "授信额度", line.limit
    for index, contract in enumerate(subject.contracts):
        yield f"contracts[{index}].value", "合同金额", contract.value


def _grades(subject: Subject) -> Iterator[tuple[str, str]]:
    for collection in _GRADED:
        for index, held in enumerate(getattr(subject, collection)):
            if grade_word(held.grade) is None:
                text = f"认不出等级“{held.grade}”，评价时作未证实；请照证书写作{EXAMPLES}之类"
                yield f"{collection}[{index}].grade", text


def _imbalances(subject: Subject) -> Iterator[tuple[str, str]]:
    for index, statement in enumerate(subject.statements):
        if statement.imbalance:
            text = f"{statement.year} 年报表不平：资产 − 负债 − 所有者权益 = {statement.imbalance:,} 元，请核对原件"
            yield f"statements[{index}]", text


def _circles(subject: Subject, known: Known) -> Iterator[tuple[str, str]]:
    for index, holder in enumerate(subject.shareholders):
        if holder.uscc == subject.uscc:
            yield f"shareholders[{index}]", f"股东 {holder.name} 就是主体自己，请核对登记信息"
        elif holder.uscc is not None and (way := _way(holder.uscc, subject.uscc, known)):
            names = " ← ".join((subject.name, *way, subject.name))
            yield f"shareholders[{index}]", f"循环持股：{names}，请核对各方登记信息"


def _way(start: str, goal: str, known: Known) -> tuple[str, ...]:
    """Return the names of those through whom `start` is held by `goal`, nothing where it is not."""
    ways: dict[str, tuple[str, ...]] = {start: ()}
    waiting = [start]
    while waiting and len(ways) <= _FURTHEST:
        code = waiting.pop(0)
        holder = known(code)
        if holder is None:
            continue
        way = (*ways[code], holder.name)
        for above in holder.shareholders:
            if above.uscc == goal:
                return way
            if above.uscc is not None and above.uscc not in ways:
                ways[above.uscc] = way
                waiting.append(above.uscc)
    return ()


def _lookalikes(subject: Subject) -> Iterator[tuple[str, str]]:
    for collection, fields in _LOOKALIKES.items():
        alike: dict[tuple[str, ...], list[Fact]] = defaultdict(list)
        for fact in getattr(subject, collection):
            alike[tuple(normalised(getattr(fact, field)) for field in fields)].append(fact)
        for facts in alike.values():
            if len({fact.source for fact in facts}) > 1:
                ids = "、".join(sorted(fact.id for fact in facts))
                yield collection, f"{ids} 来自不同来源而相近，如为同一项，请只留一项，以免重复计算"


def _penalised_works(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield contracts that tell of no penalty although one names them: the report would contradict itself."""
    penalties = [r for r in subject.records if r.kind is RecordKind.PENALTY and r.state not in _OVER]
    for index, contract in enumerate(subject.contracts):
        if contract.performance.penalised:
            continue
        for record in penalties:
            named = contract.name in f"{record.title}\n{record.content}"
            if named and record.determined_on >= contract.signed_on:
                text = (
                    f"{record.number or record.title}提到《{contract.name}》，该合同的履约情况没有写明受过处罚，"
                    "请核对两处；确与该合同履约无关的，不必改"
                )
                yield f"contracts[{index}].performance.penalised", text
