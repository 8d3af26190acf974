"""Subjects and projects from files: YAML, JSON, a workbook (XLSX) or a folder of CSV files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from pydantic import ValidationError

from reportgen.errors import Fault, ReportgenError
from reportgen.faults import faults_of
from reportgen.files import write_whole
from reportgen.intake.refused import refused
from reportgen.plain import Plain, read_plain
from reportgen.project.model import Project
from reportgen.sheets.filled import Filled, read_filled, without_unread
from reportgen.sheets.form import Form
from reportgen.sheets.harmless import UnfitError
from reportgen.sheets.tables import BOOK
from reportgen.subject.base import Model
from reportgen.subject.links import Misfit, misfits_in
from reportgen.subject.model import COLLECTIONS, Subject

_M = TypeVar("_M", bound=Model)
ENDINGS = frozenset({".yaml", ".yml", ".json", BOOK})
"""The endings of the files that hold a subject or a project; a folder holds CSV files."""


class Tree(Protocol):
    """What a file says as a tree of texts, whatever its shape."""

    data: dict[str, Any]
    faults: list[Fault]

    def said(self, fault: Fault) -> bool:
        """Say whether a model's fault tells of what `faults` tell already."""

    def told(self, fault: Fault) -> Fault:
        """Return a model's fault with its place in the file."""


def _nothing(_: dict[str, Any]) -> list[Misfit]:
    return []


@dataclass(frozen=True)
class Reading(Generic[_M]):
    """What came of reading a file: the model, or all that is wrong; and what to look at in either case."""

    path: Path
    tree: Tree
    model: _M | None
    faults: tuple[Fault, ...]

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """Return what stopped nothing and should be looked at."""
        return tuple(self.tree.warnings) if isinstance(self.tree, Filled) else ()

    def result(self) -> _M:
        """Return the model; raises E0301 with every fault by its path."""
        if self.model is None or self.faults:
            raise ReportgenError("E0301", path=str(self.path), faults=self.faults)
        return self.model

    def mark(self, copy: Path) -> None:
        """Write a copy of the workbook with its faults marked; raises E0371, E0901."""
        from reportgen.sheets.marked import marked_copy

        tree = self.tree
        if (
            not isinstance(tree, Filled)
            or copy.suffix.lower() != BOOK
            or copy.absolute() == self.path.absolute()
        ):
            raise ReportgenError(
                "E0371", path=str(copy), detail="所给的不是工作簿或 CSV 文件夹，或副本的文件名不合"
            )
        marks = [(fault, tree.cells.get(fault)) for fault in (*self.faults, *tree.warnings)]
        try:
            write_whole(copy, marked_copy(self.path, tree.form, marks))
        except UnfitError as error:
            raise ReportgenError("E0371", path=str(copy), detail=str(error)) from error


def read_subject(path: Path) -> Reading[Subject]:
    """Read a subject, faults and all; raises what `read_tree` raises."""
    return read(path, Subject, _subject_form, _across, other=_project_form)


def subject_in(path: Path, tree: Tree) -> Reading[Subject]:
    """Return the subject of a tree that was read from a file, faults and all."""
    return reading_of(path, tree, Subject, _across)


def _across(data: dict[str, Any]) -> list[Misfit]:
    return misfits_in(data, COLLECTIONS)


def load_subject(path: Path) -> Subject:
    """Read a subject; raises E0301 with every fault by its path, or what `read_tree` raises."""
    return read_subject(path).result()


def read_project(path: Path) -> Reading[Project]:
    """Read a project, faults and all; raises what `read_tree` raises."""
    return read(path, Project, _project_form, other=_subject_form)


def load_project(path: Path) -> Project:
    """Read a project; raises E0301 with every fault by its path, or what `read_tree` raises."""
    return read_project(path).result()


def load(path: Path, model: type[_M], across: Callable[[dict[str, Any]], list[Misfit]] = _nothing) -> _M:
    """Read a YAML or JSON file as `model`; raises E0301 with every fault, or what `read_plain` raises."""
    return reading_of(path, read_plain(path), model, across).result()


def read(
    path: Path,
    model: type[_M],
    form: Callable[[], Form],
    across: Callable[[dict[str, Any]], list[Misfit]] = _nothing,
    *,
    other: Callable[[], Form],
) -> Reading[_M]:
    """Read a file of any shape as `model`; `form` gives its workbook, `other` one it may be taken for.

    Raises what `read_tree` raises, E0370 for an empty workbook, and E0373 for one of the other form.
    """
    tree = read_tree(path, form)
    if isinstance(tree, Filled) and not tree.grids:
        if not tree.cells:
            what = f"没有{tree.form.name}工作簿的任何一张表，如“{tree.form.sheets[0].title}”"
            raise ReportgenError("E0370", path=str(path), detail=what)
        if sort := _taken_for(tree, other()):
            raise ReportgenError("E0373", path=str(path), sort=sort, wanted=tree.form.name)
    return reading_of(path, tree, model, across)


def _taken_for(tree: Filled, other: Form) -> str:
    """Return the name of another form if the sheets of a workbook are of that one."""
    return other.name if any(other.sheet(cell.title) for cell in tree.cells.values()) else ""


def read_tree(path: Path, form: Callable[[], Form]) -> Tree:
    """Read a file by its ending, a folder as CSV files.

    Raises what `read_plain` raises, or E0302, E0303 (size), E0304 (neither UTF-8 nor GBK) and E0370 (no workbook).
    """
    return read_filled(path, form()) if is_tables(path) else read_plain(path)


def is_tables(path: Path) -> bool:
    """Say whether a path is that of a workbook, or of a folder, which holds CSV files."""
    return path.suffix.lower() == BOOK or path.is_dir()


def _subject_form() -> Form:
    from reportgen.intake.columns.subject import SUBJECT

    return SUBJECT


def _project_form() -> Form:
    from reportgen.intake.columns.project import PROJECT

    return PROJECT


def reading_of(
    path: Path, tree: Tree, model: type[_M], across: Callable[[dict[str, Any]], list[Misfit]] = _nothing
) -> Reading[_M]:
    """Return a tree as `model`.

    The model checks how its parts hang together only where each is sound; `across` looks at the parts
    of a faulty file, so that nobody mends a file twice.
    """
    faults = list(tree.faults)
    result = None
    try:
        result = model.model_validate(tree.data)
    except ValidationError as error:
        found = [*faults_of(error), *(Fault("E0301", *misfit) for misfit in across(_sound(tree)))]
        faults += [tree.told(fault) for fault in dict.fromkeys(found) if not tree.said(fault)]
    faults += [tree.told(fault) for fault in refused(_sound(tree))]
    return Reading(path, tree, result, tuple(tree.in_order(faults) if isinstance(tree, Filled) else faults))


def _sound(tree: Tree) -> dict[str, Any]:
    return tree.data if isinstance(tree, Plain) else without_unread(tree.data)
