"""A file of one source is a delivery, one of several is a whole subject; faults have their lines."""

import json
from pathlib import Path

import pytest

from reportgen.errors import ReportgenError
from reportgen.intake.delivery import told_in
from reportgen.plain import read_plain
from reportgen.subject.delivery import Delivery
from reportgen.subject.model import Subject
from tests.factories import SUBJECT_USCC, record_data, source_data, subject_data, write_json, write_yaml

GIVEN = {
    "uscc": SUBJECT_USCC,
    "name": "样本甲建设有限公司",
    "source": source_data(commitment="承诺〔2026〕1 号，2026-11-01", sha256="0" * 64),
    "records": [record_data(location="第 3 页")],
}


def load_told(path: Path) -> Subject | Delivery:
    return told_in(path, read_plain(path))


@pytest.mark.parametrize("write", [write_yaml, write_json])
def test_a_delivery_is_told_by_its_one_source(write: object, tmp_path: Path) -> None:
    assert callable(write)
    path = write(tmp_path / "told.json" if write is write_json else tmp_path / "told.yaml", GIVEN)
    found = load_told(path)
    assert isinstance(found, Delivery)
    assert (found.source.commitment, found.records[0].location) == ("承诺〔2026〕1 号，2026-11-01", "第 3 页")


def test_a_file_with_sources_is_a_whole_subject(tmp_path: Path) -> None:
    assert isinstance(load_told(write_yaml(tmp_path / "s.yaml", subject_data())), Subject)


def test_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    faulty = {**GIVEN, "source": source_data(sha256="x"), "records": [record_data(kind="无")]}
    with pytest.raises(ReportgenError) as caught:
        load_told(write_yaml(tmp_path / "told.yaml", faulty))
    assert [fault.path for fault in caught.value.faults] == ["source.sha256", "records[0].kind"]
    assert all("行）" in fault.what for fault in caught.value.faults)


def test_a_file_that_is_neither_is_read_as_a_subject(tmp_path: Path) -> None:
    path = tmp_path / "both.json"
    path.write_text(json.dumps({**subject_data(), "source": source_data()}), "utf-8")
    with pytest.raises(ReportgenError) as caught:
        load_told(path)
    assert "source" in [fault.path for fault in caught.value.faults]
