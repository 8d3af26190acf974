"""The certification signature: PAdES B-T over the whole file, after which no change is permitted (DocMDP P=1).

pyHanko makes the signature (CMS), pikepdf the file. pyHanko would sign in a revision of its own, for which it reads
every object again (55 ms a report) and rewrites the metadata, so that the file would be neither PDF/A nor PDF/UA.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO

from asn1crypto import cms
from pikepdf import Pdf, PdfError
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper

from reportgen.certify.field import Room, Said, write_with_room
from reportgen.certify.keys import Signing
from reportgen.certify.signer import asn1_of
from reportgen.certify.stamps import Stamps
from reportgen.certify.straddle import stamp
from reportgen.document.content import Seal
from reportgen.errors import ReportgenError

_SIGNATURE_ALONE = 2048
"""Bytes that a signature takes beside certificates and time stamp: RSA-4096 and all attributes, with room."""


@dataclass(frozen=True)
class Certified:
    """A signed file, and the moment its time stamp states (local to Asia/Shanghai).

    Without a stamp `stamped_at` is None, and `unstamped` says why where the policy would have had one.
    """

    pdf: bytes
    stamped_at: datetime | None
    unstamped: str = ""


def certify(pdf: bytes, seal: Seal, signing: Signing, *, reason: str, place: str, at: datetime) -> Certified:
    """Return a typeset, tagged document with 骑缝章 and the agency's certification signature.

    The signature says why, where and when, `at` being local to Asia/Shanghai. Not to be called where an event
    loop runs: pyHanko gets one of its own.
    Raises E0804 (no time stamp where the policy requires one), E0805 (token), E0808 (not a typeset document).
    """
    try:
        with Pdf.open(BytesIO(pdf)) as document:
            stamp(document, seal)
            room = write_with_room(document, Said(reason, place, at), _reserved(signing))
    except (PdfError, AttributeError, ValueError) as error:
        raise ReportgenError("E0808", detail=f"不是本程序排印的文件（{type(error).__name__}）") from error
    stamps = Stamps(signing.stamper, signing.policy, at) if signing.stamper else None
    signature = _signature(room, signing, stamps)
    pdf = room.filled(signature.dump())
    return Certified(pdf, stamps.stamped_at, stamps.unstamped) if stamps else Certified(pdf, None)


def _signature(room: Room, signing: Signing, stamps: TimeStamper | None) -> cms.ContentInfo:
    digest = sha256()
    for part in room.signed:
        digest.update(part)
    making = signing.signer.signing().async_sign(
        digest.digest(), "sha256", use_pades=True, timestamper=stamps
    )
    try:
        return asyncio.run(making)
    except SigningError as error:
        raise ReportgenError("E0808", detail=str(error)) from error


def _reserved(signing: Signing) -> int:
    """Return how many bytes the signature may take."""
    certificates = (signing.signer.certificate, *signing.signer.chain)
    token = signing.stamper.largest if signing.stamper else 0
    return sum(len(asn1_of(one).dump()) for one in certificates) + token + _SIGNATURE_ALONE
