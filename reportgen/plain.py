"""YAML and JSON files as plain mappings: every scalar a string, every fault with its place.

Scalars stay text until the models read them, so a date keeps its spelling for the error message, a
code of digits keeps its zeros, and a sum never passes through a binary float. Both formats give the
same tree: true is the text "true", an empty cell is absent from a mapping and None in a list.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from reportgen.errors import Fault, ReportgenError
from reportgen.files import unreadable

SIZE_LIMIT = 8 * 1024 * 1024
ABSENT = frozenset({"", "—", "— —", "——", "－－", "-", "--", "/"})
"""What stands where there is nothing to say: dashes of every kind, or nothing."""
_NULLS = {"", "~", "null", "Null", "NULL"}
_DEEPEST = 40
_LONGEST_KEY = 200
# Every value's path is kept for its line: these two bound the memory that a hostile file can claim.
_LONGEST_PATH = 1000
_MOST_VALUES = 400_000
_TOO_DEEP = f"嵌套过深，至多 {_DEEPEST} 层"
_LONG_KEY = f"键过长，至多 {_LONGEST_KEY} 字"
# No database keeps the one, no encoding the other; both can be written as escapes.
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_NOT_TEXT = "含空字符或不成对的代理码，不是文字"
# Parts of the parsers' messages and what they mean to the writer of the file; the first that fits.
_SYNTAX = (
    ("tab character", "缩进不能用制表符"),
    ("cannot start any token", "值不能以此字符开头（须加引号），缩进不能用制表符"),
    ("mapping values are not allowed", "此处不能有冒号，值含冒号时须加引号"),
    ("expected ',' or ']'", "列表缺少逗号或右方括号"),
    ("expected ',' or '}'", "键值表缺少逗号或右花括号"),
    ("expected key", "此处应为键，请核对缩进"),
    ("expected ':'", "键之后缺少冒号"),
    ("expected '-'", "列表各项须以“- ”开头并对齐"),
    ("sequence entries are not allowed", "此处不能有列表项"),
    ("expected node content", "此处缺少值"),
    ("expected <document start>", "此处有多余的内容"),
    ("expected alphabetic or numeric", "不支持锚点与别名"),
    ("unexpected end of stream", "引号没有闭合"),
    ("unknown escape", "引号内有不认识的转义"),
    ("control characters", "含控制字符"),
    ("tag", "不支持标签"),
    ("property name", "此处应为双引号内的键"),
    ("',' delimiter", "缺少逗号"),
    ("':' delimiter", "键之后缺少冒号"),
    ("Expecting value", "此处缺少值"),
    ("trailing comma", "末项之后多了逗号"),
    ("Unterminated string", "引号没有闭合"),
    ("Invalid control character", "引号内有控制字符或换行"),
    ("escape", "引号内有不认识的转义"),
    ("Extra data", "此处有多余的内容"),
)


@dataclass
class Plain:
    """A file's top mapping, and faults that did not stop reading.

    `lines` holds the line on which the value of each path begins, `keys` the line of its key where it
    has one; both are empty for JSON.
    """

    data: dict[str, Any]
    lines: dict[str, int] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line(self, path: str) -> int | None:
        """Return the line of a path, for an absent value that of what lacks it; None where unknown."""
        if path in self.lines:
            return self.lines[path]
        around = parent(path)
        return self.keys.get(around) or (self.lines.get(around) if around else None)

    def said(self, fault: Fault) -> bool:
        """Say whether a model's fault tells of what was told already: reading such a file goes wrong as a whole."""
        return False

    def told(self, fault: Fault) -> Fault:
        """Return a model's fault with its line."""
        line = self.line(fault.path)
        return fault if line is None else Fault(fault.code, fault.path, f"{fault.what}（第 {line} 行）")


