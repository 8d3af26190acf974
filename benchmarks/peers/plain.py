"""fpdf2 with the same words and tables and nothing else: a lower bound for writing such a PDF in Python.

No tags, no PDF/A, no charts, no seal, no look beyond sizes of type. All is set in 楷体, the one packaged face with
TrueType outlines: fpdf2 cuts subsets of the other faces (CFF) in Python, which takes two seconds a document and
would be no lower bound. It cuts the subset out of the font as it read it, so each document reads its font anew.
"""

from collections.abc import Iterable, Sequence
from typing import Self

import psutil
from fpdf import FPDF, FontFace

from benchmarks.peers import Work
from benchmarks.samples import Sample
from reportgen.document.content import Block, Content, Figure, Heading, Pair, Paragraph, Verdict
from reportgen.document.tables import Cell, Table
from reportgen.settings import asset_dir

_FACE = "Kai-Regular.ttf"
_PLAIN = FontFace(emphasis="")


class Plain:
    """A new document each time, and nothing held between two."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held that would have to be given back."""

    def prepare(self, sample: Sample) -> Work:
        """Return the writing of all words and tables."""
        return lambda: _written(sample.content)

    def helpers(self) -> list[psutil.Process]:
        """Return none: it works in its own process."""
        return []


class _Paper(FPDF):
    """A4 with heads and feet."""

    def __init__(self, content: Content) -> None:
        super().__init__(format="A4")
        self._content = content
        self.add_font("kai", "", asset_dir("fonts") / _FACE)
        self.set_margins(21, 24.5)
        self.set_auto_page_break(True, 20)
        self.set_font("kai", size=12)
        self.set_title(f"{content.title} {content.number}")

    def header(self) -> None:
        """Print what stands at the head of each page."""
        self.set_y(12)
        self._line(f"{self._content.title} {self._content.number}　{self._content.running_project}")
        self.set_y(24.5)

    def footer(self) -> None:
        """Print what stands at the foot of each page."""
        self.set_y(-14)
        self._line(f"{self._content.running_use}　第 {self.page_no()} 页")

    def _line(self, text: str) -> None:
        with self.local_context():
            self.set_font("kai", size=8)
            self.cell(0, 4, text)

    def head(self, text: str, size: float = 16) -> None:
        """Print a head."""
        self.set_font("kai", "", size)
        self.multi_cell(0, size / 2, text, new_x="LMARGIN", new_y="NEXT")
        self.set_font("kai", size=12)

    def say(self, text: str, size: float = 12) -> None:
        """Print running text."""
        self.set_font("kai", size=size)
        self.multi_cell(0, size * 0.55, text, new_x="LMARGIN", new_y="NEXT")

    def rows(self, rows: Iterable[Sequence[str]], widths: Sequence[float], size: float = 9) -> None:
        """Print a table whose first row is its head."""
        self.set_font("kai", size=size)
        with self.table(
            col_widths=tuple(widths), line_height=size * 0.48, headings_style=_PLAIN, borders_layout="MINIMAL"
        ) as table:
            for row in rows:
                table.row(row)

    def pairs(self, pairs: Iterable[Pair]) -> None:
        """Print names and values."""
        for pair in pairs:
            self.say(f"{pair.name}　{pair.value}", 9.5)


def _written(content: Content) -> bytes:
    paper = _Paper(content)
    _front(paper, content)
    _verdict(paper, content.verdict)
    for section in content.sections:
        paper.head(f"{section.label}　{section.title}")
        for block in section.blocks:
            _block(paper, block)
    return bytes(paper.output())


def _front(paper: _Paper, content: Content) -> None:
    paper.add_page()
    paper.say(content.agency)
    paper.head(content.title, 42)
    paper.say(f"报告编号 {content.number}")
    paper.pairs(content.cover)
    paper.say(f"核验码 {content.code}\n{content.agency}\n{content.date_line}")
    paper.add_page()
    paper.head("报告说明与声明")
    paper.say(content.status_note)
    for clause in content.clauses:
        paper.say(f"{clause.text}（{clause.basis}）", 10.5)
    for pairs in (content.filing, content.staff, content.objection):
        paper.pairs(pairs)
    paper.add_page()
    paper.head("目录")
    for section in content.sections:
        paper.say(f"{section.label}　{section.title}")


def _verdict(paper: _Paper, verdict: Verdict) -> None:
    paper.add_page()
    paper.head("1　结论")
    paper.pairs(verdict.about)
    paper.head(verdict.sentence + verdict.tag, 27)
    paper.say(f"决定因素　{verdict.binding}（{verdict.basis}）")
    for line in (*verdict.others, verdict.recommendation):
        paper.say(line)
    paper.rows(
        [[fact.name for fact in verdict.facts], [f"{fact.value}\n{fact.note}" for fact in verdict.facts]],
        [1] * len(verdict.facts),
    )
    for risk in verdict.risks:
        paper.say(f"{risk.level}　{risk.title}　{risk.text}", 10.5)
    for flip in verdict.flips:
        paper.say(flip, 10.5)
    paper.head(verdict.profile.caption, 10.5)
    paper.add_page()


def _block(paper: _Paper, block: Block) -> None:
    if isinstance(block, Paragraph):
        paper.say(block.text)
    elif isinstance(block, Heading):
        paper.head(block.text, 12)
    elif isinstance(block, Figure):
        paper.head(block.caption, 10.5)
    else:
        _table(paper, block)


def _table(paper: _Paper, table: Table) -> None:
    paper.head(table.caption, 10.5)
    heads = [column.head for column in table.columns]
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    paper.rows(
        [heads, *_even(rows or [[table.empty]], len(heads))], [column.width for column in table.columns]
    )
    for line in (table.note, table.source):
        if line:
            paper.say(line, 8.5)


def _even(rows: list[list[str]], columns: int) -> list[list[str]]:
    return [row + [""] * (columns - len(row)) for row in rows]


def _cell(cell: Cell) -> str:
    tag = f"【{cell.tag}】" if cell.tag else ""
    return f"{cell.text}{tag}\n{cell.note}" if cell.note else cell.text + tag
