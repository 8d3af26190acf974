"""Every field of a subject has a column in its workbook, and every column a field."""

from collections import Counter

import pytest
from pydantic import BaseModel

from reportgen.intake.columns.binding import leaves, lists
from reportgen.intake.columns.subject import SUBJECT
from reportgen.sheets.form import Sheet, heading
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


def test_what_makes_an_id_are_columns() -> None:
    for sheet in SUBJECT.sheets:
        assert set(sheet.identity) <= {column.path for column in sheet.columns}
        assert bool(sheet.prefix) == bool(sheet.identity)


def test_examples_are_read_as_the_columns_say() -> None:
    for sheet in SUBJECT.sheets:
        for column in sheet.columns:
            if column.example and column.offered:
                assert column.example in column.offered, column.head
