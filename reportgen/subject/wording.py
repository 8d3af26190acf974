"""What became of a fact, in words: withdrawn, repaired, revoked, objected to, told by another source."""

from collections.abc import Iterator

from reportgen.subject.base import Fact
from reportgen.subject.changes import SUBJECT, FactChange, Sort
from reportgen.subject.conflicts import Conflict
from reportgen.subject.model import Subject
from reportgen.subject.records import CreditRecord, RecordState

_BARE = {SUBJECT, "sources"}


def words(change: FactChange, before: Subject, after: Subject) -> str:
    """Return what a change of a fact means; nothing where the fields say it all."""
    if change.collection in _BARE or change.is_claim:
        return ""
    old, new = _found(before, change), _found(after, change)
    if old is None or new is None:
        return _withdrawn(old, after) if change.sort is Sort.REMOVED and old is not None else ""
    return "；".join(_turns(old, new, before, after))


def differing(conflict: Conflict, subject: Subject) -> str:
    """Return a conflict as a sentence: who tells what, what counts, and what to do about two public sources."""
    names = {source.id: source.name for source in subject.sources}
    place = f"{conflict.collection}.{conflict.fact}"
    if not conflict.source:
        return f"{place}：{names[conflict.other]}所列的股东未采信，合计将大于 1"
    told = "；".join(f"{d.path} 采信 {d.counts}，另述 {d.told}" for d in conflict.differences)
    who = f"采信{names[conflict.source]}（{conflict.source}），另述来自{names[conflict.other]}（{conflict.other}）"
    look = "；两个公共来源不一致，请向来源单位核实后再出具报告" if conflict.public else ""
    return f"{place}：{told}；{who}{look}"


def differences(found: tuple[FactChange, ...], before: Subject, after: Subject) -> Iterator[str]:
    """Yield a line for each difference between two versions, and in words what it means where that is plain."""
    for change in found:
        place = f"{change.collection}.{change.fact}"
        meaning = words(change, before, after)
        if change.sort is not Sort.CHANGED or meaning:
            yield f"{change.sort} {place}" + (f"：{meaning}" if meaning else "")
        yield from (
            f"{change.sort} {place}.{f.path}：{_value(f.before)} → {_value(f.after)}" for f in change.fields
        )
    if not found:
        yield "没有差异"


def _found(subject: Subject, change: FactChange) -> Fact | None:
    for path, fact in subject.facts():
        if fact.id == change.fact and path.startswith(change.collection):
            return fact
    return None


def _withdrawn(old: Fact, after: Subject) -> str:
    for source in after.sources:
        if source.id == old.source:
            return f"已撤回：{source.name} {source.collected_on} 采集时不再载明"
    return f"已撤回：来源 {old.source} 不再采用"


def _turns(old: Fact, new: Fact, before: Subject, after: Subject) -> Iterator[str]:
    if isinstance(old, CreditRecord) and isinstance(new, CreditRecord) and old.state is not new.state:
        yield _state(old, new)
    if old.source != new.source:
        yield f"改以 {after.source_of(new).name}（{new.source}）所述为准，原为 {before.source_of(old).name}（{old.source}）"
    if old.verification is None and new.verification is not None:
        yield f"已核实（{new.verification.on}）"


def _state(old: CreditRecord, new: CreditRecord) -> str:
    dates = {
        RecordState.REPAIRED: new.repaired_on,
        RecordState.REVOKED: new.revoked_on,
        RecordState.DISPUTED: new.disputed_on,
    }
    over = "异议已办结，" if old.state is RecordState.DISPUTED else ""
    day = dates.get(new.state)
    return f"{over}{new.state}" + (f"（{day}）" if day else "")


def _value(value: object) -> str:
    return "（无）" if value in (None, "", []) else str(value)
