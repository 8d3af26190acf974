"""The agency's staff, each change of them with its event: in a chain of the person's own, by number alone."""

from datetime import date

from sqlmodel import Session

from reportgen.registry.events import Tag, office_stream, record
from reportgen.registry.lifecycle import Desk
from reportgen.store import people
from reportgen.store.people import StaffEntry
from reportgen.store.tables import StaffRow

_RIGHT = {StaffEntry.SUSPENDED: True, StaffEntry.RESTORED: False}
"""Whether an entry ends the right to sign; the others leave it as it is."""


def add(session: Session, name: str, post: str, since: date, desk: Desk) -> None:
    """Enter a person with the post held since a day; raises E0355."""
    _tell(session, people.add_staff(session, name, post, since), since, closed=False, desk=desk)


def leave(session: Session, name: str, on: date, desk: Desk) -> None:
    """Enter the last day of a person's post; raises E0301, E0354."""
    _tell(session, people.leave_staff(session, name, on), on, closed=True, desk=desk)


def note(session: Session, name: str, on: date, entry: StaffEntry, text: str, desk: Desk) -> None:
    """Enter something into a person's own record; raises E0354."""
    row = people.record_staff(session, name, on, entry, text)
    _tell(session, row, on, closed=_RIGHT.get(entry), desk=desk)


def _tell(session: Session, row: StaffRow, on: date, *, closed: bool | None, desk: Desk) -> None:
    stream, tag = office_stream(session, f"staff:{row.id}"), Tag.OFFICE_STAFF_CHANGE
    record(session, stream, tag, desk.at, desk.actor, desk.key, on=on.isoformat(), closed=closed)
