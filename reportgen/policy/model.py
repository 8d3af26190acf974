"""Rule packs (规则包): dated, cited values for a region and its matters, and what they hand out.

A pack is data that a lawyer reviews. Code asks `PolicyPack.on(day)` and receives a `Policy`: plain
values of that day, each still tied to its citation. A rule whose citation is not verified is never
handed out as law; a value of our own is labelled 本机构设定.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Generic, Self, TypeVar

from pydantic import Field, model_validator

from reportgen.project.model import Matter
from reportgen.subject.base import Date, Identifier, LongText, Model, Region, Share, Text, require_order
from reportgen.subject.holdings import QualificationKind
from reportgen.subject.records import RecordKind, Severity
from reportgen.subject.window import Window, add_months

T = TypeVar("T")
Points = Annotated[Decimal, Field(ge=0, le=100)]
Months = Annotated[int, Field(ge=0, le=600)]
Years = Annotated[int, Field(gt=0, le=50)]
Days = Annotated[int, Field(gt=0, le=3650)]
Factor = Annotated[Decimal, Field(gt=0)]
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
    def printable(self) -> bool:
        """Say whether a report may print this as a statement of law: read and checked by a second reader."""
        return self.verified and self.rechecked_on is not None and not self.own

    def label(self) -> str:
        """Return the citation as a report prints it, such as 《…法》第二十六条; 本机构设定 for our own."""
        return OWN if self.own else f"{self.document}{self.article}{self.paragraph}"

    @model_validator(mode="after")
    def _verified_means_read(self) -> Self:
        if self.verified and not (self.article and self.read_in and self.read_on):
            raise ValueError("verified 为 true 时须写明 article、read_in、read_on")
        return self


class Period(Model):
    """What is in force from a day (inclusive) to a day (inclusive, open if absent)."""

    since: Date
    until: Date | None = None

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        require_order("since", self.since, "until", self.until)
        return self


class Dated(Period, Generic[T]):
    """A value in force from a day (inclusive) to a day (inclusive, open if absent), and its citation."""

    value: T
    cite: Identifier


class GateTest(StrEnum):
    """The tests a pack may name as 否决项; each is one function of `assess.gates`."""

    ENDED = "registration_ended"
    WINDING_UP = "winding_up"
    BAN = "ban_in_force"
    MAJOR_BREACH = "major_breach"


class GateRule(Period):
    """A fact that alone decides 不具备 in the named matters, by `cite` and the articles `also` named."""

    id: Identifier
    title: Text
    test: GateTest
    matters: tuple[Matter, ...] = ()
    cite: Identifier
    also: tuple[Identifier, ...] = ()


class RightRule(Period):
    """A right to act that the law itself demands in the named matters, so that its lack is 法定."""

    sort: QualificationKind
    matters: tuple[Matter, ...]
    cite: Identifier


class FactorCurve(Model):
    """Adequacy r = available/required: 0 points at `zero`, 100 at `full`, linear between; `full` ≤ 1."""

    zero: Share
    full: Share

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.zero >= self.full:
            raise ValueError("zero 须小于 full")
        return self


class ConclusionRule(Model):
    """T1, the floors, C0 and C1 of DOMAIN §3.4; totals and floors 0–100, coverage 0–1."""

    total: Points
    factor_floor: Points
    record_floor: Points
    coverage_least: Share
    coverage_full: Share


class Weights(Model):
    """How the parts make up the total; they sum to 1."""

    factors: Share
    record: Share
    similar: Share
    use: Share

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.factors + self.record + self.similar != 1:
            raise ValueError("factors、record、similar 之和须为 1")
        return self


class RecordRule(Model):
    """Points deducted per record, how they fade, and when repetition counts as a degree more."""

    points: Mapping[Severity, Points]
    fade_months: Annotated[int, Field(gt=0, le=600)]
    fade_to: Share
    unrelated: Share
    repeated: Annotated[int, Field(ge=2, le=100)]

    @model_validator(mode="after")
    def _every_severity(self) -> Self:
        lacking = [severity.value for severity in Severity if severity not in self.points]
        if lacking:
            raise ValueError(f"points 缺少 {'、'.join(lacking)}")
        return self


class SimilarRule(Model):
    """Points deducted from 100 for how a similar project went; `unknown` per fact nobody reported.

    A project that lost more than `troubled` by what was reported went badly.
    """

    late: Points
    late_30: Points
    late_90: Points
    failed: Points
    penalised: Points
    wage_arrears: Points
    disputed: Points
    fair: Points
    poor: Points
    unknown: Points
    troubled: Points


class TenderDefaults(Model):
    """Parameters used where the tender leaves them open.

    A credit line that names no end counts for `credit_line_months` from its issue.
    """

    capacity_multiplier: Factor
    capacity_years: Years
    turnover_k: Factor
    turnover_years: Years
    liquidity_months: Factor
    similar_years: Years
    litigation_share: Factor
    performance_years: Years
    staff_per_year_value: Factor
    credit_line_months: Months


class Horizons(Model):
    """Days: how long a report may be used, when an ending licence is a risk, when data are stale."""

    validity: Days
    licence_ending: Days
    stale: Days
    publicity_lag: Days


class Values(Model):
    """Every dated value of a pack by name."""

    look_back_years: tuple[Dated[Years], ...]
    publicity_months: tuple[Dated[Mapping[Severity, Months]], ...]
    default_severity: tuple[Dated[Mapping[RecordKind, Severity]], ...]
    conclusion: tuple[Dated[ConclusionRule], ...]
    weights: tuple[Dated[Weights], ...]
    curve: tuple[Dated[FactorCurve], ...]
    record: tuple[Dated[RecordRule], ...]
    similar: tuple[Dated[SimilarRule], ...]
    tender_defaults: tuple[Dated[TenderDefaults], ...]
    horizons: tuple[Dated[Horizons], ...]


class Statement(Period):
    """A sentence a report prints in the named matters (all where none is named), with its citation."""

    id: Identifier
    text: LongText
    matters: tuple[Matter, ...] = ()
    cite: Identifier


class PolicyPack(Model):
    """A released rule pack; `effect` is the 有效性 as checked, printed as it stands."""

    name: Identifier
    title: Text
    region: Region
    matters: tuple[Matter, ...]
    released: Date
    effect: Text
    values: Values
    rights: tuple[RightRule, ...] = ()
    gates: tuple[GateRule, ...]
    statements: tuple[Statement, ...]
    citations: Mapping[Identifier, Citation]

    def on(self, day: date, sha256: str) -> "Policy":
        """Return the plain values in force on a day; raises KeyError naming a value without one."""
        series = {name: getattr(self.values, name) for name in Values.model_fields}
        chosen = {name: _in_force(items, day, name) for name, items in series.items()}
        gates = tuple(rule for rule in self.gates if _applies(rule.since, rule.until, day))
        statements = {s.id: s for s in self.statements if _applies(s.since, s.until, day)}
        return Policy(self, sha256, day, chosen, gates, statements)


@dataclass(frozen=True)
class Policy:
    """A pack as it stands on one day: `value(name)` and the citation behind it."""

    pack: PolicyPack
    sha256: str
    day: date
    chosen: Mapping[str, Dated[object]]
    gates: tuple[GateRule, ...]
    statements: Mapping[str, Statement]

    @property
    def conclusion(self) -> ConclusionRule:
        """Return thresholds, floors and least coverage."""
        return _typed(self.chosen["conclusion"].value, ConclusionRule)

    @property
    def weights(self) -> Weights:
        """Return how the parts make up the total."""
        return _typed(self.chosen["weights"].value, Weights)

    @property
    def curve(self) -> FactorCurve:
        """Return the adequacy curve."""
        return _typed(self.chosen["curve"].value, FactorCurve)

    @property
    def record(self) -> RecordRule:
        """Return how records deduct."""
        return _typed(self.chosen["record"].value, RecordRule)

    @property
    def similar(self) -> SimilarRule:
        """Return how the course of similar projects deducts."""
        return _typed(self.chosen["similar"].value, SimilarRule)

    @property
    def defaults(self) -> TenderDefaults:
        """Return the parameters used where the tender leaves them open."""
        return _typed(self.chosen["tender_defaults"].value, TenderDefaults)

    @property
    def horizons(self) -> Horizons:
        """Return the periods in days."""
        return _typed(self.chosen["horizons"].value, Horizons)

    def right(self, sort: QualificationKind, matter: Matter) -> str:
        """Return the citation of the law that demands this sort of right in a matter, or nothing."""
        rules = (r for r in self.pack.rights if r.sort is sort and matter in r.matters)
        return next((r.cite for r in rules if _applies(r.since, r.until, self.day)), "")

    def printed(self, matter: Matter) -> dict[str, Statement]:
        """Return by id the statements that a report for a matter prints."""
        return {name: s for name, s in self.statements.items() if not s.matters or matter in s.matters}

    def window(self, end: date) -> Window:
        """Return the look-back that ends on `end`, with the longest publicity per severity in months."""
        years = _typed(self.chosen["look_back_years"].value, int)
        return Window(
            start=add_months(end, -12 * years),
            end=end,
            judged_on=end,
            publicity=_typed(self.chosen["publicity_months"].value, dict),
            default_severity=_typed(self.chosen["default_severity"].value, dict),
        )

    def citation(self, cite: str) -> Citation:
        """Return a citation by id."""
        return self.pack.citations[cite]

    def citation_of(self, name: str) -> Citation:
        """Return the citation behind a value."""
        return self.citation(self.chosen[name].cite)


def _typed(value: object, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


def _applies(since: date, until: date | None, day: date) -> bool:
    return since <= day and (until is None or day <= until)


def _in_force(items: tuple[Dated[object], ...], day: date, name: str) -> Dated[object]:
    for item in items:
        if _applies(item.since, item.until, day):
            return item
    raise KeyError(f"{name} on {day}")
