"""Where packaged assets lie, and the office's settings: `reportgen.toml` and `REPORTGEN_*`.

The folders `templates/`, `fonts/` and `sample_subjects/` stand at the repository's root and travel
inside the wheel under `reportgen/_assets/`; `asset_dir` finds either.
"""

import os
import secrets
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reportgen.errors import ReportgenError

OFFICE_FILE = "reportgen.toml"
SECRET_FILE = "office.secret"  # noqa: S105 - a file name
_SECRET_BYTES = 32
_PASSING_SECRET = secrets.token_bytes(_SECRET_BYTES)


@cache
def asset_dir(name: str) -> Path:
    """Return the folder of packaged assets `name`: templates, fonts or sample_subjects (E0702)."""
    here = Path(__file__).resolve().parent
    for folder in (here / "_assets" / name, here.parent / name):
        if folder.is_dir():
            return folder
    raise ReportgenError("E0702", asset=name)


@dataclass(frozen=True)
class Office:
    """An office: its folder, its settings as read, and where its secret comes from."""

    folder: Path
    data: dict[str, object]

    def secret(self) -> bytes:
        """Return the office secret from REPORTGEN_SECRET_FILE or the office folder, made on first use.

        The secret derives verification codes, so it never enters settings, arguments or logs. The
        packaged sample office has no register to verify against: its secret lives for one process.
        Raises E0901 where it can neither be read nor written.
        """
        if (
            not os.environ.get("REPORTGEN_SECRET_FILE")
            and self.folder == asset_dir("sample_subjects") / "office"
        ):
            return _PASSING_SECRET
        path = Path(os.environ.get("REPORTGEN_SECRET_FILE") or self.folder / SECRET_FILE)
        try:
            if not path.exists():
                _create_private(path, secrets.token_bytes(_SECRET_BYTES))
            return path.read_bytes()
        except OSError as error:
            raise ReportgenError("E0901", file=str(path), detail=error.strerror or str(error)) from error


def find_office(folder: Path | None = None) -> Office | None:
    """Return the office in `folder`, in REPORTGEN_OFFICE or in the working folder; None where there is none."""
    base = folder or Path(os.environ.get("REPORTGEN_OFFICE") or Path.cwd())
    path = base / OFFICE_FILE
    return read_office(path) if path.is_file() else None


def read_office(path: Path) -> Office:
    """Read an office's settings file; raises E0305 where it is no TOML, E0304 where it is no UTF-8."""
    try:
        return Office(path.parent, tomllib.loads(path.read_text("utf-8")))
    except UnicodeDecodeError as error:
        raise ReportgenError("E0304", file=str(path), offset=error.start) from error
    except tomllib.TOMLDecodeError as error:
        raise ReportgenError("E0305", path=str(path), detail=str(error)) from error


def _create_private(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
