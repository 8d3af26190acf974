"""The local test authority: what it certifies, for whom and how long, and that it never passes for another."""

from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

from reportgen.certify.authority import Authority, make_authority
from reportgen.certify.facts import TEST_MARK
from reportgen.certify.keys import in_force
from reportgen.certify.signer import chain_of, key_id, says_test, subject
from tests.certify.pki import NAME, USCC

AT = datetime(2026, 11, 21, 9, 30)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority(NAME, USCC, AT)


def test_every_certificate_names_the_agency_exactly_and_says_that_it_is_a_test(authority: Authority) -> None:
    for holder in (authority.root, authority.signing, authority.stamping):
        parts = subject(holder.certificate)
        assert parts["organization_name"] == NAME
        assert parts["organization_identifier"] == f"NTRCN-{USCC}"
        assert TEST_MARK in parts["common_name"]
        assert says_test(holder.certificate)
    assert subject(authority.signing.certificate)["common_name"] == f"{NAME} 测试"


@pytest.mark.parametrize("length", [1, 19, 20, 60])
def test_a_long_name_is_cut_in_the_common_name_alone(length: int) -> None:
    name = "样" * length
    parts = subject(make_authority(name, USCC, AT).signing.certificate)
    assert parts["organization_name"] == name
    assert len(parts["common_name"].encode()) <= 64
    assert ("…" in parts["common_name"]) == (length > 19)


def test_the_root_certified_both_and_nobody_else_did(authority: Authority) -> None:
    root = authority.root.certificate
    for holder in (authority.signing, authority.stamping):
        assert chain_of(holder.certificate, [root]) == (root,)
        assert chain_of(holder.certificate, [make_authority(NAME, USCC, AT).root.certificate]) == ()


def test_each_key_may_do_its_own_work_and_no_more(authority: Authority) -> None:
    signing, stamping = authority.signing.certificate, authority.stamping.certificate
    for certificate in (signing, stamping):
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        assert usage.digital_signature and not usage.key_cert_sign
        assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    purpose = stamping.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert purpose.critical and list(purpose.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def test_it_is_in_force_at_once_for_three_years(authority: Authority) -> None:
    since, until = in_force(authority.signing.certificate)
    assert since <= AT < until
    assert until - since == timedelta(days=3 * 365)
    assert in_force(authority.root.certificate)[1] > until


def test_two_authorities_have_no_key_in_common(authority: Authority) -> None:
    other = make_authority(NAME, USCC, AT)
    keys = [
        key_id(holder.certificate) for one in (authority, other) for holder in (one.signing, one.stamping)
    ]
    assert len(set(keys)) == 4


def test_a_file_of_it_opens_with_its_password_alone(authority: Authority) -> None:
    content = authority.signing.pkcs12(authority.root.certificate, b"secret")
    assert pkcs12.load_pkcs12(content, b"secret").key is not None
    with pytest.raises(ValueError, match=r"password|PKCS12"):
        pkcs12.load_pkcs12(content, b"another")


def test_no_key_is_shown(authority: Authority) -> None:
    assert "PrivateKey" not in repr(authority)
