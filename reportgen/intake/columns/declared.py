"""The workbook of a subject as it goes to the subject itself: with no columns for checks, which are the office's."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from reportgen.intake.columns.common import SOURCES
from reportgen.intake.columns.subject import SUBJECT
from reportgen.sheets.form import Column, Form, Sheet
from reportgen.subject.base import Origin, Source
from reportgen.subject.identity import source_id
from reportgen.subject.model import Subject

_CHECKS = ".verification."
_OWN: Mapping[str, str] = {
    "name": "企业自主申报材料及真实性承诺书",
    "origin": Origin.SELF_DECLARED.value,
    "location": "申报编号 2026-1109-01",
    "complete_for": "",
}
"""Examples of a source that a subject may give."""
_LINES = (
    "只能填报自主申报的内容：各行的“来源”归到类别为自主申报的来源。其他来源由本机构采集，请照样表填回；认为有误的，请在“我的信息”提出异议。",
    "核实由本机构核对原件以后登记，这份工作簿没有核实的各列；改动过的行不再算已核实，核对以前只列示、不采信。",
)


def _own(sheet: Sheet) -> Sheet:
    columns = tuple(column for column in sheet.columns if _CHECKS not in f".{column.path}")
    return replace(sheet, columns=tuple(map(_example, columns)) if sheet.title == SOURCES else columns)


def _example(column: Column) -> Column:
    return replace(column, example=_OWN.get(column.path, column.example))


DECLARED: Form = replace(
    SUBJECT,
    sheets=tuple(map(_own, SUBJECT.sheets)),
    explained=(*(line for line in SUBJECT.explained if "核实人" not in line), *_LINES),
)
"""The workbook that a bidder fills in."""


def as_given(subject: Subject, on: date) -> dict[str, Any]:
    """Return what is held of a subject as its workbook shows it, with a source of its own for what it declares on a day."""
    tree = subject.model_dump()
    if all(source.origin is not Origin.SELF_DECLARED for source in subject.sources):
        own = Source(id="?", name=_OWN["name"], origin=Origin.SELF_DECLARED, collected_on=on)
        tree["sources"] = (*tree["sources"], own.model_copy(update={"id": source_id(own)}).model_dump())
    return tree
