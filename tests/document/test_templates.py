"""The templates' own words need a glyph as much as those of a record."""

import re

import pytest

from reportgen.document.glyphs import PACKAGED, tier_of
from reportgen.document.typeset import Assets
from reportgen.settings import asset_dir

TEMPLATES = asset_dir("templates")


@pytest.mark.parametrize(
    "path", sorted([*TEMPLATES.glob("*.j2"), *TEMPLATES.glob("style/*.css")]), ids=lambda path: path.name
)
def test_every_character_of_a_template_is_in_the_packaged_fonts(path: object) -> None:
    text = re.sub(r"\s", "", path.read_text("utf-8"))  # type: ignore[attr-defined]
    assert {character for character in set(text) if tier_of(character) != PACKAGED} == set()


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/x.png",
        "https://example.cn/x.css",
        "file:///etc/passwd",
        "data:text/html,x",
        "asset:fonts/../page.css",
        "asset:fonts//etc/passwd",
        "asset:figure/none.svg",
        "asset:templates/style/page.css",
    ],
)
def test_a_document_is_served_its_own_assets_and_nothing_else(address: str) -> None:
    with pytest.raises(BaseException, match="refused"):
        Assets().fetch(address)
