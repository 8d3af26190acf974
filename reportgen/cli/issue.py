"""`reportgen issue`: one report for one project, through the register where the office has one."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from reportgen.cli.common import (
    FILE,
    applicant_of,
    echo_json,
    json_option,
    now,
    office_of,
    project_of,
    recipient_of,
    target_options,
    working,
)
from reportgen.cli.help import Command
from reportgen.cli.register import login_option, press_of
from reportgen.errors import Fault, ReportgenError, printable
from reportgen.pipeline import Issued, Request, issue
from reportgen.settings import find_office, has_database

F = TypeVar("F", bound=Callable[..., Any])


def request_options(function: F) -> F:
    """Add what a request for a report says, and where the report is written."""
    for decorate in (
        json_option,
        login_option,
        click.option(
            "-o",
            "--output",
            type=FILE,
            metavar="文件或文件夹",
            help="另存到哪里；未登记的报告默认写到当前文件夹",
        ),
        click.option("--purpose", default="", metavar="用途", help="用途，默认按项目写明"),
        click.option("--payer", default="", metavar="代码", help="付费人的统一社会信用代码，默认为使用单位"),
        click.option("--authorisation", required=True, metavar="编号", help="授权书编号"),
        click.option(
            "--recipient",
            required=True,
            metavar="代码",
            help="使用单位的统一社会信用代码（招标人或代理机构）",
        ),
        target_options,
    ):
        function = decorate(function)
    return function


@click.command("issue", cls=Command)
@request_options
def command(as_json: bool, **words: Any) -> None:  # noqa: ANN401 - click's own values
    """出具一份信用报告；证据不足时不出具，列出缺件清单，退出码 4。

    机构有数据库的，报告登记编号并存入机构的文件夹，同一申请只出具一份；没有机构文件夹时，用样例机构出具未登记的报告。
    """
    request = request_of(words)
    office = find_office(words["office"])
    with working("正在评价与排印"):
        if office is not None and has_database(office):
            done = registered(request, words)
        else:
            done = issue(request, office_of(words["office"]), now(), words["output"])
    tell(done, as_json)


def request_of(words: dict[str, Any], supersedes: str = "") -> Request:
    """Return the request that a command's words make."""
    from reportgen.document.issuer import Binding

    project = project_of(words["project"], words["lot"], words["office"])
    party = recipient_of(project, words["recipient"])
    binding = Binding(
        recipient=party,
        purpose=words["purpose"] or project.purpose,
        authorisation=words["authorisation"],
        payer=words["payer"] or party.uscc,
    )
    applicant = applicant_of(words["subject"], words["partners"], words["office"])
    return Request(applicant, project, binding, supersedes)


def registered(request: Request, words: dict[str, Any]) -> Issued:
    """Issue a report through the register of the office."""
    with press_of(words["office"], words["login"]) as press:
        return issue(request, office_of(words["office"]), now(), words["output"], press)


def tell(done: Issued, as_json: bool) -> None:
    """Print what came of a request; raises E0401 with the list of what is missing."""
    if not as_json or done.path is None:
        for warning in done.warnings:
            click.echo(f"注意：{printable(warning)}", err=True)
    if done.path is None:
        gaps = done.assessment.gaps.gaps if done.assessment.gaps else ()
        faults = [Fault("E0401", gap.clause, f"{gap.what}，{gap.why}。{gap.how}") for gap in gaps]
        raise ReportgenError("E0401", faults=faults)
    if as_json:
        echo_json(
            {
                "number": done.number,
                "conclusion": done.assessment.sentence,
                "file": done.path,
                "pages": done.pages,
                "repeated": done.repeated,
                "waiting": done.waiting,
                "warnings": done.warnings,
            }
        )
        return
    click.echo(f"{done.path}　{done.assessment.sentence}　{done.pages} 页　编号 {done.number}")
    if done.repeated:
        click.echo("这一申请此前已经出具，仍是同一份报告；事实有变化的，用 reportgen supersede 出具替代报告")
