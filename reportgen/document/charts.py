"""The report's charts, drawn from plain data: factors and requirements against the project's need.

Every chart states its finding in `alt`, labels its marks directly, and can be read in grey print.
Figures are rounded half up, but what misses a floor or a requirement is never rounded up to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, isfinite

from reportgen.document.chart_style import (
    ADVERSE,
    BLUE,
    GREY,
    INK,
    LINED,
    NORMAL,
    PALE,
    RED,
    SOLID,
    UNKNOWN,
    WHITE,
    WIDTH,
    Chart,
    Ink,
    Point,
    Sheet,
    breadth,
    clean,
    cut,
)


@dataclass(frozen=True)
class FactorBar:
    """A capability factor: its score and floor, 0 to 100; a score of None was not assessed."""

    name: str
    score: float | None
    floor: float


@dataclass(frozen=True)
class SlackBar:
    """A requirement: actual over required (1.0 meets it exactly; None unknown), and the verdict."""

    label: str
    ratio: float | None
    verdict: str


@dataclass(frozen=True)
class YearFigures:
    """One year's accounts: money in 元, `debt_ratio` as a share (0.62 is 62 %); None was not provided."""

    year: int
    revenue: Decimal | None
    net_profit: Decimal | None
    debt_ratio: Decimal | None


_MET, _MISSED, _UNPROVEN = "满足", "不满足", "未证实"


_FACTOR_LEFT, _FACTOR_RIGHT, _FACTOR_WORDS = 36.0, 132.0, 145.0
_FACTOR_TOP, _FACTOR_FOOT, _FACTOR_PITCH, _FACTOR_GAP, _HALF_BAR = 8.0, 5.5, 6.6, 2.6, 2.1


def factor_profile(rows: Sequence[FactorBar], others: Sequence[FactorBar] = ()) -> Chart:
    """Draw each factor's score against the project's need, 100 being exactly what the project needs.

    `others` are the other parts of the total, which have no need of the project's to be measured against.
    Raises ValueError without rows and for a score or floor outside 0 to 100.
    """
    _require(bool(rows), "a factor profile needs at least one factor")
    for row in (*rows, *others):
        _require(
            0 <= row.floor <= 100 and (row.score is None or 0 <= row.score <= 100), f"not 0 to 100: {row}"
        )
    need = _FACTOR_TOP + _FACTOR_PITCH * len(rows)
    foot = need + (_FACTOR_GAP + _FACTOR_PITCH * len(others) if others else 0)
    sheet = Sheet(foot + _FACTOR_FOOT)
    for index, row in enumerate(rows):
        _factor_row(sheet, row, _FACTOR_TOP + _FACTOR_PITCH * (index + 0.5))
    for index, row in enumerate(others):
        _factor_row(sheet, row, need + _FACTOR_GAP + _FACTOR_PITCH * (index + 0.5))
    _factor_scale(sheet, need, foot)
    return sheet.chart(_factor_alt([*rows, *others]))


def _factor_x(score: float) -> float:
    return _FACTOR_LEFT + (_FACTOR_RIGHT - _FACTOR_LEFT) * score / 100


def _factor_scale(sheet: Sheet, need: float, foot: float) -> None:
    sheet.text((_FACTOR_LEFT - 3, foot + 2.6), "得分", anchor="right", ink=GREY)
    sheet.line((_FACTOR_LEFT, _FACTOR_TOP - 1), (_FACTOR_LEFT, foot), ink=GREY)
    sheet.line((_FACTOR_RIGHT, _FACTOR_TOP - 2), (_FACTOR_RIGHT, need), ink=INK, width=1)
    sheet.text((_FACTOR_RIGHT, 3), "恰好满足本项目需要", anchor="center", bold=True)
    for score in (0, 50, 100):
        sheet.text((_factor_x(score), foot + 2.6), f"{score}", anchor="center", ink=GREY)


def _factor_row(sheet: Sheet, row: FactorBar, y: float) -> None:
    below = row.score is not None and row.score < row.floor
    ink = RED if below else INK
    top, height = y - _HALF_BAR, 2 * _HALF_BAR
    sheet.text((0, y), cut(row.name), size=NORMAL)
    if row.score is None:
        sheet.bar((_FACTOR_LEFT, top), _FACTOR_RIGHT - _FACTOR_LEFT, height, UNKNOWN)
        sheet.text((_FACTOR_LEFT + 3, y), "未评", ink=GREY, bold=True)
    else:
        sheet.bar((_FACTOR_LEFT, top), _FACTOR_RIGHT - _FACTOR_LEFT, height, Ink(fill=PALE))
        length = _factor_x(row.score) - _FACTOR_LEFT
        sheet.bar((_FACTOR_LEFT, top), length, height, ADVERSE if below else SOLID)
        _score(sheet, row.score, row.floor, y, ink)
    if row.floor:
        _floor_mark(sheet, row.floor, y)
        words = f"低于底线 {row.floor:g}" if below else f"底线 {row.floor:g}"
        sheet.mark((_FACTOR_WORDS, y + 0.1), 1, 3, Ink(fill=ink), turn=180)
        sheet.text((_FACTOR_WORDS + 2.5, y), words, ink=ink, bold=below)


