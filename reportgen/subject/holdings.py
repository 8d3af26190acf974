"""What a subject has and has done: licences, statements, contracts, technology, equipment, people.

Every item is a `Fact`. Money is in 元, a quantity in the unit it names. An unknown outcome is None: it
never counts as good.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from reportgen.subject.base import (
    ONE_FORM,
    WRITTEN,
    Count,
    Date,
    Fact,
    LongText,
    Model,
    Money,
    Share,
    SignedMoney,
    Text,
    require_order,
)
from reportgen.subject.grades import HeldGrade
from reportgen.subject.identifiers import Uscc

Year = Annotated[int, Field(ge=1949, le=2100)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=6), WRITTEN, ONE_FORM]
Unit = Annotated[str, Field(min_length=1, max_length=20)]


class Quantity(Model):
    """So much of a product, in its unit; units are compared as written and never converted."""

    amount: Amount
    unit: Unit


class QualificationKind(StrEnum):
    """Sort of a right to act or of a certificate."""

    QUALIFICATION = "资质"
    LICENCE = "许可"
    CERTIFICATE = "体系认证"


class Qualification(Fact):
    """A 资质, licence or system certificate with its validity, and the yearly output it states, if any."""

    kind: QualificationKind
    category: Text
    grade: HeldGrade = ""
    number: str = Field(default="", max_length=120)
    authority: Text
    valid_from: Date | None = None
    valid_until: Date | None = None
    annual_output: Quantity | None = None

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        require_order("valid_from", self.valid_from, "valid_until", self.valid_until)
        return self


class Statement(Fact):
    """One year's financial statements, in 元; what was not filed is None."""

    year: Year
    audited: bool
    auditor: str = Field(default="", max_length=120)
    opinion: str = Field(default="", max_length=120)
    current_assets: Money | None = None
    inventories: Money | None = None
    cash: Money | None = None
    total_assets: Money | None = None
    current_liabilities: Money | None = None
    total_liabilities: Money | None = None
    retained_earnings: SignedMoney | None = None
    equity: SignedMoney | None = None
    revenue: Money | None = None
    operating_profit: SignedMoney | None = None
    interest_expense: SignedMoney | None = None
    total_profit: SignedMoney | None = None
    net_profit: SignedMoney | None = None
    operating_cash_flow: SignedMoney | None = None
    works_revenue: Money | None = None

    @property
    def imbalance(self) -> Decimal | None:
        """Return 资产 − 负债 − 所有者权益 in 元, or None where one of them is missing."""
        if self.total_assets is None or self.total_liabilities is None or self.equity is None:
            return None
        return self.total_assets - self.total_liabilities - self.equity


class CreditLine(Fact):
    """A bank's credit line or 资信证明, in 元."""

    bank: Text
    limit: Money
    used: Money | None = None
    issued_on: Date
    valid_until: Date | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        require_order("issued_on", self.issued_on, "valid_until", self.valid_until)
        if self.used is not None and self.used > self.limit:
            raise ValueError(f"used（{self.used}）大于 limit（{self.limit}）")
        return self


class ContractStatus(StrEnum):
    """How far a contract has come."""

    DONE = "已完成"
    ONGOING = "在建"
    BROKEN_OFF = "因承包方原因终止"


class ContractRole(StrEnum):
    """In which role the subject performed."""

    SOLE = "独立承担"
    LEAD = "联合体牵头"
    MEMBER = "联合体成员"
    SUBCONTRACTOR = "专业分包"


class Evaluation(StrEnum):
    """The owner's evaluation of performance."""

    GOOD = "好"
    FAIR = "中"
    POOR = "差"


class Acceptance(StrEnum):
    """How the acceptance of a contract ended."""

    EXCELLENT = "优良"
    PASSED = "合格"
    RECTIFIED = "整改后合格"
    FAILED = "不合格"

    @classmethod
    def _missing_(cls, value: object) -> "Acceptance | None":
        # Two more words in use for the same outcome; an unknown word must not pass for a good one.
        return cls.FAILED if value in ("未通过", "不通过") else None


