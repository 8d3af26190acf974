"""How much room texts take on the pages that must not run over: the cover, the conclusion, what repeats on every page.

A line is counted in characters. The counts were measured on the templates' own type sizes and page widths, and err
on the side of too many lines.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

# Advance widths of the packaged faces, in ems.
_LETTER, _CAPITAL, _NARROW = 0.57, 0.72, {" ": 0.26, ".": 0.33, ",": 0.33, "-": 0.35, "/": 0.38, ":": 0.33}
# A Latin word, a number or an id; Chinese characters with the marks that follow them.
_PIECES = re.compile(r"[!-~]+|[^!-~][，。、；：！？）】》〕”’]*")
_MARKS = frozenset("，。、；：！？（）【】《》〔〕“”‘’")
_RUNNING, _ABOUT = 64, 110
_COVER_LINE, _COVER_LINES, _COVER_MOST = 30, 15, 20
_ABOUT_LINE, _WHY_LINE, _OTHER_LINE, _ADVICE_LINE, _RISK_LINE = 38, 37, 42, 40, 41
# The heights of the conclusion page in mm: the page, all that is always there (its head, the conclusion, four facts,
# margins), and a line of each of its types, with the margin that each risk note has.
_CONCLUSION, _FIXED, _HEAD = 252.0, 65.3, 8.7
_BODY, _SMALL, _LIST, _RISK_MARGIN = 6.1, 5.3, 5.4, 1.4


def length(text: str) -> float:
    """Return the length of a text in characters as wide as a Chinese one; marks that follow each other lean together."""
    pairs = sum(one in _MARKS and other in _MARKS for one, other in pairwise(text))
    return sum(map(_breadth, text)) - pairs / 2


def _breadth(character: str) -> float:
    if not character.isascii():
        return 1
    return _NARROW.get(character, _CAPITAL if character.isupper() else _LETTER)


def lines(text: str, width: float) -> int:
    """Return how many lines of a width in characters a text takes; what has no place to break goes to the next one."""
    count, used = 1, 0.0
    for piece in _PIECES.findall(text):
        wide = length(piece)
        if used + wide > width:
            # Only what is longer than a line is broken anywhere.
            count += max(1, -int(-wide // width))
            used = 0.0 if wide <= width else -width * int(wide // width)
        used += wide
    return count


def fitting(text: str, room: float) -> str:
    """Return as much of a text's beginning as fits into so many characters."""
    # No more of the narrowest characters than these could.
    for end in range(min(len(text), int(room / min(_NARROW.values()))), 0, -1):
        if length(text[:end]) <= room:
            return text[:end]
    return ""


def running(name: str, tail: str) -> str:
    """Return a name with its tail as it repeats on every page: in two lines, the name cut where it is too long."""
    return _cut(name, tail, _RUNNING)


def about(name: str, tail: str = "") -> str:
    """Return a name with its tail as it stands above the conclusion: in three lines; the cover has it whole."""
    return _cut(name, tail, _ABOUT)


def _cut(name: str, tail: str, most: int) -> str:
    left = most - length(tail)
    return f"{name if length(name) <= left else fitting(name, left - 1) + '…'}{tail}"


def cover_class(values: Sequence[str]) -> str:
    """Return how closely the cover is set: as designed, `full`, or `packed` for the longest names."""
    count = sum(lines(value, _COVER_LINE) for value in values)
    return "" if count <= _COVER_LINES else "full" if count <= _COVER_MOST else "packed"


def risk_lines(
    about: Sequence[str], why: Sequence[str], advice: str, below: tuple[float, Sequence[str]], risks: int
) -> list[int]:
    """Return for each risk note that the conclusion page has room for whether it may take two lines or one.

    `about` are the texts above the conclusion; of `why` the first is the binding reason, in larger type. `below` is
    the height of the chart in mm and what would change the conclusion.
    """
    chart, flips = below
    height = _FIXED + chart + _HEAD * (2 + bool(flips))
    height += sum(lines(text, _ABOUT_LINE) for text in about) * _SMALL
    height += lines(why[0], _WHY_LINE) * _BODY + sum(lines(text, _OTHER_LINE) for text in why[1:]) * _SMALL
    height += lines(advice, _ADVICE_LINE) * _BODY + sum(lines(text, _RISK_LINE) for text in flips) * _LIST
    left, each = _CONCLUSION - height, _LIST + _RISK_MARGIN
    shown = min(risks, max(1, int(left / each)))
    spare = int((left - shown * each) / _LIST)
    return [2 if index < spare else 1 for index in range(shown)]


def room(title: str, count: int) -> float:
    """Return how many characters fit behind the title of a risk note into some lines of the conclusion page."""
    return count * (_RISK_LINE - 1) - length(title) - 1


def risk_height(title: str, text: str) -> int:
    """Return how many lines of the conclusion page a risk note takes."""
    return lines(f"{title}　{text}", _RISK_LINE)
