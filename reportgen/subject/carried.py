"""What stands though nobody says it again: a check (核实) of what a source still says, claims (另述) a file has no place for.

A check is of a statement: it stands while its source says the same, whenever that is collected anew. A file that
is silent about claims, as every workbook is, says what counts and nothing of what else was told.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reportgen.subject.base import Fact
from reportgen.subject.claims import claims_of, facts_of
from reportgen.subject.delivery import Delivery, Telling
from reportgen.subject.identity import REGISTRATION, Identity, contradictions, identity, said
from reportgen.subject.model import COLLECTIONS, Claims, Subject
from reportgen.subject.records import CreditRecord, RecordState

_Thing = tuple[str, Identity]
_BESIDE = frozenset({"statement", "listings"})
"""The fields that the office enters beside what a source says."""
_MARKS = _BESIDE | {"state", "disputed_on"}
"""The fields that an open case of the office changes."""


@dataclass(frozen=True)
class Checked:
    """A delivery with the checks that stand, and the facts whose check lapsed, by their paths in the subject."""

    delivery: Delivery
    lapsed: tuple[tuple[str, Fact], ...]


def checked_as_before(before: Subject, delivery: Delivery) -> Checked:
    """Return a delivery whose facts have the check that the same statement of its source had before."""
    held: dict[_Thing, list[Fact]] = defaultdict(list)
    for name, fact in (*facts_of(before), *claims_of(before)):
        if fact.source == delivery.source.id and fact.verification is not None:
            held[name, identity(name, fact)].append(fact)
    lapsed: list[tuple[str, Fact]] = []

    def checked(name: str, fact: Fact) -> Fact:
        known = held.get((name, identity(name, fact)), [])
        if fact.verification is not None or not known:
            return fact
        for old in known:
            if not retold(old, fact):
                return fact.model_copy(update={"verification": old.verification})
        lapsed.append((f"{name}.{known[0].id}", known[0]))
        return fact

    fields: dict[str, object] = {
        name: tuple(checked(name, fact) for fact in getattr(delivery, name)) for name in COLLECTIONS
    }
    if delivery.registration is not None:
        fields[REGISTRATION] = checked(REGISTRATION, delivery.registration)
    return Checked(delivery.model_copy(update=fields), tuple(lapsed))


def retold(old: Fact, new: Fact) -> tuple[str, ...]:
    """Return the fields of which two tellings do not say the same, in alphabetical order; nothing where they agree.

    What the office itself entered beside what a source says is no part of it.
    """
    disputed = isinstance(old, CreditRecord) and old.state is RecordState.DISPUTED
    apart = _MARKS if disputed else _BESIDE
    one, other = ({k: v for k, v in said(fact).items() if k not in apart} for fact in (old, new))
    return tuple(sorted({*(one.keys() ^ other.keys()), *contradictions(one, other)}))


@dataclass(frozen=True)
class Kept:
    """A subject with the claims that were left standing, how many they are, and those whose thing is told no more."""

    subject: Subject
    count: int
    gone: tuple[Telling, ...]


def with_claims_of(before: Subject, after: Subject) -> Kept:
    """Return a subject whose file is silent about claims with those of the version before it.

    A claim stands while its source is listed and the thing is told; it goes where its source is what counts.
    What the file itself writes of claims, if only that there are none, is all there is; so is a file of an
    earlier day.
    """
    if "claims" in after.model_fields_set or after.as_of < before.as_of:
        return Kept(after, 0, ())
    sources = {source.id for source in after.sources}
    old, new = _Things(before), _Things(after)
    kept: list[Telling] = []
    gone: list[Telling] = []
    for name, claim in claims_of(before):
        about, there = old.of(name, claim), new.of(name, claim)
        if claim.source not in sources or (there is not None and there.source == claim.source):
            continue
        if there is None and about is not None:
            gone.append((name, claim))
        else:
            # Of shareholders that did not fit there is no fact.
            kept.append((name, claim if there is None else claim.model_copy(update={"id": there.id})))
    return Kept(after.model_copy(update={"claims": _claims(kept)}) if kept else after, len(kept), tuple(gone))


class _Things:
    """The facts of a subject by what they are, and by their ids."""

    def __init__(self, subject: Subject) -> None:
        self._same: Mapping[_Thing, list[Fact]] = defaultdict(list)
        self._named: dict[tuple[str, str], Fact] = {}
        for name, fact in facts_of(subject):
            self._same[name, identity(name, fact)].append(fact)
            self._named[name, fact.id] = fact

    def of(self, name: str, claim: Fact) -> Fact | None:
        """Return the fact that a claim is about: the same thing, of several the one of its id; None for none."""
        same = self._same.get((name, identity(name, claim)), [])
        named = self._named.get((name, claim.id))
        return named if named is not None and (named in same or not same) else next(iter(same), None)


def _claims(told: Iterable[Telling]) -> Claims:
    lists: dict[str, list[Fact]] = defaultdict(list)
    for name, claim in told:
        lists["registrations" if name == REGISTRATION else name].append(claim)
    return Claims.model_validate({name: tuple(items) for name, items in lists.items()})
