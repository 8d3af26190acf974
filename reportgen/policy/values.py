"""The values a pack sets by date: windows, thresholds, curves, deductions, defaults and horizons."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from reportgen.policy.citation import Dated
from reportgen.subject.base import Model, Share
from reportgen.subject.records import Measure, RecordKind, SeriousBreach, Severity
from reportgen.subject.window import Retention

Points = Annotated[Decimal, Field(ge=0, le=100)]
Months = Annotated[int, Field(ge=0, le=600)]
Years = Annotated[int, Field(gt=0, le=50)]
Days = Annotated[int, Field(gt=0, le=3650)]
Factor = Annotated[Decimal, Field(gt=0)]


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

    A delay costs `late`, above `late_days` `late_more`, above `late_most_days` `late_most`.
    A project that lost more than `troubled` by what was reported went badly.
    """

    late: Points
    late_days: Days
    late_more: Points
    late_most_days: Days
    late_most: Points
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


class UseRule(Model):
    """When a use (运用) is steady: staff leaving in a year, and the idle part of equipment and key persons."""

    calm_turnover: Annotated[Share, Field(lt=1)]
    idle: Annotated[Share, Field(gt=0)]


class RiskRule(Model):
    """When a margin is tight (actual/required), a load heavy (years of revenue), and records are many."""

    tight: Factor
    heavy: Factor
    many: Annotated[int, Field(ge=1, le=20)]


class ObjectionRule(Model):
    """Within how many days an objection is answered in writing; working days where the rule says so."""

    answer_days: Days
    working: bool = False


class GradeRule(Model):
    """综合信用等级: for how many years a grade may be valid, the first where nobody chose."""

    validity_years: tuple[Years, ...] = Field(min_length=1)


class Horizons(Model):
    """Days: how long a report may be used, when an ending licence is a risk, when data are stale.

    Before `filing_month` the accounts of the year before cannot be asked for yet.
    """

    validity: Days
    licence_ending: Days
    stale: Days
    publicity_lag: Days
    filing_month: Annotated[int, Field(ge=1, le=12)]


class Values(Model):
    """Every dated value of a pack by name; a pack that builds on another states what differs.

    `OPTIONAL` names what a pack may leave unset altogether.
    """

    look_back_years: tuple[Dated[Years], ...] = ()
    publicity_months: tuple[Dated[Mapping[Severity, Months]], ...] = ()
    needed_publicity_months: tuple[Dated[Mapping[Severity, Months]], ...] = ()
    retention: tuple[Dated[Retention], ...] = ()
    default_severity: tuple[Dated[Mapping[RecordKind, Severity]], ...] = ()
    measure_severity: tuple[Dated[Mapping[Measure, Severity]], ...] = ()
    breach_severity: tuple[Dated[Mapping[SeriousBreach, Severity]], ...] = ()
    conclusion: tuple[Dated[ConclusionRule], ...] = ()
    weights: tuple[Dated[Weights], ...] = ()
    curve: tuple[Dated[FactorCurve], ...] = ()
    use: tuple[Dated[UseRule], ...] = ()
    record: tuple[Dated[RecordRule], ...] = ()
    similar: tuple[Dated[SimilarRule], ...] = ()
    risks: tuple[Dated[RiskRule], ...] = ()
    tender_defaults: tuple[Dated[TenderDefaults], ...] = ()
    horizons: tuple[Dated[Horizons], ...] = ()
    objection: tuple[Dated[ObjectionRule], ...] = ()
    grading: tuple[Dated[GradeRule], ...] = ()


OPTIONAL = frozenset({"needed_publicity_months", "retention", "breach_severity", "grading"})
