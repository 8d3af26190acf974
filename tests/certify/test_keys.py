"""The office's means to sign: where they come from, when they serve, and when they are refused."""

import os
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from reportgen.certify.authority import Holder, make_authority
from reportgen.certify.keys import Notice, Signing, in_force, open_signing, trusted_roots
from reportgen.certify.stamps import HttpStamper, LocalStamper, Policy
from reportgen.cli.demo import sample_office
from reportgen.errors import ReportgenError
from tests.certify.office import PASSWORD, SIGNING, TIMESTAMP, make_office
from tests.certify.pki import NAME, NOW, USCC, pem, pki

SERVERS = ["https://tsa.example.cn/tsa", "http://tsa2.example.cn"]
NO_SECRET = {name: value for name, value in SIGNING.items() if name != "password_file"}


@pytest.fixture(autouse=True)
def _no_secrets_about(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KEY_PASSWORD", "KEY_PASSWORD_FILE", "PIN", "PIN_FILE"):
        monkeypatch.delenv(f"REPORTGEN_{name}", raising=False)


def opened(folder: Path, at: datetime = NOW, **given: object) -> Signing:
    signing = open_signing(make_office(folder, **given), at)  # type: ignore[arg-type]
    assert signing is not None
    return signing


def refused(folder: Path, code: str, at: datetime = NOW, **given: object) -> ReportgenError:
    with pytest.raises(ReportgenError) as raised:
        opened(folder, at, **given)
    assert raised.value.code == code
    return raised.value


def test_an_office_without_a_key_signs_nothing() -> None:
    assert open_signing(sample_office(), NOW) is None


def test_an_office_with_a_key_signs_and_stamps(tmp_path: Path) -> None:
    signing = opened(tmp_path)
    assert signing.signer.certificate == pki().own.signing.certificate
    assert signing.signer.test
    assert isinstance(signing.stamper, LocalStamper)
    assert (signing.policy, signing.notices) == (Policy.REQUIRED, ())
    assert signing.trust == pki().trust


def test_the_key_is_loaded_once_and_anew_when_its_file_is_another(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    first, second = open_signing(office, NOW), open_signing(office, NOW + timedelta(days=1))
    assert first is not None and second is not None
    assert first.signer is second.signer
    path = tmp_path / "keys" / "signing.p12"
    path.write_bytes(pki().rsa.pkcs12(pki().own.root.certificate, PASSWORD.encode()))
    third = open_signing(office, NOW)
    assert third is not None
    assert third.signer.certificate == pki().rsa.certificate


def test_the_password_comes_from_the_environment_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTGEN_KEY_PASSWORD", PASSWORD)
    opened(tmp_path / "a", signing=NO_SECRET)
    monkeypatch.delenv("REPORTGEN_KEY_PASSWORD")
    (tmp_path / "elsewhere").write_text(f"{PASSWORD}\r\n")
    monkeypatch.setenv("REPORTGEN_KEY_PASSWORD_FILE", str(tmp_path / "elsewhere"))
    opened(tmp_path / "b", signing=NO_SECRET)


def test_without_the_password_the_key_stays_shut(tmp_path: Path) -> None:
    error = refused(tmp_path, "E0801", signing=NO_SECRET)
    assert PASSWORD not in error.text()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "gone.p12" in refused(tmp_path, "E0302", signing={**SIGNING, "file": "keys/gone.p12"}).text()


@pytest.mark.parametrize(
    ("table", "changes", "path"),
    [
        ("signing", {"kind": "usb"}, "signing.kind"),
        ("signing", {"kind": "pkcs12"}, "signing.file"),
        ("signing", {"kind": "pkcs11", "module": "x.so", "token": "t"}, "signing.label"),
        ("signing", {**SIGNING, "password": PASSWORD}, "signing.password"),
        ("timestamp", {"policy": "sometimes", "local": "keys/tsa.p12"}, "timestamp.policy"),
        ("timestamp", {"policy": "required"}, "timestamp.servers"),
        ("timestamp", {**TIMESTAMP, "servers": SERVERS}, "timestamp.servers"),
        ("timestamp", {"policy": "required", "servers": ["ftp://tsa.example.cn"]}, "timestamp.servers[0]"),
    ],
    ids=["kind", "no file", "no label", "a secret", "policy", "no server", "two sources", "no http"],
)
def test_settings_that_make_no_sense_are_refused_by_their_path(
    tmp_path: Path, table: str, changes: dict[str, object], path: str
) -> None:
    error = refused(tmp_path, "E0311", NOW, **{table: changes})
    assert [fault.path for fault in error.faults] == [path]
    assert PASSWORD not in error.text()


def test_signing_without_a_word_on_time_stamps_is_refused(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    del office.data["timestamp"]
    with pytest.raises(ReportgenError) as raised:
        open_signing(office, NOW)
    assert [fault.path for fault in raised.value.faults] == ["timestamp"]


def test_servers_are_asked_in_their_order_and_trusted_by_the_roots_of_the_office(tmp_path: Path) -> None:
    stamper = opened(tmp_path, timestamp={"policy": "preferred", "servers": SERVERS}).stamper
    assert isinstance(stamper, HttpStamper)
    assert list(stamper.servers) == SERVERS
    assert stamper.trust == pki().trust


def test_where_no_stamp_is_wanted_nobody_stamps(tmp_path: Path) -> None:
    assert opened(tmp_path, timestamp={"policy": "off"}).stamper is None


def test_a_certificate_serves_from_its_first_moment_to_its_last(tmp_path: Path) -> None:
    since, until = in_force(pki().own.signing.certificate)
    second = timedelta(seconds=1)
    for index, (at, serves) in enumerate(
        [(since - second, False), (since, True), (until, True), (until + second, False)]
    ):
        if serves:
            opened(tmp_path / str(index), at)
        else:
            assert str(until) in refused(tmp_path / str(index), "E0802", at).text()


def test_an_expired_certificate_signs_nothing(tmp_path: Path) -> None:
    refused(tmp_path, "E0802", holder=pki().long_expired)


@pytest.mark.parametrize(
    ("table", "changes", "path"),
    [
        ("agency", {"name": "样例信用服务股份有限公司"}, "证书的 O"),
        ("agency", {"filing_name": "样例信用管理有限公司"}, "agency.filing_name"),
        ("seal", {"name": "样例信用服务公司"}, "seal.name"),
    ],
)
def test_certificate_filing_and_seal_must_name_the_agency_exactly(
    tmp_path: Path, table: str, changes: dict[str, object], path: str
) -> None:
    error = refused(tmp_path, "E0803", NOW, **{table: changes})
    assert path in [fault.path for fault in error.faults]


def test_the_same_name_given_everywhere_is_no_fault(tmp_path: Path) -> None:
    opened(tmp_path, agency={"filing_name": NAME}, seal={"name": NAME})


def unmarked(usage: x509.KeyUsage | None = None) -> Holder:
    """Return a signer under the own root that does not call itself a test."""
    root, key = pki().own.root, ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .issuer_name(root.certificate.subject)
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, NAME)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(root.certificate.not_valid_before_utc)
        .not_valid_after(root.certificate.not_valid_after_utc)
    )
    builder = builder.add_extension(usage, True) if usage else builder
    return Holder(builder.sign(root.key, SHA256()), key)


def test_a_real_certificate_takes_no_stamp_of_the_test_authority(tmp_path: Path) -> None:
    assert "测试时间戳" in refused(tmp_path / "a", "E0806", holder=unmarked()).text()
    signing = opened(tmp_path / "b", holder=unmarked(), timestamp={"policy": "required", "servers": SERVERS})
    assert not signing.signer.test


def test_a_certificate_that_may_not_sign_is_refused(tmp_path: Path) -> None:
    usage = x509.KeyUsage(False, False, True, False, False, False, False, False, False)
    error = refused(tmp_path, "E0806", holder=unmarked(usage=usage), timestamp={"policy": "off"})
    assert "不包括数字签名" in error.text()


def test_a_certificate_that_leads_to_no_trusted_root_is_refused(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    (tmp_path / "trust" / "root.pem").write_bytes(pem([pki().stranger.root.certificate]))
    with pytest.raises(ReportgenError, match="trust 文件夹") as raised:
        open_signing(office, NOW)
    assert raised.value.code == "E0806"


@pytest.mark.parametrize(("days", "said"), [(31, ()), (30, (30,)), (1, (1,)), (0, (0,))])
def test_it_is_said_thirty_days_ahead_when_the_certificate_ends(
    tmp_path: Path, days: int, said: tuple[int, ...]
) -> None:
    until = in_force(pki().own.signing.certificate)[1]
    at = datetime.combine(until.date() - timedelta(days=days), until.time())
    filing = {"filing_since": date(2026, 1, 1), "filing_until": date(2040, 1, 1)}
    notices = opened(tmp_path, at, agency=filing, timestamp={"policy": "off"}).notices
    assert tuple(notice.days for notice in notices) == said
    assert {notice.what for notice in notices} <= {"签名证书"}


def test_the_end_of_filing_and_of_the_local_stamp_is_said_too(tmp_path: Path) -> None:
    at = in_force(pki().own.stamping.certificate)[1] - timedelta(days=3)
    filing = {"filing_until": at.date() + timedelta(days=5)}
    notices = opened(tmp_path, at, agency=filing).notices
    assert [notice.what for notice in notices] == ["签名证书", "测试时间戳证书", "机构备案"]
    assert notices[-1].text() == f"机构备案有效期至 {filing['filing_until']}，还有 5 天"


def test_what_has_ended_is_said_to_have_ended() -> None:
    assert Notice("机构备案", date(2026, 11, 20), -1).text() == "机构备案有效期至 2026-11-20，已经届满"


def test_a_chain_that_the_file_lacks_is_given_beside_it(tmp_path: Path) -> None:
    office = make_office(tmp_path, signing={**SIGNING, "chain": "keys/chain.pem"})
    (tmp_path / "keys" / "chain.pem").write_bytes(pem([pki().own.root.certificate]))
    signing = open_signing(office, NOW)
    assert signing is not None
    assert signing.signer.chain == (pki().own.root.certificate,)


def test_the_roots_of_an_office_are_all_that_lie_in_its_folder(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    other = make_authority(NAME, USCC, NOW).root.certificate
    (tmp_path / "trust" / "other.pem").write_bytes(pem([other]))
    assert len(trusted_roots(office).roots) == 2
    assert trusted_roots(sample_office()).roots == ()


def test_no_secret_shows_in_what_is_printed(tmp_path: Path) -> None:
    shown = repr(opened(tmp_path)) + str(os.environ.get("REPORTGEN_KEY_PASSWORD"))
    assert PASSWORD not in shown
    assert "EllipticCurvePrivateKey" not in shown
