"""Lines for a terminal, as wide as it is; whole when piped."""

import shutil
import sys

import click

from reportgen.cli.paragraph import wrapped
from reportgen.errors import printable

_WIDEST = 120
_STEP = 2


def say(
    text: str, depth: int = 0, *, bold: bool = False, dim: bool = False, colour: str | None = None
) -> None:
    """Print a text, indented, in as many lines as the terminal needs."""
    indent = " " * (_STEP * depth)
    for line in wrapped(printable(text.replace("　", "  ")), room() - len(indent)):
        click.echo(indent + click.style(line, bold=bold or None, dim=dim or None, fg=colour))


def room() -> int:
    """Return the columns to write in; without a terminal there is no end."""
    return min(shutil.get_terminal_size().columns, _WIDEST) if sys.stdout.isatty() else sys.maxsize
