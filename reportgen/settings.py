"""Where packaged assets lie, and the office's settings: `reportgen.toml` and `REPORTGEN_*`.

The folders `templates/`, `fonts/` and `sample_subjects/` stand at the repository's root and travel
inside the wheel under `reportgen/_assets/`; `asset_dir` finds either.
"""

import os
import re
import secrets
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reportgen.errors import ReportgenError
from reportgen.files import PRIVATE, create_whole, unreadable

OFFICE_FILE = "reportgen.toml"
DATABASE_FILE = "office.sqlite3"
FILES_FOLDER = "files"
ARCHIVE_FOLDER = "archive"
"""Beside the folder of files: the long-term copies, under their originals' names."""
SECRET_FILE = "office.secret"  # noqa: S105 - a file name
_SECRET_BYTES = 32
# Parts of the parser's messages and what they mean to the writer of the file; the first that fits.
_SYNTAX = (
    ("Expected '='", "键之后应为等号"),
    ("Cannot", "键或表重复"),
    ("Duplicate", "键或表重复"),
    ("Invalid value", "值有误，文字须加引号"),
    ("Unterminated", "引号没有闭合"),
    ('Expected "\'"', "引号没有闭合"),
    ("Unclosed", "括号没有闭合"),
    ("Expected newline", "一行只能写一项"),
    ("Illegal character", "含控制字符或引号没有闭合"),
    ("Unescaped", "引号内有不认识的转义"),
)
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

    def has_secret(self) -> bool:
        """Say whether the office secret was made already, or put back."""
        return self._secret_file().exists()

    def _secret_file(self) -> Path:
        return Path(os.environ.get("REPORTGEN_SECRET_FILE") or self.folder / SECRET_FILE)

    def secret(self) -> bytes:
        """Return the office secret from REPORTGEN_SECRET_FILE or the office folder, made on first use.

        The secret derives verification codes, so it never enters settings, arguments or logs. The
        packaged sample office has no register to verify against: its secret lives for one process.
        Raises E0901 where it can neither be read nor written, E0902 where it is under 32 bytes.
        """
        if (
            not os.environ.get("REPORTGEN_SECRET_FILE")
            and self.folder.resolve() == asset_dir("sample_subjects") / "office"
        ):
            return _PASSING_SECRET
        path = self._secret_file()
        try:
            if not path.exists():
                create_whole(path, secrets.token_bytes(_SECRET_BYTES), PRIVATE)
            content = path.read_bytes()
        except OSError as error:
            raise ReportgenError("E0901", file=str(path), detail=error.strerror or str(error)) from error
        if len(content) < _SECRET_BYTES:
            raise ReportgenError("E0902", file=str(path), size=len(content), least=_SECRET_BYTES)
        return content


def database_url(office: Office) -> str:
    """Return the URL of the office's database: REPORTGEN_DATABASE_URL, else SQLite in the office's folder."""
    file = (office.folder / DATABASE_FILE).resolve()
    return os.environ.get("REPORTGEN_DATABASE_URL") or f"sqlite:///{file}"


def has_database(office: Office) -> bool:
    """Say whether the office keeps a register: one in its folder, or one that REPORTGEN_DATABASE_URL names."""
    return bool(os.environ.get("REPORTGEN_DATABASE_URL")) or (office.folder / DATABASE_FILE).is_file()


def files_dir(office: Office) -> Path:
    """Return the folder in which the office keeps the reports it issued, where REPORTGEN_STORE names no other place."""
    return office.folder / FILES_FOLDER


def store_url() -> str:
    """Return the URL of the store in which the office keeps its files: REPORTGEN_STORE, nothing where it is not set."""
    return os.environ.get("REPORTGEN_STORE", "")


def find_office(folder: Path | None = None) -> Office | None:
    """Return the office in `folder`, in REPORTGEN_OFFICE or in the working folder; None where there is none."""
    base = folder or Path(os.environ.get("REPORTGEN_OFFICE") or Path.cwd())
    path = base / OFFICE_FILE
    return read_office(path) if path.is_file() else None


def read_office(path: Path) -> Office:
    """Read an office's settings file; raises E0302 (unreadable), E0304 (no UTF-8), E0312 (no TOML)."""
    try:
        return Office(path.parent, tomllib.loads(path.read_text("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise ReportgenError("E0304", path=str(path), file=path.name, offset=error.start + 1) from error
    except OSError as error:
        raise unreadable(path, error) from error
    except tomllib.TOMLDecodeError as error:
        raise ReportgenError("E0312", path=str(path), detail=_toml_fault(str(error))) from error
    except RecursionError as error:
        raise ReportgenError("E0312", path=str(path), detail="嵌套过深") from error


def _toml_fault(message: str) -> str:
    said = next((chinese for part, chinese in _SYNTAX if part in message), f"语法有误（{message}）")
    place = re.search(r"\(at line (\d+), column (\d+)\)", message)
    where = f"第 {place[1]} 行第 {place[2]} 列" if place else "文件末尾"
    return f"{where}：{said}"
