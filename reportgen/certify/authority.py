"""The local test authority: a root, a signing certificate and a time-stamp authority, all marked 测试.

It lets an office sign from its first minute. Nobody outside trusts the root, every subject says 测试, and what
is signed with it is a sample. The root's key is kept nowhere: a renewal is a new authority.

The signing key is P-256. Against RSA-3072 it is made in under 1 ms instead of 0.4 s and signs 1.5 ms faster,
and every reader that was tried verifies both. An agency's own certificate may have either.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from reportgen.certify.facts import TEST_MARK
from reportgen.project.model import CHINA

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
_ORGANISATION_ID = x509.ObjectIdentifier("2.5.4.97")
_LONGEST_COMMON_NAME = 64
"""Bytes in UTF-8 that readers accept, so 21 Chinese characters."""
_ROOT_YEARS, _YEARS = 10, 3
_CLOCKS_DIFFER = timedelta(hours=1)


@dataclass(frozen=True)
class Holder:
    """A certificate with the key it belongs to."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)

    def pkcs12(self, root: x509.Certificate, password: bytes | None) -> bytes:
        """Return key, certificate and root as a PKCS#12 file, encrypted where a password is given."""
        lock = BestAvailableEncryption(password) if password else NoEncryption()
        return pkcs12.serialize_key_and_certificates(None, self.key, self.certificate, [root], lock)


@dataclass(frozen=True)
class Authority:
    """A test authority: its root, and whom the root certified to sign reports and to stamp times."""

    root: Holder
    signing: Holder
    stamping: Holder


def make_authority(agency_name: str, uscc: str, at: datetime) -> Authority:
    """Return a new test authority for an agency, in force from an hour before `at` (local to Asia/Shanghai).

    Root for ten years, the others for three.
    """
    root = _root(agency_name, uscc, at)
    signing, stamping = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    return Authority(
        root,
        Holder(certify_signer(root, signing, agency_name, uscc, at), signing),
        Holder(_certify_stamper(root, stamping, agency_name, uscc, at), stamping),
    )


def certify_signer(
    root: Holder, key: PrivateKey, agency_name: str, uscc: str, at: datetime
) -> x509.Certificate:
    """Return a certificate to sign reports: O is the agency's name exactly, CN the name and 测试."""
    usage = _usage(digital_signature=True, content_commitment=True)
    return (
        _certificate(root, key, _name(agency_name, uscc, ""), at)
        .add_extension(usage, True)
        .sign(root.key, SHA256())
    )


def _certify_stamper(
    root: Holder, key: PrivateKey, agency_name: str, uscc: str, at: datetime
) -> x509.Certificate:
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    return (
        _certificate(root, key, _name(agency_name, uscc, "时间戳"), at)
        .add_extension(_usage(digital_signature=True), True)
        .add_extension(purpose, True)
        .sign(root.key, SHA256())
    )


def _root(agency_name: str, uscc: str, at: datetime) -> Holder:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(agency_name, uscc, "根证书")
    builder = _dated(name, name, key, at, _ROOT_YEARS)
    certificate = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), True)
        .sign(key, SHA256())
    )
    return Holder(certificate, key)


def _certificate(root: Holder, key: PrivateKey, subject: x509.Name, at: datetime) -> x509.CertificateBuilder:
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key())
    return (
        _dated(subject, root.certificate.subject, key, at, _YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(issuer, False)
    )


def _dated(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, at: datetime, years: int
) -> x509.CertificateBuilder:
    since = at.replace(tzinfo=CHINA, microsecond=0).astimezone(UTC) - _CLOCKS_DIFFER
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=365 * years))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    )


def _name(agency_name: str, uscc: str, role: str) -> x509.Name:
    mark = f" {TEST_MARK}{role}"
    room = (_LONGEST_COMMON_NAME - len(mark.encode())) // 3
    shown = agency_name if len(agency_name) <= room else agency_name[: room - 1] + "…"
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, agency_name),
            # ETSI EN 319 412-1: a legal person by the number of its country's register.
            x509.NameAttribute(_ORGANISATION_ID, f"NTRCN-{uscc}"),
            x509.NameAttribute(NameOID.COMMON_NAME, shown + mark),
        ]
    )


def _usage(**granted: bool) -> x509.KeyUsage:
    uses = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{use: granted.get(use, False) for use in uses})
