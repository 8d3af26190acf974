"""What a subject's own workbook may say of it: what it declares itself, which nobody checked yet.

It speaks for nobody else. What other sources say stands, whether the workbook lists it or not, and may not read
otherwise there; who checked a fact says what the office holds, never the workbook.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from reportgen.faults import faults_of
from reportgen.subject.base import Fact, Origin, Source
from reportgen.subject.carried import checked_as_before, retold
from reportgen.subject.claims import claims_of, facts_of
from reportgen.subject.delivery import Delivery
from reportgen.subject.identity import REGISTRATION, Identity, identity, normalised
from reportgen.subject.links import Misfit
from reportgen.subject.merge import merge
from reportgen.subject.model import COLLECTIONS, Subject

_FOREIGN = "申请人只能自主申报，不能以“{}”填报；请把来源类别改为自主申报，原件交本机构核对"
_COLLECTED = "这一来源由本机构采集，不能改动，请照样表填回；另有填报的，另加一个类别为自主申报的来源"
_EARLIER = "早于上一次填报的 {}，请改为这一次填报的日期"
_CHANGED = (
    "所据的来源“{}”（{}）由本机构采集，不能改动，请照样表填回；认为有误的，请到“我的信息”对这一条提出异议，"
    "或把它的来源改为类别是自主申报的来源"
)
_ADDED = (
    "来源“{}”（{}）没有载明这一项，不能以它的名义填报；请把它的来源改为类别是自主申报的来源，"
    "或到“我的信息”提出异议"
)
_NAMED = "名称已由登记机关的公示或本机构的核实证实，不能改动，请照样表填回；已经更名的，请告知本机构"
_SILENT = "没有类别为自主申报的来源，没有可以采用的内容；请加一个这样的来源，把填报的各行归到它"
_CHECKED = "核实由本机构登记，这一行所填的核实人、核实方式与核实日期没有采用"


@dataclass(frozen=True)
class Declared:
    """What of a workbook is taken, each source for itself, or the whole of a subject that nobody knew; or what stops it.

    `faults` stop it, `remarks` say what is not believed, by paths in the subject as it was given.
    """

    told: tuple[Subject | Delivery, ...]
    faults: tuple[Misfit, ...]
    remarks: tuple[Misfit, ...]


def declared(before: Subject | None, given: Subject) -> Declared:
    """Return what of a subject's own workbook is taken into what is held of it, with no check but those held."""
    held = _Held(before)
    remarks = tuple(held.unbelieved(given))
    faults = [*held.sources(given), *held.name(given), *held.rows(given)]
    if faults:
        return Declared((), tuple(faults), remarks)
    if before is None:
        return Declared((_unchecked(given),), (), remarks)
    told: list[Delivery] = []
    for source in given.sources:
        part = _Part(held, given, source)
        if part.says_something:
            try:
                told.append(part.delivery())
            except ValidationError as error:
                faults += part.faults(error)
    if not told and not faults:
        faults.append(("sources", _SILENT))
    return Declared(() if faults else tuple(told), tuple(faults), remarks)


def taken(before: Subject | None, told: tuple[Subject | Delivery, ...]) -> Subject | None:
    """Return a subject as it is once what was declared is taken in; None of nothing."""
    after = before
    for one in told:
        after = one if isinstance(one, Subject) else _merged(after, one)
    return after


def _merged(before: Subject | None, delivery: Delivery) -> Subject:
    return merge(before, delivery if before is None else checked_as_before(before, delivery).delivery)


