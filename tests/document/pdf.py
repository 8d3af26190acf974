"""What independent tools say of a PDF: its text, its fonts, its pages."""

import re
import subprocess
from pathlib import Path

import pikepdf


def text(path: Path, first: int = 1, last: int = 999) -> str:
    """Return the text of some pages without white space, so that line breaks do not matter."""
    command = ["pdftotext", "-f", str(first), "-l", str(last), str(path), "-"]
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


def fonts(path: Path) -> dict[str, bool]:
    """Return each font's name without its subset tag, and whether it is embedded and a subset."""
    done = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True, text=True)
    rows = [line.split() for line in done.stdout.splitlines()[2:]]
    return {row[0].split("+")[-1]: row[-5:-3] == ["yes", "yes"] for row in rows}
