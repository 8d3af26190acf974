"""A backtest: how well a points card, and Altman's Z'', told failures from others in a table of companies.

Arrays hold one entry per company; an unknown ratio is NaN. A score is higher where failure is likelier.
"""

import csv
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from reportgen.assess.finance import Z_DISTRESS, Z_SAFE, Zone
from reportgen.assess.scorecard import Alert, Card, Curve
from reportgen.errors import Fault, ReportgenError
from reportgen.files import unreadable
from reportgen.subject.base import Model

Column = NDArray[np.float64]
Flags = NDArray[np.bool_]

Z_COLUMNS = {
    "working_capital_to_assets": 6.56,
    "retained_earnings_to_assets": 3.26,
    "ebit_to_assets": 6.72,
    "equity_to_liabilities": 1.05,
}
"""The columns of X1 to X4 and their weights in Z''; DOMAIN §3.2."""
_UNKNOWN = {
    "",
    "?",
    "-",
    "—",
    "/",
    "na",
    "n/a",
    "nan",
    "null",
    "none",
    "inf",
    "-inf",
    "infinity",
    "-infinity",
}
"""What stands for an unknown ratio; an infinite one has no denominator."""
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_LABELS = {
    "1": True,
    "1.0": True,
    "true": True,
    "是": True,
    "0": False,
    "0.0": False,
    "false": False,
    "否": False,
}
_SHOWN_FAULTS = 50
_LONGEST_SHOWN = 30
_GROUPS = 10
_NORMAL_95 = 1.959964
_FEWEST = 2


@dataclass
class Table:
    """Companies with their labels (True: failed) and the columns asked for.

    `absent`: columns the file has not; `unlabelled`: rows left out because they have no label.
    """

    failed: Flags
    columns: dict[str, Column]
    absent: tuple[str, ...] = ()
    unlabelled: int = 0


class Interval(Model):
    """A 95 % interval."""

    low: float
    high: float


class Group(Model):
    """Companies of one band, decile or zone: how many, failures predicted and observed as shares."""

    name: str
    companies: int
    failures: int
    predicted: float | None = None
    observed: float | None


class Power(Model):
    """How well a score separates: AUC with ties counted half, its 95 % interval (DeLong), and KS."""

    auc: float
    interval: Interval | None
    ks: float


class Backtest(Model):
    """The whole backtest; `altman` is None where a column of Z'' is empty, and `note` says so."""

    file: str
    label: str
    card: str
    companies: int
    failures: int
    unlabelled: int
    absent: tuple[str, ...]
    coverage: float
    complete: int
    covered: int
    points: Power
    deciles: tuple[Group, ...]
    bands: tuple[Group, ...]
    altman: Power | None
    zones: tuple[Group, ...] = ()
    note: str = Field(default="", description="为何没有 Z'' 的结果")


def backtest(path: Path, label: str, card: Card) -> Backtest:
    """Judge every company of a CSV file; raises E0302, E0304, E0330 and E0331."""
    ids = [curve.id for curve in card.ratios]
    table = read_table(path, (*dict.fromkeys((*ids, *Z_COLUMNS)),), label)
    require_both(table.failed, path, label)
    given = np.column_stack([known(curve, table.columns[curve.id]) for curve in card.ratios])
    total = total_points(card, table.columns)
    chance = probability(card, total)
    z = z_scores(table.columns)
    covered = np.mean(~np.isnan(given), axis=1)
    return Backtest(
        file=path.name,
        label=label,
        card=f"{card.name} {card.version}",
        companies=len(total),
        failures=int(table.failed.sum()),
        unlabelled=table.unlabelled,
        absent=table.absent,
        coverage=float(covered.mean()),
        complete=int((covered == 1).sum()),
        covered=int((covered >= float(card.least_coverage)).sum()),
        points=power(table.failed, chance),
        deciles=_deciles(table.failed, chance),
        bands=_bands(table.failed, chance, total, card),
        altman=None if z is None else power(table.failed, -z),
        zones=() if z is None else _zones(table.failed, z),
        note="" if z is not None else "Z'' 的四列中有一列没有任何数值，不能计算",
    )


def known(curve: Curve, column: Column) -> Column:
    """Return a ratio's values with NaN where they are unknown to the card."""
    return np.where(column == 0, np.nan, column) if curve.ratio.zero_unknown else column


def points_of(curve: Curve, column: Column) -> Column:
    """Return the points of a ratio, one decimal; 0 where it is unknown (`Curve.points` for a column)."""
    at = [float(knot.at) for knot in curve.knots]
    values = np.interp(known(curve, column), at, [float(knot.points) for knot in curve.knots])
    return np.where(np.isnan(values), 0.0, np.round(values, 1))


def total_points(card: Card, columns: dict[str, Column]) -> Column:
    """Return the sum of the points, one decimal."""
    return np.round(sum(points_of(curve, columns[curve.id]) for curve in card.ratios), 1)


