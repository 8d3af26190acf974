"""The workbook that goes to the subject itself: nobody's checks in it, and nothing in it stops its way back."""

from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from reportgen.intake.columns.declared import DECLARED, as_given
from reportgen.intake.files import load_subject, read_subject
from reportgen.settings import asset_dir
from reportgen.sheets.template import as_workbook
from reportgen.subject.base import Origin
from reportgen.subject.changes import changes
from reportgen.subject.claims import facts_of
from reportgen.subject.declared import declared, taken
from reportgen.subject.model import Subject
from tests.factories import subject

SAMPLES = sorted((asset_dir("sample_subjects") / "subjects").glob("*.yaml"))
TODAY = date(2026, 11, 22)


def words(book: bytes) -> str:
    """Return all that stands in a workbook, its notes and comments as well."""
    cells = (
        cell
        for sheet in openpyxl.load_workbook(BytesIO(book))
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    )
    return "\n".join(f"{cell.value}\n{cell.comment.text if cell.comment else ''}" for cell in cells)


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_what_comes_back_as_it_went_out_keeps_every_check(file: Path, tmp_path: Path) -> None:
    held = load_subject(file)
    path = tmp_path / "a.xlsx"
    path.write_bytes(as_workbook(DECLARED, as_given(held, TODAY)))
    given = read_subject(path).result()
    assert all(fact.verification is None for _, fact in given.facts())
    found = declared(held, given)
    assert (found.faults, found.remarks) == ((), ())
    after = taken(held, found.told)
    assert after is not None
    assert not [change for change in changes(held, after) if lapsed(change.fact, held, after)]


def lapsed(name: str, before: Subject, after: Subject) -> bool:
    """Say whether a fact that stands in both lost its check."""
    checked = [{fact.id for _, fact in facts_of(one) if fact.verification} for one in (before, after)]
    standing = {fact.id for _, fact in facts_of(after)}
    return name in checked[0] & standing - checked[1]


@pytest.mark.parametrize("tree", [None, as_given(load_subject(SAMPLES[1]), TODAY)], ids=["empty", "filled"])
def test_it_names_nobody_who_checked_and_has_no_column_for_him(tree: dict[str, object] | None) -> None:
    said = words(as_workbook(DECLARED, tree))
    for word in ("核实人", "核实方式", "核实日期", "编制员"):
        assert word not in said
    assert "核实由本机构核对原件以后登记" in said
    assert "自主申报" in said


def test_one_of_whom_only_others_told_gets_a_source_of_its_own() -> None:
    *others, own = as_given(subject(), TODAY)["sources"]
    assert len(others) == 1
    assert (own["origin"], own["collected_on"]) == (Origin.SELF_DECLARED, TODAY)
