"""`reportgen issue`: one report for one project."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from reportgen.cli.common import (
    FILE,
    applicant_of,
    echo_json,
    json_option,
    office_of,
    project_of,
    recipient_of,
    target_options,
    working,
)
from reportgen.cli.help import Command
from reportgen.errors import Fault, ReportgenError
from reportgen.pipeline import Issued, Request, issue
from reportgen.project.model import CHINA


@click.command("issue", cls=Command)
@target_options
@click.option(
    "--recipient", required=True, metavar="代码", help="使用单位的统一社会信用代码（招标人或代理机构）"
)
@click.option("--authorisation", required=True, metavar="编号", help="授权书编号")
@click.option("--payer", default="", metavar="代码", help="付费人的统一社会信用代码，默认为使用单位")
@click.option("--purpose", default="", metavar="用途", help="用途，默认按项目写明")
@click.option("--office", type=FILE, metavar="文件夹", help="机构文件夹；不给则用样例机构")
@click.option(
    "-o", "--output", type=FILE, default=Path(), metavar="文件或文件夹", help="写到哪里，默认当前文件夹"
)
@json_option
def command(output: Path, as_json: bool, office: Path | None, **words: Any) -> None:  # noqa: ANN401 - click's own values
    """出具一份信用报告；证据不足时不出具，列出缺件清单，退出码 4。"""
    now = datetime.now(CHINA).replace(tzinfo=None)
    with working("正在评价与排印"):
        done = issue(_request(words), office_of(office), now, output)
    _report(done, as_json)


def _request(words: dict[str, Any]) -> Request:
    from reportgen.document.issuer import Binding

    project = project_of(words["project_file"], words["lot"])
    party = recipient_of(project, words["recipient"])
    binding = Binding(
        recipient=party,
        purpose=words["purpose"] or f"申请{project.matter}：{project.name}"[:200],
        authorisation=words["authorisation"],
        payer=words["payer"] or party.uscc,
    )
    return Request(applicant_of(words["subject_file"], words["partners"]), project, binding)


def _report(done: Issued, as_json: bool) -> None:
    if done.path is None:
        gaps = done.assessment.gaps.gaps if done.assessment.gaps else ()
        faults = [Fault("E0401", gap.clause, f"{gap.what}，{gap.why}。{gap.how}") for gap in gaps]
        raise ReportgenError("E0401", faults=faults)
    if as_json:
        echo_json(
            {
                "number": done.number,
                "conclusion": done.assessment.sentence,
                "file": str(done.path),
                "pages": done.typeset.pages,
            }
        )
        return
    click.echo(f"{done.path}　{done.assessment.sentence}　{done.typeset.pages} 页　编号 {done.number}")