def _score(sheet: Sheet, score: float, floor_score: float, y: float, ink: str) -> None:
    """Set the score beyond the end of its bar and beyond each line that would cross it."""
    label, x = _tenths(score, floor_score), _factor_x(score)
    for line in sorted((_factor_x(floor_score), _FACTOR_RIGHT)):
        if x <= line < x + 2.5 + breadth(label, NORMAL):
            x = line
    sheet.text((x + 1.5, y), label, size=NORMAL, ink=ink, bold=True)


def _floor_mark(sheet: Sheet, floor_score: float, y: float) -> None:
    x = _factor_x(floor_score)
    sheet.line((x, y - _HALF_BAR), (x, y + _HALF_BAR), ink=WHITE, width=2.4)
    sheet.line((x, y - _HALF_BAR - 0.3), (x, y + _HALF_BAR + 0.3), ink=INK, width=0.9)
    sheet.mark((x, y - _HALF_BAR - 0.7), 0.9, 3, Ink(fill=INK), turn=180)


def _factor_alt(rows: Sequence[FactorBar]) -> str:
    low = [clean(row.name) for row in rows if row.score is not None and row.score < row.floor]
    finding = f"{'、'.join(low)}低于底线" if low else "已评要素均不低于底线"
    each = "，".join(f"{clean(row.name)}{_score_words(row)}{_floor_words(row)}" for row in rows)
    return f"能力要素得分，100 分为恰好满足本项目需要：{finding}。{each}。"


def _floor_words(row: FactorBar) -> str:
    return f"（底线 {row.floor:g}）" if row.floor else ""


def _score_words(row: FactorBar) -> str:
    return "未评" if row.score is None else f" {_tenths(row.score, row.floor)} 分"


_SLACK_NEED, _SLACK_SPAN = 96.0, 40.0
"""Places (mm) of the line of the requirement and of 0 % and 200 % on either side of it."""
_SLACK_TOP, _SLACK_PITCH = 8.0, 6.4
_WHOLE = 100.0
_SLACK_INK = {_MET: SOLID, _MISSED: ADVERSE, _UNPROVEN: UNKNOWN}
_SLACK_WORD_INK = {_MET: INK, _MISSED: RED, _UNPROVEN: GREY}


def requirement_slack(bars: Sequence[SlackBar]) -> Chart:
    """Draw how far each requirement is exceeded or missed, from its own level outwards, up to 200 %.

    Raises ValueError without bars, for an unknown verdict and for a ratio that is negative or not finite.
    """
    _require(bool(bars), "a comparison needs at least one requirement")
    for bar in bars:
        _require(bar.verdict in _SLACK_INK, f"no verdict: {bar.verdict!r}")
        _require(bar.ratio is None or (isfinite(bar.ratio) and bar.ratio >= 0), f"no ratio: {bar.ratio!r}")
    foot = _SLACK_TOP + _SLACK_PITCH * len(bars)
    sheet = Sheet(foot + 6)
    _slack_scale(sheet, foot)
    for index, bar in enumerate(bars):
        _slack_row(sheet, bar, _SLACK_TOP + _SLACK_PITCH * (index + 0.5))
    return sheet.chart(_slack_alt(bars))


def _slack_scale(sheet: Sheet, foot: float) -> None:
    sheet.text((_SLACK_NEED, 3), "要求", anchor="center", bold=True)
    sheet.text((0, 3), "实际值为要求值的百分比", ink=GREY)
    sheet.line((_SLACK_NEED, _SLACK_TOP - 2), (_SLACK_NEED, foot), ink=INK, width=1)
    for percent in (0, 50, 100, 150, 200):
        x = _SLACK_NEED + _SLACK_SPAN * (percent / 100 - 1)
        if x != _SLACK_NEED:
            sheet.line((x, _SLACK_TOP), (x, foot), width=0.4)
        sheet.text((x, foot + 2.6), f"{percent}%", anchor="center", ink=GREY)


