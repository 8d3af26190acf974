"""Certificates for the tests, made once a process: P-256 throughout, but for the one signer with RSA."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from reportgen.certify.authority import Authority, Holder, certify_signer, make_authority
from reportgen.certify.facts import Trust
from reportgen.certify.keys import Signing
from reportgen.certify.signer import FileSigner
from reportgen.certify.stamps import LocalStamper, Policy, Stamper
from reportgen.project.model import CHINA

NAME, USCC = "样例信用服务有限公司", "91990102MA9C000128"
"""The packaged sample office's agency."""
NOW = datetime(2026, 11, 21, 9, 30)
"""A moment at which all but the expired certificates are in force."""
_MADE, _LONG_AGO = datetime(2026, 11, 1, 9, 0), datetime(2020, 3, 1, 9, 0)


@dataclass(frozen=True)
class Pki:
    """A test authority, one whose certificates have expired, and a stranger's of the same name."""

    own: Authority
    expired: Authority
    stranger: Authority

    @property
    def trust(self) -> Trust:
        """Return trust in the own root alone."""
        return trust(self.own.root)

    @cached_property
    def rsa(self) -> Holder:
        """Return a signer with RSA under the own root."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return Holder(certify_signer(self.own.root, key, NAME, USCC, _MADE), key)

    @cached_property
    def long_expired(self) -> Holder:
        """Return a signer under the own root whose certificate ended in 2023."""
        key = ec.generate_private_key(ec.SECP256R1())
        return Holder(certify_signer(self.own.root, key, NAME, USCC, _LONG_AGO), key)

    def signing(
        self, holder: Holder | None = None, root: Holder | None = None, stamper: Stamper | None = None
    ) -> Signing:
        """Return the means to sign with the own signer, or another's, and a stamp of the own authority."""
        root = root or self.own.root
        stamper = stamper or local_stamper(self.own)
        return Signing(signer_of(holder or self.own.signing, root), stamper, Policy.REQUIRED, trust(root))

    def unstamped(self) -> Signing:
        """Return the means to sign without a time stamp."""
        return replace(self.signing(), stamper=None, policy=Policy.OFF)


@cache
def pki() -> Pki:
    """Return the test certificates of this process."""
    made = [make_authority(NAME, USCC, at) for at in (_MADE, _LONG_AGO, _MADE)]
    return Pki(*made)


def signer_of(holder: Holder, root: Holder) -> FileSigner:
    """Return a holder's key loaded as an office loads it."""
    return FileSigner.load(holder.pkcs12(root.certificate, None), None)


def naming(holder: Holder, root: Holder, url: str) -> Holder:
    """Return a holder certified anew, by a certificate that names where its revocation list is."""
    old = holder.certificate
    builder = x509.CertificateBuilder(
        root.certificate.subject, old.subject, old.public_key(), x509.random_serial_number(),
        old.not_valid_before_utc, old.not_valid_after_utc, list(old.extensions),
    )  # fmt: skip
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)
    named = builder.add_extension(x509.CRLDistributionPoints([point]), False)
    return Holder(named.sign(root.key, SHA256()), holder.key)


def revocation_list(root: Holder, at: datetime, revoked: Mapping[x509.Certificate, datetime]) -> bytes:
    """Return a root's list as of a moment: whose certificates were revoked, and when (local to Asia/Shanghai)."""
    issued = at.replace(tzinfo=CHINA).astimezone(UTC)
    key = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key())
    builder = x509.CertificateRevocationListBuilder(
        root.certificate.subject, issued, issued + timedelta(days=30)
    )
    builder = builder.add_extension(key, False).add_extension(x509.CRLNumber(1), False)
    for certificate, since in revoked.items():
        entry = x509.RevokedCertificateBuilder(
            certificate.serial_number, since.replace(tzinfo=CHINA).astimezone(UTC)
        )
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(root.key, SHA256()).public_bytes(Encoding.DER)


def local_stamper(authority: Authority) -> LocalStamper:
    """Return an authority's time-stamp key as a stamper."""
    return LocalStamper(authority.stamping.certificate, authority.stamping.key)


def trust(*roots: Holder) -> Trust:
    """Return trust in some roots."""
    return Trust(tuple(root.certificate.public_bytes(Encoding.DER) for root in roots))


def pem(certificates: Sequence[x509.Certificate]) -> bytes:
    """Return certificates as one PEM file."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)
