"""The machine-readable twins of the two documents that are bound to no project: `record.json` and `grade.json`.

As in `report.json`, of records no content is told, of persons nothing, and never the verification code. Their
JSON Schemas are `reportgen schema record` and `reportgen schema grade`.
"""

import json
from typing import Literal

from reportgen.assess.extract import Extract, ExtractCount, ExtractItem, LeftOut
from reportgen.assess.grade import GradeAssessment, GradeReason
from reportgen.assess.grade_fields import GradeField
from reportgen.assess.model import PackIdentity
from reportgen.document.issuer import GradingFiling, Identity, Issuer
from reportgen.document.twin import TwinAgency
from reportgen.project.model import CHINA
from reportgen.subject.base import Date, Model, Moment
from reportgen.subject.records import Closure, Fulfilment, Grade, Head, RecordKind, RecordState

RECORD_FILE, GRADE_FILE = "record.json", "grade.json"
"""Under these names a 信用记录 and a 综合信用等级证书 carry their twins."""


class TwinEntry(Model):
    """A record by kind, dates and state, with the evidence name of its fact; `checked`: it is not 未核实."""

    evidence: str
    head: Head
    kind: RecordKind
    title: str
    number: str
    authority: str
    determined_on: Date
    valid_from: Date | None
    valid_until: Date | None
    fulfilment: Fulfilment
    closure: Closure | None
    state: RecordState
    checked: bool


class RecordTwin(Model):
    """A 信用记录 as data: what is shown under each head, newest first, and what was left out for its age."""

    format: Literal["reportgen/record/1"] = "reportgen/record/1"
    number: str
    sample: bool
    signed: bool
    issued_at: Moment
    valid_until: Date
    as_of: Date
    since: Date
    complete: bool
    agency: TwinAgency
    uscc: str
    name: str
    pack: PackIdentity
    counts: tuple[ExtractCount, ...]
    records: tuple[TwinEntry, ...]
    left_out: tuple[LeftOut, ...]


def record_twin(found: Extract, issuer: Issuer, identity: Identity) -> bytes:
    """Return the twin of a 信用记录 as canonical JSON: keys sorted, no white space, UTF-8."""
    return _canonical(
        RecordTwin(
            number=identity.number,
            sample=issuer.agency.sample,
            signed=identity.signed,
            issued_at=identity.issued_at.replace(tzinfo=CHINA),
            valid_until=found.valid_until,
            as_of=found.as_of,
            since=found.start,
            complete=found.complete,
            agency=_agency(issuer),
            uscc=found.uscc,
            name=found.name,
            pack=found.pack,
            counts=found.counts,
            records=tuple(map(_entry, found.items)),
            left_out=found.left_out,
        )
    )


class GradeTwin(Model):
    """A 综合信用等级证书 as data: the class with all its reasons, and the three fields that explain it."""

    format: Literal["reportgen/grade/1"] = "reportgen/grade/1"
    number: str
    sample: bool
    signed: bool
    issued_at: Moment
    valid_since: Date
    valid_until: Date
    as_of: Date
    agency: TwinAgency
    filing: GradingFiling
    uscc: str
    name: str
    grade: Grade
    disputed: bool
    sentence: str
    reasons: tuple[GradeReason, ...]
    notes: tuple[str, ...]
    fields: tuple[GradeField, ...]
    cites: tuple[str, ...]
    pack: PackIdentity
    method: str
    notice: str


def grade_twin(found: GradeAssessment, filing: GradingFiling, issuer: Issuer, identity: Identity) -> bytes:
    """Return the twin of a certificate, likewise; raises ValueError where no class was given."""
    if found.grade is None or found.term is None:
        raise ValueError("the assessment has no grade")
    same = {name: getattr(found, name) for name in GradeTwin.model_fields if name in _SAME}
    return _canonical(
        GradeTwin(
            number=identity.number,
            sample=issuer.agency.sample,
            signed=identity.signed,
            issued_at=identity.issued_at.replace(tzinfo=CHINA),
            valid_since=found.term.since,
            valid_until=found.term.until,
            agency=_agency(issuer),
            filing=filing,
            sentence=found.sentence,
            **same,
        )
    )


_SAME = set(GradeAssessment.model_fields)


def _entry(item: ExtractItem) -> TwinEntry:
    return TwinEntry(**{name: getattr(item, name) for name in TwinEntry.model_fields})


def _agency(issuer: Issuer) -> TwinAgency:
    agency = issuer.agency
    told = {name: getattr(agency, name) for name in TwinAgency.model_fields if name != "verify_address"}
    return TwinAgency(**told, verify_address=issuer.verify.address)


def _canonical(twin: Model) -> bytes:
    data = twin.model_dump(mode="json")
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
