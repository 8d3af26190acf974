"""`reportgen revoke`: a report that nobody may use any more, or all that a compromised key signed."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.common import echo_json, now
from reportgen.cli.help import Command
from reportgen.cli.page import say
from reportgen.cli.register import desk_options, press_of
from reportgen.registry import lifecycle
from reportgen.registry.office import compromised
from reportgen.registry.words import REASONS, Reason
from reportgen.store.people import Action

if TYPE_CHECKING:
    from reportgen.press import Press

_WORDS = {reason.lower().replace("_", "-"): reason for reason in Reason}
_HELP = "、".join(f"{word}（{REASONS[reason]}）" for word, reason in _WORDS.items())


class _Moment(click.ParamType[datetime]):
    """A moment written like 2026-11-21T09:30; a day alone is its first moment."""

    name = "时刻"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment, or fail in Chinese."""
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} 不是时刻，应如 2026-11-21T09:30", param, ctx)
        if moment.tzinfo is not None:
            self.fail(f"{value} 不应带时区，时刻均为北京时间", param, ctx)
        return moment


@click.command("revoke", cls=Command)
@click.argument("number", required=False, metavar="[编号]")
@click.option("--reason", type=click.Choice(tuple(_WORDS)), metavar="缘由", help=f"撤销一份的缘由：{_HELP}")
@click.option("--key", metavar="密钥标识", help="泄露的签发密钥，64 位十六进制数字；与 --since 一并给出")
@click.option("--since", type=_Moment(), metavar="时刻", help="自何时起泄露，如 2026-11-21T09:30")
@desk_options
def command(
    number: str | None,
    reason: str | None,
    key: str | None,
    since: datetime | None,
    office: Path | None,
    login: str,
    as_json: bool,
) -> None:
    """撤销一份报告：真实，但不得再使用；已核销的也可撤销。不能恢复，须重新出具。

    签发密钥泄露的，给出 --key 与 --since，撤销该密钥自该时刻起签发的全部报告，一份不成则全部不变。
    """
    one, all_ = bool(number and reason), bool(key and since)
    if one == all_ or any((key, since) if one else (number, reason)):
        raise click.UsageError("给出编号与 --reason，或给出 --key 与 --since")
    with press_of(office, login) as press:
        if number and reason:
            _one(press, number, _WORDS[reason], as_json)
        elif key and since:
            _all(press, key, since, as_json)


def _one(press: "Press", number: str, reason: Reason, as_json: bool) -> None:
    desk = press.desk(now())
    press.act(Action.REVOKE, lambda session: lifecycle.revoke(session, number, reason, desk))
    if as_json:
        echo_json({"number": number, "state": "REVOKED", "reason": reason, "at": desk.at})
        return
    say(f"{number}　已撤销　缘由：{REASONS[reason]}")


def _all(press: "Press", key: str, since: datetime, as_json: bool) -> None:
    desk = press.desk(now())
    numbers = press.act(Action.REVOKE, lambda session: compromised(session, key, since, desk))
    if as_json:
        echo_json({"key": key, "since": since, "numbers": numbers, "at": desk.at})
        return
    for number in numbers:
        say(f"{number}　已撤销　缘由：{REASONS[Reason.KEY_COMPROMISED]}")
    say(f"共 {len(numbers)} 份")
