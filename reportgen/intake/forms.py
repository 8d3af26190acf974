"""The YAML form (表单) of a project: its keys with what they mean, as examples to be filled in or as a project fills them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from reportgen.intake.columns.asked import ASKED, IDENTITY, KINDS, kind_column
from reportgen.intake.columns.project import PROJECT
from reportgen.project.model import Project
from reportgen.project.requirements import JointRule
from reportgen.sheets.form import Column, Sheet, Sort
from reportgen.sheets.grid import Grid, read_grid
from reportgen.sheets.identity import settle
from reportgen.sheets.template import examples_of
from reportgen.sheets.text import EPOCH

_EXPLAINED = (
    "招标文件表单（YAML）。以 ## 开头的行是说明；以“# ”开头的行是示例：去掉行首的“# ”（连同空格），改成本项目的内容。",
    "不用的行和条目可以删去，不填的键不写；招标文件没有写明的数一律不写，不要按惯例补。缩进只用空格，照示例对齐。",
    "金额一律以元计，不带单位；比例写小数（百分之四十写 0.4）；是写 true，否写 false。",
    "日期写作 2026-11-21，时间写作 2026-12-15T09:30（北京时间）；含冒号、# 的文字加英文双引号。",
)
_CLAUSES = (
    "各条都写 id（编号，不得重复）、clause、text、kind，其余键随 kind 而定；只用于某一标段的，写在该标段的 requirements 之下。",
    f"各条都可写 page（页码）、hard（必须满足，不写为 true）、jv（联合体怎样满足：{'、'.join(JointRule)}）。",
)
_PLAIN = re.compile(r"[0-9][0-9.:T+-]*|true|false")
_ID = Column(IDENTITY.path, IDENTITY.head, "", needed=True)
_OTHERS = {
    "requirements": "资格条件",
    "alternative": "替代条件：新成立的申请人另有要求的",
    "requirement": "替代的要求，键与各种类相同，没有条款号与原文",
    "owner": "招标人、采购人或主管部门",
    "agent": "代理机构，没有的不写",
    "joint_venture": "联合体",
    "needs": "分年要求",
    "lots": "标段，不分标段的不写",
    "credit_clauses": "信用条款：招标文件自己写明的信用加分、同等条件优先",
    "choices": "地方规则：招标人书面选用的，没有的不写",
    "by": "选用人，应为招标人",
}
"""What the keys mean that hold others."""
Lines = Iterator[tuple[str, str]]
"""Lines of YAML, each with what its key means."""


def as_form(project: Project | None = None) -> str:
    """Return the form as text: every line of YAML an example, or what a project says."""
    if project is not None:
        tree = project.model_dump(mode="json", exclude_defaults=True)
        return "".join(
            f"{line}{_remark(meaning)}\n" for line, meaning in _lines(tree, _whole(full=False), "")
        )
    said = [f"## {line}" for line in (*_EXPLAINED, *_unexampled())]
    found = example()
    tree = {key: found[key] for key in Project.model_fields if key in found}
    for line, meaning in _lines(tree, _whole(full=True), ""):
        said += _headings(line)
        said.append(f"# {line}{_remark(meaning)}")
    return "\n".join([*said, ""])


def example() -> dict[str, Any]:
    """Return what the examples of the workbook say, as the tree of a project."""
    grids = {sheet.title: _grid(sheet) for sheet in PROJECT.sheets}
    data = settle(PROJECT, grids)
    if PROJECT.arrange:
        PROJECT.arrange(data, grids)
    return data


def _grid(sheet: Sheet) -> Grid:
    heads = [column.title for column in sheet.columns]
    rows = examples_of(sheet)
    pairs = list(zip(heads, rows[0], strict=True))
    return read_grid(sheet, sheet.title, enumerate(pairs if sheet.pairs else [heads, *rows], 1), EPOCH)


def _headings(line: str) -> Iterator[str]:
    """Yield what stands above a line: of the clauses at large, or of a kind of them."""
    if line == "requirements:":
        yield from (f"## {told}" for told in _CLAUSES)
    if name := re.fullmatch(r" *- kind: (\w+)", line):
        kind = KINDS[name[1]]
        heads = _of_kind({"kind": name[1]})
        yield f"## 〔{kind.word}〕{kind.advice}"
        yield f"## 可写的键：{'、'.join(f'{field} {heads[field]}' for field in kind.columns)}"


def _unexampled() -> Iterator[str]:
    """Yield what a project may say besides, where its examples say something else."""
    for column in next(sheet for sheet in PROJECT.sheets if sheet.pairs).columns:
        if not column.example:
            yield f"另可写 {column.path}：{column.head}，{column.note}"


def _lines(tree: Mapping[str, Any], meanings: Mapping[str, str], pad: str, path: str = "") -> Lines:
    """Yield the lines of a mapping; `meanings` tells what the paths below it mean."""
    for key, value in tree.items():
        below = f"{path}{key}"
        if isinstance(value, Mapping):
            yield f"{pad}{key}:", _OTHERS.get(key, "")
            inner = _of_kind(value) if "kind" in value else None
            yield from _lines(value, inner or meanings, f"{pad}  ", "" if inner else f"{below}.")
        elif isinstance(value, list):
            yield f"{pad}{key}:", _OTHERS.get(key, "")
            for item in value:
                yield from _item(_lines(_ordered(item), _listed(key, item), f"{pad}    "), pad)
        elif value is not None:
            yield f"{pad}{key}: {_scalar(value)}", meanings.get(below, "")


def _item(lines: Lines, pad: str) -> Lines:
    first, meaning = next(lines)
    yield f"{pad}  - {first.lstrip()}", meaning
    yield from lines


def _ordered(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a clause with what all clauses have first, so that its kind stands above its terms."""
    first = [
        key for key in ("kind", "id", "clause", "text", "page", "hard") if "clause" in item and key in item
    ]
    return {key: item[key] for key in (*first, *(key for key in item if key not in first))}


