"""Hits as the desk goes through them: those of one state over all subjects, each with whom it concerns."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from reportgen.registry.screening import Hit
from reportgen.store.matching import entries, standing
from reportgen.store.tables import HitRow, SubjectRow


@dataclass(frozen=True)
class Concerned:
    """A hit, and the subject whose facts it concerns."""

    uscc: str
    name: str
    hit: Hit


def undecided(session: Session, usccs: Collection[str]) -> int:
    """Return how many hits on subjects are entered and 待人工确认."""
    here = (col(HitRow.uscc).in_(usccs), HitRow.state == "OPEN", standing(col(HitRow.entry_id)))
    return session.exec(select(func.count()).select_from(HitRow).where(*here)).one()


def listed(session: Session, state: str, limit: int = 200, usccs: Collection[str] = ()) -> list[Concerned]:
    """Return the hits of a state whose entries still stand on their lists, the oldest first.

    `usccs` are the subjects whose hits are asked for; those of all where none is named.
    """
    whose = (col(HitRow.uscc).in_(usccs),) if usccs else ()
    asked = (
        select(HitRow, SubjectRow.name)
        .join(SubjectRow, col(SubjectRow.uscc) == HitRow.uscc)
        .where(HitRow.state == state, standing(col(HitRow.entry_id)), *whose)
        .order_by(col(HitRow.id))
        .limit(limit)
    )
    rows = session.exec(asked).all()
    told = entries(session, [row.entry_id for row, _ in rows])
    return [
        Concerned(
            row.uscc,
            name,
            Hit(
                row.id or 0,
                row.state,
                row.party,
                row.party_uscc,
                row.relation,
                told[row.entry_id],
                row.decided_by,
                row.decided_at,
                row.reason,
            ),
        )
        for row, name in rows
    ]
