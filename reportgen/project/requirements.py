"""What a project asks of its applicant (要求项): one model per kind, with the tender's own parameters.

The terms of a kind say what is measured and how much is needed; a requirement is terms that stand in a
clause. Source: DOMAIN §3.3. Money is in 元, periods in years. A parameter that the tender leaves open is
None and taken from the rule pack. `jv` says how a joint venture's members count together.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, model_validator

from reportgen.faults import Misfits
from reportgen.subject.base import ONE_FORM, WRITTEN, Count, Date, Identifier, LongText, Model, Money, Text
from reportgen.subject.grades import AskedGrade
from reportgen.subject.holdings import QualificationKind, Unit, Year


class Factor(StrEnum):
    """What a requirement bears on: the four 能力要素, then what stands beside them."""

    TECHNOLOGY = "技术水平"
    EQUIPMENT = "设备条件"
    STAFF = "人力资源"
    FUNDS = "资金实力"
    TRACK_RECORD = "同类业绩"
    STANDING = "信誉"


class JointRule(StrEnum):
    """How the members of a joint venture meet a requirement."""

    EACH = "各成员均须满足"
    PART = "各成员按分工满足"
    LEAD = "牵头人满足"
    SUM = "合计满足"
    WEIGHTED = "按份额加权满足"
    ANY = "任一成员满足"


Ratio = Annotated[Decimal, Field(gt=0, le=100, decimal_places=20), WRITTEN, ONE_FORM]
Years = Annotated[Decimal, Field(gt=0, le=50, decimal_places=20), WRITTEN, ONE_FORM]
_Sum = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=2), WRITTEN, ONE_FORM]
_Quantity = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=6), WRITTEN, ONE_FORM]
_Span = Annotated[int, Field(gt=0, le=10)]
_Figure = TypeVar("_Figure", bound=Decimal)


def _by_sort(sort: object) -> JointRule:
    return JointRule.EACH if sort is QualificationKind.LICENCE else JointRule.PART


class QualificationTerms(Model):
    """A 资质, licence or certificate of a category and least grade, valid at the deadline.

    Members of a joint venture hold a 资质 each for its part; a licence every one of them needs.
    """

    kind: Literal["qualification"]
    sort: QualificationKind = QualificationKind.QUALIFICATION
    category: Text
    grade: AskedGrade = ""
    jv: JointRule = Field(default_factory=lambda data: _by_sort(data.get("sort")))


class BidCapacityTerms(Model):
    """F1: A·N·M − B ≥ need; M, look-back and need are the tender's where it gives them."""

    kind: Literal["bid_capacity"]
    multiplier: Ratio | None = None
    look_back_years: Annotated[int, Field(gt=0, le=20)] | None = None
    need: Money | None = None
    jv: JointRule = JointRule.SUM


class SupplyCapacityTerms(Model):
    """F1b: A·N − B ≥ need, in `unit`; A is the yearly output that a licence or certificate states.

    `category` names that licence, `product` the category of the contracts that draw on the output. The
    need is that of the whole contract, or yearly.
    """

    kind: Literal["supply_capacity"]
    category: Text
    product: Text
    unit: Unit
    need: _Quantity | None = None
    need_per_year: _Quantity | None = None
    jv: JointRule = JointRule.SUM

    @model_validator(mode="after")
    def _one_need(self) -> Self:
        if (self.need is None) == (self.need_per_year is None):
            raise ValueError("need（合同期总量）与 need_per_year（每年数量）须且只须写明一个")
        return self


class TurnoverTerms(Model):
    """F2: average yearly revenue of the last years ≥ k·V/N or a stated sum."""

    kind: Literal["turnover"]
    years: _Span | None = None
    need: Money | None = None
    factor_k: Ratio | None = None
    new_firm_average: bool = True
    jv: JointRule = JointRule.SUM


