"""What an owner writes beside his requirements: local rules he chose, and clauses that reward good credit."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from reportgen.subject.base import ONE_FORM, WRITTEN, Date, Identifier, LongText, Model, Text
from reportgen.subject.identifiers import Uscc


class Party(Model):
    """The owner (招标人, 采购人, 主管部门) or its agent."""

    name: Text
    uscc: Uscc


class Choice(Model):
    """The recorded choice of a local rule by the project's owner, with the clause that publishes it.

    A local rule is never a silent default: without this record it decides nothing.
    """

    switch: Identifier
    by: Party
    clause: Text
    chosen_on: Date


class Condition(StrEnum):
    """What an incentive, a measure or a tender's credit clause depends on."""

    CLEAN = "连续三年无不良信用记录"
    HONOUR = "守信激励名单或纳税信用A级在有效期内"
    GRADE_A = "综合信用等级A级在有效期内"
    SERIOUS_LIST = "在严重失信主体名单上"
    SEVERE = "有严重及以上失信记录"
    DEFAULTER = "失信被执行人"


class CreditSort(StrEnum):
    """How a tender's own clause rewards good credit."""

    POINTS = "信用加分"
    PREFERENCE = "同等条件优先"


class CreditClause(Model):
    """A clause of the tender that rewards good credit; the report says whether its condition holds.

    `points` are the tender's own, printed as they stand and used in no score of ours.
    """

    id: Identifier
    clause: Text
    text: LongText
    sort: CreditSort
    condition: Condition
    points: Annotated[Decimal, Field(gt=0, le=100), WRITTEN, ONE_FORM] | None = None
