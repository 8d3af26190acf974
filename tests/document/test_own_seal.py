"""An agency's own seal picture: what is taken, what is refused and why, and that it prints as it is."""

import subprocess
from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image, ImageDraw

from reportgen.certify.straddle import page_of, stamp
from reportgen.document.compose import drawn_seal
from reportgen.document.content import Seal
from reportgen.document.issuer import Issuer, issuer_of
from reportgen.document.own_seal import own_seal
from reportgen.document.picture import LARGEST
from reportgen.document.seal import seal_svg
from reportgen.errors import ReportgenError
from tests.certify import paper
from tests.certify.office import make_office
from tests.certify.pki import NAME

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100"'
)
RING = '<circle cx="50" cy="50" r="48" fill="none" stroke="#d00" stroke-width="4"/>'
SVG = f"{HEAD}>{RING}</svg>"


def png(size: tuple[int, int] = (800, 800), margin: int = 40, mode: str = "RGBA") -> bytes:
    """Return a red ring with a margin of paper or of nothing around it."""
    picture = Image.new(mode, size, "white" if mode == "RGB" else (0, 0, 0, 0))
    ring = (margin, margin, size[0] - margin - 1, size[1] - margin - 1)
    ImageDraw.Draw(picture).ellipse(ring, outline=(210, 20, 20), width=30)
    output = BytesIO()
    picture.save(output, "PNG")
    return output.getvalue()


def read(content: bytes | str, folder: Path) -> str:
    path = folder / "seal.picture"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return own_seal(path, 42)


@pytest.mark.parametrize(
    "content",
    [
        SVG,
        f'{HEAD} width="45mm" height="45mm">{RING}</svg>',
        f'{HEAD}><defs><circle id="a" r="48" cx="50" cy="50"/></defs><use xlink:href="#a" fill="url(#g)"/></svg>',
        f"{HEAD}><style>.a {{ fill: red }}</style><path class='a' d='M0 0L100 100Z'/></svg>",
        f'{HEAD}><metadata><x xmlns="urn:x"/></metadata><y xmlns="urn:editor" onload="x"/>{RING}</svg>',
        '<svg xmlns="http://www.w3.org/2000/svg" width="420" height="420"><path d="M0 0h420v420z"/></svg>',
    ],
    ids=["plain", "45 mm", "used", "styled", "editor", "no view box"],
)
def test_a_picture_of_outlines_is_taken_in_the_size_of_the_seal(content: str, tmp_path: Path) -> None:
    svg = read(content, tmp_path)
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" width="42mm" height="42mm"')
    assert "onload" not in svg
    assert "metadata" not in svg


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (f"{HEAD}><script>x</script></svg>", "不接受的元素 script"),
        (f'{HEAD} onload="x">{RING}</svg>', "脚本或外部引用（onload）"),
        (f'{HEAD}><image href="https://example.cn/a.png"/></svg>', "不接受的元素 image"),
        (f'{HEAD}><use xlink:href="other.svg#a"/></svg>', "脚本或外部引用（href）"),
        (f'{HEAD}><path fill="url(https://example.cn/)"/></svg>', "脚本或外部引用（fill）"),
        (f"{HEAD}><style>@import 'a.css'</style></svg>", "样式有外部引用"),
        (f"{HEAD}><style>p {{ fill: u\\72l(x) }}</style></svg>", "样式有外部引用"),
        (f"{HEAD}><foreignObject/></svg>", "不接受的元素 foreignObject"),
        (f"{HEAD}><animate/></svg>", "不接受的元素 animate"),
        (f"{HEAD}><text>章</text></svg>", "先转为轮廓"),
        (f'<!DOCTYPE svg [<!ENTITY a "b">]>{SVG}', "文档类型或实体"),
        (SVG.replace("0 0 100 100", "0 0 100 50"), "不是正方形"),
        (SVG.replace("0 0 100 100", "0 0 100 0"), "不是正方形"),
        (SVG.replace('viewBox="0 0 100 100"', ""), "没有 viewBox"),
        (f'{HEAD} width="46mm" height="46mm">{RING}</svg>', "不得超过 45 mm"),
        (f'{HEAD} width="5cm" height="5cm">{RING}</svg>', "图样宽 50.0 mm"),
        ("<html/>", "既不是 PNG"),
        ("no picture", "既不是 PNG"),
        ("", "既不是 PNG"),
        (" " * (LARGEST + 1), "超过 512 KiB"),
        (png((400, 400), 0), "至少需要 500 像素"),
        (png((800, 600), 0), "不是圆形"),
        (png((3200, 3200), 0), "超过 3000 像素"),
        (png(margin=399, size=(800, 800)), "至少需要"),
        (png()[:200], "已损坏"),
        (png()[:20], "不完整"),
    ],
    ids=[str(number) for number in range(26)],
)
def test_a_picture_that_could_do_harm_or_not_be_printed_is_refused(
    content: str | bytes, why: str, tmp_path: Path
) -> None:
    with pytest.raises(ReportgenError) as raised:
        read(content, tmp_path)
    assert raised.value.code == "E0704"
    assert why in raised.value.text()


