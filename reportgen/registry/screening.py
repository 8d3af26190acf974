"""交叉比对: subjects and those one step from them against all lists, and what becomes of a hit.

The same code proves a hit. The same name alone is 待人工确认: it enters no facts until somebody has found out that the
entry means that party, and is never asked again of an entry that was found to mean another.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from reportgen.errors import Fault, ReportgenError
from reportgen.registry.changes import learn
from reportgen.registry.events import Tag, office_stream, record
from reportgen.registry.lifecycle import Desk
from reportgen.registry.listings import COUNTING, bears_hits
from reportgen.registry.parties import Compared, Party
from reportgen.registry.tables import PartyRow, ReportRow
from reportgen.store.facts import COUNTING as NEWEST
from reportgen.store.facts import subject_at
from reportgen.store.matching import Entry, Match, matches, standing
from reportgen.store.rows import taken
from reportgen.store.tables import HitRow, SnapshotRow

_LONGEST = 200


@dataclass(frozen=True)
class Hit:
    """A hit as the desk sees it: its number, whom it concerns, the entry, and what was decided."""

    id: int
    state: str
    party: str
    party_uscc: str | None
    relation: str
    entry: Entry
    decided_by: str | None
    decided_at: datetime | None
    reason: str


@dataclass(frozen=True)
class Screened:
    """A subject that was compared: its hits, those to be decided first, and the reports marked 需更新 by them."""

    uscc: str
    name: str
    hits: tuple[Hit, ...]
    marked: tuple[str, ...] = ()


class _Found(NamedTuple):
    """A party of a subject that an entry may mean, or by its code does."""

    uscc: str
    party: Party
    entry: Entry
    proven: bool

    @property
    def key(self) -> tuple[str, int, str]:
        return self.uscc, self.entry.id, self.party.key


def screen(session: Session, usccs: Collection[str], desk: Desk) -> list[Screened]:
    """Compare subjects with all lists at once, and enter what their codes prove; raises E0350, E0383."""
    contents = _contents(session, usccs)
    compared = [Compared.model_validate_json(content) for content in contents.values()]
    found = _found(session, compared)
    rows = _entered(session, contents, found, desk)
    hits = _hits(rows, found)
    bearing = {uscc for uscc, content in contents.items() if bears_hits(content)}
    bearing |= {row.uscc for row in rows.values() if row.state in COUNTING}
    marked = {uscc: _again(session, uscc, desk) for uscc in sorted(bearing)}
    return [
        Screened(one.uscc, one.name, tuple(hits.get(one.uscc, ())), tuple(marked.get(one.uscc, ())))
        for one in compared
    ]


def asking(session: Session, project: str) -> list[str]:
    """Return the codes of those who have asked for a report for a project, in whatever round or lot."""
    asked = select(PartyRow.uscc).join(ReportRow, col(ReportRow.id) == col(PartyRow.report_id))
    found = asked.where(ReportRow.project == project).distinct()
    return list(session.exec(found.order_by(col(PartyRow.uscc))).all())


def confirm(session: Session, hit: int, how: str, desk: Desk) -> list[str]:
    """Let an entry of the same name mean its party, by what was found out; returns the reports marked by it.

    Raises E0301 (how), E0384 (no such hit, proven by the code, or its entry has left the list).
    """
    return _decide(session, hit, "CONFIRMED", how, Tag.SUBJECT_HIT_CONFIRM, desk)


def reject(session: Session, hit: int, why: str, desk: Desk) -> list[str]:
    """Let an entry of the same name not mean its party; it is not asked again until the entry changes.

    Raises E0301 (why), E0384 (no such hit, proven by the code, or its entry has left the list).
    """
    return _decide(session, hit, "REJECTED", why, Tag.SUBJECT_HIT_REJECT, desk)


def _decide(session: Session, hit: int, state: str, reason: str, tag: Tag, desk: Desk) -> list[str]:
    if not 0 < len(reason) <= _LONGEST:
        fault = Fault("E0301", "reason", f"应为 1 至 {_LONGEST} 字，实为 {len(reason)} 字")
        raise ReportgenError("E0301", path="reason", faults=[fault])
    # What was decided wrongly may be decided anew, but not what the code proves.
    free = col(HitRow.state).in_({"OPEN", "CONFIRMED", "REJECTED"} - {state})
    there = standing(col(HitRow.entry_id))
    decided = {"state": state, "decided_at": desk.at, "decided_by": desk.actor, "reason": reason}
    row = taken(session, update(HitRow).where(col(HitRow.id) == hit, free, there).values(decided), HitRow)
    if row is None:
        raise ReportgenError("E0384", hit=hit)
    stream = office_stream(session, f"subject:{row.uscc}")
    record(session, stream, tag, desk.at, desk.actor, desk.key, uscc=row.uscc, hit=hit)
    return _again(session, row.uscc, desk)


def _again(session: Session, uscc: str, desk: Desk) -> list[str]:
    """Learn a subject's facts again as its hits leave them; returns the reports newly marked."""
    return learn(session, subject_at(session, uscc), desk)[1]


