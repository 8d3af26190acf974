"""What a file's signature says: each fact apart, nothing judged. pyHanko reads, `points` explains.

Nothing here trusts the file: whatever is wrong with it becomes a reason, never a traceback. Of a file that is
no PDF with exactly one signature no more is read than that.
"""

import re
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from reportgen.certify.facts import TEST_MARK, Trust
from reportgen.zone import CHINA

if TYPE_CHECKING:
    from asn1crypto import cms, x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus
    from pyhanko_certvalidator import ValidationContext

T = TypeVar("T")
_ENTRY = re.compile(rb"[0-9]{10} [0-9]{5} [nf]")
_RANGE = re.compile(rb"/ByteRange *\[ *0 +[0-9]{1,10} +([0-9]{1,10}) +([0-9]{1,10}) *\]")
_NUMBER = re.compile(rb"[A-Z]{2}[0-9]{8}[0-9A-Z]{8}-[0-9A-Z]")
LARGEST = 50 * 1024 * 1024
"""The longest file that is read, in bytes; a report has a hundredth of it."""
MOST_OBJECTS = 50_000
"""The most objects that a table in a file may list; a report has a tenth of it."""
_ALL_UNPACKED = 16 * 1024 * 1024
"""What is unpacked of a file at most, in bytes, all together."""
_UNPACKED = 320 * 1024
"""What is unpacked to find the signature, in bytes: the list of objects and a few of them take a fifth of it."""


class Unreadable(StrEnum):
    """Why a file's signature cannot be read."""

    TOO_LARGE = "TOO_LARGE"
    NOT_PDF = "NOT_PDF"
    BROKEN = "BROKEN"
    ENCRYPTED = "ENCRYPTED"
    UNSIGNED = "UNSIGNED"
    SEVERAL = "SEVERAL"


class Coverage(StrEnum):
    """How much of the file the signature covers."""

    WHOLE = "WHOLE"
    TRAILING = "TRAILING"
    REVISED = "REVISED"
    PARTLY = "PARTLY"
    PADDING = "PADDING"


@dataclass(frozen=True)
class Stamp:
    """A time stamp: its time, whether its own signature holds for this one, and whether it leads to a root.

    `trusted` is None where no roots were given.
    """

    at: datetime
    sound: bool
    trusted: bool | None


@dataclass(frozen=True)
class Seen:
    """What the one signature of a file says; moments are local to Asia/Shanghai.

    `intact`: the signed bytes are as they were signed. `certified`: as a certification that allows no changes.
    `chain`: whether the certificate leads to a given root, None where none was given or the certificate's key
    did not sign. `since` and `until` bound the certificate, `claimed` is the signer's own word for when it signed.
    """

    signer: str
    test: bool
    intact: bool
    certified: bool
    coverage: Coverage
    chain: bool | None
    since: datetime
    until: datetime
    claimed: datetime | None
    stamp: Stamp | None


def number_of(data: bytes) -> str:
    """Return the report number that a file's metadata bear, nothing where there is none; anybody may write one."""
    found = _NUMBER.search(data)
    return found[0].decode() if found else ""


def inspect(data: bytes, trust: Trust, at: datetime) -> Seen | Unreadable:
    """Return what the signature of a file says, or why it cannot be read; `at` counts without a time stamp."""
    if len(data) > LARGEST:
        return Unreadable.TOO_LARGE
    if not data.startswith(b"%PDF-"):
        return Unreadable.NOT_PDF
    try:
        return _read(data, trust, at)
    except Exception:
        # A stranger's bytes can break a parser anywhere; where does not matter to whoever asks.
        return Unreadable.BROKEN


def opened(data: bytes, most: int = _ALL_UNPACKED) -> "PdfFileReader":
    """Return pyHanko's reader of a file, which unpacks no more than `most` bytes of it all together."""
    from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
    from pyhanko.pdf_utils.reader import PdfFileReader

    if next(islice(_ENTRY.finditer(data), MOST_OBJECTS, None), None):
        raise ValueError(f"more than {MOST_OBJECTS} objects")
    limits = DecodeLimits(StreamDecodeLimits(), document_budget=DocumentDecodeBudget(most, 0))
    return PdfFileReader(BytesIO(data), decode_limits=limits)


def _opened_somehow(data: bytes) -> "PdfFileReader":
    """Return the reader of a file, or of what its signature covers where bytes behind that hide the file's end."""
    try:
        return opened(data, _UNPACKED)
    except Exception:
        found = _RANGE.search(data)
        end = int(found[1]) + int(found[2]) if found else 0
        if not 0 < end < len(data):
            raise
        return opened(data[:end], _UNPACKED)


def _read(data: bytes, trust: Trust, at: datetime) -> Seen | Unreadable:
    from pyhanko.sign.fields import enumerate_sig_fields
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

    reader = _opened_somehow(data)
    if reader.encrypted:
        return Unreadable.ENCRYPTED
    signed = [(name, field) for name, _, field in enumerate_sig_fields(reader, filled_status=True)]
    if len(signed) != 1:
        return Unreadable.SEVERAL if signed else Unreadable.UNSIGNED
    name, field = signed[0]
    return _seen(data, EmbeddedPdfSignature(reader, field, name), trust, at)


