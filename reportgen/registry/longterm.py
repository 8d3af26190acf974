"""长期保存: the copies with data of long-term validity that the office keeps beside what it issued.

A copy lies in a folder of its own under its original's name, so that it goes where the original has to go. The
register knows nothing of it and the original is never touched.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from sqlmodel import Session, col, or_, select

from reportgen.certify.facts import Trust
from reportgen.certify.longterm import Refreshed, last_stamped, refresh
from reportgen.certify.stamps import Stamper
from reportgen.errors import ReportgenError
from reportgen.registry.lifecycle import by_number
from reportgen.registry.tables import NoticeRow, ReportRow, State
from reportgen.settings import ARCHIVE_FOLDER
from reportgen.store.files import Files


@dataclass(frozen=True)
class Original:
    """A signed report or 更正通知书 whose file the office keeps."""

    number: str
    file: str
    sha256: str
    issued_at: datetime


def originals(session: Session, numbers: Collection[str] = ()) -> list[Original]:
    """Return what is kept under some numbers, a report's with its notices, or else all that was signed.

    Raises E0502 (unknown), E0605 (its file was erased, or never was).
    """
    report, notice = ReportRow, NoticeRow
    # What is 签发中 may have no file yet; a void number has none.
    kept = (col(report.file).is_not(None), col(report.state).not_in([State.RENDERING, State.VOID]))
    reports = select(report.number, report.file, report.sha256, report.issued_at).where(*kept)
    notices = select(notice.number, notice.file, notice.sha256, notice.issued_at).join(report)
    notices = notices.where(col(notice.file).is_not(None), notice.sha256 != "")
    if numbers:
        reports = reports.where(col(report.number).in_(numbers))
        notices = notices.where(or_(col(notice.number).in_(numbers), col(report.number).in_(numbers)))
    else:
        signed = col(report.key_id).is_not(None)
        reports, notices = reports.where(signed), notices.where(signed)
    found = [*session.exec(reports).all(), *session.exec(notices).all()]
    known = sorted((Original(*row) for row in found), key=attrgetter("number"))
    for number in set(numbers) - {one.number for one in known}:
        raise ReportgenError("E0605", number=by_number(session, number).number, state="没有文件可保存")
    return known


@dataclass(frozen=True)
class Archive:
    """The office's long-term copies: its files, whom it trusts, and who stamps times."""

    files: Files
    trust: Trust
    stamper: Stamper

    @property
    def copies(self) -> Files:
        """Return where the copies lie, each under its original's name."""
        return self.files.beside(ARCHIVE_FOLDER)

    def stamped_before(self, original: Original, day: date) -> bool:
        """Say whether the last time stamp is from before a day: the copy's, else that of issue; raises E0808."""
        copy = self.copies.read(original.file)
        last = last_stamped(copy) if copy is not None else None
        return (last or original.issued_at).date() < day

    def refresh(self, original: Original, at: datetime) -> Refreshed:
        """Write the next copy of an original.

        Raises E0909 (the original is lost or altered, or the copy is none of it), E0901, E0913, and what
        `certify.longterm.refresh` raises.
        """
        content = self.files.read(original.file)
        if content is None:
            raise ReportgenError("E0909", file=original.file, detail="没有这个文件")
        if hashlib.sha256(content).hexdigest() != original.sha256:
            raise ReportgenError("E0909", file=original.file, detail="内容与登记的散列值不符")
        name = f"{ARCHIVE_FOLDER}/{original.file}"
        copy = self.copies.read(original.file) or content
        if not copy.startswith(content):
            raise ReportgenError("E0909", file=name, detail="开头不是登记的原件")
        done = refresh(copy, self.trust, self.stamper, at)
        self.copies.write(original.file, done.pdf)
        return done
