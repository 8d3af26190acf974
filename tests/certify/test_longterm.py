"""Long-term copies: the original stays what it was, and what proves it in later years stands behind it."""

from asyncio import run
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from reportgen.certify.authority import Holder
from reportgen.certify.folding import Verdict
from reportgen.certify.longterm import Refreshed, last_stamped, refresh
from reportgen.certify.signer import asn1_of
from reportgen.certify.stamps import HttpStamper
from reportgen.errors import ReportgenError
from reportgen.project.model import CHINA
from tests.certify import paper, reports, tsa
from tests.certify.pki import NOW, local_stamper, naming, pki, revocation_list

YEAR = timedelta(days=365)
MOMENTS = [NOW + YEAR, NOW + 2 * YEAR]


def refreshed(pdf: bytes, at: datetime = MOMENTS[0]) -> Refreshed:
    """Return a copy stamped by the own authority."""
    return refresh(pdf, pki().trust, local_stamper(pki().own), at)


def context(moment: datetime, **more: Any) -> ValidationContext:
    roots = [asn1_of(pki().own.root.certificate)]
    return ValidationContext(trust_roots=roots, moment=moment.replace(tzinfo=CHINA), **more)


@pytest.fixture(scope="module")
def copies() -> list[bytes]:
    """Return an original, its copy, and the copy's copy."""
    made = [reports.small()]
    for at in MOMENTS:
        made.append(refreshed(made[-1], at).pdf)
    return made


def test_every_copy_begins_with_the_whole_of_the_one_before(copies: list[bytes]) -> None:
    assert copies[0] == reports.small()
    assert copies[1].startswith(copies[0]) and len(copies[1]) > len(copies[0])
    assert copies[2].startswith(copies[1]) and len(copies[2]) > len(copies[1])


def test_every_copy_adds_one_stamp_over_the_whole_file(copies: list[bytes]) -> None:
    assert [last_stamped(pdf) for pdf in copies] == [None, *MOMENTS]
    for count, pdf in enumerate(copies[1:], 1):
        stamps = PdfFileReader(BytesIO(pdf)).embedded_timestamp_signatures
        assert [stamp.field_name for stamp in stamps] == [f"LongTerm-{n}" for n in range(1, count + 1)]
        found = run(async_validate_pdf_timestamp(stamps[-1], context(MOMENTS[count - 1])))
        assert found.intact and found.valid and found.trusted
        assert found.coverage is SignatureCoverageLevel.ENTIRE_FILE


def test_the_signature_holds_and_the_copy_changes_nothing_that_it_forbids(copies: list[bytes]) -> None:
    (signature,) = PdfFileReader(BytesIO(copies[2])).embedded_regular_signatures
    found = run(async_validate_pdf_signature(signature, context(NOW)))
    assert found.bottom_line and found.docmdp_ok
    assert found.coverage is SignatureCoverageLevel.ENTIRE_REVISION


def test_the_copy_holds_every_certificate_up_to_the_root(copies: list[bytes]) -> None:
    own = pki().own
    expected = {asn1_of(one.certificate).dump() for one in (own.root, own.signing, own.stamping)}
    for pdf in copies[1:]:
        held = PdfFileReader(BytesIO(pdf)).root["/DSS"]["/Certs"]
        assert {certificate.get_object().data for certificate in held} == expected


def test_certificates_that_name_no_source_are_said_and_the_copy_is_made() -> None:
    done = refreshed(reports.small())
    assert done.unnamed == ("样例信用服务有限公司 测试", "样例信用服务有限公司 测试时间戳")
    assert (done.revocations, done.answered, done.stamped_at) == (0, True, MOMENTS[0])


def test_the_copy_is_as_good_as_the_original_by_every_tool(copies: list[bytes], tmp_path: Path) -> None:
    before, after = tmp_path / "before.pdf", tmp_path / "after.pdf"
    before.write_bytes(copies[0])
    after.write_bytes(copies[2])
    found = paper.faults(after)
    # The validator wants every signature to cover the whole file; one before the last covers its own revision.
    assert found["3a"] - paper.faults(before)["3a"] == {"PDFA3A-SIGNATURE-BYTERANGE-001"}
    assert found["ua1"] <= paper.faults(before)["ua1"]
    assert "No syntax or stream encoding errors" in paper.said("qpdf", "--check", after)
    said = paper.said("pdfsig", after)
    assert said.count("Signature is Valid") == 1
    assert said.count("LongTerm-") == 2
    assert said.rindex("Total document signed") > said.index("LongTerm-2")


