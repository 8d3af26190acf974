"""The QR code: what a scanner reads from a printed page, and its limits."""

import base64
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
import segno
from PIL import Image

from reportgen.document.qr import SMALLEST_MM, qr_svg
from tests.document import pdf
from tests.document.samples import REPORTS, Press

URL = "https://verify.example.cn/v/XY2026112100A3F7K9P2-Q/AB12CD34EF56GH78JK90MN12PQ"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("size_mm", [20, 24])
def test_a_scanner_reads_the_address_from_a_grey_200_dpi_page(size_mm: float, tmp_path: Path) -> None:
    from weasyprint import HTML

    data = base64.b64encode(qr_svg(URL, size_mm=size_mm).encode()).decode()
    html = f'<html lang=zh><img alt="二维码" src="data:image/svg+xml;base64,{data}">'
    HTML(string=html).write_pdf(tmp_path / "page.pdf")
    subprocess.run(
        ["pdftoppm", "-r", "200", "-gray", "-png", "-singlefile", "page.pdf", "page"],
        cwd=tmp_path,
        check=True,
    )
    scan = subprocess.run(
        ["zbarimg", "--quiet", "--raw", "page.png"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert scan.stdout.strip() == URL


def scanned(picture: Path) -> str:
    """Return what a scanner reads in a picture."""
    command = ["zbarimg", "--nodbus", "--quiet", "--raw", str(picture)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def printed(path: Path, colours: str, *region: str) -> Path:
    """Return the first page, or a region of it in pixels, as a 200 dpi printer would put it on paper."""
    target = path.with_name(f"page{colours}")
    command = ["pdftoppm", "-r", "200", "-f", "1", "-l", "1", colours, "-singlefile", *region]
    subprocess.run([*command, str(path), str(target)], check=True)
    return target.with_suffix(".pbm" if colours == "-mono" else ".pgm")


# Where the code stands on a cover, for speed; whole pages follow below.
CORNER = ("-x", "100", "-y", "1750", "-W", "800", "-H", "520")


@pytest.mark.parametrize("name", REPORTS)
def test_the_code_of_a_report_survives_grey_and_black_and_white_print(name: str, press: Press) -> None:
    done, path = press(name)
    (alt, place), *_ = [
        (alt, place) for alt, place in pdf.figures(path).items() if alt.startswith("核验二维码")
    ]
    # Number and code, and nothing of anybody; the code stands beside it for who has no camera.
    read = re.search(rf"https://verify\.example\.cn/v/{done.number}/([0-9A-Z]{{26}})$", alt)
    assert read
    assert f"核验码{read[1]}" in pdf.text(path, 1, 1, "-raw")
    assert scanned(printed(path, "-gray", *CORNER)) == read[0]
    assert scanned(printed(path, "-mono", *CORNER)) == read[0]
    left, foot, right, top = place
    assert min(right - left, top - foot) >= SMALLEST_MM


# Degrees of rotation, and how far the corners of the photograph move, in hundredths of the page.
@pytest.mark.parametrize(
    ("turn", "corners"),
    [(0, (0,) * 8), (4, (-6, -2, 3, 2, -2, -1, 5, 2)), (-7, (-3, -2, -4, 2, 4, 2, 3, -3))],
)
def test_a_telephone_reads_the_code_from_a_photograph_of_the_whole_cover(
    turn: int, corners: tuple[int, ...], press: Press
) -> None:
    _, path = press("housing-breacher")
    page = printed(path, "-gray")
    photograph(page, turn, corners).save(path.with_suffix(".jpg"), quality=60)
    read = scanned(path.with_suffix(".jpg"))
    assert read.startswith("https://verify.example.cn/v/")
    assert read == scanned(page)


def photograph(page: Path, turn: int, corners: tuple[int, ...]) -> Image.Image:
    """Return a page on a grey desk as a telephone held aslant sees it, 1080 pixels wide."""
    turned = Image.open(page).rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=190)
    width, height = turned.size
    frame = (0, 0, 0, height, width, height, width, 0)
    moved = [
        at + move * size / 100 for at, move, size in zip(frame, corners, (width, height) * 4, strict=True)
    ]
    seen = turned.transform(turned.size, Image.Transform.QUAD, moved, Image.Resampling.BICUBIC, fillcolor=190)
    return seen.resize((1080, 1080 * height // width), Image.Resampling.LANCZOS)


@pytest.mark.parametrize("url", [URL, "https://a.example/", "https://a.example/" + "甲" * 20])
def test_the_outline_fills_exactly_the_dark_modules(url: str) -> None:
    path = ElementTree.fromstring(qr_svg(url)).findall(f"{SVG}path")[0].attrib["d"]
    modules = segno.make(url, error="m", micro=False).matrix
    upright = vertical_edges(path)
    for y, row in enumerate(modules):
        for x, module in enumerate(row):
            crossed = sum(edge_x <= x and top <= y < foot for edge_x, top, foot in upright)
            assert crossed % 2 == module


def vertical_edges(path: str) -> list[tuple[int, int, int]]:
    """Return (x, top, foot) of each vertical line of the path, the closing ones included."""
    edges = []
    for loop in path.rstrip("Z").split("Z"):
        start = re.match(r"M(\d+) (\d+)", loop)
        assert start
        x, y = first = int(start.group(1)), int(start.group(2))
        for command, length in re.findall(r"([hv])(-?\d+)", loop):
            if command == "h":
                x += int(length)
            else:
                edges.append((x, min(y, y + int(length)), max(y, y + int(length))))
                y += int(length)
        if y != first[1]:
            edges.append((x, min(y, first[1]), max(y, first[1])))
    return edges


def test_the_drawing_is_one_path_in_a_quiet_zone_of_four_modules() -> None:
    svg = ElementTree.fromstring(qr_svg(URL))
    assert [child.tag for child in svg] == [f"{SVG}title", f"{SVG}path"]
    assert svg.get("viewBox") == "-4 -4 45 45"
    assert (svg.get("width"), svg.get("height")) == ("24mm", "24mm")


def test_the_title_names_the_address_escaped() -> None:
    url = 'https://a.example/?a=1&b="<2>"'
    title = ElementTree.fromstring(qr_svg(url)).findtext(f"{SVG}title")
    assert title == f"核验二维码：{url}"


@pytest.mark.parametrize(
    ("url", "size_mm", "reason"),
    [
        (URL, 19.9, "at least 20 mm"),
        (URL, float("nan"), "at least"),
        ("x" * 300, 24, "too many"),
        ("x" * 5000, 24, "too large"),
    ],
)
def test_a_code_that_no_scanner_would_read_is_refused(url: str, size_mm: float, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        qr_svg(url, size_mm=size_mm)


def test_the_same_address_has_the_same_bytes() -> None:
    first, second = qr_svg(URL), qr_svg(URL)
    assert first == second
