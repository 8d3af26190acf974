"""Where an office's files lie: in a folder, or as objects of the store that `REPORTGEN_STORE` names.

Either way a file appears whole or not at all, and its name leads nowhere else. Of a store only such kinds are
taken as put an object whole: what was half sent is never there. Who may use the store is told by the
environment (`AWS_ACCESS_KEY_ID` …) or by the provider's own files, never by the address.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from reportgen.errors import ReportgenError
from reportgen.files import UNFINISHED, filling, write_whole
from reportgen.settings import FILES_FOLDER, Office, files_dir, store_url
from reportgen.store.objects import PROTOCOLS, Objects
from reportgen.zone import CHINA

_FOLDER = "file"


class Files(Protocol):
    """An office's files by their names, such as 2026/11/编号.pdf; each method raises E0901, or E0913 of a store."""

    def where(self, name: str = "") -> str:
        """Return where a file lies, or all of them, as a person is told: a path or a URL."""

    def write(self, name: str, content: bytes) -> None:
        """Write a whole file, in place of an older one."""

    def read(self, name: str) -> bytes | None:
        """Return a file's content; None where there is no such file."""

    def remove(self, name: str) -> None:
        """Remove a file where there is one."""

    def names(self) -> list[str]:
        """Return the names of all files, in their order."""

    def older(self, name: str, before: datetime) -> bool:
        """Say whether there is a file and nobody has written to it since a moment of China."""

    def abandoned(self, name: str, before: datetime) -> bool:
        """Say whether a file was never finished and nobody has written to it since a moment of China."""

    def empty(self) -> bool:
        """Say whether there is no file at all."""

    def fill(self, parts: Iterable[tuple[str, bytes]]) -> None:
        """Write many files where there is none: all of them or, after an error, none."""

    def beside(self, folder: str) -> "Files":
        """Return the files of a folder beside these."""

    def answer(self) -> None:
        """Find out whether files can be read here, and in a folder also be written."""


def files_of(office: Office) -> Files:
    """Return where an office's files lie; raises E0914 (REPORTGEN_STORE cannot be used)."""
    url = store_url()
    if not url:
        return Folder(files_dir(office))
    _require_usable(url)
    parts = urlsplit(url)
    if parts.scheme == _FOLDER:
        return Folder(Path(unquote(parts.path)) / FILES_FOLDER)
    return Objects(f"{url.rstrip('/')}/{FILES_FOLDER}")


@dataclass(frozen=True)
class Folder:
    """Files of a folder of this machine, or of one that several machines share."""

    path: Path

    def where(self, name: str = "") -> str:
        """Return a file's path."""
        return str(self.path / name)

    def write(self, name: str, content: bytes) -> None:
        """Write a whole file; raises E0901."""
        write_whole(self._inside(name), content)

    def read(self, name: str) -> bytes | None:
        """Return a file's content; None where there is no such file. Raises E0901."""
        path = self._inside(name)
        try:
            return path.read_bytes()
        except (FileNotFoundError, IsADirectoryError):
            return None
        except OSError as error:
            raise _failed(name, error) from error

    def remove(self, name: str) -> None:
        """Remove a file where there is one; raises E0901."""
        path = self._inside(name)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _failed(name, error) from error

    def names(self) -> list[str]:
        """Return the names of all files, those not finished among them."""
        return sorted(p.relative_to(self.path).as_posix() for p in self.path.rglob("*") if p.is_file())

    def older(self, name: str, before: datetime) -> bool:
        """Say whether there is a file and nobody has written to it since."""
        try:
            return self._inside(name).stat().st_mtime < before.replace(tzinfo=CHINA).timestamp()
        except FileNotFoundError:
            return False

    def abandoned(self, name: str, before: datetime) -> bool:
        """Say whether a file was never finished and nobody has written to it since."""
        # Where it is gone, whoever was writing it has finished meanwhile.
        return (self.path / name).name.startswith(UNFINISHED) and self.older(name, before)

    def empty(self) -> bool:
        """Say whether there is nothing at all."""
        return not self.path.exists() or not any(self.path.iterdir())

    def fill(self, parts: Iterable[tuple[str, bytes]]) -> None:
        """Put every file into a folder of its own first, which then takes the place of the empty one."""
        with filling(self.path) as made:
            for name, content in parts:
                path = made / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)

    def beside(self, folder: str) -> "Folder":
        """Return the files of a folder beside this one."""
        return Folder(self.path.with_name(folder))

    def answer(self) -> None:
        """Find out whether files can be written here; raises E0901."""
        place = next(path for path in (self.path, *self.path.absolute().parents) if path.exists())
        if not os.access(place, os.W_OK | os.X_OK):
            raise ReportgenError("E0901", file=str(self.path), detail="没有写入的权限")

    def _inside(self, name: str) -> Path:
        path = self.path / name
        if not path.resolve().is_relative_to(self.path.resolve()):
            raise ReportgenError("E0901", file=name, detail="不在机构的文件夹之内")
        return path


def _require_usable(url: str) -> None:
    """Raise E0914 for an address that is no store's, or that holds what nobody is to read there."""
    parts = urlsplit(url)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ReportgenError("E0914", detail="地址里不得有用户名、口令或参数")
    if parts.scheme == _FOLDER:
        good = parts.netloc in {"", "localhost"} and parts.path.startswith("/")
    else:
        good = parts.scheme in PROTOCOLS and bool(parts.netloc)
    if not good:
        known = "、".join(f"{name}://" for name in (_FOLDER, *PROTOCOLS))
        raise ReportgenError("E0914", detail=f"应是 {known} 之一开头的完整地址")


def _failed(name: str, error: OSError) -> ReportgenError:
    return ReportgenError("E0901", file=name, detail=error.strerror or str(error))
