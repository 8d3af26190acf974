"""Credit records (信用记录) under the heads of 信用中国, with their dates and state."""

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from reportgen.subject.base import Date, Fact, LongText, Model, Money, Text, in_force, require_order
from reportgen.subject.matter import Matter


class Head(StrEnum):
    """The eight heads of a 公共信用信息报告 (DOMAIN §2.1)."""

    ADMINISTRATION = "行政管理"
    GOOD_FAITH = "诚实守信"
    SERIOUS_BREACH = "严重失信"
    ABNORMAL = "经营异常"
    COMMITMENT = "信用承诺"
    EVALUATION = "信用评价"
    JUDGMENT = "司法判决"
    OTHER = "其他"


class Nature(StrEnum):
    """Whether a record speaks for or against the subject."""

    FAVOURABLE = "良好"
    NEUTRAL = "中性"
    ADVERSE = "不良"


class RecordKind(StrEnum):
    """What a record is."""

    LICENCE = "行政许可"
    PENALTY = "行政处罚"
    COERCION = "行政强制"
    INSPECTION = "行政检查"
    REWARD = "行政奖励"
    BAN = "禁止参加"
    TAX_A = "纳税信用A级"
    RED_LIST = "守信激励名单"
    HONOUR = "诚信荣誉"
    DEFAULTER = "失信被执行人"
    SERIOUS_LIST = "严重失信主体名单"
    ABNORMAL_LIST = "经营异常名录"
    PROMISE = "信用承诺"
    BROKEN_PROMISE = "违背承诺"
    EVALUATION = "公共信用综合评价"
    INDUSTRY_EVALUATION = "行业信用评价"
    GRADE = "综合信用等级"
    CIVIL = "民事裁判"
    PENDING = "未决诉讼"
    ENFORCEMENT = "被执行人"
    CRIMINAL = "刑事处罚"
    ARBITRATION = "仲裁裁决"
    OTHER_GOOD = "其他良好信息"
    OTHER_ADVERSE = "其他不良信息"


_TAXONOMY: dict[RecordKind, tuple[Head, Nature]] = {
    RecordKind.LICENCE: (Head.ADMINISTRATION, Nature.NEUTRAL),
    RecordKind.PENALTY: (Head.ADMINISTRATION, Nature.ADVERSE),
    RecordKind.COERCION: (Head.ADMINISTRATION, Nature.NEUTRAL),
    RecordKind.INSPECTION: (Head.ADMINISTRATION, Nature.NEUTRAL),
    RecordKind.REWARD: (Head.ADMINISTRATION, Nature.FAVOURABLE),
    RecordKind.BAN: (Head.ADMINISTRATION, Nature.ADVERSE),
    RecordKind.TAX_A: (Head.GOOD_FAITH, Nature.FAVOURABLE),
    RecordKind.RED_LIST: (Head.GOOD_FAITH, Nature.FAVOURABLE),
    RecordKind.HONOUR: (Head.GOOD_FAITH, Nature.FAVOURABLE),
    RecordKind.DEFAULTER: (Head.SERIOUS_BREACH, Nature.ADVERSE),
    RecordKind.SERIOUS_LIST: (Head.SERIOUS_BREACH, Nature.ADVERSE),
    RecordKind.ABNORMAL_LIST: (Head.ABNORMAL, Nature.ADVERSE),
    RecordKind.PROMISE: (Head.COMMITMENT, Nature.NEUTRAL),
    RecordKind.BROKEN_PROMISE: (Head.COMMITMENT, Nature.ADVERSE),
    RecordKind.EVALUATION: (Head.EVALUATION, Nature.NEUTRAL),
    RecordKind.INDUSTRY_EVALUATION: (Head.EVALUATION, Nature.NEUTRAL),
    RecordKind.GRADE: (Head.EVALUATION, Nature.NEUTRAL),
    RecordKind.CIVIL: (Head.JUDGMENT, Nature.NEUTRAL),
    RecordKind.PENDING: (Head.JUDGMENT, Nature.NEUTRAL),
    RecordKind.ENFORCEMENT: (Head.JUDGMENT, Nature.ADVERSE),
    RecordKind.CRIMINAL: (Head.JUDGMENT, Nature.ADVERSE),
    RecordKind.ARBITRATION: (Head.JUDGMENT, Nature.NEUTRAL),
    RecordKind.OTHER_GOOD: (Head.OTHER, Nature.FAVOURABLE),
    RecordKind.OTHER_ADVERSE: (Head.OTHER, Nature.ADVERSE),
}