def read_plain(path: Path) -> Plain:
    """Read a YAML or JSON file.

    Raises E0302 (no such file), E0303 (over 8 MiB), E0304 (not UTF-8), E0305 (no YAML or JSON, an
    anchor or alias, a key that is no text or is too long, a text with NUL or half a character, too deep or too many
    values). Repeated keys
    are noted as faults, not raised.
    """
    text = _text(path)
    try:
        plain = _json(text) if path.suffix == ".json" else _yaml(text)
    except _UnreadableError as error:
        raise ReportgenError("E0305", path=str(path), detail=str(error)) from error
    if not isinstance(plain.data, dict):
        raise ReportgenError("E0305", path=str(path), detail="最外层应为键值表")
    return plain


def child(path: str, step: str | int) -> str:
    """Return the path of a key or index below `path`."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    return f"{path}.{step}" if path else step


def parent(path: str) -> str:
    """Return the path of what holds a path, or nothing for the top; keys with dots may mislead it."""
    return path[: max(path.rfind("."), path.rfind("["), 0)]


class _UnreadableError(Exception):
    """Why a text is no acceptable YAML or JSON, in Chinese."""


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > SIZE_LIMIT:
            raise ReportgenError("E0303", path=str(path), file=path.name, size=size, limit=SIZE_LIMIT)
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReportgenError("E0304", path=str(path), file=path.name, offset=error.start + 1) from error
    except (OSError, ValueError) as error:
        # A name with a null character is no path at all: ValueError.
        raise unreadable(path, error) from error


def _said(problem: str) -> str:
    return next((chinese for part, chinese in _SYNTAX if part in problem), f"语法有误（{problem}）")


def present(text: str) -> str | None:
    """Return a text, or None where it stands for an empty cell in real reports, as "— —" does."""
    return None if text.strip() in ABSENT else text


def _repeated(plain: Plain, place: str, where: str = "") -> None:
    plain.faults.append(Fault("E0301", place, f"键重复{where}"))


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as it is written, repeated keys and all."""


def _json(text: str) -> Plain:
    plain = Plain({})
    try:
        tree = json.loads(text, object_pairs_hook=_Pairs, parse_float=str, parse_int=str, parse_constant=str)
    except json.JSONDecodeError as error:
        where = f"第 {error.lineno} 行第 {error.colno} 列"
        raise _UnreadableError(f"{where}：{_said(error.msg)}") from error
    except RecursionError as error:
        raise _UnreadableError(_TOO_DEEP) from error
    plain.data = _json_value(tree, "", 0, plain)
    return plain


def _json_value(value: Any, path: str, depth: int, plain: Plain) -> Any:
    if depth > _DEEPEST and isinstance(value, list):
        raise _UnreadableError(_TOO_DEEP)
    if isinstance(value, _Pairs):
        return _json_mapping(value, path, depth, plain)
    if isinstance(value, list):
        return [_json_value(item, child(path, i), depth + 1, plain) for i, item in enumerate(value)]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None else present(_json_text(value, path))


def _json_text(text: str, path: str) -> str:
    if _NO_TEXT.search(text):
        raise _UnreadableError(f"{path or '最外层'}：{_NOT_TEXT}")
    return text


def _json_mapping(pairs: _Pairs, path: str, depth: int, plain: Plain) -> dict[str, Any]:
    result: dict[str, Any] = {}
    seen: set[str] = set()
    for key, item in pairs:
        if len(key) > _LONGEST_KEY:
            raise _UnreadableError(f"{path or '最外层'}：{_LONG_KEY}")
        place = child(path, _json_text(key, path))
        if key in seen:
            _repeated(plain, place)
        seen.add(key)
        value = _json_value(item, place, depth + 1, plain)
        if value is not None:
            result[key] = value
    return result


