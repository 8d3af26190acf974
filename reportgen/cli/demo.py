"""`reportgen demo`: every sample case through the same pipeline, with a table of what came out."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.common import FILE, echo_json, json_option, recipient_of
from reportgen.intake.files import load_project, load_subject
from reportgen.pipeline import Request, issue, publish
from reportgen.plain import read_plain
from reportgen.project.applicant import Applicant, Member, single
from reportgen.project.model import CHINA
from reportgen.settings import OFFICE_FILE, Office, asset_dir, read_office

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True)
class Outcome:
    """One row of the table."""

    file: str
    subject: str
    project: str
    conclusion: str
    pages: int
    seconds: float


@click.command("demo")
@click.option(
    "--out", type=FILE, default=Path("out/demo"), show_default=True, metavar="文件夹", help="写到哪里"
)
@json_option
def command(out: Path, as_json: bool) -> None:
    """出具全部样例报告，并列出主体、项目、结论、页数与用时。"""
    outcomes = list(_progress(out))
    if as_json:
        echo_json([outcome.__dict__ for outcome in outcomes])
        return
    from rich.console import Console

    Console().print(_table(outcomes))
    click.echo(f"共 {len(outcomes)} 件，见 {out}")


def _progress(out: Path) -> Iterator[Outcome]:
    from rich.console import Console
    from rich.progress import track

    folder = asset_dir("sample_subjects")
    cases = read_plain(folder / "cases.yaml").data["cases"]
    office = sample_office()
    console = Console(stderr=True)
    out.mkdir(parents=True, exist_ok=True)
    for index, case in enumerate(track(cases, "出具样例报告", console=console, transient=True), 1):
        yield run_case(case, folder, office, out / f"{index:02d}-{case['id']}.pdf")


def sample_office() -> Office:
    """Return the packaged sample office."""
    return read_office(asset_dir("sample_subjects") / "office" / OFFICE_FILE)


def run_case(case: dict[str, Any], folder: Path, office: Office, path: Path) -> Outcome:
    """Issue one case of `cases.yaml` into `path`; insufficient evidence gives the 缺件清单 beside it."""
    started = time.perf_counter()
    request = request_of(case, folder)
    done = issue(request, office, datetime.now(CHINA).replace(tzinfo=None), path)
    written = done.path or publish(done.typeset.pdf, path.with_stem(f"{path.stem}-gaps"))
    lot = f" {request.project.lot.id}标段" if request.project.lot else ""
    return Outcome(
        file=written.name,
        subject=request.applicant.name,
        project=f"{request.project.name}{lot}",
        conclusion=done.assessment.sentence if done.path else "缺件清单",
        pages=done.typeset.pages,
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

    table = Table(title="样例报告")
    for head in ("文件", "主体", "项目", "结论"):
        table.add_column(head, overflow="fold")
    for head in ("页数", "秒"):
        table.add_column(head, justify="right")
    for o in outcomes:
        table.add_row(o.file, o.subject, o.project, o.conclusion, str(o.pages), f"{o.seconds:.2f}")
    return table
