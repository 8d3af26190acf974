"""The process that `test_rendering` starts: it renders as the portal's do, at a time and a pace of the test's."""

import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import time_machine

from reportgen import pipeline
from reportgen.document.typeset import Typeset
from reportgen.web import rendering

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
