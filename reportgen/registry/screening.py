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
from reportgen.project.applicant import ComparedList
from reportgen.registry.changes import learn
from reportgen.registry.events import Tag, office_stream, record
from reportgen.registry.lifecycle import Desk
from reportgen.registry.listings import COUNTING, bears_hits
from reportgen.registry.parties import Compared, Party
from reportgen.registry.requests import asking
from reportgen.store.editions import editions
from reportgen.store.facts import COUNTING as NEWEST
from reportgen.store.facts import held_subject, subject_at
from reportgen.store.matching import Entry, Match, matches, standing
from reportgen.store.rows import taken
from reportgen.store.tables import HitRow, SnapshotRow
from reportgen.subject.model import Subject

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


@dataclass(frozen=True)
class Looked:
    """What comparing subjects comes to before anything is entered.

    `lists` are the editions they were compared with, nothing where the office has none; of the hits `waiting` are
    待人工确认, `unentered` were not found before, and of these `proven` have the same code.
    """

    lists: tuple[ComparedList, ...] = ()
    waiting: int = 0
    unentered: int = 0
    proven: int = 0


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


def look(session: Session, subjects: Sequence[Subject]) -> Looked:
    """Compare subjects, as their facts are given, with all lists, and change nothing; raises E0383."""
    lists = tuple(ComparedList.model_validate(edition) for edition in editions(session))
    if not lists:
        return Looked()
    found = _found(session, map(_compared, subjects))
    held = _held(session, [subject.uscc for subject in subjects])
    new = [item for key, item in found.items() if key not in held or _risen(item, held[key])]
    waiting = sum(
        not item.proven and (key not in held or held[key].state == "OPEN") for key, item in found.items()
    )
    return Looked(lists, waiting, len(new), sum(item.proven for item in new))


def enter_hits(session: Session, subjects: Sequence[Subject], desk: Desk) -> None:
    """Enter what comparing subjects finds; nothing of it enters their facts yet. Raises E0383."""
    # One order for all: two who hold the first subject each would wait for ever.
    for uscc in sorted(subject.uscc for subject in subjects):
        held_subject(session, uscc)
    _entered(session, [subject.uscc for subject in subjects], _found(session, map(_compared, subjects)), desk)


def to_decide(looked: Looked, usccs: Iterable[str]) -> tuple[str, ...]:
    """Return what the reviewer must know of hits on subjects, nothing where there is nothing to decide or to enter."""
    how = f"reportgen screen {' '.join(usccs)}"
    said = (
        (
            looked.waiting,
            f"有 {looked.waiting} 项名单命中待人工确认，确认以前不计分、不作否决项、不印；用 {how} 查看",
        ),
        (looked.proven, f"有 {looked.proven} 项代码相同的命中尚未记入，出具时自动记入；现在记入用 {how}"),
    )
    return tuple(text for count, text in said if count)


def bidders(session: Session, project: str) -> tuple[list[str], list[str]]:
    """Return the codes of all who asked for a report for a project: those with facts, and those forgotten meanwhile."""
    asked = asking(session, project)
    known = set(_newest(session, asked))
    return [uscc for uscc in asked if uscc in known], [uscc for uscc in asked if uscc not in known]


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
    wanted = list(dict.fromkeys(usccs))
    found = _newest(session, wanted)
    if missing := [uscc for uscc in wanted if uscc not in found]:
        raise ReportgenError(
            "E0350", path=missing[0], detail=f"{'、'.join(missing)} 没有导入过，或已依规删除"
        )
    return {uscc: found[uscc] for uscc in wanted}


def _newest(session: Session, usccs: Sequence[str]) -> dict[str, str]:
    """Return the facts of subjects as stored, by code, where there are any."""
    place = func.row_number().over(partition_by=col(SnapshotRow.uscc), order_by=NEWEST)
    ranked = select(SnapshotRow.uscc, SnapshotRow.content, place.label("place"))
    newest = ranked.where(col(SnapshotRow.uscc).in_(usccs)).subquery()
    rows = session.execute(select(newest.c.uscc, newest.c.content).where(newest.c.place == 1)).all()
    return {uscc: content for uscc, content in rows if content}


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
    usccs: Iterable[str],
    found: dict[tuple[str, int, str], _Found],
    desk: Desk,
) -> dict[tuple[str, int, str], HitRow]:
    """Return the rows of what was found, those entered that are new; a code proves what was only a name before."""
    rows = _held(session, usccs)
    for key, item in found.items():
        row = rows.get(key)
        if row is None:
            rows[key] = row = _row(item, desk)
            session.add(row)
        elif _risen(item, row):
            row.state, row.decided_at, row.decided_by, row.reason = "PROVEN", None, None, ""
    session.flush()
    return rows


def _held(session: Session, usccs: Iterable[str]) -> dict[tuple[str, int, str], HitRow]:
    """Return the hits of subjects whose entries still stand."""
    asked = select(HitRow).where(col(HitRow.uscc).in_(list(usccs)), standing(col(HitRow.entry_id)))
    return {(row.uscc, row.entry_id, row.party_key): row for row in session.exec(asked).all()}


def _risen(item: _Found, row: HitRow) -> bool:
    """Say whether a code proves what was only a name before."""
    return item.proven and row.state != "PROVEN"


def _compared(subject: Subject) -> Compared:
    return Compared.model_validate(subject, from_attributes=True)


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
