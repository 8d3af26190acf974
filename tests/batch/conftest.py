"""An office that knows a few generated subjects and projects, made once a run and copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from reportgen.batch import job
from tests.batching import Sample, make_sample

MOMENT = "2026-11-22 09:30:00+08:00"


@pytest.fixture(scope="session")
def _sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "office"
    with time_machine.travel(MOMENT, tick=True):
        make_sample(folder)
    return folder


@pytest.fixture
def sample(_sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sample]:
    """Return the office of a test, at half past nine."""
    for name in ("REPORTGEN_DATABASE_URL", "REPORTGEN_SECRET_FILE", "REPORTGEN_OFFICE", "REPORTGEN_STORE"):
        monkeypatch.delenv(name, raising=False)
    folder = shutil.copytree(_sample, tmp_path / "office")
    with time_machine.travel(MOMENT, tick=True):
        yield Sample(folder)
    job.close()
