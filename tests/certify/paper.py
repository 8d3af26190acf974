"""Small typeset documents to seal and sign, made as the typesetter makes a report, and what is found in them."""

import re
import subprocess
from functools import cache
from pathlib import Path

import numpy as np
import page
from numpy.typing import NDArray
from PIL import Image
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from reportgen.document.content import Seal
from reportgen.document.glyphs import font_face_css
from reportgen.document.seal import seal_svg
from reportgen.document.typeset import Assets
from tests.certify.pki import NAME

_STYLE = """
@page { size: A4; margin: 20mm } p { font: 12pt "Reportgen Song"; break-after: page } p:last-child { break-after: auto }
"""


@cache
def typeset(pages: int, style: str = "") -> bytes:
    """Return a tagged A4 document of so many pages, one line on each."""
    fonts, assets = FontConfiguration(), Assets()
    lines = "".join(f"<p>第 {number} 页，共 {pages} 页</p>" for number in range(1, pages + 1))
    html = f'<html lang="zh-CN"><head><title>样张</title></head><body>{lines}</body></html>'
    sheet = CSS(string=font_face_css("asset:fonts") + _STYLE + style, font_config=fonts, url_fetcher=assets)
    document = HTML(string=html, url_fetcher=assets, base_url="asset:").render(
        stylesheets=[sheet], font_config=fonts
    )
    written = document.write_pdf(pdf_variant="pdf/a-3a", pdf_tags=True, pdf_identifier=b"paper")
    return bytes(written)


def seal(diameter_mm: float = 42, *, sample: bool = False) -> Seal:
    """Return the sample agency's seal."""
    svg = seal_svg(NAME, "信用报告专用章", "9901020000018", sample=sample, diameter_mm=diameter_mm)
    return Seal(svg, "印章", (), diameter_mm)


def faults(path: Path) -> dict[str, set[str]]:
    """Return the rules of PDF/A-3a and PDF/UA-1 that a file breaks.

    The validator takes the last byte of a stream for its line end where that byte is 0x0D, which happens to one
    compressed stream in 256: what it says of lengths is looked at again.
    """
    found = {profile: page.validate_pdf(str(path), profile=profile) for profile in ("3a", "ua1")}
    broken = {profile: {fault.rule_id for fault in result.failures} for profile, result in found.items()}
    if lengths_hold(path.read_bytes()):
        broken["3a"].discard("PDFA3A-STREAM-LENGTH-001")
    return broken


def lengths_hold(pdf: bytes) -> bool:
    """Say whether every stream is as long as it says."""
    starts = re.finditer(rb"/Length (\d+)[^>]*(?:>[^>]+)*>>\s*stream\r?\n", pdf)
    ends = [pdf[start.end() + int(start[1]) :][:11] for start in starts]
    return bool(ends) and all(re.match(rb"\r?\n?endstream", end) for end in ends)


def said(*command: str | Path) -> str:
    """Return what a tool prints; a tool that fails is a fault."""
    done = subprocess.run(list(map(str, command)), capture_output=True, check=True, text=True)
    return done.stdout + done.stderr


def rendered(path: Path, dpi: int, folder: Path, left: int = 0) -> list[NDArray[np.uint8]]:
    """Return every page as pdftoppm renders it, from a pixel on: rows of pixels of red, green and blue."""
    said("pdftoppm", "-r", str(dpi), "-x", str(left), path, folder / "page")
    return [np.asarray(Image.open(file).convert("RGB")) for file in sorted(folder.glob("page-*.ppm"))]
