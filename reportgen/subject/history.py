"""The subject as it was on a day: by the facts' own dates (valid time), or by when they were known.

Only what a date makes certain is undone. A fact without a date of its own stands as it stands today;
an outcome that had not come yet is unknown again, never good. What was struck off a list before the
list was collected cannot be restored.
"""

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from reportgen.errors import ReportgenError
from reportgen.subject.base import Fact, Source
from reportgen.subject.claims import claims_of, decided, facts_of
from reportgen.subject.holdings import Contract, ContractStatus, Performance
from reportgen.subject.identity import REGISTRATION
from reportgen.subject.model import COLLECTIONS, Change, Claims, Facts, Standing, Subject
from reportgen.subject.records import RECORD_LISTS, CreditRecord, Fulfilment, RecordKind, RecordState

_F = TypeVar("_F", bound=Fact)
_BEGINS = {
    "changes": "on",
    "officers": "since",
    "qualifications": "valid_from",
    "credit_lines": "issued_on",
    "technology": "granted_on",
    "equipment": "commissioned_on",
}
"""By collection, the date from which a fact of it is there; without that date it always was."""
_EVENTS = (
    "act_ended_on",
    "published_on",
    "fulfilled_on",
    "repaired_on",
    "revoked_on",
    "disputed_on",
    "removed_on",
)
_STATES = {
    "disputed_on": RecordState.DISPUTED,
    "repaired_on": RecordState.REPAIRED,
    "revoked_on": RecordState.REVOKED,
}
"""What brings a record into a state; of two on one day the later of these counts."""
_STATE_ITEMS = {"登记状态", "登记状态变更", "经营状态", "经营状态变更"}


def known_at(subject: Subject, day: date) -> Subject:
    """Return the subject as it was known on a day: without sources collected and checks made later.

    Of what several sources tell, that counts which counted without the later ones. Raises E0315 where the registration itself was not known yet.
    """
    sources = tuple(s for s in subject.sources if s.collected_on <= day)
    names = {s.id for s in sources}
    told = [(name, fact) for name, fact in (*facts_of(subject), *claims_of(subject)) if fact.source in names]
    if all(name != REGISTRATION for name, _ in told):
        detail = f"登记信息采集于 {subject.source_of(subject.registration).collected_on}"
        raise ReportgenError("E0315", path="registration", name=subject.name, detail=detail, on=day)
    fields = decided([(name, _unchecked(fact, day)) for name, fact in told], sources)
    return _rebuilt(subject, fields, as_of=min(subject.as_of, day), sources=sources)


def as_of(subject: Subject, day: date) -> Subject:
    """Return the subject as it was on a day, by the dates of the facts known today.

    A closed list stands as of that day, for what has begun since is taken out of it: what ended in
    between may have been renewed. Raises E0315 (not founded yet), E0316 (the standing of that day is
    not known), E0317 (the day is later than the facts).
    """
    if day > subject.as_of:
        raise ReportgenError("E0317", path="as_of", name=subject.name, as_of=subject.as_of, on=day)
    if subject.registration.established_on > day:
        detail = f"成立于 {subject.registration.established_on}"
        raise ReportgenError("E0315", path="registration", name=subject.name, detail=detail, on=day)
    facts = {name: _begun(subject, name, day) for name in COLLECTIONS}
    registration = _with(subject.registration, standing=_standing(subject, day))
    sources = tuple(_listed(source, day) for source in subject.sources)
    then = {"as_of": day, "sources": sources, "claims": _claims(subject, facts, day)}
    return _rebuilt(subject, {**facts, **then}, registration=registration)


def _claims(subject: Subject, facts: Mapping[str, tuple[Fact, ...]], day: date) -> Claims:
    """Return the claims about what was there; how other sources would have told the registration is not known."""
    left = {fact.id for items in facts.values() for fact in items}
    gone = {fact.id for _, _, fact in subject.listed()} - left
    listed = {
        name: tuple(claim for claim in _begun(subject.claims, name, day) if claim.id not in gone)
        for name in COLLECTIONS
    }
    registrations = subject.claims.registrations if day == subject.as_of else ()
    return Claims.model_validate({**listed, "registrations": registrations})


def _rebuilt(subject: Subject, fields: Mapping[str, object], **changes: object) -> Subject:
    return Subject.model_validate({**dict(subject), **fields, **changes})


def _with(fact: _F, **changes: object) -> _F:
    # model_copy would not validate.
    return type(fact).model_validate({**dict(fact), **changes})


