"""Fit the points card of the finance warning: `python -m scripts.fit_finance DATA.csv [--out FILE]`.

DATA.csv: companies with the columns of `reportgen.assess.scorecard.RATIOS`, those of Z'' and a label.
With `--plots DIR` the designs are compared by cross-validation, and pictures and figures.json are
written; `--page FILE` rewrites the marked blocks of that page from them. The same data give the same
files: every random number comes from a fixed seed. Needs numpy and matplotlib, nothing else.
"""

import argparse
import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from reportgen.assess.backtest import (
    Z_COLUMNS,
    Column,
    Flags,
    Table,
    auc,
    parse,
    points_of,
    power,
    probability,
    total_points,
    z_scores,
)
from reportgen.assess.scorecard import RATIOS, Card, Sense
from scripts import finance_page
from scripts.finance_fitting import (
    SHRINKAGE,
    Columns,
    Piecewise,
    Score,
    fit_bins,
    fit_piecewise,
    oriented,
    select,
)

NAME, VERSION = "财务预警评分卡", "1.0"
TITLE = "波兰制造业企业五年内破产的财务比率评分卡"
CITATION = (
    "Zięba, M., Tomczak, S. K., Tomczak, J. M. (2016). Ensemble boosted trees with synthetic features generation "
    "in application to bankruptcy prediction. Expert Systems with Applications 58. "
    "Data: UCI Machine Learning Repository, Polish companies bankruptcy data, 1year.arff"
)
LICENCE = "CC BY 4.0"
FAILURE = "报表年度之后五年内破产"
SIZE = 6
"""Ratios of the released card: one for each family, until the gain is noise."""
DOUBLING, CUT_HIGH, CUT_MEDIUM, LEAST_COVERAGE = 10, -10, 0, 0.6
FOLDS = 5
SEED = 20160501
OURS = f"shrink{SHRINKAGE:g}"
"""The design that is released."""
_GAP = "three_year_gap"
_STEPS = 60

Places = NDArray[np.intp]
Design = Callable[[Columns, Column], Score]
"""Learns from columns and labels (1: failed)."""


def read_companies(path: Path, label: str) -> tuple[Table, int]:
    """Return the companies and how many rows were left out because they repeat another one wholly."""
    extra = ("three_year_gross_profit_to_assets", "operating_profit_to_financial_expenses")
    wanted = tuple(dict.fromkeys((*RATIOS, *Z_COLUMNS, *extra)))
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = [tuple(row) for row in csv.reader(stream) if row]
    distinct = list(dict.fromkeys(rows))
    return parse(map(list, distinct), wanted, label, path), len(rows) - len(distinct)


def folds(y: Column, repeats: int) -> Iterator[tuple[Places, Places]]:
    """Yield the places to learn from and to judge on: stratified folds, drawn anew each repeat."""
    rng = np.random.default_rng(SEED)
    for _ in range(repeats):
        group = np.empty(len(y), dtype=int)
        for kind in (0, 1):
            places = rng.permutation(np.flatnonzero(y == kind))
            group[places] = np.arange(len(places)) % FOLDS
        for fold in range(FOLDS):
            yield np.flatnonzero(group != fold), np.flatnonzero(group == fold)


def part(columns: Columns, places: Places) -> Columns:
    """Return the columns at some places."""
    return {name: column[places] for name, column in columns.items()}


def cross_validate(design: Design, columns: Columns, y: Column, repeats: int) -> list[Column]:
    """Return the scores of each judged fold, learned from the others."""
    return [design(part(columns, learn), y[learn])(part(columns, test)) for learn, test in folds(y, repeats)]


def within_patterns(failed: Flags, score: Column, unknown: Flags) -> float:
    """Return the AUC over pairs of companies in which the same ratios are unknown."""
    codes = unknown @ (1 << np.arange(unknown.shape[1]))
    groups = [(codes == code) for code in np.unique(codes)]
    usable = [g for g in groups if failed[g].any() and not failed[g].all()]
    pairs = [failed[g].sum() * (~failed[g]).sum() for g in usable]
    return float(np.average([auc(failed[g], score[g]) for g in usable], weights=pairs))


