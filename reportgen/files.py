"""Writing a whole file: its name appears with the whole content or not at all; and its hash."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from reportgen.errors import ReportgenError

OPEN, PRIVATE = 0o644, 0o600
"""Readable by everybody, or by the owner alone."""
_UNREADABLE: Mapping[type[Exception], str] = {
    FileNotFoundError: "不存在",
    IsADirectoryError: "是文件夹，不是文件",
    NotADirectoryError: "不存在",
    PermissionError: "没有读取的权限",
}
UNFINISHED = ".reportgen-"
"""How the name of a file begins that is still being written, or never was finished."""


def write_whole(path: Path, content: bytes, mode: int = OPEN) -> Path:
    """Write a file, in place of an older one; raises E0901."""
    with writing_whole(path, mode) as file:
        file.write(content)
    return path


def create_whole(path: Path, content: bytes, mode: int = OPEN) -> None:
    """Write a file where there is none; the first of several writers wins. Raises E0901."""

    def publish(name: Path) -> None:
        with suppress(FileExistsError):
            os.link(name, path)

    with _written(path, mode, publish) as file:
        file.write(content)


def unreadable(path: Path, error: Exception) -> ReportgenError:
    """Return the error of a file that cannot be read, with why: E0302."""
    why = next((said for kind, said in _UNREADABLE.items() if isinstance(error, kind)), "不可读")
    return ReportgenError("E0302", path=str(path), file=path.name or str(path), detail=why)


def irregular(path: Path) -> ReportgenError:
    """Return the error of what should be a file and is none, or none that has an end: E0302."""
    if path.is_dir():
        return unreadable(path, IsADirectoryError())
    return unreadable(path, OSError() if path.exists() else FileNotFoundError())


@contextmanager
def writing_whole(path: Path, mode: int = OPEN) -> Iterator[BinaryIO]:
    """Yield a file that takes its name, in place of an older one, once all of it is written; raises E0901."""
    with _written(path, mode, lambda name: name.replace(path)) as file:
        yield file


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read piece by piece; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def filling(folder: Path) -> Iterator[Path]:
    """Yield a folder to be filled, which then takes the place of an empty one or of none; raises E0901."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=UNFINISHED) as place:
            made = Path(place, folder.name)
            made.mkdir()
            yield made
            made.replace(folder)
    except OSError as error:
        raise ReportgenError("E0901", file=str(folder), detail=error.strerror or str(error)) from error


@contextmanager
def _written(path: Path, mode: int, publish: Callable[[Path], object]) -> Iterator[BinaryIO]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode)
            publish(Path(name))
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise ReportgenError("E0901", file=str(path), detail=error.strerror or str(error)) from error
