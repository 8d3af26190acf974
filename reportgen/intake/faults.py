"""Validation faults in Chinese, each at the path of its field."""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reportgen.errors import Fault
from reportgen.project.requirements import Requirement

_MESSAGES = {
    "missing": "缺少此项",
    "extra_forbidden": "不认识的键",
    "string_type": "应为文字",
    "string_too_short": "不能为空",
    "string_too_long": "过长，最多 {max_length} 字",
    "string_pattern_mismatch": "格式不符，应合 {pattern}",
    "enum": "只能是 {expected}",
    "literal_error": "只能是 {expected}",
    "bool_parsing": "只能是 true 或 false",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "decimal_parsing": "应为数字",
    "decimal_max_places": "小数最多 {decimal_places} 位",
    "decimal_max_digits": "数字过长，最多 {max_digits} 位",
    "decimal_whole_digits": "整数部分过长，最多 {whole_digits} 位",
    "finite_number": "应为有限的数字",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "date_parsing": "不是有效日期，应如 2026-11-21",
    "date_from_datetime_parsing": "不是有效日期，应如 2026-11-21",
    "date_from_datetime_inexact": "应为日期，不带时间",
    "datetime_parsing": "不是有效时间，应如 2026-12-15T09:30",
    "datetime_from_date_parsing": "不是有效时间，应如 2026-12-15T09:30",
    "tuple_type": "应为列表",
    "list_type": "应为列表",
    "dict_type": "应为键值表",
    "model_type": "应为键值表",
    "model_attributes_type": "应为键值表",
    "too_short": "至少要有 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "union_tag_not_found": "缺少 {discriminator}",
    "union_tag_invalid": "{discriminator} 只能是 {expected_tags}",
}
_SHOWN = 60
_TAGS = frozenset(
    get_args(member.model_fields["kind"].annotation)[0] for member in get_args(get_args(Requirement)[0])
)


def faults_of(error: ValidationError, code: str = "E0301") -> list[Fault]:
    """Return every fault of a validation as (path, Chinese message), in the order of the input."""
    details = error.errors(include_url=False)
    paths = [path_of(detail["loc"]) for detail in details]
    # A list whose every item is faulty is reported as too short as well: that says nothing new.
    return [
        Fault(code, path, _message(detail))
        for path, detail in zip(paths, details, strict=True)
        if detail["type"] != "too_short" or not any(other.startswith(f"{path}[") for other in paths)
    ]


def path_of(location: tuple[int | str, ...]) -> str:
    """Return a field's path such as `statements[2].total_assets`, without the tags of unions."""
    path = ""
    for previous, step in zip((None, *location), location, strict=False):
        if isinstance(previous, int) and step in _TAGS:
            continue
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.removeprefix(".")


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
