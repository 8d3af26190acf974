"""A delivery taken into a subject: what its source said before goes, and what counts is decided anew."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from pydantic import ValidationError

from reportgen.errors import Fault, ReportgenError
from reportgen.faults import faults_of
from reportgen.subject.base import Fact, Origin
from reportgen.subject.canonical import in_order
from reportgen.subject.claims import claims_of, decided, facts_of
from reportgen.subject.delivery import Delivery, Telling
from reportgen.subject.identity import REGISTRATION, Identity, contradictions, fact_id, identity, said
from reportgen.subject.model import Registration, Subject
from reportgen.subject.records import CreditRecord, RecordState

_Key = tuple[str, Identity, int]
"""A thing: collection, identity, and which of those it is that one source tells apart only by their ids."""

_MARKS = {"state", "disputed_on", "statement"}


def merge(subject: Subject | None, delivery: Delivery) -> Subject:
    """Return a subject with what a source says of it now in place of what the source said before.

    Every thing keeps the id under which it stands; one that is new has the id of its identity. The subject
    comes back as it is where the source was collected later than this delivery already. Raises E0365
    (nobody tells the registration) and E0301 (the source's id is another source's, or the parts do not
    hang together).
    """
    if subject is not None and superseded(subject, delivery):
        return subject
    told = [*_others(subject, delivery), *delivery.tellings()]
    if all(name != REGISTRATION for name, _ in told):
        raise ReportgenError("E0365", path="registration", uscc=delivery.uscc, source=delivery.source.id)
    sources = {source.id: source for source in subject.sources} if subject else {}
    known = tuple({**sources, delivery.source.id: delivery.source}.values())
    fields = decided(_named(subject, told), known)
    try:
        return in_order(
            Subject.model_validate({**fields, **_head(subject, delivery, fields), "sources": known})
        )
    except ValidationError as error:
        raise ReportgenError("E0301", path=delivery.uscc, faults=faults_of(error)) from error


def superseded(subject: Subject, delivery: Delivery) -> bool:
    """Say whether a delivery comes too late: its source was collected later already.

    Raises E0301 where the subject knows another source, of another origin, under the id.
    """
    for source in subject.sources:
        if source.id == delivery.source.id:
            if source.origin is not delivery.source.origin:
                what = (
                    f"库内的来源 {source.id}（{source.name}）属{source.origin}，不是同一来源，请换用其他编号"
                )
                fault = Fault("E0301", "source.origin", what)
                raise ReportgenError("E0301", path=delivery.uscc, faults=[fault])
            return source.collected_on > delivery.source.collected_on
    return False


def _others(subject: Subject | None, delivery: Delivery) -> Iterator[Telling]:
    if subject is not None:
        for name, fact in (*facts_of(subject), *claims_of(subject)):
            if fact.source != delivery.source.id:
                yield name, fact


def _keyed(told: Iterable[Telling]) -> Iterator[tuple[_Key, Telling]]:
    # What a file of the office holds twice from one source are two things: the file says so.
    seen: Counter[tuple[str, str, Identity]] = Counter()
    for name, fact in sorted(told, key=lambda telling: telling[1].id):
        known_by = identity(name, fact)
        yield (name, known_by, seen[name, fact.source, known_by]), (name, fact)
        seen[name, fact.source, known_by] += 1


def _named(subject: Subject | None, told: Iterable[Telling]) -> Iterator[Telling]:
    """Yield tellings under the id of the thing they tell."""
    names = {} if subject is None else _names(subject)
    for key, (name, fact) in _keyed(told):
        suffix = f"-{key[2] + 1}" if key[2] else ""
        yield name, fact.model_copy(update={"id": names.get(key) or fact_id(name, fact) + suffix})


def _names(subject: Subject) -> dict[_Key, str]:
    """Return the ids under which things stand: those of the facts first, and each once."""
    counting = {(name, fact.id, fact.source) for name, fact in facts_of(subject)}
    keyed = [
        ((name, fact.id, fact.source) not in counting, fact.id, key)
        for key, (name, fact) in _keyed((*facts_of(subject), *claims_of(subject)))
    ]
    names: dict[_Key, str] = {}
    taken: set[str] = set()
    for _, name, key in sorted(keyed):
        if key not in names and name not in taken:
            names[key] = name
            taken.add(name)
    return names


def _head(subject: Subject | None, delivery: Delivery, fields: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of a subject beside its facts: it is called what the registration that counts is told with."""
    registration, day = fields[REGISTRATION], delivery.source.collected_on
    told = isinstance(registration, Registration) and registration.source == delivery.source.id
    if subject is None:
        head = {"uscc": delivery.uscc, "name": delivery.name, "as_of": day}
        return {**head, "former_names": tuple(sorted({*delivery.former_names} - {delivery.name}))}
    head = {"uscc": subject.uscc, "former_codes": subject.former_codes, "as_of": max(subject.as_of, day)}
    name = delivery.name if told else subject.name
    return {**head, "name": name, "former_names": _former(subject, delivery, name)}


def _former(subject: Subject, delivery: Delivery, name: str) -> tuple[str, ...]:
    """Return the former names: all that were told, and the other names under which it was publicly registered."""
    names = {*subject.former_names, *delivery.former_names}
    if subject.proven(subject.registration):
        names.add(subject.name)
    if delivery.registration is not None and delivery.source.origin is Origin.OFFICIAL:
        names.add(delivery.name)
    found = names - {name}
    return subject.former_names if found == set(subject.former_names) else tuple(sorted(found))


def absorbed(before: Subject, after: Subject) -> dict[str, str]:
    """Return the ids of facts that stand no more, with the ids under which the same is told now, word for word."""
    standing = {(name, identity(name, fact)): fact for name, fact in facts_of(after)}
    left = {fact.id for fact in standing.values()}
    told = [(fact, standing.get((name, identity(name, fact)))) for name, fact in facts_of(before)]
    return {
        gone.id: kept.id
        for gone, kept in told
        if kept is not None and gone.id not in left and not contradictions(_unmarked(gone), _unmarked(kept))
    }


def _unmarked(fact: Fact) -> dict[str, object]:
    """Return what a fact says but for the marks of objections, which follow the thing."""
    if isinstance(fact, CreditRecord) and fact.state is RecordState.DISPUTED:
        return {name: value for name, value in said(fact).items() if name not in _MARKS}
    return dict(said(fact))
