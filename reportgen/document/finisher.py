"""The last hand on a document before its bytes are written: PDF/A-3a becomes PDF/UA-1 as well.

WeasyPrint tags everything it sets, page heads and feet too, and gives header cells no scope. Here, on its
objects, before anything is compressed: the PDF/UA claim enters the XMP, what repeats on every page becomes
an artifact, header cells get their scope, a link keeps one annotation, and an attachment stands once in
/AF. Sources: ISO 19005-3 (6.6.2.3, 6.8), ISO 14289-1 (5, 7.1, 7.5, 7.18.5), ISO 32000-1 (14.8.2.2).
"""

from collections.abc import Iterator
from typing import Any

import pydyf

_CLAIM = (
    b'<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">'
    b"<pdfuaid:part>1</pdfuaid:part></rdf:Description>"
    b'<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
    b'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" '
    b'xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>'
    b'<rdf:li rdf:parseType="Resource">'
    b"<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>"
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    b'<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    b"<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    b"<pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>Part of ISO 14289 the file conforms to</pdfaProperty:description>"
    b"</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)
_BOXES = {"/Div", "/Span", "/NonStruct"}
_END = b"</rdf:RDF>"
_PX = 0.75
"""Points in a CSS pixel."""
# pydyf and WeasyPrint have no types: their objects are dictionaries and lists of anything.
_Object = Any


class _Null(pydyf.Object):  # type: ignore[misc]
    """What is left of an object that nothing refers to any more: numbers cannot move."""

    data = b"null"


class _Packed(pydyf.Object):  # type: ignore[misc]
    """An object written once; pydyf would do it again for the hash of the file."""

    data = b""
    compressible = True


def finisher(document: object, pdf: _Object) -> None:
    """Change a tagged PDF/A-3a of WeasyPrint's in place; handed to its `write_pdf(finisher=…)`."""
    _claim(pdf)
    _attach_once(pdf)
    elements = list(_elements(pdf))
    _name_heads(pdf, elements)
    _place_figures(pdf, elements)
    _link_once(pdf, elements)
    _set_aside(pdf, {element.number for element in _pruned(pdf, elements)})
    _mark_watermarks(pdf)
    _pack(pdf)


def _claim(pdf: _Object) -> None:
    metadata = _at(pdf, pdf.catalog["Metadata"])
    metadata.stream = [metadata.stream[0].replace(_END, _CLAIM + _END)]
    # Readers look for the claims without unpacking anything; ISO 19005-1 even forbids a filter here.
    metadata.compress = False


def _attach_once(pdf: _Object) -> None:
    # WeasyPrint enters an attachment by its name and again by its object.
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))


def _elements(pdf: _Object) -> Iterator[_Object]:
    """Yield every structure element that hangs on the root, parents first."""
    left = [_at(pdf, pdf.catalog["StructTreeRoot"])]
    while left:
        element = left.pop()
        kids = [_at(pdf, kid) for kid in element["K"] if isinstance(kid, bytes)]
        below = [kid for kid in kids if kid.get("Type") == "/StructElem"]
        yield from below
        left += below


