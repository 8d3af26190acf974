"""A file that holds a 公共信用信息报告, told by its content: a PDF, or JSON with the heads of one."""

import hashlib
from pathlib import Path

from reportgen.errors import ReportgenError
from reportgen.intake.public.delivery import Reading, delivery_of
from reportgen.intake.public.layout import report_of
from reportgen.intake.public.reading import content_of, pages_in
from reportgen.intake.public.tree import is_report, report_in
from reportgen.plain import Plain, read_plain

_PDF = b"%PDF-"
_FIRST = 1024


def is_pdf(path: Path) -> bool:
    """Say whether a file begins as a PDF; one that cannot be read does not."""
    try:
        with path.open("rb") as file:
            # Readers take a file whose mark stands a little way in.
            return _PDF in file.read(_FIRST)
    except (OSError, ValueError):
        return False


def is_public_report(path: Path, plain: Plain) -> bool:
    """Say whether what was read of a file is JSON with the heads of a report."""
    return path.suffix.lower() == ".json" and is_report(plain.data)


def load_public_report(path: Path) -> Reading:
    """Read a report; the hash of the file is kept with the source.

    Raises E0302 (no such file), E0301 with every fault (JSON of another shape, no USCC, no day), E0303, E0304,
    E0305 (no sound JSON) and E0390 (no sound PDF, or none of such a report).
    """
    if not is_pdf(path):
        return public_report_in(path, read_plain(path))
    data = content_of(path)
    report = report_of(pages_in(path, data))
    if not report.basics:
        detail = "没有找到“基本信息”，不是公共信用信息报告，或是没有文字层的扫描件"
        raise ReportgenError("E0390", path=str(path), detail=detail)
    return delivery_of(report, path.name, hashlib.sha256(data).hexdigest())


def public_report_in(path: Path, plain: Plain) -> Reading:
    """Return the report in what was read of a JSON file; raises E0301 with every fault, as `load_public_report`."""
    report, faults = report_in(plain)
    if faults:
        raise ReportgenError("E0301", path=str(path), faults=faults)
    return delivery_of(report, path.name, hashlib.sha256(path.read_bytes()).hexdigest())
