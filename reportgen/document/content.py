"""The content of a report as plain data: what the templates lay out and the preflight reads.

Nothing here knows HTML. A section is a list of blocks: paragraphs, heads, tables and charts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum

from reportgen.document.chart_style import Chart
from reportgen.document.tables import Table


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str
    kind: str = "body"


@dataclass(frozen=True)
class Heading:
    """A head within a section."""

    text: str


@dataclass(frozen=True)
class Figure:
    """A chart with its caption."""

    caption: str
    chart: Chart


Block = Paragraph | Heading | Figure | Table


@dataclass(frozen=True)
class Section:
    """A numbered section or a lettered annex; `anchor` is its target in the table of contents."""

    anchor: str
    label: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Pair:
    """A name and its value, as on the cover."""

    name: str
    value: str
    strong: bool = False
    note: str = ""


@dataclass(frozen=True)
class Clause:
    """A numbered statement of the declaration with the basis printed behind it."""

    text: str
    basis: str


@dataclass(frozen=True)
class Risk:
    """A risk note as the conclusion page shows it."""

    level: str
    title: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """The conclusion page: what a committee member reads in ten seconds."""

    about: tuple[Pair, ...]
    sentence: str
    tone: str
    tag: str
    binding: str
    basis: str
    others: tuple[str, ...]
    recommendation: str
    facts: tuple[Pair, ...]
    risks: tuple[Risk, ...]
    risk_total: int
    flips: tuple[str, ...]
    profile: Figure


@dataclass(frozen=True)
class Seal:
    """The drawn seal, its texts and its diameter in mm."""

    svg: str
    alt: str
    strings: tuple[str, ...]
    diameter_mm: float


@dataclass(frozen=True)
class Letter:
    """A letter of one page or a few: to whom, about what, what it says, signed by the agency.

    `running_use` stands at the foot of each page and says what the letter is not.
    """

    title: str
    agency: str
    sample: bool
    number: str
    to: str
    about: tuple[Pair, ...]
    paragraphs: tuple[str, ...]
    tables: tuple[Table, ...]
    closing: tuple[str, ...]
    running_use: str
    date_line: str
    seal: Seal

    def drawings(self) -> dict[str, str]:
        """Return the letter's drawings by file name."""
        return {"seal.svg": self.seal.svg}


@dataclass(frozen=True)
class Content:
    """Everything a report prints."""

    title: str
    agency: str
    sample: bool
    draft: bool
    joint: bool
    number: str
    code: str
    url: str
    language: str
    running_project: str
    running_use: str
    cover: tuple[Pair, ...]
    cover_class: str
    date_line: str
    clauses: tuple[Clause, ...]
    filing: tuple[Pair, ...]
    staff: tuple[Pair, ...]
    objection: tuple[Pair, ...]
    status_note: str
    verdict: Verdict
    sections: tuple[Section, ...]
    seal: Seal
    qr_svg: str

    def drawings(self) -> dict[str, str]:
        """Return the report's drawings by file name, its charts excepted."""
        return {"seal.svg": self.seal.svg, "qr.svg": self.qr_svg}


def strings(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, text) for every string of plain data, skipping drawings, whose texts stand beside them."""
    if isinstance(value, Enum):
        yield path, str(value.value)
    elif isinstance(value, str):
        if not path.endswith("svg"):
            yield path, value
    else:
        for below, part in _parts(value, path):
            yield from strings(part, below)


def _parts(value: object, path: str) -> Iterator[tuple[str, object]]:
    if is_dataclass(value) and not isinstance(value, type):
        value = {item.name: getattr(value, item.name) for item in fields(value)}
    if isinstance(value, Mapping):
        yield from ((f"{path}.{key}".lstrip("."), part) for key, part in value.items())
    elif isinstance(value, tuple | list):
        yield from ((f"{path}[{index}]", part) for index, part in enumerate(value))
