"""One self-contained HTML page that checks files against a manifest in any browser, without network.

Style, script, manifest and public key stand in the page itself; its own policy (CSP) allows the script and
the style by their hashes, and nothing else whatever. What is shown comes from the manifest once its
signature holds, so the template names nobody.
"""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reportgen.certify.manifest_key import spki
from reportgen.settings import asset_dir


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
