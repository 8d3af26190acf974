"""The office's means to sign: `[signing]` and `[timestamp]` of `reportgen.toml`, loaded once a process.

No secret stands in the settings: the password of a PKCS#12 file and the PIN of a token come from a file of their
own or from the environment. Every time a signer is asked for, its certificate must be in force and name the
agency exactly as its filing (备案) and its seal do.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from cryptography import x509
from pydantic import Field, ValidationError, model_validator

from reportgen.certify.facts import TRUST_FOLDER, Trust
from reportgen.certify.signer import FileSigner, Signer, read_pkcs12, subject
from reportgen.certify.stamps import HttpStamper, LocalStamper, Policy, Stamper
from reportgen.document.issuer import Issuer, issuer_of
from reportgen.errors import Fault, ReportgenError
from reportgen.faults import Misfits, faults_of
from reportgen.files import unreadable
from reportgen.project.model import CHINA
from reportgen.settings import Office
from reportgen.subject.base import Model, Text

NOTICE_DAYS = 30
_NEEDED = {"pkcs12": ("file",), "pkcs11": ("module", "token", "label")}
_LARGEST_FILE = 1 << 20
_Server = Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=200)]


class SigningSettings(Model):
    """`[signing]`: a PKCS#12 file with its password, or a PKCS#11 token; paths begin in the office folder.

    `chain`: a PEM file of the certificates between the agency's and the root, where the key brings none.
    """

    kind: Literal["pkcs12", "pkcs11"]
    file: Text | None = None
    password_file: Text | None = None
    module: Text | None = None
    token: Text | None = None
    label: Text | None = None
    pin_file: Text | None = None
    chain: Text | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        missing = [name for name in _NEEDED[self.kind] if getattr(self, name) is None]
        if missing:
            raise Misfits([(name, "缺少此项") for name in missing])
        return self


class TimestampSettings(Model):
    """`[timestamp]`: whether a report needs a stamp, and the servers in their order or the local test key."""

    policy: Policy
    servers: Annotated[tuple[_Server, ...], Field(max_length=5)] = ()
    local: Text | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.policy is not Policy.OFF and bool(self.servers) == bool(self.local):
            raise Misfits([("servers", "须给出 servers 或 local 之一，且只给一项")])
        return self


class _Settings(Model):
    signing: SigningSettings
    timestamp: TimestampSettings


@dataclass(frozen=True)
class Notice:
    """Something that ends within NOTICE_DAYS or has ended, with its last day and the days left."""

    what: str
    until: date
    days: int

    def text(self) -> str:
        """Return the notice as one line."""
        left = f"还有 {self.days} 天" if self.days >= 0 else "已经届满"
        return f"{self.what}有效期至 {self.until}，{left}"


@dataclass(frozen=True)
class Signing:
    """The means to sign a report: signer, time stamper (none where the policy is off), and whom to trust."""

    signer: Signer
    stamper: Stamper | None
    policy: Policy
    trust: Trust
    notices: tuple[Notice, ...] = field(default=())


def open_signing(office: Office, at: datetime) -> Signing | None:
    """Return an office's means to sign at a moment local to Asia/Shanghai, None where it has no key.

    Raises E0802 (certificate not in force), E0803 (names differ) and what `load_signing` raises.
    """
    signing = load_signing(office)
    if signing is None:
        return None
    issuer = issuer_of(office)
    require_in_force(signing.signer.certificate, at)
    require_names(signing.signer.certificate, issuer)
    return replace(signing, notices=tuple(notices(signing, issuer, at)))


def load_signing(office: Office) -> Signing | None:
    """Return an office's means to sign whatever the day, None where it has no key.

    Raises E0311 (settings), E0302 (no such file), E0801, E0805 (key), E0806 (certificate unfit).
    """
    if "signing" not in office.data:
        return None
    settings = _settings(office)
    return _loaded(office.folder, settings, _versions(office.folder, settings))


def trusted_roots(office: Office) -> Trust:
    """Return the roots in the office's folder `trust`; raises E0301 (no certificate), E0302."""
    return Trust.of_office(office.folder)


def in_force(certificate: x509.Certificate) -> tuple[datetime, datetime]:
    """Return the first and the last moment of a certificate, local to Asia/Shanghai."""
    since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return since.astimezone(CHINA).replace(tzinfo=None), until.astimezone(CHINA).replace(tzinfo=None)


def require_in_force(certificate: x509.Certificate, at: datetime) -> None:
    """Refuse with E0802 a certificate that is not in force at a moment local to Asia/Shanghai."""
    since, until = in_force(certificate)
    if not since <= at <= until:
        raise ReportgenError("E0802", since=since, until=until, at=at)


def require_names(certificate: x509.Certificate, issuer: Issuer) -> None:
    """Refuse with E0803 where certificate, filing or seal do not name the agency exactly."""
    agency, certified = issuer.agency.name, subject(certificate).get("organization_name", "")
    named = (
        ("证书的 O", certified),
        ("agency.filing_name", issuer.agency.filing_name or agency),
        ("seal.name", issuer.seal.name or agency),
    )
    faults = [Fault("E0803", path, f"“{name}”") for path, name in named if name != agency]
    if faults:
        raise ReportgenError("E0803", name=agency, faults=faults)


