"""What independent tools say of a PDF: its text, its fonts, its pages."""

import re
import subprocess
from pathlib import Path

import pikepdf


def text(path: Path, first: int = 1, last: int = 999, *options: str) -> str:
    """Return the text of some pages without white space, so that line breaks do not matter.

    With `-raw` in the order in which it is painted, else as it stands on the page.
    """
    command = ["pdftotext", *options, "-f", str(first), "-l", str(last), str(path), "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    return re.sub(r"\s+", "", done.stdout.decode())


def pages(path: Path) -> int:
    """Return how many pages there are."""
    done = subprocess.run(["pdfinfo", str(path)], capture_output=True, check=True, text=True)
    return int(re.search(r"Pages:\s+(\d+)", done.stdout)[1])  # type: ignore[index]


def links(path: Path) -> list[str]:
    """Return where each link leads: the address, or the name of the place in the file."""
    with pikepdf.open(path) as pdf:
        found = [link for sheet in pdf.pages for link in sheet.get("/Annots", [])]
        return [str(link.A.URI) if "/A" in link else str(link.Dest) for link in found]


def figures(path: Path) -> dict[str, tuple[float, ...]]:
    """Return each figure's alternative text and its place: left, foot, right, top in mm from the page's corner."""
    with pikepdf.open(path) as pdf:
        elements = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary)]
        found = [item for item in elements if item.get("/S") == "/Figure"]
        return {str(item.Alt): tuple(float(pt) / 72 * 25.4 for pt in list(item.A.BBox)) for item in found}


def fonts(path: Path) -> dict[str, bool]:
    """Return each font's name without its subset tag, and whether it is embedded and a subset."""
    done = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True, text=True)
    rows = [line.split() for line in done.stdout.splitlines()[2:]]
    return {row[0].split("+")[-1]: row[-5:-3] == ["yes", "yes"] for row in rows}
