"""`reportgen user …`: who works with the office's system."""

from dataclasses import asdict
from pathlib import Path

import click

from reportgen.cli.common import echo_json, json_option, now, office_option
from reportgen.cli.help import Group
from reportgen.cli.page import say
from reportgen.cli.register import desk_options, press_of


@click.group("user", cls=Group)
def command() -> None:
    """登记、停用与列出机构的用户。"""


@command.command("add")
@click.argument("user", metavar="登录名")
@click.option("--name", required=True, metavar="姓名", help="用户的姓名，只存于机构的数据库")
@desk_options
def add(user: str, name: str, office: Path | None, login: str, as_json: bool) -> None:
    """登记一名用户。"""
    from reportgen.registry import users

    with press_of(office, login) as press:
        desk = press.desk(now())
        press.store.write(lambda session: users.add(session, user, name, desk))
    echo_json({"login": user}) if as_json else say(f"{user}　已登记")


@command.command("close")
@click.argument("user", metavar="登录名")
@desk_options
def close(user: str, office: Path | None, login: str, as_json: bool) -> None:
    """停用一名用户；不删除，其经办的记录都留着。"""
    from reportgen.registry import users

    with press_of(office, login) as press:
        desk = press.desk(now())
        press.store.write(lambda session: users.close(session, user, desk))
    echo_json({"login": user}) if as_json else say(f"{user}　已停用")


@command.command("list")
@office_option
@json_option
def list_(office: Path | None, as_json: bool) -> None:
    """列出用户。"""
    from reportgen.registry import users

    with press_of(office) as press:
        found = press.store.read(users.listed)
    if as_json:
        echo_json([asdict(item) for item in found])
        return
    for item in found:
        say(f"{item.login}　{'停用' if item.closed else '在用'}")
    say(f"共 {len(found)} 名")
