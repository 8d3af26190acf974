"""出具后变化: what happened after a report was issued is shown with it, and bars nobody.

After the deadline a bidder can replace nothing, so a change marks a report and leaves its state alone.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import update
from sqlmodel import Session, col, select

from reportgen.registry.events import Tag, record
from reportgen.registry.lifecycle import Desk, get, id_of, void
from reportgen.registry.tables import IN_THE_WORLD, PartyRow, ReportRow, RestsOnRow, State
from reportgen.store.facts import subject_by_hash
from reportgen.store.rows import changed

_MARKED = (State.RENDERING, *IN_THE_WORLD)
"""What is being made is marked as well: it rests on the facts it was allotted its number for."""
_COLUMNS = {
    Tag.REPORT_MARK_OUTDATED: "outdated_at",
    Tag.REPORT_MARK_DISPUTE: "disputed_at",
}


def resting_on(session: Session, uscc: str, facts: Collection[str]) -> list[int]:
    """Return the reports in the world whose judgement names one of the facts."""
    rows = session.exec(
        select(RestsOnRow.report_id)
        .join(ReportRow, col(ReportRow.id) == col(RestsOnRow.report_id))
        .where(
            RestsOnRow.uscc == uscc,
            col(RestsOnRow.fact).in_(facts),
            col(ReportRow.state).in_(_MARKED),
        )
        .distinct()
    )
    return sorted(rows.all())


def about(session: Session, uscc: str) -> list[int]:
    """Return the reports in the world about a subject, alone or in a joint venture."""
    rows = session.exec(
        select(PartyRow.report_id)
        .join(ReportRow, col(ReportRow.id) == col(PartyRow.report_id))
        .where(PartyRow.uscc == uscc, col(ReportRow.state).in_(_MARKED))
    )
    return sorted(rows.all())


def carry_over(session: Session, uscc: str, facts: Mapping[str, str]) -> None:
    """Let the reports that rest on a fact rest as well on the one under whose id the same thing stands now."""
    for gone, kept in facts.items():
        resting = set(_all_resting_on(session, uscc, gone)) - set(_all_resting_on(session, uscc, kept))
        session.add_all(RestsOnRow(report_id=report, uscc=uscc, fact=kept) for report in sorted(resting))
    session.flush()


def _all_resting_on(session: Session, uscc: str, fact: str) -> Sequence[int]:
    return session.exec(
        select(RestsOnRow.report_id).where(RestsOnRow.uscc == uscc, RestsOnRow.fact == fact)
    ).all()


def mark(session: Session, reports: Iterable[int], tag: Tag, desk: Desk) -> list[str]:
    """Mark reports with a change, each once; returns the numbers newly marked."""
    column = _COLUMNS[tag]
    numbers = []
    for report_id in reports:
        count = changed(
            session,
            update(ReportRow)
            .where(col(ReportRow.id) == report_id, getattr(ReportRow, column).is_(None))
            .values({column: desk.at}),
        )
        if count == 1:
            report = get(session, report_id)
            record(session, report, tag, desk.at, desk.actor, desk.key)
            numbers.append(str(report.number))
    return numbers


def settle(session: Session, reports: Iterable[int], desk: Desk) -> None:
    """Take 异议中 off reports whose objection is closed."""
    for report_id in reports:
        count = changed(
            session,
            update(ReportRow)
            .where(col(ReportRow.id) == report_id, col(ReportRow.disputed_at).is_not(None))
            .values(disputed_at=None),
        )
        if count == 1:
            record(session, get(session, report_id), Tag.REPORT_MARK_SETTLE, desk.at, desk.actor, desk.key)


def give_up(session: Session, uscc: str, desk: Desk) -> list[str]:
    """Give up what is 签发中 on facts of a subject that had to be forgotten since; returns the numbers.

    Nobody could make such a report again, and nobody may.
    """
    rendering = select(ReportRow, PartyRow.snapshot_sha256).join(
        PartyRow, col(PartyRow.report_id) == col(ReportRow.id)
    )
    asked = rendering.where(PartyRow.uscc == uscc, ReportRow.state == State.RENDERING)
    rows = session.exec(asked.order_by(col(ReportRow.id)).with_for_update(of=ReportRow)).all()
    gone = [row for row, digest in rows if subject_by_hash(session, uscc, digest) is None]
    return [str(void(session, id_of(row), desk).number) for row in gone]
