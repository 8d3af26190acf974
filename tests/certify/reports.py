"""Signed reports for the tests of checking: small ones made at once, real ones made once a run."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf

from reportgen.certify.authority import Holder
from reportgen.certify.facts import RegisterFacts, Source, Trust
from reportgen.certify.folding import Key, Point
from reportgen.certify.keys import Signing
from reportgen.certify.sign import certify
from reportgen.certify.verify import Verification, verify
from reportgen.plain import read_plain
from reportgen.settings import asset_dir
from tests.certify import paper
from tests.certify.pki import NAME, NOW, pki
from tests.once import Once

SAMPLES = asset_dir("sample_subjects")
CASES: dict[str, dict[str, Any]] = {c["id"]: c for c in read_plain(SAMPLES / "cases.yaml").data["cases"]}
LATER = NOW + timedelta(days=10)
"""When files are checked unless a test says otherwise."""
NUMBER, PROJECT = "XY20261121E42EJ6YR-A", "JC-2026-001"


@cache
def small(signing: Signing | None = None, at: datetime = NOW) -> bytes:
    """Return a signed document of two pages, without data attached."""
    return signed(paper.typeset(2), signing, at)


def signed(pdf: bytes, signing: Signing | None = None, at: datetime = NOW) -> bytes:
    """Return a typeset document certified, by default with the own signer and its time stamp."""
    return certify(pdf, paper.seal(), signing or pki().signing(), reason="出具", place="昀海省", at=at).pdf


def unsigned(name: str, once: Once, folder: Path) -> bytes:
    """Return a sample report as it is typeset."""

    def make() -> bytes:
        from reportgen.cli.demo import request_of, sample_office
        from reportgen.pipeline import issue

        return issue(request_of(CASES[name], SAMPLES), sample_office(), NOW, folder / "report.pdf").pdf

    made: bytes = once(f"unsigned-{name}", make)
    return made


def held(data: bytes, **changes: Any) -> RegisterFacts:
    """Return what a register says that holds exactly these bytes as a report in force."""
    facts = RegisterFacts(
        source=Source.REGISTER,
        as_of=LATER,
        agency=NAME,
        number=NUMBER,
        sha256=sha256(data).hexdigest(),
        state="有效",
        usable=True,
        project=PROJECT,
        valid_until=LATER.date() + timedelta(days=60),
    )
    return replace(facts, **changes)


def nothing(**changes: Any) -> RegisterFacts:
    """Return what a register says that knows no such file."""
    return replace(RegisterFacts(Source.REGISTER, LATER, NAME), **changes)


def checked(
    data: bytes,
    book: RegisterFacts | None = None,
    trust: Trust | None = None,
    at: datetime = LATER,
    **asked: Any,
) -> Verification:
    """Return what a check finds with trust in the own root alone."""
    return verify(
        data, trust=pki().trust if trust is None else trust, register=book, asked=asked.get("asked"), at=at
    )


def point(found: Verification, key: Key) -> Point:
    """Return one point of a check."""
    return next(point for point in found.points if point.key is key)


def failed(found: Verification) -> set[Key]:
    """Return the points that do not hold."""
    return {point.key for point in found.points if point.ok is False}


def open_points(found: Verification) -> set[Key]:
    """Return the points that could not be checked."""
    return {point.key for point in found.points if point.ok is None}


def changed(pdf: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    """Return a document rewritten with a change."""
    output = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        change(opened)
        opened.save(output)
    return output.getvalue()


def stranger() -> Signing:
    """Return the means of somebody of the same name under a root of his own, whose stamps are his as well."""
    from tests.certify.pki import local_stamper

    other = pki().stranger
    return pki().signing(other.signing, other.root, local_stamper(other))


def named(name: str) -> Holder:
    """Return a signer of another name under the own root."""
    from cryptography.hazmat.primitives.asymmetric import ec

    from reportgen.certify.authority import certify_signer
    from tests.certify.pki import USCC

    key = ec.generate_private_key(ec.SECP256R1())
    return Holder(certify_signer(pki().own.root, key, name, USCC, NOW - timedelta(days=20)), key)
