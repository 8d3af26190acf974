"""What the commands share: options, and turning their words into applicants, projects and offices."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reportgen.errors import Fault, ReportgenError
from reportgen.settings import OFFICE_FILE, Office, asset_dir, database_url, find_office, read_office
from reportgen.zone import now as now  # noqa: PLC0414 - the commands' clock

if TYPE_CHECKING:
    from reportgen.project.applicant import Applicant
    from reportgen.project.model import Party, Project
    from reportgen.store.engine import Store
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
_CODE = 18


def json_option(function: F) -> F:
    """Add --json."""
    return click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")(function)


def office_option(function: F) -> F:
    """Add --office."""
    text = "机构文件夹；不给则用 REPORTGEN_OFFICE 或当前文件夹"
    return click.option("--office", type=FILE, metavar="文件夹", help=text)(function)


def target_options(function: F) -> F:
    """Add SUBJECT, --project, --lot, --partner and --office."""
    for decorate in (
        office_option,
        click.option(
            "--partner", "partners", multiple=True, metavar="主体:份额", help="联合体成员，可多次给出"
        ),
        click.option("--lot", default="", metavar="标段", help="标段编号；分标段的项目必须给出"),
        click.option("--project", required=True, metavar="项目", help="项目文件，或库内项目的编号"),
        click.argument("subject", metavar="主体"),
    ):
        function = decorate(function)
    return function


@dataclass(frozen=True)
class Then:
    """The days from which facts are looked at: what was known by `known_at`, as it stood on `as_of`."""

    known_at: date | None = None
    as_of: date | None = None

    @property
    def moment(self) -> datetime | None:
        """Return the last moment of the day on which the facts were known."""
        return None if self.known_at is None else datetime.combine(self.known_at, time.max)

    def of(self, subject: "Subject") -> "Subject":
        """Return a subject as it was then; raises E0315, E0316, E0317."""
        from reportgen.subject import history

        # Known time first: it asks when the sources were collected, which valid time leaves behind.
        if self.known_at is not None:
            subject = history.known_at(subject, self.known_at)
        return subject if self.as_of is None else history.as_of(subject, self.as_of)


_TODAY = Then()


@contextmanager
def database_of(folder: Path | None) -> Iterator["Store"]:
    """Open the database of the office in `folder`, REPORTGEN_OFFICE or the working folder, whatever its tables.

    Raises E0357, E0905.
    """
    from reportgen.store.engine import open_store

    office = find_office(folder)
    if office is None:
        raise ReportgenError("E0357", folder=folder or "REPORTGEN_OFFICE 或当前文件夹")
    store = open_store(database_url(office))
    try:
        yield store
    finally:
        store.close()


@contextmanager
def store_of(folder: Path | None) -> Iterator["Store"]:
    """Open an office's database for work; raises E0357, E0905, and E0906, E0911 (tables of another version)."""
    from reportgen.store.opening import require_current

    with database_of(folder) as store:
        require_current(store)
        yield store


def subject_of(word: str, office: Path | None = None, then: Then = _TODAY) -> "Subject":
    """Return the subject of a file, or of the office's database by its USCC.

    Raises what reading a file raises, E0301 (no code, by its check character), E0350 (unknown), E0357 (no office),
    and what `Then.of` raises.
    """
    from reportgen.intake.files import load_subject
    from reportgen.subject.identifiers import uscc_fault

    path, fault = Path(word), uscc_fault(word)
    if path.is_file() or (fault and path.exists()):
        return then.of(load_subject(path))
    if fault:
        raise _no_subject(word, fault)
    from reportgen.store.facts import subject_at

    with store_of(office) as store:
        return then.of(store.read(lambda session: subject_at(session, word, then.moment)))


def _no_subject(word: str, fault: str) -> ReportgenError:
    """Return the error of a word that is no file and no code: a code with an error in it is told of that error."""
    if len(word) == _CODE and word.isascii() and word.isalnum():
        return ReportgenError("E0301", path="subject", faults=[Fault("E0301", "主体", f"{word}：{fault}")])
    detail = "不存在；库内的主体，写其统一社会信用代码"
    return ReportgenError("E0302", path=word, file=Path(word).name or word, detail=detail)


def applicant_of(
    word: str, partners: Sequence[str], office: Path | None = None, then: Then = _TODAY
) -> "Applicant":
    """Return the applicant of a lead and `SUBJECT:SHARE` partners; raises E0202 and what `subject_of` raises."""
    from reportgen.project.applicant import joint, single

    lead = subject_of(word, office, then)
    return joint(lead, [_partner(text, office, then) for text in partners]) if partners else single(lead)


def _partner(text: str, office: Path | None, then: Then) -> "tuple[Subject, Decimal]":
    name, _, share = text.rpartition(":")
    try:
        return subject_of(name, office, then), Decimal(share)
    except InvalidOperation as error:
        fault = Fault("E0301", "partner", f"份额应为小于 1 的小数：{share}")
        raise ReportgenError("E0301", path="--partner", faults=[fault]) from error


def whole_project_of(word: str, office: Path | None = None, then: Then = _TODAY) -> "Project":
    """Return the project of a file, or of the office's database by its id, with all its lots.

    Raises what reading a file raises, E0351 (unknown).
    """
    from reportgen.intake.files import ENDINGS, load_project

    path = Path(word)
    if path.is_file() or path.is_dir() or path.suffix.lower() in ENDINGS or find_office(office) is None:
        return load_project(path)
    from reportgen.store.projects import project_at

    with store_of(office) as store:
        return store.read(lambda session: project_at(session, word, known_at=then.moment))


def project_of(word: str, lot: str, office: Path | None = None) -> "Project":
    """Return a project as it stands for one lot; raises E0306, E0307 and what `whole_project_of` raises."""
    return whole_project_of(word, office).select(lot)


def office_of(folder: Path | None) -> Office:
    """Return the office in `folder`, REPORTGEN_OFFICE or the working folder, else the packaged sample office."""
    return find_office(folder) or read_office(asset_dir("sample_subjects") / "office" / OFFICE_FILE)


def recipient_of(project: "Project", uscc: str) -> "Party":
    """Return the recipient, which is the project's owner or its agent; raises E0301 for anybody else."""
    try:
        return project.recipient(uscc)
    except ValueError as error:
        fault = Fault("E0301", "recipient", str(error))
        raise ReportgenError("E0301", path="--recipient", faults=[fault]) from error


def echo_json(data: object) -> None:
    """Print data as indented JSON."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def working(text: str) -> AbstractContextManager[object]:
    """Show on stderr that something is going on, where a person is watching."""
    from rich.console import Console

    console = Console(stderr=True)
    return console.status(text) if console.is_terminal else nullcontext()
