"""How often reports are looked up, by day, way and outcome: counts alone, for nothing of a person may be kept.

They are gathered in memory and written every few seconds, for a look-up must wait for no other's write; what a
crash loses is a few seconds of counting.
"""

import threading
from collections import Counter
from datetime import date
from enum import StrEnum

from sqlmodel import Session

from reportgen.registry.look_rows import LookRow
from reportgen.store.engine import Store
from reportgen.store.rows import add_up
from reportgen.zone import now

SECONDS = 5


class Way(StrEnum):
    """How a report was looked up."""

    LINK = "LINK"
    PAPER = "PAPER"
    FILE = "FILE"
    API = "API"


class Looks:
    """Counts of looks, written by whoever looks when the last writing is some seconds ago."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._counts: Counter[tuple[date, str, str, str]] = Counter()

    def count(self, way: Way, number: str, outcome: str) -> None:
        """Count one look; `number` is that of a report that the register knows, nothing for any other."""
        with self._lock:
            self._counts[now().date(), way, number, outcome] += 1

    def flush(self) -> None:
        """Write what was counted; raises E0903, E0904, and then counts it again later."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        if not taken:
            return
        try:
            self._store.write(lambda session: _add(session, taken))
        except BaseException:
            with self._lock:
                self._counts += taken
            raise


def _add(session: Session, counts: Counter[tuple[date, str, str, str]]) -> None:
    # One statement for all of them: whoever uses a report waits for this to end. Sorted, two processes cannot
    # wait for each other.
    rows = [
        {"day": day, "way": way, "number": number, "outcome": outcome, "count": count}
        for (day, way, number, outcome), count in sorted(counts.items())
    ]
    add_up(session, LookRow, "count", rows)