class Performance(Model):
    """How a contract went; None where nobody reported it."""

    delay_days: Count | None = None
    acceptance: Acceptance | None = None
    penalised: bool | None = None
    wage_arrears: bool | None = None
    disputed: bool | None = None
    evaluation: Evaluation | None = None


class ContractEvidence(Model):
    """The evidence triple: 中标通知书, 合同协议书, 验收证书, each by its reference or None."""

    award: Text | None = None
    agreement: Text | None = None
    acceptance: Text | None = None

    @property
    def complete(self) -> bool:
        """Say whether all three papers are there."""
        return None not in (self.award, self.agreement, self.acceptance)

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the Chinese names of the papers that are not there."""
        papers = {"中标通知书": self.award, "合同协议书": self.agreement, "验收证书": self.acceptance}
        return tuple(name for name, reference in papers.items() if reference is None)


class Contract(Fact):
    """A contract performed or under way; values in 元, `share` is the subject's part of it.

    `remaining` is what the whole contract leaves to do, `remaining_quantity` what it leaves to deliver.
    """

    name: Text
    category: Text
    owner: Text
    owner_uscc: Uscc | None = None
    role: ContractRole = ContractRole.SOLE
    share: Share = Decimal(1)
    value: Money
    signed_on: Date
    ends_on: Date | None = None
    accepted_on: Date | None = None
    status: ContractStatus
    remaining: Money | None = None
    remaining_quantity: Quantity | None = None
    evidence: ContractEvidence = ContractEvidence()
    performance: Performance = Performance()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        require_order("signed_on", self.signed_on, "accepted_on", self.accepted_on)
        require_order("signed_on", self.signed_on, "ends_on", self.ends_on)
        if self.status is ContractStatus.DONE and self.accepted_on is None:
            raise ValueError("状态为已完成时必须写明 accepted_on（验收日期）")
        if self.status is ContractStatus.ONGOING and self.ends_on is None:
            raise ValueError("状态为在建时必须写明 ends_on（预计完工日期）")
        return self


class Technology(Fact):
    """A patent, 工法, standard, award or system of a named field, with its validity."""

    kind: Text
    name: Text
    field: Text
    number: str = Field(default="", max_length=120)
    granted_on: Date | None = None
    valid_until: Date | None = None

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        require_order("granted_on", self.granted_on, "valid_until", self.valid_until)
        return self


class Tenure(StrEnum):
    """Whether equipment is owned or leased."""

    OWNED = "自有"
    LEASED = "租赁"


class Equipment(Fact):
    """Equipment of one kind: how many, since when, and how many are tied up elsewhere until when."""

    name: Text
    specification: str = Field(default="", max_length=120)
    count: Count
    tenure: Tenure
    lease_until: Date | None = None
    commissioned_on: Date | None = None
    life_years: Annotated[int, Field(gt=0, le=60)] | None = None
    committed: Count | None = None
    committed_until: Date | None = None

    @model_validator(mode="after")
    def _committed_within_count(self) -> Self:
        if self.committed is not None and self.committed > self.count:
            raise ValueError(f"committed（{self.committed}）大于 count（{self.count}）")
        return self


class Person(Fact):
    """A key person with a certificate; no identity number is ever held."""

    name: Text
    post: Text
    certificate: Text
    grade: HeldGrade = ""
    specialty: str = Field(default="", max_length=60)
    number_tail: str = Field(default="", max_length=4)
    valid_until: Date | None = None
    engaged_on: str = Field(default="", max_length=200)
    engaged_until: Date | None = None


class Headcount(Fact):
    """Staff at a year's end, and how many left during it."""

    year: Year
    total: Count
    technical: Count
    left: Count | None = None
    insured: Count | None = None
    note: LongText = ""

    @model_validator(mode="after")
    def _parts_within_total(self) -> Self:
        for name, part in (("technical", self.technical), ("insured", self.insured)):
            if part is not None and part > self.total:
                raise ValueError(f"{name}（{part}）大于 total（{self.total}）")
        return self
