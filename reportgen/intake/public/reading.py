"""A PDF of a stranger, read in a process of its own: it may take so much time and memory and no more."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from reportgen.errors import ReportgenError
from reportgen.sheets.harmless import require_file

LARGEST = 32 * 1024 * 1024
"""Bytes of a PDF that is still read."""
_READER = Path(__file__).with_name("cells.py")
_SECONDS = 120
"""Twice the time that the reader allows itself on the processor."""
Page = dict[str, Any]


def content_of(path: Path) -> bytes:
    """Return what is in a PDF; raises E0302, E0303 (over 32 MiB: it is not read at all)."""
    require_file(path, LARGEST)
    return path.read_bytes()


def pages_in(path: Path, data: bytes) -> list[Page]:
    """Return the pages of a PDF as `cells.pages_of` tells them.

    Raises E0390 (no sound PDF, locked, too many pages, too slow to read).
    """
    # Isolated: neither the folder nor the environment of the caller can put code before the library's.
    words = [sys.executable, "-I", str(_READER)]
    try:
        done = subprocess.run(words, input=data, capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603
        told = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        detail = "读取时超出时限或内存上限，文件可能已损坏"
        raise ReportgenError("E0390", path=str(path), detail=detail) from error
    if "unfit" in told:
        raise ReportgenError("E0390", path=str(path), detail=told["unfit"])
    pages: list[Page] = told["pages"]
    return pages
