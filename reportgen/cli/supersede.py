"""`reportgen supersede`: another report for the same use, after the facts have changed."""

from typing import Any

import click

from reportgen.cli.common import working
from reportgen.cli.help import Command
from reportgen.cli.issue import registered, request_of, request_options, tell


@click.command("supersede", cls=Command)
@click.argument("number", metavar="编号")
@request_options
def command(number: str, as_json: bool, **words: Any) -> None:  # noqa: ANN401 - click's own values
    """为同一用途另行出具一份报告，替代已有的一份；原报告标明被替代，仍可使用。"""
    request = request_of(words, supersedes=number)
    with working("正在评价与排印"):
        done = registered(request, words)
    tell(done, as_json)
