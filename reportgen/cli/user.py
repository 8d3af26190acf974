"""`reportgen user …`: who works with the office's system, and in which roles."""

import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.common import echo_json, json_option, now, office_option
from reportgen.cli.help import Group
from reportgen.cli.page import say
from reportgen.cli.register import desk_options, press_of
from reportgen.registry import users
from reportgen.store.people import ROLE_NAMES, Action

if TYPE_CHECKING:
    from sqlmodel import Session

    from reportgen.registry.lifecycle import Desk
    from reportgen.registry.users import User

_ROLES = {role.lower(): role for role in ROLE_NAMES}


@click.group("user", cls=Group)
def command() -> None:
    """登记、停用与列出机构的用户，授予与收回角色。

    角色：admin（管理）、clerk（经办）、reviewer（复核）、issuer（签发）、auditor（审计）；各可办何事见 docs/register.md。
    """


@command.command("add")
@click.argument("user", metavar="登录名")
@click.option("--name", required=True, metavar="姓名", help="用户的姓名，只存于机构的数据库")
@desk_options
def add(user: str, name: str, office: Path | None, login: str, as_json: bool) -> None:
    """登记一名用户；还没有角色。有了用户的机构，各项办理须有相应的角色。"""
    _do(office, login, lambda session, desk: users.add(session, user, name, desk))
    echo_json({"login": user}) if as_json else say(f"{user}　已登记，尚无角色")


@command.command("close")
@click.argument("user", metavar="登录名")
@desk_options
def close(user: str, office: Path | None, login: str, as_json: bool) -> None:
    """停用一名用户；不删除，其经办的记录都留着。"""
    _do(office, login, lambda session, desk: users.close(session, user, desk))
    echo_json({"login": user}) if as_json else say(f"{user}　已停用")


@command.command("grant")
@click.argument("user", metavar="登录名")
@click.argument("role", type=click.Choice(tuple(_ROLES)), metavar="角色")
@desk_options
def grant(user: str, role: str, office: Path | None, login: str, as_json: bool) -> None:
    """授予一名用户一个角色；还没有管理角色的人时，任何人可以授予。"""
    _do(office, login, lambda session, desk: users.grant(session, user, _ROLES[role], desk))
    _tell_role(user, role, "已授予", as_json)


@command.command("withdraw")
@click.argument("user", metavar="登录名")
@click.argument("role", type=click.Choice(tuple(_ROLES)), metavar="角色")
@desk_options
def withdraw(user: str, role: str, office: Path | None, login: str, as_json: bool) -> None:
    """收回一名用户的一个角色。"""
    _do(office, login, lambda session, desk: users.withdraw(session, user, _ROLES[role], desk))
    _tell_role(user, role, "已收回", as_json)


@command.command("password")
@click.argument("user", metavar="登录名")
@desk_options
def password(user: str, office: Path | None, login: str, as_json: bool) -> None:
    """为一名用户设定登录门户的密码：在提示处输入，或从标准输入读取一行；不接受写在参数里的密码。

    第一次设定即为其开设账号；再设定时，此前的登录一律退出。
    """
    from reportgen.registry.accounts import give_password
    from reportgen.store.accounts import hashed

    against = hashed(_typed(), user)
    _do(office, login, lambda session, desk: give_password(session, user, against, desk))
    echo_json({"login": user}) if as_json else say(f"{user}　已设定密码，可以登录门户")


@command.command("list")
@office_option
@json_option
def list_(office: Path | None, as_json: bool) -> None:
    """列出用户与各人的角色。"""
    with press_of(office) as press:
        found = press.store.read(users.listed)
    if as_json:
        echo_json([asdict(item) for item in found])
        return
    for item in found:
        say(_line(item))
    say(f"共 {len(found)} 名")


def _do(office: Path | None, login: str, work: "Callable[[Session, Desk], object]") -> None:
    with press_of(office, login) as press:
        desk = press.desk(now())
        press.act(Action.USERS, lambda session: work(session, desk))


def _tell_role(user: str, role: str, done: str, as_json: bool) -> None:
    name = _ROLES[role]
    echo_json({"login": user, "role": name}) if as_json else say(
        f"{user}　{done}{ROLE_NAMES[name]}（{role}）"
    )


def _line(item: "User") -> str:
    roles = "、".join(f"{ROLE_NAMES[role]}（{role.lower()}）" for role in item.roles)
    return f"{item.login}　" + ("停用" if item.closed else roles or "尚无角色")


def _typed() -> str:
    """Return a password typed twice at the terminal, or the first line of what is piped in."""
    if sys.stdin.isatty():
        return str(click.prompt("密码", hide_input=True, confirmation_prompt="再输一次"))
    return sys.stdin.readline().rstrip("\r\n")