class YearlyTerms(Model, Generic[_Figure]):
    """A figure that each of the last years must reach, or each year named in `needs` its own."""

    years: _Span | None = None
    need: _Figure | None = None
    needs: dict[Year, _Figure] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_need(self) -> Self:
        if (self.need is None) == (not self.needs):
            raise ValueError("need（各年同一要求）与 needs（各年分别的要求）须且只须写明一个")
        if self.needs and self.years is not None:
            raise ValueError("needs（各年分别的要求）已写明年度，不再写 years")
        return self


class RevenueFloorTerms(YearlyTerms[_Sum]):
    """F7: the revenue of each year asked for ≥ a sum."""

    kind: Literal["revenue_floor"]
    jv: JointRule = JointRule.SUM


class LiquidityTerms(Model):
    """F3: liquid assets plus unused credit lines ≥ a sum or V/(12N)·m months of the contract."""

    kind: Literal["liquidity"]
    need: Money | None = None
    months: Ratio | None = None
    jv: JointRule = JointRule.SUM


class CurrentRatioTerms(YearlyTerms[Ratio]):
    """F7: current assets / current liabilities of each year asked for ≥ a figure."""

    kind: Literal["current_ratio"]
    jv: JointRule = JointRule.EACH


class SimilarWorksTerms(Model):
    """F5: at least `count` completed contracts of a category, value and date, with the papers asked.

    The least value is `value`, or `value_share` of the project's; with neither, none is asked.
    """

    kind: Literal["similar_works"]
    count: Annotated[int, Field(gt=0, le=50)] = 1
    category: Text
    value: Money | None = None
    value_share: Ratio | None = None
    years: Annotated[int, Field(gt=0, le=20)] | None = None
    since: Date | None = None
    joint_works: bool = False
    jv: JointRule = JointRule.SUM


class PeopleTerms(Model):
    """F11: key persons of a post with a certificate and least grade, free at the deadline."""

    kind: Literal["people"]
    post: Text
    certificate: Text
    grade: AskedGrade = ""
    specialty: str = Field(default="", max_length=60)
    count: Annotated[int, Field(gt=0, le=500)] = 1
    free: bool = True
    jv: JointRule = JointRule.SUM


class HeadcountTerms(Model):
    """Technical staff of at least a number."""

    kind: Literal["headcount"]
    technical: Annotated[int, Field(gt=0, le=100000)]
    jv: JointRule = JointRule.SUM


class EquipmentTerms(Model):
    """F11: pieces of equipment, owned or leased, not tied up elsewhere."""

    kind: Literal["equipment"]
    name: Text
    count: Annotated[int, Field(gt=0, le=10000)]
    owned: bool = False
    jv: JointRule = JointRule.SUM


class TechnologyTerms(Model):
    """Patents, 工法, software or other technology of a field, in force."""

    kind: Literal["technology"]
    sort: str = Field(default="", max_length=60)
    field: Text
    count: Annotated[int, Field(gt=0, le=1000)] = 1
    jv: JointRule = JointRule.SUM


class LitigationTerms(Model):
    """F8: pending claims against the applicant, assumed lost, ≤ a share of equity."""

    kind: Literal["litigation"]
    share: Ratio | None = None
    jv: JointRule = JointRule.EACH


class PerformanceTerms(Model):
    """F9: no contract broken off by the contractor's default in the last years."""

    kind: Literal["performance"]
    years: Annotated[int, Field(gt=0, le=20)] | None = None
    jv: JointRule = JointRule.EACH


class StandingTerms(Model):
    """信誉: on none of the named lists and under no ban, and no serious breach where the tender says so."""

    kind: Literal["standing"]
    defaulter: bool = True
    serious_lists: bool = True
    abnormal_list: bool = False
    no_bribery_years: Count = 0
    jv: JointRule = JointRule.EACH


Terms = Annotated[
    QualificationTerms
    | BidCapacityTerms
    | SupplyCapacityTerms
    | TurnoverTerms
    | RevenueFloorTerms
    | LiquidityTerms
    | CurrentRatioTerms
    | SimilarWorksTerms
    | PeopleTerms
    | HeadcountTerms
    | EquipmentTerms
    | TechnologyTerms
    | LitigationTerms
    | PerformanceTerms
    | StandingTerms,
    Field(discriminator="kind"),
]


