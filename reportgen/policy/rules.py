"""The rules of a pack: gates, rights, local switches, measures, recognition and printed statements."""

from enum import StrEnum

from pydantic import Field

from reportgen.policy.citation import Period
from reportgen.project.clauses import Condition
from reportgen.subject.base import Identifier, LongText, Region, Text
from reportgen.subject.holdings import QualificationKind
from reportgen.subject.matter import Matter
from reportgen.subject.window import Placing


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


class Statement(Period):
    """A sentence a report prints in the named matters (all where none is named), with its citation."""

    id: Identifier
    text: LongText
    matters: tuple[Matter, ...] = ()
    cite: Identifier


class SwitchTest(StrEnum):
    """What a local switch bars once its owner has chosen it; each is one function of `assess.choices`."""

    GRADE = "grade_c_or_d"
    SEVERE = "severe_record"


class Switch(Period):
    """A local rule that decides nothing by itself: a named owner may choose it for his own project.

    `text` is the rule in our own words; `caution` says what speaks against choosing it.
    """

    id: Identifier
    title: Text
    text: LongText
    caution: LongText = ""
    test: SwitchTest
    matters: tuple[Matter, ...] = Field(min_length=1)
    cite: Identifier


class MeasureSort(StrEnum):
    """Whether a measure rewards or restrains."""

    INCENTIVE = "联合激励"
    SANCTION = "联合惩戒"


class JointMeasure(Period):
    """A measure that others may apply by the cited rule; a report lists it and applies nothing."""

    id: Identifier
    sort: MeasureSort
    text: LongText
    condition: Condition
    matters: tuple[Matter, ...] = ()
    cite: Identifier


class Recognition(Period):
    """Another region (行政区划代码, its trailing zeros stand for all below) whose agencies are recognised."""

    region: Region
    title: Text
    cite: Identifier


class Information(Period):
    """The matters in which a report may print the finance warning as information."""

    matters: tuple[Matter, ...]
    cite: Identifier


class PayerRule(Period):
    """The matters in which the applicant itself may not bear the fee of its report."""

    matters: tuple[Matter, ...] = Field(min_length=1)
    cite: Identifier


class Withholding(Period):
    """Why a record is left out (`placing`; none: nobody checked what the subject declared), and by which rule."""

    placing: Placing | None = None
    cite: Identifier