def probability(card: Card, total: Column) -> Column:
    """Return the predicted share of failures, 0 to 1."""
    return np.asarray(1 / (1 + np.exp(card.slope * total - float(card.intercept))), dtype=np.float64)


def z_scores(columns: dict[str, Column]) -> Column | None:
    """Return Z'' with the column's median for what is missing, or None where a column is empty."""
    filled = []
    for name, weight in Z_COLUMNS.items():
        column = columns[name]
        if np.isnan(column).all():
            return None
        filled.append(weight * np.where(np.isnan(column), np.nanmedian(column), column))
    return np.asarray(np.sum(filled, axis=0), dtype=np.float64)


def power(failed: Flags, score: Column) -> Power:
    """Return AUC, its DeLong interval and KS of a score that is higher where failure is likelier."""
    value, spread = delong(failed, score)
    interval = None
    if spread is not None:
        low, high = max(0.0, value - _NORMAL_95 * spread), min(1.0, value + _NORMAL_95 * spread)
        interval = Interval(low=low, high=high)
    return Power(auc=value, interval=interval, ks=ks(failed, score))


def delong(failed: Flags, score: Column) -> tuple[float, float | None]:
    """Return the AUC, ties counted half, and its standard error; None with fewer than two of a kind.

    Source: DeLong, DeLong, Clarke-Pearson, Biometrics 44 (1988), by midranks (Sun, Xu 2014).
    """
    bad, good = score[failed], score[~failed]
    ranks = _midranks(np.concatenate([bad, good]))
    above = (ranks[: len(bad)] - _midranks(bad)) / len(good)
    below = 1 - (ranks[len(bad) :] - _midranks(good)) / len(bad)
    value = float(above.mean())
    if min(len(bad), len(good)) < _FEWEST:
        return value, None
    return value, float(np.sqrt(above.var(ddof=1) / len(bad) + below.var(ddof=1) / len(good)))


def auc(failed: Flags, score: Column) -> float:
    """Return the chance that a failed company scores above another, ties counted half."""
    return delong(failed, score)[0]


def ks(failed: Flags, score: Column) -> float:
    """Return the largest distance between the two cumulative distributions (Kolmogorov–Smirnov)."""
    cuts = np.unique(score)
    bad, good = np.sort(score[failed]), np.sort(score[~failed])
    shares = [np.searchsorted(part, cuts, side="right") / len(part) for part in (bad, good)]
    return float(np.abs(shares[0] - shares[1]).max())


def _midranks(values: Column) -> Column:
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = last - (counts - 1) / 2
    return np.asarray(ranks[place], dtype=np.float64)


def _group(name: str, failed: Flags, part: Flags, chance: Column | None = None) -> Group:
    count = int(part.sum())
    observed = float(failed[part].mean()) if count else None
    predicted = float(chance[part].mean()) if count and chance is not None else None
    return Group(
        name=name, companies=count, failures=int(failed[part].sum()), predicted=predicted, observed=observed
    )


def _deciles(failed: Flags, chance: Column) -> tuple[Group, ...]:
    # Companies with the same points stay together, so groups may differ in size or be fewer than ten.
    tenth = np.ceil(_midranks(chance) / len(chance) * _GROUPS).astype(int)
    return tuple(
        _group(str(rank), failed, tenth == group, chance) for rank, group in enumerate(np.unique(tenth), 1)
    )


def _bands(failed: Flags, chance: Column, total: Column, card: Card) -> tuple[Group, ...]:
    high, medium = total <= float(card.cuts.high), total <= float(card.cuts.medium)
    parts = {Alert.LOW: ~medium, Alert.MEDIUM: medium & ~high, Alert.HIGH: high}
    return tuple(_group(band, failed, part, chance) for band, part in parts.items())


def _zones(failed: Flags, z: Column) -> tuple[Group, ...]:
    safe, distress = z > float(Z_SAFE), z < float(Z_DISTRESS)
    parts = {Zone.SAFE: safe, Zone.GREY: ~safe & ~distress, Zone.DISTRESS: distress}
    return tuple(_group(name, failed, part) for name, part in parts.items())


def require_both(failed: Flags, path: Path, label: str) -> None:
    """Raise E0331 where no company failed, or every one did."""
    if failed.all() or not failed.any():
        raise ReportgenError(
            "E0331", path=str(path), label=label, companies=len(failed), failures=int(failed.sum())
        )


