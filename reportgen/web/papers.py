"""Documents that somebody at the portal asks for and waits for: made, signed and recorded in a process of their own.

What is asked for here is done there as the same person, by the office's own folder; `at` is the moment that counts.
"""

import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from fastapi.responses import Response

from reportgen import counter, uses
from reportgen.bundle import bundled
from reportgen.errors import ReportgenError
from reportgen.pipeline import correct
from reportgen.press import Press, open_press
from reportgen.registry import notices
from reportgen.registry.manifest import Scope
from reportgen.registry.tables import ReportRow
from reportgen.settings import OFFICE_FILE, Office, read_office
from reportgen.web.apart import Apart
from reportgen.web.pages import attached
from reportgen.web.rendering import DEADLINE

Line = tuple[str, str, str]
"""What a report says wrongly, what is right, and how it was found."""


class Papers:
    """What makes such documents; each method raises E0617 (it did not end) and E0618 (too many at once)."""

    def __init__(self, office: Office) -> None:
        self._folder = str(office.folder.resolve())
        self._apart = Apart(DEADLINE)

    def bundle(self, scope: Scope, login: str, at: datetime) -> bytes:
        """Return a project's bundle as one ZIP file; raises what `bundled` raises."""
        return self._apart.do(_bundle, self._folder, login, scope, at)

    def use_list(self, scope: Scope, recipient: str, login: str, at: datetime) -> uses.Paper:
        """Return the 核销清单 of a project; raises what `list_uses` raises."""
        return self._apart.do(_use_list, self._folder, login, scope, recipient, at)

    def voucher(self, number: str, recipient: str, login: str, at: datetime) -> uses.Paper:
        """Return the 核销凭证 of a report; raises what `vouch` raises."""
        return self._apart.do(_voucher, self._folder, login, number, recipient, at)

    def notice(self, number: str, lines: list[Line], login: str, at: datetime) -> str:
        """Issue a 更正通知书 of so many errors and return its number; raises what `correct` raises."""
        return self._apart.do(_notice, self._folder, login, number, lines, at)

    def successor(self, number: str, authorisation: str, reviewer: str, login: str, at: datetime) -> str:
        """Issue a report in the place of another and return its number; raises what `counter.supersede` raises."""
        return self._apart.do(_successor, self._folder, login, number, authorisation, reviewer, at)

    def close(self) -> None:
        """End the process."""
        self._apart.close()


def sent_notice(press: Press, row: ReportRow, number: str) -> Response:
    """Return a 更正通知书 of a report as it went out; raises E0203 (no such notice), E0909 (it is lost)."""
    found = press.store.read(lambda session: notices.sent(session, row, number))
    content = press.files.read(found.file or "")
    if content is None:
        raise ReportgenError("E0909", file=found.file, detail="没有这个文件")
    return attached(content, f"{number}.pdf", "application/pdf")


def _bundle(folder: str, login: str, scope: Scope, at: datetime) -> bytes:
    with _office(folder, login) as (place, press), tempfile.TemporaryDirectory() as out:
        bundled(scope, place, press, Path(out), at)
        return _zipped(Path(out))


def _use_list(folder: str, login: str, scope: Scope, recipient: str, at: datetime) -> uses.Paper:
    with _office(folder, login) as (place, press):
        return uses.list_uses(scope, recipient, place, press, at)


def _voucher(folder: str, login: str, number: str, recipient: str, at: datetime) -> uses.Paper:
    with _office(folder, login) as (place, press):
        return uses.vouch(number, recipient, place, press, at)


def _notice(folder: str, login: str, number: str, lines: list[Line], at: datetime) -> str:
    from reportgen.document.correction import Correction

    corrections = [Correction(*line) for line in lines]
    with _office(folder, login) as (place, press):
        return correct(number, corrections, place, press, at).number


def _successor(folder: str, login: str, number: str, authorisation: str, reviewer: str, at: datetime) -> str:
    with _office(folder, login) as (place, press):
        return counter.supersede(press, place, number, authorisation, reviewer, at).number


@contextmanager
def _office(folder: str, login: str) -> Iterator[tuple[Office, Press]]:
    place = read_office(Path(folder) / OFFICE_FILE)
    press = open_press(place, login)
    try:
        yield place, press
    finally:
        press.store.close()


def _zipped(folder: Path) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return made.getvalue()
