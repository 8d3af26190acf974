"""An office that knows a few generated subjects and projects, made once a run and copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from reportgen.batch import job
from tests.batching import MOMENT, Sample


@pytest.fixture
def sample(batch_office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sample]:
    """Return the office of a test, at half past nine."""
    for name in ("REPORTGEN_DATABASE_URL", "REPORTGEN_SECRET_FILE", "REPORTGEN_OFFICE", "REPORTGEN_STORE"):
        monkeypatch.delenv(name, raising=False)
    folder = shutil.copytree(batch_office, tmp_path / "office")
    with time_machine.travel(MOMENT, tick=True):
        yield Sample(folder)
    job.close()
