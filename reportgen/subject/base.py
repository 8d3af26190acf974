"""What every fact has in common: strict models, money, dates, sources and the 核实记录.

Enumerations carry the Chinese term as their value, so data files, the report and its
machine-readable twin use one word; code uses the English name.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticKnownError

LONG_TERM_YEAR = 2099
"""A date in this year or later is the sentinel for 长期 (real files hold 2099-12-31 and 2099-01-31)."""
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?")
_DIGITS = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?(?:NaN|Infinity)", re.I)


def _refuses_numbers(value: object) -> bool:
    # Left to itself, the validator reads a bare number as seconds since 1970.
    return isinstance(value, bool | int | float) or (isinstance(value, str) and not _ISO.fullmatch(value))


def _day(value: object) -> object:
    if _refuses_numbers(value):
        raise PydanticKnownError("date_from_datetime_parsing", {"error": "not ISO 8601"})
    return value


def _moment(value: object) -> object:
    # A day alone would be taken for its midnight, and one who hands in at nine would be late.
    if _refuses_numbers(value) or (isinstance(value, str) and len(value.strip()) <= len("2026-12-15")):
        raise PydanticKnownError("datetime_from_date_parsing", {"error": "not ISO 8601"})
    return value


def _figure(value: object) -> object:
    # Decimal takes full-width digits and underscores, which are slips of the hand in a sum.
    if isinstance(value, str) and not _DIGITS.fullmatch(value.strip()):
        raise PydanticKnownError("decimal_parsing")
    return value


def _one_form(value: Decimal) -> Decimal:
    # 1e3, 1000.00 and 1000 are the same fact and must give the same snapshot; so are -0 and 0.
    return Decimal(format(value.normalize() + 0, "f"))


Date = Annotated[date, BeforeValidator(_day)]
"""A day written like 2026-11-21, or a date object; never a number."""
Moment = Annotated[datetime, BeforeValidator(_moment)]
"""A moment written like 2026-12-15T09:30, or a datetime object; never a number."""
LONGEST_TEXT = 200
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
LongText = Annotated[str, Field(max_length=5000)]
Identifier = Annotated[str, Field(min_length=1, max_length=64)]
WRITTEN, ONE_FORM = BeforeValidator(_figure), AfterValidator(_one_form)
Money = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2), WRITTEN, ONE_FORM]
"""A sum in 元, never negative."""
SignedMoney = Annotated[Decimal, Field(max_digits=18, decimal_places=2), WRITTEN, ONE_FORM]
"""A sum in 元 that may be negative, such as a profit."""
Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=20), WRITTEN, ONE_FORM]
"""A share of the whole, 0 to 1."""
Count = Annotated[int, Field(ge=0)]
Region = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
"""A 行政区划代码 of six digits (GB/T 2260)."""


class Model(BaseModel):
    """An immutable record that refuses unknown keys.

    Its validator is built when it is first asked for: a command needs a few of the hundreds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, defer_build=True)


class Origin(StrEnum):
    """Who a fact comes from."""

    OFFICIAL = "公共来源"
    SELF_DECLARED = "自主申报"
    COUNTERPARTY = "交易对方"
    DERIVED = "推算"


class Verification(Model):
    """A 核实记录: who checked a fact, how and when."""

    by: Text
    how: Text
    on: Date


class Source(Model):
    """Where facts were collected from and when; facts name it by `id`.

    `complete_for` names the collections of the subject, or parts of its records, for which this source is
    a closed list on that day: only there does the absence of a fact say something. `complete_since` is the day from
    which a list of records is closed; where it is absent, the look-back of the rules. `commitment` is
    the 真实性承诺 under which a subject declared it, by number and date; `sha256` the hash of the file
    that was read.
    """

    id: Identifier
    name: Text
    origin: Origin
    collected_on: Date
    location: str = Field(default="", max_length=500)
    complete_for: tuple[Text, ...] = ()
    complete_since: Date | None = None
    commitment: str = Field(default="", max_length=LONGEST_TEXT)
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")


class Fact(Model):
    """A fact with its own id, its source, and its 核实记录 where somebody checked it.

    `location` says where in its source it stands: a page, a row of a table or of a file.
    """

    id: Identifier
    source: Identifier
    verification: Verification | None = None
    location: str = Field(default="", max_length=LONGEST_TEXT)

    def counts(self, source: Source) -> bool:
        """Say whether the fact may be relied on: not self-declared, or checked by somebody."""
        return source.origin is not Origin.SELF_DECLARED or self.verification is not None


def is_long_term(day: date | None) -> bool:
    """Say whether `day` is the sentinel for 长期."""
    return day is not None and day.year >= LONG_TERM_YEAR


def in_force(since: date | None, until: date | None, on: date) -> bool:
    """Say whether something with this validity is in force on a day; an open end is in force."""
    return (since is None or since <= on) and (until is None or on <= until)


def require_order(first: str, since: date | None, second: str, until: date | None) -> None:
    """Raise ValueError naming both fields where a period ends before it begins."""
    if since is not None and until is not None and until < since:
        raise ValueError(f"{second}（{until}）早于 {first}（{since}）")