def test_a_blank_picture_is_refused(tmp_path: Path) -> None:
    output = BytesIO()
    Image.new("RGB", (800, 800), "white").save(output, "PNG")
    with pytest.raises(ReportgenError, match="空白"):
        read(output.getvalue(), tmp_path)


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReportgenError, match="E0302"):
        own_seal(tmp_path / "gone.svg", 42)


def shown(svg: str, folder: Path) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    (folder / "seal.pdf").write_bytes(page_of(Seal(svg, "章", (), 42)))
    (picture,) = paper.rendered(folder / "seal.pdf", 254, folder)
    return picture


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_picture_of_pixels_is_printed_without_its_margin(mode: str, tmp_path: Path) -> None:
    picture = shown(read(png(mode=mode), tmp_path), tmp_path)
    ink = np.argwhere(picture[..., 1] < 128)
    assert ink.min() <= 2
    assert ink.max() >= 417


def test_a_picture_of_outlines_is_printed_in_its_place(tmp_path: Path) -> None:
    picture = shown(read(SVG, tmp_path), tmp_path)
    ink = np.argwhere(picture[..., 1] < 128)
    assert (ink.min(), ink.max()) == (0, 419)


@pytest.mark.parametrize("content", [SVG.encode(), png(mode="RGB")], ids=["svg", "png"])
def test_it_is_cut_into_slices_and_hides_nothing(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "own").write_bytes(content)
    seal = Seal(own_seal(tmp_path / "own", 42), "章", (), 42)
    with pikepdf.open(BytesIO(paper.typeset(2, "@page { background: #808080 }"))) as document:
        stamp(document, seal)
        document.save(tmp_path / "stamped.pdf")
    for page in paper.rendered(tmp_path / "stamped.pdf", 100, tmp_path):
        assert page[:-1, :-1].max() <= 0x81
        assert page[:-1, -82:-1].min() < 0x30
    assert subprocess.run(["qpdf", "--check", tmp_path / "stamped.pdf"], check=False).returncode == 0


def issuer_with(folder: Path, seal: dict[str, object], **agency: object) -> Issuer:
    office = make_office(folder, seal=seal, agency=agency)
    (folder / "keys" / "seal.svg").write_text(SVG)
    return issuer_of(office)


def test_an_office_gives_its_picture_and_the_name_on_it(tmp_path: Path) -> None:
    issuer = issuer_with(tmp_path, {"file": "keys/seal.svg", "name": NAME}, sample=False)
    seal = drawn_seal(issuer)
    assert seal.svg == issuer.own_seal
    assert seal.svg == own_seal(tmp_path / "keys" / "seal.svg", 42)
    assert seal.strings == ()
    assert seal.alt.startswith(NAME)


def test_a_sample_never_bears_the_real_seal(tmp_path: Path) -> None:
    issuer = issuer_with(tmp_path, {"file": "keys/seal.svg", "name": NAME}, sample=False)
    seal = drawn_seal(issuer.as_sample())
    assert "样例" in seal.svg
    assert issuer.as_sample().own_seal not in seal.svg


def test_a_picture_without_the_name_on_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportgenError) as raised:
        issuer_with(tmp_path, {"file": "keys/seal.svg"})
    assert [fault.path for fault in raised.value.faults] == ["seal.name"]


def test_the_name_on_the_drawn_ring_may_be_given(tmp_path: Path) -> None:
    issuer = issuer_with(tmp_path, {"name": "样例信用"}, sample=False)
    design = issuer.seal
    assert drawn_seal(issuer).svg == seal_svg("样例信用", design.label, design.number, sample=False)