def _yaml(text: str) -> Plain:
    tree = _Tree()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            tree.take(event)
    except yaml.MarkedYAMLError as error:
        # What lacks its end is mended where it begins.
        begun = any(part in (error.problem or "") for part in ("expected ':'", "end of stream"))
        mark = (error.context_mark if begun else None) or error.problem_mark
        raise _UnreadableError(f"{_place(mark)}：{_said(error.problem or '')}") from error
    except yaml.reader.ReaderError as error:
        before = text.encode()[: error.position].decode(errors="ignore")
        where = f"第 {before.count(chr(10)) + 1} 行第 {len(before) - before.rfind(chr(10))} 列"
        raise _UnreadableError(f"{where}：{_said(error.reason)}") from error
    return tree.plain


def _place(mark: Any) -> str:
    return f"第 {mark.line + 1} 行第 {mark.column + 1} 列"


@dataclass
class _Open:
    """A mapping or list whose end has not come: its path and, in a mapping, the key awaiting a value."""

    value: dict[str, Any] | list[Any]
    path: str
    key: str | None = None
    seen: set[str] = field(default_factory=set)


class _Tree:
    """The plain tree of a stream of YAML events.

    What is open lies on a list of ours: composing nodes would recurse in C once per bracket, and a file
    of brackets would overflow the stack of the process.
    """

    def __init__(self) -> None:
        self.plain = Plain({})
        self.open: list[_Open] = []
        self.begun = False
        self.values = 0

    def take(self, event: yaml.Event) -> None:
        """Add an event; raises _UnreadableError for what is no plain tree."""
        if isinstance(event, yaml.DocumentStartEvent):
            if self.begun:
                _refuse(event, "一个文件只能有一个文档")
            self.begun = True
        elif isinstance(event, yaml.CollectionEndEvent):
            self.open.pop()
        elif isinstance(event, yaml.NodeEvent):
            self._node(event)

    def _node(self, event: Any) -> None:
        if event.anchor is not None:
            _refuse(event, "不支持锚点与别名")
        inner = self.open[-1] if self.open else None
        if inner is not None and isinstance(inner.value, dict) and inner.key is None:
            self._key(inner, event)
        else:
            self._value(inner, event)

    def _key(self, inner: _Open, event: Any) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            _refuse(event, "键应为文字")
        key = _yaml_text(event)
        if len(key) > _LONGEST_KEY:
            _refuse(event, _LONG_KEY)
        place = child(inner.path, key)
        line = _line(event)
        if key in inner.seen:
            _repeated(self.plain, place, f"（第 {line} 行）")
        inner.seen.add(key)
        inner.key = key
        self.plain.keys[place] = line

    def _value(self, inner: _Open | None, event: Any) -> None:
        value = self._new(event)
        path = _put(inner, value)
        self.plain.lines[path] = _line(event)
        self.values += 1
        if len(path) > _LONGEST_PATH:
            _refuse(event, f"各层的键合计过长，至多 {_LONGEST_PATH} 字")
        if self.values > _MOST_VALUES:
            _refuse(event, f"值过多，至多 {_MOST_VALUES} 个")
        if inner is None:
            self.plain.data = {} if value is None else value
        if isinstance(value, dict | list):
            self.open.append(_Open(value, path))

    def _new(self, event: Any) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            plain_null = not event.style and event.tag is None and event.value in _NULLS
            return None if plain_null else present(_yaml_text(event))
        if len(self.open) > _DEEPEST:
            _refuse(event, _TOO_DEEP)
        return {} if isinstance(event, yaml.MappingStartEvent) else []


def _yaml_text(event: Any) -> str:
    text = str(event.value)
    if _NO_TEXT.search(text):
        _refuse(event, _NOT_TEXT)
    return text


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _refuse(event: Any, why: str) -> NoReturn:
    raise _UnreadableError(f"{_place(event.start_mark)}：{why}")


def _put(inner: _Open | None, value: Any) -> str:
    """Put a value into what is open and return its path; an absent value leaves its key out."""
    if inner is None:
        return ""
    if isinstance(inner.value, list):
        inner.value.append(value)
        return child(inner.path, len(inner.value) - 1)
    key, inner.key = inner.key or "", None
    if value is not None:
        inner.value[key] = value
    return child(inner.path, key)
