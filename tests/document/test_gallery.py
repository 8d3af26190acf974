"""Every page of the gallery looks as its picture does; where one does not, out/visual/ shows what differs.

A page that was changed on purpose gets a new picture by `python -m scripts.write_gallery`.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw

from scripts.write_gallery import GALLERY, PICTURES, difference, drawn
from tests.document.comparisons import twelve
from tests.document.reusables import MAKERS
from tests.document.samples import Press
from tests.once import Once

ROOT = Path(__file__).resolve().parent.parent.parent
MOST = 0.002
"""The share of a page that may differ: a letter's edge here and there, and not a word."""


def beside(reference: Image.Image, now: Image.Image, shown: Image.Image) -> Image.Image:
    """Return the page as it was, as it is, and where the two differ, side by side."""
    shown = shown.resize(now.size)
    sheet = Image.new("RGB", (reference.width + 2 * now.width, max(reference.height, now.height)), "white")
    for place, image in ((0, reference), (reference.width, now), (reference.width + now.width, shown)):
        sheet.paste(image, (place, 0))
    return sheet


@pytest.fixture
def made(once: Once, press: Press) -> Callable[[str], bytes]:
    """Return what gives a sample's document, made once a run and under the names that other tests use."""

    def get(sample: str) -> bytes:
        kind, _, name = sample.partition("-")
        if kind in MAKERS:
            done: bytes = once(sample, lambda: MAKERS[kind](name)).pdf
            return done
        if kind == "comparison":
            return bytes(once(sample, twelve)[1].pdf)
        return press(sample)[0].pdf

    return get


@pytest.mark.parametrize("name", PICTURES)
def test_a_page_looks_as_its_picture(name: str, made: Callable[[str], bytes]) -> None:
    now = drawn(made(PICTURES[name].sample), PICTURES[name])
    reference = Image.open(GALLERY / f"{name}.png").convert("RGB")
    share, shown = difference(reference, now)
    if share > MOST:
        target = ROOT / "out" / "visual" / f"{name}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        beside(reference, now, shown).save(target)
        pytest.fail(f"{share:.2%} of {name} differ; see {target.relative_to(ROOT)}")


def test_every_picture_belongs_to_a_page() -> None:
    assert {path.stem for path in GALLERY.glob("*.png")} == set(PICTURES)


@pytest.fixture(scope="module")
def page() -> Image.Image:
    return Image.open(GALLERY / "conclusion-capable.png").convert("RGB")


def test_a_page_that_moved_differs(page: Image.Image) -> None:
    assert difference(page, ImageChops.offset(page, 0, 4))[0] > MOST


def test_a_word_that_is_gone_differs(page: Image.Image) -> None:
    changed = page.copy()
    words = (105, 185, 400, 235)
    assert len(set(changed.crop(words).convert("L").get_flattened_data())) > 20
    ImageDraw.Draw(changed).rectangle(words, fill="white")
    assert difference(page, changed)[0] > MOST


def test_another_size_differs(page: Image.Image) -> None:
    assert difference(page, page.crop((0, 0, 100, 100)))[0] == 1


def test_softer_edges_do_not_differ(page: Image.Image) -> None:
    soft = page.resize((page.width * 3, page.height * 3), Image.Resampling.BICUBIC)
    assert difference(page, soft.resize(page.size, Image.Resampling.BICUBIC))[0] <= MOST
