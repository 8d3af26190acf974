"""Warnings (提示): what a clerk should look at in a subject's facts before relying on them; they bar nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from reportgen.subject.base import Fact, Model
from reportgen.subject.identity import normalised
from reportgen.subject.model import Subject

Known = Callable[[str], Subject | None]
"""Returns the subject of a USCC where it is known."""
_LOOKALIKES = {"people": ("name", "certificate"), "equipment": ("name", "specification")}
"""Where one thing may be told so differently that it counts twice, and by what it is looked for."""
_FURTHEST = 50


class Caution(Model):
    """Something to look at: its path in the subject, and in Chinese what it is and what to do."""

    path: str
    text: str


def nobody(_: str) -> Subject | None:
    """Know no other subject."""
    return None


def warnings(subject: Subject, known: Known = nobody) -> tuple[Caution, ...]:
    """Return the warnings of a subject; `known` finds the shareholders whose own holders are looked at."""
    found = (*_imbalances(subject), *_circles(subject, known), *_lookalikes(subject))
    return tuple(Caution(path=path, text=text) for path, text in found)


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
