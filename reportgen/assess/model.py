"""The assessment (评价): every judgement as an object with its reasons and the facts behind it.

Evidence is named as `USCC:fact id`, so it stays unique in a joint venture. Scores are 0–100 with one
decimal, shares 0–1. Texts are Chinese sentences ready to print; numbers in them carry their unit.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from reportgen.policy.rules import MeasureSort
from reportgen.project.clauses import Condition, CreditSort
from reportgen.project.requirements import Factor
from reportgen.subject.base import Model
from reportgen.subject.records import Head, Nature, RecordKind, RecordState, Severity

Score = Annotated[Decimal, Field(ge=0, le=100)]
METHOD_VERSION = "1.2"
"""Version of the method; a change of any judgement changes it."""


class Basis(StrEnum):
    """What a judgement rests on; 机构方法 alone never gives 不具备."""

    LAW = "法定"
    TENDER = "招标文件"
    METHOD = "机构方法"


class Conclusion(StrEnum):
    """The three sentences of 本溪 2017, 三(一)."""

    CAPABLE = "具备信用能力"
    LIMITED = "信用能力一般"
    INCAPABLE = "不具备信用能力"


class Verdict(StrEnum):
    """Whether a requirement is met; 未证实 is neither."""

    MET = "满足"
    UNMET = "不满足"
    UNPROVEN = "未证实"


class Level(StrEnum):
    """Rank of a risk note."""

    HIGH = "高"
    MEDIUM = "中"
    LOW = "低"


class Reason(Model):
    """Why something is judged so: a sentence, its basis, its citations or clause, its evidence."""

    text: str
    basis: Basis
    cites: tuple[str, ...] = ()
    clause: str = ""
    evidence: tuple[str, ...] = ()
    disputed: bool = False


class GateResult(Model):
    """One 否决项 tested; `reason` says what tripped it, that nothing did, or why that is not known.

    `claims` names what is said by others than a public source and would trip it, `doubts` what of that
    is disputed, `missing` the papers without which nobody can say.
    """

    id: str
    title: str
    tripped: bool
    unproven: bool = False
    reason: Reason
    claims: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class RequirementResult(Model):
    """One requirement tested at the deadline; `slack` is actual/required where both are numbers.

    `slack` has four decimals; `ratio`, from which the score comes, is not rounded and written nowhere.
    `doubts` names disputed records of other than public sources that would decide if they were true.
    """

    id: str
    clause: str
    text: str
    name: str
    factor: Factor
    kind: str
    hard: bool
    gate: bool
    verdict: Verdict
    basis: Basis
    cite: str = ""
    required: str
    actual: str
    margin: str
    slack: Decimal | None = None
    ratio: Decimal | None = Field(default=None, exclude=True)
    formula: str = ""
    note: str = ""
    missing: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    disputed: bool = False
    doubts: tuple[str, ...] = ()

    @property
    def asked_and_found(self) -> str:
        """Return what is asked and what was found; what is not proven is not called the fact."""
        found = "现有证据" if self.verdict is Verdict.UNPROVEN else "实际"
        return f"要求“{self.required}”，{found}：{self.actual}"

    @property
    def decides(self) -> bool:
        """Say whether this is a verified fail that alone gives 不具备: hard, and asked by law or tender."""
        return self.hard and self.verdict is Verdict.UNMET and self.basis is not Basis.METHOD


class FactorLine(Model):
    """One line of a factor: what there is against what this project needs, and the points for it.

    `requirement` is the id of the requirement it measures; empty where the need is our own. `verdict` is
    that of a line of need; what is 未证实 scores by its proven part.
    """

    name: str
    available: str
    required: str
    ratio: Decimal | None
    score: Score | None
    basis: Basis
    formula: str = ""
    evidence: tuple[str, ...] = ()
    requirement: str = ""
    verdict: Verdict | None = None


class FactorResult(Model):
    """A 能力要素 with its lines of need and of use (运用); None where nothing is known.

    `best` is the score were every line of need that is 未证实 met.
    """

    factor: Factor
    score: Score | None
    best: Score | None = None
    floor: Score
    need: tuple[FactorLine, ...]
    use: tuple[FactorLine, ...]
    finding: str
    working: str = ""

    @property
    def unproven(self) -> tuple[str, ...]:
        """Return the names of the lines of need that are 未证实."""
        return tuple(line.name for line in self.need if line.verdict is Verdict.UNPROVEN)


class RecordItem(Model):
    """A record in use, and the points it costs (0 for those that are not adverse)."""

    evidence: str
    subject: str
    head: Head
    kind: RecordKind
    nature: Nature
    state: RecordState
    placing: str
    title: str
    number: str
    authority: str
    content: str
    determined_on: date
    severity: Severity | None
    severity_from: str
    fulfilment: str
    amount: Decimal | None
    points: Decimal
    working: str
    statement: str = ""


class HeadCount(Model):
    """How many records in use stand under a head, by nature."""

    head: Head
    total: int
    favourable: int
    neutral: int
    adverse: int


class RecordResult(Model):
    """The credit record in the window: score, items newest first, counts by head, and the badge."""

    score: Score
    items: tuple[RecordItem, ...]
    counts: tuple[HeadCount, ...]
    start: date
    end: date
    three_years_clean: bool
    finding: str


class SimilarItem(Model):
    """A similar contract of the window and how it went; `troubled` where what is known went badly."""

    evidence: str
    subject: str
    name: str
    owner: str
    category: str
    role: str
    value: Decimal
    signed_on: date
    accepted_on: date | None
    status: str
    went: str
    papers: str
    score: Score | None
    unknown: int
    working: str = ""
    troubled: bool = False


class SimilarResult(Model):
    """The overall credit in similar projects of the window; the score is None where there are none."""

    score: Score | None
    items: tuple[SimilarItem, ...]
    finding: str


class ConditionResult(Model):
    """Whether a condition holds for the applicant, with the finding and the records behind it.

    `missing` names the papers without which nobody can say.
    """

    condition: Condition
    holds: Verdict
    finding: str
    evidence: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    disputed: bool = False


class MeasureResult(ConditionResult):
    """A measure of the rule pack that others may apply; `effect` is the 有效性 of the cited document."""

    id: str
    sort: MeasureSort
    text: str
    cite: str
    effect: str


class ClauseResult(ConditionResult):
    """A credit clause of the tender; `points` are the tender's own, as written, and enter no score."""

    id: str
    sort: CreditSort
    clause: str
    text: str
    points: Decimal | None


