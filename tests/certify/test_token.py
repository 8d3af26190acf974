"""A key in a token: found by its label, used where it lies, and told plainly when it is not there."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pkcs11 import Attribute, ObjectClass
from pkcs11.util.ec import decode_ec_private_key
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate

from reportgen.certify.authority import Holder
from reportgen.certify.keys import open_signing
from reportgen.certify.sign import certify
from reportgen.certify.token import TokenSigner
from reportgen.errors import ReportgenError
from tests.certify import paper
from tests.certify.office import make_office
from tests.certify.pki import NOW, pki

MODULE = next(Path("/usr/lib").glob("**/libsofthsm2.so"))
TOKEN, PIN = "office", "135790"


@pytest.fixture(scope="module", autouse=True)
def _token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Make a token with both kinds of key; the library reads where tokens lie when it is first loaded."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    command = [
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        TOKEN,
        "--so-pin",
        "246802",
        "--pin",
        PIN,
    ]
    subprocess.run(command, check=True, capture_output=True)
    with pkcs11.lib(str(MODULE)).get_token(token_label=TOKEN).open(rw=True, user_pin=PIN) as session:
        put(session, "curve", pki().own.signing)
        put(session, "modulus", pki().rsa)
        certificate(session, "keyless", pki().own.signing)
        certificate(session, "twice", pki().own.signing)
        certificate(session, "twice", pki().rsa)
    yield
    del os.environ["SOFTHSM2_CONF"]


def put(session: pkcs11.Session, label: str, holder: Holder) -> None:
    content = holder.key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    decode = decode_ec_private_key if label == "curve" else decode_rsa_private_key
    session.create_object(decode(content) | {Attribute.LABEL: label, Attribute.TOKEN: True})
    certificate(session, label, holder)


def certificate(session: pkcs11.Session, label: str, holder: Holder) -> None:
    content = decode_x509_certificate(holder.certificate.public_bytes(Encoding.DER))
    session.create_object(content | {Attribute.LABEL: label, Attribute.TOKEN: True})


@pytest.fixture(autouse=True)
def _left() -> Iterator[None]:
    """Log out after each test: a process that is logged in is asked for no PIN."""
    yield
    while _sessions:
        _sessions.pop().close()


_sessions: list[pkcs11.Session] = []


def opened(label: str = "curve", *, token: str = TOKEN, pin: str = PIN) -> TokenSigner:
    root = pki().own.root.certificate
    signer = TokenSigner.open(str(MODULE), token, label, pin.encode(), [root])
    _sessions.append(signer.means.pkcs11_session)
    return signer


@pytest.mark.parametrize(("label", "kind"), [("curve", "ecdsa"), ("modulus", "rsa")])
def test_a_report_is_signed_in_the_token(label: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / "pin").write_text(PIN + "\n")
    settings = {"kind": "pkcs11", "module": str(MODULE), "token": TOKEN, "label": label, "pin_file": "pin"}
    signing = open_signing(make_office(tmp_path, signing=settings), NOW)
    assert signing is not None
    assert isinstance(signing.signer, TokenSigner)
    _sessions.append(signing.signer.means.pkcs11_session)
    holder = pki().rsa if kind == "rsa" else pki().own.signing
    assert signing.signer.certificate == holder.certificate
    assert signing.signer.chain == (pki().own.root.certificate,)
    done = certify(paper.typeset(2), paper.seal(), signing, reason="出具", place="霁川", at=NOW)
    (tmp_path / "signed.pdf").write_bytes(done.pdf)
    said = paper.said("pdfsig", tmp_path / "signed.pdf")
    assert "Signature is Valid" in said
    assert "Total document signed" in said


def test_the_key_never_leaves_the_token() -> None:
    session = opened().means.pkcs11_session
    (key,) = session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: "curve"})
    with pytest.raises(pkcs11.exceptions.AttributeSensitive):
        key[Attribute.VALUE]


def test_a_process_logs_in_once(tmp_path: Path) -> None:
    assert opened().certificate == opened().certificate


@pytest.mark.parametrize(
    ("label", "token", "pin", "why"),
    [
        ("curve", TOKEN, "999999", "PIN 不对"),
        ("curve", "elsewhere", PIN, "没有找到这个名称的设备"),
        ("nobody", TOKEN, PIN, "没有名为 nobody 的证书"),
        ("twice", TOKEN, PIN, "不止一张名为 twice 的证书"),
        ("keyless", TOKEN, PIN, "没有这个名称的私钥"),
    ],
    ids=["pin", "token", "label", "twice", "keyless"],
)
def test_what_is_wrong_with_a_token_is_said(label: str, token: str, pin: str, why: str) -> None:
    with pytest.raises(ReportgenError) as raised:
        opened(label, token=token, pin=pin)
    assert raised.value.code == "E0805"
    assert why in raised.value.text()
    assert pin not in raised.value.text()


def test_a_library_that_is_not_there_is_said_to_be_missing() -> None:
    with pytest.raises(ReportgenError, match="E0805"):
        TokenSigner.open("/nowhere/lib.so", TOKEN, "curve", PIN.encode())


def test_a_token_pulled_out_signs_nothing() -> None:
    signer = opened()
    signing = replace(pki().unstamped(), signer=signer)
    _sessions.pop().close()
    with pytest.raises(ReportgenError, match="E0805"):
        certify(paper.typeset(2), paper.seal(), signing, reason="出具", place="霁川", at=NOW)


def test_an_office_without_the_extra_is_told_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"kind": "pkcs11", "module": str(MODULE), "token": TOKEN, "label": "curve"}
    monkeypatch.setitem(sys.modules, "reportgen.certify.token", None)
    with pytest.raises(ReportgenError, match=r"reportgen\[pkcs11\]"):
        open_signing(make_office(tmp_path, signing=settings), NOW)
