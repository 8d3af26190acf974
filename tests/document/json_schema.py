"""A reader of JSON Schema that knows the words our schemas use, and refuses any other."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

_TOLD = {"title", "description", "default", "$defs"}
_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
_FORMATS = {"date": date.fromisoformat, "date-time": datetime.fromisoformat}


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], path: str = "") -> Iterator[str]:
    """Yield where a value is not what a schema asks; raises KeyError for a word of it that is not known here."""
    for word in schema.keys() - _TOLD:
        yield from (f"{path}: {found}" for found in _WORDS[word](value, schema[word]))
    if "anyOf" in schema and all(list(faults(value, one, root, path)) for one in schema["anyOf"]):
        yield f"{path}: none of anyOf"
    for name, part, asked in _parts(value, schema, root):
        if asked is False:
            yield f"{path}{name}: not known"
        else:
            yield from faults(part, asked, root, path + name)


def _parts(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield the parts of a value, or itself where the schema stands elsewhere, each with what is asked of it."""
    if "$ref" in schema:
        yield "", value, root["$defs"][schema["$ref"].rpartition("/")[2]]
    elif isinstance(value, dict):
        for name, part in value.items():
            yield (
                f"/{name}",
                part,
                schema.get("properties", {}).get(name, schema.get("additionalProperties", {})),
            )
    elif isinstance(value, list):
        yield from ((f"/{index}", part, schema["items"]) for index, part in enumerate(value))


def _type(value: Any, asked: str) -> list[str]:
    fits = isinstance(value, _TYPES[asked]) and not (asked == "integer" and isinstance(value, bool))
    return [] if fits else [f"no {asked}"]


def _required(value: Any, asked: list[str]) -> list[str]:
    return [f"no {name}" for name in asked if name not in value]


def _format(value: Any, asked: str) -> list[str]:
    try:
        _FORMATS[asked](value)
    except (TypeError, ValueError):
        return [f"no {asked}"]
    return []


def _below(_value: Any, _asked: Any) -> list[str]:
    return []


_WORDS: dict[str, Callable[[Any, Any], list[str]]] = {
    "type": _type,
    "required": _required,
    "format": _format,
    "enum": lambda value, asked: [] if value in asked else [f"{value} is none of {asked}"],
    "const": lambda value, asked: [] if value == asked else [f"{value} is not {asked}"],
    "minLength": lambda value, asked: [] if len(value) >= asked else ["too short"],
    "maxLength": lambda value, asked: [] if len(value) <= asked else ["too long"],
    "$ref": _below,
    "anyOf": _below,
    "properties": _below,
    "additionalProperties": _below,
    "items": _below,
}
