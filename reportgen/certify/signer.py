"""Who signs: a certificate with its chain, and a key loaded once.

pyHanko's own file signer parses the private key anew for every signature, 0.16 s for RSA-3072; `LoadedKey` holds
the parsed one. A remote service or an SM2 token comes in as another `Signer`.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, pkcs12
from pyhanko.sign.signers import pdf_cms
from pyhanko_certvalidator.registry import SimpleCertificateStore

from reportgen.certify.authority import PrivateKey
from reportgen.certify.facts import TEST_MARK
from reportgen.errors import ReportgenError

_DIGESTS: dict[str, type[HashAlgorithm]] = {"sha256": SHA256, "sha384": SHA384, "sha512": SHA512}
_LONGEST_CHAIN = 8


class Signer(Protocol):
    """Whoever can sign: the certificate, its chain up to the root where that is known, and the means."""

    @property
    def certificate(self) -> x509.Certificate:
        """Return the signing certificate."""

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Return the certificates above it, nearest first."""

    @property
    def key_id(self) -> str:
        """Return the SHA-256 of the public key (SubjectPublicKeyInfo) in hexadecimal digits."""

    @property
    def test(self) -> bool:
        """Say whether the certificate calls itself 测试: what it signs is a sample."""

    def signing(self) -> pdf_cms.Signer:
        """Return the means to sign, for pyHanko."""


class LoadedKey(pdf_cms.Signer):
    """pyHanko's signer over a private key that is parsed already."""

    def __init__(
        self, key: PrivateKey, certificate: x509.Certificate, chain: Iterable[x509.Certificate]
    ) -> None:
        super().__init__(signing_cert=asn1_of(certificate), cert_registry=registry(chain))
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Return the signature of `data`; a dry run, which only asks for its length, is signed too."""
        return sign_with(self._key, data, digest_algorithm)


@dataclass(frozen=True)
class HeldSigner:
    """A signer with its certificate, its chain and pyHanko's means in hand, wherever its key lives."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    means: pdf_cms.Signer

    @property
    def key_id(self) -> str:
        """Return the SHA-256 of the public key in hexadecimal digits."""
        return key_id(self.certificate)

    @property
    def test(self) -> bool:
        """Say whether the certificate calls itself 测试."""
        return says_test(self.certificate)

    def signing(self) -> pdf_cms.Signer:
        """Return the means to sign."""
        return self.means


class FileSigner(HeldSigner):
    """A signer whose key was loaded from a PKCS#12 file."""

    @classmethod
    def load(
        cls, content: bytes, password: bytes | None, others: Iterable[x509.Certificate] = ()
    ) -> "FileSigner":
        """Load a PKCS#12 file; `others` help to build the chain. Raises E0801."""
        key, certificate, within = read_pkcs12(content, password)
        chain = chain_of(certificate, (*within, *others))
        return cls(certificate, chain, LoadedKey(key, certificate, chain))


def read_pkcs12(
    content: bytes, password: bytes | None
) -> tuple[PrivateKey, x509.Certificate, list[x509.Certificate]]:
    """Return key, certificate and further certificates of a PKCS#12 file; raises E0801."""
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, password)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # The library's own message could hold parts of the file: it is not passed on.
        key = certificate = None
        others = []
        detail = "密码不对，或不是 PKCS#12 文件"
    else:
        detail = "文件中没有私钥与其证书"
    if key is None or certificate is None:
        raise ReportgenError("E0801", detail=detail)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ReportgenError("E0801", detail="密钥既不是 RSA 也不是 ECDSA")
    return key, certificate, others


def sign_with(key: PrivateKey, data: bytes, digest_algorithm: str) -> bytes:
    """Return the signature of `data`: PKCS #1 v1.5 with RSA, ECDSA in DER with an elliptic curve."""
    digest = _DIGESTS[digest_algorithm]()
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, PKCS1v15(), digest)
    return key.sign(data, ec.ECDSA(digest))


def prove(signer: Signer) -> None:
    """Sign something and check it: raises E0801 where the private key is not that of the certificate, E0805."""
    data, public = b"reportgen", signer.certificate.public_key()
    signature = asyncio.run(signer.signing().async_sign_raw(data, "sha256"))
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, data, PKCS1v15(), SHA256())
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, data, ec.ECDSA(SHA256()))
    except InvalidSignature as error:
        raise ReportgenError("E0801", detail="私钥与证书不相符") from error


def key_id(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate's SubjectPublicKeyInfo in hexadecimal digits."""
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).hexdigest()


def says_test(certificate: x509.Certificate) -> bool:
    """Say whether a certificate's subject holds 测试."""
    return any(TEST_MARK in value for value in subject(certificate).values())


def subject(certificate: x509.Certificate) -> dict[str, str]:
    """Return the parts of a certificate's subject, such as `organization_name`, each as one text.

    Read with asn1crypto: the other library warns of every common name over 21 Chinese characters.
    """
    return _parts(asn1_of(certificate).subject)


def issuer_name(certificate: x509.Certificate) -> str:
    """Return who issued a certificate, by the name or else the organisation that it gives."""
    parts = _parts(asn1_of(certificate).issuer)
    return parts.get("common_name") or parts.get("organization_name", "")


def _parts(name: asn1.Name) -> dict[str, str]:
    native: dict[str, str | list[str]] = name.native
    return {part: "、".join([value] if isinstance(value, str) else value) for part, value in native.items()}


def chain_of(
    certificate: x509.Certificate, others: Iterable[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """Return the certificates above one, nearest first, as far as `others` hold them."""
    known, at = list(others), certificate
    above: list[x509.Certificate] = []
    while len(above) < _LONGEST_CHAIN and (issuer := _issuer(at, known)) is not None:
        above.append(issuer)
        known.remove(issuer)
        at = issuer
    return tuple(above)


def _issuer(certificate: x509.Certificate, known: Sequence[x509.Certificate]) -> x509.Certificate | None:
    return next((other for other in known if other != certificate and _issued(certificate, other)), None)


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def registry(certificates: Iterable[x509.Certificate]) -> SimpleCertificateStore:
    """Return certificates as pyHanko takes them."""
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(map(asn1_of, certificates))
    return store


def asn1_of(certificate: x509.Certificate) -> asn1.Certificate:
    """Return a certificate as pyHanko takes it."""
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
