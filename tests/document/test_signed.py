"""A real report, sealed and signed, is as good as before by every tool that reads it."""

import subprocess
from pathlib import Path

import pytest

from reportgen.certify.sign import certify
from reportgen.certify.straddle import slices
from tests.certify import paper
from tests.certify.pki import NOW, pki
from tests.document import pdf
from tests.document.samples import Press


@pytest.mark.parametrize("name", ["housing-small-exact", "highway-lot2-joint"])
def test_a_signed_report_is_valid_archival_and_accessible(name: str, press: Press, tmp_path: Path) -> None:
    done, before = press(name)
    after, seal = tmp_path / "signed.pdf", paper.seal(sample=True)
    signed = certify(done.pdf, seal, pki().signing(), reason="出具", place="霁川", at=NOW)
    after.write_bytes(signed.pdf)
    assert paper.faults(after) == {"3a": set(), "ua1": set()}
    assert subprocess.run(["qpdf", "--check", after], check=False, capture_output=True).returncode == 0
    said = paper.said("pdfsig", after)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert pdf.text(after) == pdf.text(before)
    assert pdf.fonts(after) == pdf.fonts(before)
    assert len({cut.page for cut in slices(done.pages, seal.diameter_mm)}) == pdf.pages(after) == done.pages
