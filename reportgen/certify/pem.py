"""Keys of the office from PEM files; what is no such key is None, and the parser's own message is not passed on.

It could hold parts of the key.
"""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key


def private_key(content: bytes) -> PrivateKeyTypes | None:
    """Return the private key of a PEM file that no password protects."""
    try:
        return load_pem_private_key(content, password=None)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return None


def public_key(content: bytes) -> PublicKeyTypes | None:
    """Return the public key of a PEM file."""
    try:
        return load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        return None
