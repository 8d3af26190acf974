"""`reportgen completion`: the shell's completion script."""

import click
from click.shell_completion import get_completion_class

from reportgen.cli.help import Command


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]), metavar="bash|zsh|fish")
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """打印命令补全脚本，例如 eval "$(reportgen completion bash)"。"""
    found = get_completion_class(shell)
    if found is not None:
        root = ctx.find_root().command
        click.echo(found(root, {}, "reportgen", "_REPORTGEN_COMPLETE").source())
