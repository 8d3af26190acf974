"""The machine-readable twin of a report: the judgement as data, attached to the PDF as `report.json`.

It holds what a machine needs to read the conclusion again, and no more: of persons nothing at all beyond the
sentences that the pages print, of records no content, and never the verification code. Its JSON Schema is
`reportgen schema report`; docs/twin.md explains it.
"""

import json
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Literal, TypeVar

import pikepdf
from pydantic import BaseModel, ValidationError

from reportgen.assess.case import Case
from reportgen.assess.model import (
    Assessment,
    Basis,
    Conclusion,
    CoverageLine,
    FactorResult,
    Flip,
    HeadCount,
    MemberIdentity,
    PackIdentity,
    Reason,
    RiskNote,
    Score,
    Verdict,
)
from reportgen.document.issuer import Agency, Stage
from reportgen.errors import Fault, ReportgenError
from reportgen.faults import faults_of
from reportgen.policy.rules import MeasureSort
from reportgen.policy.values import ConclusionRule, Weights
from reportgen.project.applicant import ComparedList
from reportgen.project.clauses import Condition, CreditSort
from reportgen.project.model import CHINA, ApplicantRole, Matter, Party
from reportgen.project.requirements import Factor
from reportgen.subject.base import Date, Model, Moment
from reportgen.subject.records import Head, Nature, RecordKind, RecordState, Severity

if TYPE_CHECKING:
    # The charts that composing needs take half a second to load, and reading a twin needs none.
    from reportgen.document.compose import Inputs

TWIN_FILE = "report.json"
"""Under this name a report carries its twin."""
_LARGEST = 16 * 1024 * 1024
_M = TypeVar("_M", bound=BaseModel)


class TwinAgency(Model):
    """Who issued the report, with its filing, and where the report is verified (without its code)."""

    name: str
    uscc: str
    filing_number: str
    filing_authority: str
    verify_address: str


class TwinProject(Model):
    """The one project the report is for; `lot` and `lot_name` are empty where there are no lots."""

    id: str
    name: str
    round: int
    lot: str
    lot_name: str
    matter: Matter
    category: str
    region: str
    bid_deadline: Moment | None
    decision_date: Date | None


class TwinGate(Model):
    """A 否决项; `claims` and `doubts` name what others than a public source say, and what of it is disputed."""

    id: str
    title: str
    tripped: bool
    unproven: bool
    reason: Reason
    claims: tuple[str, ...]
    doubts: tuple[str, ...]


class TwinRequirement(Model):
    """A requirement with what it asks, what there is, and what it rests on."""

    id: str
    clause: str
    name: str
    factor: Factor
    kind: str
    hard: bool
    gate: bool
    verdict: Verdict
    basis: Basis
    cite: str
    required: str
    actual: str
    margin: str
    slack: Decimal | None
    formula: str
    note: str
    evidence: tuple[str, ...]
    disputed: bool
    doubts: tuple[str, ...]


class TwinRecord(Model):
    """A record in use, by its number and without its content, and the points it costs."""

    evidence: str
    head: Head
    kind: RecordKind
    nature: Nature
    state: RecordState
    placing: str
    number: str
    authority: str
    determined_on: date
    severity: Severity | None
    severity_from: str
    fulfilment: str
    points: Decimal
    working: str


class TwinRecords(Model):
    """The credit record in the look-back from `start` to `end`, newest first."""

    score: Score
    start: date
    end: date
    three_years_clean: bool
    finding: str
    counts: tuple[HeadCount, ...]
    items: tuple[TwinRecord, ...]


class TwinContract(Model):
    """A similar contract, in 元, and how it went; without names."""

    evidence: str
    category: str
    role: str
    value: Decimal
    signed_on: date
    accepted_on: date | None
    status: str
    went: str
    score: Score | None
    working: str


class TwinSimilar(Model):
    """The similar contracts of the look-back."""

    score: Score | None
    finding: str
    items: tuple[TwinContract, ...]


