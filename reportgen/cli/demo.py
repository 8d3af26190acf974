"""`reportgen demo`: every sample case through an office of its own, a 信用记录 and a certificate, with a table of it all.

The office is made anew each time, with test keys and a register, so that whoever leafs through the reports can
verify one, use it, and see that it cannot be used again.
"""

import os
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.common import FILE, echo_json, json_option, now, recipient_of
from reportgen.cli.help import Command
from reportgen.cli.init import make_office
from reportgen.cli.page import say
from reportgen.cli.register import press_of
from reportgen.files import write_whole
from reportgen.intake.files import load_project, load_subject
from reportgen.pipeline import Request, issue
from reportgen.plain import read_plain
from reportgen.press import open_press
from reportgen.project.applicant import Applicant, Member, single
from reportgen.settings import OFFICE_FILE, Office, asset_dir, read_office

if TYPE_CHECKING:
    from rich.table import Table

    from reportgen.reusable import Reusable
    from reportgen.subject.model import Subject


_MOST_WORKERS = 4
_MARK = "demo"
_RECORD_OF, _GRADE_OF = "08-repaired-and-disputed", "02-small-housing-builder"
_COMPARED, _BUNDLE = "housing-small", "比对汇总"
_REGION = "210500"
"""The only packaged rules by which a 综合信用等级 is given: those of a real city, so the made-up firm is one from elsewhere."""


@dataclass(frozen=True)
class Outcome:
    """One row of the table."""

    file: str
    subject: str
    project: str
    conclusion: str
    pages: int
    seconds: float


@click.command("demo", cls=Command)
@click.option(
    "--out", type=FILE, default=Path("out/demo"), show_default=True, metavar="文件夹", help="写到哪里"
)
@json_option
def command(out: Path, as_json: bool) -> None:
    """出具全部样例报告、一份信用记录、一份等级证书与一个项目的比对汇总，并列出主体、项目、结论、页数与用时。"""
    cases = read_plain(asset_dir("sample_subjects") / "cases.yaml").data["cases"]
    office = _new_office(out)
    outcomes = [*_progress(cases, out, office), *_reusable(len(cases), out, office)]
    compared = _compare(out, office)
    if as_json:
        echo_json([outcome.__dict__ for outcome in outcomes])
        return
    from rich.console import Console

    Console().print(_table(outcomes))
    click.echo(f"共 {len(outcomes)} 件，见 {out}；根证书在 {office / 'trust'}，仅供测试")
    say(compared)
    for line in _tries(cases[0], out / outcomes[0].file, office):
        say(line)


def _new_office(out: Path) -> Path:
    """Make the demonstration's own office; one of an earlier demonstration goes, any other folder stays."""
    folder = out / "office"
    if (folder / OFFICE_FILE).is_file() and (folder / _MARK).is_file():
        shutil.rmtree(folder)
    # Whatever the environment says of the user's own office has no say here.
    for name in [name for name in os.environ if name.startswith("REPORTGEN_")]:
        del os.environ[name]
    make_office(folder)
    write_whole(folder / _MARK, "本文件夹由 reportgen demo 建立，每次重新建立\n".encode())
    return folder


def _tries(case: dict[str, Any], report: Path, office: Path) -> Iterator[str]:
    """Yield what to try with a report, as commands."""
    request = request_of(case, asset_dir("sample_subjects"))
    lot = f" --lot {request.lot}" if request.lot else ""
    # As it was called here, where it is not on the path.
    called = Path(sys.argv[0])
    program = (
        "reportgen" if shutil.which("reportgen") or called.name != "reportgen" else shlex.quote(str(called))
    )
    file, place = shlex.quote(str(report)), f"--office {shlex.quote(str(office))}"
    by = request.binding.recipient.uscc
    yield "试一试（再运行一次核销，看它怎样答复）："
    yield f"  {program} verify {file} {place}"
    yield f"  {program} consume {file} --project {request.project.id}{lot} --by {by} {place}"
    yield f"  {program} report list {place}"


def _progress(cases: list[dict[str, Any]], out: Path, office: Path) -> Iterator[Outcome]:
    from rich.console import Console
    from rich.progress import track

    paths = [out / f"{index:02d}-{case['id']}.pdf" for index, case in enumerate(cases, 1)]
    # Typesetting holds the interpreter, so threads gain nothing; a spawned process loads the fonts once.
    workers = min(len(os.sched_getaffinity(0)), _MOST_WORKERS)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        outcomes = pool.map(run_case, cases, paths, [office] * len(cases))
        console = Console(stderr=True)
        yield from track(outcomes, "出具样例报告", total=len(cases), console=console, transient=True)


