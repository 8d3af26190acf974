"""One self-contained HTML page that checks files against a manifest in any browser, without network.

Style, script, manifest and public key stand in the page itself; its own policy (CSP) allows the script and
the style by their hashes, and nothing else whatever. What is shown comes from the manifest once its
signature holds, so the template names nobody.
"""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reportgen.certify import manifest_key
from reportgen.certify.manifest import Manifest, make_manifest
from reportgen.certify.manifest_key import spki
from reportgen.files import write_whole
from reportgen.settings import asset_dir

PAGE, MANIFEST = "离线核验.html", "manifest.jsonl"
"""What the files of a manifest are called; the public key has the name it has in the office."""


@dataclass(frozen=True)
class Written:
    """A manifest's files in a folder: their names, the page's SHA-256, and the key's fingerprint."""

    page: str
    manifest: str
    key: str
    page_sha256: str
    fingerprint: str


def write(listed: Manifest, office: Path, folder: Path) -> Written:
    """Sign a manifest with the key of an office folder and write it, the key and the page; raises E0901, E0912."""
    key = manifest_key.office_key(office)
    data = make_manifest(listed, key)
    made, public = page(data, key.public), manifest_key.public_name(key.public)
    for name, content in ((MANIFEST, data), (public, manifest_key.public_pem(key.public)), (PAGE, made)):
        write_whole(folder / name, content)
    sha256, fingerprint = hashlib.sha256(made).hexdigest(), manifest_key.fingerprint(key.key_id)
    return Written(PAGE, MANIFEST, public, sha256, fingerprint)


def page(manifest: bytes, key: EllipticCurvePublicKey) -> bytes:
    """Return the page for a signed manifest and the public key it is to be checked with, as UTF-8."""
    folder = asset_dir("templates")
    style, script = ((folder / f"offline.{kind}").read_text("utf-8") for kind in ("css", "js"))
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
    return (
        environment.get_template("offline.html.j2")
        .render(
            style=style,
            script=script,
            style_hash=_hash(style),
            script_hash=_hash(script),
            manifest=_base64(manifest),
            key=_base64(spki(key)),
        )
        .encode()
    )


def _hash(text: str) -> str:
    return "sha256-" + _base64(hashlib.sha256(text.encode()).digest())


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
