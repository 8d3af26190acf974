"""A text for a terminal that breaks as Chinese breaks: between characters, not only at spaces.

No line begins with a closing mark or ends with an opening one; a word, a figure and its unit stay
whole where the line is wide enough.
"""

import re
from collections.abc import Iterator

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

_WORD = r"[0-9]+年[0-9]+月[0-9]+日|[!-'*-~]+(?: [\u4e00-\u9fff]元?)?|[^ ]"
_PIECE = re.compile(rf" +|[（《〔“【［(]*(?:{_WORD})[）》〕”】］)，。；：、！？…]*")


class Paragraph:
    """A plain text in one style; whoever builds it makes the text safe."""

    def __init__(self, text: str, style: str = "") -> None:
        self.text = text
        self.style = style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in wrapped(self.text, options.max_width):
            yield Text(line, self.style, no_wrap=True, overflow="ignore")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(min(2, options.max_width), options.max_width)


def wrapped(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text, none of them wider than `width` columns (at least 2)."""
    line = ""
    for piece in _pieces(text, width):
        if line and cell_len(line + piece.rstrip()) > width:
            yield line.rstrip()
            line = ""
        line += piece if line else piece.lstrip()
    yield line.rstrip()


def _pieces(text: str, width: int) -> Iterator[str]:
    for piece in _PIECE.findall(text):
        yield from chop_cells(piece, max(2, width)) if cell_len(piece) > width else [piece]
