"""A real report, sealed and signed, is as good as before by every tool that reads it."""

from pathlib import Path

import pytest

from reportgen.certify.sign import certify
from reportgen.certify.straddle import slices
from tests.certify import paper
from tests.certify.pki import NOW, pki
from tests.document import archive, pdf
from tests.document.samples import LETTERS, REPORTS, Press

SEAL = paper.seal(sample=True)


def signed(unsigned: bytes, folder: Path) -> Path:
    path = folder / "signed.pdf"
    done = certify(unsigned, SEAL, pki().signing(), reason="出具", place="霁川", at=NOW)
    path.write_bytes(done.pdf)
    return path


@pytest.mark.parametrize("name", REPORTS + LETTERS)
def test_a_signed_document_is_valid_archival_and_accessible(name: str, press: Press, tmp_path: Path) -> None:
    path = signed(press(name)[0].pdf, tmp_path)
    assert archive.faults(path) == []
    said = paper.said("pdfsig", path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said


@pytest.mark.soak
@pytest.mark.parametrize("name", REPORTS + LETTERS)
def test_a_second_opinion_hears_nothing_wrong_with_a_signed_one(
    name: str, press: Press, tmp_path: Path
) -> None:
    assert archive.heard(signed(press(name)[0].pdf, tmp_path)) == []


def test_text_fonts_and_pages_are_what_they_were(press: Press, tmp_path: Path) -> None:
    done, before = press("housing-small-exact")
    after = signed(done.pdf, tmp_path)
    assert pdf.text(after) == pdf.text(before)
    assert pdf.fonts(after) == pdf.fonts(before)
    assert len({cut.page for cut in slices(done.pages, SEAL.diameter_mm)}) == pdf.pages(after) == done.pages
