"""What is dear to make is made once a run, by whichever of its processes asks first."""

import fcntl
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Once = Callable[[str, Callable[[], Any]], Any]
"""Takes a name and what makes it; the name stands for everything the making depends on."""


def once(folder: Path, name: str, make: Callable[[], T]) -> T:
    """Return what was made under a name, from the run's own folder; made now where nobody did before."""
    path = folder / f"{name}.pickle"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            made: T = pickle.loads(path.read_bytes())
            return made
        made = make()
        path.write_bytes(pickle.dumps(made))
        return made
