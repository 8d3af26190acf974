"""Time stamps (RFC 3161): from servers over HTTP, or from the local test authority.

A token is taken only where it answers this very request (nonce), stamps this very signature (imprint), is rightly
signed, and its certificate leads to a root that the office trusts. A server that does not answer is asked again,
later each time; one that answers wrongly is not asked twice. Then the next server has its turn.
"""

import asyncio
import http.client
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar, Protocol

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from reportgen.certify.authority import PrivateKey
from reportgen.certify.facts import Trust
from reportgen.certify.signer import asn1_of, sign_with
from reportgen.errors import Fault, ReportgenError
from reportgen.project.model import CHINA

LARGEST_TOKEN = 12 * 1024
"""Bytes reserved in a document for a server's token; usual ones take 2 to 7 KiB."""
_ANSWER_LIMIT = 64 * 1024
_GRANTED = {"granted", "granted_with_mods"}
_TEST_POLICY = "2.999.1"
"""An object identifier from the arc for examples: the test authority promises nothing."""
_CONTENT_TYPE = "application/timestamp-reply"


class Policy(StrEnum):
    """Whether a report may go out without a time stamp, or gets none at all."""

    REQUIRED = "required"
    PREFERRED = "preferred"
    OFF = "off"


@dataclass(frozen=True)
class Stamp:
    """A time-stamp token and the moment it states, local to Asia/Shanghai."""

    token: cms.ContentInfo
    at: datetime


class Stamper(Protocol):
    """Whoever stamps times."""

    @property
    def largest(self) -> int:
        """Return how many bytes a token takes at most."""

    def stamp(self, digest: bytes, at: datetime) -> Stamp:
        """Return a stamp over a SHA-256 digest; `at` is what the office's clock says. Raises E0804."""


class Stamps(TimeStamper):
    """An office's stamper as pyHanko asks it; keeps what came of it."""

    def __init__(self, stamper: Stamper, policy: Policy, at: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._stamper, self._policy, self._at = stamper, policy, at
        self.stamped_at: datetime | None = None
        self.unstamped = ""

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo | None:
        """Return a token, or None where the policy can do without and there is none; raises E0804."""
        try:
            # In a thread of its own: the check of a token runs its own event loop.
            stamp = await asyncio.to_thread(self._stamper.stamp, message_digest, self._at)
        except ReportgenError as error:
            if self._policy is Policy.REQUIRED:
                raise
            self.unstamped = error.text()
            return None
        self.stamped_at = stamp.at
        return stamp.token


class Response(core.Sequence):  # type: ignore[misc]
    """A server's answer (RFC 3161, 2.4.2): a refusal has no token, which asn1crypto's own class insists upon."""

    _fields: ClassVar = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


class _Unanswered(Exception):  # noqa: N818 - what happened to one request, never shown as an error
    """A server did not answer; it may do so later."""


class _Refused(Exception):  # noqa: N818
    """A server answered, and asking again would bring the same."""


@dataclass
class HttpStamper:
    """Asks servers in their order, beginning with the one that answered last.

    `trust` holds the roots that a token must lead to; `seconds` is the time one answer may take, `pauses`
    are the seconds before a server that did not answer is asked again.
    """

    servers: Sequence[str]
    trust: Trust
    seconds: float = 6.0
    pauses: Sequence[float] = (0.5, 1.5)
    largest: int = field(default=LARGEST_TOKEN, init=False)
    _first: int = field(default=0, init=False)

    def stamp(self, digest: bytes, at: datetime) -> Stamp:
        """Return the first good stamp over a SHA-256 digest; raises E0804 with what each server did."""
        faults = []
        for turn in range(len(self.servers)):
            index = (self._first + turn) % len(self.servers)
            try:
                stamp = self._persist(self.servers[index], digest)
            except (_Unanswered, _Refused) as fault:
                faults.append(Fault("E0804", self.servers[index], str(fault)))
                continue
            self._first = index
            return stamp
        raise ReportgenError("E0804", faults=faults)

    def _persist(self, server: str, digest: bytes) -> Stamp:
        for pause in self.pauses:
            try:
                return self._ask(server, digest)
            except _Unanswered:
                time.sleep(pause)
        return self._ask(server, digest)

    def _ask(self, server: str, digest: bytes) -> Stamp:
        nonce = secrets.randbits(63)
        answer = _post(server, _request(digest, nonce).dump(), self.seconds)
        try:
            return _checked(answer, digest, nonce, self.trust)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            # The parser meets whatever a stranger sends.
            raise _Refused("回答不是时间戳") from error


@dataclass(frozen=True)
class LocalStamper:
    """The local test authority as a stamper: its own key, the office's clock."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)

    @property
    def largest(self) -> int:
        """Return how many bytes a token takes at most."""
        return len(asn1_of(self.certificate).dump()) + 2048

    def stamp(self, digest: bytes, at: datetime) -> Stamp:
        """Return a stamp that states the moment `at`."""
        moment = at.replace(tzinfo=CHINA, microsecond=0)
        return Stamp(self.token(digest, moment.astimezone(UTC)), moment.replace(tzinfo=None))

    def token(self, digest: bytes, at: datetime, nonce: int | None = None) -> cms.ContentInfo:
        """Return a token over a SHA-256 digest, stating the aware moment `at`."""
        holder = asn1_of(self.certificate)
        said = {
            "version": "v1",
            "policy": _TEST_POLICY,
            "message_imprint": _imprint(digest),
            "serial_number": secrets.randbits(63),
            "gen_time": at,
            "tsa": asn1.GeneralName(name="directory_name", value=holder.subject),
        }
        if nonce is not None:
            said["nonce"] = nonce
        return self._signed(tsp.TSTInfo(said), holder)

    def _signed(self, info: tsp.TSTInfo, holder: asn1.Certificate) -> cms.ContentInfo:
        said = {
            "content_type": "tst_info",
            "message_digest": sha256(info.dump()).digest(),
            "signing_certificate_v2": as_signing_certificate_v2(holder),
        }
        attributes = cms.CMSAttributes([{"type": name, "values": [value]} for name, value in said.items()])
        digest = algos.DigestAlgorithm({"algorithm": "sha256"})
        signature = {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": holder.issuer, "serial_number": holder.serial_number}
                    )
                }
            ),
            "digest_algorithm": digest,
            "signature_algorithm": algos.SignedDigestAlgorithm(
                {"algorithm": f"sha256_{'rsa' if holder.public_key.algorithm == 'rsa' else 'ecdsa'}"}
            ),
            "signed_attrs": attributes,
            "signature": sign_with(self.key, attributes.dump(), "sha256"),
        }
        signed = {
            "version": "v3",
            "digest_algorithms": [digest],
            "encap_content_info": {
                "content_type": "tst_info",
                "content": cms.ParsableOctetString(info.dump()),
            },
            "certificates": [holder],
            "signer_infos": [cms.SignerInfo(signature)],
        }
        return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})


def _imprint(digest: bytes) -> tsp.MessageImprint:
    return tsp.MessageImprint({"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest})


def _request(digest: bytes, nonce: int) -> tsp.TimeStampReq:
    asked = {"version": "v1", "message_imprint": _imprint(digest), "nonce": nonce, "cert_req": True}
    return tsp.TimeStampReq(asked)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: the servers are the ones the office named."""

    def redirect_request(self, *_: object) -> None:
        """Refuse."""


def _post(server: str, body: bytes, seconds: float) -> bytes:
    """Return a server's answer; raises _Unanswered, _Refused."""
    headers = {"Content-Type": "application/timestamp-query", "Accept": _CONTENT_TYPE}
    request = urllib.request.Request(server, body, headers)  # noqa: S310 - settings allow http(s) alone
    until = time.monotonic() + seconds
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=seconds) as answer:
            kind, content = answer.headers.get_content_type(), _read(answer, until)
    except urllib.error.HTTPError as error:
        error.close()
        later = error.code >= 500 or error.code == 429
        raise (_Unanswered if later else _Refused)(f"HTTP {error.code}") from error
    except TimeoutError as error:
        raise _Unanswered("超时") from error
    except urllib.error.URLError as error:
        what = "超时" if isinstance(error.reason, TimeoutError) else f"连不上（{error.reason}）"
        raise _Unanswered(what) from error
    except (OSError, http.client.HTTPException) as error:
        raise _Unanswered("连接中断") from error
    if kind != _CONTENT_TYPE:
        raise _Refused(f"回答的类型是 {kind}，不是时间戳")
    return content


