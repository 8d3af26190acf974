"""The seal: its law, its letters on the ring, its sample form, and how it prints."""

import base64
import re
import subprocess
from math import cos, hypot, radians
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from reportgen.document.seal import LONGEST_NAME, name_angles, seal_strings, seal_svg
from reportgen.settings import asset_dir

NAME, LABEL, NUMBER = "样例信用服务有限公司", "信用报告专用章", "1101012026001"
SVG = "{http://www.w3.org/2000/svg}"
names = st.text(alphabet="样例省市区信用评价服务有限公司集团股份", min_size=2, max_size=40)


def draw(name: str = NAME, *, label: str = LABEL, sample: bool = False) -> ElementTree.Element:
    return ElementTree.fromstring(seal_svg(name, label, NUMBER, sample=sample))


def texts(svg: ElementTree.Element) -> list[ElementTree.Element]:
    return list(svg.iter(f"{SVG}text"))


def move(text: ElementTree.Element, name: str) -> list[float]:
    """Return the arguments of one part of a text's transform, [0.0] where it has none."""
    found = re.search(rf"{name}\(([^)]*)\)", text.attrib["transform"])
    return [float(part) for part in found.group(1).split()] if found else [0.0]


def size(text: ElementTree.Element) -> float:
    return float(text.attrib["font-size"])


@given(names)
def test_each_character_of_the_name_stands_alone_and_turns_further_than_the_one_before(name: str) -> None:
    ring = texts(draw(name))[: len(name)]
    angles = [move(text, "rotate")[0] for text in ring]
    assert "".join(text.text or "" for text in ring) == name
    assert angles == sorted(set(angles))
    assert angles[0] == pytest.approx(-angles[-1], abs=0.01)


@given(st.integers(2, LONGEST_NAME))
def test_the_name_never_covers_more_than_300_degrees(count: int) -> None:
    angles = name_angles(count)
    assert angles[-1] - angles[0] + (angles[1] - angles[0]) <= 300 + 1e-9


@pytest.mark.parametrize(("count", "span"), [(4, 118), (8, 190), (14, 224), (24, 300), (40, 300)])
def test_a_longer_name_takes_more_of_the_ring(count: int, span: float) -> None:
    pitch = name_angles(count)[1] - name_angles(count)[0]
    assert pitch * count == pytest.approx(span, abs=1)


@given(names)
def test_glyphs_of_the_ring_neither_touch_each_other_nor_the_ring(name: str) -> None:
    ring = texts(draw(name))[: len(name)]
    height, width = size(ring[0]), size(ring[0]) * move(ring[0], "scale")[0]
    centre = -move(ring[0], "translate")[1] + 0.38 * height
    pitch = radians(move(ring[1], "rotate")[0] - move(ring[0], "rotate")[0])
    assert width < pitch * (centre - height / 2) * 1.02
    assert hypot(centre + height / 2, width / 2) < 21 - 1.2
    assert height >= 2.4
    assert 0.5 < width / height < 0.9


@given(names, st.integers(2, 16))
def test_the_label_stays_clear_of_star_name_and_number(name: str, length: int) -> None:
    drawn = texts(draw(name, label="章" * length))
    last, label = drawn[len(name) - 1], drawn[len(name) : len(name) + length]
    height, ratio = size(label[0]), move(label[0], "scale")[0]
    foot = move(label[0], "translate")[1] + 0.12 * height
    left = move(label[0], "translate")[0]
    assert left == pytest.approx(-(move(label[-1], "translate")[0] + ratio * height), abs=0.01)
    assert foot - height > 5.7
    assert foot < 16
    ring_foot = 21 - 1.2 - 0.75
    pitch = move(last, "rotate")[0] * 2 / (len(name) - 1)
    reached = -cos(radians(move(last, "rotate")[0] + pitch / 2)) * ring_foot > foot - height
    assert hypot(left, foot) < ring_foot - (size(last) if reached else 0)


def test_hostile_characters_are_escaped_and_still_drawn() -> None:
    name = """样<例&"公'司>"""
    svg = draw(name)
    assert "".join(text.text or "" for text in texts(svg)).startswith(name)
    assert name in (svg.findtext(f"{SVG}title") or "")


def test_a_seal_without_a_number_leaves_the_lower_arc_empty() -> None:
    svg = ElementTree.fromstring(seal_svg(NAME, LABEL, "", sample=False))
    assert "".join(text.text or "" for text in texts(svg)) == NAME + LABEL
    assert "编号" not in (svg.findtext(f"{SVG}title") or "")


def test_only_a_sample_says_so_and_only_a_seal_has_the_solid_star() -> None:
    real, sample = draw(), draw("甲乙丙丁公司", sample=True)
    assert "样例" not in "".join(text.text or "" for text in texts(draw("甲乙丙丁公司")))
    assert "样例" in "".join(text.text or "" for text in texts(sample))
    assert (max(texts(sample), key=size).text or "") in "样例"
    assert (sample.findtext(f"{SVG}title") or "").startswith("样例印章，不具效力")
    assert [path.get("fill") for path in real.iter(f"{SVG}path")] == [None]
    assert [path.get("fill") for path in sample.iter(f"{SVG}path")] == ["none"]


