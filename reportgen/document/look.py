"""The one look of all documents: the tokens of `templates/style/tokens.yaml` and the style sheets that name them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Template

from reportgen.document.glyphs import HEI, KAI, SONG, css_family
from reportgen.plain import read_plain
from reportgen.settings import asset_dir

SHEETS = (
    "page",
    "type",
    "cover",
    "declaration",
    "contents",
    "conclusion",
    "tables",
    "letter",
    "extract",
    "certificate",
    "comparison",
    "look",
)
"""The style sheets in the order in which they hold, by name; each is a component of docs/design."""


@cache
def tokens() -> Mapping[str, str]:
    """Return the value of every token: inks as #rrggbb, sizes in pt, faces as whole stacks of families."""
    data = read_plain(_folder() / "tokens.yaml").data
    faces = {"song": css_family(SONG), "hei": css_family(HEI), "kai": css_family(KAI)}
    return {**data["inks"], **data["sizes"], **faces}


def style_sheet(values: Mapping[str, str] | None = None) -> str:
    """Return the style of all documents as CSS, with an office's own values of the tokens where it has any.

    Raises KeyError for a token that does not exist.
    """
    texts = ((_folder() / f"{name}.css").read_text("utf-8") for name in SHEETS)
    return Template("".join(texts)).substitute(values or tokens())


def _folder() -> Path:
    return asset_dir("templates") / "style"