def _read(answer: http.client.HTTPResponse, until: float) -> bytes:
    """Return the body; a server that sends a byte now and then is as good as silent."""
    content = b""
    while part := answer.read1(_ANSWER_LIMIT):
        content += part
        if len(content) > _ANSWER_LIMIT:
            raise _Refused("回答过长")
        if time.monotonic() > until:
            raise TimeoutError
    if answer.length:
        raise _Unanswered("连接中断")
    return content


def _checked(answer: bytes, digest: bytes, nonce: int, trust: Trust) -> Stamp:
    response = Response.load(answer, strict=True)
    status = response["status"]["status"].native
    if status not in _GRANTED:
        said = "；".join(response["status"]["status_string"].native or ())
        raise _Refused(f"服务器拒绝：{status}" + (f"（{said}）" if said else ""))
    token = response["time_stamp_token"]
    if len(token.dump()) > LARGEST_TOKEN:
        raise _Refused(f"时间戳超过 {LARGEST_TOKEN} 字节")
    info = token["content"]["encap_content_info"]["content"].parsed
    if not isinstance(info, tsp.TSTInfo):
        raise _Refused("回答不是时间戳")
    if info["nonce"].native != nonce:
        raise _Refused("随机数不符，可能是对别的请求的回答")
    if info["message_imprint"].dump() != _imprint(digest).dump():
        raise _Refused("所盖的不是本次签名")
    moment = info["gen_time"].native
    _trusted(token["content"], digest, moment, trust)
    return Stamp(token, moment.astimezone(CHINA).replace(tzinfo=None))


def _trusted(signed: cms.SignedData, digest: bytes, moment: datetime, trust: Trust) -> None:
    roots = [asn1.Certificate.load(root) for root in trust.roots]
    context = ValidationContext(trust_roots=roots, moment=moment)
    found = asyncio.run(validate_tst_signed_data(signed, context, lambda _: digest))
    status = TimestampSignatureStatus(**found)
    if not (status.intact and status.valid):
        raise _Refused("时间戳的签名不符")
    if not status.trusted:
        raise _Refused("时间戳证书不在有效期、不能用于时间戳，或其根证书不在 trust 文件夹")