@pytest.mark.parametrize("sample", [False, True])
def test_the_preflight_is_told_every_text(sample: bool) -> None:
    drawn = "".join(text.text or "" for text in texts(draw(sample=sample)))
    assert sorted(drawn) == sorted("".join(seal_strings(NAME, LABEL, NUMBER, sample=sample)))


def test_the_diameter_is_at_most_45_mm() -> None:
    svg = ElementTree.fromstring(seal_svg(NAME, LABEL, NUMBER, sample=False, diameter_mm=45))
    assert (svg.get("width"), svg.get("height")) == ("45mm", "45mm")
    for diameter in (45.01, 0, -42, float("nan")):
        with pytest.raises(ValueError, match="45 mm"):
            seal_svg(NAME, LABEL, NUMBER, sample=False, diameter_mm=diameter)


@pytest.mark.parametrize(
    ("name", "label", "number"),
    [
        ("", LABEL, NUMBER),
        ("样" * (LONGEST_NAME + 1), LABEL, NUMBER),
        (NAME, "", NUMBER),
        (NAME, "章" * 17, NUMBER),
        (NAME, LABEL, "1" * 25),
        ("样例\x00公司", LABEL, NUMBER),
        (NAME, "专用\ue000章", NUMBER),
        ("样例\ud800公司", LABEL, NUMBER),
    ],
)
def test_a_text_that_cannot_be_set_is_refused(name: str, label: str, number: str) -> None:
    with pytest.raises(ValueError, match=r"^a seal's (name|label|number) "):
        seal_svg(name, label, number, sample=False)


def test_the_same_seal_has_the_same_bytes() -> None:
    first, second = (seal_svg(NAME, LABEL, NUMBER, sample=True) for _ in range(2))
    assert first == second
    assert "-0 " not in first


def print_pdf(html: str, folder: Path) -> Path:
    from weasyprint import HTML

    face = f"@font-face{{font-family:'Reportgen Song';font-weight:700;src:url({font_url()})}}"
    style = f"<style>{face} @page{{size:60mm 60mm;margin:9mm}} body{{margin:0}}</style>"
    HTML(string=f"<html lang=zh>{style}{html}").write_pdf(folder / "page.pdf")
    return folder / "page.pdf"


def font_url() -> str:
    return (asset_dir("fonts") / "Song-Bold.otf").as_uri()


def image(svg: str, style: str = "") -> str:
    data = base64.b64encode(svg.encode()).decode()
    return f'<img alt="印章" style="{style}" src="data:image/svg+xml;base64,{data}">'


def test_an_image_uses_the_fonts_of_the_document(tmp_path: Path) -> None:
    page = print_pdf(image(seal_svg(NAME, LABEL, NUMBER, sample=False)), tmp_path)
    fonts = subprocess.run(["pdffonts", page], capture_output=True, text=True, check=True).stdout
    assert [line.split()[0].partition("+")[2] for line in fonts.splitlines()[2:]] == ["Reportgen-Song-Bold"]
    text = subprocess.run(["pdftotext", page, "-"], capture_output=True, text=True, check=True).stdout
    assert set(NAME + LABEL + NUMBER) <= set(text)


def test_what_lies_beneath_stays_black(tmp_path: Path) -> None:
    beneath = '<div style="position:absolute;left:0;top:15mm;width:42mm;height:10mm;background:#000"></div>'
    seal = image(seal_svg(NAME, LABEL, NUMBER, sample=False), "position:absolute;left:0;top:0")
    page = print_pdf(beneath + seal, tmp_path)
    subprocess.run(["pdftoppm", "-r", "100", "-gray", "-singlefile", page, tmp_path / "page"], check=True)
    pixels = Image.open(tmp_path / "page.pgm")
    stripe = pixels.crop((38, 97, 198, 133))
    assert set(stripe.tobytes()) == {0}, "the black bar, where seal and bar overlap"
    ring = pixels.tobytes()[38 * pixels.width + pixels.width // 2]
    assert 80 < ring < 150, "the middle of the ring, on white"


def test_the_middle_of_a_sample_stays_clear_for_the_date_that_it_is_put_over() -> None:
    sample = draw(sample=True)
    frames = [(float(box.attrib["y"]), float(box.attrib["height"])) for box in sample.iter(f"{SVG}rect")]
    assert frames
    assert all(top + height < -2.5 for top, height in frames)
    (star,) = sample.iter(f"{SVG}path")
    places = [float(point.split()[1]) for point in re.split("[ML]", star.attrib["d"].removesuffix("Z"))[1:]]
    assert min(places) > 2.5
