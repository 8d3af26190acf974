"""One text for one set of facts: canonical JSON, and its SHA-256.

Keys are sorted and a subject's facts and sources stand by their ids, so that the order of input never
matters. What stands at its default is left out: a field added later changes no hash of the facts that
lack it. So a default, once released, is never changed.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import TypeVar

from pydantic import BaseModel

from reportgen.subject.base import Fact, Source
from reportgen.subject.model import COLLECTIONS, Facts, Subject

_M = TypeVar("_M", bound=BaseModel)


def canonical(model: BaseModel) -> str:
    """Return a model as canonical JSON; reading it again gives an equal model, a subject's facts by id."""
    data = in_order(model).model_dump(mode="json", exclude_defaults=True)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def in_order(model: _M) -> _M:
    """Return a subject with its sources, facts and claims by id; any other model as it is, for there order may tell."""
    if not isinstance(model, Subject):
        return model
    ordered = {"sources": _by_id(model.sources), **_ordered(model)}
    others = {"registrations": _by_id(model.claims.registrations), **_ordered(model.claims)}
    return model.model_copy(update={**ordered, "claims": model.claims.model_copy(update=others)})


def _ordered(facts: Facts) -> dict[str, tuple[Source | Fact, ...]]:
    return {name: _by_id(getattr(facts, name)) for name in COLLECTIONS}


def _by_id(items: Iterable[Source | Fact]) -> tuple[Source | Fact, ...]:
    # Of claims several may stand under one id, each from a source of its own.
    return tuple(sorted(items, key=lambda item: (item.id, getattr(item, "source", ""))))
