"""What the commands share: options, and turning their words into applicants, projects and offices."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

import click

from reportgen.errors import Fault, ReportgenError
from reportgen.intake.files import load_project, load_subject
from reportgen.project.applicant import Applicant, joint, single
from reportgen.project.model import Party, Project
from reportgen.settings import OFFICE_FILE, Office, asset_dir, find_office, read_office
from reportgen.subject.model import Subject

F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(path_type=Path)


class _Day(click.ParamType[date]):
    """A day written like 2026-11-21."""

    name = "日期"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day, or fail in Chinese."""
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            day = date.min
        if day.isoformat() != str(value):
            self.fail(f"{value} 不是日期，应如 2026-11-21", param, ctx)
        return day


DAY = _Day()


def json_option(function: F) -> F:
    """Add --json."""
    return click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")(function)


def target_options(function: F) -> F:
    """Add SUBJECT, --project, --lot and --partner."""
    for decorate in (
        click.option(
            "--partner", "partners", multiple=True, metavar="文件:份额", help="联合体成员，可多次给出"
        ),
        click.option("--lot", default="", metavar="标段", help="标段编号；分标段的项目必须给出"),
        click.option("--project", "project_file", type=FILE, required=True, metavar="文件", help="项目文件"),
        click.argument("subject_file", type=FILE, metavar="主体文件"),
    ):
        function = decorate(function)
    return function


def applicant_of(subject_file: Path, partners: Sequence[str]) -> Applicant:
    """Return the applicant of a lead's file and `FILE:SHARE` partners; raises E0202, E0301…E0305."""
    lead = load_subject(subject_file)
    return joint(lead, [_partner(text) for text in partners]) if partners else single(lead)


def _partner(text: str) -> tuple[Subject, Decimal]:
    name, _, share = text.rpartition(":")
    try:
        return load_subject(Path(name)), Decimal(share)
    except InvalidOperation as error:
        fault = Fault("E0301", "partner", f"份额应为小于 1 的小数：{share}")
        raise ReportgenError("E0301", path="--partner", faults=[fault]) from error


def project_of(project_file: Path, lot: str) -> Project:
    """Return the project of a file as it stands for one lot; raises E0301…E0307."""
    return load_project(project_file).select(lot)


def office_of(folder: Path | None) -> Office:
    """Return the office in `folder`, REPORTGEN_OFFICE or the working folder, else the packaged sample office."""
    return find_office(folder) or read_office(asset_dir("sample_subjects") / "office" / OFFICE_FILE)


def recipient_of(project: Project, uscc: str) -> Party:
    """Return the recipient, which is the project's owner or its agent; raises E0301 for anybody else."""
    for party in (project.owner, project.agent):
        if party is not None and party.uscc == uscc:
            return party
    known = "、".join(f"{p.name}（{p.uscc}）" for p in (project.owner, project.agent) if p is not None)
    fault = Fault("E0301", "recipient", f"{uscc} 不是本项目的招标人（主管部门）或代理机构，应为 {known}")
    raise ReportgenError("E0301", path="--recipient", faults=[fault])


def echo_json(data: object) -> None:
    """Print data as indented JSON."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def working(text: str) -> AbstractContextManager[object]:
    """Show on stderr that something is going on, where a person is watching."""
    from rich.console import Console

    console = Console(stderr=True)
    return console.status(text) if console.is_terminal else nullcontext()
