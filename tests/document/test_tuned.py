"""What is done with less gives what WeasyPrint gives: the same objects, byte for byte, and the same picture.

The replacements hold for a whole process, so each comparison has one of its own.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.document.tuned import cascade, drawing
from reportgen.document.tuned.texts import Memory
from tests.document import untuned


@pytest.mark.parametrize(
    ("names", "pages"),
    [
        (("report", "certificate"), (1, 4, 5)),
        pytest.param(
            ("record", "joint", "odd", "long", "letter", "comparison"), range(1, 99), marks=pytest.mark.soak
        ),
    ],
)
def test_documents_are_as_weasyprint_alone_sets_them(
    names: tuple[str, ...], pages: range, tmp_path: Path
) -> None:
    words = [sys.executable, "-m", "tests.document.untuned", str(tmp_path), *names]
    root = Path(__file__).parents[2]
    run = subprocess.run(words, cwd=root, capture_output=True, text=True, timeout=500, check=False)
    assert run.returncode == 0, run.stderr
    for name in names:
        alone, same, painted = (tmp_path / f"{name}-{way}.pdf" for way in untuned.WAYS)
        assert untuned.objects(alone) == untuned.objects(same)
        assert untuned.spots(alone, painted, pages) == []


def test_texts_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reportgen.document.tuned.texts._MOST", 3)
    held = Memory()
    for number in range(4):
        assert held.remember(held.lines, number, -number) == -number
    assert held.lines == {3: -3}


def test_a_heavier_declaration_holds_wherever_it_stands() -> None:
    style: cascade.Cascade = {}
    cascade._enter(style, "user", (0, 1, 0), [("color", "red", False)])
    cascade._enter(style, "user agent", (0, 2, 0), [("color", "blue", False), ("width", "auto", False)])
    cascade._enter(style, "author", (0, 0, 1), [("width", "none", True)])
    assert {name: value for name, (value, _) in style.items()} == {"color": "red", "width": "none"}


def test_runs_of_one_font_are_shown_as_one() -> None:
    first = drawing.Run("song", "<0001>", {1: "一"}, {1: 1000})
    second = drawing.Run("song", "<00010002>", {1: "壹", 2: "二"}, {1: 999, 2: 1000})
    other = drawing.Run("hei", "<0003>", {3: "三"}, {3: 1000})
    joined, last = drawing._joined([first, second, other])
    assert (joined.shown, joined.meanings, joined.widths) == (
        "<0001><00010002>",
        {1: "壹", 2: "二"},
        {1: 999, 2: 1000},
    )
    assert last == other