def notices(signing: Signing, issuer: Issuer, at: datetime) -> Iterator[Notice]:
    """Yield what ends within NOTICE_DAYS: signing certificate, local time-stamp certificate, filing."""
    ends = [("签名证书", in_force(signing.signer.certificate)[1].date())]
    if isinstance(signing.stamper, LocalStamper):
        ends.append(("测试时间戳证书", in_force(signing.stamper.certificate)[1].date()))
    ends.append(("机构备案", issuer.agency.filing_until))
    for what, until in ends:
        days = (until - at.date()).days
        if days <= NOTICE_DAYS:
            yield Notice(what, until, days)


def secret(folder: Path, name: str, file: str | None) -> bytes | None:
    """Return a secret: REPORTGEN_<name>, else REPORTGEN_<name>_FILE, else the file of the settings.

    None where none is given; raises E0302. A line end at the end of a file is none of it.
    """
    given = os.environ.get(f"REPORTGEN_{name}")
    path = os.environ.get(f"REPORTGEN_{name}_FILE") or file
    if given:
        return given.encode()
    return read_file(folder / path).rstrip(b"\r\n") if path else None


def read_file(path: Path) -> bytes:
    """Return the content of a small file; raises E0302."""
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_FILE)
    except OSError as error:
        raise unreadable(path, error) from error


def certificates_of(path: Path) -> list[x509.Certificate]:
    """Return the certificates of a PEM or DER file; raises E0301, E0302."""
    return [x509.load_der_x509_certificate(der) for der in Trust.read(path).roots]


def _settings(office: Office) -> _Settings:
    given = {name: office.data[name] for name in ("signing", "timestamp") if name in office.data}
    try:
        return _Settings.model_validate(given)
    except ValidationError as error:
        # Whoever wrote a password into the settings must not find it in a message or a log as well.
        faults = [replace(fault, what=fault.what.partition("：")[0]) for fault in faults_of(error, "E0311")]
    raise ReportgenError("E0311", path=str(office.folder), faults=faults)


def _versions(folder: Path, settings: _Settings) -> tuple[tuple[str, int, int], ...]:
    """Return what tells that a file behind the settings was replaced while the process runs."""
    names = (settings.signing.file, settings.signing.chain, settings.timestamp.local)
    paths = [folder / name for name in names if name] + sorted((folder / TRUST_FOLDER).glob("*"))
    stats = [(path, path.stat()) for path in paths if path.is_file()]
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in stats)


@lru_cache(maxsize=4)
def _loaded(folder: Path, settings: _Settings, _: object) -> Signing:
    trust = trusted_roots(Office(folder, {}))
    signer = _signer(folder, settings.signing, trust)
    require_fit(signer, trust)
    stamper = _stamper(folder, settings.timestamp, trust)
    if isinstance(stamper, LocalStamper) and not signer.test:
        raise ReportgenError(
            "E0806", detail="本机测试时间戳只能配测试证书，正式证书须用 servers 所列的服务器"
        )
    return Signing(signer, stamper, settings.timestamp.policy, trust)


def _signer(folder: Path, settings: SigningSettings, trust: Trust) -> Signer:
    others = [x509.load_der_x509_certificate(root) for root in trust.roots]
    others += certificates_of(folder / settings.chain) if settings.chain else []
    if settings.kind == "pkcs11":
        pin = secret(folder, "PIN", settings.pin_file)
        return _token(settings, pin, others)
    password = secret(folder, "KEY_PASSWORD", settings.password_file)
    return FileSigner.load(read_file(folder / str(settings.file)), password, others)


def _token(settings: SigningSettings, pin: bytes | None, others: list[x509.Certificate]) -> Signer:
    try:
        from reportgen.certify.token import TokenSigner
    except ImportError as error:
        detail = "没有安装 PKCS#11 的支持，请安装 reportgen[pkcs11]"
        raise ReportgenError("E0805", detail=detail) from error
    return TokenSigner.open(str(settings.module), str(settings.token), str(settings.label), pin, others)


def require_fit(signer: Signer, trust: Trust) -> None:
    """Refuse with E0806 a certificate that may not sign documents, or that leads to no trusted root."""
    try:
        usage = signer.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        allowed = usage.digital_signature or usage.content_commitment
    except x509.ExtensionNotFound:
        allowed = True
    if not allowed:
        raise ReportgenError("E0806", detail="证书的用途不包括数字签名")
    top = (signer.certificate, *signer.chain)[-1]
    if top not in [x509.load_der_x509_certificate(root) for root in trust.roots]:
        raise ReportgenError("E0806", detail="证书没有连到 trust 文件夹中的根证书，缺少根证书或中间证书")


def _stamper(folder: Path, settings: TimestampSettings, trust: Trust) -> Stamper | None:
    if settings.policy is Policy.OFF:
        return None
    if settings.local:
        key, certificate, _ = read_pkcs12(read_file(folder / settings.local), None)
        return LocalStamper(certificate, key)
    return HttpStamper(settings.servers, trust)
