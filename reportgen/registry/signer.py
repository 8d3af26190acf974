"""The office's key for checkpoints: Ed25519, in the office folder, made on first use.

The private key lies there as PEM that only its owner reads, and enters neither arguments nor logs nor the
database. Beside it lies each public key the office has had, to be given to whoever checks.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from reportgen.certify import pem
from reportgen.errors import ReportgenError
from reportgen.files import PRIVATE, create_whole

KEY_FILE = "checkpoint.key"
_PUBLIC = "checkpoint-{}.pub"
_SHORT = 16


@dataclass(frozen=True)
class Signer:
    """Signs statements with the office's key."""

    key: Ed25519PrivateKey = field(repr=False)

    @property
    def key_id(self) -> str:
        """Return the SHA-256 of the public key."""
        return _id(self.key.public_key())

    def sign(self, statement: str) -> str:
        """Return the signature of a statement in hexadecimal digits."""
        return self.key.sign(statement.encode()).hex()


def office_signer(folder: Path) -> Signer:
    """Return the signer of an office folder, its key made on first use; raises E0901, E0910 (no such key)."""
    path = folder / KEY_FILE
    if not path.exists():
        create_whole(path, _pem(Ed25519PrivateKey.generate()), PRIVATE)
    signer = Signer(_private(path))
    public = signer.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    create_whole(folder / _PUBLIC.format(signer.key_id[:_SHORT]), public)
    return signer


def trusted_keys(folder: Path) -> dict[str, Ed25519PublicKey]:
    """Return the public keys in an office folder by their ids; raises E0901, E0910."""
    keys = [_public(path) for path in sorted(folder.glob(_PUBLIC.format("*")))]
    return {_id(key): key for key in keys}


def signed_by(keys: Mapping[str, Ed25519PublicKey], key_id: str, statement: str, signature: str) -> bool:
    """Say whether a statement bears the signature of one of the keys."""
    try:
        keys[key_id].verify(bytes.fromhex(signature), statement.encode())
    except (InvalidSignature, KeyError, ValueError):
        return False
    return True


def _id(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _private(path: Path) -> Ed25519PrivateKey:
    key = pem.private_key(_bytes(path))
    if not isinstance(key, Ed25519PrivateKey):
        raise ReportgenError("E0910", file=str(path))
    return key


def _public(path: Path) -> Ed25519PublicKey:
    key = pem.public_key(_bytes(path))
    if not isinstance(key, Ed25519PublicKey):
        raise ReportgenError("E0910", file=str(path))
    return key


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReportgenError("E0901", file=str(path), detail=error.strerror or str(error)) from error