def _slack_row(sheet: Sheet, bar: SlackBar, y: float) -> None:
    word_ink = _SLACK_WORD_INK[bar.verdict]
    sheet.text((0, y), cut(bar.label), size=NORMAL)
    sheet.text((WIDTH, y), bar.verdict, anchor="right", size=NORMAL, ink=word_ink, bold=bar.verdict != _MET)
    if bar.ratio is None:
        ends = (_SLACK_NEED - _SLACK_SPAN, y), (_SLACK_NEED + _SLACK_SPAN, y)
        sheet.line(*ends, ink=GREY, width=0.7, dashed=True)
        return
    end = _slack_bar(sheet, bar.ratio, _SLACK_INK[bar.verdict], y)
    short = end < _SLACK_NEED
    place = end - 1.3 if short else end + 1.3, y
    label = f"{_tenths(bar.ratio * 100, _WHOLE)}%"
    sheet.text(place, label, anchor="right" if short else "left", ink=word_ink, bold=True)


def _slack_bar(sheet: Sheet, ratio: float, ink: Ink, y: float) -> float:
    """Draw the bar away from the requirement's line and return where it ends (mm)."""
    reach = _SLACK_SPAN * (min(ratio, 2.0) - 1)
    if not reach:
        sheet.mark((_SLACK_NEED, y), 1.6, 4, ink)
        return _SLACK_NEED + 1.2
    sheet.bar((_SLACK_NEED + min(0.0, reach), y - 1.8), abs(reach), 3.6, ink)
    if ratio <= 2:
        return _SLACK_NEED + reach
    sheet.mark((_SLACK_NEED + reach + 1.05, y), 2.1, 3, ink, turn=90)
    return _SLACK_NEED + reach + 3.2


def _slack_alt(bars: Sequence[SlackBar]) -> str:
    counts = "、".join(
        f"{sum(bar.verdict == verdict for bar in bars)} 项{verdict}"
        for verdict in _SLACK_INK
        if any(bar.verdict == verdict for bar in bars)
    )
    each = "，".join(
        f"{clean(bar.label)}{'' if bar.ratio is None else f' {_tenths(bar.ratio * 100, _WHOLE)}%'}（{bar.verdict}）"
        for bar in bars
    )
    return f"{len(bars)} 项要求中 {counts}；实际值为要求值的百分比：{each}。"


_FINANCE_HEIGHT, _FINANCE_TOP, _FINANCE_FOOT = 62.0, 12.0, 46.0
_MONEY_WIDTH, _RATIO_LEFT = 112.0, 122.0
_BAR_WIDTH = 12.5
_MISSING = "未提供"


def finance_trend(years: Sequence[YearFigures]) -> Chart:
    """Draw revenue and net profit side by side and the ratio of debt to assets (资产负债率) in a panel.

    Money is drawn in 万元, or in 亿元 where a figure reaches ten of them. The ratio is a fact here and
    nothing is coloured by it: it may not be scored (DOMAIN §4.6).
    Raises ValueError unless there are one to three different years.
    """
    years = sorted(years, key=lambda figures: figures.year)
    distinct = len({figures.year for figures in years})
    _require(1 <= distinct <= 3 and distinct == len(years), "one to three different years")
    sheet, unit = Sheet(_FINANCE_HEIGHT), _unit(years)
    sheet.text((0, 2.6), f"营业收入与净利润（{unit[0]}）", bold=True)
    sheet.text((_RATIO_LEFT, 2.6), "资产负债率", bold=True)
    _money_panel(sheet, years, unit)
    _ratio_panel(sheet, years)
    return sheet.chart(_finance_alt(years, unit))


def _unit(years: Sequence[YearFigures]) -> tuple[str, Decimal]:
    amounts = [abs(amount) for figures in years for amount in _amounts(figures) if amount is not None]
    largest = max(amounts, default=Decimal(0))
    return ("亿元", Decimal(10**8)) if largest >= 10**9 else ("万元", Decimal(10**4))


def _amounts(figures: YearFigures) -> tuple[Decimal | None, Decimal | None]:
    return figures.revenue, figures.net_profit


