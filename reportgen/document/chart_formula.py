"""The bid capacity as a formula with its terms filled in, one line a member, against what the project needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.document.chart_style import (
    BLUE,
    GREY,
    INK,
    NORMAL,
    PALE,
    RED,
    WHITE,
    Chart,
    Ink,
    Sheet,
    clean,
    cut,
)

_NAMES = ("A 年产值{year}", "N 合同年数", "M 倍数", "B 在手合同", "投标能力")
_SIGNS = ("×", "×", "−", "=")
_LEFT, _WIDTHS, _GAP = 0.3, (38.0, 18.0, 18.0, 34.0, 34.0), 5.4
_MEMBER, _HEAD, _HEIGHT, _FOOT = 5.2, 5.2, 7.6, 3.0
_LONGEST = 40


@dataclass(frozen=True)
class FormulaLine:
    """One member's terms as they are printed: A of a year, N, M, B and the capacity; `member` is empty for one alone."""

    member: str
    terms: tuple[str, str, str, str, str]
    year: str = ""


def capacity_formula(lines: Sequence[FormulaLine], required: str, verdict: str) -> Chart:
    """Draw A·N·M − B with its terms in boxes and under it what is required and the verdict.

    Raises ValueError without lines.
    """
    if not lines:
        raise ValueError("a formula needs at least one line of terms")
    pitch = _HEAD + _HEIGHT + _FOOT + (_MEMBER if lines[0].member else 0)
    foot = pitch * len(lines)
    sheet = Sheet(foot + 4.5)
    for index, line in enumerate(lines):
        _line(sheet, line, pitch * index)
    asked = clean(f"要求：{required}")
    text = asked if len(asked) <= _LONGEST else f"{asked[: _LONGEST - 1]}…"
    ink = RED if verdict == "不满足" else INK
    sheet.text((_LEFT, foot + 1), text, size=NORMAL)
    sheet.text((_middle(4), foot + 1), verdict, anchor="center", size=NORMAL, ink=ink, bold=True)
    return sheet.chart(_alt(lines, required, verdict))


def _left(index: int) -> float:
    return _LEFT + sum(_WIDTHS[:index]) + index * _GAP


def _middle(index: int) -> float:
    return _left(index) + _WIDTHS[index] / 2


def _line(sheet: Sheet, line: FormulaLine, top: float) -> None:
    if line.member:
        sheet.text((_LEFT, top + 2.2), cut(line.member), size=NORMAL, bold=True)
        top += _MEMBER
    middle = top + _HEAD + _HEIGHT / 2
    for index, (name, term) in enumerate(zip(_NAMES, line.terms, strict=True)):
        last = index == len(line.terms) - 1
        ink = Ink(fill=BLUE, edge=BLUE) if last else Ink(fill=PALE, edge=GREY)
        sheet.text((_middle(index), top + 2.6), name.format(year=line.year), anchor="center", ink=GREY)
        sheet.bar((_left(index), top + _HEAD), _WIDTHS[index], _HEIGHT, ink)
        place = (_middle(index), middle)
        sheet.text(place, term, anchor="center", size=NORMAL, ink=WHITE if last else INK, bold=True)
    for index, sign in enumerate(_SIGNS):
        sheet.text((_left(index + 1) - _GAP / 2, middle), sign, anchor="center", size=11, bold=True)


def _alt(lines: Sequence[FormulaLine], required: str, verdict: str) -> str:
    told = "；".join(
        f"{clean(line.member)}年产值{line.year} {a} 乘合同年数 {n} 乘倍数 {m} 减在手合同 {b}，投标能力为 {total}"
        for line in lines
        for a, n, m, b, total in [line.terms]
    )
    return f"投标能力的算式：{told}。要求为{clean(required)}，判定为{verdict}。"
