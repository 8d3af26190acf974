"""The process that `test_pulls` kills: it pulls from one database into another, and dies before it says that it is done."""

import os
import signal
import sys
from typing import Any

from reportgen.registry.pulls import pull
from reportgen.store import pulls
from reportgen.store.engine import open_store
from tests.agency import Agency
from tests.registry.lives import DESK


def die(*_: Any) -> None:
    """Die at once, with everything entered and nothing committed."""
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    pulls.set_marks = die  # type: ignore[assignment] # it never returns
    with Agency(sys.argv[2], None, "").opened() as database:
        open_store(sys.argv[1]).write(
            lambda session: pull(session, database, DESK, whole=False, going_on=False)
        )
