"""What a file that is no workbook tells of a subject: YAML, JSON or a public credit report, by its content."""

from dataclasses import dataclass
from pathlib import Path

from reportgen.intake.delivery import told_in
from reportgen.intake.public.files import is_pdf, is_public_report, load_public_report, public_report_in
from reportgen.plain import read_plain
from reportgen.subject.delivery import Delivery
from reportgen.subject.model import Subject


@dataclass(frozen=True)
class Told:
    """A subject or what one source says of it, and what was remarked as it was read, each with its place."""

    said: Subject | Delivery
    remarks: tuple[str, ...] = ()


def read_told(path: Path) -> Told:
    """Read a file; raises what `load_public_report`, `read_plain` and `told_in` raise."""
    if is_pdf(path):
        reading = load_public_report(path)
    else:
        plain = read_plain(path)
        if not is_public_report(path, plain):
            return Told(told_in(path, plain))
        reading = public_report_in(path, plain)
    return Told(reading.delivery, tuple(f"{remark.path}：{remark.text}" for remark in reading.remarks))
