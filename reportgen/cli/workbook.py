"""Workbooks at the command line: read with their warnings, marked where they are faulty, written out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reportgen.cli.common import FILE, F
from reportgen.errors import Fault, ReportgenError, printable
from reportgen.files import write_whole
from reportgen.intake.files import is_tables, read_subject
from reportgen.intake.told import read_told
from reportgen.sheets.tables import BOOK
from reportgen.subject.base import Model

if TYPE_CHECKING:
    from reportgen.intake.files import Reading
    from reportgen.sheets.form import Form
    from reportgen.subject.delivery import Delivery
    from reportgen.subject.model import Subject

M = TypeVar("M", bound=Model)


def marked_option(function: F) -> F:
    """Add --marked."""
    text = "工作簿或 CSV 文件夹有误时，写出标出有误各格的副本（.xlsx）"
    return click.option("--marked", type=FILE, metavar="副本", help=text)(function)


@dataclass(frozen=True)
class Told:
    """What a file tells of a subject; `place` adds to something at a path where in the file that is."""

    item: "Subject | Delivery"
    place: Callable[[Fault], Fault] = lambda fault: fault


def told_by(files: Sequence[Path], copy: Path | None) -> list[Told]:
    """Return what files tell; where a workbook is faulty, write a marked copy of it if one is asked for.

    Raises what reading them raises, E0371 (a copy is asked for where there is none), E0901.
    """
    require_markable(files, copy)
    return [_filled(path, copy) if is_tables(path) else Told(_other(path)) for path in files]


def _filled(path: Path, copy: Path | None) -> Told:
    reading = read_subject(path)
    return Told(sound(reading, copy), reading.tree.told)


def require_markable(files: Sequence[Path], copy: Path | None) -> None:
    """Raise E0371 where a marked copy is asked for and there is not one workbook to be marked."""
    if copy is not None and (len(files) != 1 or not is_tables(files[0])):
        raise ReportgenError("E0371", path=str(copy), detail="所给的不是一份工作簿或一个 CSV 文件夹")


def sound(reading: "Reading[M]", copy: Path | None) -> M:
    """Return what was read, its warnings told; a faulty workbook is marked first, if a copy is asked for.

    Raises E0301, E0371, E0901.
    """
    if copy is not None and reading.faults:
        reading.mark(copy)
        click.echo(f"有误的各格已在副本中标出：{copy}", err=True)
    for warning in reading.warnings:
        click.echo(f"提示：{printable(str(warning))}", err=True)
    return reading.result()


def write_template(output: Path, subject: "Subject | None") -> list[Path]:
    """Write the workbook of a subject, empty or filled in, or a folder of CSV files; return what was written.

    Raises E0358 (the folder holds files already), E0370 (another ending), E0901.
    """
    from reportgen.intake.columns.subject import SUBJECT

    return write_form(output, SUBJECT, None if subject is None else subject.model_dump())


def write_form(output: Path, form: "Form", tree: "Mapping[str, Any] | None") -> list[Path]:
    """Write a form as a workbook or a folder of CSV files, empty or filled in; return what was written.

    Raises E0358 (the folder holds files already), E0370 (another ending), E0901.
    """
    from reportgen.sheets.template import as_csv, as_workbook

    if output.suffix.lower() == BOOK:
        return [write_whole(output, as_workbook(form, tree))]
    if output.suffix:
        raise ReportgenError(
            "E0370", path=str(output), detail="样表应为 .xlsx 文件，或一个文件夹（写成 CSV）"
        )
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise ReportgenError("E0358", folder=output)
    return [write_whole(output / name, content) for name, content in as_csv(form, tree).items()]


def _other(path: Path) -> "Subject | Delivery":
    told = read_told(path)
    for remark in told.remarks:
        click.echo(f"提示：{path.name} {printable(remark)}", err=True)
    return told.said