def _contents(session: Session, usccs: Collection[str]) -> dict[str, str]:
    """Return the facts of subjects as stored, by code in the order asked for; raises E0350."""
    place = func.row_number().over(partition_by=col(SnapshotRow.uscc), order_by=NEWEST)
    wanted = list(dict.fromkeys(usccs))
    ranked = select(SnapshotRow.uscc, SnapshotRow.content, place.label("place"))
    newest = ranked.where(col(SnapshotRow.uscc).in_(wanted)).subquery()
    rows = session.execute(select(newest.c.uscc, newest.c.content).where(newest.c.place == 1)).all()
    found = {uscc: content for uscc, content in rows if content}
    if missing := [uscc for uscc in wanted if uscc not in found]:
        raise ReportgenError(
            "E0350", path=missing[0], detail=f"{'、'.join(missing)} 没有导入过，或已依规删除"
        )
    return {uscc: found[uscc] for uscc in wanted}


def _found(session: Session, compared: Iterable[Compared]) -> dict[tuple[str, int, str], _Found]:
    parties = [(one.uscc, party) for one in compared for party in one.parties()]
    codes = {code for _, party in parties for code in party.codes}
    names = {key for _, party in parties for key in party.name_keys()}
    by_code: dict[str, list[Match]] = {}
    by_name: dict[str, list[Match]] = {}
    for match in matches(session, codes, names):
        (by_code if match.by_code else by_name).setdefault(match.key, []).append(match)
    found: dict[tuple[str, int, str], _Found] = {}
    for uscc, party in parties:
        for item in _of_party(uscc, party, by_code, by_name):
            found.setdefault(item.key, item)
    return found


def _of_party(
    uscc: str, party: Party, by_code: dict[str, list[Match]], by_name: dict[str, list[Match]]
) -> Iterator[_Found]:
    """Yield what a party's codes prove, then what only its names suggest."""
    for code in party.codes:
        yield from (_Found(uscc, party, match.entry, True) for match in by_code.get(code, ()))
    for key in party.name_keys():
        for match in by_name.get(key, ()):
            # Two codes that differ are two entities, whatever both are called.
            other = match.entry.uscc is not None and (party.person or bool(party.codes))
            if not other:
                yield _Found(uscc, party, match.entry, False)


def _entered(
    session: Session,
    contents: Iterable[str],
    found: dict[tuple[str, int, str], _Found],
    desk: Desk,
) -> dict[tuple[str, int, str], HitRow]:
    """Return the rows of what was found, those entered that are new; a code proves what was only a name before."""
    held = select(HitRow).where(col(HitRow.uscc).in_(list(contents)), standing(col(HitRow.entry_id)))
    rows = {(row.uscc, row.entry_id, row.party_key): row for row in session.exec(held).all()}
    for key, item in found.items():
        row = rows.get(key)
        if row is None:
            rows[key] = row = _row(item, desk)
            session.add(row)
        elif item.proven and row.state != "PROVEN":
            row.state, row.decided_at, row.decided_by, row.reason = "PROVEN", None, None, ""
    session.flush()
    return rows


def _row(item: _Found, desk: Desk) -> HitRow:
    party = item.party
    return HitRow(
        uscc=item.uscc,
        entry_id=item.entry.id,
        party_key=party.key,
        party=party.name,
        party_uscc=party.uscc,
        relation=party.relation[:_LONGEST],
        state="PROVEN" if item.proven else "OPEN",
        found_at=desk.at,
    )


_ORDER = ("OPEN", "PROVEN", "CONFIRMED", "REJECTED")


def _hits(
    rows: dict[tuple[str, int, str], HitRow], found: dict[tuple[str, int, str], _Found]
) -> dict[str, Sequence[Hit]]:
    hits: dict[str, list[Hit]] = {}
    for key, item in found.items():
        row = rows[key]
        hits.setdefault(row.uscc, []).append(
            Hit(
                row.id or 0,
                row.state,
                item.party.name,
                item.party.uscc,
                item.party.relation,
                item.entry,
                row.decided_by,
                row.decided_at,
                row.reason,
            )
        )
    return {
        uscc: sorted(items, key=lambda hit: (_ORDER.index(hit.state), hit.id)) for uscc, items in hits.items()
    }
