"""`reportgen usage`: what was issued and used in a quarter, for the department that asks for it."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

import click

from reportgen.cli.common import FILE, echo_json
from reportgen.cli.help import Command
from reportgen.cli.page import say
from reportgen.cli.register import desk_options, press_of
from reportgen.files import write_whole
from reportgen.registry import usage
from reportgen.registry.usage import Line
from reportgen.store.people import Action, permitted


@click.command("usage", cls=Command)
@click.option("--quarter", required=True, metavar="季度", help="如 2026Q3")
@click.option("--xlsx", type=FILE, metavar="文件", help="写成工作簿")
@click.option("--csv", "table", type=FILE, metavar="文件", help="写成 CSV")
@desk_options
def command(
    quarter: str, xlsx: Path | None, table: Path | None, office: Path | None, login: str, as_json: bool
) -> None:
    """统计一个季度出具与使用的份数：按文书、事项、使用单位与结论。"""
    since, until = usage.quarter(quarter)
    with press_of(office, login) as press:
        press.store.read(lambda session: permitted(session, login, Action.USAGE))
        lines = press.store.read(lambda session: usage.usage(session, since, until))
    if xlsx is not None:
        write_whole(xlsx, usage.workbook(lines, quarter))
    if table is not None:
        write_whole(table, usage.table(lines))
    if as_json:
        echo_json([asdict(line) for line in lines])
        return
    _print(quarter, lines)
    for path in (xlsx, table):
        if path is not None:
            say(f"已写入 {path}")


def _print(quarter: str, lines: Sequence[Line]) -> None:
    def recipient(line: Line) -> tuple[str, str]:
        return line.recipient_name, line.recipient

    for (name, code), own in groupby(sorted(lines, key=recipient), key=recipient):
        say(f"{name}（{code}）" if code else "不绑定项目与使用单位", bold=True)
        for line in own:
            about = (text for text in (line.kind, line.matter, line.conclusion) if text)
            say(f"{'　'.join(about)}　{_counts([line])}", 1)
    say(f"{quarter} 合计　{_counts(lines)}")


def _counts(lines: Sequence[Line]) -> str:
    return f"出具 {sum(line.issued for line in lines)}　使用 {sum(line.used for line in lines)}"