def _seen(data: bytes, embedded: "EmbeddedPdfSignature", trust: Trust, at: datetime) -> Seen:
    certificate = embedded.signer_cert
    since, until = _local(certificate.not_valid_before), _local(certificate.not_valid_after)
    claimed = embedded.self_reported_timestamp
    told = _local(claimed) if claimed is not None else None
    stamped = _stamped(embedded.signer_info)
    when = min(max(stamped or told or at, since), until)
    status = _validated(embedded, trust, when, stamped or at)
    return Seen(
        signer=_organisation(certificate),
        test=TEST_MARK in certificate.subject.human_friendly,
        intact=status.intact and status.valid,
        certified=_certified(embedded),
        coverage=_coverage(data, embedded, status.coverage),
        chain=_chain(status) if trust.roots and status.valid else None,
        since=since,
        until=until,
        claimed=told,
        stamp=_stamp(status, stamped, trust),
    )


def _stamped(info: "cms.SignerInfo") -> datetime | None:
    """Return the time that the first time stamp gives, whatever it is worth."""
    from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

    token = next(extract_tst_data_iter(info, signed=False), None)
    if token is None:
        return None
    return _local(token["encap_content_info"]["content"].parsed["gen_time"].native)


def _validated(
    embedded: "EmbeddedPdfSignature", trust: Trust, when: datetime, stamped: datetime
) -> "PdfSignatureStatus":
    """Return pyHanko's findings, the chain as of `when` and that of the time stamp as of its own time."""
    from pyhanko.sign.validation.pdf_embedded import async_validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    # Whatever covers less than the whole file is refused, so nobody needs to know what was added.
    return _done(
        async_validate_pdf_signature(
            embedded,
            _context(trust, when),
            _context(trust, stamped),
            key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}),
            skip_diff=True,
        )
    )


def _done(work: Coroutine[object, None, T]) -> T:
    """Return what a piece of work comes to that waits for nothing, since nothing is fetched: it needs no loop."""
    try:
        work.send(None)
    except StopIteration as end:
        done: T = end.value
        return done
    finally:
        work.close()
    raise AssertionError("pyHanko waits for something")


def _context(trust: Trust, when: datetime) -> "ValidationContext":
    from asn1crypto import x509
    from pyhanko_certvalidator import ValidationContext

    roots = [x509.Certificate.load(root) for root in trust.roots]
    return ValidationContext(trust_roots=roots, moment=when.replace(tzinfo=CHINA), allow_fetching=False)


def _chain(status: "PdfSignatureStatus") -> bool:
    return status.trust_problem_indic is None and status.validation_path is not None


def _certified(embedded: "EmbeddedPdfSignature") -> bool:
    """Say whether the catalogue names this signature as its certification, and that allows no changes."""
    from pyhanko.sign.fields import MDPPerm

    try:
        named = embedded.reader.root["/Perms"].raw_get("/DocMDP").reference
    except (KeyError, AttributeError):
        return False
    own = embedded.sig_field.raw_get("/V").reference
    return bool(named == own and embedded.docmdp_level == MDPPerm.NO_CHANGES)


def _coverage(data: bytes, embedded: "EmbeddedPdfSignature", found: object) -> Coverage:
    """Return how much of the file is covered, `found` by pyHanko, reading the byte ranges as strictly as can be.

    The signature itself is the one thing no signature covers: its digits must all be small or all be capital,
    as whoever wrote it wrote them, with nothing but zeros behind.
    """
    from asn1crypto.parser import peek
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    content = embedded.pkcs7_content
    begin, before, start, after = embedded.byte_range
    end = start + after
    if begin != 0 or end > len(data) or start - before != 2 * len(content) + 2:
        return Coverage.PARTLY
    if end < len(data):
        return Coverage.REVISED if b"startxref" in data[end:] else Coverage.TRAILING
    if found != SignatureCoverageLevel.ENTIRE_FILE:
        return Coverage.PARTLY
    digits = f"<{content.hex()}>".encode()
    as_written = data[before:start] in {digits, digits.upper()}
    return Coverage.WHOLE if as_written and not any(content[peek(content) :]) else Coverage.PADDING


def _stamp(status: "PdfSignatureStatus", at: datetime | None, trust: Trust) -> Stamp | None:
    found = status.timestamp_validity
    if found is None or at is None:
        return None
    sound = found.intact and found.valid
    return Stamp(at, sound, found.trusted if trust.roots else None)


def _organisation(certificate: "x509.Certificate") -> str:
    name = certificate.subject.native.get("organization_name", "")
    return name if isinstance(name, str) else "、".join(name)


def _local(moment: datetime) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=CHINA)
    return aware.astimezone(CHINA).replace(tzinfo=None)