def _name_heads(pdf: _Object, elements: list[_Object]) -> None:
    """Give header cells their scope, and take away the references that say the same less well.

    WeasyPrint lets every header of a row head each of its cells, also where a row holds two pairs.
    """
    for cell in elements:
        if cell["S"] == "/TH":
            group = _at(pdf, _at(pdf, cell["P"])["P"])
            cell["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"
            cell.pop("ID", None)
        elif cell["S"] == "/TD":
            cell["A"].pop("Headers", None)


def _place_figures(pdf: _Object, elements: list[_Object]) -> None:
    """Turn the place of a figure, which WeasyPrint gives in px from the top, into pt from the foot of the page."""
    for figure in elements:
        if figure["S"] == "/Figure":
            left, top, right, foot = (length * _PX for length in figure["A"]["BBox"])
            height = _at(pdf, figure["Pg"])["MediaBox"][3]
            figure["A"]["BBox"] = pydyf.Array((left, height - foot, right, height - top))


def _link_once(pdf: _Object, elements: list[_Object]) -> None:
    """Keep the annotation of each link and drop those of the boxes within it, which lead nowhere else."""
    for element in elements:
        for kid in [kid for kid in element["K"] if isinstance(kid, bytes)]:
            reference = _at(pdf, kid)
            if reference.get("Type") == "/OBJR" and _within_link(pdf, element):
                element["K"].remove(kid)
                _drop_annotation(pdf, reference)


def _pruned(pdf: _Object, elements: list[_Object]) -> Iterator[_Object]:
    """Take the boxes that hold nothing but a drawing out of the tree, and yield what stays."""
    for element in reversed(elements):
        if element["K"] or element["S"] not in _BOXES:
            yield element
        else:
            _at(pdf, element["P"])["K"].remove(element.reference)


def _within_link(pdf: _Object, element: _Object) -> bool:
    above = _at(pdf, element["P"])
    return "P" in above and (above["S"] == "/Link" or _within_link(pdf, above))


def _drop_annotation(pdf: _Object, reference: _Object) -> None:
    annotation = _at(pdf, reference["Obj"])
    _at(pdf, reference["Pg"])["Annots"].remove(annotation.reference)
    numbers = _parent_tree(pdf)
    place = numbers.index(annotation["StructParent"], 0)
    del numbers[place : place + 2]
    _forget(pdf, annotation)
    _forget(pdf, reference)


def _set_aside(pdf: _Object, kept: set[int]) -> None:
    """Turn what hangs on no element of the tree, the boxes in the margins, into artifacts."""
    numbers = _parent_tree(pdf)
    for index, page in enumerate(pdf.page_references):
        owners = numbers[2 * index + 1]
        loose = {mcid for mcid, owner in enumerate(owners) if _number(owner) not in kept}
        _paint_aside(_at(pdf, _at(pdf, page)["Contents"]).stream, loose)
        owners[:] = ["null" if mcid in loose else owner for mcid, owner in enumerate(owners)]
    for item in list(pdf.objects):
        if (
            isinstance(item, pydyf.Dictionary)
            and item.get("Type") == "/StructElem"
            and item.number not in kept
        ):
            _forget(pdf, item)


def _paint_aside(stream: list[_Object], loose: set[int]) -> None:
    left = len(loose)
    # Margins are painted last.
    for place in range(len(stream) - 1, 0, -1):
        if not left:
            return
        marked = stream[place]
        if isinstance(marked, pydyf.Dictionary) and marked.get("MCID") in loose:
            stream[place - 1 : place + 1] = ["/Artifact", pydyf.Dictionary({"Type": "/Pagination"})]
            left -= 1


def _mark_watermarks(pdf: _Object) -> None:
    """Say of the picture behind a page, which is painted first, that it is a watermark."""
    for page in pdf.page_references:
        stream = _at(pdf, _at(pdf, page)["Contents"]).stream
        start = stream.index("/Artifact")
        painted = [item for item in stream[start : stream.index(b"EMC")] if isinstance(item, bytes)]
        if any(item.endswith(b" Do") for item in painted):
            kind = pydyf.Dictionary({"Type": "/Pagination", "Subtype": "/Watermark"})
            stream[start + 1 : start + 2] = [kind, b"BDC"]


def _pack(pdf: _Object) -> None:
    for number, item in enumerate(pdf.objects[1:], start=1):
        packed = _Packed()
        packed.number, packed.compressible = number, item.compressible
        packed.data = item.data
        pdf.objects[number] = packed


def _parent_tree(pdf: _Object) -> list[_Object]:
    numbers: list[_Object] = _at(pdf, _at(pdf, pdf.catalog["StructTreeRoot"])["ParentTree"])["Nums"]
    return numbers


def _forget(pdf: _Object, item: _Object) -> None:
    nothing = _Null()
    nothing.number = item.number
    pdf.objects[item.number] = nothing


def _at(pdf: _Object, reference: bytes) -> _Object:
    return pdf.objects[_number(reference)]


def _number(reference: bytes) -> int:
    return int(reference.split()[0])
