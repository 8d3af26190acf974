"""From what a cell says to the spelling that a model reads: units, full-width digits, dates, 是 and 否, lists.

Nothing is judged here and nothing added: what is in no spelling known here is left as it stands, for the model to
refuse. Sums are decimal throughout.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from reportgen.plain import present
from reportgen.sheets.form import Column, Sort
from reportgen.sheets.moments import read_moment
from reportgen.sheets.text import EPOCH, CellError, figure, is_blank, plain_text
from reportgen.sheets.units import FACTORS, MONEY

LONG_TERM: Final = "2099-12-31"
"""How the models spell 长期."""
UNKNOWN: Final = frozenset({date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1)})
"""What programs write where they know no date."""
_LONG_TERM = {"长期", "长期有效", "永久", "永久有效", "无固定期限", "长期有效期", "2099"}
_YES, _NO = {"是", "√", "✓", "有", "对"}, {"否", "×", "✗", "无", "错"}
_DATE = re.compile(
    r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?(?:00:00(?::00(?:\.0+)?)?|T00:00:00)?"
)
_RUN, _SERIAL = re.compile(r"(\d{4})(\d{2})(\d{2})"), re.compile(r"[1-9]\d{4}")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_FIGURE = re.compile(r"[+-]?(?=[\d.]{1,25}$)\d+(?:\.\d+)?")
_WORDED = re.compile(r"(?=.*\d)(?=.*[\u4e00-\u9fff]).*")
_UNITS = sorted(MONEY, key=len, reverse=True)
_BETWEEN = re.compile("[、；;]")
_QUOTED = re.compile(r"^'(?='*[=+\-@#])")
Read = str | list[str] | None
"""What goes into the tree: a text, several, or nothing."""


class UnknownDateError(Exception):
    """A cell holds the day that stands for an unknown one."""


def read_cell(value: object, column: Column, unit: str, epoch: datetime = EPOCH) -> Read:
    """Return what a cell says in the model's spelling, or None for a blank one.

    `unit` is that of the head. Raises CellError (nothing that can be read), UnknownDateError (1900-01-01).
    """
    if is_blank(value):
        return None
    if column.sort in {Sort.DAY, Sort.MOMENT}:
        return _day(value, epoch) if column.sort is Sort.DAY else read_moment(value, epoch)
    if isinstance(value, bool) and column.sort is Sort.YES_NO:
        return "true" if value else "false"
    # What a table guards against being taken for a formula or a note.
    text = present(_QUOTED.sub("", plain_text(value), count=1))
    if text is None:
        return None
    if column.many:
        return [_word(part, column) for part in _parts(text, str(value))]
    return _READERS[column.sort](text, column, unit)


def guarded(text: str) -> str:
    """Return a text that no reader takes for a note, and that `read_cell` gives back."""
    return f"'{text}" if re.match(r"'*#|'+[=+\-@]", text) else text


def joined(parts: list[str], *, many: bool) -> str:
    """Return one value, or `many` as one cell says them: on lines of their own where one of them would be parted."""
    if not many:
        return parts[0]
    return (
        "".join(f"{part}\n" for part in parts)
        if any(_BETWEEN.search(part) for part in parts)
        else "、".join(parts)
    )


def _parts(text: str, raw: str) -> list[str]:
    found = text.split("\n") if "\n" in raw else _BETWEEN.split(text)
    return [part.strip() for part in found if part.strip()]


def _word(text: str, column: Column) -> str:
    if not column.words or text in column.words.values():
        return text
    if text not in column.words:
        # The model would name its own words.
        raise CellError(f"只能是 {'、'.join(column.words)}：{text[:60]}")
    return column.words[text]


def _text(text: str, column: Column, _: str) -> str:
    return _word(text, column)


def _yes_no(text: str, _: Column, __: str) -> str:
    if text in _YES | _NO:
        return "true" if text in _YES else "false"
    if text.casefold() not in {"true", "false"}:
        raise CellError(f"只能是 是 或 否：{text[:60]}")
    return text.casefold()


def _number(text: str, column: Column, _: str) -> str:
    digits = _digits(text).removesuffix(column.unit)
    if _WORDED.fullmatch(digits):
        raise CellError(f"只填数，不写单位或其他文字：{text[:60]}")
    return digits


def _money(text: str, column: Column, unit: str) -> str:
    digits = _digits(text).removeprefix("人民币").removeprefix("¥").removeprefix("RMB")
    own = next((unit for unit in _UNITS if digits.endswith(unit)), "")
    if not own and not unit and column.unit != "元":
        raise CellError(f"没有写明单位，请在列名或格中写明元、万元或亿元：{text[:60]}")
    return _times(digits.removesuffix(own), FACTORS[own or unit or "元"], text)


def _share(text: str, column: Column, unit: str) -> str:
    digits = _digits(text)
    own = "%" if digits.endswith("%") else ""
    return _times(digits.removesuffix("%"), FACTORS[own or unit or "元"], text)


def _digits(text: str) -> str:
    """Return a figure without blanks and thousands separators, its full-width letters as usual ones."""
    digits = "".join(unicodedata.normalize("NFKC", text).replace("\u2212", "-").split())
    stem = re.match(r"[^\d+-]*([+-]?[\d,.]*)", digits)
    if stem and _THOUSANDS.fullmatch(stem[1]):
        return digits.replace(stem[1], stem[1].replace(",", ""), 1)
    return digits


def _times(digits: str, factor: Decimal, text: str) -> str:
    if factor == 1:
        return digits
    # What is longer than a decimal keeps, or no figure, is the model's to refuse.
    return f"{Decimal(digits) * factor:f}" if _FIGURE.fullmatch(digits) else text


def _day(value: object, epoch: datetime) -> str | None:
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return _known(value.date()) if midnight else value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return _known(value)
    if value == time() or value == timedelta():
        # Day nought of a workbook, which shows it as 1900-01-00.
        raise UnknownDateError
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = figure(value)
        epoch_used = epoch
    else:
        text, epoch_used = plain_text(value), EPOCH
    written = present(text)
    return None if written is None else _spelt(unicodedata.normalize("NFKC", written), epoch_used)


def _spelt(text: str, epoch: datetime) -> str:
    bare = "".join(text.split())
    if bare in _LONG_TERM:
        return LONG_TERM
    found = _DATE.fullmatch(bare) or _RUN.fullmatch(bare)
    if found:
        year, month, day = (int(part) for part in found.groups())
        try:
            return _known(date(year, month, day))
        except ValueError:
            return f"{year:04}-{month:02}-{day:02}"
    if _SERIAL.fullmatch(bare):
        return _known((epoch + timedelta(days=int(bare))).date())
    return text


def _known(day: date) -> str:
    if day in UNKNOWN:
        raise UnknownDateError
    return day.isoformat()


_READERS: dict[Sort, Callable[[str, Column, str], str]] = {
    Sort.TEXT: _text,
    Sort.YES_NO: _yes_no,
    Sort.NUMBER: _number,
    Sort.MONEY: _money,
    Sort.SHARE: _share,
}