def designs(names: Sequence[str]) -> dict[str, tuple[str, Design]]:
    """Return the designs compared: key, description, and how to learn."""

    def chosen(size: int, families: bool) -> Design:
        return lambda c, y: fit_piecewise(select(c, y, size, families), c, y).score

    fixed = {
        f"shrink{s:g}": (f"折线，选定的 {len(names)} 项，收缩 {s:g}", partial(_fixed, names, s))
        for s in (3.0, SHRINKAGE, 30.0)
    }
    within = {f"size{k}": (f"折线，折内另选 {k} 项，每类至多一项", chosen(k, True)) for k in (5, 6, 7, 8)}
    return {
        "z": ("Altman Z''（缺值取中位数）", lambda _c, _y: _altman),
        **fixed,
        **within,
        "free": (f"折线，折内另选 {SIZE} 项，不分类", chosen(SIZE, False)),
        "bins": (f"分箱 + WOE + 非负逻辑回归，选定的 {len(names)} 项", partial(fit_bins, names)),
        "gap": ("（不采用）选定各项，另加前两年利润之和占总资产", partial(_fixed, [*names, _GAP], SHRINKAGE)),
    }


def _fixed(names: Sequence[str], shrinkage: float, columns: Columns, y: Column) -> Score:
    return fit_piecewise(names, columns, y, shrinkage).score


def _altman(columns: Columns) -> Column:
    z = z_scores(columns)
    return np.zeros(len(next(iter(columns.values())))) if z is None else -z


def build_card(fitted: Piecewise, columns: Columns, failed: Flags) -> Card:
    """Return the fitted curves as a card: points with one decimal, level stretches merged."""
    scale = DOUBLING / np.log(2)
    ratios = []
    for name, weights in fitted.weights.items():
        points = np.round(scale * (np.append(0.0, np.cumsum(weights)) - fitted.means[name] @ weights), 1)
        corners = _corners(fitted.knots[name], points)
        lower = RATIOS[name].sense is Sense.LOWER
        knots = [{"at": f"{-at if lower else at:g}", "points": f"{p + 0:g}"} for at, p in corners]
        ratios.append({"id": name, "name": RATIOS[name].name, "knots": knots[::-1] if lower else knots})
    data = {
        "name": NAME, "version": VERSION, "title": TITLE, "citation": CITATION, "licence": LICENCE,
        "sample": {"companies": len(failed), "failures": int(failed.sum()), "failure": FAILURE},
        "doubling": str(DOUBLING), "intercept": f"{fitted.intercept:.4f}", "least_coverage": str(LEAST_COVERAGE),
        "cuts": {"high": str(CUT_HIGH), "medium": str(CUT_MEDIUM)}, "ratios": ratios,
    }  # fmt: skip
    card = Card.model_validate(data)
    return Card.model_validate({**data, "intercept": f"{_centre(card, columns, failed):.4f}"})


def _corners(knots: Column, points: Column) -> list[tuple[float, float]]:
    inner = range(1, len(knots) - 1)
    kept = [0, *(i for i in inner if not points[i - 1] == points[i] == points[i + 1]), len(knots) - 1]
    return [(float(knots[i]), float(points[i])) for i in kept]


def _centre(card: Card, columns: Columns, failed: Flags) -> float:
    """Return the intercept with which the rounded points predict as many failures as there were."""
    log_odds = -card.slope * total_points(card, columns)
    intercept = float(card.intercept)
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-(intercept + log_odds)))
        intercept -= float((p.sum() - failed.sum()) / (p * (1 - p)).sum())
    return intercept


@dataclass
class Trials:
    """What every design made of the companies it had not seen: one array a fold, in the order of `judged`."""

    failed: Flags
    judged: list[Places]
    scores: dict[str, list[Column]]

    def auc(self, key: str, rows: Flags) -> dict[str, float]:
        """Return mean and standard deviation of the AUC over the folds, on some of the companies."""
        pairs = zip(self.judged, self.scores[key], strict=True)
        return _spread([auc(self.failed[t][rows[t]], s[rows[t]]) for t, s in pairs])

    def same_unknown(self, key: str, unknown: Flags) -> dict[str, float]:
        """Return the same over pairs of companies in which the same ratios are unknown."""
        pairs = zip(self.judged, self.scores[key], strict=True)
        return _spread([within_patterns(self.failed[t], s, unknown[t]) for t, s in pairs])

    def mean(self, key: str, repeats: int) -> Column:
        """Return each company's score, averaged over the repeats."""
        total = np.zeros(len(self.failed))
        for places, score in zip(self.judged, self.scores[key], strict=True):
            total[places] += score / repeats
        return total


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"mean": float(np.mean(values)), "sd": float(np.std(values, ddof=1))}


