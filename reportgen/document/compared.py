"""What a 比对汇总表 says, as data: the reports of a project beside each other, lot by lot, in the order of their numbers.

It holds nothing that ranks: no total of any applicant, and no order but that of the numbers. The table prints it,
and carries it as `comparison.json`.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Literal

from reportgen.assess.model import (
    Assessment,
    Basis,
    Conclusion,
    GateResult,
    Reason,
    RequirementResult,
    Score,
    Verdict,
)
from reportgen.document.issuer import Agency
from reportgen.document.relations import Relation
from reportgen.policy.citation import Citation
from reportgen.project.model import Matter
from reportgen.project.requirements import Factor
from reportgen.subject.base import Date, Model, Moment
from reportgen.subject.records import Nature, RecordState, Severity

FILE = "comparison.json"
"""Under this name the table carries its data."""
FORM: Literal["reportgen comparison v1"] = "reportgen comparison v1"
_SEVERE = {Severity.SERIOUS, Severity.GRAVE}
_BELOW = re.compile(r"综合得分 (?:无法计算|[\d.,]+ 分)，低于 [\d.,]+ 分")
_BESIDE = re.compile(r"，综合得分 [\d.,]+ 分$")


class Party(Model):
    """A legal entity; its name is empty where the office had to forget it."""

    uscc: str
    name: str


class Partner(Party):
    """A member of an applicant with its share of 0 to 1 and its part of the work; None where that was erased."""

    share: Decimal | None = None
    work: str = ""


class Level(Model):
    """A factor's level and the least that the method asks of it, on the scale of 0 to 100; None: not rated."""

    factor: Factor
    level: Score | None
    floor: Score


class Asked(Model):
    """A requirement as the tender states it."""

    id: str
    clause: str
    text: str
    name: str
    hard: bool


class Met(Model):
    """How an applicant stands to a requirement, which is named by its place in the lot's list."""

    asked: int
    verdict: Verdict
    disputed: bool


class Gate(Model):
    """A 否决项 that is tripped, or of which nobody can say."""

    title: str
    unproven: bool


class Judged(Model):
    """What was judged when the report was issued; `hard` counts the requirements that are a must.

    `adverse` and `severe` count records in use, `severe_disputed` the severe ones that are 异议中.
    """

    conclusion: Conclusion | None
    disputed: bool
    reasons: tuple[str, ...]
    basis: Basis | None
    ground: str
    gates: tuple[Gate, ...]
    hard: int
    hard_met: int
    hard_unmet: int
    hard_unproven: int
    levels: tuple[Level, ...]
    coverage: Decimal
    adverse: int
    severe: int
    severe_disputed: int
    as_of: Date
    pack: str
    method: str
    requirements: tuple[Met, ...]


class Since(Model):
    """Something that happened after issue: its word, and since when."""

    word: str
    at: Moment


class Finding(Model):
    """What the check of a report's file came to; `sound` is None where there was no file to check."""

    sound: bool | None
    says: str


class Report(Model):
    """A report as the register has it, with the check of its file and what was judged; None: that was erased."""

    number: str
    applicant: tuple[Partner, ...]
    recipient: Party
    conclusion: str
    issued_at: Moment
    valid_until: Date
    state: str
    used_at: Moment | None
    revoked_at: Moment | None
    changes: tuple[Since, ...]
    later: tuple[str, ...]
    sha256: str
    pages: int | None
    file: str
    finding: Finding
    judged: Judged | None


class Lot(Model):
    """A lot, or the project where it has none, with its reports in the order of their numbers.

    `unread` are the numbers of the reports whose facts were erased, so that no relation of theirs is known.
    """

    id: str
    name: str
    requirements: tuple[Asked, ...]
    reports: tuple[Report, ...]
    relations: tuple[Relation, ...]
    unread: tuple[str, ...]


