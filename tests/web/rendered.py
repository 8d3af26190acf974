"""What the portal's processes do in tests, at a time and a pace of the test's."""

import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import time_machine

from reportgen import pipeline
from reportgen.document.typeset import Typeset
from reportgen.web import rendering
from reportgen.zone import CHINA

MOMENT = "2026-11-22 09:30:00+08:00"
HANG, SLOW = "hang", "slow"
"""Files of the office that make the one report during which they are found take for ever, or two seconds."""


def render(pipe: Connection, folder: str, name: str) -> None:
    """Render at the moment of the tests, in no time but where a file says otherwise."""

    def typeset(judged: pipeline.Judged, identity: Any) -> Typeset:
        for file, seconds in ((HANG, 600), (SLOW, 2)):
            if (Path(folder) / file).exists():
                (Path(folder) / file).unlink()
                time.sleep(seconds)
        return Typeset(f"{identity.number} {judged.assessment.sentence}".encode(), 1)

    pipeline.typeset = typeset
    rendering._warm = lambda place: None
    with time_machine.travel(MOMENT, tick=True):
        rendering.render(pipe, folder, name)


def at_its_moment(work: Callable[..., Any], *given: Any) -> Any:
    """Do a piece of work while the clock stands at the moment that it is given, which comes last."""
    with time_machine.travel(given[-1].replace(tzinfo=CHINA), tick=True):
        return work(*given)


def really(pipe: Connection, folder: str, name: str) -> None:
    """Render at the moment of the tests, as the portal's processes do."""
    with time_machine.travel(MOMENT, tick=True):
        rendering.render(pipe, folder, name)
