"""`reportgen report …`: what the register holds, for the issuing desk."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from reportgen.cli.common import FILE, echo_json, json_option, now, office_of, office_option
from reportgen.cli.help import Group
from reportgen.cli.page import say
from reportgen.cli.register import at, changes, desk_options, names, place, plain, press_of
from reportgen.files import write_whole
from reportgen.registry import lifecycle, uses, view
from reportgen.registry.lifecycle import LABELS
from reportgen.registry.queries import Wanted, listed
from reportgen.registry.tables import NUMBERED
from reportgen.registry.view import Happened, Shown, Summary, summaries
from reportgen.store.people import Action

_STATES = {LABELS[state]: state for state in NUMBERED}


@click.group("report", cls=Group)
def command() -> None:
    """查阅登记簿中的报告，归档已核销的。"""


@command.command("list")
@click.option("--state", type=click.Choice(tuple(_STATES)), metavar="状态", help="、".join(_STATES))
@click.option("--project", default="", metavar="项目", help="项目编号")
@click.option("--round", "round_", type=click.IntRange(min=1), metavar="轮次", help="项目的轮次")
@click.option("--lot", metavar="标段", help="标段编号")
@click.option("--subject", "uscc", default="", metavar="代码", help="申请人或联合体成员的统一社会信用代码")
@office_option
@json_option
def list_(state: str | None, office: Path | None, as_json: bool, **words: Any) -> None:  # noqa: ANN401 - click's own values
    """列出有编号的报告，最近的在前；状态按今天计。只供出具岗位使用。"""
    today = now().date()
    wanted = Wanted(
        on=today,
        state=_STATES[state] if state else None,
        project=words["project"],
        round=words["round_"],
        lot=words["lot"],
        uscc=words["uscc"],
    )
    with press_of(office) as press:
        found = press.store.read(lambda session: summaries(session, listed(session, wanted), today))
    if as_json:
        echo_json([plain(item) for item in found])
        return
    for item in found:
        _listed(item)
    say(f"共 {len(found)} 份")


@command.command("show")
@click.argument("number", metavar="编号")
@click.option("--html", type=FILE, metavar="文件", help="另把报告内容写成一个网页，供浏览器阅读")
@office_option
@json_option
def show(number: str, html: Path | None, office: Path | None, as_json: bool) -> None:
    """显示一份报告：今天的状态、出具后变化、前后编号、使用情况、文件是否完整与全部经过。

    网页没有印章与签名，不能代替 PDF 文件。
    """
    today = now().date()
    with press_of(office) as press:
        row = press.store.read(lambda session: lifecycle.by_number(session, number))
        found = press.store.read(lambda session: view.show(session, row, today))
        whole = press.whole(row)
        if html is not None:
            from reportgen.rendition import web_rendition

            write_whole(html, web_rendition(number, office_of(office), press).encode())
    if as_json:
        echo_json({**asdict(found), "file_matches": whole})
        return
    for depth, line in _shown(found, _file(found, press.files.where(found.file), whole)):
        say(line, depth)


@command.command("archive")
@click.argument("numbers", nargs=-1, metavar="[编号…]")
@click.option("--project", default="", metavar="项目", help="项目编号：其已核销的报告全部归档")
@desk_options
def archive(numbers: tuple[str, ...], project: str, office: Path | None, login: str, as_json: bool) -> None:
    """把已核销的报告归档：给出编号，或给出项目；有一份不成则全部不变。归档之后仍可查阅、可撤销。"""
    if bool(numbers) == bool(project):
        raise click.UsageError("给出编号，或给出 --project")
    with press_of(office, login) as press:
        desk = press.desk(now())
        done = press.act(Action.ARCHIVE, lambda session: uses.archive(session, numbers, project, desk))
    if as_json:
        echo_json([{"number": number, "state": "ARCHIVED"} for number in done])
        return
    for number in done:
        say(f"{number}　已归档")
    say(f"共 {len(done)} 份")


def _listed(item: Summary) -> None:
    until = f"　有效至 {item.valid_until}" if item.valid_until else ""
    what = item.conclusion if item.project else f"{item.kind} {item.conclusion}".rstrip()
    say(f"{item.number}　{item.state}　{what}{until}", bold=True)
    say(names(item), 1)
    if item.project:
        say(place(item.project, item.round, item.lot), 1)
    if item.changes:
        say(f"出具后变化：{changes(item)}", 1)


def _shown(found: Shown, file: str) -> Iterator[tuple[int, str]]:
    item = found.summary
    yield 0, f"{item.kind} {item.number}　{item.state}　{item.conclusion}"
    lines = {
        "登记号": found.register_number,
        "申请人": names(item),
        "项目": place(item.project, item.round, item.lot),
        "使用单位": f"{found.recipient.name}（{found.recipient.uscc}）" if found.recipient.uscc else "",
        "用途": found.purpose,
        "授权书": found.authorisation,
        "规则包": found.pack,
        "编制、复核、签发": "、".join((found.prepared_by, found.reviewed_by, found.issued_by)),
        "出具": at(item.issued_at),
        "有效至": str(item.valid_until or ""),
        "出具后变化": changes(item) or "无",
        "此前编号": "、".join(found.earlier),
        "其后编号": "、".join(found.later),
        "核销": _use(found),
        "撤销": at(found.revoked_at),
        "机构备案": _filing(found),
        "文件": file,
        "SHA-256": found.sha256,
    }
    yield from ((1, f"{name}　{text}") for name, text in lines.items() if text)
    yield 1, "经过"
    yield from ((2, _event(event)) for event in found.events)


def _use(found: Shown) -> str:
    if not found.summary.project:
        return "不核销，有效期内可重复使用"
    return f"{at(found.consumed_at)}　{found.consumed_by}" if found.consumed_at else "未核销"


def _filing(found: Shown) -> str:
    lost, issued = found.filing_lost_on, found.summary.issued_at
    if lost is None:
        return ""
    late = issued is not None and issued.date() >= lost
    return f"自 {lost} 起失去，" + ("本报告出具在后，出具时没有备案" if late else "本报告出具在前")


def _file(found: Shown, where: str, whole: bool) -> str:
    if not found.file:
        return "已依规删除，只留校验值" if found.sha256 else ""
    return f"{where}　" + ("与登记一致" if whole else "缺失或与登记不一致，请从备份恢复")


def _event(event: Happened) -> str:
    return f"{at(event.at)}　{event.what}　{event.actor}" + (f"　{event.words}" if event.words else "")
