"""A delivery (报送): what one source says of one subject, all of it, on the day it was collected."""

from collections.abc import Iterator
from itertools import groupby
from typing import Self

from pydantic import model_validator

from reportgen.faults import Misfits
from reportgen.subject.base import Fact, Model, Source, Text
from reportgen.subject.identifiers import Uscc
from reportgen.subject.identity import REGISTRATION, contradictions, identity, said
from reportgen.subject.links import Misfit
from reportgen.subject.model import Facts, Registration, alien_collections

Telling = tuple[str, Fact]
"""A collection, or `registration`, and a fact of it as one source tells it."""


class _Head(Model):
    uscc: Uscc
    name: Text
    former_names: tuple[Text, ...] = ()
    source: Source
    registration: Registration | None = None


class Delivery(Facts, _Head):
    """What one source says of one subject; it replaces what the source said before.

    Every fact names this source. An id holds within the delivery: in the subject a fact keeps the id
    under which it stands there already, or has the one made of its identity (`fact_id`).
    """

    def facts(self) -> Iterator[tuple[str, Fact]]:
        """Yield (path, fact) for every fact in the order of the fields, what is listed twice as well."""
        if self.registration is not None:
            yield REGISTRATION, self.registration
        yield from ((path, fact) for _, path, fact in self.listed())

    def tellings(self) -> Iterator[Telling]:
        """Yield each thing the source tells, once: what it lists twice and alike is one fact."""
        for told in self._told():
            yield told[0][0], _one([fact for _, _, fact in told])

    def _told(self) -> Iterator[list[tuple[str, str, Fact]]]:
        """Yield the facts, by (collection, path, fact), that are the same thing."""
        facts = [(path.partition("[")[0], path, fact) for path, fact in self.facts()]
        keyed = sorted(facts, key=_key)
        yield from (list(same) for _, same in groupby(keyed, key=_key))

    @model_validator(mode="after")
    def _facts_hang_together(self) -> Self:
        faults = [*self._alien(), *(fault for told in self._told() for fault in _contradictions(told))]
        faults += self.overheld()
        if faults:
            raise Misfits(faults)
        return self

    def _alien(self) -> Iterator[Misfit]:
        for told in self._told():
            for _, path, fact in told:
                if fact.source != self.source.id:
                    yield f"{path}.source", f"应为这份报送的来源 {self.source.id}，实为 {fact.source}"
        yield from alien_collections(self.source, "source")


def _key(told: tuple[str, str, Fact]) -> tuple[str, tuple[str, ...]]:
    return told[0], identity(told[0], told[2])


def _contradictions(told: list[tuple[str, str, Fact]]) -> Iterator[Misfit]:
    whole: dict[str, object] = {}
    for _, path, fact in told:
        says = said(fact)
        if fields := contradictions(whole, says):
            yield path, f"与 {told[0][1]} 是同一事项而内容不同：{'、'.join(fields)}"
        whole = {**says, **whole}


def _one(facts: list[Fact]) -> Fact:
    """Return one fact of several that tell the same: what any of them says, checked where one was."""
    ordered = sorted(facts, key=lambda fact: (fact.verification is None, fact.location, fact.id))
    first = ordered[0]
    whole = {name: value for fact in reversed(ordered) for name, value in said(fact).items()}
    return type(first).model_validate({**dict(first), **whole})
