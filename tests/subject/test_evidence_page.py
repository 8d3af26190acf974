"""The guide to evidence says what the code does: the written precedence is the one that decides."""

import re
from pathlib import Path

from reportgen.subject.claims import PRECEDENCE, PRECEDENCES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "evidence.md"


def test_the_table_of_precedence_is_the_one_in_the_code() -> None:
    chapter = PAGE.read_text("utf-8").partition("## 优先次序")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in row.strip("|").split("|")] for row in re.findall(r"^\|.*\|$", chapter, re.M)
    ]
    written = {name: tuple(origins) for name, *origins in rows[2:]}
    assert written == {"其余各项": PRECEDENCE, **PRECEDENCES}