class TwinMeasure(Model):
    """A joint measure whose condition holds; the agency lists it and applies none."""

    id: str
    sort: MeasureSort
    text: str
    cite: str
    effect: str
    finding: str
    evidence: tuple[str, ...]
    disputed: bool


class TwinClause(Model):
    """A clause of the tender on credit, with what was found; its points enter no score."""

    id: str
    sort: CreditSort
    clause: str
    text: str
    points: Decimal | None
    condition: Condition
    holds: Verdict
    finding: str
    evidence: tuple[str, ...]
    disputed: bool


class Twin(Model):
    """A report as data. Scores are 0–100, shares 0–1, sums in 元; times carry their offset.

    `evidence` names facts as `USCC:fact id`, `cites` name the entries of `citations`. `look_sha256` is that of the
    agency's own look, empty for the packaged one.
    """

    format: Literal["reportgen/report/1"] = "reportgen/report/1"
    number: str
    stage: Stage
    sample: bool
    registered: bool
    signed: bool
    issued_at: Moment
    valid_until: Date
    as_of: Date
    judged_on: Date
    agency: TwinAgency
    applicant: tuple[MemberIdentity, ...]
    compared: tuple[ComparedList, ...] = ()
    role: ApplicantRole
    project: TwinProject
    recipient: Party
    purpose: str
    pack: PackIdentity
    method: str
    snapshot_sha256: str
    look_sha256: str = ""
    conclusion: Conclusion
    disputed: bool
    sentence: str
    reasons: tuple[Reason, ...]
    recommendation: str
    total: Score | None
    working: str
    thresholds: ConclusionRule
    weights: Weights
    gates: tuple[TwinGate, ...]
    requirements: tuple[TwinRequirement, ...]
    factors: tuple[FactorResult, ...]
    record: TwinRecords
    similar: TwinSimilar
    coverage: Decimal
    coverage_lines: tuple[CoverageLine, ...]
    flips: tuple[Flip, ...]
    sensitivity: str
    risks: tuple[RiskNote, ...]
    measures: tuple[TwinMeasure, ...]
    clauses: tuple[TwinClause, ...]
    citations: Mapping[str, str]


def twin(inputs: "Inputs") -> bytes:
    """Return a report's twin as canonical JSON: keys sorted, no white space, UTF-8.

    Raises ValueError for an assessment without a conclusion: there is no report then.
    """
    data = _twin(inputs).model_dump(mode="json")
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _twin(inputs: "Inputs") -> Twin:
    case, found, identity = inputs.case, inputs.assessment, inputs.identity
    if found.conclusion is None:
        raise ValueError("the assessment has no conclusion")
    return Twin(
        number=identity.number,
        stage=identity.stage,
        sample=inputs.issuer.agency.sample,
        registered=identity.registered,
        signed=identity.signed,
        issued_at=_local(identity.issued_at),
        valid_until=identity.valid_until,
        as_of=found.as_of,
        judged_on=found.judged_on,
        agency=_agency(inputs.issuer.agency, inputs.issuer.verify.address),
        applicant=found.applicant,
        compared=case.applicant.compared,
        role=case.project.role,
        project=_project(case),
        recipient=inputs.binding.recipient,
        purpose=inputs.binding.purpose,
        pack=found.pack,
        method=found.method,
        snapshot_sha256=found.snapshot_sha256,
        look_sha256=inputs.issuer.own_look.sha256,
        conclusion=found.conclusion,
        disputed=found.disputed,
        sentence=found.sentence,
        reasons=found.reasons,
        recommendation=found.recommendation,
        total=found.total,
        working=found.working,
        thresholds=case.policy.conclusion,
        weights=case.policy.weights,
        gates=tuple(_told(TwinGate, item) for item in found.gates),
        requirements=tuple(_told(TwinRequirement, item) for item in found.requirements),
        factors=found.factors,
        record=_records(found),
        similar=_similar(found),
        coverage=found.coverage,
        coverage_lines=found.coverage_lines,
        flips=found.flips,
        sensitivity=found.sensitivity,
        risks=found.risks,
        measures=tuple(_told(TwinMeasure, item) for item in found.measures if item.holds is Verdict.MET),
        clauses=tuple(_told(TwinClause, item) for item in found.clauses),
        citations={cite: case.policy.citation(cite).label() for cite in sorted(set(_cites(found)))},
    )


