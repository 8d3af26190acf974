"""`reportgen annul`: taking back a mistaken use, by two persons."""

from pathlib import Path

import click

from reportgen.cli.common import echo_json, now
from reportgen.cli.help import Command
from reportgen.cli.page import say
from reportgen.cli.register import desk_options, press_of


@click.command("annul", cls=Command)
@click.argument("number", metavar="编号")
@click.option("--second", required=True, metavar="登录名", help="共同办理的另一名在册用户")
@desk_options
def command(number: str, second: str, office: Path | None, login: str, as_json: bool) -> None:
    """撤回误核销：由两名在册用户共同办理，报告退回有效；核销与撤回的记录都留着。"""
    from reportgen.registry import uses
    from reportgen.store.people import Action

    with press_of(office, login) as press:
        desk = press.desk(now())
        press.act(Action.ANNUL, lambda session: uses.annul(session, number, second, desk))
    if as_json:
        echo_json({"number": number, "first": login, "second": second, "at": desk.at})
        return
    say(f"{number}　误核销已撤回，报告退回有效　办理人 {login}、{second}")
