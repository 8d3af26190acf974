"""Award notices (中标公示): until one is entered, a bidder sees of his report only what stood before its use.

Whoever holds a paper or a file may be the bidder, so strangers are told as much as he is (DOMAIN §8, 11). What is no
tender has no award notice, and nothing is withheld.
"""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Protocol

from sqlmodel import Session, col, select

from reportgen.project.model import TENDER_MATTERS
from reportgen.registry.award_rows import AwardNoticeRow
from reportgen.registry.tables import Kind, ReportRow
from reportgen.store.account_rows import AccountKind
from reportgen.store.tables import ProjectRow

if TYPE_CHECKING:
    from reportgen.store.accounts import Caller


class Knows(Protocol):
    """Says whether somebody may know what became of a report; `announced` spares a look where it is known already."""

    def __call__(self, session: Session, row: ReportRow, announced: bool | None = None, /) -> bool:
        """Say whether somebody may know what became of a report."""


Place = tuple[str, int, str]


def the_office(_session: Session, _row: ReportRow, _announced: bool | None = None, /) -> bool:
    """Know of every use, as the issuing office does and whoever it hands its lists to."""
    return True


def known_to(caller: "Caller | None") -> Knows:
    """Return what says of a report whether a caller may know of its use; None is anybody."""

    def knows(session: Session, row: ReportRow, announced: bool | None = None, /) -> bool:
        if announced is None:
            return not withheld(session, [row], caller)
        return announced or not _of_a_tender(row) or _takes_part(session, caller, row)

    return knows


def withheld(session: Session, rows: Iterable[ReportRow], caller: "Caller | None") -> frozenset[int]:
    """Return the ids of those reports of whose use a caller is not told yet, whether they were used or not."""
    asked = [row for row in rows if _of_a_tender(row) and not _takes_part(session, caller, row)]
    if not asked:
        return frozenset()
    announced = _announced(session, {row.project for row in asked})
    return frozenset(
        row.id for row in asked if row.id is not None and (row.project, row.round, row.lot) not in announced
    )


def of_round(session: Session, project: str, round_: int) -> list[AwardNoticeRow]:
    """Return the award notices of a round, by lot."""
    found = select(AwardNoticeRow).where(AwardNoticeRow.project == project, AwardNoticeRow.round == round_)
    return list(session.exec(found.order_by(col(AwardNoticeRow.lot))).all())


def _of_a_tender(row: ReportRow) -> bool:
    return row.kind == Kind.REPORT and row.matter in TENDER_MATTERS


def _takes_part(session: Session, caller: "Caller | None", row: ReportRow) -> bool:
    """Say whether a caller sees uses by his office: the agency, who the report was made for, who runs the tender."""
    # Who is not admitted yet has only said who he is.
    if caller is None or not caller.active:
        return False
    match caller.kind:
        case AccountKind.AGENCY:
            return True
        case AccountKind.BIDDER:
            return False
        case AccountKind.RECIPIENT:
            return caller.uscc == row.recipient or caller.uscc in _runners(session, row)


def _runners(session: Session, row: ReportRow) -> set[str]:
    found = select(ProjectRow.owner, ProjectRow.agent).where(
        ProjectRow.project == row.project, ProjectRow.round == row.round
    )
    newest = found.order_by(col(ProjectRow.known_at).desc(), col(ProjectRow.id).desc()).limit(1)
    return {uscc for parties in session.exec(newest).all() for uscc in parties if uscc}


def _announced(session: Session, projects: Collection[str]) -> set[Place]:
    asked = select(AwardNoticeRow.project, AwardNoticeRow.round, AwardNoticeRow.lot)
    found = session.exec(asked.where(col(AwardNoticeRow.project).in_(projects))).all()
    return {(project, round_, lot) for project, round_, lot in found}
