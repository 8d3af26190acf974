"""Citations and dated values: what every value of a pack rests on, and from when to when it holds."""

from datetime import date
from enum import StrEnum
from typing import Generic, Self, TypeVar

from pydantic import model_validator

from reportgen.subject.base import Date, Identifier, LongText, Model, Text, in_force, require_order

T = TypeVar("T")
OWN = "本机构设定"


class SourceKind(StrEnum):
    """Rank of a cited document."""

    LAW = "law"
    REGULATION = "regulation"
    RULE = "rule"
    LOCAL = "local"
    STANDARD = "standard"
    JUDICIAL = "judicial"
    OWN = "own"

    @property
    def label(self) -> str:
        """Return the rank in Chinese."""
        return _RANKS[self]


_RANKS = {
    SourceKind.LAW: "法律",
    SourceKind.REGULATION: "法规",
    SourceKind.RULE: "部门规章",
    SourceKind.LOCAL: "地方文件",
    SourceKind.STANDARD: "标准",
    SourceKind.JUDICIAL: "司法解释",
    SourceKind.OWN: OWN,
}


class Citation(Model):
    """Where a value comes from: document, article, where and when it was read, the rule in our words."""

    kind: SourceKind
    document: Text
    number: str = ""
    issuer: str = ""
    version: Date | None = None
    in_force_from: Date | None = None
    in_force_to: Date | None = None
    article: str = ""
    paragraph: str = ""
    rule: LongText
    read_in: str = ""
    read_on: Date | None = None
    rechecked_on: Date | None = None
    verified: bool = False
    effect: str = ""
    note: LongText = ""

    @property
    def own(self) -> bool:
        """Say whether this is the agency's own setting."""
        return self.kind is SourceKind.OWN

    @property
    def local(self) -> bool:
        """Say whether this is a local document, printed with its 有效性."""
        return self.kind is SourceKind.LOCAL

    @property
    def printable(self) -> bool:
        """Say whether a report may print this as a statement of law: read and checked by a second reader."""
        return self.verified and self.rechecked_on is not None and not self.own

    def label(self) -> str:
        """Return the citation as a report prints it, such as 《…法》第二十六条; 本机构设定 for our own.

        A local document carries whether it was checked to be in force.
        """
        unsure = f"（有效性{self.effect.partition('；')[0]}）" if self.local and self.effect else ""
        return OWN if self.own else f"{self.document}{self.article}{self.paragraph}{unsure}"

    @model_validator(mode="after")
    def _verified_means_read(self) -> Self:
        if self.verified and not (self.article and self.read_in and self.read_on):
            raise ValueError("verified 为 true 时须写明 article、read_in、read_on")
        return self


class Period(Model):
    """What is in force from a day (inclusive) to a day (inclusive, open if absent)."""

    since: Date
    until: Date | None = None

    def applies(self, day: date) -> bool:
        """Say whether it is in force on a day."""
        return in_force(self.since, self.until, day)

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        require_order("since", self.since, "until", self.until)
        return self


class Dated(Period, Generic[T]):
    """A value in force from a day (inclusive) to a day (inclusive, open if absent), and its citation."""

    value: T
    cite: Identifier
