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
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from reportgen.certify.authority import Holder, certify_signer
from reportgen.certify.facts import RegisterFacts, Source, Trust
from reportgen.certify.folding import Key, Point
from reportgen.certify.keys import Signing
from reportgen.certify.sign import certify
from reportgen.certify.verify import Verification, verify
from reportgen.pipeline import Issued
from tests.certify import paper
from tests.certify.pki import NAME, NOW, USCC, local_stamper, pki
from tests.document.samples import SAMPLES as SAMPLES  # noqa: PLC0414 - the facts behind the reports
from tests.document.samples import issued
from tests.once import Once

LATER = NOW + timedelta(days=10)
"""When files are checked unless a test says otherwise."""
NUMBER, PROJECT = "XY20261121E42EJ6YR-A", "JC-2026-001"


@cache
def small(signing: Signing | None = None, at: datetime = NOW) -> bytes:
    """Return a signed document of two pages, without data attached."""
    return signed(paper.typeset(2), signing, at)


@cache
def signed(pdf: bytes, signing: Signing | None = None, at: datetime = NOW) -> bytes:
    """Return a typeset document certified, by default with the own signer and its time stamp."""
    return certify(pdf, paper.seal(), signing or pki().signing(), reason="出具", place="昀海省", at=at).pdf


def unsigned(name: str, once: Once, folder: Path) -> bytes:
    """Return a sample report as it is typeset, the same one that the tests of documents look at."""

    def make() -> Issued:
        with pytest.MonkeyPatch.context() as patch:
            secret = folder / "secret"
            secret.write_bytes(b"a secret of tests, 32 bytes long")
            patch.setenv("REPORTGEN_SECRET_FILE", str(secret))
            return issued(name, folder)

    done: Issued = once(f"report-{name}", make)
    return done.pdf


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
    other = pki().stranger
    return pki().signing(other.signing, other.root, local_stamper(other))


def named(name: str) -> Holder:
    """Return a signer of another name under the own root."""
    key = ec.generate_private_key(ec.SECP256R1())
    return Holder(certify_signer(pki().own.root, key, name, USCC, NOW - timedelta(days=20)), key)