def _scalar(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if _PLAIN.fullmatch(text):
        return text
    style = None if text.isprintable() else '"'
    return yaml.safe_dump(text, allow_unicode=True, default_style=style, width=10**9).split("\n")[0]


def _whole(*, full: bool) -> dict[str, str]:
    columns = next(sheet for sheet in PROJECT.sheets if sheet.pairs).columns
    return {column.path: _meaning(column, full=full) for column in columns}


def _listed(key: str, item: Mapping[str, Any]) -> dict[str, str]:
    if key == "requirements":
        return _of_kind(item)
    sheet = next(sheet for sheet in PROJECT.sheets if sheet.path == key)
    return {column.path: _meaning(column) for column in (*sheet.columns, _ID)}


def _of_kind(item: Mapping[str, Any]) -> dict[str, str]:
    """Return what the keys of a clause mean, or of the terms that replace one."""
    kind = KINDS[item["kind"]]
    sheet = next(sheet for sheet in PROJECT.sheets if sheet.title == ASKED)
    columns = {column.path: column for column in (*sheet.columns, _ID)}
    own = {field: columns[column] for field, column in kind.columns.items()}
    told = {path: _meaning(column) for path, column in {**columns, **own}.items()}
    return told | {"kind": f"{kind_column('kind').head}：{kind.word}"}


def _meaning(column: Column, *, full: bool = False) -> str:
    unit = "元" if column.sort is Sort.MONEY else column.unit
    head = f"{column.head}{f'（{unit}）' if unit else ''}"
    if not full:
        return head
    offered = f"；只能是 {'、'.join(column.offered)}" if column.offered else ""
    return f"{head}{'，必填' if column.required else ''}：{column.note}{offered}"


def _remark(meaning: str) -> str:
    return f"  # {meaning}" if meaning else ""
