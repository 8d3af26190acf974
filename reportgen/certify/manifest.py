"""The signed manifest (核验清单) of a project: what the register says of each report, at one moment.

With it a file is checked where no register can be asked. It is two lines of JSON: the content, and a seal
with the signature of exactly the content's bytes and the id of the key. `templates/offline.js` reads the same.
"""

import base64
import json
from dataclasses import replace
from typing import Literal

from pydantic import Field, ValidationError

from reportgen.certify.facts import Change, RegisterFacts, Source
from reportgen.certify.manifest_key import Keys, ManifestKey, signed_by
from reportgen.errors import ReportgenError
from reportgen.subject.base import Date, Model, Moment

FORM: Literal["reportgen manifest v1"] = "reportgen manifest v1"
_ALGORITHM = "ECDSA P-256 SHA-256, r||s"
_NAME, _LARGEST = 64, 1 << 26
"""How much of a key's name is shown, and the longest manifest that is read, in bytes: more than 50,000 reports."""


class Named(Model):
    """A legal entity by its code, and its name as the office knows it; nothing where that was erased."""

    uscc: str
    name: str


class Place(Model):
    """The project that a manifest is of, with its round."""

    id: str
    name: str
    round: int


class After(Model):
    """Something that happened after issue, which bars nobody: its word, and since when."""

    word: str
    at: Moment


class Listed(Model):
    """One issued report as the register had it at the manifest's moment; times are local to Asia/Shanghai.

    `state` is the register's own word and `usable` what follows from it; `later` are the numbers of the
    reports that take its place.
    """

    number: str
    kind: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    pages: int | None
    applicant: tuple[Named, ...]
    lot: str
    recipient: Named
    purpose: str
    conclusion: str
    issued_at: Moment
    valid_until: Date
    state: str
    usable: bool
    used_at: Moment | None
    used_by: str | None
    revoked_at: Moment | None
    changes: tuple[After, ...]
    later: tuple[str, ...]


class Beside(Model):
    """Another document that goes out with a manifest, such as a 比对汇总表: its kind, number and hash."""

    kind: str
    number: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(Model):
    """What the register says of every issued report of a project, at one moment.

    `lots` are the lots it covers, none for a project without lots; `sample` marks an agency whose documents
    are samples; `beside` are the documents that go out with it and are no reports.
    """

    form: Literal["reportgen manifest v1"] = FORM
    sample: bool
    agency: Named
    website: str
    project: Place
    lots: tuple[str, ...]
    as_of: Moment
    reports: tuple[Listed, ...]
    beside: tuple[Beside, ...] = ()


def make_manifest(manifest: Manifest, key: ManifestKey) -> bytes:
    """Return a manifest with its seal; the same content and key give the same bytes."""
    content = _canonical(manifest.model_dump(mode="json"))
    return content + b"\n" + _seal(key.key_id, key.sign(content))


def read_manifest(data: bytes, keys: Keys) -> Manifest:
    """Return a manifest that one of the keys has signed; raises E0504 for any other bytes."""
    if len(data) > _LARGEST:
        raise ReportgenError("E0504", detail="文件过大，不是清单")
    content, _, last = data.partition(b"\n")
    name, signature = _unsealed(last)
    if name not in keys:
        raise ReportgenError("E0504", detail=f"签署的密钥 {name[:_NAME]} 不在所信任的公钥之中")
    if not signed_by(keys[name], content, signature):
        raise ReportgenError("E0504", detail="签名与内容不符，清单被改动")
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        raise ReportgenError("E0504", detail="签名无误，内容不是本程序认识的格式") from error


def facts_of(manifest: Manifest, sha256: str, number: str = "") -> RegisterFacts:
    """Return what a manifest says of the file with a hash, else of the report with the number that it bears.

    Where it lists neither, the facts name the project alone.
    """
    facts = RegisterFacts(
        source=Source.MANIFEST,
        as_of=manifest.as_of,
        agency=manifest.agency.name,
        project=manifest.project.id,
        round=manifest.project.round,
    )
    other = next((document for document in manifest.beside if document.sha256 == sha256), None)
    if other is not None:
        return replace(facts, number=other.number, sha256=sha256, state=other.kind, usable=True)
    same = [report for report in manifest.reports if report.sha256 == sha256]
    found = same or [report for report in manifest.reports if report.number == number]
    return _told(facts, found[0]) if found else facts


def _told(facts: RegisterFacts, report: Listed) -> RegisterFacts:
    return replace(
        facts,
        number=report.number,
        sha256=report.sha256,
        state=report.state,
        usable=report.usable,
        lot=report.lot,
        recipient=report.recipient.uscc,
        valid_until=report.valid_until,
        consumed_at=report.used_at,
        changes=tuple(Change(after.word, after.at) for after in report.changes),
        later=report.later,
    )


def _seal(name: str, signature: bytes) -> bytes:
    said = {"algorithm": _ALGORITHM, "key_id": name, "signature": base64.b64encode(signature).decode()}
    return _canonical({"seal": said}) + b"\n"


def _unsealed(line: bytes) -> tuple[str, bytes]:
    """Return the key's id and the signature of a seal, which has one form only."""
    try:
        seal = json.loads(line)["seal"]
        name, signature = str(seal["key_id"]), base64.b64decode(seal["signature"])
        if _seal(name, signature) == line:
            return name, signature
    except (KeyError, RecursionError, TypeError, ValueError):
        pass
    raise ReportgenError("E0504", detail="不是清单，或被截断、接续、改动")


def _canonical(said: object) -> bytes:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