def test_a_copy_is_no_original_to_whoever_checks_it(copies: list[bytes]) -> None:
    for pdf in copies[1:]:
        assert reports.checked(pdf, reports.held(copies[0])).verdict is Verdict.NOT_GENUINE


def test_one_stamp_is_asked_of_the_server_for_a_copy() -> None:
    with tsa.serve(tsa.Tsa(local_stamper(pki().own), MOMENTS[0]).good) as server:
        done = refresh(reports.small(), pki().trust, HttpStamper([server.url], pki().trust), NOW)
    assert len(server.asked) == 1
    assert done.stamped_at == last_stamped(done.pdf) == MOMENTS[0]


def test_without_a_stamp_there_is_no_copy() -> None:
    with tsa.serve(tsa.refusing) as server, pytest.raises(ReportgenError, match="E0804"):
        refresh(reports.small(), pki().trust, HttpStamper([server.url], pki().trust), NOW)


def named(url: str) -> Holder:
    """Return the own signer with a certificate that names a source."""
    return naming(pki().own.signing, pki().own.root, url)


def test_the_list_that_a_certificate_names_is_fetched_once_and_kept() -> None:
    root, lists = pki().own.root, revocation_list(pki().own.root, MOMENTS[0], {})
    with tsa.serve(tsa.body(lists, "application/pkix-crl")) as server:
        done = refreshed(reports.signed(paper.typeset(2), pki().signing(named(server.url))))
    assert len(server.asked) == 1
    assert (done.revocations, done.answered) == (1, True)
    assert done.unnamed == ("样例信用服务有限公司 测试时间戳",)
    (held,) = PdfFileReader(BytesIO(done.pdf)).root["/DSS"]["/CRLs"]
    assert held.get_object().data == lists
    (signature,) = PdfFileReader(BytesIO(done.pdf)).embedded_regular_signatures
    offline = context(NOW, crls=[lists], revocation_mode="hard-fail", retroactive_revinfo=True)
    assert run(async_validate_pdf_signature(signature, offline)).bottom_line
    assert asn1_of(root.certificate).dump() in [
        one.get_object().data for one in PdfFileReader(BytesIO(done.pdf)).root["/DSS"]["/Certs"]
    ]


@pytest.mark.parametrize(
    "answer", [tsa.code(503), tsa.body(b"no list", "application/pkix-crl")], ids=["silent", "babbling"]
)
def test_a_source_that_is_silent_is_said_and_the_copy_is_made(answer: tsa.Answer) -> None:
    with tsa.serve(answer) as server:
        done = refreshed(reports.signed(paper.typeset(2), pki().signing(named(server.url))))
    assert not done.answered
    assert last_stamped(done.pdf) == MOMENTS[0]


@pytest.mark.parametrize(("days", "refused"), [(-1, True), (1, False)])
def test_only_a_revocation_before_the_signature_refuses_the_copy(days: int, refused: bool) -> None:
    def answer(handler: tsa.Handler, _: bytes) -> None:
        revoked = {holder.certificate: NOW + timedelta(days=days)}
        handler.send(revocation_list(pki().own.root, MOMENTS[0], revoked), "application/pkix-crl")

    with tsa.serve(answer) as server:
        holder = named(server.url)
        original = reports.signed(paper.typeset(2), pki().signing(holder))
        if refused:
            with pytest.raises(ReportgenError, match="E0808"):
                refreshed(original)
        else:
            assert refreshed(original).revocations == 1


def test_an_original_outlives_its_certificates() -> None:
    late = NOW + 9 * YEAR
    assert last_stamped(refreshed(reports.small(), late).pdf) == late


def test_an_original_without_a_time_stamp_gets_one_with_its_copy() -> None:
    assert last_stamped(refreshed(reports.small(pki().unstamped())).pdf) == MOMENTS[0]


def test_what_is_not_ours_is_refused(copies: list[bytes]) -> None:
    original, copy = copies[0], copies[1]
    strangers = [
        b"",
        b"no document",
        paper.typeset(2),
        reports.small(reports.stranger()),
        original[:-100],
        original + b"\n% added\n",
        original.replace(b"D:20261121", b"D:20261122"),
        copy + b"\n% added\n",
        copy[:-1],
        copy.replace(b"D:20261121", b"D:20261122"),
        # The stamp holds no longer for what stands between it and the original.
        copy[: len(original)] + copy[len(original) :].replace(b"/DSS", b"/DSX", 1),
    ]
    for number, pdf in enumerate(strangers):
        with pytest.raises(ReportgenError, match="E0808"):
            refreshed(pdf)
            pytest.fail(f"{number} was taken")
