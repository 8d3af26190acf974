"""What a project asks of its applicant (要求项): one model per kind, with the tender's own parameters.

Source: DOMAIN §3.3. Money is in 元, periods in years. A parameter that the tender leaves open is
None and taken from the rule pack. `jv` says how a joint venture's members count together.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from reportgen.subject.base import ONE_FORM, WRITTEN, Count, Date, Identifier, LongText, Model, Money, Text
from reportgen.subject.holdings import QualificationKind


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


class _Requirement(Model):
    """What all requirements share: id, clause of the tender, its words, hardness, joint-venture rule."""

    id: Identifier
    clause: Text
    text: LongText
    hard: bool = True
    page: int | None = None


def _by_sort(sort: object) -> JointRule:
    return JointRule.EACH if sort is QualificationKind.LICENCE else JointRule.PART


class QualificationRequirement(_Requirement):
    """A 资质, licence or certificate of a category and least grade, valid at the deadline.

    Members of a joint venture hold a 资质 each for its part; a licence every one of them needs.
    """

    kind: Literal["qualification"]
    sort: QualificationKind = QualificationKind.QUALIFICATION
    category: Text
    grade: str = Field(default="", max_length=20)
    jv: JointRule = Field(default_factory=lambda data: _by_sort(data.get("sort")))


class BidCapacityRequirement(_Requirement):
    """F1: A·N·M − B ≥ need; M, look-back and need are the tender's where it gives them."""

    kind: Literal["bid_capacity"]
    multiplier: Ratio | None = None
    look_back_years: Annotated[int, Field(gt=0, le=20)] | None = None
    need: Money | None = None
    jv: JointRule = JointRule.SUM


class TurnoverRequirement(_Requirement):
    """F2: average yearly revenue of the last years ≥ k·V/N or a stated sum."""

    kind: Literal["turnover"]
    years: Annotated[int, Field(gt=0, le=10)] | None = None
    need: Money | None = None
    factor_k: Ratio | None = None
    new_firm_average: bool = True
    jv: JointRule = JointRule.SUM


class RevenueFloorRequirement(_Requirement):
    """F7: the revenue of each of the last years ≥ a sum."""

    kind: Literal["revenue_floor"]
    years: Annotated[int, Field(gt=0, le=10)] | None = None
    need: Money
    jv: JointRule = JointRule.SUM


class LiquidityRequirement(_Requirement):
    """F3: liquid assets plus unused credit lines ≥ a sum or V/(12N)·m months of the contract."""

    kind: Literal["liquidity"]
    need: Money | None = None
    months: Ratio | None = None
    jv: JointRule = JointRule.SUM


class CurrentRatioRequirement(_Requirement):
    """F7: current assets / current liabilities ≥ a figure in each of the last years."""

    kind: Literal["current_ratio"]
    years: Annotated[int, Field(gt=0, le=10)] | None = None
    need: Ratio
    jv: JointRule = JointRule.EACH


class SimilarWorksRequirement(_Requirement):
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


class PeopleRequirement(_Requirement):
    """F11: key persons of a post with a certificate and least grade, free at the deadline."""

    kind: Literal["people"]
    post: Text
    certificate: Text
    grade: str = Field(default="", max_length=20)
    specialty: str = Field(default="", max_length=60)
    count: Annotated[int, Field(gt=0, le=500)] = 1
    free: bool = True
    jv: JointRule = JointRule.SUM


class HeadcountRequirement(_Requirement):
    """Technical staff of at least a number."""

    kind: Literal["headcount"]
    technical: Annotated[int, Field(gt=0, le=100000)]
    jv: JointRule = JointRule.SUM


class EquipmentRequirement(_Requirement):
    """F11: pieces of equipment, owned or leased, not tied up elsewhere."""

    kind: Literal["equipment"]
    name: Text
    count: Annotated[int, Field(gt=0, le=10000)]
    owned: bool = False
    jv: JointRule = JointRule.SUM


class TechnologyRequirement(_Requirement):
    """Patents, 工法, software or other technology of a field, in force."""

    kind: Literal["technology"]
    sort: str = Field(default="", max_length=60)
    field: Text
    count: Annotated[int, Field(gt=0, le=1000)] = 1
    jv: JointRule = JointRule.SUM


class LitigationRequirement(_Requirement):
    """F8: pending claims against the applicant, assumed lost, ≤ a share of equity."""

    kind: Literal["litigation"]
    share: Ratio | None = None
    jv: JointRule = JointRule.EACH


class PerformanceRequirement(_Requirement):
    """F9: no contract broken off by the contractor's default in the last years."""

    kind: Literal["performance"]
    years: Annotated[int, Field(gt=0, le=20)] | None = None
    jv: JointRule = JointRule.EACH


class StandingRequirement(_Requirement):
    """信誉: on none of the named lists and under no ban, and no serious breach where the tender says so."""

    kind: Literal["standing"]
    defaulter: bool = True
    serious_lists: bool = True
    abnormal_list: bool = False
    no_bribery_years: Count = 0
    jv: JointRule = JointRule.EACH


Requirement = Annotated[
    QualificationRequirement
    | BidCapacityRequirement
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
