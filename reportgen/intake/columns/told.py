"""A subject's facts in the words of its workbook: each with its heads, its source and whether it counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.intake.columns.subject import SUBJECT
from reportgen.sheets.form import Sheet
from reportgen.sheets.template import as_tables
from reportgen.subject.base import Fact, Source
from reportgen.subject.identity import REGISTRATION
from reportgen.subject.model import COLLECTIONS, Subject

_TITLE = "登记信息"
_ABOUT = frozenset({"id", "source", "location", "verification.by", "verification.how", "verification.on"})
"""What is told of every fact beside what it says."""


@dataclass(frozen=True)
class Told:
    """A fact: what it says by its heads, where it comes from, and whether it may be relied on."""

    fact: Fact
    says: tuple[tuple[str, str], ...]
    source: Source
    counts: bool

    @property
    def brief(self) -> str:
        """Return the first words of what it says."""
        return "　".join(text for _, text in self.says[:3])


def facts_told(subject: Subject) -> dict[str, list[Told]]:
    """Return the facts of a subject by the titles of their sheets, in the order of the workbook."""
    tables = as_tables(SUBJECT, subject.model_dump())
    found = {_TITLE: [_told(subject, subject.registration, _registration(tables["主体"]))]}
    for sheet in SUBJECT.sheets:
        if sheet.path in COLLECTIONS and not sheet.within:
            facts: Sequence[Fact] = getattr(subject, sheet.path)
            rows = tables[sheet.title][1:]
            found[sheet.title] = [
                _told(subject, fact, _says(sheet, row)) for fact, row in zip(facts, rows, strict=True)
            ]
    return {title: facts for title, facts in found.items() if facts}


def _told(subject: Subject, fact: Fact, says: Iterator[tuple[str, str]]) -> Told:
    return Told(fact, tuple(says), subject.source_of(fact), subject.counts(fact))


def _says(sheet: Sheet, row: Sequence[Any]) -> Iterator[tuple[str, str]]:
    for column, value in zip(sheet.columns, row, strict=True):
        if value is not None and column.path not in _ABOUT:
            yield column.title.removesuffix("*"), str(value)


def _registration(rows: Sequence[Sequence[Any]]) -> Iterator[tuple[str, str]]:
    about = {f"{REGISTRATION}.{path}" for path in _ABOUT}
    (sheet,) = (sheet for sheet in SUBJECT.sheets if sheet.pairs)
    for column, row in zip(sheet.columns, rows[1:], strict=True):
        if row[1] is not None and column.path not in about:
            yield column.title.removesuffix("*"), str(row[1])
