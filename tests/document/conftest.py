"""The samples, each typeset once a run."""

from pathlib import Path

import pytest

from reportgen.pipeline import Issued
from tests.document.samples import SECRET, Press, issued
from tests.once import Once


@pytest.fixture
def secret(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all processes derive the same numbers."""
    path = tmp_path_factory.getbasetemp() / "secret"
    path.write_bytes(SECRET)
    monkeypatch.setenv("REPORTGEN_SECRET_FILE", str(path))


@pytest.fixture
def press(once: Once, tmp_path: Path, secret: None) -> Press:
    def get(name: str) -> tuple[Issued, Path]:
        done: Issued = once(f"report-{name}", lambda: issued(name, tmp_path))
        path = tmp_path / "report.pdf"
        path.write_bytes(done.pdf)
        return done, path

    return get
