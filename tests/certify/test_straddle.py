"""骑缝章: slices that join to the whole seal when the sheets are fanned, and touch nothing else."""

from io import BytesIO
from itertools import pairwise
from math import sqrt
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from reportgen.certify.straddle import NARROWEST_MM, Slice, page_of, slices, stamp
from reportgen.document.content import Seal
from tests.certify import paper

DPI = 254
"""Ten pixels a mm, so that slices of whole mm begin and end between two pixels."""
sizes = st.floats(30, 45)


def stamped(pages: int, seal: Seal, style: str = "") -> bytes:
    output = BytesIO()
    with pikepdf.open(BytesIO(paper.typeset(pages, style))) as document:
        stamp(document, seal)
        document.save(output, deterministic_id=True)
    return output.getvalue()


def groups(found: list[Slice]) -> list[list[Slice]]:
    """Return the slices seal by seal."""
    ordered = sorted(found, key=lambda cut: (cut.page - cut.index, cut.index))
    starts = [index for index, cut in enumerate(ordered) if cut.index == 0]
    return [ordered[first:last] for first, last in pairwise([*starts, len(ordered)])]


def test_one_page_has_no_seal_over_its_edge() -> None:
    assert slices(1, 42) == []


@pytest.mark.parametrize(("pages", "seals"), [(2, 1), (14, 1), (15, 2), (27, 2), (28, 3), (200, 16)])
def test_a_long_report_bears_several_seals(pages: int, seals: int) -> None:
    assert len(groups(slices(pages, 42))) == seals


@given(st.integers(2, 300), sizes)
def test_every_page_bears_a_slice_wide_enough_to_be_told(pages: int, diameter: float) -> None:
    found = slices(pages, diameter)
    assert {cut.page for cut in found} == set(range(pages))
    assert all(diameter / cut.count >= NARROWEST_MM for cut in found)
    assert [cut.page for cut in found] == sorted(cut.page for cut in found)


@given(st.integers(2, 300), sizes)
def test_each_seal_is_whole_and_shares_one_page_with_the_next(pages: int, diameter: float) -> None:
    seals = groups(slices(pages, diameter))
    for seal in seals:
        assert [cut.index for cut in seal] == list(range(seal[0].count))
        assert [cut.page for cut in seal] == list(range(seal[0].page, seal[0].page + seal[0].count))
    for one, other in pairwise(seals):
        assert one[-1].page == other[0].page
    assert (seals[0][0].page, seals[-1][-1].page) == (0, pages - 1)
    assert max(seal[0].count for seal in seals) - min(seal[0].count for seal in seals) <= 1


@given(st.integers(2, 300), sizes)
def test_two_slices_on_one_page_do_not_touch(pages: int, diameter: float) -> None:
    for one, other in pairwise(groups(slices(pages, diameter))):
        radius = diameter / 2
        chords = [2 * sqrt(radius**2 - (radius - diameter / seal[0].count) ** 2) for seal in (one, other)]
        assert abs(one[0].height - other[0].height) * diameter > sum(chords) / 2


def joined(pages: list[NDArray[np.uint8]], found: list[Slice], diameter: int) -> NDArray[np.uint8]:
    """Return what the right edges of the pages show side by side, the pages being their last 25 mm."""
    height = 297 * 5 - round(found[0].height * diameter * 10)
    rows = slice(height - diameter * 5, height + diameter * 5)
    # pdftoppm rounds the page up to 2,101 pixels, of which the last is no paper.
    return np.hstack([pages[cut.page][rows, 250 - diameter * 10 // cut.count : 250] for cut in found])


@pytest.mark.parametrize(("pages", "diameter"), [(2, 42), (7, 42), (14, 42), (15, 45)])
def test_the_fanned_sheets_show_the_whole_seal(pages: int, diameter: int, tmp_path: Path) -> None:
    seal, file, alone = paper.seal(diameter), tmp_path / "stamped.pdf", tmp_path / "seal.pdf"
    file.write_bytes(stamped(pages, seal))
    alone.write_bytes(page_of(seal))
    found = joined(paper.rendered(file, DPI, tmp_path, 1850), slices(pages, diameter), diameter)
    (tmp_path / "alone").mkdir()
    (whole,) = paper.rendered(alone, DPI, tmp_path / "alone")
    assert found.shape == whole.shape
    assert (whole < 200).any()
    # A cut through a stroke may grey a pixel beside it.
    difference = np.abs(found.astype(int) - whole)
    assert difference.max() < 80
    assert difference.mean() < 0.01


def test_what_lies_beneath_shows_through(tmp_path: Path) -> None:
    file, style = tmp_path / "stamped.pdf", "@page { background: #808080 }"
    file.write_bytes(stamped(2, paper.seal(), style))
    for page in paper.rendered(file, 100, tmp_path):
        paper_alone = page[:-1, :-1]
        assert paper_alone.max() <= 0x81
        assert paper_alone[:, -82:].min() < 0x30


def test_no_word_of_the_pages_changes_its_place(tmp_path: Path) -> None:
    before, after = tmp_path / "before.pdf", tmp_path / "after.pdf"
    before.write_bytes(paper.typeset(3))
    after.write_bytes(stamped(3, paper.seal()))
    assert paper.said("pdftotext", "-bbox", after, "-") == paper.said("pdftotext", "-bbox", before, "-")
    assert len(paper.said("pdffonts", after).splitlines()) == len(paper.said("pdffonts", before).splitlines())


def test_slices_are_artifacts_and_the_seal_is_drawn_once() -> None:
    with pikepdf.open(BytesIO(stamped(3, paper.seal()))) as document:
        pages = [page.obj for page in document.pages]
        assert len({page.Resources.XObject.Straddle.objgen for page in pages}) == 1
        for page in pages:
            drawn = page.Contents[-1].read_bytes()
            assert drawn.startswith(b"Q\n/Artifact <</Type /Pagination>> BDC q ")
            assert drawn.endswith(b" /Straddle Do Q EMC\n")


def test_equal_documents_are_stamped_equally() -> None:
    assert stamped(15, paper.seal()) == stamped(15, paper.seal())
