"""Long-term copies of a certified report (PAdES B-LTA): the original, and behind it what proves it in later years.

Behind the original, which stays byte for byte what it was, stand certificates and revocation data (DSS) and a time
stamp over the whole file. The next copy is made from this one: whoever reads it in twenty years goes from stamp to
stamp back to the signature. The original alone is what a register knows and `verify` proves; a copy lies beside it.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from asn1crypto import tsp, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore, collect_validation_info
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_timestamp
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import InsufficientRevinfoError, PathError, ValidationError
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from pyhanko_certvalidator.fetchers.api import Fetchers
from pyhanko_certvalidator.path import ValidationPath

from reportgen.certify.facts import Trust
from reportgen.certify.inspection import Coverage, Seen, inspect, opened
from reportgen.certify.stamps import Policy, Stamper, Stamps
from reportgen.errors import ReportgenError
from reportgen.project.model import CHINA

_SECONDS = 6.0
"""How long a source may take to answer."""
_TITLE = "长期保存时间戳"


@dataclass(frozen=True)
class Refreshed:
    """A copy, the moment that its new time stamp states (local to Asia/Shanghai), and what it could be given.

    `revocations` counts the revocation lists and OCSP answers fetched for it. `unnamed` are the certificates, by
    their common names, that name no source of such; `answered` says whether each source that is named did.
    """

    pdf: bytes
    stamped_at: datetime
    revocations: int
    unnamed: tuple[str, ...]
    answered: bool


@dataclass(frozen=True)
class _Found:
    """What proves one signature: the way to its root, and the context that holds what was fetched."""

    paths: Sequence[ValidationPath]
    context: ValidationContext
    answered: bool


def refresh(pdf: bytes, trust: Trust, stamper: Stamper, at: datetime) -> Refreshed:
    """Return a copy of a certified original, or of an earlier copy, with validation data and one more time stamp.

    `at` is what the office's clock says, local to Asia/Shanghai. Asks the sources of revocation data that the
    certificates name. Not to be called where an event loop runs.
    Raises E0804 (no time stamp), E0808 (no original that leads to `trust`, or a copy that was added to).
    """
    certification, earlier = _signatures(pdf)
    moment = _certified_at(pdf, certification, trust, at)
    stamps = Stamps(stamper, Policy.REQUIRED, at)
    try:
        found = asyncio.run(_found(pdf, (certification, *earlier), moment, trust))
        copy = asyncio.run(_stamped(pdf, found, stamps, len(earlier) + 1, stamper.largest))
    except (SigningError, ValidationError, PathError) as error:
        raise _refused(f"证书链不成立：{error}") from error
    assert stamps.stamped_at is not None  # noqa: S101 - the policy requires a stamp
    context = found[-1].context
    return Refreshed(
        pdf=copy,
        stamped_at=stamps.stamped_at,
        revocations=len(context.crls) + len(context.ocsps),
        unnamed=_unnamed(found),
        answered=all(each.answered for each in found),
    )


def last_stamped(pdf: bytes) -> datetime | None:
    """Return the moment of a file's last document time stamp, None where it has none; raises E0808."""
    _, stamps = _signatures(pdf)
    return _moment(stamps[-1]) if stamps else None


def _signatures(pdf: bytes) -> tuple[EmbeddedPdfSignature, Sequence[EmbeddedPdfSignature]]:
    """Return the certification and the document time stamps behind it; raises E0808."""
    try:
        reader = opened(pdf)
        signatures, stamps = reader.embedded_regular_signatures, reader.embedded_timestamp_signatures
    except Exception as error:
        # A damaged file can break a parser anywhere.
        raise _refused(f"文件读不通（{type(error).__name__}）") from error
    if len(signatures) != 1:
        raise _refused(f"文件有 {len(signatures)} 个签名，原件只有一个")
    return signatures[0], stamps


def _certified_at(pdf: bytes, certification: EmbeddedPdfSignature, trust: Trust, at: datetime) -> datetime:
    """Return when the original was certified, by its time stamp where it has one; raises E0808."""
    _, _, start, length = certification.byte_range
    seen = inspect(pdf[: start + length], trust, at)
    if not isinstance(seen, Seen) or not _ours(seen):
        raise _refused("不是 trust 文件夹中的根证书所信任的报告原件，或原件有改动")
    return seen.stamp.at if seen.stamp else min(at, seen.until)


