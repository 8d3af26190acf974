"""YAML and JSON files as plain mappings: every scalar a string, every fault with its line.

Scalars stay text until the models read them, so a date keeps its spelling for the error message, a
code of digits keeps its zeros, and a sum never passes through a binary float.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from reportgen.errors import Fault, ReportgenError

SIZE_LIMIT = 8 * 1024 * 1024
_EMPTY = {"", "—", "— —", "——", "－－", "-", "--", "/"}
_NULLS = {"", "~", "null", "Null", "NULL"}
_DEEPEST = 40


@dataclass
class Plain:
    """A file's top mapping, the line of each path (YAML only), and faults that did not stop reading."""

    data: dict[str, Any]
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_plain(path: Path) -> Plain:
    """Read a YAML or JSON file.

    Raises E0302 (no such file), E0303 (over 8 MiB), E0304 (not UTF-8), E0305 (no YAML or JSON, an
    alias, or nesting deeper than 40). Repeated keys are noted as faults, not raised.
    """
    text = _text(path)
    plain = _json(text, path) if path.suffix == ".json" else _yaml(text, path)
    if not isinstance(plain.data, dict):
        raise ReportgenError("E0305", path=str(path), detail="最外层应为键值表")
    return plain


def child(path: str, step: str | int) -> str:
    """Return the path of a key or index below `path`."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    return f"{path}.{step}" if path else step


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > SIZE_LIMIT:
            raise ReportgenError("E0303", path=str(path), file=path.name, size=size, limit=SIZE_LIMIT)
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReportgenError("E0304", path=str(path), file=path.name, offset=error.start + 1) from error
    except OSError as error:
        raise ReportgenError("E0302", path=str(path), file=path.name) from error


def _json(text: str, path: Path) -> Plain:
    plain = Plain({})

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in items]
        plain.faults += [
            Fault("E0301", key, "键重复") for key in sorted({k for k in keys if keys.count(k) > 1})
        ]
        return {key: value for key, item in items if (value := _present(item)) is not None}

    try:
        plain.data = json.loads(
            text, object_pairs_hook=pairs, parse_float=str, parse_int=str, parse_constant=str
        )
    except json.JSONDecodeError as error:
        detail = f"第 {error.lineno} 行第 {error.colno} 列：{error.msg}"
        raise ReportgenError("E0305", path=str(path), detail=detail) from error
    except RecursionError as error:
        raise ReportgenError("E0305", path=str(path), detail="嵌套过深") from error
    return plain


def _present(value: Any) -> Any:
    # "— —" stands for an empty cell in real reports; to the models it is absence.
    return None if isinstance(value, str) and value.strip() in _EMPTY else value


def _yaml(text: str, path: Path) -> Plain:
    try:
        _refuse_aliases(text)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        plain = Plain({})
        plain.data = _value(node, "", plain) if node is not None else {}
        return plain
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"第 {mark.line + 1} 行第 {mark.column + 1} 列：" if mark else ""
        raise ReportgenError("E0305", path=str(path), detail=where + (error.problem or "语法错误")) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ReportgenError("E0305", path=str(path), detail=str(error).replace("\n", " ")) from error


def _refuse_aliases(text: str) -> None:
    # An alias can expand without bound; the scan costs time, so it runs only where one may stand.
    if "*" not in text:
        return
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError(
                f"第 {event.start_mark.line + 1} 行：不支持别名" if event.start_mark else "不支持别名"
            )


def _value(node: yaml.Node, path: str, plain: Plain) -> Any:
    plain.lines[path] = node.start_mark.line + 1
    if path.count(".") + path.count("[") > _DEEPEST:
        raise yaml.YAMLError(f"第 {node.start_mark.line + 1} 行嵌套过深")
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, plain)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, child(path, index), plain) for index, item in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> str | None:
    text = str(node.value)
    if getattr(node, "style", None) is None and text in _NULLS:
        return None
    present: str | None = _present(text)
    return present


def _mapping(node: yaml.MappingNode, path: str, plain: Plain) -> dict[str, Any]:
    result: dict[str, Any] = {}
    seen: set[str] = set()
    for key_node, value_node in node.value:
        key = str(key_node.value)
        place = child(path, key)
        if key in seen:
            plain.faults.append(Fault("E0301", place, f"键重复（第 {key_node.start_mark.line + 1} 行）"))
        seen.add(key)
        value = _value(value_node, place, plain)
        if value is not None:
            result[key] = value
    return result
