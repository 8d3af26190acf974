"""An office's folder with keys, as `reportgen init` or an agency's own hand leaves it."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from reportgen.certify.authority import Authority, Holder
from reportgen.settings import OFFICE_FILE, Office, asset_dir, read_office
from tests.certify.pki import pem, pki

PASSWORD = "correct horse"
SIGNING = {"kind": "pkcs12", "file": "keys/signing.p12", "password_file": "keys/signing.password"}
TIMESTAMP: dict[str, object] = {"policy": "required", "local": "keys/tsa.p12"}


def make_office(
    folder: Path,
    *,
    holder: Holder | None = None,
    authority: Authority | None = None,
    signing: Mapping[str, object] = SIGNING,
    timestamp: Mapping[str, object] = TIMESTAMP,
    agency: Mapping[str, object] | None = None,
    seal: Mapping[str, object] | None = None,
) -> Office:
    """Return the sample office with a key, changed in what is given."""
    authority = authority or pki().own
    for name in ("keys", "trust"):
        (folder / name).mkdir(parents=True)
    root, signer = authority.root.certificate, holder or authority.signing
    (folder / "keys" / "signing.p12").write_bytes(signer.pkcs12(root, PASSWORD.encode()))
    (folder / "keys" / "signing.password").write_text(PASSWORD + "\n")
    (folder / "keys" / "tsa.p12").write_bytes(authority.stamping.pkcs12(root, None))
    (folder / "trust" / "root.pem").write_bytes(pem([root]))
    shutil.copy(asset_dir("sample_subjects") / "office" / OFFICE_FILE, folder)
    data = dict(read_office(folder / OFFICE_FILE).data)
    data |= {"signing": dict(signing), "timestamp": dict(timestamp)}
    for table, changes in (("agency", agency), ("seal", seal)):
        given = data[table]
        assert isinstance(given, dict)
        data[table] = given | dict(changes or {})
    return Office(folder, data)
