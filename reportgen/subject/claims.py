"""Which of several sources' tellings counts: a written precedence, never the order of arrival.

All tellings of one thing stand under one id: one of them is the fact, the others are claims (另述), kept and
compared. What counts is a function of what each source last said, so that any order of import gives the
same subject. Nothing follows from a source's silence but where shares would come to more than the whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from reportgen.subject.base import Fact, Origin, Source
from reportgen.subject.delivery import Telling
from reportgen.subject.identity import REGISTRATION
from reportgen.subject.model import COLLECTIONS, WHOLE, Claims, Registration, Shareholder, Standing, Subject
from reportgen.subject.records import CreditRecord, Fulfilment, Nature, Severity

PRECEDENCE = (Origin.OFFICIAL, Origin.COUNTERPARTY, Origin.DERIVED, Origin.SELF_DECLARED)
"""Whose word counts before whose, where nothing else is said of the collection."""
PRECEDENCES: Mapping[str, tuple[Origin, ...]] = {
    # No register holds what a bank grants: the bank itself does.
    "credit_lines": (Origin.COUNTERPARTY, Origin.OFFICIAL, Origin.DERIVED, Origin.SELF_DECLARED),
}
"""The collections where another order holds."""
_SHARES = "shareholders"
_OTHERS = {REGISTRATION: "registrations"}
_Lists = defaultdict[str, list[Fact]]
_Rank = tuple[int, bool, int, tuple[int, ...], str, str]
_FULFILMENT = (
    Fulfilment.NONE,
    Fulfilment.PART,
    Fulfilment.UNKNOWN,
    Fulfilment.FULL,
    Fulfilment.NOT_NEEDED,
)
_NATURES = (Nature.ADVERSE, Nature.NEUTRAL, Nature.FAVOURABLE)


def rank(collection: str, fact: Fact, source: Source) -> _Rank:
    """Return where a telling stands among those of one thing: the least of them counts.

    By origin; then what a check or a public source bears out; then what was collected later; then, of one
    day, what is less favourable to the subject; then by the source's id, which no import chooses.
    """
    origins = PRECEDENCES.get(collection, PRECEDENCE)
    unproven = source.origin is not Origin.OFFICIAL and fact.verification is None
    newest = -source.collected_on.toordinal()
    return origins.index(source.origin), unproven, newest, _favour(fact), source.id, fact.id


def facts_of(subject: Subject) -> Iterator[Telling]:
    """Yield (collection, fact) for every fact of a subject."""
    yield REGISTRATION, subject.registration
    yield from ((name, fact) for name, _, fact in subject.listed())


def claims_of(subject: Subject) -> Iterator[Telling]:
    """Yield (collection, claim) for every claim of a subject."""
    yield from ((REGISTRATION, claim) for claim in subject.claims.registrations)
    yield from ((name, claim) for name, _, claim in subject.claims.listed())


def decided(told: Iterable[Telling], sources: Iterable[Source]) -> dict[str, object]:
    """Return the fields of a subject that hold its facts and claims, decided from tellings by their ids.

    Somebody tells the registration.
    """
    known = {source.id: source for source in sources}
    facts, claims = _Lists(list), _Lists(list)
    for (name, _), same in _by_id(told).items():
        first, *others = sorted(same, key=lambda fact: rank(name, fact, known[fact.source]))
        facts[name].append(first)
        claims[name] += others
    _keep_to_the_whole(facts, claims, known)
    kept = Claims.model_validate({_OTHERS.get(name, name): tuple(items) for name, items in claims.items()})
    listed = {name: tuple(facts[name]) for name in COLLECTIONS}
    return {REGISTRATION: facts[REGISTRATION][0], **listed, "claims": kept}


def _by_id(told: Iterable[Telling]) -> dict[tuple[str, str], list[Fact]]:
    groups: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for name, fact in told:
        groups[name, REGISTRATION if name == REGISTRATION else fact.id].append(fact)
    return groups


def _keep_to_the_whole(facts: _Lists, claims: _Lists, known: Mapping[str, Source]) -> None:
    """Let only those sources name shareholders whose shares fit beside those of the sources before them."""
    parts: dict[str, Decimal] = defaultdict(Decimal)
    for fact in sorted(facts[_SHARES], key=lambda fact: rank(_SHARES, fact, known[fact.source])):
        parts[fact.source] += fact.share if isinstance(fact, Shareholder) else 0
    total, fitting = Decimal(0), set()
    for source, part in parts.items():
        if total + part <= WHOLE:
            total += part
            fitting.add(source)
    claims[_SHARES] += [fact for fact in facts[_SHARES] if fact.source not in fitting]
    facts[_SHARES] = [fact for fact in facts[_SHARES] if fact.source in fitting]


def _favour(fact: Fact) -> tuple[int, ...]:
    """Return how much a telling of one thing speaks for the subject, the least favourable first."""
    if isinstance(fact, Registration):
        return (list(Standing)[::-1].index(fact.standing),)
    if not isinstance(fact, CreditRecord):
        return ()
    over = any((fact.revoked_on, fact.repaired_on, fact.removed_on))
    severity = list(Severity)[::-1].index(fact.severity) if fact.severity else len(Severity)
    return _NATURES.index(fact.nature), over, _FULFILMENT.index(fact.fulfilment), severity
