"""The issuer (机构) with its 备案 data, staff and seal, and the identity of one document."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator

from reportgen.errors import ReportgenError
from reportgen.faults import faults_of
from reportgen.project.model import Party
from reportgen.settings import Office
from reportgen.subject.base import Date, Model, Moment, Text, require_order
from reportgen.subject.identifiers import Uscc
from reportgen.subject.model import Subject


class GradingFiling(Model):
    """The filing that allows the agency to give a 综合信用等级, beside the one for its reports."""

    filing_number: Text
    authority: Text
    since: Date
    until: Date

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        require_order("since", self.since, "until", self.until)
        return self


class Agency(Model):
    """The agency and its 备案; `sample` marks an agency whose documents all carry 样例."""

    name: Text
    uscc: Uscc
    filing_number: Text
    filing_authority: Text
    filing_since: Date
    filing_until: Date
    public_list: Text
    address: Text
    phone: Text
    email: Text
    website: Text
    grading: GradingFiling | None = None
    sample: bool = False


class SealDesign(Model):
    """What the drawn seal shows; the diameter in mm, at most 45 by the state's rule on seals."""

    label: Text
    number: Text
    diameter_mm: Annotated[float, Field(ge=30, le=45)] = 42


class Staff(Model):
    """Who prepared (编制), reviewed (复核) and issued (签发) a document."""

    prepared_by: Text
    reviewed_by: Text
    issued_by: Text


class Verify(Model):
    """Where a report is verified online."""

    address: Annotated[str, Field(pattern=r"^https://[A-Za-z0-9.\-/:]+$", max_length=60)]


class ReportSettings(Model):
    """For how many days a report may be used."""

    valid_days: Annotated[int, Field(ge=1, le=365)] = 90


class Objection(Model):
    """Where objections go and within how many days they are answered."""

    phone: Text
    email: Text
    address: Text
    days: Annotated[int, Field(ge=1, le=60)] = 20


class Issuer(Model):
    """An office's settings as the document needs them."""

    agency: Agency
    seal: SealDesign
    staff: Staff
    verify: Verify
    report: ReportSettings = ReportSettings()
    objection: Objection


class Stage(StrEnum):
    """What a document is: a draft for review or an issued report."""

    DRAFT = "草稿"
    ISSUED = "正本"


class Binding(Model):
    """What a report is bound to beside the project: recipient, purpose, authorisation, payer."""

    recipient: Party
    purpose: Text
    authorisation: Text
    payer: Uscc


class Identity(Model):
    """Number, code, times and stage of one document; times are local to Asia/Shanghai."""

    number: Text
    code: Text
    url: Text
    stage: Stage
    issued_at: Moment
    valid_until: Date
    registered: bool
    signed: bool


def issuer_of(office: Office) -> Issuer:
    """Return an office's issuer; raises E0311 with every fault by its path in `reportgen.toml`."""
    try:
        return Issuer.model_validate(office.data)
    except ValidationError as error:
        raise ReportgenError("E0311", path=str(office.folder), faults=faults_of(error, "E0311")) from error


def grading_filing(agency: Agency, subject: Subject, on: date) -> GradingFiling:
    """Return the filing by which an agency may grade a subject on a day.

    Raises E1101 (its own filing is not in force), E1103 (it would grade itself or its owner), E1104 (no
    filing for grades in force).
    """
    if not agency.filing_since <= on <= agency.filing_until:
        raise ReportgenError("E1101", since=agency.filing_since, until=agency.filing_until, on=on)
    if agency.uscc in {subject.uscc, *(holder.uscc for holder in subject.shareholders)}:
        raise ReportgenError("E1103", detail=f"{agency.name}是被评定的主体或其股东")
    filing = agency.grading
    if filing is None:
        raise ReportgenError("E1104", path="agency.grading", detail=f"{agency.name}没有登记等级评定的备案")
    if not filing.since <= on <= filing.until:
        detail = f"等级评定备案有效期为 {filing.since} 至 {filing.until}，评定日为 {on}"
        raise ReportgenError("E1104", path="agency.grading", detail=detail)
    return filing