NATURES = {kind: nature for kind, (_, nature) in _TAXONOMY.items()}
"""Whether a kind of record speaks for or against, before it is known how a case ended."""
NOTHING_TO_FULFIL = frozenset({RecordKind.SERIOUS_LIST, RecordKind.ABNORMAL_LIST, RecordKind.BAN})
"""A name on a list and a ban are in force or not: a source that says how far they are fulfilled means the penalty."""
PUBLIC_RECORDS = "public_records"
"""The part of the records for which a 公共信用信息报告 may be a closed list: all kinds but those of courts."""
COURT_KINDS = (
    RecordKind.CIVIL,
    RecordKind.PENDING,
    RecordKind.ENFORCEMENT,
    RecordKind.CRIMINAL,
    RecordKind.ARBITRATION,
)
"""What such a report does not collect, so that its silence proves nothing: each kind is a list of its own."""
RECORD_LISTS = (PUBLIC_RECORDS, *COURT_KINDS)
"""The parts of the records for which a source may be a closed list; `records` means all of them."""
_LISTS = {RecordKind.DEFAULTER, RecordKind.SERIOUS_LIST, RecordKind.ABNORMAL_LIST}


class Severity(StrEnum):
    """Degree of a breach: three classes of the repair rules plus S0's 特别严重."""

    SLIGHT = "轻微"
    ORDINARY = "一般"
    SERIOUS = "严重"
    GRAVE = "特别严重"


class RecordState(StrEnum):
    """State of a record at its source."""

    VALID = "有效"
    DISPUTED = "异议中"
    REPAIRED = "已修复"
    REVOKED = "已撤销"


class Fulfilment(StrEnum):
    """How far the duty behind a record has been done."""

    NOT_NEEDED = "无需履行"
    FULL = "全部履行"
    PART = "部分履行"
    NONE = "全部未履行"
    UNKNOWN = "未知"


class Closure(StrEnum):
    """How an enforcement case was closed without full performance."""

    TERMINATED = "终结本次执行"
    SETTLED = "执行和解"


class Measure(StrEnum):
    """What a penalty consists of."""

    WARNING = "警告"
    CRITICISM = "通报批评"
    FINE = "罚款"
    CONFISCATION = "没收"
    LICENCE_SUSPENDED = "暂扣许可证件"
    GRADE_LOWERED = "降低资质等级"
    LICENCE_REVOKED = "吊销许可证件"
    RESTRICTED = "限制从业"
    SHUTDOWN = "责令停产停业"
    CLOSURE = "责令关闭"


class Misconduct(StrEnum):
    """The ten monitored kinds of 本溪 2017, 四(二), in short."""

    FAKE_GOODS = "食药与假冒伪劣"
    TAX = "纳税违法"
    ACCIDENT = "质量安全环保事故"
    LABOUR = "劳动保障违法"
    COURT = "不执行法院裁判"
    ARBITRATION = "不执行仲裁裁决"
    MARKET = "扰乱市场秩序"
    FRAUD = "弄虚作假"
    RESEARCH = "科研失信"
    OTHER = "其他受罚行为"


class SeriousBreach(StrEnum):
    """The serious kinds of 丹东 2017, （六） and 武昌 2018, 二（五）1, in short."""

    HEALTH = "严重危害健康和生命安全"
    ORDER = "严重破坏公平竞争和社会秩序"
    DUTY = "有能力而拒不履行法定义务"
    DEFENCE = "拒不履行国防义务"
    CAPACITY = "恶意阻挠去产能"
    FUNDS = "以虚假材料骗取资金扶持"


