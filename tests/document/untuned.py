"""Documents as WeasyPrint alone sets them, with what gives the same bytes, and as they are printed.

python -m tests.document.untuned FOLDER NAME…
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
from scipy.ndimage import maximum_filter, minimum_filter

from reportgen.cli.demo import sample_office
from reportgen.document import tuned, typeset
from reportgen.document.issuer import issuer_of
from reportgen.pipeline import Judged, Means, Request, identify, judge, letter_of
from reportgen.pipeline import typeset as set_report
from tests.document import comparisons, generated, reusables
from tests.document.samples import NOW

WAYS = ("alone", "same", "painted")
_DPI = 400
"""At which the thinnest rule, of 0.35 pt, covers a whole pixel wherever it falls."""
_SHADES, _FEW = 16, 1e-5


def objects(path: Path) -> list[bytes]:
    """Return what a file's objects say, but for how they are packed."""
    with pikepdf.open(path) as pdf:
        return [told for item in pdf.objects for told in _told(item)]


def _told(item: object) -> Iterator[bytes]:
    if isinstance(item, pikepdf.Stream):
        if item.get("/Type") not in {"/XRef", "/ObjStm"}:
            yield item.read_bytes()
    elif isinstance(item, pikepdf.Object):
        yield item.unparse()
    else:
        yield repr(item).encode()


def spots(one: Path, other: Path, pages: Iterable[int]) -> list[str]:
    """Return the pages of some on which two files differ by more than where a pixel's edge falls."""
    with pypdfium2.PdfDocument(one) as first, pypdfium2.PdfDocument(other) as second:
        assert len(first) == len(second)
        numbers = [number for number in pages if number <= len(first)]
        away = {number: _away(_shades(first[number - 1]), _shades(second[number - 1])) for number in numbers}
        return [f"page {number}: {share:.3%} of it" for number, share in away.items() if share > _FEW]


def _shades(page: pypdfium2.PdfPage) -> np.ndarray:
    shades: np.ndarray = page.render(scale=_DPI / 72, grayscale=True).to_numpy()
    return shades.astype(np.int16)


def _away(one: np.ndarray, other: np.ndarray) -> float:
    """Return the share of pixels whose shade is none of those around the same place."""
    darkest, lightest = minimum_filter(one, 3) - _SHADES, maximum_filter(one, 3) + _SHADES
    return float(((other < darkest) | (other > lightest)).mean())


def main() -> None:
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    vars(typeset)["tune"] = lambda: None
    _set(folder, names, "alone")
    rules = dict(tuned._RULES)
    tuned._RULES.clear()
    tuned.tune()
    _set(folder, names, "same")
    tuned._replace(rules)
    _set(folder, names, "painted")


def _set(folder: Path, names: list[str], way: str) -> None:
    typeset._made.cache_clear()
    for name in names:
        (folder / f"{name}-{way}.pdf").write_bytes(_DOCUMENTS[name]())


def _report(request: Request) -> bytes:
    judged = Judged(request, *judge(request.applicant, request.project), Means(issuer_of(sample_office())))
    identity = identify(judged, bytes(32), NOW)
    if judged.assessment.conclusion is None:
        return letter_of(judged, identity).pdf
    return set_report(judged, identity).pdf


_DOCUMENTS: Mapping[str, Callable[[], bytes]] = {
    "report": lambda: _report(generated.of_records(24)),
    "joint": lambda: _report(generated.of_long_names(2)),
    "odd": lambda: _report(generated.of_seed(3)),
    "long": lambda: _report(generated.of_records(400)),
    "letter": lambda: _report(generated.odd("bare")),
    "record": lambda: reusables.record("01-highway-builder").pdf,
    "certificate": lambda: reusables.grade_of("01-highway-builder").pdf,
    "comparison": lambda: comparisons.twelve()[1].pdf,
}

if __name__ == "__main__":
    main()