def _unchecked(fact: _F, day: date) -> _F:
    checked = fact.verification
    return _with(fact, verification=None) if checked is not None and checked.on > day else fact


def _listed(source: Source, day: date) -> Source:
    changes: dict[str, object] = {"collected_on": min(source.collected_on, day)}
    if source.complete_since is not None and source.complete_since > day:
        # A list of records that is closed only from a later day says nothing about this one.
        closed = tuple(name for name in source.complete_for if name not in {"records", *RECORD_LISTS})
        changes |= {"complete_since": None, "complete_for": closed}
    return Source.model_validate({**dict(source), **changes})


def _begun(facts: Facts, collection: str, day: date) -> tuple[Fact, ...]:
    if collection == "statements":
        return tuple(item for item in facts.statements if item.year < day.year)
    if collection == "headcounts":
        return tuple(item for item in facts.headcounts if item.year <= day.year)
    if collection == "contracts":
        return tuple(_contract(item, day) for item in facts.contracts if item.signed_on <= day)
    if collection == "records":
        return tuple(_record(item, day) for item in facts.records if item.determined_on <= day)
    items: tuple[Fact, ...] = getattr(facts, collection)
    begins = _BEGINS.get(collection)
    return items if begins is None else tuple(item for item in items if not _later(item, begins, day))


def _later(fact: Fact, field: str, day: date) -> bool:
    when: date | None = getattr(fact, field)
    return when is not None and when > day


def _contract(contract: Contract, day: date) -> Contract:
    """Return a contract as it stood: one accepted or broken off later was still under way.

    How it went is unknown again, and so is what remained of it; a missing end is that of the acceptance.
    """
    done = contract.status is ContractStatus.DONE and _later(contract, "accepted_on", day)
    broken = contract.status is ContractStatus.BROKEN_OFF and _later(contract, "ends_on", day)
    if not done and not broken:
        return _with(contract, accepted_on=None) if _later(contract, "accepted_on", day) else contract
    return _with(
        contract,
        status=ContractStatus.ONGOING,
        ends_on=contract.ends_on or contract.accepted_on,
        accepted_on=None,
        remaining=None,
        remaining_quantity=None,
        evidence=contract.evidence.model_copy(update={"acceptance": None}),
        performance=Performance(),
    )


def _record(record: CreditRecord, day: date) -> CreditRecord:
    """Return a record as it stood; a duty done in full later was not yet done in full, more is not known."""
    undone = [name for name in _EVENTS if _later(record, name, day)]
    changes: dict[str, object] = dict.fromkeys(undone)
    if "fulfilled_on" in undone and record.fulfilment is Fulfilment.FULL:
        changes["fulfilment"] = Fulfilment.PART
    if record.kind is RecordKind.PENDING and _later(record, "valid_until", day):
        changes["valid_until"] = None
    if any(_STATES.get(name) is record.state for name in undone):
        changes["state"] = _state(record, day)
    return _with(record, **changes) if changes else record


def _state(record: CreditRecord, day: date) -> RecordState:
    past = [name for name in _STATES if (when := getattr(record, name)) is not None and when <= day]
    last = max(past, key=lambda name: (getattr(record, name), list(_STATES).index(name)), default=None)
    return RecordState.VALID if last is None else _STATES[last]


def _standing(subject: Subject, day: date) -> Standing:
    """Return the registration state of a day, read from the registered changes of the state alone.

    Raises E0316 for a state other than 存续 that no change explains: it may be younger than the day.
    """
    if day == subject.as_of:
        return subject.registration.standing
    changes = [c for c in sorted(subject.changes, key=lambda c: (c.on, c.id)) if c.item in _STATE_ITEMS]
    since, past = [c for c in changes if c.on > day], [c for c in changes if c.on <= day]
    standing = _before(subject, since[0]) if since else subject.registration.standing
    if standing is not Standing.ACTIVE and not (past and past[-1].after == standing):
        detail = f"登记状态为{standing}，没有写明何时变更"
        raise ReportgenError("E0316", path="registration.standing", name=subject.name, detail=detail)
    return standing


def _before(subject: Subject, change: Change) -> Standing:
    try:
        return Standing(change.before)
    except ValueError as error:
        detail = f"{change.on} 的变更之前为“{change.before}”，不是登记状态"
        raise ReportgenError("E0316", path="changes", name=subject.name, detail=detail) from error
