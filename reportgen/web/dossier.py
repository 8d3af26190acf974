"""A subject's record as the agency reads it: by section, each fact with its source, its day, and whether it counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.intake.columns.subject import SUBJECT
from reportgen.sheets.form import Sheet
from reportgen.sheets.template import as_tables
from reportgen.subject.base import Fact, Source
from reportgen.subject.model import COLLECTIONS, Subject

_CHECKS = ("来源", "核实人", "核实方式", "核实日期")
"""Columns that the line below a fact tells in its own way."""
_NAMING = 2
"""So many of a fact's values name it."""
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Item:
    """A fact: its id, what names it, what it says, its source, and whether it may be relied on."""

    id: str
    title: str
    says: Pairs
    source: Source | None = None
    checked: str = ""
    counts: bool = True


@dataclass(frozen=True)
class Section:
    """A kind of facts, in the order in which the subject holds them."""

    title: str
    items: tuple[Item, ...]


def sections(subject: Subject) -> list[Section]:
    """Return a subject's facts by section; what it has none of is left out, as are its sources and its head."""
    tables = as_tables(SUBJECT, subject.model_dump())
    found = (_section(subject, sheet, tables[sheet.title]) for sheet in SUBJECT.sheets if not sheet.pairs)
    return [section for section in found if section.items]


def head(subject: Subject) -> Pairs:
    """Return who a subject is and how it is registered."""
    rows = as_tables(SUBJECT, subject.model_dump())[SUBJECT.sheets[0].title][1:]
    return tuple((_bare(str(row[0])), str(row[1])) for row in rows if row[1] not in (None, ""))


def item_of(subject: Subject, fact: str) -> Item | None:
    """Return the fact of an id; None where the subject has none."""
    if fact == subject.registration.id:
        return Item(fact, "登记信息", head(subject), **_standing(subject, subject.registration))
    every = (item for section in sections(subject) for item in section.items)
    return next((item for item in every if item.id == fact), None)


def _section(subject: Subject, sheet: Sheet, table: Sequence[Sequence[Any]]) -> Section:
    heads, *rows = table
    facts: Sequence[Fact] = getattr(subject, sheet.path) if sheet.path in COLLECTIONS else ()
    items = (
        _item(subject, [_bare(str(head)) for head in heads], row, facts[index] if facts else None)
        for index, row in enumerate(rows)
    )
    return Section(sheet.title, tuple(items))


def _item(subject: Subject, heads: Sequence[str], row: Sequence[Any], fact: Fact | None) -> Item:
    says = tuple(_says(heads, row, () if fact is None else _CHECKS))
    title = "　".join(text for _, text in says[:_NAMING])
    if fact is None:
        return Item("", title, says)
    return Item(fact.id, title, says, **_standing(subject, fact))


def _standing(subject: Subject, fact: Fact) -> dict[str, Any]:
    source, check = subject.source_of(fact), fact.verification
    checked = f"{check.on} {check.by}：{check.how}" if check else ""
    return {"source": source, "checked": checked, "counts": fact.counts(source)}


def _says(heads: Sequence[str], row: Sequence[Any], without: Sequence[str]) -> Iterator[tuple[str, str]]:
    for head_, value in zip(heads, row, strict=True):
        if value not in (None, "") and head_ not in without:
            yield head_, str(value)


def _bare(title: str) -> str:
    return title.removesuffix("*")
