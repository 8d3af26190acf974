"""The ids that a workbook leaves blank: those that facts have by their identity, whoever tells them."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from reportgen.sheets.form import Naming
from reportgen.subject.base import Fact, Model, Source
from reportgen.subject.identity import fact_id, source_id

_M = TypeVar("_M", bound=Model)
_UNTOLD = "?"


def by_identity(collection: str, model: type[Fact]) -> Naming:
    """Return what gives a row of a collection its id (`fact_id`), and nothing to a row that is no sound fact."""
    return _naming(model, lambda fact: fact_id(collection, fact), source=_UNTOLD)


def by_name() -> Naming:
    """Return what gives a row of sources its id (`source_id`), and nothing to a row that is no sound source."""
    return _naming(Source, source_id)


def _naming(model: type[_M], id_of: Callable[[_M], str], **untold: str) -> Naming:
    def name(row: Mapping[str, Any]) -> str:
        try:
            return id_of(model.model_validate({**untold, **row, "id": _UNTOLD}))
        except ValidationError:
            return ""

    return name
