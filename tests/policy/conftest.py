"""A folder of packs for each edit."""

from pathlib import Path

import pytest

from reportgen.policy.loader import CITATIONS
from tests.policy.packs import NATIONAL, SHELF, Edit, Packs, edited


@pytest.fixture
def packs(tmp_path: Path) -> Packs:
    """Write the shipped pack and its citations with some texts replaced; return the folder."""
    count = 0

    def write(*edits: Edit, shelf: tuple[Edit, ...] = ()) -> Path:
        # A pack is read once per path, so every edit gets a folder of its own.
        nonlocal count
        count += 1
        folder = tmp_path / str(count)
        folder.mkdir()
        (folder / "national.yaml").write_text(edited(NATIONAL, edits), encoding="utf-8")
        (folder / CITATIONS).write_text(edited(SHELF, shelf), encoding="utf-8")
        return folder

    return write
