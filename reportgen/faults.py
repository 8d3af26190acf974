"""Validation faults in Chinese, each at the path of its field."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reportgen.errors import Fault

_MESSAGES = {
    "missing": "缺少此项",
    "extra_forbidden": "不认识的键",
    "string_type": "应为文字",
    "string_unicode": "含不成字的编码",
    "string_too_short": "不能为空",
    "string_too_long": "过长，最多 {max_length} 字",
    "string_pattern_mismatch": "格式不符，应合 {pattern}",
    "enum": "只能是 {expected}",
    "literal_error": "只能是 {expected}",
    "bool_type": "只能是 true 或 false",
    "bool_parsing": "只能是 true 或 false",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "整数过长",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "decimal_type": "应为数字",
    "decimal_parsing": "应为数字",
    "decimal_max_places": "小数最多 {decimal_places} 位",
    "decimal_max_digits": "数字过长，最多 {max_digits} 位",
    "decimal_whole_digits": "整数部分过长，最多 {whole_digits} 位",
    "finite_number": "应为有限的数字",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "date_type": "应为日期，如 2026-11-21",
    "date_parsing": "不是有效日期，应如 2026-11-21",
    "date_from_datetime_parsing": "不是有效日期，应如 2026-11-21",
    "date_from_datetime_inexact": "应为日期，不带时间",
    "datetime_type": "应为时间，如 2026-12-15T09:30",
    "datetime_parsing": "不是有效时间，应如 2026-12-15T09:30",
    "datetime_from_date_parsing": "不是有效时间，应如 2026-12-15T09:30",
    "tuple_type": "应为列表",
    "list_type": "应为列表",
    "dict_type": "应为键值表",
    "mapping_type": "应为键值表",
    "model_type": "应为键值表",
    "model_attributes_type": "应为键值表",
    "too_short": "至少要有 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "union_tag_not_found": "缺少 {discriminator}",
    "union_tag_invalid": "{discriminator} 只能是 {expected_tags}",
}
_SHOWN = 60
_TAGGED, _TAGGED_ONE = "requirements", "requirement"
"""The fields whose items, or whose one item, a tag tells apart: the validator puts it into their place."""


class Misfits(ValueError):  # noqa: N818 - several things, each an error
    """What is wrong between the parts of a model: (path below the model, or nothing; message) each."""

    def __init__(self, places: Sequence[tuple[str, str]]) -> None:
        self.places = tuple(places)
        super().__init__("；".join(f"{path}：{what}" if path else what for path, what in places))


def faults_of(error: ValidationError, code: str = "E0301") -> list[Fault]:
    """Return every fault of a validation as (path, Chinese message), in the order of the input."""
    return faults_in(error.errors(include_url=False), code)


def faults_in(details: Sequence[ErrorDetails], code: str = "E0301") -> list[Fault]:
    """Return the faults that a validator tells one by one, as `faults_of` does."""
    # A default that depends on a faulty field is reported too, though nobody can mend it.
    found = [(path_of(d["loc"]), d) for d in details if d["type"] != "default_factory_not_called"]
    # A list whose every item is faulty is reported as too short as well: that says nothing new.
    lists = {path[:i] for path, _ in found for i, letter in enumerate(path) if letter == "["}
    return [
        Fault(code, place, what)
        for path, detail in found
        if detail["type"] != "too_short" or path not in lists
        for place, what in _said(path, detail)
    ]


def path_of(location: tuple[int | str, ...]) -> str:
    """Return a field's path such as `statements[2].total_assets`, without the tags of unions."""
    path = ""
    for index, step in enumerate(location):
        # A faulty key of a mapping is told as the place "[key]" below itself.
        if not _is_tag(location, index) and step != "[key]":
            path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.removeprefix(".")


def _is_tag(location: tuple[int | str, ...], index: int) -> bool:
    listed = index >= 2 and location[index - 2] == _TAGGED and isinstance(location[index - 1], int)
    return listed or (index >= 1 and location[index - 1] == _TAGGED_ONE)


def _said(path: str, detail: ErrorDetails) -> Iterator[tuple[str, str]]:
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, Misfits):
        yield from ((f"{path}.{below}".strip("."), what) for below, what in cause.places)
    else:
        yield path, _message(detail)


def _message(detail: ErrorDetails) -> str:
    if detail["type"] == "value_error":
        return detail["msg"].removeprefix("Value error, ")
    template = _MESSAGES.get(detail["type"])
    if template is None:
        return f"值不合要求（{detail['type']}）{_shown(detail['input'])}"
    context: Mapping[str, Any] = detail.get("ctx", {})
    return template.format_map({key: _chinese(value) for key, value in context.items()}) + _shown(
        detail["input"]
    )


def _chinese(value: object) -> str:
    return str(value).replace(" or ", "、").replace("', '", "、").replace(", ", "、").replace("'", "")


def _shown(value: object) -> str:
    if isinstance(value, dict | list | tuple) or value is None:
        return ""
    text = str(value)
    return f"：{text[:_SHOWN]}…" if len(text) > _SHOWN else f"：{text}"
