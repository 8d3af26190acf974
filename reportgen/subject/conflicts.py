"""Conflicts (冲突): where sources tell the same thing differently, and which of them counts."""

from collections.abc import Iterator

from pydantic import JsonValue

from reportgen.subject.base import Fact, Model, Origin
from reportgen.subject.claims import claims_of, facts_of
from reportgen.subject.identity import REGISTRATION, contradictions, said
from reportgen.subject.model import Subject


class Difference(Model):
    """A field of which two sources say something, and not the same."""

    path: str
    counts: JsonValue
    told: JsonValue


class Conflict(Model):
    """A claim that differs from the fact that counts, and the sources of both.

    `source` is empty where nothing counts: a shareholder that other sources' lists leave no room for.
    `public` says that both are public sources: the desk looks into it before a report is issued.
    """

    collection: str
    fact: str
    source: str
    other: str
    public: bool
    differences: tuple[Difference, ...]


def conflicts(subject: Subject) -> tuple[Conflict, ...]:
    """Return the conflicts of a subject, by collection, fact and source; nothing where all tell the same."""
    counting = {(name, _name(name, fact)): fact for name, fact in facts_of(subject)}
    found = [
        _conflict(subject, name, counting.get((name, _name(name, claim))), claim)
        for name, claim in claims_of(subject)
    ]
    told = [conflict for conflict in found if conflict.differences or not conflict.source]
    return tuple(sorted(told, key=lambda conflict: (conflict.collection, conflict.fact, conflict.other)))


def _conflict(subject: Subject, collection: str, fact: Fact | None, claim: Fact) -> Conflict:
    asked = [subject.source_of(telling) for telling in (fact, claim) if telling is not None]
    return Conflict(
        collection=collection,
        fact=claim.id if fact is None else fact.id,
        source="" if fact is None else fact.source,
        other=claim.source,
        public=len(asked) > 1 and all(source.origin is Origin.OFFICIAL for source in asked),
        differences=() if fact is None else tuple(_differences(fact, claim)),
    )


def _differences(fact: Fact, claim: Fact) -> Iterator[Difference]:
    counts, told = fact.model_dump(mode="json"), claim.model_dump(mode="json")
    for path in contradictions(said(fact), said(claim)):
        yield Difference(path=path, counts=counts[path], told=told[path])


def _name(collection: str, fact: Fact) -> str:
    return REGISTRATION if collection == REGISTRATION else fact.id
