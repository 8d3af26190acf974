"""`reportgen sweep`: finishing, or giving up, what a crash left half-way, and the day's first checkpoint."""

from datetime import timedelta
from pathlib import Path

import click

from reportgen import reusable
from reportgen.cli.common import echo_json, now, office_of, working
from reportgen.cli.help import Command
from reportgen.cli.page import say
from reportgen.cli.register import desk_options, press_of, say_signed
from reportgen.pipeline import sweep
from reportgen.registry import lifecycle
from reportgen.registry.audit import vouch_today
from reportgen.registry.lifecycle import LABELS
from reportgen.registry.tables import State


@click.command("sweep", cls=Command)
@click.option(
    "--minutes",
    type=click.IntRange(min=0),
    default=15,
    show_default=True,
    metavar="分钟",
    help="给号多久以后还未出具的",
)
@desk_options
def command(minutes: int, office: Path | None, login: str, as_json: bool) -> None:
    """办完中断的签发：能出具的出具，不能的号码作废；每个号码都有下落。今日还没有检查点的，核查并签署。"""
    at, place = now(), office_of(office)
    with press_of(office, login) as press:
        with working("正在排印"):
            until = at - timedelta(minutes=minutes)
            numbers = sweep(place, press, until, at) + reusable.sweep(place, press, until, at)
        rows = [press.store.read(lambda session, n=n: lifecycle.by_number(session, n)) for n in numbers]  # type: ignore[misc]
        with working("正在核查"):
            signed = vouch_today(press.store, at, press.desk(at).key, place.folder)
    if as_json:
        done = [{"number": row.number, "state": row.state} for row in rows]
        echo_json({"reports": done, "checkpoint": signed and signed.model_dump(mode="json")})
        return
    for row in rows:
        say(f"{row.number}　{LABELS[State(row.state)]}")
    say(f"共 {len(rows)} 份" if rows else "没有中断的签发")
    say_signed(signed)
