"""Whole files: no reader sees a half, and no crash leaves one."""

from pathlib import Path

import pytest

from reportgen.errors import ReportgenError
from reportgen.files import PRIVATE, create_whole, write_whole


@pytest.mark.parametrize("write", [write_whole, create_whole])
def test_a_file_appears_whole_or_not_at_all(
    write: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report.pdf"
    target.write_bytes(b"before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reportgen.files.os.fsync", full)
    assert callable(write)
    with pytest.raises(ReportgenError) as caught:
        write(target, b"after")
    assert caught.value.code == "E0901"
    assert target.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["report.pdf"]


def test_the_newer_file_takes_the_place_of_the_older(tmp_path: Path) -> None:
    target = tmp_path / "new" / "report.pdf"
    assert write_whole(target, b"first") == target
    write_whole(target, b"second")
    assert target.read_bytes() == b"second"
    assert target.stat().st_mode & 0o777 == 0o644


def test_the_first_of_several_writers_wins(tmp_path: Path) -> None:
    target = tmp_path / "secret"
    create_whole(target, b"first", PRIVATE)
    create_whole(target, b"second", PRIVATE)
    assert target.read_bytes() == b"first"
    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
