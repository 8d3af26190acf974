"""`reportgen correct`: entering that a report proved wrong and its correction goes out."""

from pathlib import Path

import click

from reportgen.cli.common import echo_json, now
from reportgen.cli.help import Command
from reportgen.cli.page import say
from reportgen.cli.register import at, desk_options, press_of


@click.command("correct", cls=Command)
@click.argument("number", metavar="编号")
@desk_options
def command(number: str, office: Path | None, login: str, as_json: bool) -> None:
    """登记一份报告有误、更正通知当日发给主体与使用单位；报告的状态不变，核验时一并说明。"""
    from reportgen.registry import marks

    with press_of(office, login) as press:
        desk = press.desk(now())
        row = press.store.write(lambda session: marks.correct(session, number, desk))
    if as_json:
        echo_json({"number": number, "corrected_at": row.corrected_at, "notice": None})
        return
    say(f"{number}　已标明已出更正通知　{at(row.corrected_at)}")
    say("签名的更正通知书尚不能由本程序出具，请由机构另行书面发出，当日送达主体与使用单位", 1)
