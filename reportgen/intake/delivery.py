"""Deliveries from YAML or JSON files: one `source` stands where a whole subject has its `sources`."""

from pathlib import Path

from reportgen.intake.files import reading_of, subject_in
from reportgen.plain import Plain
from reportgen.subject.delivery import Delivery
from reportgen.subject.model import Subject


def told_in(path: Path, plain: Plain) -> Subject | Delivery:
    """Return the subject, or what one source says of one, in what was read of a file; raises E0301 with every fault."""
    of_one_source = "source" in plain.data and "sources" not in plain.data
    return reading_of(path, plain, Delivery).result() if of_one_source else subject_in(path, plain).result()
