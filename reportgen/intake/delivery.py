"""Deliveries from YAML or JSON files: one `source` stands where a whole subject has its `sources`."""

from pathlib import Path

from reportgen.intake.files import load, reading_of, subject_in
from reportgen.plain import read_plain
from reportgen.subject.delivery import Delivery
from reportgen.subject.model import Subject


def load_delivery(path: Path) -> Delivery:
    """Read a delivery; raises E0301 with every fault by its path, or what `read_plain` raises."""
    return load(path, Delivery)


def load_told(path: Path) -> Subject | Delivery:
    """Read a whole subject or what one source says of one; raises E0301, or what `read_plain` raises."""
    plain = read_plain(path)
    of_one_source = "source" in plain.data and "sources" not in plain.data
    return reading_of(path, plain, Delivery).result() if of_one_source else subject_in(path, plain).result()
