"""The issuer (机构) with its 备案 data, staff and seal, and the identity of one document."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, ValidationError

from reportgen.errors import ReportgenError
from reportgen.faults import faults_of
from reportgen.project.model import Party
from reportgen.settings import Office
from reportgen.subject.base import Date, Model, Moment, Text
from reportgen.subject.identifiers import Uscc


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
