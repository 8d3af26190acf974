"""The agency of this office with its 备案, and the end of it."""

from datetime import date, timedelta

from sqlmodel import Session

from reportgen.document.issuer import Agency
from reportgen.errors import ReportgenError
from reportgen.store.tables import AgencyRow

_ONE = 1


def agency(session: Session) -> AgencyRow:
    """Return the office's agency; raises E0356 where none was entered."""
    row = session.get(AgencyRow, _ONE)
    if row is None:
        raise ReportgenError("E0356")
    return row


def described(session: Session, given: Agency) -> AgencyRow:
    """Return the agency as the office describes it today, which enters nothing.

    Only another filing ends the loss of the last one.
    """
    row = session.get(AgencyRow, _ONE)
    lost = row.filing_lost_on if row is not None and row.filing_number == given.filing_number else None
    return AgencyRow(
        id=_ONE,
        uscc=given.uscc,
        name=given.name,
        filing_number=given.filing_number,
        filing_authority=given.filing_authority,
        filing_since=given.filing_since,
        filing_until=given.filing_until,
        filing_lost_on=lost,
    )


def set_agency(session: Session, given: Agency) -> bool:
    """Enter the agency or change what is known of it; say whether anything was new."""
    row = described(session, given)
    if entered(session, row):
        return False
    session.merge(row)
    session.flush()
    return True


def entered(session: Session, row: AgencyRow) -> bool:
    """Say whether the office's agency is entered just so."""
    held = session.get(AgencyRow, _ONE)
    return held is not None and held.model_dump() == row.model_dump()


def in_force_until(row: AgencyRow) -> date:
    """Return the last day on which the agency may issue."""
    lost = row.filing_lost_on
    return row.filing_until if lost is None else min(row.filing_until, lost - timedelta(days=1))


def in_force(row: AgencyRow, on: date) -> bool:
    """Say whether the agency may issue on a day."""
    return row.filing_since <= on <= in_force_until(row)


def lost_on(session: Session) -> date | None:
    """Return from which day the agency has its filing no more, None where it has it or none was entered."""
    row = session.get(AgencyRow, _ONE)
    return None if row is None else row.filing_lost_on


def lose_filing(session: Session, on: date) -> AgencyRow:
    """Enter the day on which the agency lost its filing; raises E0356 where no agency was entered."""
    row = agency(session)
    row.filing_lost_on = on
    session.flush()
    return row