def _ours(seen: Seen) -> bool:
    whole = seen.intact and seen.certified and seen.coverage is Coverage.WHOLE
    return (
        whole and seen.chain is True and (seen.stamp is None or bool(seen.stamp.sound and seen.stamp.trusted))
    )


async def _found(
    pdf: bytes, signatures: Sequence[EmbeddedPdfSignature], certified_at: datetime, trust: Trust
) -> list[_Found]:
    """Return what proves each signature as of its own time, the last context holding all that was fetched."""
    moments = [certified_at, *(_moment(stamp) for stamp in signatures[1:])]
    async with AIOHttpFetcherBackend(per_request_timeout=_SECONDS) as fetchers:
        found = [
            await _collected(signature, trust, moment, fetchers)
            for signature, moment in zip(signatures, moments, strict=True)
        ]
        await _require_untouched(pdf, signatures, found[-1].context)
    return found


async def _collected(
    signature: EmbeddedPdfSignature, trust: Trust, moment: datetime, fetchers: Fetchers
) -> _Found:
    with suppress(InsufficientRevinfoError):
        context = _context(trust, moment, fetchers, "hard-fail")
        return _Found(await collect_validation_info(signature, context), context, True)
    # A source that is silent for ever must not keep the copy from its next time stamp.
    context = _context(trust, moment, fetchers, "soft-fail")
    return _Found(await collect_validation_info(signature, context), context, False)


def _context(trust: Trust, moment: datetime, fetchers: Fetchers, mode: str) -> ValidationContext:
    return ValidationContext(
        trust_roots=[x509.Certificate.load(root) for root in trust.roots],
        moment=moment.replace(tzinfo=CHINA),
        allow_fetching=True,
        fetchers=fetchers,
        revocation_mode=mode,
        # A list of today tells of a signature of years ago, whose own list nobody serves any more.
        retroactive_revinfo=True,
    )


async def _require_untouched(
    pdf: bytes, signatures: Sequence[EmbeddedPdfSignature], context: ValidationContext
) -> None:
    """Refuse with E0808 a file with anything behind its last signature or time stamp, or with a stamp that fails."""
    last = signatures[-1]
    if len(signatures) == 1:
        _, _, start, length = last.byte_range
        if start + length != len(pdf):
            raise _refused("原件之后有添加的内容")
        return
    status = await async_validate_pdf_timestamp(last, context, skip_diff=True)
    sound = status.intact and status.valid and status.trusted
    if not sound or status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        raise _refused("上次的时间戳不成立，或其后有添加的内容")


class _Copy(IncrementalPdfFileWriter):
    """Adds to a file and leaves its metadata as they are: rewritten, the file would be neither PDF/A nor PDF/UA."""

    def _update_meta(self) -> None:
        pass


async def _stamped(pdf: bytes, found: Sequence[_Found], stamps: Stamps, count: int, size: int) -> bytes:
    """Return the file with what was found and a time stamp over all, in one revision."""
    copy = _Copy(BytesIO(pdf))
    DocumentSecurityStore.supply_dss_in_writer(
        copy,
        None,
        paths=[path for each in found for path in each.paths],
        validation_context=found[-1].context,
    )
    # Outside the page, where no structure element is asked of it.
    outside = InvisSigSettings(box_out_of_bounds=True)
    stamper = PdfTimeStamper(stamps, f"LongTerm-{count}", outside, _TITLE)
    # Left to estimate the size, it would ask the server for a stamp more.
    output = await stamper.async_timestamp_pdf(copy, "sha256", bytes_reserved=2 * size)
    return bytes(output.getvalue())


def _unnamed(found: Sequence[_Found]) -> tuple[str, ...]:
    certificates = [
        certificate
        for each in found
        for path in each.paths
        for certificate in path
        if not certificate.self_issued
        and not certificate.crl_distribution_points
        and not certificate.ocsp_urls
    ]
    names = [certificate.subject.native.get("common_name", "") for certificate in certificates]
    return tuple(dict.fromkeys(names))


def _moment(stamp: EmbeddedPdfSignature) -> datetime:
    info: tsp.TSTInfo = stamp.signed_data["encap_content_info"]["content"].parsed
    moment: datetime = info["gen_time"].native
    return moment.astimezone(CHINA).replace(tzinfo=None)


def _refused(why: str) -> ReportgenError:
    return ReportgenError("E0808", detail=why)
