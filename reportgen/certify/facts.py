"""What a check is handed in: what a register or a manifest says of the file, what is asked, whom to trust.

Plain values that load nothing: whoever has the register makes them, `certify.verify` compares.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import Fault, ReportgenError
from reportgen.files import unreadable

if TYPE_CHECKING:
    from cryptography import x509

VALID, EXPIRED, REVOKED = "有效", "已过期", "已撤销"
REPORT, RECORD, GRADE = "信用报告", "信用记录", "综合信用等级证书"
"""The kinds of document that are checked; only a report is for a project, and used up by it."""
NOTICE = "更正通知书"
"""Stands where a report's state would: the file is no report but corrects one."""
COMPARISON = "比对汇总表"
"""Stands there as well: the file sets the reports of a project side by side."""
USES, VOUCHER = "核销清单", "核销凭证"
"""And so do these: the file says which reports of a project were used, or that one of them was."""
BESIDE: Mapping[str, str] = {
    NOTICE: "须与所更正的报告一并使用",
    COMPARISON: "供评标委员会查对，不是信用报告",
    USES: "记载截至所载时刻的核销情况，不是信用报告",
    VOUCHER: "证明所载报告的一次核销，不是信用报告",
}
"""What each of them is for."""
USED = ("已核销", "已归档")
"""The register's own words for where an issued report stands."""
TEST_MARK = "测试"
"""Stands in the name of every test certificate."""
TRUST_FOLDER = "trust"
"""Where an office keeps the root certificates that it trusts."""
_SUFFIXES = {".pem", ".crt", ".cer", ".der"}
_PEM, _KEY = b"-----BEGIN CERTIFICATE-----", b"-----BEGIN PUBLIC KEY-----"
_LARGEST = 1 << 20


class Source(StrEnum):
    """Which book was asked: the office's register, or a project's manifest (核验清单) taken from it."""

    REGISTER = "register"
    MANIFEST = "manifest"


@dataclass(frozen=True)
class Change:
    """Something that happened after issue: its word, and since when."""

    word: str
    at: datetime


@dataclass(frozen=True)
class RegisterFacts:
    """What a book says of one file as of a moment local to Asia/Shanghai.

    `kind` is the sort of document: one that is no report has no project. `agency` is the name of whose book it is.
    Without a `number` the book knows no such file; one of a project then still names its `project`, `round` and,
    where it has not all of them, `lots`, for it covers no other. A `sha256` that is not the file's own belongs to
    the report of the number that the file bears. `usable` is what follows from `state` at `as_of`, `recipient` a
    USCC, and `later` the numbers of the reports that take this one's place. Without `use_told` the state is that
    before the use, and whether there was one is not said before the award notice (中标公示).
    """

    source: Source
    as_of: datetime
    agency: str
    kind: str = REPORT
    number: str = ""
    sha256: str = ""
    state: str = ""
    usable: bool = False
    project: str = ""
    round: int = 1
    lot: str = ""
    recipient: str = ""
    valid_until: date | None = None
    consumed_at: datetime | None = None
    changes: tuple[Change, ...] = ()
    later: tuple[str, ...] = ()
    lots: tuple[str, ...] = ()
    use_told: bool = True

    @property
    def used(self) -> bool:
        """Say whether the report was used for its project."""
        return self.state in USED


@dataclass(frozen=True)
class Asked:
    """The use that is asked about; what is left out is not asked."""

    project: str
    round: int | None = None
    lot: str | None = None


@dataclass(frozen=True)
class Trust:
    """Root certificates (DER) that a signature and a time stamp may lead to; none: nothing to check against."""

    roots: tuple[bytes, ...] = ()

    @classmethod
    def read(cls, *paths: Path) -> "Trust":
        """Return the certificates of files and folders, PEM or DER; raises E0301 (no certificate), E0302.

        A public key that lies among them, as that of the manifests may, is passed over.
        """
        return cls(tuple(dict.fromkeys(root for path in paths for root in _certificates(path))))

    @classmethod
    def of_office(cls, folder: Path) -> "Trust":
        """Return the roots in an office folder, none where it has no folder of them; raises what `read` raises."""
        own = folder / TRUST_FOLDER
        return cls.read(own) if own.is_dir() else cls()


def _certificates(path: Path) -> Iterable[bytes]:
    try:
        if path.is_dir():
            files = sorted(file for file in path.iterdir() if file.suffix.lower() in _SUFFIXES)
            return [root for file in files for root in _certificates(file)]
        with path.open("rb") as file:
            return _parsed(file.read(_LARGEST), path)
    except OSError as error:
        raise unreadable(path, error) from error


def _parsed(content: bytes, path: Path) -> list[bytes]:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    if _KEY in content and _PEM not in content:
        return []
    load = x509.load_pem_x509_certificates if _PEM in content else _of_der
    try:
        return [certificate.public_bytes(Encoding.DER) for certificate in load(content)]
    except ValueError as error:
        fault = Fault("E0301", path.name, "不是 PEM 或 DER 格式的证书")
        raise ReportgenError("E0301", path=str(path), faults=[fault]) from error


def _of_der(content: bytes) -> "list[x509.Certificate]":
    from cryptography import x509

    return [x509.load_der_x509_certificate(content)]
