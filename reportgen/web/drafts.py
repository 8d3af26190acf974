"""Drafts (草稿) for the person at work: typeset in a process of their own, a few remembered, each with a deadline."""

import hashlib
import threading
from collections import OrderedDict
from datetime import datetime
from pathlib import Path

from reportgen import counter
from reportgen.pipeline import Judged, judged_again, means_of
from reportgen.registry.requests import Request
from reportgen.settings import OFFICE_FILE, Office, read_office
from reportgen.web.apart import Apart

DEADLINE = 60
"""Seconds that a draft may take, the wait for others before it included."""
_HELD = 16
"""Drafts that are remembered; each has half a megabyte."""


class Drafts:
    """What makes drafts, and those it made last."""

    def __init__(self, office: Office) -> None:
        self._folder = str(office.folder.resolve())
        self._lock = threading.Lock()
        self._apart = Apart(DEADLINE)
        self._held: OrderedDict[str, bytes] = OrderedDict()

    def pdf(self, judged: Judged, at: datetime) -> bytes:
        """Return the draft of a judgement; raises E0618 (too many at once), E0617 (it did not end), E0701."""
        key = _key(judged, at)
        with self._lock:
            held = self._held.get(key)
        if held is not None:
            return held
        made = self._made(judged.request, at)
        with self._lock:
            self._held[key] = made
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
        return made

    def close(self) -> None:
        """End the process."""
        self._apart.close()

    def _made(self, request: Request, at: datetime) -> bytes:
        return self._apart.do(_drafted, self._folder, request, at)


def _key(judged: Judged, at: datetime) -> str:
    """Return what two drafts that say the same have in common: facts, rules, what it is for, the day."""
    found = judged.assessment
    says = (
        found.snapshot_sha256,
        found.pack.sha256,
        judged.request.binding.model_dump_json(),
        judged.issuer.model_dump_json(),
        f"{at:%Y-%m-%d}",
    )
    return hashlib.sha256("\x1f".join(says).encode()).hexdigest()


def _drafted(folder: str, request: Request, at: datetime) -> bytes:
    place = read_office(Path(folder) / OFFICE_FILE)
    return counter.draft_of(judged_again(request, means_of(place, at)), place.secret(), at)
