"""The agency of this office with its 备案, and the end of it."""

from datetime import date

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


def set_agency(session: Session, given: Agency) -> AgencyRow:
    """Enter the agency or change what is known of it; only another filing ends the loss of the last one."""
    row = session.get(AgencyRow, _ONE)
    lost = row.filing_lost_on if row is not None and row.filing_number == given.filing_number else None
    entered = session.merge(
        AgencyRow(
            id=_ONE,
            uscc=given.uscc,
            name=given.name,
            filing_number=given.filing_number,
            filing_authority=given.filing_authority,
            filing_since=given.filing_since,
            filing_until=given.filing_until,
            filing_lost_on=lost,
        )
    )
    session.flush()
    return entered


def lose_filing(session: Session, on: date) -> AgencyRow:
    """Enter the day on which the agency lost its filing; raises E0356 where no agency was entered."""
    row = agency(session)
    row.filing_lost_on = on
    session.flush()
    return row