class Place(Model):
    """The project compared, with its round and its 投标截止时间 or 决定日期 as text."""

    id: str
    name: str
    round: int
    matter: Matter
    owner: Party
    agent: Party | None
    closes_by: str
    closes: str


class Comparison(Model):
    """A 比对汇总表 as of a moment local to Asia/Shanghai."""

    form: Literal["reportgen comparison v1"] = FORM
    number: str
    sample: bool
    agency: Party
    project: Place
    as_of: Moment
    lots: tuple[Lot, ...]

    def data(self) -> bytes:
        """Return the comparison as JSON."""
        return self.model_dump_json(indent=1).encode()

    @property
    def reports(self) -> tuple[Report, ...]:
        """Return all reports, lot by lot."""
        return tuple(report for lot in self.lots for report in lot.reports)


def party(agency: Agency) -> Party:
    """Return an agency as a party."""
    return Party(uscc=agency.uscc, name=agency.name)


def asked(assessments: Iterable[Assessment]) -> tuple[Asked, ...]:
    """Return every requirement that was judged, in the order of the tender; an amended one stands beside the first."""
    found = [_asked(item) for assessment in assessments for item in assessment.requirements]
    return tuple(sorted(dict.fromkeys(found), key=_place_of(found)))


def judged(assessment: Assessment, requirements: Sequence[Asked], shelf: Mapping[str, Citation]) -> Judged:
    """Return what an assessment found, without its total; its requirements are among those given."""
    hard = [item for item in assessment.requirements if item.hard]
    adverse = [item for item in assessment.record.items if item.nature is Nature.ADVERSE]
    severe = [item for item in adverse if item.severity in _SEVERE]
    binding, pack = assessment.binding, assessment.pack
    return Judged(
        conclusion=assessment.conclusion,
        disputed=assessment.disputed,
        reasons=tuple(without_total(reason.text) for reason in assessment.reasons),
        basis=binding.basis if binding else None,
        ground=_ground(binding, shelf) if binding else "",
        gates=tuple(Gate(title=g.title, unproven=not g.tripped) for g in assessment.gates if _open(g)),
        hard=len(hard),
        hard_met=_count(hard, Verdict.MET),
        hard_unmet=_count(hard, Verdict.UNMET),
        hard_unproven=_count(hard, Verdict.UNPROVEN),
        levels=tuple(Level(factor=f.factor, level=f.score, floor=f.floor) for f in assessment.factors),
        coverage=assessment.coverage,
        adverse=len(adverse),
        severe=len(severe),
        severe_disputed=sum(item.state is RecordState.DISPUTED for item in severe),
        as_of=assessment.as_of,
        pack=f"{pack.title}（{pack.on}）",
        method=assessment.method,
        requirements=tuple(
            Met(asked=requirements.index(_asked(item)), verdict=item.verdict, disputed=item.disputed)
            for item in assessment.requirements
        ),
    )


def without_total(text: str) -> str:
    """Return a reason without the applicant's total: beside those of others it would be a ranking."""
    return _BESIDE.sub("", _BELOW.sub("未达到机构方法的综合要求", text))


def _asked(item: RequirementResult) -> Asked:
    return Asked(id=item.id, clause=item.clause, text=item.text, name=item.name, hard=item.hard)


def _place_of(found: Sequence[Asked]) -> Callable[[Asked], int]:
    first: dict[str, int] = {}
    for item in found:
        first.setdefault(item.id, len(first))
    return lambda item: first[item.id]


def _open(gate: GateResult) -> bool:
    return gate.tripped or gate.unproven


def _count(items: Iterable[RequirementResult], verdict: Verdict) -> int:
    return sum(item.verdict is verdict for item in items)


def _ground(reason: Reason, shelf: Mapping[str, Citation]) -> str:
    """Return the clause or the law that a reason names; only law that was re-checked is told."""
    laws = [shelf[cite].label() for cite in reason.cites if cite in shelf and shelf[cite].printable]
    return "；".join([*laws, *([reason.clause] if reason.clause else [])])