def compare(table: Table, repeated: int, card: Card, repeats: int, bootstraps: int) -> finance_page.Figures:
    """Return every figure of the page: designs, stability, what missing cells tell, calibration."""
    failed, y = table.failed, table.failed.astype(np.float64)
    columns = table.columns
    gap = columns["three_year_gross_profit_to_assets"] - columns["gross_profit_to_assets"]
    tried = designs([curve.id for curve in card.ratios])
    scores = {k: cross_validate(d, {**columns, _GAP: gap}, y, repeats) for k, (_, d) in tried.items()}
    trials = Trials(failed, [test for _, test in folds(y, repeats)], scores)
    return {
        "data": finance_page.data_figures(columns, failed, repeated),
        "folds": FOLDS,
        "repeats": repeats,
        "bootstraps": bootstraps,
        "ours": OURS,
        "designs": {k: {"name": n, **trials.auc(k, failed | True)} for k, (n, _) in tried.items()},
        **_about_gaps(trials, card, columns),
        **_about_card(card, columns, failed),
        "stability": stability(columns, y, bootstraps),
        "out_of_fold": finance_page.calibration(failed, trials.mean(OURS, repeats)),
    }


def _about_gaps(trials: Trials, card: Card, columns: Columns) -> finance_page.Figures:
    unknown = np.column_stack([np.isnan(oriented(curve.id, columns)) for curve in card.ratios])
    whole: Flags = np.logical_not(unknown.any(axis=1))
    counts = {"companies": int(whole.sum()), "failures": int(trials.failed[whole].sum())}
    points = [points_of(curve, columns[curve.id]) for curve in card.ratios]
    average = [abs(float(p[~unknown[:, i]].mean())) for i, p in enumerate(points)]
    return {
        "whole": {**counts, "card": trials.auc(OURS, whole), "z": trials.auc("z", whole)},
        "same_unknown": trials.same_unknown(OURS, unknown),
        "unknown_count": auc(trials.failed, unknown.sum(axis=1).astype(np.float64)),
        "neutral": dict(zip((curve.id for curve in card.ratios), average, strict=True)),
    }


def _about_card(card: Card, columns: Columns, failed: Flags) -> finance_page.Figures:
    total = total_points(card, columns)
    return {
        "released": power(failed, probability(card, total)).model_dump(),
        "altman": power(failed, _altman(columns)).model_dump(),
        "bands": finance_page.band_figures(card, total, failed),
    }


def stability(columns: Columns, y: Column, bootstraps: int) -> dict[str, float]:
    """Return the share of bootstrap samples in which a ratio is chosen, the most frequent first."""
    rng = np.random.default_rng(SEED)
    counts: Counter[str] = Counter()
    for _ in range(bootstraps):
        places = np.sort(rng.integers(0, len(y), len(y)))
        counts.update(select(part(columns, places), y[places], SIZE))
    return {name: count / bootstraps for name, count in counts.most_common()}


def written(card: Card) -> str:
    """Return a card as its file has it."""
    text = yaml.safe_dump(card.model_dump(mode="json"), allow_unicode=True, sort_keys=False, width=110)
    # A figure passes as text into the dump; quotes around it would only disturb the reader.
    return finance_page.HEAD + re.sub(r"'(-?[0-9.]+)'", r"\1", text)


def main(arguments: list[str]) -> int:
    """Fit, and write what was asked for; without `--out` the card goes to standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--label", default="bankrupt")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--plots", type=Path)
    parser.add_argument("--page", type=Path)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--bootstraps", type=int, default=100)
    given = parser.parse_args(arguments)
    table, repeated = read_companies(given.data, given.label)
    y = table.failed.astype(np.float64)
    fitted = fit_piecewise(select(table.columns, y, SIZE), table.columns, y)
    card = build_card(fitted, table.columns, table.failed)
    text = written(card)
    if given.out:
        given.out.write_text(text, "utf-8")
    else:
        print(text)
    if given.plots:
        figures = compare(table, repeated, card, given.repeats, given.bootstraps)
        given.plots.mkdir(parents=True, exist_ok=True)
        kept = json.dumps(figures, ensure_ascii=False, indent=2) + "\n"
        (given.plots / "figures.json").write_text(kept, "utf-8")
        finance_page.draw_curves(card, table.columns, table.failed, given.plots / "curves.png")
        finance_page.draw_calibration(figures["out_of_fold"], given.plots / "calibration.png")
        if given.page:
            page = given.page.read_text("utf-8")
            given.page.write_text(finance_page.rewritten(page, card, json.loads(kept)), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
