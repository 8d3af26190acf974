"""What a document has to say, statement by statement: with this the pages made by an office's templates are compared.

A statement is text that stands together wherever it stands: a row of a table, a clause with its basis, the
conclusion with its tag. A template may move it and set it otherwise; it may not leave it out or take it apart.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from reportgen.document.chart_style import Chart
from reportgen.document.content import Clause, Letter, Risk, Seal, Verdict
from reportgen.document.tables import Table

CONCLUSION = "verdict.sentence"
"""The path of the one statement that everything else serves."""
_UNPRINTED = {"anchor", "cover_class", "kind", "language", "left", "qr_svg", "tone", "url"}
_NAMES = {
    CONCLUSION: "结论句",
    "verdict.binding": "决定因素",
    "verdict.basis": "决定因素的依据",
    "verdict.recommendation": "决策建议",
    "verdict.risks": "风险提示",
    "verdict.facts": "关键数字",
    "verdict.flips": "什么会改变结论",
    "number": "编号",
    "code": "核验码",
    "running_use": "使用单位与用途",
    "running_project": "项目",
    "clauses": "声明",
    "filing": "出具机构与备案",
    "staff": "编制、复核与签发",
    "objection": "异议渠道",
    "status_note": "未登记、未签名或草稿的说明",
    "cover": "封面事项",
    "date_line": "日期",
    "agency": "机构名称",
    "title": "文件名称",
}


def statements(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, text) of what plain data say, in their order, without white space and without drawings."""
    if type(value) in _OF:
        yield from _OF[type(value)](value, path)
    elif isinstance(value, str) and value:
        yield path, bare(value)
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from statements(item, f"{path}[{place}]")
    elif is_dataclass(value) and not isinstance(value, Chart | Seal):
        yield from _below(value, path, set())


def named(path: str) -> str:
    """Return what a statement is, for whoever wrote the template that lacks it."""
    kind = next((name for start, name in _NAMES.items() if re.fullmatch(rf"{start}(\W.*)?", path)), "")
    if not kind:
        kind = {"source": "表下的数据来源", "caption": "表题或图题"}.get(path.rpartition(".")[2], "正文")
    return f"{kind}（{path}）"


def bare(text: str) -> str:
    """Return a text without white space: where lines break does not matter."""
    return re.sub(r"\s+", "", text)


def _below(value: object, path: str, told: set[str]) -> Iterator[tuple[str, str]]:
    for item in fields(value):  # type: ignore[arg-type]
        if item.name not in _UNPRINTED | told:
            yield from statements(getattr(value, item.name), f"{path}.{item.name}".lstrip("."))


def _of_table(table: Table, path: str) -> Iterator[tuple[str, str]]:
    yield f"{path}.caption", bare(table.caption)
    yield f"{path}.columns", bare("".join(column.head for column in table.columns))
    if not table.rows:
        yield f"{path}.rows", table.empty
    for place, row in enumerate(table.rows):
        yield (
            f"{path}.rows[{place}]",
            bare("".join(cell.text + _tagged(cell.tag) + cell.note for cell in row)),
        )
    if table.note:
        yield f"{path}.note", bare(table.note)
    if table.source:
        yield f"{path}.source", bare(table.source)


def _of_verdict(verdict: Verdict, path: str) -> Iterator[tuple[str, str]]:
    yield f"{path}.sentence", bare(verdict.sentence + _tagged(verdict.tag))
    yield from _below(verdict, path, {"sentence", "tag"})


def _of_clause(clause: Clause, path: str) -> Iterator[tuple[str, str]]:
    yield path, bare(f"{clause.text}（{clause.basis}）")


def _of_risk(risk: Risk, path: str) -> Iterator[tuple[str, str]]:
    yield path, bare(risk.level + risk.title + risk.text)


def _of_letter(letter: Letter, path: str) -> Iterator[tuple[str, str]]:
    # A letter bears its number, where it has one, among what it is about.
    yield from _below(letter, path, {"number"})


def _tagged(tag: str) -> str:
    return f"【{tag}】" if tag else ""


_OF: dict[type, Callable[[Any, str], Iterator[tuple[str, str]]]] = {
    Table: _of_table,
    Verdict: _of_verdict,
    Clause: _of_clause,
    Risk: _of_risk,
    Letter: _of_letter,
}
