"""The project (项目), its lots (标段), and the one date on which everything is tested."""

from collections import Counter
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, PrivateAttr, field_validator, model_validator

from reportgen.errors import ReportgenError
from reportgen.faults import Misfits
from reportgen.project.clauses import Choice, CreditClause
from reportgen.project.clauses import Party as Party  # noqa: PLC0414 - a project names its parties
from reportgen.project.requirements import Requirement, Years
from reportgen.subject.base import (
    LONGEST_TEXT,
    Date,
    Identifier,
    LongText,
    Model,
    Moment,
    Money,
    Region,
    Text,
)
from reportgen.subject.matter import Matter as Matter  # noqa: PLC0414 - a project names its matter
from reportgen.zone import CHINA as CHINA  # noqa: PLC0414 - its moments are of this zone

TENDER_MATTERS = frozenset({Matter.WORKS_TENDER, Matter.GOVERNMENT_PROCUREMENT})


class ApplicantRole(StrEnum):
    """In which role the applicant takes part."""

    BIDDER = "投标人"
    SUPPLIER = "供应商"
    AGENT = "代理机构"
    TRANSFEREE = "受让主体"
    SUBSIDY_APPLICANT = "申请补助主体"
    TRADING_PARTY = "交易主体"
    OTHER = "其他申请主体"


class JointVentureRule(Model):
    """Whether and how joint ventures are accepted."""

    accepted: bool = False
    most_members: Annotated[int, Field(ge=2, le=20)] | None = None


class Lot(Model):
    """A lot with its own value, period and additional requirements."""

    id: Identifier
    name: Text
    value: Money | None = None
    period_years: Years | None = None
    requirements: tuple[Requirement, ...] = ()


class Project(Model):
    """What the report is for. Money in 元; `period_years` is the contract's length in years.

    Exactly one of `bid_deadline` (投标截止时间) and `decision_date` (a matter outside tendering) is
    given. `owner` is the recipient's side: 招标人, 采购人 or the deciding department. `report_valid_until` is
    the last day on which the tender takes a report, where it names one.
    """

    id: Identifier
    name: Text
    round: Annotated[int, Field(ge=1, le=20)] = 1
    matter: Matter
    region: Region
    category: Text
    owner: Party
    agent: Party | None = None
    role: ApplicantRole
    value: Money
    period_years: Years | None = None
    bid_deadline: Moment | None = None
    decision_date: Date | None = None
    report_valid_until: Date | None = None
    joint_venture: JointVentureRule = JointVentureRule()
    requirements: tuple[Requirement, ...] = ()
    choices: tuple[Choice, ...] = ()
    credit_clauses: tuple[CreditClause, ...] = ()
    lots: tuple[Lot, ...] = ()
    note: LongText = ""
    # No field: a file must not be able to select a lot past its checks and its requirements.
    _lot: Lot | None = PrivateAttr(default=None)
    _whole: "Project | None" = PrivateAttr(default=None)

    @property
    def lot(self) -> Lot | None:
        """Return the lot selected by `select`, or None."""
        return self._lot

    @property
    def judged_on(self) -> date:
        """Return the day on which every date test is made (days begin at 00:00 Asia/Shanghai)."""
        if self.bid_deadline is not None:
            return self.bid_deadline.date()
        assert self.decision_date is not None  # noqa: S101 - guaranteed by the validator
        return self.decision_date

    @property
    def is_tender(self) -> bool:
        """Say whether the matter is a tender, where the fair-competition rules bind the method."""
        return self.matter in TENDER_MATTERS

    @property
    def judged_by(self) -> str:
        """Return the Chinese name of the day of `judged_on`."""
        return "投标截止时间" if self.bid_deadline is not None else "决定日期"

    @property
    def purpose(self) -> str:
        """Return the purpose of a request that names none."""
        return f"申请{self.matter}：{self.name}"[:LONGEST_TEXT]

    def recipient(self, uscc: str) -> Party:
        """Return the recipient, which is the owner or its agent; raises ValueError for anybody else."""
        parties = [party for party in (self.owner, self.agent) if party is not None]
        for party in parties:
            if party.uscc == uscc:
                return party
        known = "、".join(f"{party.name}（{party.uscc}）" for party in parties)
        raise ValueError(f"{uscc} 不是本项目的招标人（主管部门）或代理机构，应为 {known}")

    def select(self, lot: str = "") -> "Project":
        """Return the project as it stands for one lot; raises E0306 (no such lot), E0307 (lot needed)."""
        if not self.lots and not lot:
            return self
        known = "、".join(item.id for item in self.lots) or "（不分标段）"
        if not lot:
            raise ReportgenError("E0307", path="lot", known=known)
        chosen = next((item for item in self.lots if item.id == lot), None)
        if chosen is None:
            raise ReportgenError("E0306", path="lot", lot=lot, known=known)
        selected = self.model_copy(
            update={
                "value": chosen.value if chosen.value is not None else self.value,
                "period_years": chosen.period_years or self.period_years,
                "requirements": self.requirements + chosen.requirements,
            }
        )
        selected._lot, selected._whole = chosen, self
        return selected

    def whole(self) -> "Project":
        """Return the project as it was entered, before a lot was selected."""
        return self._whole or self

    @field_validator("bid_deadline")
    @classmethod
    def _local(cls, moment: datetime | None) -> datetime | None:
        if moment is None or moment.tzinfo is None:
            return moment
        try:
            return moment.astimezone(CHINA).replace(tzinfo=None)
        except OverflowError as error:
            raise ValueError(f"不是有效时间：换算为北京时间后超出历法（{moment.isoformat()}）") from error

    @model_validator(mode="after")
    def _one_date(self) -> Self:
        if (self.bid_deadline is None) == (self.decision_date is None):
            raise ValueError("bid_deadline（投标截止时间）与 decision_date（决定日期）须且只须写明一个")
        if self.is_tender and self.bid_deadline is None:
            raise ValueError("招标采购事项须写明 bid_deadline（投标截止时间）")
        return self

    @model_validator(mode="after")
    def _choices_are_the_owners(self) -> Self:
        for index, choice in enumerate(self.choices):
            if choice.by.uscc != self.owner.uscc:
                raise Misfits([(f"choices[{index}].by", f"应为本项目的招标人（主管部门）{self.owner.name}")])
            if choice.chosen_on > self.judged_on:
                raise Misfits([(f"choices[{index}].chosen_on", f"晚于{self.judged_by}")])
        return self

    @model_validator(mode="after")
    def _ids_unique(self) -> Self:
        own = [item.id for item in self.requirements]
        repeated = [i for i, n in Counter(item.id for item in self.lots).items() if n > 1]
        for lot in self.lots:
            repeated += [i for i, n in Counter([*own, *(r.id for r in lot.requirements)]).items() if n > 1]
        repeated += [i for i, n in Counter(own).items() if n > 1]
        repeated += [i for i, n in Counter(item.id for item in self.credit_clauses).items() if n > 1]
        repeated += [i for i, n in Counter(item.switch for item in self.choices).items() if n > 1]
        if repeated:
            raise ValueError(f"id 重复：{'、'.join(sorted(set(repeated)))}")
        return self
