"""`reportgen assess`: the judgement in the terminal or as JSON."""

from pathlib import Path

import click

from reportgen.assess.model import Assessment
from reportgen.assess.wording import number, percent
from reportgen.cli.common import applicant_of, json_option, project_of, target_options
from reportgen.cli.help import Command
from reportgen.errors import ExitCode
from reportgen.pipeline import judge


@click.command("assess", cls=Command)
@target_options
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    subject_file: Path,
    project_file: Path,
    lot: str,
    partners: tuple[str, ...],
    as_json: bool,
) -> None:
    """评价申请人对一个项目的信用能力；证据不足时列出缺件清单，退出码 4。"""
    _, assessment = judge(applicant_of(subject_file, partners), project_of(project_file, lot))
    if as_json:
        click.echo(assessment.model_dump_json(indent=2))
    else:
        _show(assessment)
    ctx.exit(ExitCode.DONE if assessment.conclusion else ExitCode.INSUFFICIENT)


def _show(a: Assessment) -> None:
    click.secho(a.sentence, bold=True)
    click.echo("、".join(f"{m.name}（{m.uscc}）" for m in a.applicant) + f"　项目 {a.project} {a.lot}")
    for reason in a.reasons:
        click.echo(f"  · [{reason.basis}] {reason.text}")
    if a.gaps:
        for gap in a.gaps.gaps:
            click.echo(f"  缺 {gap.clause} {gap.what}：{gap.why}。{gap.how}")
    score = "未评定" if a.total is None else number(a.total, 1)
    click.echo(
        f"综合得分 {score}，证据覆盖率 {percent(a.coverage)}，规则包 {a.pack.name} {a.pack.sha256[:12]}"
    )
    for item in a.requirements:
        click.echo(f"  {item.verdict}　{item.required}　实际 {item.actual}　{item.margin}")
    for factor in a.factors:
        click.echo(f"  {factor.finding}（{'未评定' if factor.score is None else number(factor.score, 1)}）")
    click.echo(f"  {a.record.finding}（{number(a.record.score, 1)}）")
    click.echo(f"  {a.similar.finding}")
    for risk in a.risks:
        click.echo(f"  风险{risk.level}　{risk.title}：{risk.text}")
