"""`reportgen revoke`: a report that nobody may use any more."""

from pathlib import Path

import click

from reportgen.cli.common import echo_json, now
from reportgen.cli.help import Command
from reportgen.cli.page import say
from reportgen.cli.register import desk_options, press_of
from reportgen.registry import lifecycle
from reportgen.registry.words import REASONS, Reason

_WORDS = {reason.lower().replace("_", "-"): reason for reason in Reason}
_HELP = "、".join(f"{word}（{REASONS[reason]}）" for word, reason in _WORDS.items())


@click.command("revoke", cls=Command)
@click.argument("number", metavar="编号")
@click.option("--reason", required=True, type=click.Choice(tuple(_WORDS)), metavar="缘由", help=_HELP)
@desk_options
def command(number: str, reason: str, office: Path | None, login: str, as_json: bool) -> None:
    """撤销一份报告：真实，但不得再使用；已核销的也可撤销。不能恢复，须重新出具。"""
    with press_of(office, login) as press:
        desk = press.desk(now())
        press.store.write(lambda session: lifecycle.revoke(session, number, _WORDS[reason], desk))
    if as_json:
        echo_json({"number": number, "state": "REVOKED", "reason": _WORDS[reason], "at": desk.at})
        return
    say(f"{number}　已撤销　缘由：{REASONS[_WORDS[reason]]}")
