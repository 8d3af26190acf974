"""What `record` and `grade` share: their options, and how an issued document is told."""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reportgen.cli.common import FILE, echo_json
from reportgen.cli.page import say
from reportgen.errors import printable

if TYPE_CHECKING:
    from reportgen.reusable import Reusable

F = TypeVar("F", bound=Callable[..., Any])


def authorisation_option(*, required: bool) -> Callable[[F], F]:
    """Add --authorisation."""
    return click.option("--authorisation", required=required, metavar="编号", help="主体的授权书编号")


def output_option(function: F) -> F:
    """Add -o."""
    text = "另存到哪里；机构文件夹里总有一份"
    return click.option("-o", "--output", type=FILE, metavar="文件或文件夹", help=text)(function)


def tell(done: "Reusable", kind: str, as_json: bool) -> None:
    """Print what was issued."""
    if as_json:
        echo_json({"kind": kind, **asdict(done)})
        return
    for warning in done.warnings:
        click.echo(f"注意：{printable(warning)}", err=True)
    say(f"{done.path}　{kind}　{done.pages} 页　编号 {done.number}　有效期至 {done.valid_until}")
    if done.repeated:
        say("这一申请此前已经出具，仍是同一份", 1)
