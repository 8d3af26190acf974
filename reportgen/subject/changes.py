"""What differs between two versions of a subject's facts: what came, what went, what reads otherwise."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from pydantic import JsonValue

from reportgen.subject.base import Model
from reportgen.subject.model import COLLECTIONS, Subject

SUBJECT = "subject"
"""The collection of what belongs to no fact: name, former names and codes, the day of the facts."""
CLAIMS = "claims"
"""What the collections of claims begin with; a claim is known by its id and its source, `R1@S2`."""
_LISTS = ("sources", *COLLECTIONS)
_ORDER = (SUBJECT, "registration", *_LISTS, *(f"{CLAIMS}.{name}" for name in ("registrations", *COLLECTIONS)))
_Key = tuple[str, str]
_Fields = dict[str, JsonValue]


class Sort(StrEnum):
    """What became of a fact."""

    ADDED = "新增"
    REMOVED = "删除"
    CHANGED = "变更"


class FieldChange(Model):
    """A field that reads otherwise, by its path within the fact; None where it is absent."""

    path: str
    before: JsonValue
    after: JsonValue


class FactChange(Model):
    """A fact, a claim or a source, that was added, removed or changed; `fields` says how a changed one differs."""

    collection: str
    fact: str
    sort: Sort
    fields: tuple[FieldChange, ...] = ()

    @property
    def is_claim(self) -> bool:
        """Say whether it is only told otherwise by a source that does not count."""
        return self.collection.startswith(f"{CLAIMS}.")


def changes(before: Subject, after: Subject) -> tuple[FactChange, ...]:
    """Return what differs between two versions of a subject, by collection and id; nothing where all is equal.

    A fact is known by its id: one that was given another id was removed and added.
    """
    old, new = _facts(before), _facts(after)
    return tuple(_differences(old, new))


def _differences(old: Mapping[_Key, _Fields], new: Mapping[_Key, _Fields]) -> Iterator[FactChange]:
    for key in sorted({*old, *new}, key=_place):
        collection, fact = key
        if key not in old or key not in new:
            sort = Sort.ADDED if key in new else Sort.REMOVED
            yield FactChange(collection=collection, fact=fact, sort=sort)
        elif fields := tuple(_fields(old[key], new[key])):
            yield FactChange(collection=collection, fact=fact, sort=Sort.CHANGED, fields=fields)


def _place(key: _Key) -> tuple[int, str]:
    return _ORDER.index(key[0]), key[1]


def _fields(old: _Fields, new: _Fields) -> Iterator[FieldChange]:
    for path in sorted({*old, *new}):
        before, after = old.get(path), new.get(path)
        if before != after:
            yield FieldChange(path=path, before=before, after=after)


def _facts(subject: Subject) -> dict[_Key, _Fields]:
    data = subject.model_dump(mode="json")
    claims = data.pop("claims")
    items = [("registration", data.pop("registration"))]
    items += [(name, item) for name in _LISTS for item in data.pop(name)]
    found = {(name, str(item["id"])): dict(flat(item)) for name, item in items}
    told = {
        (f"{CLAIMS}.{name}", f"{item['id']}@{item['source']}"): dict(flat(item))
        for name, listed in claims.items()
        for item in listed
    }
    return {(SUBJECT, subject.uscc): dict(flat(data)), **found, **told}


def flat(data: Mapping[str, JsonValue], above: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Yield the fields of a dumped model by their paths; lists are whole."""
    for name, value in data.items():
        if isinstance(value, dict):
            yield from flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
