"""Whether a workbook (XLSX) that a stranger made may be opened.

A workbook is a ZIP of XML: what it unpacks to is bounded by what its directory says, which the reader of the ZIP
holds it to, and an XML part that declares entities is refused. Links to other workbooks are never followed.
"""

import re
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from reportgen.errors import ReportgenError
from reportgen.files import irregular, unreadable

SIZE_LIMIT, UNPACKED_LIMIT, MOST_PARTS = 64 * 1024 * 1024, 512 * 1024 * 1024, 1000
_CHUNK = 1 << 20
_DECLARES = re.compile(
    rb"<\x00?!\x00?(?:D\x00?O\x00?C\x00?T\x00?Y\x00?P\x00?E|E\x00?N\x00?T\x00?I\x00?T\x00?Y)"
)
_COMPOUND, _ENCRYPTED = b"\xd0\xcf\x11\xe0", "EncryptedPackage".encode("utf-16-le")
"""How a file of the old kind begins, and what such a file names where it hides a workbook behind a password."""
_LINKS = "xl/externalLinks/"


class UnfitError(Exception):
    """Why a file is no table that can be read, in Chinese."""


def require_file(path: Path, limit: int) -> None:
    """Refuse what is no file (E0302), or a larger one than `limit` bytes (E0303)."""
    try:
        if not path.is_file():
            raise irregular(path)
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        # A name with a null character is no path at all: ValueError.
        raise unreadable(path, error) from error
    if size > limit:
        raise ReportgenError("E0303", path=str(path), file=path.name, size=size, limit=limit)


def require_harmless(path: Path, most: int | None = None) -> bool:
    """Refuse a workbook that would do harm, and say whether it links to other files.

    `most`: bytes that it may unpack to, if fewer than usual. Raises E0303 (it is or unpacks to too much), UnfitError
    (no workbook, or one that declares entities).
    """
    require_file(path, SIZE_LIMIT)
    try:
        with ZipFile(path) as packed:
            parts = packed.infolist()
            unpacked = sum(part.file_size for part in parts)
            limit = UNPACKED_LIMIT if most is None else most
            if len(parts) > MOST_PARTS or unpacked > limit:
                raise ReportgenError("E0303", path=str(path), file=path.name, size=unpacked, limit=limit)
            if any(_declares(packed, part.filename) for part in parts):
                raise UnfitError("工作簿的 XML 含有实体声明")
            return any(part.filename.startswith(_LINKS) for part in parts)
    except (BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise UnfitError(_no_workbook(path)) from error


def _no_workbook(path: Path) -> str:
    content = path.read_bytes()
    if content.startswith(_COMPOUND):
        locked = _ENCRYPTED in content
        return "工作簿有密码，请先解除密码" if locked else "是 .xls 改的名，请用 Excel 或 WPS 另存为 .xlsx"
    return "不是 XLSX 工作簿；.xls 与网页请用 Excel 或 WPS 另存为 .xlsx，损坏的请重新取得"


def _declares(packed: ZipFile, name: str) -> bool:
    if not name.endswith((".xml", ".rels", ".vml")):
        return False
    with packed.open(name) as part:
        tail = b""
        while chunk := part.read(_CHUNK):
            if _DECLARES.search(tail + chunk):
                return True
            tail = chunk[-32:]
    return False
