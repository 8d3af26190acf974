"""Who is compared with the lists when a subject is: the subject itself, and who stands one step from it.

Of persons only what belongs to their posts is used, a name and a post in the subject: whether a list means that
person, the agency finds out. Who merely holds a few shares as a private person is not compared.
"""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import BaseModel

from reportgen.intake.names import name_key

SELF = "本主体"
LISTED = "listed-"
"""How the id of a related party begins that stands among the facts for its listings alone."""
_REPRESENTATIVE, _CONTROLLER, _PERSON = "法定代表人", "实际控制人", "自然人"


class Party(NamedTuple):
    """Who is compared: name, code where known, what it is to the subject, and the facts that say so.

    `codes` and `names` are those it had before as well; a person has no code, and no entry with one is a person's.
    """

    name: str
    uscc: str | None
    relation: str
    fact: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    person: bool = False

    @property
    def key(self) -> str:
        """Return what the party is known by: its code, else its name as it is compared."""
        return self.uscc or name_key(self.name)

    def name_keys(self) -> set[str]:
        """Return its names as they are compared."""
        return {key for name in self.names if (key := name_key(name))}


class _Link(BaseModel):
    name: str
    uscc: str | None = None
    post: str


class _Officer(BaseModel):
    id: str
    name: str
    post: str
    links: tuple[_Link, ...] = ()


class _Holder(BaseModel):
    id: str
    name: str
    uscc: str | None = None
    kind: str
    controls: bool = False


class _Related(BaseModel):
    id: str
    name: str
    uscc: str | None = None
    relation: str


class _Registration(BaseModel):
    id: str
    legal_representative: str


class Compared(BaseModel):
    """What of a subject is compared: read by itself, it costs a tenth of reading the whole subject."""

    uscc: str
    name: str
    former_names: tuple[str, ...] = ()
    former_codes: tuple[str, ...] = ()
    registration: _Registration
    officers: tuple[_Officer, ...] = ()
    shareholders: tuple[_Holder, ...] = ()
    related: tuple[_Related, ...] = ()

    def parties(self) -> list[Party]:
        """Return who is compared, the subject first, each once with all that it is to the subject."""
        merged: dict[str, Party] = {}
        for party in self._parties():
            held = merged.setdefault(party.key, party)
            relations = dict.fromkeys([*held.relation.split("、"), *party.relation.split("、")])
            if held.relation != SELF:
                merged[party.key] = held._replace(relation="、".join(relations))
        return [party for party in merged.values() if party.key]

    def _parties(self) -> Iterator[Party]:
        codes, names = (self.uscc, *self.former_codes), (self.name, *self.former_names)
        yield Party(self.name, self.uscc, SELF, self.registration.id, codes, names)
        for item in self.related:
            # A line that is there for its listings alone tells nothing of its own.
            if not item.id.startswith(LISTED):
                yield _entity(item.name, item.uscc, item.relation, item.id)
        registered = self.registration
        yield _person(registered.legal_representative, _REPRESENTATIVE, registered.id)
        for officer in self.officers:
            yield _person(officer.name, officer.post, officer.id)
            for link in officer.links:
                yield _entity(link.name, link.uscc, "任职人员所在单位", officer.id)
        yield from self._holders()

    def _holders(self) -> Iterator[Party]:
        for holder in self.shareholders:
            what = f"股东、{_CONTROLLER}" if holder.controls else "股东"
            if holder.uscc or _PERSON not in holder.kind:
                yield _entity(holder.name, holder.uscc, what, holder.id)
            elif holder.controls:
                yield _person(holder.name, _CONTROLLER, holder.id)


def _person(name: str, post: str, fact: str) -> Party:
    return Party(name, None, post, fact, (), (name,), person=True)


def _entity(name: str, uscc: str | None, relation: str, fact: str) -> Party:
    return Party(name, uscc, relation, fact, (uscc,) if uscc else (), (name,))
