"""docs/design and docs/gallery tell of every component, token and picture there is."""

import re
from pathlib import Path

import pytest

from reportgen.document.look import SHEETS, tokens
from reportgen.plain import read_plain
from reportgen.settings import asset_dir
from scripts.write_gallery import PICTURES

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
STYLE = asset_dir("templates") / "style"
LINK = re.compile(r"\]\(([^)#:]+)\)")


def test_every_style_sheet_is_used_and_told_of() -> None:
    assert {path.stem for path in STYLE.glob("*.css")} == {*SHEETS, "base"}
    assert {f"{name}.md" for name in SHEETS} <= {path.name for path in (DOCS / "design").iterdir()}


def test_every_token_is_told_with_its_value() -> None:
    told = (DOCS / "design" / "tokens.md").read_text("utf-8")
    data = read_plain(STYLE / "tokens.yaml").data
    for name, value in (data["inks"] | data["sizes"]).items():
        assert f"| `{name}` | `{value}` |" in told
    assert all(f"| `{name}` |" in told for name in tokens())


def test_no_token_is_idle() -> None:
    used = "".join(path.read_text("utf-8") for path in STYLE.glob("*.css"))
    assert [name for name in tokens() if not re.search(rf"\${name}\b", used)] == []


@pytest.mark.parametrize("name", ["design", "gallery"])
def test_every_link_of_the_pages_leads_somewhere(name: str) -> None:
    for page in (DOCS / name).glob("*.md"):
        for target in LINK.findall(page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_gallery_shows_every_picture() -> None:
    shown = (DOCS / "gallery" / "README.md").read_text("utf-8")
    assert [name for name in PICTURES if f"({name}.png)" not in shown] == []
