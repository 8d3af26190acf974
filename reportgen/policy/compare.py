"""What differs between two packs, or in one pack between two days: item by item, with dates and citations."""

from collections.abc import Iterator
from enum import StrEnum

from reportgen.policy.sheet import Item, Part, Sheet
from reportgen.subject.base import Model, Text
from reportgen.subject.matter import Matter


class Sort(StrEnum):
    """What became of an item."""

    ADDED = "新增"
    REMOVED = "删除"
    CHANGED = "修改"


class Difference(Model):
    """One fact of an item before and after; nothing where the item did not say it."""

    label: str
    before: str
    after: str


class Change(Model):
    """An item that differs: its facts, from when to when it held and what it rested on, before and after.

    `matters` are those it touches, before or after; empty where it touches all matters of the pack.
    """

    part: Part
    id: str
    title: Text
    sort: Sort
    matters: tuple[Matter, ...]
    before_span: str
    after_span: str
    before_grounds: tuple[str, ...]
    after_grounds: tuple[str, ...]
    differences: tuple[Difference, ...]


def compare(before: Sheet, after: Sheet) -> tuple[Change, ...]:
    """Return what differs, in the order of reading; nothing where both say the same.

    Citations are compared where both rest on them: which are new or gone is told by the items.
    """
    return tuple(change for part in Part for change in _part(part, before, after))


def _part(part: Part, before: Sheet, after: Sheet) -> Iterator[Change]:
    old = {item.id: item for item in before.part(part)}
    new = {item.id: item for item in after.part(part)}
    shared = [name for name in old if name in new]
    for name in shared if part is Part.CITATIONS else [*old, *(name for name in new if name not in old)]:
        change = _change(before, old.get(name), after, new.get(name))
        if change is not None:
            yield change


def _change(before: Sheet, old: Item | None, after: Sheet, new: Item | None) -> Change | None:
    item = new or old
    if item is None or _told(before, old) == _told(after, new):
        return None
    return Change(
        part=item.part,
        id=item.id,
        title=item.title,
        sort=Sort.ADDED if old is None else Sort.REMOVED if new is None else Sort.CHANGED,
        matters=_matters(old, new),
        before_span=old.span if old else "",
        after_span=new.span if new else "",
        before_grounds=before.grounds(old) if old else (),
        after_grounds=after.grounds(new) if new else (),
        differences=tuple(_differences(old, new)),
    )


def _told(sheet: Sheet, item: Item | None) -> object:
    # The verification of a citation shows in its ground, and its wording in the part of the citations.
    return item and (item.title, item.facts, item.span, item.matters, item.cites, sheet.grounds(item))


def _matters(old: Item | None, new: Item | None) -> tuple[Matter, ...]:
    both = [item.matters for item in (old, new) if item]
    return tuple(m for m in Matter if any(m in matters for matters in both)) if all(both) else ()


def _differences(old: Item | None, new: Item | None) -> Iterator[Difference]:
    said = [dict(item.facts) if item else {} for item in (old, new)]
    if old and new and old.title != new.title:
        yield Difference(label="名称", before=old.title, after=new.title)
    for label in dict.fromkeys([*said[0], *said[1]]):
        before, after = (facts.get(label, "") for facts in said)
        if before != after:
            yield Difference(label=label, before=before, after=after)