def _reusable(before: int, out: Path, folder: Path) -> Iterator[Outcome]:
    """Issue the two documents that are bound to no project."""
    from reportgen.assess.grade import grading_policy
    from reportgen.reusable import GradeRequest, issue_grade, issue_record

    subjects, office, at = asset_dir("sample_subjects") / "subjects", read_office(folder / OFFICE_FILE), now()
    recorded, graded = (load_subject(subjects / f"{name}.yaml") for name in (_RECORD_OF, _GRADE_OF))
    paths = (out / f"{before + 1:02d}-record.pdf", out / f"{before + 2:02d}-grade.pdf")
    asked, by = GradeRequest(graded, grading_policy(_REGION, at.date())), "样例授〔2026〕0099号"
    with press_of(folder) as press:
        yield _timed(recorded, lambda: issue_record(recorded, by, office, at, press, paths[0]))
        yield _timed(graded, lambda: issue_grade(asked, by, office, at, press, paths[1]))


def _compare(out: Path, folder: Path) -> str:
    """Write the 比对汇总表 of a project with several bidders, as of its 开标 where that is yet to come."""
    from reportgen.bundle import SUMMARY, bundle
    from reportgen.registry.manifest import Scope

    project = load_project(asset_dir("sample_subjects") / "projects" / f"{_COMPARED}.yaml")
    at = max(now(), project.bid_deadline or now())
    with press_of(folder) as press:
        done = bundle(Scope(project.id), read_office(folder / OFFICE_FILE), press, out / _BUNDLE, at)
    return f"{out / _BUNDLE / SUMMARY}：{project.name}的 {len(done.reports)} 份报告并列，以 {at:%Y-%m-%d %H:%M} 为截至时刻"


def _timed(subject: "Subject", make: "Callable[[], Reusable]") -> Outcome:
    started = time.perf_counter()
    done = make()
    return Outcome(
        file=Path(done.path).name,
        subject=subject.name,
        project="不绑定项目",
        conclusion=f"综合信用等级 {done.said} 级" if done.said else "信用记录",
        pages=done.pages,
        seconds=round(time.perf_counter() - started, 2),
    )


def sample_office() -> Office:
    """Return the packaged sample office."""
    return read_office(asset_dir("sample_subjects") / "office" / OFFICE_FILE)


def run_case(case: dict[str, Any], path: Path, folder: Path) -> Outcome:
    """Issue one case of `cases.yaml` into `path` from an office; insufficient evidence gives the 缺件清单."""
    started = time.perf_counter()
    request = request_of(case, asset_dir("sample_subjects"))
    office = read_office(folder / OFFICE_FILE)
    press = open_press(office, "office")
    try:
        done = issue(request, office, now(), path, press)
    finally:
        press.store.close()
    written = Path(done.path or write_whole(path.with_stem(f"{path.stem}-gaps"), done.pdf))
    lot = f" {request.project.lot.id}标段" if request.project.lot else ""
    return Outcome(
        file=written.name,
        subject=request.applicant.name,
        project=f"{request.project.name}{lot}",
        conclusion=done.assessment.sentence if done.path else "缺件清单",
        pages=done.pages,
        seconds=round(time.perf_counter() - started, 2),
    )


def request_of(case: dict[str, Any], folder: Path) -> Request:
    """Return the request of one case of `cases.yaml`."""
    from reportgen.document.issuer import Binding

    project = load_project(folder / case["project"]).select(case.get("lot", ""))
    binding = Binding(
        recipient=recipient_of(project, case["recipient"]),
        purpose=case["purpose"],
        authorisation=case["authorisation"],
        payer=case["payer"],
    )
    return Request(_applicant(case, folder), project, binding)


def _applicant(case: dict[str, Any], folder: Path) -> Applicant:
    if "subject" in case:
        return single(load_subject(folder / case["subject"]))
    members = [
        Member(subject=load_subject(folder / m["subject"]), share=Decimal(m["share"]), work=m.get("work", ""))
        for m in case["members"]
    ]
    return Applicant(members=tuple(members))


def _table(outcomes: list[Outcome]) -> "Table":
    from rich.table import Table

    table = Table(title="样例报告（件号为文件名的开头）", expand=True)
    table.add_column("件", width=2)
    for head, share in (("主体", 1), ("项目", 1)):
        table.add_column(head, no_wrap=True, overflow="ellipsis", ratio=share)
    table.add_column("结论", width=24)
    for head in ("页", "秒"):
        table.add_column(head, justify="right", width=4)
    for o in outcomes:
        table.add_row(o.file[:2], o.subject, o.project, o.conclusion, str(o.pages), f"{o.seconds:.1f}")
    return table
