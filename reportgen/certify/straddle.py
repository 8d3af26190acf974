"""骑缝章: slices of one seal over the pages, drawn between typesetting and signing.

A seal is cut into as many upright slices as there are pages. Slice by slice it stands at the right edge of the
pages, the first page's slice being its left part, so that the sheets when fanned show the whole seal. A slice under
3 mm says nothing, so a long report bears several seals: each covers a group of pages, the last page of one group
is the first of the next, and neighbouring groups stand at two heights. So no page can be taken out, put in or
changed, nor two groups be parted, without a seal that no longer joins.

The slices are artifacts, for they are no content: no screen reader speaks them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import groupby, pairwise
from operator import attrgetter

import pikepdf
from pikepdf import Array, Name, Pdf

from reportgen.document.content import Seal

NARROWEST_MM = 3.0
_NAME = Name("/Straddle")
_POINTS = 72 / 25.4
_HEIGHTS = (0.38, -0.38)
"""Centres of neighbouring groups, in diameters above the middle of the page: both slices of a shared page show."""


@dataclass(frozen=True)
class Slice:
    """A slice on a page: the page's index, which of how many it is, its height in diameters above the middle."""

    page: int
    index: int
    count: int
    height: float


def slices(pages: int, diameter_mm: float) -> list[Slice]:
    """Return the slices of a document's seals, page by page; one page has none.

    Groups are as few and as even as slices of NARROWEST_MM allow, and share a page with the next.
    """
    if pages < 2:
        return []
    most = int(diameter_mm / NARROWEST_MM)
    groups = -(-(pages - 1) // (most - 1))
    ends = [round(group * (pages - 1) / groups) for group in range(groups + 1)]
    found = [
        Slice(page, page - first, last - first + 1, _HEIGHTS[group % 2] if groups > 1 else 0)
        for group, (first, last) in enumerate(pairwise(ends))
        for page in range(first, last + 1)
    ]
    return sorted(found, key=attrgetter("page"))


def stamp(document: Pdf, seal: Seal) -> None:
    """Draw the slices of a seal onto the pages of a typeset document; equal input gives equal pages."""
    cuts = slices(len(document.pages), seal.diameter_mm)
    with Pdf.open(BytesIO(page_of(seal))) as drawing:
        form = document.copy_foreign(drawing.pages[0].as_form_xobject())
        opening = document.make_stream(b"q\n")
        for index, group in groupby(cuts, key=attrgetter("page")):
            page = document.pages[index]
            page.add_resource(form, Name.XObject, _NAME)
            drawn = b"".join(_drawn(cut, page, seal.diameter_mm * _POINTS) for cut in group)
            # The typesetter leaves its coordinates upside down, so its content is closed in first.
            page.obj.Contents = Array([opening, *_contents(page), document.make_stream(b"Q\n" + drawn)])


def _contents(page: pikepdf.Page) -> Sequence[pikepdf.Object]:
    content = page.obj.Contents
    return list(content) if isinstance(content, Array) else [content]


def _drawn(cut: Slice, page: pikepdf.Page, size: float) -> bytes:
    """Return the operators of one slice, `size` the seal's in points."""
    right, top = float(page.mediabox[2]), float(page.mediabox[3])
    width, foot = size / cut.count, top / 2 + (cut.height - 0.5) * size
    clip = f"{right - width:.4f} {foot:.4f} {width:.4f} {size:.4f} re W n"
    place = f"1 0 0 1 {right - (cut.index + 1) * width:.4f} {foot:.4f} cm"
    return f"/Artifact <</Type /Pagination>> BDC q {clip} {place} {_NAME} Do Q EMC\n".encode()


@lru_cache(maxsize=4)
def page_of(seal: Seal) -> bytes:
    """Return a seal as a page of its own size, its texts as outlines; made once a process."""
    from weasyprint import CSS, HTML

    from reportgen.document.outline import outlined
    from reportgen.document.typeset import Assets

    assets, size = Assets(), f"{seal.diameter_mm}mm"
    assets.figures = {"seal.svg": outlined(seal.svg).encode()}
    rules = f"@page {{ size: {size} {size}; margin: 0 }} body {{ margin: 0 }} img {{ display: block; width: {size} }}"
    style = CSS(string=rules, url_fetcher=assets)
    html = HTML(string='<img src="asset:figure/seal.svg">', url_fetcher=assets, base_url="asset:")
    page = html.render(stylesheets=[style])
    return bytes(page.write_pdf(pdf_variant="pdf/a-3b", pdf_identifier=b"seal"))
