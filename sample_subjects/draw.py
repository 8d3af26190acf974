"""A seeded hand that draws numbers, dates, names and codes, the same for a seed on every machine."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

from reportgen.subject.identifiers import check_character, organisation_check
from sample_subjects import vocabulary as words

T = TypeVar("T")
Plain = dict[str, object]
"""A mapping as a YAML file holds it."""

AS_OF = date(2026, 11, 20)
_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CENT = Decimal("0.01")


class Draw:
    """Draws from one seeded stream; nothing else enters, so equal seeds give equal data."""

    def __init__(self, seed: int, salt: str = "") -> None:
        self._random = Random(f"{salt}:{seed}")  # noqa: S311 - samples, no secrets

    def number(self, low: int, high: int) -> int:
        """Return a whole number of [low, high]."""
        return self._random.randint(low, high)

    def share(self, low: float, high: float) -> Decimal:
        """Return a decimal of [low, high] with three places."""
        return Decimal(self.number(round(low * 1000), round(high * 1000))) / 1000

    def chance(self, percent: int) -> bool:
        """Say yes in `percent` of a hundred draws."""
        return self.number(1, 100) <= percent

    def one(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[self.number(0, len(items) - 1)]

    def one_by_weight(self, weights: dict[str, int]) -> str:
        """Return a key, each as often as its weight says."""
        point = self.number(1, sum(weights.values()))
        for key, weight in weights.items():
            point -= weight
            if point <= 0:
                return key
        raise AssertionError(weights)

    def money(self, low: int, high: int) -> Decimal:
        """Return a sum in 元 between two sums in 万元, with odd cents."""
        return Decimal(self.number(low * 1_000_000, high * 1_000_000)) / 100

    def day(self, since: date, until: date) -> date:
        """Return a day of [since, until]."""
        return since + timedelta(days=self.number(0, (until - since).days))

    def person(self) -> str:
        """Return an invented person's name."""
        return self.one(words.SURNAMES) + self.one(words.GIVEN_FIRST) + self.one(words.GIVEN_SECOND)

    def area(self) -> str:
        """Return the code of an invented area."""
        return self.one(tuple(words.AREAS))

    def uscc(self, kind: str, region: str) -> str:
        """Return a code whose check digits hold, in a region that is not assigned."""
        serial = "".join(self.one(_CODE) for _ in range(6))
        body = f"{kind}{region}{'M9' if kind == '91' else '4K'}{serial}"
        body += organisation_check(body[8:])
        return body + check_character(body)

    def owner(self) -> tuple[str, str]:
        """Return an invented public owner and its code."""
        region = self.area()
        return words.AREAS[region][0] + self.one(words.OWNERS), self.uscc("12", region)


def cents(value: Decimal) -> Decimal:
    """Return a sum rounded to cents."""
    return value.quantize(_CENT)


def later(day: date, days: int) -> date:
    """Return the day `days` after `day`."""
    return day + timedelta(days=days)


def text(value: object) -> object:
    """Return a value as a YAML file holds it: mappings and lists of plain text, without what is None."""
    if isinstance(value, dict):
        return {key: text(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [text(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