def _money_panel(sheet: Sheet, years: Sequence[YearFigures], unit: tuple[str, Decimal]) -> None:
    known = [float(amount) for figures in years for amount in _amounts(figures) if amount is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    scale = (_FINANCE_FOOT - _FINANCE_TOP) / ((high - low) or 1)
    zero = _FINANCE_FOOT + low * scale
    for figures, centre in zip(years, _centres(len(years), 0, _MONEY_WIDTH), strict=True):
        sheet.text(
            (centre, _FINANCE_FOOT + 12.5), f"{figures.year} 年", anchor="center", size=NORMAL, bold=True
        )
        columns = (("营业收入", figures.revenue, -7.2), ("净利润", figures.net_profit, 7.2))
        for name, amount, offset in columns:
            x = centre + offset
            sheet.text((x, _FINANCE_FOOT + 7), name, anchor="center", ink=GREY)
            label = "" if amount is None else _money(amount, unit[1])
            ink = ADVERSE if amount and amount < 0 else SOLID if offset < 0 else LINED
            _column(sheet, (x, zero), None if amount is None else float(amount) * scale, label, ink)
    sheet.line((0, zero), (_MONEY_WIDTH, zero), ink=INK, width=0.8)


def _column(sheet: Sheet, base: Point, rise: float | None, label: str, ink: Ink) -> None:
    """Draw one column from the zero line at `base`, `rise` mm high, with its figure at the far end."""
    x, zero = base
    if rise is None:
        sheet.bar((x - _BAR_WIDTH / 2, zero - 5), _BAR_WIDTH, 5, UNKNOWN)
        sheet.text((x, zero - 2.5), _MISSING, anchor="center", ink=GREY)
        return
    sheet.bar((x - _BAR_WIDTH / 2, zero - max(rise, 0)), _BAR_WIDTH, abs(rise), ink)
    y = zero - rise + (2.4 if rise < 0 else -2.2)
    sheet.text((x, y), label, anchor="center", ink=RED if rise < 0 else INK, bold=True)


def _ratio_panel(sheet: Sheet, years: Sequence[YearFigures]) -> None:
    known = [float(figures.debt_ratio) for figures in years if figures.debt_ratio is not None]
    scale = (_FINANCE_FOOT - _FINANCE_TOP) / max([1.0, *known])
    whole = _FINANCE_FOOT - scale
    sheet.line((_RATIO_LEFT, whole), (WIDTH, whole), dashed=True)
    sheet.text((_RATIO_LEFT - 1, whole), "100%", anchor="right", ink=GREY)
    sheet.line((_RATIO_LEFT, _FINANCE_FOOT), (WIDTH, _FINANCE_FOOT), ink=INK, width=0.8)
    dots: list[Point | None] = []
    for figures, x in zip(years, _centres(len(years), _RATIO_LEFT, WIDTH), strict=True):
        sheet.text((x, _FINANCE_FOOT + 7), f"{figures.year}", anchor="center", size=NORMAL, bold=True)
        dots.append(_ratio_dot(sheet, figures.debt_ratio, x, scale))
    for earlier, later in pairwise(dots):
        if earlier and later:
            sheet.line(earlier, later, ink=BLUE, width=1.2)
    for dot in filter(None, dots):
        sheet.mark(dot, 1.2, 36, Ink(fill=WHITE, edge=BLUE, width=1.2))


def _ratio_dot(sheet: Sheet, ratio: Decimal | None, x: float, scale: float) -> Point | None:
    """Write a year's ratio and return where its dot belongs, on the axis where it is negative."""
    if ratio is None:
        sheet.text((x, _FINANCE_FOOT - 2.5), _MISSING, anchor="center", ink=GREY)
        return None
    dot = x, _FINANCE_FOOT - max(float(ratio), 0) * scale
    sheet.bar((x - 5, dot[1] - 5), 10, 3.2, Ink(fill=WHITE))  # the line of 100 % may pass here
    sheet.text((x, dot[1] - 3.4), _percent(ratio), anchor="center", bold=True)
    return dot


def _centres(count: int, left: float, right: float) -> list[float]:
    pitch = min((right - left) / count, 40.0)
    return [(left + right) / 2 + (index - (count - 1) / 2) * pitch for index in range(count)]


def _money(amount: Decimal, unit: Decimal) -> str:
    """Return an amount in the chart's unit with four to five figures; the least loss keeps its sign."""
    if not amount:
        return "0"
    value = amount / unit
    decimals = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2
    return f"{value:,.{decimals}f}".replace("-", "−")


def _percent(share: Decimal) -> str:
    return f"{share * 100:.1f}%".replace("-", "−")


def _finance_alt(years: Sequence[YearFigures], unit: tuple[str, Decimal]) -> str:
    losses = [str(figures.year) for figures in years if figures.net_profit and figures.net_profit < 0]
    finding = f"{'、'.join(losses)} 年亏损" if losses else "所示年度均无亏损"
    each = "；".join(_year_alt(figures, unit) for figures in years)
    return f"营业收入、净利润与资产负债率：{finding}。{each}。"


def _year_alt(figures: YearFigures, unit: tuple[str, Decimal]) -> str:
    money = (
        _MISSING if amount is None else f" {_money(amount, unit[1])} {unit[0]}"
        for amount in _amounts(figures)
    )
    ratio = _MISSING if figures.debt_ratio is None else f" {_percent(figures.debt_ratio)}"
    revenue, profit = money
    return f"{figures.year} 年营业收入{revenue}，净利润{profit}，资产负债率{ratio}"


def _tenths(value: float, least: float) -> str:
    """Return `value` rounded half up to one decimal, without a trailing zero decimal; below `least` it stays below."""
    tenths = floor(round(value * 10, 6) + 0.5)
    if value < least:
        tenths = min(tenths, ceil(least * 10) - 1)
    return f"{tenths / 10:,.1f}".removesuffix(".0")


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)
