"""Writing a whole file: its name appears with the whole content or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reportgen.errors import ReportgenError

OPEN, PRIVATE = 0o644, 0o600
"""Readable by everybody, or by the owner alone."""


def write_whole(path: Path, content: bytes, mode: int = OPEN) -> Path:
    """Write a file, in place of an older one; raises E0901."""
    with _written(path, content, mode) as name:
        return name.replace(path)


def create_whole(path: Path, content: bytes, mode: int = OPEN) -> None:
    """Write a file where there is none; the first of several writers wins. Raises E0901."""
    with _written(path, content, mode) as name, suppress(FileExistsError):
        os.link(name, path)


@contextmanager
def _written(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".reportgen-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode)
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise ReportgenError("E0901", file=str(path), detail=error.strerror or str(error)) from error
