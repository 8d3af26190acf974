"""The timeline of credit records: a lane for each kind, a shape for each severity.

The more ink a mark has, the graver the record, so shapes keep their order in grey print. A lane has
one track for each severity, and disputed records have tracks of their own: nothing ever overlaps.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from reportgen.document.chart_style import (
    BLUE,
    GREY,
    INK,
    NORMAL,
    PALE,
    RED,
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
class RecordPoint:
    """One record: its date, its kind (such as 行政处罚), its severity or 良好, and whether it is disputed."""

    on: date
    lane: str
    severity: str
    disputed: bool = False


@dataclass(frozen=True)
class _Shape:
    """How a severity is drawn: a regular polygon."""

    corners: int
    radius: float
    ink: Ink
    turn: float = 0


_SHAPES = {
    "特别严重": _Shape(4, 1.85, Ink(fill=RED), 45),
    "严重": _Shape(4, 1.6, Ink(fill=RED)),
    "一般": _Shape(3, 1.6, Ink(fill=INK)),
    "轻微": _Shape(3, 1.5, Ink(fill=WHITE, edge=INK, width=0.9)),
    "良好": _Shape(36, 1.25, Ink(fill=WHITE, edge=BLUE, width=0.9)),
}
"""By severity, the gravest first; this is also the order of tracks and key."""

_OLD_LEFT, _OLD_RIGHT = 46.0, 56.0
_LEFT, _RIGHT = 58.0, 164.0
_TOP, _TRACK, _LANE_GAP = 7.5, 4.3, 2.3
_CLEAR = 3.6
"""Distance (mm) from mark to mark below which a track is drawn in slices with counts."""
_SLICES = 12
"""Slices of the window, 8.8 mm each: room for a mark and a number of three digits."""
_MOST_LANES = 8
_OTHER = "其他"

_Track = tuple[str, bool, list[date]]
_Lane = tuple[str, list[_Track]]


def record_timeline(points: Sequence[RecordPoint], start: date, end: date) -> Chart:
    """Draw the records of the window from `start` to `end`, and older ones beside it on the left.

    Crowded tracks are summed up in twelfths of the window (a quarter each, for three years), the number
    beside the mark. Beyond eight kinds the rarest share a lane. The order of `points` does not matter.
    Raises ValueError without points, for an empty window, an unknown severity or a date after `end`.
    """
    _check(points, start, end)
    lanes = _lanes(points)
    foot = _TOP + sum(_lane_height(tracks) for _, tracks in lanes)
    sheet = Sheet(foot + 12)
    _window(sheet, start, end, foot)
    if any(point.on < start for point in points):
        sheet.mark((_OLD_LEFT + 0.6, 3.4), 1.2, 3, Ink(fill=INK), turn=-90)
        sheet.text((_OLD_LEFT + 2.6, 3.4), "更早")
    top, counted = _TOP, False
    for name, tracks in lanes:
        counted |= _lane(sheet, (name, tracks), top, (start, end))
        top += _lane_height(tracks)
    _key(sheet, points, foot + 9.4, counted)
    return sheet.chart(_alt(points, lanes, start, end))


def _check(points: Sequence[RecordPoint], start: date, end: date) -> None:
    if not points or start >= end:
        raise ValueError("a timeline needs records and a window that is not empty")
    for point in points:
        if point.severity not in _SHAPES:
            raise ValueError(f"no severity: {point.severity!r}")
        if point.on > end:
            raise ValueError(f"{point.on} lies after the window's end, {end}")


def _lanes(points: Sequence[RecordPoint]) -> list[_Lane]:
    """Return the lanes, those with the gravest records first, each with its tracks in order."""
    commonness = sorted(Counter(point.lane for point in points).items(), key=lambda item: (-item[1], item[0]))
    kept = [lane for lane, _ in commonness]
    if len(kept) > _MOST_LANES:
        kept = [lane for lane in kept if lane != _OTHER][: _MOST_LANES - 1]
    grouped: dict[str, dict[tuple[int, bool], list[date]]] = {}
    for point in sorted(points, key=lambda point: point.on):
        tracks = grouped.setdefault(point.lane if point.lane in kept else _OTHER, {})
        tracks.setdefault((list(_SHAPES).index(point.severity), point.disputed), []).append(point.on)
    order = sorted(grouped, key=lambda lane: (lane == _OTHER, min(grouped[lane]), lane))
    return [(lane, _tracks(grouped[lane])) for lane in order]


def _tracks(grouped: dict[tuple[int, bool], list[date]]) -> list[_Track]:
    return [(list(_SHAPES)[rank], disputed, dates) for (rank, disputed), dates in sorted(grouped.items())]


def _lane_height(tracks: Sequence[_Track]) -> float:
    return max(len(tracks), 1.5) * _TRACK + _LANE_GAP


def _window(sheet: Sheet, start: date, end: date, foot: float) -> None:
    """Shade the window, name its first and last day, and mark where the years in it begin."""
    sheet.bar((_LEFT, _TOP), _RIGHT - _LEFT, foot - _TOP, Ink(fill=PALE))
    sheet.text((_LEFT, 3.4), f"{start:%Y-%m-%d}")
    sheet.text((_RIGHT, 3.4), f"{end:%Y-%m-%d}", anchor="right")
    for year in range(start.year, end.year + 1):
        first, last = max(start, date(year, 1, 1)), min(end, date(year, 12, 31))
        left, right = _x(first, start, end), _x(last, start, end)
        if year > start.year:
            sheet.line((left, _TOP), (left, foot), ink=WHITE, width=1.2)
        if right - left > breadth("2026") + 2:
            sheet.text(((left + right) / 2, foot + 2.8), f"{year}", anchor="center", ink=GREY)


def _x(day: date, start: date, end: date) -> float:
    margin = 2.2
    share = (day - start).days / (end - start).days
    return _LEFT + margin + (_RIGHT - _LEFT - 2 * margin) * share


def _lane(sheet: Sheet, lane: _Lane, top: float, window: tuple[date, date]) -> bool:
    """Draw one lane from `top` and return whether it shows counts."""
    name, tracks = lane
    height, total = _lane_height(tracks), sum(len(dates) for _, _, dates in tracks)
    sheet.line((0, top), (WIDTH, top), width=0.4)
    sheet.text((0, top + height / 2 - 1.85), cut(name), size=NORMAL)
    sheet.text((0, top + height / 2 + 1.9), f"{total} 条", ink=GREY)
    y = top + (height - (len(tracks) - 1) * _TRACK) / 2
    counted = False
    for severity, disputed, dates in tracks:
        for x, count in _places(dates, *window):
            _record(sheet, (x, y), severity, disputed)
            if count > 1:
                sheet.text((x + 2.6, y), f"{count}", bold=True)
                counted = True
        y += _TRACK
    return counted


def _places(dates: Sequence[date], start: date, end: date) -> Iterator[tuple[float, int]]:
    """Yield the place (mm) and number of records of each mark on a track; `dates` ascend."""
    inside = [_x(day, start, end) for day in dates if day >= start]
    if len(inside) < len(dates):
        yield (_OLD_LEFT + _OLD_RIGHT) / 2 - 2.2, len(dates) - len(inside)
    if all(right - left >= _CLEAR for left, right in pairwise(inside)):
        yield from ((x, 1) for x in inside)
        return
    slice_width = (_RIGHT - _LEFT) / _SLICES
    counts = Counter(min(int((x - _LEFT) / slice_width), _SLICES - 1) for x in inside)
    for index, count in sorted(counts.items()):
        yield _LEFT + (index + 0.5) * slice_width - 2, count


def _record(sheet: Sheet, place: Point, severity: str, disputed: bool) -> None:
    shape = _SHAPES[severity]
    # A triangle's centre of mass lies below the middle of its height.
    centre = place[0], place[1] + (shape.radius / 4 if shape.corners == 3 else 0)
    if disputed:
        sheet.mark(place, 2.15, 36, Ink(fill=WHITE, edge=GREY, width=0.7))
    sheet.mark(centre, shape.radius * (0.8 if disputed else 1), shape.corners, shape.ink, shape.turn)


def _key(sheet: Sheet, points: Sequence[RecordPoint], y: float, counted: bool) -> None:
    """Name the shapes that occur, on one line under the chart."""
    x = 2.0
    used = {point.severity for point in points}
    for severity in (severity for severity in _SHAPES if severity in used):
        _record(sheet, (x, y), severity, disputed=False)
        sheet.text((x + 3, y), severity)
        x += breadth(severity) + 8.5
    if any(point.disputed for point in points):
        sheet.mark((x, y), 2.15, 36, Ink(fill=WHITE, edge=GREY, width=0.7))
        sheet.text((x + 3.4, y), "加圈：异议中")
        x += breadth("加圈：异议中") + 8.5
    if counted:
        sheet.text((x, y), "数字：该时段的条数")


def _alt(points: Sequence[RecordPoint], lanes: Sequence[_Lane], start: date, end: date) -> str:
    older, disputed = sum(point.on < start for point in points), sum(point.disputed for point in points)
    kinds = "；".join(f"{clean(name)} {_lane_words(tracks)}" for name, tracks in lanes)
    notes = (f"，其中 {older} 条早于起始日" if older else "") + (f"，{disputed} 条异议中" if disputed else "")
    return f"{start:%Y-%m-%d} 至 {end:%Y-%m-%d} 的信用记录共 {len(points)} 条{notes}：{kinds}。"


def _lane_words(tracks: Sequence[_Track]) -> str:
    counts: Counter[str] = Counter()
    for severity, _, dates in tracks:
        counts[severity] += len(dates)
    return "、".join(f"{severity} {count} 条" for severity, count in counts.items())
