"""Is a PDF what it claims to be: its pages, tags and fonts, its conformance, and the words that stand in it."""

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

import page
import pikepdf
from fontTools.cffLib import CFFFontSet
from fontTools.pens.basePen import NullPen

from reportgen.document.content import Content, strings
from reportgen.document.statements import bare
from tests.certify.paper import lengths_hold

PROFILES = ("3a", "ua1")
"""PDF/A-3a and PDF/UA-1, as the validator names them."""
_LENGTH = "PDFA3A-STREAM-LENGTH-001"
_WIDTHS = {"PDFA3A-TRUETYPE-GLYPH-WIDTH-001", "PDFUA1-FONT-GLYPH-WIDTH-001"}
_UNPRINTED = {"anchor", "cover_class", "empty", "kind", "language", "tone", "url", "alt"}
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")


@dataclass(frozen=True)
class Checked:
    """What a look at a PDF says: `faults` are the rules it breaks, `said` is the share of the texts it prints."""

    pages: int
    kilobytes: int
    tagged: bool
    embedded: bool
    faults: tuple[str, ...]
    said: float

    def row(self) -> dict[str, object]:
        """Return it as plain data."""
        return asdict(self)


def checked(pdf: bytes, content: Content, *, conforming: bool, drawn: bool = True) -> Checked:
    """Return what a file is; `conforming` where it claims PDF/A-3a and PDF/UA-1, `drawn` where it shows the charts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.pdf"
        path.write_bytes(pdf)
        faults = tuple(_faults(path)) if conforming else ()
        return Checked(
            pages=_pages(path),
            kilobytes=len(pdf) // 1024,
            tagged=_tagged(path),
            embedded=_embedded(path),
            faults=faults,
            said=_said(path, content, drawn=drawn),
        )


def texts(content: Content, *, drawn: bool = True) -> list[str]:
    """Return every text that a report prints, without white space, those of its charts where they are `drawn`."""
    return [bare(text) for path, text in strings(content) if bare(text) and _printed(path, drawn=drawn)]


def _printed(path: str, *, drawn: bool) -> bool:
    last = path.rpartition(".")[2].partition("[")[0]
    # The ring of the seal is set letter by letter, and no reader gives it back as words.
    hidden = ".left[" in path or path.startswith("seal.")
    charts = ".chart." in path
    return last not in _UNPRINTED and not hidden and (drawn or not charts)


def _said(path: Path, content: Content, *, drawn: bool) -> float:
    found = bare(_told("pdftotext", "-raw", path, "-"))
    wanted = texts(content, drawn=drawn)
    return sum(text in found for text in wanted) / len(wanted)


def _pages(path: Path) -> int:
    with pikepdf.open(path) as pdf:
        return len(pdf.pages)


def _tagged(path: Path) -> bool:
    with pikepdf.open(path) as pdf:
        marked = pdf.Root.get("/MarkInfo", pikepdf.Dictionary()).get("/Marked", False)
        return bool(marked) and "/StructTreeRoot" in pdf.Root


def _embedded(path: Path) -> bool:
    with pikepdf.open(path) as pdf:
        fonts = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary)]
        named = [font for font in fonts if font.get("/Type") == "/FontDescriptor" and "/FontName" in font]
        # The glyphs of a font of type 3 are drawings within the file, and bring no descriptor of a font file.
        bare_ones = [font for font in named if not any(name in font for name in _FONT_FILES)]
        return all(_of_type_3(pdf, font) for font in bare_ones)


def _of_type_3(pdf: pikepdf.Pdf, descriptor: pikepdf.Dictionary) -> bool:
    owners = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary)]
    mine = [item for item in owners if item.get("/FontDescriptor", None) == descriptor]
    return bool(mine) and all(item.get("/Subtype") == "/Type3" for item in mine)


def _faults(path: Path) -> Iterator[str]:
    for profile in PROFILES:
        for fault in page.validate_pdf(str(path), profile=profile).failures:
            if not _false(fault.rule_id, path):
                yield fault.rule_id


def _false(rule: str, path: Path) -> bool:
    """Say whether a finding is one of the two false ones known: both are looked into in the file itself.

    The validator takes a last byte 0x0D for a line end, and takes the width of every glyph of Typst's CFF subsets
    for nothing.
    """
    return (rule == _LENGTH and lengths_hold(path.read_bytes())) or (rule in _WIDTHS and _widths_hold(path))


def _widths_hold(path: Path) -> bool:
    """Say whether every CFF font has the widths that the file states, as fontTools reads them."""
    with pikepdf.open(path) as pdf:
        fonts = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary)]
        return all(_same_widths(font) for font in fonts if font.get("/Subtype") == "/CIDFontType0")


def _same_widths(font: pikepdf.Dictionary) -> bool:
    glyphs, fonts = CFFFontSet(), BytesIO(font.FontDescriptor.FontFile3.read_bytes())
    glyphs.decompile(fonts, None)
    outlines, stated = glyphs[0].CharStrings, dict(_stated(font))
    for cid, name in enumerate(outlines.keys()):
        outlines[name].draw(NullPen())
        if abs(outlines[name].width - stated.get(cid, float(font.get("/DW", 1000)))) > 1:
            return False
    return True


def _stated(font: pikepdf.Dictionary) -> Iterator[tuple[int, float]]:
    """Yield glyph and width as /W states them, in thousandths of an em (ISO 32000-1, 9.7.4.3)."""
    left = list(font.get("/W", pikepdf.Array()))
    while left:
        first, second = int(left.pop(0)), left.pop(0)
        if isinstance(second, pikepdf.Array):
            yield from ((first + at, float(width)) for at, width in enumerate(second))
        else:
            width = float(left.pop(0))
            yield from ((cid, width) for cid in range(first, int(second) + 1))


def _told(*command: str | Path) -> str:
    words: Sequence[str] = [str(word) for word in command]
    return subprocess.run(words, capture_output=True, check=True).stdout.decode("utf-8", "replace")
