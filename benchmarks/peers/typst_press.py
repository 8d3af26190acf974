"""Typst with a template of our own that prints the same: one compiler that holds the fonts, new data each time.

PDF/A-3a and PDF/UA-1 are both asked for and written by Typst itself, with the same files attached. Typst keeps
what it has computed for equal input; the subject changes with each document, the law and the method do not.
"""

import json
from dataclasses import asdict
from mimetypes import guess_type
from pathlib import Path
from typing import Any, Self

import psutil
import typst

from benchmarks.peers import Work
from benchmarks.samples import NOW, Sample
from reportgen.document.content import Block, Content
from reportgen.document.ornaments import ORNAMENTS
from reportgen.project.model import CHINA
from reportgen.settings import asset_dir

_TEMPLATE = Path(__file__).parent / "report.typ"
_STANDARDS: list[Any] = ["a-3a", "ua-1"]


class Typst:
    """One compiler."""

    def __enter__(self) -> Self:
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[asset_dir("fonts")])
        self._compiler = typst.Compiler(_TEMPLATE, font_paths=fonts)
        return self

    def __exit__(self, *_: object) -> None:
        """Let the compiler go."""
        del self._compiler

    def prepare(self, sample: Sample) -> Work:
        """Return the compilation; the content is JSON already."""
        attached = [
            {
                "name": file.name,
                "data": file.data.decode(),
                "kind": guess_type(file.name)[0] or "",
                "description": file.description,
            }
            for file in sample.enclosures
        ]
        given = {"content": json.dumps(content(sample.content)), "attached": json.dumps(attached)}
        return lambda: self._compiled(given)

    def _compiled(self, given: dict[str, str]) -> bytes:
        made = self._compiler.compile(
            format="pdf", sys_inputs=given, pdf_standards=_STANDARDS, timestamp=NOW.replace(tzinfo=CHINA)
        )
        assert isinstance(made, bytes)
        return made

    def helpers(self) -> list[psutil.Process]:
        """Return none: the compiler works in this process."""
        return []


def content(report: Content) -> dict[str, Any]:
    """Return a report's content as plain data; each block says what it `is`."""
    data = asdict(report)
    data["watermark"], data["outcome"] = ORNAMENTS["watermark.svg"], ORNAMENTS[f"{report.verdict.tone}.svg"]
    data["verdict"]["profile"] = _block(report.verdict.profile)
    for section, plain in zip(report.sections, data["sections"], strict=True):
        plain["blocks"] = [_block(block) for block in section.blocks]
    return data


def _block(block: Block) -> dict[str, Any]:
    return {"is": type(block).__name__, **asdict(block)}