class Alternative(Model):
    """What the tender accepts of a newly founded applicant instead (替代条件), in terms of any kind.

    It is for whoever was founded less than `founded_within_years` before the day of judging: on that
    anniversary nobody is young any more. Terms carry no alternative of their own.
    Source: DOMAIN §6, young firms must be able to explain missing years.
    """

    founded_within_years: Annotated[int, Field(gt=0, le=20)]
    requirement: Terms

    @model_validator(mode="before")
    @classmethod
    def _terms_only(cls, data: object) -> object:
        inner = data.get("requirement") if isinstance(data, dict) else None
        if isinstance(inner, dict) and "alternative" in inner:
            raise Misfits([("requirement.alternative", "替代条件不能再有替代条件")])
        return data


class _Requirement(Model):
    """What all requirements share: id, clause of the tender, its words, hardness, alternative."""

    id: Identifier
    clause: Text
    text: LongText
    hard: bool = True
    page: int | None = None
    alternative: Alternative | None = None


class QualificationRequirement(QualificationTerms, _Requirement):
    """A qualification, as a clause of the tender asks."""


class BidCapacityRequirement(BidCapacityTerms, _Requirement):
    """Bid capacity, as a clause of the tender asks."""


class SupplyCapacityRequirement(SupplyCapacityTerms, _Requirement):
    """Supply capacity, as a clause of the tender asks."""


class TurnoverRequirement(TurnoverTerms, _Requirement):
    """Turnover, as a clause of the tender asks."""


class RevenueFloorRequirement(RevenueFloorTerms, _Requirement):
    """A revenue floor, as a clause of the tender asks."""


class LiquidityRequirement(LiquidityTerms, _Requirement):
    """Liquid means, as a clause of the tender asks."""


class CurrentRatioRequirement(CurrentRatioTerms, _Requirement):
    """A current ratio, as a clause of the tender asks."""


class SimilarWorksRequirement(SimilarWorksTerms, _Requirement):
    """Similar works, as a clause of the tender asks."""


class PeopleRequirement(PeopleTerms, _Requirement):
    """Key persons, as a clause of the tender asks."""


class HeadcountRequirement(HeadcountTerms, _Requirement):
    """Technical staff, as a clause of the tender asks."""


class EquipmentRequirement(EquipmentTerms, _Requirement):
    """Equipment, as a clause of the tender asks."""


class TechnologyRequirement(TechnologyTerms, _Requirement):
    """Technology, as a clause of the tender asks."""


class LitigationRequirement(LitigationTerms, _Requirement):
    """A limit of pending claims, as a clause of the tender asks."""


class PerformanceRequirement(PerformanceTerms, _Requirement):
    """Contracts kept, as a clause of the tender asks."""


class StandingRequirement(StandingTerms, _Requirement):
    """Good standing, as a clause of the tender asks."""


Requirement = Annotated[
    QualificationRequirement
    | BidCapacityRequirement
    | SupplyCapacityRequirement
    | TurnoverRequirement
    | RevenueFloorRequirement
    | LiquidityRequirement
    | CurrentRatioRequirement
    | SimilarWorksRequirement
    | PeopleRequirement
    | HeadcountRequirement
    | EquipmentRequirement
    | TechnologyRequirement
    | LitigationRequirement
    | PerformanceRequirement
    | StandingRequirement,
    Field(discriminator="kind"),
]
_REQUIREMENT: TypeAdapter[Requirement] = TypeAdapter(Requirement, config=ConfigDict(defer_build=True))


def instead(asked: Requirement, alternative: Alternative) -> Requirement:
    """Return the alternative's terms as a requirement in the place of the one that carries them."""
    place = asked.model_dump(include={"id", "clause", "text", "hard", "page"})
    return _REQUIREMENT.validate_python(place | alternative.requirement.model_dump())