def read_table(path: Path, wanted: Sequence[str], label: str) -> Table:
    """Read a CSV file; raises E0302 (no such file), E0304 (not UTF-8) and E0330 (with every bad cell).

    Rows of any number are read one by one; rows without a label are counted and left out.
    """
    try:
        stream = path.open(encoding="utf-8-sig", newline="")
    except (OSError, ValueError) as error:
        # A name with a null character is no path at all: ValueError.
        raise unreadable(path, error) from error
    try:
        with stream:
            return parse(csv.reader(stream, strict=True), wanted, label, path)
    except UnicodeDecodeError as error:
        raise ReportgenError(
            "E0304", path=str(path), file=path.name, offset=_undecodable(path, error.start) + 1
        ) from error
    except csv.Error as error:
        fault = Fault("E0330", "", f"不是有效的 CSV（{error}）")
        raise ReportgenError("E0330", path=str(path), faults=[fault]) from error


def _undecodable(path: Path, start: int) -> int:
    # A text stream decodes piece by piece and counts from the piece's begin.
    try:
        path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return error.start
    return start


@dataclass
class _Reader:
    """The rows read so far, and what is wrong with them."""

    header: list[str]
    wanted: dict[str, int]
    label: int
    labels: bytearray = field(default_factory=bytearray)
    values: "array[float]" = field(default_factory=lambda: array("d"))
    faults: list[Fault] = field(default_factory=list)
    count: int = 0
    unlabelled: int = 0

    def take(self, row: list[str], line: int) -> None:
        """Add a row, or its faults; an empty line is nothing."""
        if len(row) <= 1 and not "".join(row).strip():
            return
        if len(row) != len(self.header):
            self.fault(line, "", f"有 {len(row)} 列，表头有 {len(self.header)} 列")
            return
        word = row[self.label].strip().lower()
        if word in _UNKNOWN:
            self.unlabelled += 1
            return
        if word not in _LABELS:
            self.fault(line, self.header[self.label], f"标签只能是 1/0、true/false 或 是/否：{_cut(word)}")
        self.labels.append(_LABELS.get(word, False))
        self.values.extend(self.number(row[place], line, name) for name, place in self.wanted.items())

    def number(self, cell: str, line: int, name: str) -> float:
        """Return a cell as a number, NaN where it is unknown."""
        text = cell.strip()
        if _NUMBER.fullmatch(text):
            value = float(text)
            return value if np.isfinite(value) else np.nan
        if text.lower() not in _UNKNOWN:
            self.fault(line, name, f"不是数字：{_cut(text)}")
        return np.nan

    def fault(self, line: int, name: str, what: str) -> None:
        """Note a fault by row and column; only the first are kept."""
        self.count += 1
        if self.count <= _SHOWN_FAULTS:
            self.faults.append(Fault("E0330", f"第 {line} 行" + (f" {name} 列" if name else ""), what))


def parse(rows: Iterable[list[str]], wanted: Sequence[str], label: str, path: Path = Path()) -> Table:
    """Return the table of rows whose first is the header; raises E0330 with every bad cell.

    Columns not asked for are ignored, however often they appear; a column that is not there is unknown
    throughout.
    """
    lines: Iterator[tuple[int, list[str]]] = enumerate(rows, 1)
    header = [name.strip() for name in next(lines, (1, []))[1]]
    faults = list(_header_faults(header, wanted, label))
    if faults:
        raise ReportgenError("E0330", path=str(path), faults=faults)
    reader = _Reader(
        header, {name: header.index(name) for name in wanted if name in header}, header.index(label)
    )
    for line, row in lines:
        reader.take(row, line)
    if not reader.count and not reader.labels:
        reader.fault(1, "", "表头之下没有带标签的行")
    if reader.count:
        more = [Fault("E0330", "", f"其余 {reader.count - _SHOWN_FAULTS} 处从略")]
        listed = reader.faults + (more if reader.count > _SHOWN_FAULTS else [])
        raise ReportgenError("E0330", path=str(path), faults=listed, count=reader.count)
    return _table(reader, wanted)


def _table(reader: _Reader, wanted: Sequence[str]) -> Table:
    values = np.array(reader.values).reshape(len(reader.labels), len(reader.wanted))
    there = dict(zip(reader.wanted, values.T, strict=True))
    nothing = np.full(len(reader.labels), np.nan)
    return Table(
        failed=np.array(reader.labels, dtype=np.bool_),
        columns={name: there.get(name, nothing) for name in wanted},
        absent=tuple(name for name in wanted if name not in there),
        unlabelled=reader.unlabelled,
    )


def _header_faults(header: list[str], wanted: Sequence[str], label: str) -> Iterator[Fault]:
    if label not in header:
        known_names = "、".join(_cut(name) for name in header[-5:]) or "没有表头"
        yield Fault("E0330", "--label", f"没有 {_cut(label)} 列；文件的末几列：{known_names}")
    for name in (*wanted, label):
        if header.count(name) > 1:
            yield Fault("E0330", "第 1 行", f"{name} 列重复 {header.count(name)} 次")
    if label in wanted:
        yield Fault("E0330", "--label", f"{label} 是评分卡所用的比率，不能作标签")


def _cut(text: str) -> str:
    return f"{text[:_LONGEST_SHOWN]}…" if len(text) > _LONGEST_SHOWN else text
