"""A signer from a file: loaded once, of either kind of key, and silent about what it could not read."""

import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PublicFormat,
    pkcs12,
)

from reportgen.certify.authority import certify_signer, make_authority
from reportgen.certify.signer import FileSigner, chain_of, says_test, sign_with, subject
from reportgen.errors import ReportgenError
from tests.certify.pki import NAME, NOW, USCC, pki


def test_a_file_gives_certificate_chain_and_key() -> None:
    own = pki().own
    signer = FileSigner.load(own.signing.pkcs12(own.root.certificate, b"secret"), b"secret")
    assert signer.certificate == own.signing.certificate
    assert signer.chain == (own.root.certificate,)
    spki = signer.certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert signer.key_id == hashlib.sha256(spki).hexdigest()
    assert signer.test
    assert signer.signing() is signer.signing()


@pytest.mark.parametrize("password", [None, b"", b"another"])
def test_the_wrong_password_is_told_from_nothing_in_the_file(password: bytes | None) -> None:
    own = pki().own
    content = own.signing.pkcs12(own.root.certificate, b"secret")
    with pytest.raises(ReportgenError) as raised:
        FileSigner.load(content, password)
    assert raised.value.code == "E0801"
    assert "密码不对" in raised.value.text()
    assert "secret" not in raised.value.text()


@pytest.mark.parametrize("content", [b"", b"no pkcs12", b"\x30\x82\x00\x01\x00"])
def test_what_is_no_file_of_keys_is_refused(content: bytes) -> None:
    with pytest.raises(ReportgenError, match="E0801"):
        FileSigner.load(content, b"secret")


def test_a_file_without_a_key_is_refused() -> None:
    certificates = [pki().own.root.certificate]
    content = pkcs12.serialize_key_and_certificates(
        None, None, None, certificates, BestAvailableEncryption(b"x")
    )
    with pytest.raises(ReportgenError, match="没有私钥"):
        FileSigner.load(content, b"x")


def test_a_key_of_another_kind_is_refused() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    root = pki().own.root
    builder = x509.CertificateBuilder(
        root.certificate.issuer,
        root.certificate.issuer,
        key.public_key(),
        1,
        root.certificate.not_valid_before_utc,
        root.certificate.not_valid_after_utc,
    )
    certificate = builder.sign(root.key, SHA256())
    content = pkcs12.serialize_key_and_certificates(None, key, certificate, None, NoEncryption())
    with pytest.raises(ReportgenError, match="既不是 RSA 也不是 ECDSA"):
        FileSigner.load(content, None)


def test_both_kinds_of_key_sign() -> None:
    curve, modulus = pki().own.signing, pki().rsa
    public = curve.certificate.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(sign_with(curve.key, b"data", "sha256"), b"data", ec.ECDSA(SHA256()))
    other = modulus.certificate.public_key()
    assert isinstance(other, RSAPublicKey)
    other.verify(sign_with(modulus.key, b"data", "sha256"), b"data", PKCS1v15(), SHA256())


def test_a_chain_is_built_from_whatever_lies_about_and_in_order() -> None:
    own, stranger = pki().own, pki().stranger
    heap = [
        stranger.root.certificate,
        own.stamping.certificate,
        own.root.certificate,
        own.signing.certificate,
    ]
    assert chain_of(own.signing.certificate, heap) == (own.root.certificate,)
    assert chain_of(own.root.certificate, heap) == ()


def test_a_name_longer_than_a_library_likes_is_read_without_a_warning() -> None:
    name = "样例信用服务有限公司" * 3
    authority = make_authority(name, USCC, NOW)
    assert subject(authority.signing.certificate)["organization_name"] == name


def test_a_real_certificate_is_no_test() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = certify_signer(pki().own.root, key, NAME, USCC, NOW)
    assert says_test(certificate)
    parts = [part for part in certificate.subject if "测试" not in str(part.value)]
    root = pki().own.root
    real = x509.CertificateBuilder(
        root.certificate.issuer,
        x509.Name(parts),
        key.public_key(),
        2,
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
    ).sign(root.key, SHA256())
    assert not says_test(real)
