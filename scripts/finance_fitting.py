"""How the card of the finance warning is learned: monotone curves, and which ratios to take.

Every learner keeps to what economic sense fixed beforehand (`Ratio.sense`), and to it an unknown ratio
is the average of those it was shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from reportgen.assess.backtest import Column
from reportgen.assess.scorecard import RATIOS, Sense

QUANTILES = (0.02, 0.1, 0.25, 0.5, 0.75, 0.9)
"""Where the knots stand among the known values of the companies fitted on; rounded to two digits."""
SHRINKAGE = 10.0
_ITERATIONS, _TRIAL = 60, 6
_SHORTEST, _LEAST_GAIN = 1e-6, 1e-12
_BINS, _LEAST_SHARE, _LEAST_FAILURES = 10, 0.05, 5

Columns = dict[str, Column]
Score = Callable[[Columns], Column]
"""Gives each company a score, higher where failure is likelier."""


def fit_weights(
    x: Column, y: Column, shrinkage: float, offset: Column | float = 0.0, iterations: int = _ITERATIONS
) -> tuple[Column, float]:
    """Return the intercept with weights ≥ 0, and the penalised loss, of a logistic regression on −x.

    Newton's method on the weights that are free to move; `shrinkage` is half the ridge penalty's factor.
    """
    a = np.hstack([np.ones((len(x), 1)), -x])
    penalty = np.array([0.0] + [shrinkage] * x.shape[1])
    low = np.array([-np.inf] + [0.0] * x.shape[1])
    w = np.zeros(len(low))
    w[0] = np.log(y.mean() / (1 - y.mean())) - np.mean(offset)
    loss = _loss(a, y, w, penalty, offset)
    for _ in range(iterations):
        step = _newton(a, y, w, penalty, offset, low)
        trial, after, length = w, loss, 1.0
        while after >= loss and length > _SHORTEST:
            trial = np.maximum(w + length * step, low)
            after = _loss(a, y, trial, penalty, offset)
            length /= 2
        if loss - after < _LEAST_GAIN * loss:
            break
        w, loss = trial, after
    return w, loss


def _loss(a: Column, y: Column, w: Column, penalty: Column, offset: Column | float) -> float:
    z = offset + a @ w
    return float((np.logaddexp(0, z) - y * z).sum() + 0.5 * (penalty * w * w).sum())


def _newton(a: Column, y: Column, w: Column, penalty: Column, offset: Column | float, low: Column) -> Column:
    p = 1 / (1 + np.exp(-(offset + a @ w)))
    slope = a.T @ (p - y) + penalty * w
    free = ~((w <= low) & (slope > 0))
    part = a[:, free]
    curve = (part * (p * (1 - p))[:, None]).T @ part + np.diag(penalty[free] + 1e-9)
    step = np.zeros(len(w))
    step[free] = -np.linalg.solve(curve, slope[free])
    return step


def oriented(name: str, columns: Columns) -> Column:
    """Return a ratio with its sign turned so that higher is safer; unknown where the card says so."""
    ratio = RATIOS.get(name)
    column = columns[name]
    if ratio is None:
        return column
    column = np.where(column == 0, np.nan, column) if ratio.zero_unknown else column
    return -column if ratio.sense is Sense.LOWER else column


def knots_of(x: Column) -> Column:
    """Return the knots of a ratio's curve, ascending; fewer than two where it hardly varies."""
    values = x[~np.isnan(x)]
    return (
        np.unique([float(f"{q:.2g}") for q in np.quantile(values, QUANTILES)])
        if len(values)
        else np.array([])
    )


def ramps(x: Column, knots: Column) -> Column:
    """Return for each stretch between knots how far (0 to 1) a value has passed it; NaN where unknown."""
    return np.clip((x[:, None] - knots[:-1]) / np.diff(knots), 0, 1)


