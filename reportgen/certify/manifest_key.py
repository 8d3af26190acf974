"""The office's key for manifests: ECDSA on P-256, for that is what a browser can check without network.

The private key lies in the office folder as PEM that only its owner reads, made on first use, and enters
neither arguments nor logs nor the database. Beside it lies each public key the office has had. A signature
is r and s one after the other, 32 bytes each (IEEE P1363), as WebCrypto wants it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from reportgen.certify import pem
from reportgen.errors import ReportgenError
from reportgen.files import PRIVATE, create_whole, unreadable

KEYS = "keys"
"""The folder of keys in an office folder."""
_PRIVATE, _PUBLIC, _SHORT = "manifest.key", "manifest-{}.pem", 16
_HALF, _OWN = 32, 0o700
_ALGORITHM = ECDSA(SHA256(), deterministic_signing=True)
Keys = Mapping[str, EllipticCurvePublicKey]


@dataclass(frozen=True)
class ManifestKey:
    """Signs manifests for an office; the same bytes always get the same signature (RFC 6979)."""

    key: EllipticCurvePrivateKey = field(repr=False)

    @property
    def public(self) -> EllipticCurvePublicKey:
        """Return the public key."""
        return self.key.public_key()

    @property
    def key_id(self) -> str:
        """Return the SHA-256 of the public key, in hexadecimal."""
        return key_id(self.public)

    def sign(self, content: bytes) -> bytes:
        """Return the signature of a content, 64 bytes."""
        r, s = decode_dss_signature(self.key.sign(content, _ALGORITHM))
        return r.to_bytes(_HALF) + s.to_bytes(_HALF)


def office_key(folder: Path) -> ManifestKey:
    """Return the manifest key of an office folder, made on first use; raises E0901, E0912 (no such key)."""
    path = folder / KEYS / _PRIVATE
    if not path.exists():
        _make_folder(path.parent)
        made = generate_private_key(SECP256R1())
        create_whole(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), PRIVATE)
    key = ManifestKey(_private(path))
    create_whole(path.parent / public_name(key.public), public_pem(key.public))
    return key


def office_keys(folder: Path) -> Keys:
    """Return the public manifest keys in an office folder by their ids; raises E0302, E0912."""
    return keys_of(*sorted((folder / KEYS).glob(_PUBLIC.format("*"))))


def keys_of(*paths: Path) -> Keys:
    """Return public keys from PEM files by their ids; raises E0302, E0912."""
    keys = [_public(path) for path in paths]
    return {key_id(key): key for key in keys}


def key_id(key: EllipticCurvePublicKey) -> str:
    """Return the SHA-256 of a public key's DER form (SubjectPublicKeyInfo), in hexadecimal."""
    return hashlib.sha256(spki(key)).hexdigest()


def fingerprint(name: str) -> str:
    """Return the id of a key as a person compares it: 16 groups of four, in capitals."""
    return " ".join(name[at : at + 4].upper() for at in range(0, len(name), 4))


def spki(key: EllipticCurvePublicKey) -> bytes:
    """Return a public key as DER."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def public_pem(key: EllipticCurvePublicKey) -> bytes:
    """Return a public key as PEM."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_name(key: EllipticCurvePublicKey) -> str:
    """Return the file name of a public key."""
    return _PUBLIC.format(key_id(key)[:_SHORT])


def signed_by(key: EllipticCurvePublicKey, content: bytes, signature: bytes) -> bool:
    """Say whether a content bears the signature of a key."""
    halves = int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:])
    try:
        key.verify(encode_dss_signature(*halves), content, _ALGORITHM)
    except InvalidSignature:
        return False
    return len(signature) == 2 * _HALF


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=_OWN, parents=True, exist_ok=True)
    except OSError as error:
        raise ReportgenError("E0901", file=str(path), detail=error.strerror or str(error)) from error


def _private(path: Path) -> EllipticCurvePrivateKey:
    key = pem.private_key(_bytes(path))
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise ReportgenError("E0912", file=str(path))
    return key


def _public(path: Path) -> EllipticCurvePublicKey:
    key = pem.public_key(_bytes(path))
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ReportgenError("E0912", file=str(path))
    return key


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