class _Held:
    """What is held of a subject, by its sources and by what each of them tells."""

    def __init__(self, subject: Subject | None) -> None:
        self.subject = subject
        self.known = {source.id: source for source in subject.sources} if subject else {}
        self._things: defaultdict[tuple[str, str, Identity], list[Fact]] = defaultdict(list)
        self._named: dict[tuple[str, str, str], Fact] = {}
        for name, fact in (*facts_of(subject), *claims_of(subject)) if subject else ():
            self._things[name, fact.source, identity(name, fact)].append(fact)
            self._named[name, fact.source, fact.id] = fact

    def sources(self, given: Subject) -> Iterator[Misfit]:
        """Yield the sources of others that are new or changed, and a declaration older than the last one."""
        for index, source in enumerate(given.sources):
            path, old = f"sources[{index}]", self.known.get(source.id)
            if old is not None and old.origin is not Origin.SELF_DECLARED:
                yield from ((f"{path}.{name}", _COLLECTED) for name in _differing(old, source))
            elif source.origin is not Origin.SELF_DECLARED:
                yield f"{path}.origin", _FOREIGN.format(source.origin)
            elif old is not None and source.collected_on < old.collected_on:
                yield f"{path}.collected_on", _EARLIER.format(old.collected_on)

    def name(self, given: Subject) -> Iterator[Misfit]:
        """Yield that a proven name reads otherwise."""
        old = self.subject
        if old is None or not old.proven(old.registration):
            return
        if normalised(old.name) != normalised(given.name):
            yield "name", _NAMED

    def rows(self, given: Subject) -> Iterator[Misfit]:
        """Yield, cell by cell, what known sources of others are said to tell and do not tell."""
        for path, fact in given.facts():
            source = self.known.get(fact.source)
            if source is not None and source.origin is not Origin.SELF_DECLARED:
                yield from self._foreign(path, fact, source)

    def _foreign(self, path: str, fact: Fact, source: Source) -> Iterator[Misfit]:
        name = path.partition("[")[0]
        named = self._named.get((name, fact.source, fact.id))
        alike = self._same(name, fact) or ([] if named is None else [named])
        if not alike:
            yield f"{path}.source", _ADDED.format(source.name, source.origin)
        elif all(retold(old, fact) for old in alike):
            said = _CHANGED.format(source.name, source.origin)
            yield from ((f"{path}.{field}", said) for field in retold(alike[0], fact))

    def unbelieved(self, given: Subject) -> Iterator[Misfit]:
        """Yield the checks that were typed and are not held."""
        for path, fact in given.facts():
            checks = [old.verification for old in self._same(path.partition("[")[0], fact)]
            if fact.verification is not None and fact.verification not in checks:
                yield f"{path}.verification.by", _CHECKED

    def _same(self, name: str, fact: Fact) -> list[Fact]:
        """Return what the source of a fact tells of the same thing."""
        return self._things.get((name, fact.source, identity(name, fact)), [])


class _Part:
    """What a workbook says under one source that is the subject's own, with where in the workbook it stands."""

    def __init__(self, held: _Held, given: Subject, source: Source) -> None:
        own = source.origin is Origin.SELF_DECLARED
        self._given, self._source = given, source
        self._told = [(path, fact) for path, fact in given.facts() if own and fact.source == source.id]
        known = {_thing(path.partition("[")[0], fact) for path, fact in self._told}
        # A workbook has no place for claims: it is silent about them and withdraws none.
        claims = [] if held.subject is None else list(claims_of(held.subject))
        self._claims = [
            (name, claim)
            for name, claim in claims
            if own and claim.source == source.id and _thing(name, claim) not in known
        ]
        self.says_something = bool(self._told) or (own and source.id in held.known)

    def delivery(self) -> Delivery:
        """Return it as a delivery; raises ValidationError."""
        told = {name: [fact for _, fact in self._of(name)] for name in (REGISTRATION, *COLLECTIONS)}
        claimed = {name: [claim for of, claim in self._claims if of == name] for name in told}
        every = {name: [_bare(fact) for fact in (*told[name], *claimed[name])] for name in told}
        registration = next(iter(every.pop(REGISTRATION)), None)
        head = {
            "uscc": self._given.uscc,
            "name": self._given.name,
            "former_names": self._given.former_names,
            "source": self._source,
            "registration": registration,
        }
        return Delivery.model_validate({**head, **{name: tuple(facts) for name, facts in every.items()}})

    def faults(self, error: ValidationError) -> Iterator[Misfit]:
        """Yield what does not hang together, by its place in the workbook."""
        places = {
            f"{name}[{index}]": path for name in COLLECTIONS for index, (path, _) in enumerate(self._of(name))
        }
        for fault in faults_of(error):
            of, dot, below = fault.path.partition(".")
            yield f"{places.get(of, of)}{dot}{below}", fault.what

    def _of(self, name: str) -> list[tuple[str, Fact]]:
        return [(path, fact) for path, fact in self._told if path.partition("[")[0] == name]


def _thing(name: str, fact: Fact) -> tuple[str, Identity]:
    return name, identity(name, fact)


def _differing(old: Source, new: Source) -> list[str]:
    """Return the fields in which two sources differ, and not only in how they are spelt."""
    pairs = {name: (getattr(old, name), getattr(new, name)) for name in Source.model_fields}
    return [name for name, (one, other) in pairs.items() if normalised(one) != normalised(other)]


def _bare(fact: Fact) -> Fact:
    return fact.model_copy(update={"verification": None})


def _unchecked(subject: Subject) -> Subject:
    """Return a subject without any check."""
    bare = {name: tuple(_bare(fact) for fact in getattr(subject, name)) for name in COLLECTIONS}
    return subject.model_copy(update={**bare, REGISTRATION: _bare(subject.registration)})
