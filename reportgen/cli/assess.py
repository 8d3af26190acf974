"""`reportgen assess`: the judgement in the terminal or as JSON, also of other days and other facts."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from reportgen.assess.case import Case
from reportgen.assess.ledger import omissions
from reportgen.assess.model import Assessment, Gap
from reportgen.assess.wording import percent
from reportgen.cli.common import (
    DAY,
    FILE,
    Then,
    applicant_of,
    json_option,
    store_of,
    target_options,
    whole_project_of,
)
from reportgen.cli.compare import NOTICE, differences
from reportgen.cli.help import Command
from reportgen.cli.safe import safe
from reportgen.document.workings import points
from reportgen.errors import ExitCode, ReportgenError
from reportgen.files import PRIVATE, write_whole
from reportgen.intake.patch import Patch, load_patch, what_if
from reportgen.pipeline import judge
from reportgen.project.applicant import Applicant
from reportgen.project.model import Project
from reportgen.settings import find_office, has_database


@dataclass(frozen=True)
class _Given:
    """What is judged, and the days it is looked at from."""

    applicant: Applicant
    project: Project
    lot: str
    then: Then

    def judge(self, patch: Patch | None = None) -> tuple[Case, Assessment]:
        """Return the judgement, with the facts changed by a patch where one is given."""
        applicant, project = self.applicant, self.project
        if patch is not None:
            applicant, project = what_if(applicant, project, patch)
        return judge(applicant, project.select(self.lot), self.then.known_at)

    def days(self) -> str:
        """Return the days asked for, as the head of the output says them; nothing where none was."""
        parts = (
            f"按 {self.then.as_of} 当日的情况（--as-of）" if self.then.as_of else "",
            f"按 {self.then.known_at} 当日所知（--known-at）" if self.then.known_at else "",
        )
        return "，".join(part for part in parts if part)


@click.command("assess", cls=Command)
@target_options
@click.option("--as-of", type=DAY, metavar="日期", help="按该日的情况评价，其后发生的一概撤回")
@click.option(
    "--known-at", type=DAY, metavar="日期", help="按该日所知评价，其后采集的来源、发布的规则包一概不用"
)
@click.option(
    "--what-if", type=FILE, metavar="文件", help="改动事实再评价，列出前后差异；写法见 docs/cases.md"
)
@click.option("--explain", "explained", is_flag=True, help="逐项列出依据、计算、证据与来源，附机构内部参考")
@click.option(
    "--omissions", type=FILE, metavar="文件", help="把未采用的记录及理由写入该文件，只供审计与主体本人查阅"
)
@json_option
@click.pass_context
def command(ctx: click.Context, /, explained: bool, as_json: bool, **words: Any) -> None:  # noqa: ANN401 - click's own values
    """评价申请人对一个项目的信用能力；证据不足时列出缺件清单，退出码 4。"""
    given = _given(words)
    if words["what_if"] is None:
        case, after = given.judge()
        before = None
    else:
        patch = load_patch(words["what_if"])
        before = given.judge()[1]
        case, after = given.judge(patch)
    if words["omissions"] is not None:
        write_whole(words["omissions"], _ledger(case), PRIVATE)
    notices = _notices(given, words["office"])
    for notice in notices:
        click.echo(f"注意：{safe(notice)}", err=True)
    if as_json:
        click.echo(_json(after, before, notices))
    else:
        _print(given, case, after, before, explained=explained)
    ctx.exit(ExitCode.DONE if after.conclusion else ExitCode.INSUFFICIENT)


def _given(words: dict[str, Any]) -> _Given:
    then, office = Then(words["known_at"], words["as_of"]), words["office"]
    applicant = applicant_of(words["subject"], words["partners"], office, then)
    return _Given(applicant, whole_project_of(words["project"], office, then), words["lot"], then)


def _ledger(case: Case) -> bytes:
    listed = [omission.model_dump(mode="json") for omission in omissions(case)]
    return json.dumps(listed, ensure_ascii=False, indent=2).encode()


def _notices(given: _Given, folder: Path | None) -> tuple[str, ...]:
    """Return what waits of hits on the applicant, by the lists of the office at hand; nothing of other days."""
    office = find_office(folder)
    if given.days() or office is None or not has_database(office):
        return ()
    from reportgen.registry.screening import look, to_decide

    subjects = given.applicant.subjects
    try:
        with store_of(folder) as store:
            looked = store.read(lambda session: look(session, subjects))
    except ReportgenError as error:
        # What was asked needs no database, and is answered without it.
        return (f"没有与名单比对：[{error.code}] {error.entry.what}",)
    return to_decide(looked, (subject.uscc for subject in subjects))


def _json(after: Assessment, before: Assessment | None, notices: tuple[str, ...]) -> str:
    told = {"notices": notices} if notices else {}
    now = after.model_dump(mode="json")
    found = {"before": before.model_dump(mode="json"), "after": now} if before else now
    return json.dumps({**found, **told}, ensure_ascii=False, indent=2)


def _print(
    given: _Given, case: Case, after: Assessment, before: Assessment | None, *, explained: bool
) -> None:
    if before is not None:
        _say(f"【{NOTICE}】", bold=True)
    if given.days():
        _say(given.days())
    if before is not None:
        for line in differences(before, after):
            _say(f"  · {line}")
    if explained:
        _explain(case, after)
    elif before is None:
        _show(after)


def _explain(case: Case, assessment: Assessment) -> None:
    from rich.console import Console

    from reportgen.cli.desk import desk
    from reportgen.cli.explain import explain

    console = Console(markup=False, highlight=False, emoji=False)
    console.print(explain(case, assessment))
    console.print(desk(case))


def _say(text: str, *, bold: bool = False) -> None:
    click.secho(safe(text), bold=bold)


def _filling(a: Assessment, gap: Gap) -> str:
    """Return where in the subject's workbook a clerk fills a gap, or nothing."""
    from reportgen.intake.columns.filling import FILLING

    kinds = (r.kind for r in a.requirements if (r.clause, r.required) == (gap.clause, gap.what))
    about = next(kinds, "") or next((name for name in FILLING if gap.what.endswith(name)), "")
    return FILLING.get(about, "")


def _show(a: Assessment) -> None:
    _say(a.sentence, bold=True)
    _say("、".join(f"{m.name}（{m.uscc}）" for m in a.applicant) + f"　项目 {a.project} {a.lot}")
    for reason in a.reasons:
        _say(f"  · [{reason.basis}] {reason.text}")
    for gap in a.gaps.gaps if a.gaps else ():
        _say(f"  缺 {gap.clause} {gap.what}：{gap.why}。{gap.how}")
        if filling := _filling(a, gap):
            _say(f"    填写：{filling}")
    pack = f"规则包 {a.pack.name} {a.pack.sha256[:12]}"
    _say(f"综合得分 {points(a.total)}，证据覆盖率 {percent(a.coverage)}，{pack}")
    for item in a.requirements:
        _say(f"  {item.verdict}　{item.required}　实际 {item.actual}　{item.margin}")
    for factor in a.factors:
        _say(f"  {factor.finding}（{points(factor.score)}）")
    _say(f"  {a.record.finding}（{points(a.record.score)}）")
    _say(f"  {a.similar.finding}")
    for risk in a.risks:
        _say(f"  风险{risk.level}　{risk.title}：{risk.text}")