class Grade(StrEnum):
    """The four classes of the 综合信用等级 (本溪 2017, 二（一）)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Ban(Model):
    """A ban pronounced in the deciding document: from what, since when, until when, by which rule.

    The scope names matters: a ban in words that match no project would bar nothing, and silently.
    """

    scope: tuple[Matter, ...] = Field(min_length=1)
    since: Date
    until: Date | None = None
    legal_basis: Text

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        require_order("since", self.since, "until", self.until)
        return self


class CreditRecord(Fact):
    """One dated, sourced fact under one of the eight heads.

    `determined_on` is the date of the deciding document; `amount` is in 元. `bribery` marks a criminal
    judgment for bribery, which the tender asks about by itself; `social_impact` that the document
    established 造成严重社会影响; `grade` is what an evaluation gave. A severity that a person
    set, not the document, has `severity_manual` and is printed as 人工判定.
    """

    kind: RecordKind
    title: Text
    number: str = Field(default="", max_length=120)
    authority: Text
    category: str = Field(default="", max_length=120)
    content: LongText = ""
    basis_number: str = Field(default="", max_length=120)
    amount: Money | None = None
    severity: Severity | None = None
    severity_manual: bool = False
    misconduct: Misconduct | None = None
    serious_breach: SeriousBreach | None = None
    social_impact: bool = False
    grade: str = Field(default="", max_length=20)
    bribery: bool = False
    measures: tuple[Measure, ...] = ()
    fulfilment: Fulfilment = Fulfilment.UNKNOWN
    closure: Closure | None = None
    against: bool | None = None
    ban: Ban | None = None
    state: RecordState = RecordState.VALID
    statement: LongText = ""
    act_on: Date | None = None
    act_ended_on: Date | None = None
    determined_on: Date
    published_on: Date | None = None
    publicity_until: Date | None = None
    valid_from: Date | None = None
    valid_until: Date | None = None
    fulfilled_on: Date | None = None
    repaired_on: Date | None = None
    revoked_on: Date | None = None
    disputed_on: Date | None = None
    removed_on: Date | None = None

    @property
    def head(self) -> Head:
        """Return the head the record stands under."""
        return _TAXONOMY[self.kind][0]

    @property
    def closing(self) -> str:
        """Return the part of the records of which a closed list tells that there is no such record."""
        return self.kind if self.kind in COURT_KINDS else PUBLIC_RECORDS

    @property
    def nature(self) -> Nature:
        """Return whether the record speaks for or against; a judgment lost and unfulfilled is adverse."""
        nature = _TAXONOMY[self.kind][1]
        lost = self.against is True and self.unfulfilled
        return Nature.ADVERSE if nature is Nature.NEUTRAL and lost else nature

    @property
    def unfulfilled(self) -> bool:
        """Say whether the subject is known to have left the duty behind the record undone.

        A judgment it won binds the other side.
        """
        return self.against is not False and self.fulfilment in {Fulfilment.NONE, Fulfilment.PART}

    @property
    def pending(self) -> bool:
        """Say whether this is a case that no court has closed yet."""
        return self.kind is RecordKind.PENDING and self.valid_until is None and self.removed_on is None

    def in_force(self, on: date) -> bool:
        """Say whether the record still binds on a day: a ban running, a validity open or a list not left.

        Each of them binds by itself; a removal ends all. A listing with a validity lasts as long as that.
        """
        if self._removed(on):
            return False
        if self.valid_from is not None or self.valid_until is not None:
            listed = in_force(self.valid_from, self.valid_until, on)
        else:
            listed = self.kind in _LISTS
        return listed or self.banned(on)

    def banned(self, on: date) -> bool:
        """Say whether the ban pronounced in the deciding document runs on a day."""
        return self.ban is not None and not self._removed(on) and in_force(self.ban.since, self.ban.until, on)

    def _removed(self, on: date) -> bool:
        return self.removed_on is not None and self.removed_on <= on

    @model_validator(mode="after")
    def _state_has_its_date(self) -> Self:
        dated = {
            RecordState.DISPUTED: ("disputed_on", self.disputed_on),
            RecordState.REPAIRED: ("repaired_on", self.repaired_on),
            RecordState.REVOKED: ("revoked_on", self.revoked_on),
        }
        if self.state in dated and dated[self.state][1] is None:
            raise ValueError(f"状态为{self.state}时必须写明 {dated[self.state][0]}")
        return self

    @model_validator(mode="after")
    def _grade_is_a_class(self) -> Self:
        if self.kind is RecordKind.GRADE and self.grade not in set(Grade):
            raise ValueError(f"{self.kind}的 grade 应为 {'、'.join(Grade)} 之一")
        return self

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        require_order("valid_from", self.valid_from, "valid_until", self.valid_until)
        require_order("act_on", self.act_on, "act_ended_on", self.act_ended_on)
        require_order("determined_on", self.determined_on, "publicity_until", self.publicity_until)
        return self