@dataclass
class Piecewise:
    """A sum of rising curves: knots, mean and weight of every stretch, by ratio."""

    knots: Columns
    means: Columns
    weights: Columns
    intercept: float

    def score(self, columns: Columns) -> Column:
        """Return the log-odds of failure; an unknown ratio counts as the average of those fitted on."""
        parts = [
            _centred(oriented(n, columns), self.knots[n], self.means[n]) @ w for n, w in self.weights.items()
        ]
        return np.asarray(self.intercept - np.sum(parts, axis=0), dtype=np.float64)


def _centred(x: Column, knots: Column, mean: Column) -> Column:
    passed = ramps(x, knots)
    return np.where(np.isnan(passed), 0.0, passed - mean)


def fit_piecewise(
    names: Sequence[str], columns: Columns, y: Column, shrinkage: float = SHRINKAGE
) -> Piecewise:
    """Fit the curves of `names` together, each stretch rising or level."""
    knots = {name: knots_of(oriented(name, columns)) for name in names}
    means = {name: np.nanmean(ramps(oriented(name, columns), knots[name]), axis=0) for name in names}
    blocks = [_centred(oriented(name, columns), knots[name], means[name]) for name in names]
    weights, _ = fit_weights(np.hstack(blocks), y, shrinkage)
    ends = np.cumsum([1] + [block.shape[1] for block in blocks])
    split = {name: weights[ends[i] : ends[i + 1]] for i, name in enumerate(names)}
    return Piecewise(knots, means, split, float(weights[0]))


def select(columns: Columns, y: Column, size: int, families: bool = True) -> list[str]:
    """Return up to `size` ratios, each the best addition to those before, one of a family at most."""
    blocks = {}
    for name in RATIOS:
        x = oriented(name, columns)
        knots = knots_of(x)
        if len(knots) > 1:
            blocks[name] = _centred(x, knots, np.nanmean(ramps(x, knots), axis=0))
    chosen: list[str] = []
    offset = np.zeros(len(y))
    while len(chosen) < size:
        taken = {RATIOS[name].family for name in chosen} if families else set()
        left = [n for n in blocks if n not in chosen and RATIOS[n].family not in taken]
        if not left:
            break
        chosen.append(min(left, key=lambda n: fit_weights(blocks[n], y, SHRINKAGE, offset, _TRIAL)[1]))
        together = np.hstack([blocks[name] for name in chosen])
        weights, _ = fit_weights(together, y, SHRINKAGE)
        offset = -together @ weights[1:]
    return chosen


def fit_bins(names: Sequence[str], columns: Columns, y: Column) -> Score:
    """Fit bins with falling failure shares, then weights ≥ 0 on their weights of evidence."""
    cuts = {name: _bins(oriented(name, columns), y) for name in names}

    def evidence(given: Columns) -> Column:
        parts = []
        for name, (edges, woe) in cuts.items():
            x = oriented(name, given)
            parts.append(np.where(np.isnan(x), 0.0, woe[np.searchsorted(edges, x, side="right")]))
        return np.column_stack(parts)

    weights, _ = fit_weights(evidence(columns), y, 1.0)
    return lambda given: np.asarray(weights[0] - evidence(given) @ weights[1:], dtype=np.float64)


def _bins(x: Column, y: Column) -> tuple[Column, Column]:
    """Return inner edges and weights of evidence (centred on the known) of monotone bins."""
    there = ~np.isnan(x)
    edges = list(np.unique(np.quantile(x[there], np.linspace(0, 1, _BINS + 1)[1:-1])))
    while True:
        place = np.searchsorted(edges, x[there], side="right")
        count = np.bincount(place, minlength=len(edges) + 1)
        bad = np.bincount(place, weights=y[there], minlength=len(edges) + 1)
        share = bad / np.maximum(count, 1)
        weak = (count < _LEAST_SHARE * there.sum()) | (bad < _LEAST_FAILURES)
        wrong = [i for i in range(len(edges)) if share[i] <= share[i + 1] or weak[i] or weak[i + 1]]
        if not wrong:
            break
        edges.pop(wrong[0])
    woe = np.log((count - bad + 0.5) / (bad + 0.5))
    return np.array(edges), woe - np.average(woe, weights=count)
