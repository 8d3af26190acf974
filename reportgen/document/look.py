"""The one look of all documents: the tokens of `templates/style/tokens.yaml` and the style sheets that name them."""

from collections.abc import Iterable, Mapping
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
    "joint",
    "letter",
    "extract",
    "certificate",
    "comparison",
    "look",
)
"""The style sheets in the order in which they hold, by name; each is a component of docs/design."""
_OF_ONE = {"joint", "letter", "extract", "certificate", "comparison", "contents"}
_ALONE = {"report.html.j2": {"contents"}, "comparison.html.j2": {"letter"}}
"""Sheets of one kind of document each: they bear the name of their template, but `contents` is the report's.

A comparison is signed as a letter is.
"""


@cache
def tokens() -> Mapping[str, str]:
    """Return the value of every token: inks as #rrggbb, sizes in pt, faces as whole stacks of families."""
    data = read_plain(_folder() / "tokens.yaml").data
    faces = {"song": css_family(SONG), "hei": css_family(HEI), "kai": css_family(KAI)}
    return {**data["inks"], **data["sizes"], **faces}


def sheets_of(template: str, html: str) -> tuple[str, ...]:
    """Return the sheets that a document of ours needs: every rule is held against every element."""
    own = {template.removesuffix(".html.j2")} | _ALONE.get(template, set())
    if '<body class="joint">' in html:
        own.add("joint")
    return tuple(name for name in SHEETS if name not in _OF_ONE - own)


def style_sheet(values: Mapping[str, str] | None = None, names: Iterable[str] = SHEETS) -> str:
    """Return the style of all documents as CSS, with an office's own values of the tokens where it has any.

    Raises KeyError for a token that does not exist.
    """
    texts = ((_folder() / f"{name}.css").read_text("utf-8") for name in names)
    return Template("".join(texts)).substitute(values or tokens())


def base_sheet() -> str:
    """Return the style of the elements of HTML that the packaged templates use, before any look."""
    return (_folder() / "base.css").read_text("utf-8")


def _folder() -> Path:
    return asset_dir("templates") / "style"
