"""Workbooks of subjects at the command line: read with their warnings, marked where they are faulty, written out."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.common import FILE, F
from reportgen.errors import ReportgenError, printable
from reportgen.files import write_whole
from reportgen.intake.delivery import load_told
from reportgen.intake.files import is_tables, read_subject
from reportgen.intake.public.files import is_public_report, load_public_report

if TYPE_CHECKING:
    from reportgen.subject.delivery import Delivery
    from reportgen.subject.model import Subject


def marked_option(function: F) -> F:
    """Add --marked."""
    text = "工作簿或 CSV 文件夹有误时，写出标出有误各格的副本（.xlsx）"
    return click.option("--marked", type=FILE, metavar="副本", help=text)(function)


def told_by(files: Sequence[Path], copy: Path | None) -> "list[Subject | Delivery]":
    """Return what files tell; where a workbook is faulty, write a marked copy of it if one is asked for.

    Raises what reading them raises, E0371 (a copy is asked for where there is none), E0901.
    """
    if copy is not None and (len(files) != 1 or not is_tables(files[0])):
        raise ReportgenError("E0371", path=str(copy), detail="所给的不是一份工作簿或一个 CSV 文件夹")
    return [_workbook(path, copy) if is_tables(path) else _other(path) for path in files]


def write_template(output: Path, subject: "Subject | None") -> list[Path]:
    """Write the workbook of a subject, empty or filled in, or a folder of CSV files; return what was written.

    Raises E0358 (the folder holds files already), E0370 (another ending), E0901.
    """
    from reportgen.intake.columns.subject import SUBJECT
    from reportgen.sheets.template import as_csv, as_workbook

    tree = None if subject is None else dict(subject.model_dump())
    if output.suffix.lower() == ".xlsx":
        return [write_whole(output, as_workbook(SUBJECT, tree))]
    if output.suffix:
        raise ReportgenError(
            "E0370", path=str(output), detail="样表应为 .xlsx 文件，或一个文件夹（写成 CSV）"
        )
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise ReportgenError("E0358", folder=output)
    return [write_whole(output / name, content) for name, content in as_csv(SUBJECT, tree).items()]


def _other(path: Path) -> "Subject | Delivery":
    if not is_public_report(path):
        return load_told(path)
    reading = load_public_report(path)
    for remark in reading.remarks:
        click.echo(f"提示：{path.name} {printable(f'{remark.path}：{remark.text}')}", err=True)
    return reading.delivery


def _workbook(path: Path, copy: Path | None) -> "Subject":
    reading = read_subject(path)
    if copy is not None and reading.faults:
        reading.mark(copy)
        click.echo(f"有误的各格已在副本中标出：{copy}", err=True)
    for warning in reading.warnings:
        click.echo(f"提示：{printable(str(warning))}", err=True)
    return reading.result()
