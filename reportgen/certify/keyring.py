"""The folder of keys: a test authority made there, or the agency's own key brought in. Nothing is ever overwritten."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from reportgen.certify.authority import make_authority
from reportgen.certify.facts import TRUST_FOLDER
from reportgen.certify.keys import (
    require_fit,
    require_in_force,
    require_names,
    trusted_roots,
)
from reportgen.certify.signer import FileSigner, key_id
from reportgen.document.issuer import Issuer
from reportgen.errors import ReportgenError
from reportgen.files import OPEN, PRIVATE, create_whole
from reportgen.settings import Office

KEYS_FOLDER = "keys"
_OWN = 0o700
_SHORT = 12
TEST_SETTINGS = """
# 签名密钥。这是 reportgen init 或 reportgen key create-test 生成的测试密钥：机构以外无人信任，所签文件都标明样例
# 正式使用前用 reportgen key import 导入机构的证书，并改写本节与下一节；见 docs/signing.md
[signing]
kind = "pkcs12"
file = "keys/signing.p12"
password_file = "keys/signing.password"

# 时间戳。local 是本机的测试时间戳；正式证书须改用 servers 所列的时间戳服务器
[timestamp]
policy = "required"
local = "keys/tsa.p12"
"""


@dataclass(frozen=True)
class Kept:
    """What was put into an office's folder: the key's id, the files, and the settings that name them."""

    key_id: str
    files: tuple[Path, ...]
    settings: str


def create_test(folder: Path, agency_name: str, uscc: str, at: datetime) -> Kept:
    """Make a test authority for an agency in its folder; raises E0810 (a key is there), E0901."""
    made, password = make_authority(agency_name, uscc, at), secrets.token_urlsafe(24).encode()
    root = made.root.certificate
    keys, identity = folder / KEYS_FOLDER, key_id(made.signing.certificate)
    files = {
        keys / "signing.p12": made.signing.pkcs12(root, password),
        keys / "signing.password": password,
        # Without a password: whoever holds it can backdate samples, and proves nothing to anybody.
        keys / "tsa.p12": made.stamping.pkcs12(root, None),
    }
    named = folder / TRUST_FOLDER / f"test-root-{key_id(root)[:_SHORT]}.pem"
    _keep(files, {named: root.public_bytes(Encoding.PEM)})
    return Kept(identity, (*files, named), TEST_SETTINGS)


def bring_in(
    office: Office,
    issuer: Issuer,
    content: bytes,
    password: bytes | None,
    chain: Sequence[x509.Certificate],
    at: datetime,
) -> Kept:
    """Check an agency's PKCS#12 file and put it into the office's folder under the id of its key.

    The password is not kept. Raises E0801 (cannot be opened), E0802, E0803, E0806 (unfit), E0810, E0901.
    """
    trust = trusted_roots(office)
    roots = [x509.load_der_x509_certificate(root) for root in trust.roots]
    signer = FileSigner.load(content, password, (*chain, *roots))
    require_in_force(signer.certificate, at)
    require_names(signer.certificate, issuer)
    require_fit(signer, trust)
    name = f"{KEYS_FOLDER}/signing-{signer.key_id[:_SHORT]}"
    files, lines = {office.folder / f"{name}.p12": content}, f'kind = "pkcs12"\nfile = "{name}.p12"\n'
    if chain:
        files[office.folder / f"{name}.pem"] = _pem(chain)
        lines += f'chain = "{name}.pem"\n'
    _keep(files, {})
    return Kept(signer.key_id, tuple(files), f"[signing]\n{lines}")


def _keep(private: dict[Path, bytes], public: dict[Path, bytes]) -> None:
    for path in (*private, *public):
        if path.exists():
            raise ReportgenError("E0810", file=path)
    for path in private:
        _private_folder(path.parent)
    for files, mode in ((private, PRIVATE), (public, OPEN)):
        for path, content in files.items():
            create_whole(path, content, mode)


def _private_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=_OWN, parents=True, exist_ok=True)
    except OSError as error:
        raise ReportgenError("E0901", file=str(folder), detail=error.strerror or str(error)) from error


def _pem(certificates: Iterable[x509.Certificate]) -> bytes:
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)
