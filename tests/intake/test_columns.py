"""Every field of a subject and of a project has a column in its workbook, and every column a field."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from pydantic import BaseModel

from reportgen.intake.columns.asked import KINDS, TERMS
from reportgen.intake.columns.binding import Leaf, leaves, lists
from reportgen.intake.columns.filling import FILLING
from reportgen.intake.columns.project import PROJECT
from reportgen.intake.columns.subject import SUBJECT
from reportgen.project.clauses import Choice, CreditClause
from reportgen.project.model import Lot, Project
from reportgen.project.requirements import Requirement
from reportgen.sheets.form import Sheet, Sort, heading
from reportgen.subject.model import Subject

# A workbook says what counts: what other sources say besides comes from their deliveries, what a list says of a
# related party from screening.
UNWRITTEN = ("claims.", "related.listings")


def model_of(sheet: Sheet) -> type[BaseModel]:
    if sheet.pairs:
        return Subject
    holder = lists(Subject)[sheet.within] if sheet.within else Subject
    return lists(holder)[sheet.path]


@pytest.mark.parametrize("sheet", SUBJECT.sheets, ids=lambda sheet: str(sheet.path or "subject"))
def test_every_field_has_a_column_and_every_column_a_field(sheet: Sheet) -> None:
    columns = [column.path for column in sheet.columns if column.path]
    fields = [path for path, _ in leaves(model_of(sheet)) if not path.startswith(UNWRITTEN)]
    assert sorted(columns) == sorted(fields)


def test_every_list_has_a_sheet() -> None:
    found = set(lists(Subject)) | {
        f"{name}.{inner}" for name, model in lists(Subject).items() for inner in lists(model)
    } - set(UNWRITTEN)
    listed = [
        f"{sheet.within}.{sheet.path}" if sheet.within else sheet.path
        for sheet in SUBJECT.sheets
        if sheet.path
    ]
    assert sorted(listed) == sorted(found)


@pytest.mark.parametrize("sheet", SUBJECT.sheets, ids=lambda sheet: str(sheet.path or "subject"))
def test_no_head_stands_for_two_columns(sheet: Sheet) -> None:
    names = Counter(heading(n)[0] for c in sheet.columns for n in {c.head, c.path, *c.others} if n)
    assert [name for name, count in names.items() if count > 1] == []


def test_an_id_that_may_be_left_blank_is_made_by_the_rule_of_the_subject() -> None:
    for sheet in SUBJECT.sheets:
        blank = any(column.path == "id" and not column.needed for column in sheet.columns)
        assert blank == (sheet.naming is not None), sheet.title


def test_examples_are_read_as_the_columns_say() -> None:
    for sheet in SUBJECT.sheets:
        for column in sheet.columns:
            if column.example and column.offered:
                assert column.example in column.offered, column.head


# What a clause is, besides the terms of its kind; an alternative has a sheet of its own.
CLAUSE = {"id", "clause", "text", "hard", "page", "kind", "jv", "alternative"}
HELD: dict[str, type[BaseModel]] = {
    "项目": Project,
    "标段": Lot,
    "信用条款": CreditClause,
    "地方规则": Choice,
}
BY_TITLE = {sheet.title: sheet for sheet in PROJECT.sheets}
SHARES = {("similar_works", "value_share"), ("litigation", "share")}


@pytest.mark.parametrize("title", HELD)
def test_every_field_of_a_project_has_a_column(title: str) -> None:
    fields = [path for path, _ in leaves(HELD[title])]
    assert sorted(column.path for column in BY_TITLE[title].columns) == sorted(fields)


def test_every_list_of_a_project_has_a_sheet() -> None:
    assert set(lists(Project)) == {sheet.path for sheet in PROJECT.sheets} - {"", "alternatives"}
    assert set(lists(Lot)) == {"requirements"}
    assert {sheet.title for sheet in PROJECT.sheets} == {*HELD, "资格条件", "替代条件"}


def test_every_kind_of_requirement_can_be_filled_in() -> None:
    asked = get_args(get_args(Requirement)[0])
    assert {kind.model for kind in KINDS.values()} == set(asked)
    assert [get_args(kind.model.model_fields["kind"].annotation) for kind in KINDS.values()] == [
        (name,) for name in KINDS
    ]


@pytest.mark.parametrize("name", KINDS)
def test_every_term_of_a_kind_has_a_column(name: str) -> None:
    kind = KINDS[name]
    assert set(kind.columns) == set(kind.model.model_fields) - CLAUSE
    assert len(set(kind.columns.values())) == len(kind.columns)
    sorts = {column.path: column.sort for column in TERMS}
    for path, leaf in leaves(kind.model):
        if (column := kind.columns.get(path)) and leaf.kind is not dict:
            assert sorts[column] in sorts_of(leaf, (name, path)), path
    assert set(kind.example) <= {*sorts, "clause", "text", "page", "hard", "lot"}


def sorts_of(leaf: Leaf, term: tuple[str, str]) -> set[Sort]:
    """Return what a column may hold for a term."""
    if leaf.kind is Decimal:
        return {Sort.SHARE} if term in SHARES else {Sort.MONEY, Sort.NUMBER}
    known = {bool: Sort.YES_NO, int: Sort.NUMBER, date: Sort.DAY}
    return {known.get(leaf.kind, Sort.TEXT)}


def test_every_clause_has_its_columns() -> None:
    asked = {column.path for column in BY_TITLE["资格条件"].columns}
    assert asked == CLAUSE - {"alternative"} | {column.path for column in TERMS} | {"lot"}
    instead = {column.path for column in BY_TITLE["替代条件"].columns}
    assert instead == {column.path for column in TERMS} | {"of", "lot", "founded_within_years", "kind"}


def test_the_columns_of_a_project_are_what_they_look() -> None:
    for sheet in PROJECT.sheets:
        names = Counter(heading(n)[0] for c in sheet.columns for n in {c.head, c.path, *c.others} if n)
        assert [name for name, count in names.items() if count > 1] == []
        for column in sheet.columns:
            if column.example and column.offered:
                assert column.example in column.offered, column.head


def test_where_a_gap_is_filled_names_sheets_and_columns_that_there_are() -> None:
    names = {sheet.title for sheet in SUBJECT.sheets}
    names |= {column.head for sheet in SUBJECT.sheets for column in sheet.columns}
    words = {word for sheet in SUBJECT.sheets for column in sheet.columns for word in column.words}
    for about, said in FILLING.items():
        assert set(re.findall("“([^”]+)”", said)) <= names | words, about
    assert {kind for kind in KINDS if kind not in FILLING} == set()
