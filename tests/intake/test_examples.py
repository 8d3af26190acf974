"""Every example of the templates can be left as it stands: with its mark taken off, it is read."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from reportgen.intake.columns.project import PROJECT
from reportgen.intake.columns.subject import SUBJECT
from reportgen.intake.files import load_project, load_subject
from reportgen.sheets.form import Form
from reportgen.sheets.template import as_workbook

_MARK = "#示例 "


@pytest.fixture
def filled(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Return the template of a form with its examples as its content."""
    form: Form = request.param
    path = tmp_path / "t.xlsx"
    path.write_bytes(as_workbook(form))
    book = load_workbook(path)
    for sheet in form.sheets:
        _unmark(book[sheet.title], pairs=sheet.pairs)
    book.save(path)
    return path


def _unmark(shown: Any, *, pairs: bool) -> None:
    for row in range(2, shown.max_row + 1):
        if pairs:
            shown.cell(row, 2).value = shown.cell(row, 4).value
        elif shown.cell(row, 1).value:
            shown.cell(row, 1).value = str(shown.cell(row, 1).value).removeprefix(_MARK)


@pytest.mark.parametrize("filled", [SUBJECT], indirect=True, ids=["subject"])
def test_the_examples_of_a_subject_are_one(filled: Path) -> None:
    subject = load_subject(filled)
    assert str(subject.related[0].share) == "0.62"
    assert len(subject.sources) == len(subject.contracts) == len(subject.people) == 1


@pytest.mark.parametrize("filled", [PROJECT], indirect=True, ids=["project"])
def test_the_examples_of_a_project_are_one(filled: Path) -> None:
    project = load_project(filled)
    assert len(project.requirements) + len(project.lots[0].requirements) == len(PROJECT.sheets[2].ways)
