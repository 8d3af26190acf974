"""What 骑缝章 and signature add to a report: `python -m benchmarks.sign`, processor time and ratios within one run.

One sample report is typeset once, then sealed and signed over and over. The time stamp of the local test authority
is counted by itself: with a server it is that server's time, and the check of its token.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pikepdf
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from reportgen.certify.authority import Holder, certify_signer, make_authority
from reportgen.certify.facts import Trust
from reportgen.certify.field import Said, write_with_room
from reportgen.certify.keys import Signing
from reportgen.certify.sign import certify
from reportgen.certify.signer import FileSigner
from reportgen.certify.stamps import LocalStamper, Policy
from reportgen.certify.straddle import stamp
from reportgen.cli.demo import request_of, sample_office
from reportgen.document.compose import drawn_seal
from reportgen.document.issuer import issuer_of
from reportgen.pipeline import issue
from reportgen.plain import read_plain
from reportgen.settings import asset_dir

ROUNDS = 25
NOW = datetime(2026, 11, 21, 9, 30)
CASE = "housing-small-exact"


def median(work: Callable[[], object]) -> float:
    """Return the median processor time of some rounds in ms, the first left out."""
    times = []
    for _ in range(ROUNDS + 1):
        started = time.process_time()
        work()
        times.append((time.process_time() - started) * 1000)
    return statistics.median(times[1:])


def sample() -> tuple[bytes, float]:
    """Return an unsigned sample report, and what making it takes in ms."""
    samples = asset_dir("sample_subjects")
    case = next(c for c in read_plain(samples / "cases.yaml").data["cases"] if c["id"] == CASE)
    request, office = request_of(case, samples), sample_office()
    with tempfile.TemporaryDirectory() as folder:
        made = [issue(request, office, NOW, Path(folder) / "report.pdf").pdf for _ in range(2)]
        started = time.process_time()
        issue(request, office, NOW, Path(folder) / "report.pdf")
    return made[1], (time.process_time() - started) * 1000


def main() -> None:
    """Print each part."""
    pdf, whole = sample()
    issuer = issuer_of(sample_office())
    seal, agency = drawn_seal(issuer), issuer.agency
    made = make_authority(agency.name, agency.uscc, NOW)
    root = made.root.certificate
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    modulus = Holder(certify_signer(made.root, key, agency.name, agency.uscc, NOW), key)
    trust = Trust((root.public_bytes(Encoding.DER),))

    def signing(holder: Holder) -> Signing:
        signer = FileSigner.load(holder.pkcs12(root, None), None)
        return Signing(signer, None, Policy.OFF, trust)

    def sealed() -> None:
        with pikepdf.open(BytesIO(pdf)) as document:
            stamp(document, seal)
            write_with_room(document, Said("reason", "place", NOW), 4096)

    def signed(means: Signing) -> Callable[[], object]:
        return lambda: certify(pdf, seal, means, reason="reason", place="place", at=NOW)

    stamper = LocalStamper(made.stamping.certificate, made.stamping.key)
    curve = signing(made.signing)
    rows = {
        "the report before": whole,
        "骑缝章 and room for the signature": median(sealed),
        "the whole, ECDSA P-256, no stamp": median(signed(curve)),
        "the whole, RSA-3072, no stamp": median(signed(signing(modulus))),
        "the whole, ECDSA P-256, local stamp": median(
            signed(replace(curve, stamper=stamper, policy=Policy.REQUIRED))
        ),
    }
    for name, spent in rows.items():
        print(f"{name:38s} {spent:8.1f} ms  {spent / whole:7.1%}")


if __name__ == "__main__":
    main()
