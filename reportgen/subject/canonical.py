"""One text for one set of facts: canonical JSON, and its SHA-256.

Keys are sorted and a subject's facts and sources stand by their ids, so that the order of input never
matters. What stands at its default is left out: a field added later changes no hash of the facts that
lack it. So a default, once released, is never changed.
"""

import hashlib
import json
from typing import TypeVar

from pydantic import BaseModel

from reportgen.subject.model import COLLECTIONS, Subject

_M = TypeVar("_M", bound=BaseModel)


def canonical(model: BaseModel) -> str:
    """Return a model as canonical JSON; reading it again gives an equal model, a subject's facts by id."""
    data = in_order(model).model_dump(mode="json", exclude_defaults=True)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def in_order(model: _M) -> _M:
    """Return a subject with its sources and facts by id; any other model as it is, for there order may tell."""
    if not isinstance(model, Subject):
        return model
    names = ("sources", *COLLECTIONS)
    ordered = {name: tuple(sorted(getattr(model, name), key=lambda item: item.id)) for name in names}
    return model.model_copy(update=ordered)
