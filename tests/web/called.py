"""The process that `test_calling` starts: it calls as the portal's does, at a moment of the test's."""

from multiprocessing.connection import Connection

import time_machine

from reportgen.web import calling
from tests.web.rendered import MOMENT


def call(pipe: Connection, folder: str) -> None:
    """Call webhooks at the moment of the tests."""
    with time_machine.travel(MOMENT, tick=True):
        calling.call(pipe, folder)
