"""The typesetters that are compared, each set up as its own makers advise, with the same fonts and the same content.

A peer is a context manager that holds what a warm process holds. `prepare` does what every peer is spared (drawing
the charts, writing the data or the HTML); the work it returns is what is timed: from there to the bytes of a PDF.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

import psutil

from benchmarks.samples import Sample

Work = Callable[[], bytes]


class Peer(AbstractContextManager["Peer"], Protocol):
    """Something that makes a PDF of a sample."""

    def prepare(self, sample: Sample) -> Work:
        """Return the piece of work that is timed."""

    def helpers(self) -> list[psutil.Process]:
        """Return the processes that work for it beside its own."""
