"""Lists entered with their event: every edition that subjects are compared with is in a chain."""

from datetime import date
from pathlib import Path

from sqlmodel import Session

from reportgen.registry.events import Tag, office_stream, record
from reportgen.registry.lifecycle import Desk
from reportgen.store.lists import ImportedList, import_lists

_LISTS = "list"
"""One chain for all lists: what a list is called may be no plain code."""


def enter_lists(
    session: Session, path: Path, source: str, collected_on: date, desk: Desk
) -> list[ImportedList]:
    """Enter every list of a file in place of the edition before; raises E0353, E0380, E0381, E0382 and of files."""
    # Two who import the same list do so one after the other.
    stream = office_stream(session, _LISTS)
    sha256, told = import_lists(session, path, source, collected_on, desk.at)
    said = {"sha256": sha256, "on": collected_on.isoformat()}
    rows = sum(item.entries for item in told)
    record(session, stream, Tag.LIST_EDITION_IMPORT, desk.at, desk.actor, desk.key, rows=rows, **said)
    return told
