"""`reportgen project …`."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.common import (
    DAY,
    FILE,
    Then,
    echo_json,
    json_option,
    now,
    office_option,
    whole_project_of,
)
from reportgen.cli.help import Group
from reportgen.cli.page import say
from reportgen.cli.register import desk_options, press_of
from reportgen.errors import printable
from reportgen.intake.files import load_project
from reportgen.intake.ocds.projects import added_by, load_ocds
from reportgen.intake.ocds.releases import is_ocds
from reportgen.project.model import Project

if TYPE_CHECKING:
    from reportgen.store.projects import ImportedProject


@click.group("project", cls=Group)
def command() -> None:
    """导入与查阅项目。"""


@command.command("import")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="项目文件…")
@click.option("--region", default="", metavar="区划", help="OCDS 文件没有写明的行政区划代码，六位数字")
@click.option("--category", default="", metavar="类别", help="OCDS 文件没有写明的项目类别")
@click.option(
    "--with", "added", type=FILE, metavar="文件", help="OCDS 文件没有写明的其他各项，YAML，键同项目文件"
)
@desk_options
def import_(
    files: tuple[Path, ...],
    region: str,
    category: str,
    added: Path | None,
    office: Path | None,
    login: str,
    as_json: bool,
) -> None:
    """把项目文件或 OCDS 文件导入机构的数据库；招标文件有修改的另存一版，任一文件有误则一概不导入。

    OCDS 的 release、record 与 package 按内容辨认，见 docs/ocds.md。
    """
    from reportgen.registry.entries import enter_project
    from reportgen.store.people import Action

    given = {name: text for name, text in (("region", region), ("category", category)) if text}
    projects = _projects(files, {**added_by(added), **given})
    with press_of(office, login) as press:
        desk = press.desk(now())
        told = press.act(Action.IMPORT, lambda session: [enter_project(session, p, desk) for p in projects])
    if as_json:
        echo_json([asdict(item) for item in told])
        return
    for item in told:
        say(_line(item))


@command.command("show")
@click.argument("project", metavar="项目")
@click.option("--known-at", type=DAY, metavar="日期", help="该日终了时所知")
@office_option
@json_option
def show(project: str, known_at: date | None, office: Path | None, as_json: bool) -> None:
    """显示一个项目：库内的项目编号（取最近一轮），或项目文件；--json 给出全部内容。"""
    found = whole_project_of(project, office, Then(known_at))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    for line in _shown(found):
        say(line)


def _projects(files: Sequence[Path], added: dict[str, Any]) -> list[Project]:
    """Return the projects of files; what is added holds for those of OCDS files alone."""
    open_data = [path for path in files if is_ocds(path)]
    if added and not open_data:
        raise click.UsageError("--region、--category、--with 只用于 OCDS 文件")
    projects = [load_project(path) for path in files if path not in open_data]
    for path in open_data:
        for read in load_ocds(path, added):
            projects.append(read.project)
            for remark in read.remarks:
                click.echo(f"提示：{path.name} {printable(f'{remark.path}：{remark.text}')}", err=True)
    return projects


def _line(item: "ImportedProject") -> str:
    outcome = "已存" if item.new else "与库内相同，没有另存"
    return f"{item.project}　第 {item.round} 轮　{item.name}　{outcome}"


def _shown(project: Project) -> Iterator[str]:
    yield f"{project.name}（{project.id}）　第 {project.round} 轮"
    yield f"{project.matter}　地区 {project.region}　类别 {project.category}"
    yield f"招标人（主管部门）{project.owner.name}（{project.owner.uscc}）"
    if project.agent:
        yield f"代理机构 {project.agent.name}（{project.agent.uscc}）"
    yield f"{project.judged_by} {project.bid_deadline or project.decision_date}　价额 {project.value} 元"
    for lot in project.lots:
        yield f"  标段 {lot.id}　{lot.name}"
    for asked in project.requirements:
        yield f"  {asked.id}　{asked.clause}　{asked.text}"
