"""The certification signature: what it covers, what it states, and that the file stays what it was."""

from asyncio import run
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from reportgen.certify.authority import Holder
from reportgen.certify.field import FIELD
from reportgen.certify.keys import Signing
from reportgen.certify.sign import Certified, certify
from reportgen.certify.signer import asn1_of
from reportgen.certify.stamps import Policy, Stamp
from reportgen.errors import Fault, ReportgenError
from reportgen.project.model import CHINA
from tests.certify import paper
from tests.certify.pki import NAME, NOW, pki

REASON, PLACE = "出具信用报告 XY20261121E42EJ6YR-A", "昀海省霁川市云屏区观澜路1号"


def certified(signing: Signing | None = None, pages: int = 3) -> Certified:
    return certify(
        paper.typeset(pages), paper.seal(), signing or pki().signing(), reason=REASON, place=PLACE, at=NOW
    )


def status(pdf: bytes, root: Holder) -> PdfSignatureStatus:
    """Return what pyHanko finds, trusting one root, a day later."""
    context = ValidationContext(
        trust_roots=[asn1_of(root.certificate)], moment=(NOW + timedelta(days=1)).replace(tzinfo=CHINA)
    )
    (signature,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    return run(async_validate_pdf_signature(signature, context))


@pytest.mark.parametrize("kind", ["ecdsa", "rsa"])
def test_the_signature_covers_the_whole_file_and_permits_no_change(kind: str) -> None:
    own = pki().own
    found = status(certified(pki().signing(pki().rsa if kind == "rsa" else own.signing)).pdf, own.root)
    assert found.bottom_line
    assert found.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert found.modification_level is ModificationLevel.NONE
    assert found.pkcs7_signature_mechanism == ("sha256_rsa" if kind == "rsa" else "sha256_ecdsa")


def test_it_certifies_in_one_revision() -> None:
    reader = PdfFileReader(BytesIO(certified().pdf))
    (signature,) = reader.embedded_signatures
    assert reader.xrefs.total_revisions == 1
    assert signature.docmdp_level is MDPPerm.NO_CHANGES
    assert reader.root["/Perms"]["/DocMDP"].get_object() is signature.sig_object


def test_it_says_why_where_and_when_and_states_no_other_time() -> None:
    (signature,) = PdfFileReader(BytesIO(certified().pdf)).embedded_signatures
    stated = signature.sig_object
    assert (stated["/Reason"], stated["/Location"]) == (REASON, PLACE)
    assert stated["/M"] == "D:20261121093000+08'00'"
    assert stated["/SubFilter"] == "/ETSI.CAdES.detached"
    attributes = {attribute["type"].native for attribute in signature.signer_info["signed_attrs"]}
    assert attributes == {"content_type", "message_digest", "signing_certificate_v2"}


def test_the_time_stamp_stands_in_the_signature_and_is_reported() -> None:
    done = certified()
    found = status(done.pdf, pki().own.root).timestamp_validity
    assert found is not None and found.trusted
    assert found.timestamp == NOW.replace(tzinfo=CHINA)
    assert (done.stamped_at, done.unstamped) == (NOW, "")


class Silent:
    """A stamper that never stamps."""

    largest = 4096

    def stamp(self, digest: bytes, at: datetime) -> Stamp:
        raise ReportgenError("E0804", faults=[Fault("E0804", "https://tsa.example.cn", "超时")])


def test_without_a_stamp_that_is_required_nothing_is_signed() -> None:
    with pytest.raises(ReportgenError, match="E0804"):
        certified(pki().signing(stamper=Silent()))


def test_without_a_stamp_that_is_preferred_the_file_says_that_it_has_none() -> None:
    done = certified(replace(pki().signing(stamper=Silent()), policy=Policy.PREFERRED))
    assert done.stamped_at is None
    assert "超时" in done.unstamped
    found = status(done.pdf, pki().own.root)
    assert found.bottom_line
    assert found.timestamp_validity is None


def test_where_none_is_wanted_nothing_is_said_of_it() -> None:
    done = certified(pki().unstamped())
    assert (done.stamped_at, done.unstamped) == (None, "")


def test_the_field_is_invisible_printed_locked_and_part_of_the_structure() -> None:
    with pikepdf.open(BytesIO(certified().pdf)) as document:
        (field,) = document.Root.AcroForm.Fields
        assert [str(field.T), int(field.F), *map(int, field.Rect)] == [FIELD, 132, 0, 0, 0, 0]
        assert str(field.TU) == "出具机构的电子签名"
        assert set(document.Root.AcroForm.keys()) == {"/Fields", "/SigFlags"}
        element = pikepdf.NumberTree(document.Root.StructTreeRoot.ParentTree)[int(field.StructParent)]
        assert [str(element.S), str(element.Lang)] == ["/Form", "zh-CN"]
        assert element.K.Obj.objgen == field.objgen
        assert element.P.K[-1].objgen == element.objgen


def test_the_file_is_as_good_as_before_by_every_tool(tmp_path: Path) -> None:
    before, after = tmp_path / "before.pdf", tmp_path / "after.pdf"
    before.write_bytes(paper.typeset(3))
    after.write_bytes(certified().pdf)
    assert all(paper.faults(after)[profile] <= found for profile, found in paper.faults(before).items())
    assert "No syntax or stream encoding errors" in paper.said("qpdf", "--check", after)
    said = paper.said("pdfsig", after)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert f"O={NAME}" in said


def metadata(pdf: bytes) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as document:
        return document.Root.Metadata.read_bytes()


def test_metadata_stay_as_they_are_and_stand_open_in_the_file() -> None:
    before, after = metadata(paper.typeset(3)), certified().pdf
    assert metadata(after) == before
    assert before in after


def test_words_stay_as_they_are(tmp_path: Path) -> None:
    for name, content in (("before.pdf", paper.typeset(3)), ("after.pdf", certified().pdf)):
        (tmp_path / name).write_bytes(content)
    words = [paper.said("pdftotext", tmp_path / name, "-") for name in ("before.pdf", "after.pdf")]
    assert words[0] == words[1]


def test_all_but_the_signature_is_the_same_each_time() -> None:
    one, other = certified().pdf, certified().pdf
    (signature,) = PdfFileReader(BytesIO(one)).embedded_signatures
    _, start, end, rest = signature.byte_range
    assert (start, len(one), len(one) - end) == (signature.byte_range[1], len(other), rest)
    assert one[:start] == other[:start]
    assert one[end:] == other[end:]
    assert one != other


def test_there_is_room_but_not_much_more() -> None:
    (signature,) = PdfFileReader(BytesIO(certified(pki().signing(pki().rsa)).pdf)).embedded_signatures
    room = len(signature.pkcs7_content)
    taken = len(cms.ContentInfo.load(signature.pkcs7_content).dump())
    assert taken < room < taken + 4096


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7\nno pdf at all"])
def test_what_is_no_document_is_not_signed(pdf: bytes) -> None:
    with pytest.raises(ReportgenError, match="E0808"):
        certify(pdf, paper.seal(), pki().signing(), reason=REASON, place=PLACE, at=NOW)


def test_a_document_without_structure_is_not_signed() -> None:
    output = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(output)
    with pytest.raises(ReportgenError, match="E0808"):
        certify(output.getvalue(), paper.seal(), pki().signing(), reason=REASON, place=PLACE, at=NOW)
