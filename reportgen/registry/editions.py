"""Lists entered with their event: every edition that subjects are compared with is in a chain."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlmodel import Session

from reportgen.registry.events import Tag, office_stream, record
from reportgen.registry.lifecycle import Desk
from reportgen.store.engine import Store
from reportgen.store.lists import File, ImportedList, import_lists

_LISTS = "list"
"""One chain for all lists: what a list is called may be no plain code."""


def enter_lists(store: Store, path: Path, source: str, collected_on: date, desk: Desk) -> list[ImportedList]:
    """Enter every list of a file in place of the edition before; raises what `import_lists` raises."""

    def tell(session: Session, file: File, told: Sequence[ImportedList]) -> None:
        stream = office_stream(session, _LISTS)
        said = {"sha256": file.sha256, "on": file.collected_on.isoformat()}
        rows = sum(item.entries for item in told)
        record(session, stream, Tag.LIST_EDITION_IMPORT, desk.at, desk.actor, desk.key, rows=rows, **said)

    return import_lists(store, path, source, collected_on, desk.at, tell)
