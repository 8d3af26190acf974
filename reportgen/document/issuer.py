"""The issuer (机构) with its 备案 data, staff and seal, and the identity of one document."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, PrivateAttr, ValidationError, model_validator

from reportgen.document.own_look import PACKAGED, LookSettings, OwnLook, own_look
from reportgen.document.own_seal import own_seal
from reportgen.errors import ReportgenError
from reportgen.faults import Misfits, faults_of
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
    """The agency and its 备案; `sample` marks an agency whose documents all carry 样例.

    `filing_name` is the name in the filing, where it is not the agency's own; such an agency signs nothing.
    """

    name: Text
    uscc: Uscc
    filing_number: Text
    filing_authority: Text
    filing_name: Text | None = None
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
    """What the seal shows; the diameter in mm, at most 45 by the state's rule on seals.

    `file` is the agency's own picture, in the office folder; then `name` must say what stands on its ring, which
    otherwise is the agency's name.
    """

    file: Text | None = None
    name: Text | None = None
    label: Text
    number: Text
    diameter_mm: Annotated[float, Field(ge=30, le=45)] = 42

    @model_validator(mode="after")
    def _says_what_its_ring_says(self) -> Self:
        if self.file and not self.name:
            raise Misfits([("name", "用自备图样的，须写明印章边缘所刻的机构名称")])
        return self


class Staff(Model):
    """Who prepared (编制), reviewed (复核) and issued (签发) a document."""

    prepared_by: Text
    reviewed_by: Text
    issued_by: Text


class Verify(Model):
    """Where a report is verified online."""

    address: Annotated[str, Field(pattern=r"^https://[A-Za-z0-9.\-/:]+$", max_length=60)]


class ReportSettings(Model):
    """For how many years after issue a report is kept; no law read sets a number: 本机构设定."""

    keep_years: Annotated[int, Field(ge=1, le=100)] = 10


class ReceivedSettings(Model):
    """For how many days what was handed in at the portal is kept once it is done with: 本机构设定.

    `refused_days`: letters of authority of accounts that were never admitted, and of applications that were returned or
    withdrawn; `workbook_days`: workbooks that were taken or refused. Other letters are kept as long as reports are.
    """

    refused_days: Annotated[int, Field(ge=1, le=3650)] = 180
    workbook_days: Annotated[int, Field(ge=1, le=3650)] = 365


class Objection(Model):
    """Where objections go and within how many days they are answered."""

    phone: Text
    email: Text
    address: Text
    days: Annotated[int, Field(ge=1, le=60)] = 20


_NOT_PRINTED = {"signing", "timestamp", "web"}
"""Tables of the settings that the document does not need; `certify.keys` and `web.settings` read them."""


class Issuer(Model):
    """An office's settings as the document needs them."""

    agency: Agency
    seal: SealDesign
    staff: Staff
    verify: Verify
    report: ReportSettings = ReportSettings()
    received: ReceivedSettings = ReceivedSettings()
    objection: Objection
    look: LookSettings = LookSettings()
    _own_seal: str = PrivateAttr("")
    _own_look: OwnLook = PrivateAttr(PACKAGED)

    @property
    def own_seal(self) -> str:
        """Return the agency's own seal picture as SVG, nothing where the seal is drawn."""
        return self._own_seal

    @property
    def own_look(self) -> OwnLook:
        """Return the agency's own look, the packaged one where it has none."""
        return self._own_look

    def as_sample(self) -> "Issuer":
        """Return the issuer as a sample: without a real certificate nothing may pass for the real thing."""
        return self.model_copy(update={"agency": self.agency.model_copy(update={"sample": True})})


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
    """Number, code, times and stage of one document; times are local to Asia/Shanghai.

    `fingerprint` is that of the office's key for manifests (核验清单), as a reader compares it.
    """

    number: Text
    code: Text
    url: Text
    stage: Stage
    issued_at: Moment
    valid_until: Date
    registered: bool
    signed: bool
    fingerprint: str = ""


def issuer_of(office: Office) -> Issuer:
    """Return an office's issuer; raises E0311 with every fault by its path in `reportgen.toml`.

    Where it has a seal picture of its own, raises E0302 (no file) and E0704 (unfit) too. Its own look is not
    read yet: see `dressed`.
    """
    printed = {name: table for name, table in office.data.items() if name not in _NOT_PRINTED}
    try:
        issuer = Issuer.model_validate(printed)
    except ValidationError as error:
        raise ReportgenError("E0311", path=str(office.folder), faults=faults_of(error, "E0311")) from error
    if issuer.seal.file:
        issuer._own_seal = own_seal(office.folder / issuer.seal.file, issuer.seal.diameter_mm)
    return issuer


def dressed(issuer: Issuer, folder: Path) -> Issuer:
    """Return an issuer with the look of its office folder; raises E0311 with every file that is missing or unfit.

    Fonts take half a second to read, and what prints nothing needs none.
    """
    worn = issuer.model_copy()
    worn._own_look = own_look(folder, issuer.look)
    return worn


def require_independent(agency: Agency, subject: Subject, on: date) -> None:
    """Refuse a document about a subject that is the agency itself, or one it owns.

    Raises E1103 then, and E1101 (the agency's filing is not in force on the day).
    """
    if not agency.filing_since <= on <= agency.filing_until:
        raise ReportgenError("E1101", since=agency.filing_since, until=agency.filing_until, on=on)
    if agency.uscc in {subject.uscc, *(holder.uscc for holder in subject.shareholders)}:
        raise ReportgenError("E1103", detail=f"{agency.name}是所载主体或其股东")


def grading_filing(agency: Agency, subject: Subject, on: date) -> GradingFiling:
    """Return the filing by which an agency may grade a subject on a day.

    Raises E1101, E1103 (`require_independent`), E1104 (no filing for grades in force).
    """
    require_independent(agency, subject, on)
    filing = agency.grading
    if filing is None:
        raise ReportgenError("E1104", path="agency.grading", detail=f"{agency.name}没有登记等级评定的备案")
    if not filing.since <= on <= filing.until:
        detail = f"等级评定备案有效期为 {filing.since} 至 {filing.until}，评定日为 {on}"
        raise ReportgenError("E1104", path="agency.grading", detail=detail)
    return filing
