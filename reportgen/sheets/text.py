"""What stands in a cell, as text: nothing is evaluated, and nothing that is no plain text passes for it."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Final

NOTE_MARK = "#"
"""A row whose first cell begins with it is a note: the example of a template, or anybody's own."""
DIGITS = 15
"""Digits that a number in a workbook keeps."""
EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a day of a calendar, nowhere in particular
"""The day that Excel counts days from, unless a workbook says 1904."""
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ERRORS = re.compile(r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A)", re.I)
"""What a CSV file holds where a formula failed: no note."""


class CellError(Exception):
    """Why a cell holds nothing that can be read, in Chinese."""


def plain_text(value: object) -> str:
    """Return what a cell says, without the blanks around it; raises CellError for what is no plain text."""
    if isinstance(value, CellError):
        raise value
    if isinstance(value, bool):
        raise CellError("不是文字")
    if isinstance(value, date | time | timedelta):
        raise CellError("是日期或时间，请把这一列设为文本格式后重填")
    text = figure(value) if isinstance(value, int | float) else str(value).strip()
    # No database takes them, and some would forge a line of a log.
    if found := _CONTROLS.search(text):
        raise CellError(f"含控制字符 U+{ord(found[0]):04X}")
    if _ERRORS.fullmatch(text):
        raise CellError(f"是错误值 {text}，请改正")
    return text


def figure(value: float) -> str:
    """Return the digits of a number in a workbook; raises CellError where they are more than it keeps.

    A float is what its shortest spelling says; what a sum left behind the fifteenth digit is no figure.
    """
    if not isfinite(value):
        raise CellError("不是数字")
    digits = str(int(value)) if value == int(value) else f"{Decimal(repr(value)):f}"
    if len(digits.lstrip("-0.").replace(".", "")) > DIGITS:
        raise CellError(f"是数字，{DIGITS} 位以后已经失真，请把这一列设为文本格式后重填")
    return digits


def wrong_heads(
    heads: Mapping[str, str], required: Collection[str], given: Sequence[str], unknown: Sequence[str]
) -> str:
    """Return what is wrong with the heads of a table: unknown, repeated, missing ones; nothing where all is well.

    `heads` are the heads by the keys of the columns, `given` the keys that the table has, `unknown` its other heads.
    """
    twice = [heads[key] for key in dict.fromkeys(given) if given.count(key) > 1]
    missing = [head for key, head in heads.items() if key in required and key not in given]
    said = (("不认识的列", unknown), ("重复的列", twice), ("缺少的列", missing))
    return "；".join(f"{what}：{'、'.join(names)}" for what, names in said if names)


def is_blank(cell: object) -> bool:
    """Say whether nothing stands in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def says_something(cells: Sequence[object]) -> bool:
    """Say whether a row is neither blank nor a note."""
    first = next((cell for cell in cells if not is_blank(cell)), None)
    if not isinstance(first, str):
        return first is not None
    return not first.lstrip().startswith(NOTE_MARK) or _ERRORS.fullmatch(first.strip()) is not None