class EvidenceFor(StrEnum):
    """What a piece of evidence is needed for."""

    SUBJECT = "主体"
    REQUIREMENT = "要求项"
    FACTOR = "能力要素"


class CoverageLine(Model):
    """One piece of evidence the judgement needs, and whether it is there.

    Without what is `mandatory` there is no conclusion, unless a proven gate decides.
    """

    name: str
    present: bool
    detail: str
    needed_for: EvidenceFor
    mandatory: bool = False


class Gap(Model):
    """One thing missing for a conclusion and how to supply it."""

    what: str
    why: str
    how: str
    clause: str = ""


class EvidenceGaps(Model):
    """缺件清单: why no conclusion can be given yet."""

    coverage: Decimal
    least: Decimal
    gaps: tuple[Gap, ...]


class Flip(Model):
    """A single change that would change the conclusion, found by re-deciding."""

    change: str
    conclusion: Conclusion


class RiskNote(Model):
    """风险提示: ranked, with evidence and a way to mitigate."""

    level: Level
    title: str
    text: str
    mitigation: str
    clause: str = ""
    basis: Basis = Basis.METHOD
    evidence: tuple[str, ...] = ()


class MemberIdentity(Model):
    """A member as judged."""

    uscc: str
    name: str
    share: Decimal
    work: str = ""


class PackIdentity(Model):
    """The rule pack used: name, hash, the day whose values were taken, and its 有效性."""

    name: str
    title: str
    sha256: str
    on: date
    effect: str


class Assessment(Model):
    """The whole judgement. Exactly one of `conclusion` and `gaps` is given."""

    applicant: tuple[MemberIdentity, ...]
    project: str
    round: int
    lot: str
    judged_on: date
    as_of: date
    pack: PackIdentity
    method: str = METHOD_VERSION
    snapshot_sha256: str
    conclusion: Conclusion | None
    gaps: EvidenceGaps | None
    disputed: bool
    binding: Reason | None
    reasons: tuple[Reason, ...]
    recommendation: str
    total: Score | None
    threshold: Score
    working: str
    gates: tuple[GateResult, ...]
    requirements: tuple[RequirementResult, ...]
    factors: tuple[FactorResult, ...]
    record: RecordResult
    similar: SimilarResult
    coverage: Decimal
    coverage_lines: tuple[CoverageLine, ...]
    flips: tuple[Flip, ...]
    sensitivity: str
    risks: tuple[RiskNote, ...]
    measures: tuple[MeasureResult, ...]
    clauses: tuple[ClauseResult, ...]

    @property
    def sentence(self) -> str:
        """Return the conclusion as printed, marked 【异议中】 where it rests on a disputed record."""
        text = self.conclusion.value if self.conclusion else "证据不足，未作结论"
        return f"{text}【异议中】" if self.disputed else text
