"""The sums of a judgement written out with their numbers."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from reportgen.assess.model import RecordResult, SimilarResult
from reportgen.assess.wording import number, rounded

_ZERO = Decimal(0)
_FULL = Decimal(100)


def points(score: Decimal | None) -> str:
    """Return a score as printed, 未评定 for none."""
    return "未评定" if score is None else number(score, 1)


def record_working(record: RecordResult) -> str:
    """Return how the points of the records leave the record's score."""
    costs = [item.points for item in record.items if item.points]
    if not costs:
        return f"没有扣分，{points(record.score)}"
    floor = "（不低于 0）" if sum(costs, _ZERO) > _FULL else ""
    return f"100 − {_sum(costs)} = {points(record.score)}{floor}"


def similar_working(similar: SimilarResult, counted: Collection[str]) -> str:
    """Return the mean that gave the score: of the projects `counted`, or of all where that is lower."""
    every = [item.score for item in similar.items if item.score is not None]
    if not every:
        return "没有可评分的同类项目，其权重归于其余部分"
    proven = [item.score for item in similar.items if item.score is not None and item.evidence in counted]
    return mean_working(min((scores for scores in (proven, every) if scores), key=_mean))


def mean_working(scores: Sequence[Decimal], places: int = 1) -> str:
    """Return the mean of scores (at least one) written out; a single one is its own."""
    if len(scores) == 1:
        return points(scores[0])
    return f"{_sum(scores)} ÷ {len(scores)} = {number(sum(scores, _ZERO) / len(scores), places)}"


def _sum(scores: Iterable[Decimal]) -> str:
    return f"({' + '.join(points(score) for score in scores)})"


def _mean(scores: Sequence[Decimal]) -> Decimal:
    return rounded(sum(scores, _ZERO) / len(scores), 1)
