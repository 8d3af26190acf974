"""How the facts of a subject hang on its sources: every source named is known, every id used once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

Named = tuple[str, str, str]
"""A fact's path, its id and the id of the source it names."""
Misfit = tuple[str, str]
"""A path below the subject, or nothing for the whole, and what is wrong there in Chinese."""


def misfits(facts: Sequence[Named], sources: Sequence[str]) -> Iterator[Misfit]:
    """Yield the facts whose source is not among `sources`, then the ids used more than once."""
    known = set(sources)
    for path, _, source in facts:
        if source not in known:
            yield f"{path}.source", f"来源 {source} 不在 sources 之中"
    counts = Counter([*(name for _, name, _ in facts), *sources])
    yield from (("", f"id {name} 重复 {count} 次") for name, count in counts.items() if count > 1)


def misfits_in(data: Mapping[str, object], collections: Iterable[str]) -> list[Misfit]:
    """Return the misfits of a subject as it stands in a file, where its fields are not all sound.

    Nothing is said of the sources where the file holds none: that is a fault of its own.
    """
    places = [("registration", data.get("registration"))]
    places += [(f"{name}[{i}]", item) for name in collections for i, item in enumerate(_list(data.get(name)))]
    facts = [
        (path, str(item["id"]), str(item["source"]))
        for path, item in places
        if isinstance(item, dict) and {"id", "source"} <= item.keys()
    ]
    sources = [
        str(item["id"]) for item in _list(data.get("sources")) if isinstance(item, dict) and "id" in item
    ]
    return list(misfits(facts, sources)) if sources else []


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
