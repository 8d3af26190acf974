"""What hits leave beside a subject's facts whenever they are pulled: its own records, and listings of those next to it.

A hit by the code, or a confirmed one by the name, on the subject itself is a record of the list as a source. When the
entry leaves the list the record ends with its publicity, so that no document shows it, and it goes when the entry is
forgotten. One on a related party is shown with that party while the entry stands, and is no record of the subject.
What a file says of either is put right by the hits: only the office enters them.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlmodel import Session, col, select

from reportgen.registry.objections import deleted
from reportgen.registry.parties import LISTED, Compared, Party
from reportgen.store.matching import Entry, entries
from reportgen.store.tables import HitRow, UserRow
from reportgen.subject.base import Fact, Origin, Source, Verification
from reportgen.subject.delivery import Delivery
from reportgen.subject.identity import fact_id
from reportgen.subject.merge import merge
from reportgen.subject.model import Listing, Related, Subject
from reportgen.subject.records import CreditRecord, RecordKind

COUNTING = ("PROVEN", "CONFIRMED")
"""The states of a hit that says something of its party."""
_SOURCE = re.compile(r"list-[0-9]+")
_NUMBER = re.compile(r"[^，。；、\s]{0,60}[0-9][^，。；、\s]{0,30}号")
"""What is the number of a document, and no description."""


@dataclass(frozen=True)
class _Meant:
    """An entry that means a party, and the check of it where it has only the name."""

    party_key: str
    entry: Entry
    check: Verification | None


def with_hits(session: Session, subject: Subject) -> Subject:
    """Return a subject with what its hits say of it and of those next to it, and nothing else of the kind."""
    meant = _meant(session, subject.uscc)
    own = [item for item in meant if item.party_key == subject.uscc]
    found = _recorded(subject, own, deleted(session, subject.uscc) if own else set())
    standing = [item for item in meant if item.entry.left_on is None]
    return _listed(found, [item for item in standing if item.party_key != subject.uscc])


def bears_hits(content: str) -> bool:
    """Say whether facts as stored may hold something that hits left in them."""
    return '"listings":' in content or '"id":"list-' in content


def _meant(session: Session, uscc: str) -> list[_Meant]:
    asked = (
        select(HitRow).where(HitRow.uscc == uscc, col(HitRow.state).in_(COUNTING)).order_by(col(HitRow.id))
    )
    rows = session.exec(asked).all()
    if not rows:
        return []
    there = entries(session, {row.entry_id for row in rows})
    names = _names(session, {row.decided_by for row in rows if row.decided_by})
    return [_Meant(row.party_key, there[row.entry_id], _check(row, names)) for row in rows]


def _check(row: HitRow, names: Mapping[str, str]) -> Verification | None:
    if row.state != "CONFIRMED" or row.decided_at is None or row.decided_by is None:
        return None
    by = names.get(row.decided_by, row.decided_by)
    return Verification(by=by, how=row.reason, on=row.decided_at.date())


def _names(session: Session, logins: Iterable[str]) -> dict[str, str]:
    found = select(UserRow.login, UserRow.name).where(col(UserRow.login).in_(list(logins)))
    return dict(session.exec(found).all())


def _recorded(subject: Subject, own: Sequence[_Meant], gone: set[str]) -> Subject:
    """Return a subject with the records of the lists it stands on in place of those it had of any.

    No list brings back what an objection ended by deleting (`gone`).
    """
    as_of, name = subject.as_of, subject.name
    told = [_delivery(subject, list(items)) for _, items in groupby(sorted(own, key=_by_list), key=_by_list)]
    again = {delivery.source.id for delivery in told}
    for source in [s for s in subject.sources if _SOURCE.fullmatch(s.id)]:
        if source.id not in again:
            subject = merge(subject, Delivery(uscc=subject.uscc, name=name, source=source))
            left = tuple(other for other in subject.sources if other.id != source.id)
            subject = subject.model_copy(update={"sources": left})
    for delivery in told:
        kept = tuple(record for record in delivery.records if fact_id("records", record) not in gone)
        subject = merge(subject, delivery.model_copy(update={"records": kept}))
    # A list tells of its own day: the day that the other facts describe stays what it was.
    return subject.model_copy(update={"as_of": as_of})


def _by_list(item: _Meant) -> int:
    return item.entry.list_id


def _delivery(subject: Subject, items: Sequence[_Meant]) -> Delivery:
    entry = items[0].entry
    source = Source(
        id=f"list-{entry.list_id}",
        name=f"名单：{entry.list}",
        origin=Origin.OFFICIAL,
        collected_on=entry.collected_on,
        location=entry.source,
        sha256=entry.sha256,
    )
    records = [_record(item, source, f"R{index}") for index, item in enumerate(items, 1)]
    told = [record for record in records if record.removed_on is None]
    ids = {fact_id("records", record) for record in told}
    ended = (record for record in records if record.removed_on is not None)
    for record in sorted(ended, key=lambda record: record.removed_on or date.min, reverse=True):
        # What stands on the list again, or in other words, has not left it.
        if (name := fact_id("records", record)) not in ids:
            ids.add(name)
            told.append(record)
    return Delivery(uscc=subject.uscc, name=subject.name, source=source, records=tuple(told))


def _record(item: _Meant, source: Source, name: str) -> CreditRecord:
    entry = item.entry
    number = entry.basis if _NUMBER.fullmatch(entry.basis) else ""
    return CreditRecord(
        id=name,
        source=source.id,
        verification=item.check,
        kind=RecordKind(entry.kind),
        title=f"列入{entry.list}"[:200],
        number=number,
        authority=entry.authority,
        content="" if number else entry.basis,
        determined_on=entry.listed_on,
        valid_from=entry.listed_on,
        valid_until=entry.until,
        **_end(entry),
    )


def _end(entry: Entry) -> dict[str, Any]:
    """Return how a record ends whose entry left the list: its publicity lasted to the day before, as far as is known."""
    if entry.left_on is None:
        return {}
    last = max(entry.listed_on, entry.left_on - timedelta(days=1))
    ground = f"{entry.left_on} 采集的一期已无此条"
    return {"removed_on": entry.left_on, "publicity_until": last, "location": ground}


def _listed(subject: Subject, meant: Sequence[_Meant]) -> Subject:
    """Return a subject whose related parties bear their listings; a party without a line there gets one."""
    if not meant and not any(item.listings for item in subject.related):
        return subject
    bare = [
        item.model_copy(update={"listings": ()}) for item in subject.related if not item.id.startswith(LISTED)
    ]
    plain = subject.model_copy(update={"related": tuple(bare)})
    listings: dict[str, list[Listing]] = {}
    for item in meant:
        listings.setdefault(item.party_key, []).append(_listing(item))
    parties = Compared.model_validate(plain.model_dump()).parties()
    found = list(_told(plain, [party for party in parties if party.key in listings], listings))
    told = {item.id for item in found}
    others = [item for item in bare if item.id not in told]
    return Subject.model_validate({**dict(plain), "related": (*others, *found)})


def _told(
    subject: Subject, parties: Iterable[Party], listings: Mapping[str, Sequence[Listing]]
) -> Iterator[Related]:
    facts: dict[str, Fact] = {fact.id: fact for _, fact in subject.facts()}
    for party in parties:
        told, fact = tuple(listings[party.key]), facts[party.fact]
        if isinstance(fact, Related):
            yield fact.model_copy(update={"listings": told})
            continue
        yield Related(
            id=LISTED + hashlib.sha256(party.key.encode()).hexdigest()[:12],
            source=fact.source,
            name=party.name,
            uscc=party.uscc,
            relation=party.relation[:200],
            listings=told,
        )


def _listing(item: _Meant) -> Listing:
    entry = item.entry
    return Listing(
        list=entry.list,
        kind=RecordKind(entry.kind),
        listed_on=entry.listed_on,
        until=entry.until,
        basis=entry.basis,
        authority=entry.authority,
        source=entry.source,
        collected_on=entry.collected_on,
        verification=item.check,
    )