def _agency(agency: Agency, address: str) -> TwinAgency:
    return TwinAgency(
        name=agency.name,
        uscc=agency.uscc,
        filing_number=agency.filing_number,
        filing_authority=agency.filing_authority,
        verify_address=address,
    )


def _project(case: Case) -> TwinProject:
    project = case.project
    return TwinProject(
        id=project.id,
        name=project.name,
        round=project.round,
        lot=project.lot.id if project.lot else "",
        lot_name=project.lot.name if project.lot else "",
        matter=project.matter,
        category=project.category,
        region=project.region,
        bid_deadline=_local(project.bid_deadline) if project.bid_deadline else None,
        decision_date=project.decision_date,
    )


def _records(found: Assessment) -> TwinRecords:
    told = {name: getattr(found.record, name) for name in TwinRecords.model_fields if name != "items"}
    return TwinRecords(**told, items=tuple(_told(TwinRecord, item) for item in found.record.items))


def _similar(found: Assessment) -> TwinSimilar:
    items = tuple(_told(TwinContract, item) for item in found.similar.items)
    return TwinSimilar(score=found.similar.score, finding=found.similar.finding, items=items)


def _told(kind: type[_M], item: BaseModel) -> _M:
    """Return of an item what the kind tells, and nothing else."""
    return kind.model_validate({name: getattr(item, name) for name in kind.model_fields})


def _cites(found: Assessment) -> Iterator[str]:
    for reason in (*found.reasons, *(gate.reason for gate in found.gates)):
        yield from reason.cites
    yield from (item.cite for item in found.requirements if item.cite)
    yield from (item.cite for item in found.measures if item.holds is Verdict.MET)


def _local(value: datetime) -> datetime:
    return value.replace(tzinfo=CHINA)


def read_twin(pdf: bytes) -> Twin | None:
    """Return the twin that a report carries, None where it carries none; raises E0301 for a broken one."""
    try:
        with pikepdf.open(BytesIO(pdf), suppress_warnings=True) as opened:
            files = [item for item in opened.Root.get("/AF", []) if str(item.get("/UF")) == TWIN_FILE]
            texts = [_unpacked(item["/EF"]["/F"]) for item in files]
    except (pikepdf.PdfError, zlib.error, AttributeError, KeyError, TypeError, ValueError) as error:
        raise _broken("文件或附件的结构损坏") from error
    if len(texts) > 1:
        raise _broken(f"附有 {len(texts)} 份，只应有一份")
    return _read(texts[0]) if texts else None


def _unpacked(stream: pikepdf.Object) -> bytes:
    # A stranger's file may unpack to any size: no more is unpacked than a twin may hold.
    if stream.get("/Filter") is None:
        return stream.read_raw_bytes()
    if stream["/Filter"] != "/FlateDecode":
        raise _broken("压缩方式不是 FlateDecode")
    unpacking = zlib.decompressobj()
    data = unpacking.decompress(stream.read_raw_bytes(), _LARGEST)
    if not unpacking.eof:
        raise _broken(f"不完整，或超过 {_LARGEST} 字节")
    return data


def _read(text: bytes) -> Twin:
    try:
        return Twin.model_validate_json(text)
    except ValidationError as error:
        raise ReportgenError("E0301", path=TWIN_FILE, faults=faults_of(error, "E0301")) from error


def _broken(why: str) -> ReportgenError:
    return ReportgenError("E0301", path=TWIN_FILE, faults=[Fault("E0301", "", why)])
