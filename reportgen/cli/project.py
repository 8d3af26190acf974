"""`reportgen project …`."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

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
from reportgen.intake.files import load_project
from reportgen.project.model import Project

if TYPE_CHECKING:
    from reportgen.store.projects import ImportedProject


@click.group("project", cls=Group)
def command() -> None:
    """导入与查阅项目。"""


@command.command("import")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="项目文件…")
@desk_options
def import_(files: tuple[Path, ...], office: Path | None, login: str, as_json: bool) -> None:
    """把项目文件导入机构的数据库；招标文件有修改的另存一版，任一文件有误则一概不导入。"""
    from reportgen.registry.entries import enter_project
    from reportgen.store.people import Action

    projects = [load_project(path) for path in files]
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
