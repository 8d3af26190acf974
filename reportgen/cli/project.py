"""`reportgen project …`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
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
from reportgen.cli.workbook import marked_option, require_markable, sound, write_form
from reportgen.errors import Fault, printable
from reportgen.files import write_whole
from reportgen.intake.files import read_project
from reportgen.intake.ocds.projects import added_by, load_ocds
from reportgen.intake.ocds.releases import is_ocds
from reportgen.project.model import Project
from reportgen.project.warnings import warnings

if TYPE_CHECKING:
    from reportgen.store.projects import ImportedProject

_FORMS = frozenset({".yaml", ".yml"})


@dataclass(frozen=True)
class _Entered:
    """A project of a file; `told` adds to something at a path where in the file that is."""

    path: Path
    project: Project
    told: Callable[[Fault], Fault]

    def cautions(self) -> list[Fault]:
        """Return what to look at, each with its place."""
        found = warnings(self.project, today=now().date())
        return [self.told(Fault("", caution.path, caution.text)) for caution in found]


@click.group("project", cls=Group)
def command() -> None:
    """检查、导入与查阅项目。"""


@command.command("template")
@click.argument("project", default="", metavar="[项目]")
@click.option(
    "-o",
    "--output",
    type=FILE,
    required=True,
    metavar="文件",
    help="工作簿（.xlsx）、YAML 表单（.yaml），或写成 CSV 的文件夹",
)
@office_option
def template(project: str, output: Path, office: Path | None) -> None:
    """写出招标文件的工作簿样表或 YAML 表单，带说明、单位、下拉选项与示例；给出项目的，填入其内容。

    资格条件照招标文件一条一行：条款号、原文、种类与所要求的数。填法见 docs/projects.md。
    """
    for path in _written(output, whole_project_of(project, office) if project else None):
        say(f"已写入 {path}")


@command.command("check")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="项目文件…")
@marked_option
@json_option
def check(files: tuple[Path, ...], marked: Path | None, as_json: bool) -> None:
    """检查项目文件、工作簿或 CSV 文件夹；有误时逐处列出路径与位置，退出码 3。"""
    entered = _entered(files, {}, marked)
    if as_json:
        echo_json([{**_summary(item), "cautions": _data(item.cautions())} for item in entered])
        return
    for item in entered:
        click.echo("、".join(f"{key} {value}" for key, value in _summary(item).items()))
        _say_cautions(item)


@command.command("import")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="项目文件…")
@click.option("--region", default="", metavar="区划", help="OCDS 文件没有写明的行政区划代码，六位数字")
@click.option("--category", default="", metavar="类别", help="OCDS 文件没有写明的项目类别")
@click.option(
    "--with", "added", type=FILE, metavar="文件", help="OCDS 文件没有写明的其他各项，YAML，键同项目文件"
)
@marked_option
@desk_options
def import_(
    files: tuple[Path, ...],
    added: Path | None,
    marked: Path | None,
    office: Path | None,
    login: str,
    as_json: bool,
    **words: str,
) -> None:
    """把项目文件、工作簿、CSV 文件夹或 OCDS 文件导入机构的数据库；招标文件有修改的另存一版，任一文件有误则一概不导入。

    OCDS 的 release、record 与 package 按内容辨认，见 docs/ocds.md。
    """
    from reportgen.registry.entries import enter_project
    from reportgen.store.people import Action

    given = {name: text for name, text in words.items() if text}
    entered = _entered(files, {**added_by(added), **given}, marked)
    with press_of(office, login) as press:
        desk = press.desk(now())
        told = press.act(
            Action.IMPORT, lambda session: [enter_project(session, item.project, desk) for item in entered]
        )
    if as_json:
        echo_json([asdict(item) for item in told])
        return
    for item, read in zip(told, entered, strict=True):
        say(_line(item))
        _say_cautions(read)


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
    for line, depth in _shown(found):
        say(line, depth)


def _written(output: Path, project: Project | None) -> list[Path]:
    if output.suffix.lower() in _FORMS:
        from reportgen.intake.forms import as_form

        return [write_whole(output, as_form(project).encode())]
    from reportgen.intake.columns.project import PROJECT
    from reportgen.intake.tender import rows_of

    return write_form(output, PROJECT, None if project is None else rows_of(project))


def _entered(files: Sequence[Path], added: dict[str, Any], copy: Path | None) -> list[_Entered]:
    """Return the projects of files; what is added holds for those of OCDS files alone."""
    require_markable(files, copy)
    open_data = [path for path in files if is_ocds(path)]
    if added and not open_data:
        raise click.UsageError("--region、--category、--with 只用于 OCDS 文件")
    entered = []
    for path in files:
        if path not in open_data:
            reading = read_project(path)
            entered.append(_Entered(path, sound(reading, copy), reading.tree.told))
    for path in open_data:
        for read in load_ocds(path, added):
            entered.append(_Entered(path, read.project, lambda fault: fault))
            for remark in read.remarks:
                click.echo(f"提示：{path.name} {printable(f'{remark.path}：{remark.text}')}", err=True)
    return entered


def _summary(item: _Entered) -> dict[str, object]:
    project = item.project
    every = [*project.requirements, *(asked for lot in project.lots for asked in lot.requirements)]
    return {
        "文件": item.path.name,
        "项目": project.id,
        "名称": project.name,
        project.judged_by: str(project.bid_deadline or project.decision_date),
        "标段": len(project.lots),
        "资格条件": len(every),
        "必须满足": sum(asked.hard for asked in every),
    }


def _data(cautions: Sequence[Fault]) -> list[dict[str, str]]:
    return [{"path": fault.path, "text": fault.what} for fault in cautions]


def _say_cautions(item: _Entered) -> None:
    for caution in item.cautions():
        say(f"提示 {caution}", 1)


def _line(item: "ImportedProject") -> str:
    outcome = "已存" if item.new else "与库内相同，没有另存"
    return f"{item.project}　第 {item.round} 轮　{item.name}　{outcome}"


def _shown(project: Project) -> Iterator[tuple[str, int]]:
    """Yield the lines that tell of a project, each with its depth."""
    yield f"{project.name}（{project.id}）　第 {project.round} 轮", 0
    yield f"{project.matter}　地区 {project.region}　类别 {project.category}", 0
    yield f"招标人（主管部门）{project.owner.name}（{project.owner.uscc}）", 0
    if project.agent:
        yield f"代理机构 {project.agent.name}（{project.agent.uscc}）", 0
    yield f"{project.judged_by} {project.bid_deadline or project.decision_date}　价额 {project.value} 元", 0
    yield from ((f"{asked.id}　{asked.clause}　{asked.text}", 1) for asked in project.requirements)
    for lot in project.lots:
        yield f"标段 {lot.id}　{lot.name}", 1
        yield from ((f"{asked.id}　{asked.clause}　{asked.text}", 2) for asked in lot.requirements)
