"""Every way to tamper with a report that we could think of is refused, and for the right reason.

Each is checked without a register, where the signature alone must know, and with one, which always knows.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from asn1crypto import cms
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from reportgen.certify.facts import Asked
from reportgen.certify.folding import Key, Verdict
from reportgen.certify.inspection import LARGEST
from reportgen.errors.entry import ExitCode
from tests.certify import paper, reports
from tests.certify import tampering as by
from tests.certify.pki import NOW, pki
from tests.certify.reports import NUMBER, checked, failed, held, nothing, point, small
from tests.certify.tampering import Tamper
from tests.once import Once

FLIPS, MANY_FLIPS = 200, 5_000


@dataclass(frozen=True)
class Row:
    """A way to tamper with a signed file; the point that tells it without any register, and a word of its reason.

    Without a point the signature cannot know, and the register must.
    """

    name: str
    tamper: Tamper
    point: Key | None
    word: str = ""


MATRIX = [
    Row("a bit in a content stream", by.in_a_page, Key.INTEGRITY, "被改动"),
    Row("a drawing appended", by.revised(by.draw), Key.COVERAGE, "追加了修订"),
    Row("an annotation appended", by.revised(by.annotate), Key.COVERAGE, "追加了修订"),
    Row("a title appended", by.revised(by.entitle), Key.COVERAGE, "追加了修订"),
    Row("metadata appended", by.revised(by.describe), Key.COVERAGE, "追加了修订"),
    Row("a byte behind the end", lambda d: d + b"\n", Key.COVERAGE, "末尾多出"),
    Row("bytes behind the end", lambda d: d + b"%hidden" * 500, Key.COVERAGE, "末尾多出"),
    Row("a digit of the signature's padding", by.in_the_padding, Key.COVERAGE, "签名的区域"),
    Row("a digit written large", by.written_large, Key.COVERAGE, "签名的区域"),
    Row("a digit of the signature's value", by.in_the_value, Key.INTEGRITY, "被改动"),
    Row("cut in half", lambda d: d[: len(d) // 2], Key.FILE, "被截断"),
    Row("the last byte cut off", lambda d: d[:-1], Key.INTEGRITY, "被改动"),
    Row("the last kilobyte cut off", lambda d: d[:-1024], Key.FILE, "被截断"),
    Row("a byte before the beginning", lambda d: b"\n" + d, Key.FILE, "不是 PDF"),
    Row("saved by another program", by.saved(lambda pdf: None), Key.INTEGRITY, "被改动"),
    Row("its pages swapped", by.saved(by.swap_pages), Key.INTEGRITY, "被改动"),
    Row("a page taken out", by.saved(by.drop_page), Key.INTEGRITY, "被改动"),
    Row("its signature taken off", by.saved(by.drop_signature), Key.FILE, "没有电子签名"),
    Row("encrypted", by.encrypted, Key.FILE, "加密"),
]


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row.name)
def test_a_file_tampered_with_is_refused_for_the_right_reason(row: Row) -> None:
    tampered = row.tamper(small())
    assert tampered != small()
    alone = checked(tampered)
    assert (alone.verdict, alone.exit_code) == (Verdict.NOT_GENUINE, ExitCode.NOT_GENUINE)
    assert row.point is not None
    assert next(iter(p for p in alone.points if p.ok is False)).key is row.point, failed(alone)
    assert row.word in point(alone, row.point).why
    assert row.word in alone.sentence
    with_register = checked(tampered, held(small()))
    assert {Key.HASH, row.point} <= failed(with_register)
    assert NUMBER in point(with_register, Key.HASH).why


def test_signed_again_under_another_root_by_the_same_name() -> None:
    data = reports.signed(paper.typeset(2), reports.stranger())
    found = checked(data)
    assert failed(found) == {Key.TRUST}
    assert "名称相同也不可信" in found.sentence
    assert failed(checked(data, nothing())) == {Key.TRUST, Key.HASH}


def test_signed_under_the_same_root_by_another_name() -> None:
    data = small(pki().signing(reports.named("另一家信用服务有限公司")))
    assert failed(checked(data, held(data))) == {Key.SIGNER}
    assert "另一家信用服务有限公司" in checked(data, held(data)).sentence


@pytest.mark.parametrize("before", [True, False])
def test_signed_outside_its_certificates_validity(before: bool) -> None:
    signing = pki().signing(pki().own.signing if before else pki().long_expired)
    at = NOW - timedelta(days=400) if before else NOW
    found = checked(small(signing, at))
    assert Key.VALIDITY in failed(found)
    assert "不在证书有效期" in point(found, Key.VALIDITY).why
    assert found.verdict is Verdict.NOT_GENUINE


def test_signed_outside_its_certificates_validity_by_its_own_word() -> None:
    found = checked(small(replace(pki().unstamped(), signer=pki().signing(pki().long_expired).signer)))
    assert Key.VALIDITY in failed(found)


def test_the_time_stamp_of_another_signature() -> None:
    one, other = (signature(small(at=at)) for at in (NOW, NOW + timedelta(days=1)))
    one["content"]["signer_infos"][0]["unsigned_attrs"] = other["content"]["signer_infos"][0][
        "unsigned_attrs"
    ]
    found = checked(with_signature(small(), one))
    assert failed(found) == {Key.STAMP}
    assert "另一个签名" in found.sentence


def test_two_signatures() -> None:
    data = approved(approved(paper.typeset(1), "A"), "B")
    assert failed(checked(data, held(data))) == {Key.FILE}
    assert "不止一个电子签名" in checked(data).sentence


@pytest.mark.parametrize("allowed", [None, MDPPerm.FILL_FORMS, MDPPerm.ANNOTATE])
def test_a_signature_that_allows_changes_is_no_certification(allowed: MDPPerm | None) -> None:
    data = approved(paper.typeset(1), "A", allowed)
    assert failed(checked(data, held(data))) == {Key.CERTIFICATION}


@pytest.mark.parametrize(
    ("twin", "word"),
    [
        (by.swap_twin(number="XY20261121AAAAAAAA-A"), "报告编号"),
        (by.swap_twin(conclusion="不具备信用能力"), "结论"),
        (by.swap_twin(recipient={"name": "另一家", "uscc": "12990102MA000004XD"}), "使用单位"),
        (by.swap_twin(applicant=[{"name": "另一家", "uscc": "91990102MA0000015T"}]), "申请人"),
        (by.swap_twin(valid_until="2099-01-01"), "有效期"),
        (by.break_twin, "损坏"),
        (by.double_twin, "损坏"),
    ],
)
def test_a_swapped_twin_is_told_even_where_the_agencys_own_key_signed_it(
    bare: bytes, twin: Callable[[pikepdf.Pdf], None], word: str
) -> None:
    data = reports.signed(by.saved(twin)(bare))
    found = checked(data, held(data))
    assert failed(found) == {Key.TWIN}
    assert word in found.sentence


def test_a_swapped_twin_breaks_the_signature(real: bytes) -> None:
    found = checked(by.saved(by.swap_twin(conclusion="不具备信用能力"))(real))
    assert next(p for p in found.points if p.ok is False).key is Key.INTEGRITY


def test_a_project_of_another_twin_is_told(bare: bytes) -> None:
    project = {"id": "X", "name": "另一个项目", "round": 1, "lot": "", "lot_name": ""}
    data = reports.signed(by.saved(by.swap_twin(project=project))(bare))
    assert "项目" in checked(data).sentence


def test_what_a_stranger_signed_is_not_even_unpacked(bare: bytes) -> None:
    data = reports.signed(by.saved(by.break_twin)(bare), reports.stranger())
    assert point(checked(data), Key.TWIN).ok is None


def test_a_report_without_its_twin_says_that_there_is_none(bare: bytes) -> None:
    data = reports.signed(by.saved(by.drop_twin)(bare))
    assert point(checked(data), Key.TWIN).why == "文件没有附带数据可比对"


def test_a_report_of_another_project_is_refused_by_its_own_word(real: bytes) -> None:
    found = checked(real, asked=Asked("OTHER"))
    assert (found.verdict, failed(found)) == (Verdict.REFUSED, {Key.PLACE})


BROKEN: dict[str, Callable[[], bytes]] = {
    "nothing": bytes,
    "a line end": lambda: b"\n",
    "a header alone": lambda: b"%PDF-1.7\n",
    "text": "不是 PDF".encode,
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(100),
    "zeros": lambda: b"%PDF-1.7\n" + bytes(100_000),
    "too large": lambda: b"%PDF-1.7\n" + bytes(LARGEST),
    "fields within themselves": by.looping,
    "lists within lists": by.nested,
    "a bomb among its objects": by.bomb,
    "half a million objects": by.many_objects,
    "a list of objects that is a bomb": by.packed_list,
    "an end that points to itself": lambda: (
        b"%PDF-1.7\nxref\n0 0\ntrailer\n<</Prev 9>>\nstartxref\n9\n%%EOF\n"
    ),
}


@pytest.mark.parametrize("make", BROKEN.values(), ids=BROKEN)
def test_whatever_is_handed_in_gets_a_verdict(make: Callable[[], bytes]) -> None:
    for book in (None, nothing()):
        found = checked(make(), book)
        assert found.exit_code is ExitCode.NOT_GENUINE
        assert failed(found) >= {Key.FILE}


def survivors(data: bytes, flips: int) -> list[int]:
    """Return where a flipped bit of the signed bytes went unnoticed by the signature, or by the register."""
    choose, book = random.Random(20261121), held(data)
    start, end = by.digits(data)
    missed = []
    for _ in range(flips):
        at = choose.randrange(len(data))
        found = checked(by.flip(data, at, choose.randrange(8)), book)
        known = failed(found) - {Key.HASH}
        if Key.HASH not in failed(found) or not (known or start <= at < end):
            missed.append(at)
    return missed


def test_no_flipped_bit_goes_unnoticed() -> None:
    # On two pages, sixteen times smaller than a report: each part is hit so much oftener, and sooner.
    assert survivors(small(), FLIPS) == []


@pytest.mark.soak
def test_no_flipped_bit_of_many_goes_unnoticed(real: bytes) -> None:
    assert survivors(real, MANY_FLIPS) == []


def test_within_the_signature_itself_the_register_notices_every_flip() -> None:
    start, end = by.digits(small())
    choose = random.Random(1)
    for at in (choose.randrange(start, end) for _ in range(40)):
        assert Key.HASH in failed(checked(by.flip(small(), at), held(small())))


def test_no_cut_goes_unnoticed(real: bytes) -> None:
    choose = random.Random(1)
    for length in [0, 1, len(real) - 1, *(choose.randrange(len(real)) for _ in range(30))]:
        found = checked(real[:length], held(real))
        assert failed(found) - {Key.HASH} and Key.HASH in failed(found)


def signature(data: bytes) -> cms.ContentInfo:
    start, end = by.digits(data)
    return cms.ContentInfo.load(bytes.fromhex(data[start:end].decode()))


def with_signature(data: bytes, content: cms.ContentInfo) -> bytes:
    start, end = by.digits(data)
    return by.put(data, start, content.dump().hex().encode().ljust(end - start, b"0"))


def approved(pdf: bytes, field: str, allowed: MDPPerm | None = None) -> bytes:
    """Return a file signed as any program might: without certification, or with one that allows changes."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    append_signature_field(writer, SigFieldSpec(field))
    metadata = PdfSignatureMetadata(field_name=field)
    if allowed:
        metadata = PdfSignatureMetadata(field_name=field, certify=True, docmdp_permissions=allowed)
    signer = PdfSigner(metadata, pki().signing().signer.signing())
    done: BytesIO = signer.sign_pdf(writer)
    return done.getvalue()


@pytest.fixture(scope="session")
def bare(once: Once, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a sample report with its data, not yet signed."""
    return reports.unsigned("goods-good", once, tmp_path_factory.mktemp("bare"))


@pytest.fixture(scope="session")
def real(bare: bytes) -> bytes:
    """Return the same report, signed."""
    return reports.signed(bare)
