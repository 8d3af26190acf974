"""Columns bound to the fields of a model, which says what each holds, whether it must be there and its words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from reportgen.sheets.form import Column, Sort

_UNITS_OF_MONEY = frozenset({"元", "万元"})


@dataclass(frozen=True)
class Leaf:
    """What a field holds: its plain type, whether it is a share, must be there, or holds several."""

    kind: type
    share: bool
    needed: bool
    many: bool


def leaves(model: type[BaseModel], prefix: str = "", *, needed: bool = True) -> Iterator[tuple[str, Leaf]]:
    """Yield (path, leaf) for every field below a model; lists of models are sheets of their own."""
    for name, field in model.model_fields.items():
        kind, marks, many = _plain(field.annotation)
        path, must = f"{prefix}{name}", needed and field.is_required()
        if not issubclass(kind, BaseModel):
            yield path, Leaf(kind, _is_share([*marks, *field.metadata]), must, many)
        elif not many:
            yield from leaves(kind, f"{path}.", needed=must)


def _is_share(marks: Iterable[object]) -> bool:
    # What may be missing keeps its constraints together, in a mark of their own.
    every = [part for mark in marks for part in (mark, *getattr(mark, "metadata", ()))]
    return any(getattr(mark, "le", None) == 1 for mark in every)


def lists(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Return the lists of models that a model holds, by their names."""
    found = ((name, _plain(field.annotation)) for name, field in model.model_fields.items())
    return {name: kind for name, (kind, _, many) in found if many and issubclass(kind, BaseModel)}


def bound(model: type[BaseModel], columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Return columns with what the fields of a model say of them; raises KeyError for one without a field."""
    fields = dict(leaves(model))
    return tuple(_bound(column, fields[column.path]) for column in columns)


def _bound(column: Column, leaf: Leaf) -> Column:
    listed = issubclass(leaf.kind, StrEnum)
    offered = tuple(leaf.kind) if listed and not leaf.many else column.offered  # type: ignore[arg-type]
    # An id that is left blank is made, unless the column says otherwise.
    needed = column.needed or (leaf.needed and column.path.rpartition(".")[2] != "id")
    return replace(column, sort=_sort(column, leaf), needed=needed, many=leaf.many, offered=offered)


def _sort(column: Column, leaf: Leaf) -> Sort:
    if leaf.kind is bool:
        return Sort.YES_NO
    if leaf.kind is date:
        return Sort.DAY
    if leaf.kind is datetime:
        return Sort.MOMENT
    if leaf.share:
        return Sort.SHARE
    if column.unit in _UNITS_OF_MONEY:
        return Sort.MONEY
    return Sort.NUMBER if leaf.kind in {int, Decimal} else Sort.TEXT


def _plain(annotation: Any) -> tuple[type, tuple[Any, ...], bool]:  # noqa: ANN401 - an annotation
    """Return the type within an annotation, its constraints, and whether it is one of several."""
    origin, marks, many = get_origin(annotation), (), False
    if origin is Annotated:
        inner, marks, many = _plain(get_args(annotation)[0])
        return inner, (*marks, *annotation.__metadata__), many
    if origin in {dict, Literal}:
        return (dict if origin is dict else str), marks, many
    if origin is tuple:
        inner, marks, _ = _plain(get_args(annotation)[0])
        return inner, marks, True
    if origin in {Union, UnionType}:
        some, *others = (part for part in get_args(annotation) if part is not NoneType)
        # One of several models has no fields that can be told beforehand.
        return (BaseModel, marks, many) if others else _plain(some)
    return annotation, marks, many
