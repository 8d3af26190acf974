"""Fonts and looks made for the tests: an office folder with files of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from reportgen.document.compose import Inputs, compose
from reportgen.document.content import Content, Letter
from reportgen.document.issuer import Issuer, dressed, issuer_of
from reportgen.document.letter import gaps_letter
from reportgen.pipeline import Judged, Means, identify, judge
from reportgen.settings import OFFICE_FILE, Office, asset_dir, read_office
from tests.document.samples import NOW, request

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 60"><path d="M0 0H60V60H0z" fill="#0b5d4b"/></svg>'
GREEN = {"deep": "#0b5d4b", "tint": "#eef5f2"}


def font(characters: str, *, rights: int = 0, blank: str = "") -> bytes:
    """Return a font in which each character is a square, those of `blank` nothing."""
    names = {character: f"u{ord(character):04X}" for character in characters}
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap({ord(character): name for character, name in names.items()})
    drawn = {name: _square(character not in blank) for character, name in names.items()}
    builder.setupGlyf({".notdef": _square(True), **drawn})
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", *names.values()), (1000, 0)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
    builder.setupOS2(fsType=rights)
    builder.setupPost()
    path = _Buffer()
    builder.save(path)
    return path.data


class _Buffer:
    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)


def _square(inked: bool) -> Any:
    pen = TTGlyphPen(None)
    if inked:
        pen.moveTo((100, 0))
        for place in ((100, 800), (900, 800), (900, 0)):
            pen.lineTo(place)
        pen.closePath()
    return pen.glyph()


def office_with(
    folder: Path,
    look: Mapping[str, object] | None = None,
    *,
    files: Mapping[str, str | bytes] | None = None,
) -> Office:
    """Return the sample office in a folder, with a look and the files it names."""
    for name, content in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    data = read_office(asset_dir("sample_subjects") / "office" / OFFICE_FILE).data
    return Office(folder, {**data, **({"look": dict(look)} if look else {})})


def issuer_with(
    folder: Path,
    look: Mapping[str, object] | None = None,
    *,
    files: Mapping[str, str | bytes] | None = None,
) -> Issuer:
    """Return who issues, in a look of its own."""
    office = office_with(folder, look, files=files)
    return dressed(issuer_of(office), office.folder)


def composed(name: str, folder: Path) -> Content | Letter:
    """Return what is printed of a sample case, by the office in a folder."""
    asked = request(name)
    judged = Judged(asked, *judge(asked.applicant, asked.project), Means(issuer_with(folder).as_sample()))
    identity = identify(judged, bytes(32), NOW)
    inputs = Inputs(judged.case, judged.assessment, asked.binding, judged.issuer, identity)
    return compose(inputs) if judged.assessment.conclusion else gaps_letter(inputs)
