"""Letters of authority (授权书) and other papers that come with a form: PDF, JPEG or PNG by what they are, not by their names."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from reportgen.errors import Fault
from reportgen.registry.uploads import received_name
from reportgen.web.door import Sent
from reportgen.web.house import House

LARGEST = 10 * 1024 * 1024
KINDS = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".png": "image/png"}
"""What the papers that are kept are, by the ends of their names."""
_BEGIN = {b"%PDF-": ".pdf", b"\xff\xd8\xff": ".jpg", b"\x89PNG\r\n\x1a\n": ".png"}


@dataclass(frozen=True)
class Kept:
    """A paper among the office's files: its name there, and its hash."""

    file: str
    sha256: str


def letter_faults(sent: Sent | None, field: str, called: str = "授权书") -> list[Fault]:
    """Return what is wrong with a letter, or a paper called so: none was chosen, another kind of file, too large a one."""
    if sent is None:
        return [Fault("E0301", field, f"请选择{called}文件")]
    if len(sent.data) > LARGEST:
        return [Fault("E0301", field, "文件超过 10 MB，请压缩或降低扫描分辨率后再交")]
    if not _ending(sent.data):
        return [Fault("E0301", field, "不是 PDF、JPEG 或 PNG 文件")]
    return []


@contextmanager
def keeping(house: House, sent: Sent) -> Iterator[Kept]:
    """Keep a sound paper among the office's files, unless what it is kept for comes to nothing; raises E0901, E0913."""
    name = received_name(_ending(sent.data))
    house.press.files.write(name, sent.data)
    try:
        yield Kept(name, hashlib.sha256(sent.data).hexdigest())
    except BaseException:
        house.press.files.remove(name)
        raise


def _ending(data: bytes) -> str:
    return next((ending for begin, ending in _BEGIN.items() if data.startswith(begin)), "")
