"""A grey print at 200 dpi stays readable: every word, every state, the charts' marks, and the date under the seal."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pypdfium2
import pytest

from reportgen.document.chart_style import ADVERSE, LINED, SOLID, UNKNOWN
from reportgen.document.look import tokens
from scripts.write_gallery import page_of
from tests.document.samples import Press

LEAST = 4.5
"""The contrast that WCAG 2.2 asks of text (1.4.3, level AA)."""
DPI = 200
ON = {
    "paper": ("ink", "note", "soft", "deep", "alarm", "amber"),
    "tint": ("ink", "soft", "deep"),
    "alarm_tint": ("ink", "soft", "alarm"),
    "amber_tint": ("ink", "soft", "amber"),
    "deep": ("paper",),
    "alarm": ("paper",),
    "amber": ("paper",),
}
PAGES = {
    "封面": "cover",
    "1 结论": "conclusion",
    "2 项目要求对照": "requirements",
    "4 三年信用记录": "record",
}


def luminance(grey: float) -> float:
    """Return the relative luminance of a grey value of 0 to 255 (WCAG 2.2)."""
    share = grey / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def contrast(one: float, other: float) -> float:
    """Return the contrast of two luminances, 1 to 21."""
    low, high = sorted((one, other))
    return (high + 0.05) / (low + 0.05)


def of(ink: str) -> float:
    red, green, blue = (luminance(int(ink[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("ground", "ink"), [(ground, ink) for ground, inks in ON.items() for ink in inks])
def test_every_ink_stands_out_from_its_ground(ground: str, ink: str) -> None:
    assert contrast(of(tokens()[ink]), of(tokens()[ground])) >= LEAST


def test_areas_that_mean_different_things_differ_without_colour() -> None:
    looks = [(ink.fill == "#ffffff", ink.dashed, ink.hatched) for ink in (SOLID, LINED, ADVERSE, UNKNOWN)]
    assert all(one != other for one, other in combinations(looks, 2))


def words(page: pypdfium2.PdfPage) -> Iterator[tuple[str, "np.ndarray[tuple[int, int], np.dtype[np.uint8]]"]]:
    """Yield each run of text of a page with its grey pixels."""
    grey = np.asarray(page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L"))
    text, high, scale = page.get_textpage(), page.get_height(), DPI / 72
    for index in range(text.count_rects()):
        left, foot, right, top = text.get_rect(index)
        found = text.get_text_bounded(left, foot, right, top).strip()
        rows = slice(int((high - top) * scale), int((high - foot) * scale) + 1)
        pixels = grey[rows, int(left * scale) : int(right * scale) + 1]
        if found and pixels.size:
            yield found, pixels


@pytest.mark.parametrize("bookmark", PAGES, ids=PAGES.values())
def test_every_word_of_a_grey_print_stands_out(bookmark: str, press: Press) -> None:
    pdf = press("housing-disputed")[0].pdf
    page = pypdfium2.PdfDocument(pdf)[page_of(pdf, bookmark)]
    seen = [(word, pixels) for word, pixels in words(page) if word not in {"样例", "样", "例"}]
    assert len(seen) > 10
    pale = [
        (word, round(found, 1))
        for word, pixels in seen
        if (
            found := contrast(
                luminance(float(np.percentile(pixels, 1))), luminance(float(np.percentile(pixels, 95)))
            )
        )
        < LEAST
    ]
    assert pale == []


def test_a_state_is_said_in_words(press: Press) -> None:
    pdf = press("housing-disputed")[0].pdf
    page = pypdfium2.PdfDocument(pdf)[page_of(pdf, "1 结论")]
    said = "".join(word for word, _ in words(page))
    assert "【异议中】" in said and "信用能力一般" in said


def test_the_date_stands_out_from_the_seal_over_it(press: Press) -> None:
    pdf = press("housing-disputed")[0].pdf
    page = pypdfium2.PdfDocument(pdf)[0]
    pixels = next(pixels for word, pixels in words(page) if "2026年11月21日" in word)
    ink = float(np.percentile(pixels, 2))
    # Between ink and paper lies the seal: its red in grey.
    seal = float(np.median(pixels[(pixels > 60) & (pixels < 200)]))
    assert contrast(luminance(ink), luminance(seal)) >= 3
