"""`reportgen list …`: the red and black lists that subjects are compared with."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.common import DAY, FILE, echo_json, json_option, now, office_option, working
from reportgen.cli.help import Group
from reportgen.cli.page import say
from reportgen.cli.register import at, desk_options, press_of
from reportgen.store.people import Action, permitted

if TYPE_CHECKING:
    from reportgen.store.editions import KnownList
    from reportgen.store.lists import ImportedList

_SHOWN = 12
"""How many characters of a hash are shown."""


@click.group("list", cls=Group)
def command() -> None:
    """导入与查阅红黑名单。"""


@command.command("import")
@click.argument("file", type=FILE, metavar="名单文件")
@click.option("--source", required=True, metavar="来源", help="从何处取得，如 信用中国网站")
@click.option("--collected-on", type=DAY, metavar="日期", help="采集之日；不给则为今日")
@desk_options
def import_(
    file: Path, source: str, collected_on: date | None, office: Path | None, login: str, as_json: bool
) -> None:
    """导入名单的一期（CSV，UTF-8 或 GBK），替代该名单此前的一期；任一行有误则一概不导入。

    文件须是名单的全部：此前在名单上而文件里没有的，视为已移出。
    """
    from reportgen.registry.editions import enter_lists

    with press_of(office, login) as press, working("正在导入"):
        desk = press.desk(now())
        day = collected_on or desk.at.date()
        press.store.read(lambda session: permitted(session, login, Action.LIST))
        told = enter_lists(press.store, file, source, day, desk)
    if as_json:
        echo_json([asdict(item) for item in told])
        return
    for item in told:
        say(_line(item))


@command.command("show")
@office_option
@json_option
def show(office: Path | None, as_json: bool) -> None:
    """列出各名单现行的一期：来源、采集日期、条数与文件的 SHA-256。"""
    from reportgen.store.editions import known_lists

    with press_of(office) as press:
        found = press.store.read(known_lists)
    if as_json:
        echo_json([asdict(item) for item in found])
        return
    for item in found:
        say(f"{item.name}　{item.kind}　{item.entries} 条　{item.collected_on} 采集自{item.source}")
        say(_edition(item), 1, dim=True)
    say(f"共 {len(found)} 份名单")


def _line(item: "ImportedList") -> str:
    change = f"新列入 {item.came} 条，移出 {item.left} 条" if item.came or item.left else "与前一期相同"
    return f"{item.name}　{item.kind}　{item.entries} 条，{change}"


def _edition(item: "KnownList") -> str:
    return f"第 {item.editions} 期　导入于 {at(item.known_at)}　文件 {item.sha256[:_SHOWN]}"
