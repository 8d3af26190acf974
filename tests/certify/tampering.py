"""Ways to tamper with a signed report, each a change of its bytes."""

import json
import re
import zlib
from collections.abc import Callable
from io import BytesIO

import pikepdf
from asn1crypto import cms
from pikepdf import Array
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

Tamper = Callable[[bytes], bytes]
_OBJECTS = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>"
_LIST = b"<< /Type /XRef /Size 40000000 /W [0 1 0] /Root 1 0 R /Filter /FlateDecode /Length %d >>"


def digits(data: bytes) -> tuple[int, int]:
    """Return the offsets of the signature's first digit and behind its last."""
    found = re.search(rb"/ByteRange *\[ *0 +(\d+) +(\d+)", data)
    assert found
    return int(found[1]) + 1, int(found[2]) - 1


def put(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def flip(data: bytes, at: int, bit: int = 0) -> bytes:
    return put(data, at, bytes([data[at] ^ (1 << bit)]))


def in_a_page(data: bytes) -> bytes:
    """Flip a bit in the middle of a packed stream, after the signature's own object."""
    return flip(data, data.index(b"stream\n", digits(data)[1]) + 40)


def in_the_value(data: bytes) -> bytes:
    """Change a digit of the signature's own value."""
    start, end = digits(data)
    content = cms.ContentInfo.load(bytes.fromhex(data[start:end].decode()))["content"]
    value = content["signer_infos"][0]["signature"].native.hex().encode()
    at = data.index(value, start) + len(value) - 1
    return put(data, at, b"0" if data[at : at + 1] != b"0" else b"1")


def in_the_padding(data: bytes) -> bytes:
    return put(data, digits(data)[1] - 9, b"1")


def written_large(data: bytes) -> bytes:
    """Write one digit of the signature as a capital, which changes no value."""
    start, end = digits(data)
    at = next(at for at in range(start, end) if data[at : at + 1] in b"abcdef")
    return put(data, at, data[at : at + 1].upper())


def revised(change: Callable[[IncrementalPdfFileWriter], None]) -> Tamper:
    """Return what appends a revision to a file."""

    def work(data: bytes) -> bytes:
        writer = IncrementalPdfFileWriter(BytesIO(data))
        change(writer)
        output = BytesIO()
        writer.write(output)  # type: ignore[no-untyped-call]
        return output.getvalue()

    return work


def annotate(writer: IncrementalPdfFileWriter) -> None:
    page = _page(writer)
    box = generic.ArrayObject(map(generic.NumberObject, (0, 0, 200, 50)))
    note = {
        pdf_name("/Type"): pdf_name("/Annot"),
        pdf_name("/Subtype"): pdf_name("/FreeText"),
        pdf_name("/Contents"): pdf_string("改动"),
        pdf_name("/Rect"): box,
    }
    added = generic.DictionaryObject(note)  # type: ignore[no-untyped-call]
    page[pdf_name("/Annots")] = generic.ArrayObject([writer.add_object(added)])
    writer.update_container(page)


def draw(writer: IncrementalPdfFileWriter) -> None:
    page = _page(writer)
    drawing = writer.add_object(generic.StreamObject(stream_data=b"0 0 999 999 re f"))
    page[pdf_name("/Contents")] = generic.ArrayObject([drawing])
    writer.update_container(page)


def entitle(writer: IncrementalPdfFileWriter) -> None:
    named = {pdf_name("/Title"): pdf_string("另一份报告")}
    title = generic.DictionaryObject(named)  # type: ignore[no-untyped-call]
    writer.set_info(writer.add_object(title))


def describe(writer: IncrementalPdfFileWriter) -> None:
    metadata = generic.StreamObject(stream_data=b"<x:xmpmeta/>")
    writer.root[pdf_name("/Metadata")] = writer.add_object(metadata)
    writer.update_root()  # type: ignore[no-untyped-call]


def saved(change: Callable[[pikepdf.Pdf], object]) -> Tamper:
    """Return what opens a file in another program, changes it and saves it."""

    def work(data: bytes) -> bytes:
        output = BytesIO()
        with pikepdf.open(BytesIO(data)) as opened:
            change(opened)
            opened.save(output)
        return output.getvalue()

    return work


def swap_pages(pdf: pikepdf.Pdf) -> None:
    pdf.pages.reverse()


def drop_page(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[0]


def drop_signature(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.Fields = Array([])
    del pdf.pages[0].Annots


def swap_twin(**changes: object) -> Callable[[pikepdf.Pdf], None]:
    """Return what puts other data into the place of a report's own."""

    def work(pdf: pikepdf.Pdf) -> None:
        stream = pdf.Root.AF[0].EF.F
        told = json.loads(stream.read_bytes()) | changes
        stream.write(json.dumps(told, ensure_ascii=False).encode())

    return work


def drop_twin(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AF = Array([])


def break_twin(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AF[0].EF.F.write(b"{")


def double_twin(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AF.append(pdf.Root.AF[0])


def encrypted(data: bytes) -> bytes:
    output = BytesIO()
    with pikepdf.open(BytesIO(data)) as opened:
        opened.save(output, encryption=pikepdf.Encryption(owner="o", user=""))
    return output.getvalue()


def written(*objects: bytes) -> bytes:
    """Return a file of objects numbered from 1, the first its catalogue."""
    body = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % count
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(body))
    return body + head + table + tail


def looping() -> bytes:
    """Return a file whose fields are their own children."""
    return written(
        b"<< /Type /Catalog /AcroForm << /Fields [2 0 R] >> >>",
        b"<< /FT /Sig /T (a) /Kids [2 0 R] >>",
    )


def nested(depth: int = 100_000) -> bytes:
    """Return a file whose fields are lists within lists."""
    return written(b"<< /Type /Catalog /AcroForm << /Fields " + b"[" * depth + b"]" * depth + b" >> >>")


def bomb() -> bytes:
    """Return a file of 40 KB whose fields stand among objects that unpack to 40 MB."""
    return written(b"<< /Type /Catalog /AcroForm 3 0 R >>", _packed(b"3 0 << /Fields [ ] >>", _OBJECTS))


def many_objects(count: int = 500_000) -> bytes:
    """Return a file whose table lists so many objects."""
    made = written(b"<< /Type /Catalog >>")
    at = made.index(b"trailer")
    return made[:at] + b"0000000009 00000 n \n" * count + made[at:]


def packed_list() -> bytes:
    """Return a small file whose list of objects unpacks to 40 MB."""
    body = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
    listed = b"2 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n"
    return body + listed % (_packed(b"", _LIST), len(body))


def _packed(content: bytes, form: bytes) -> bytes:
    packed = zlib.compress(content + b" " * 40_000_000)
    return form % len(packed) + b"\nstream\n" + packed + b"\nendstream"


def _page(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    page, _ = writer.find_page_for_modification(0)  # type: ignore[no-untyped-call]
    found: generic.DictionaryObject = page.get_object()
    return found
