"""Pictures of the sample documents' pages for docs/gallery; the tests compare every page with its picture.

`python -m scripts.write_gallery` makes them anew after a change of the pages: look at each before it is kept.
"""

import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import cast

import pikepdf
import pypdfium2
from PIL import Image, ImageChops

from tests.document.comparisons import twelve
from tests.document.reusables import MAKERS
from tests.document.samples import SECRET, issued

GALLERY = Path(__file__).resolve().parent.parent / "docs" / "gallery"
DPI = 96


@dataclass(frozen=True)
class Picture:
    """A page of a sample's document, named by the bookmark that it bears or follows by so many pages.

    `crop` is what is shown of it: left, top, right and foot as shares of the page.
    """

    sample: str
    bookmark: str = ""
    after: int = 0
    crop: tuple[float, float, float, float] = (0, 0, 1, 1)


PICTURES: Mapping[str, Picture] = {
    "cover": Picture("housing-small-exact", "封面"),
    "declaration": Picture("housing-small-exact", "报告说明与声明"),
    "contents": Picture("housing-small-exact", "目录"),
    "conclusion-capable": Picture("highway-lot1", "1 结论"),
    "conclusion-limited": Picture("housing-disputed", "1 结论"),
    "conclusion-incapable": Picture("housing-breacher", "1 结论"),
    "requirements": Picture("highway-lot1", "2 项目要求对照"),
    "margins": Picture("highway-lot1", "2 项目要求对照", 1),
    "record": Picture("housing-breacher", "4 三年信用记录"),
    "finance": Picture("highway-lot1", "9 资金实力及其运用", 1),
    "risks": Picture("housing-breacher", "11 风险提示"),
    "annex": Picture("housing-breacher", "附录 A 信用记录明细", 1),
    "seal": Picture("housing-small-exact", "封面", crop=(0.55, 0.76, 0.95, 0.96)),
    "letter": Picture("housing-gaps"),
    "extract": Picture("record-07-rare-characters"),
    "certificate": Picture("grade-01-highway-builder"),
    "certificate-back": Picture("grade-01-highway-builder", after=1),
    "comparison": Picture("comparison-twelve"),
    "comparison-matrix": Picture("comparison-twelve", after=4),
}


def drawn(pdf: bytes, picture: Picture) -> Image.Image:
    """Return a picture of a page in colour, 96 dpi, the seal's at 288; raises KeyError without its bookmark."""
    whole = picture.crop == (0, 0, 1, 1)
    scale = DPI / 72 * (1 if whole else 3)
    document = pypdfium2.PdfDocument(pdf)
    page = picture.after + (page_of(pdf, picture.bookmark) if picture.bookmark else 0)
    image: Image.Image = document[page].render(scale=scale).to_pil().convert("RGB")
    left, top, right, foot = picture.crop
    wide, high = image.size
    return image.crop((round(left * wide), round(top * high), round(right * wide), round(foot * high)))


def page_of(pdf: bytes, bookmark: str) -> int:
    """Return the number of the page that a bookmark names, from 0."""
    with pikepdf.open(BytesIO(pdf)) as opened, opened.open_outline() as outline:
        places = {item.title: item.destination for item in outline.root}
        target = cast(pikepdf.Array, places[bookmark])[0]
        return next(number for number, page in enumerate(opened.pages) if page.obj.objgen == target.objgen)


def difference(one: Image.Image, other: Image.Image) -> tuple[float, Image.Image]:
    """Return the share of the page that differs visibly, 1 for another size, and a picture of where.

    Half the resolution takes the edges of letters out, which each release of a renderer smooths in its own way.
    """
    if one.size != other.size:
        return 1.0, other
    half = (one.width // 2, one.height // 2)
    grey = [image.convert("L").resize(half, Image.Resampling.BOX) for image in (one, other)]
    marked = ImageChops.difference(*grey).point(lambda value: 255 if value > _VISIBLE else 0)
    share = marked.histogram()[255] / (half[0] * half[1])
    shown = Image.merge("RGB", (grey[1], *(ImageChops.subtract(grey[1], marked) for _ in range(2))))
    return share, shown


_VISIBLE = 60
"""From this step of 255 grey values on a difference is one to the eye."""


def typeset(sample: str, folder: Path) -> bytes:
    """Return a sample's document: a case's report or letter, a subject's record or certificate, a comparison."""
    kind, _, name = sample.partition("-")
    if kind in MAKERS:
        return MAKERS[kind](name).pdf
    return twelve()[1].pdf if kind == "comparison" else issued(sample, folder).pdf


def write(names: Iterable[str]) -> None:
    """Write pictures into docs/gallery."""
    made: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as place:
        secret = Path(place) / "secret"
        secret.write_bytes(SECRET)
        os.environ["REPORTGEN_SECRET_FILE"] = str(secret)
        for name in names:
            picture = PICTURES[name]
            if picture.sample not in made:
                made[picture.sample] = typeset(picture.sample, Path(place))
            image = drawn(made[picture.sample], picture).quantize(
                256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
            )
            image.save(GALLERY / f"{name}.png", optimize=True)


if __name__ == "__main__":
    GALLERY.mkdir(parents=True, exist_ok=True)
    write(PICTURES)
