"""Archives made to do harm: what they unpack to is looked at before they are unpacked, and what they claim is kept to."""

import tracemalloc
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from reportgen.errors import ReportgenError
from reportgen.sheets.harmless import UNPACKED_LIMIT, UnfitError, require_harmless

_SIZE, _LOCAL, _CENTRAL = 16 * 1024 * 1024, 22, 24
"""How much is packed, and where its size stands behind the marks of the two heads of a part."""


def packed(path: Path, claimed: int) -> Path:
    """Write an archive of one part of nothing but blanks, which says to be of another size."""
    with ZipFile(path, "w", ZIP_DEFLATED) as made:
        made.writestr("xl/worksheets/sheet1.xml", b" " * _SIZE)
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", _LOCAL), (b"PK\x01\x02", _CENTRAL)):
        start = data.index(mark) + offset
        assert data[start : start + 4] == _SIZE.to_bytes(4, "little")
        data[start : start + 4] = claimed.to_bytes(4, "little")
    path.write_bytes(data)
    return path


def test_a_bomb_is_refused_by_what_it_says_it_unpacks_to(tmp_path: Path) -> None:
    path = packed(tmp_path / "bomb.xlsx", UNPACKED_LIMIT + 1)
    assert path.stat().st_size < _SIZE / 500
    with pytest.raises(ReportgenError) as refused:
        require_harmless(path)
    assert refused.value.code == "E0303"


def test_a_bomb_that_says_it_is_small_is_not_unpacked(tmp_path: Path) -> None:
    path = packed(tmp_path / "liar.xlsx", 100)
    tracemalloc.start()
    with pytest.raises(UnfitError):
        require_harmless(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < _SIZE / 4
