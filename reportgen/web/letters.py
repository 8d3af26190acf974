"""Letters of authority (授权书) and other papers that come with a form: PDF, JPEG or PNG by what they are, not by their names."""

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath

from fastapi.responses import Response

from reportgen.errors import Fault, ReportgenError
from reportgen.registry.uploads import received_name
from reportgen.web.door import Sent
from reportgen.web.house import House
from reportgen.web.pages import attached

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


def keeping(house: House, sent: Sent) -> AbstractContextManager[Kept]:
    """Keep a sound paper as `keeping_file` does."""
    return keeping_file(house, sent.data, _ending(sent.data))


@contextmanager
def keeping_file(house: House, data: bytes, ending: str) -> Iterator[Kept]:
    """Keep what was handed in among the office's files, unless what it is kept for comes to nothing; raises E0901, E0913."""
    name = received_name(ending)
    house.press.files.write(name, data)
    try:
        yield Kept(name, hashlib.sha256(data).hexdigest())
    except BaseException:
        house.press.files.remove(name)
        raise


def sent_letter(house: House, kept: Kept, called: str) -> Response:
    """Return a letter of authority as it was received; raises E0203 (there is none), E0909 (lost, or not the same any more)."""
    if not kept.file:
        raise ReportgenError("E0203")
    content = house.press.files.read(kept.file)
    if content is None or hashlib.sha256(content).hexdigest() != kept.sha256:
        raise ReportgenError("E0909", file=kept.file, detail="授权书不在，或与收到时的不同")
    ending = PurePosixPath(kept.file).suffix
    return attached(content, f"{called}{ending}", KINDS.get(ending, "application/octet-stream"))


def _ending(data: bytes) -> str:
    return next((ending for begin, ending in _BEGIN.items() if data.startswith(begin)), "")
