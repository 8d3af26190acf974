"""The office's settings and its secret: read or refused with a code, made once and whole."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reportgen.errors import ReportgenError
from reportgen.settings import OFFICE_FILE, SECRET_FILE, Office, asset_dir, find_office, read_office


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what the machine that runs the tests may have set."""
    for name in ("REPORTGEN_SECRET_FILE", "REPORTGEN_OFFICE"):
        monkeypatch.delenv(name, raising=False)


def refused(content: bytes, folder: Path) -> ReportgenError:
    """Return the error with which a settings file is refused."""
    path = folder / OFFICE_FILE
    path.write_bytes(content)
    with pytest.raises(ReportgenError) as caught:
        read_office(path)
    assert caught.value.path == str(path)
    return caught.value


def test_a_secret_is_made_on_first_use_and_kept(tmp_path: Path) -> None:
    office = Office(tmp_path / "new", {})
    secret = office.secret()
    assert len(secret) == 32
    assert office.secret() == secret == (tmp_path / "new" / SECRET_FILE).read_bytes()
    assert (tmp_path / "new" / SECRET_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == [SECRET_FILE]


def test_all_who_use_a_new_office_at_once_get_the_same_secret(tmp_path: Path) -> None:
    office = Office(tmp_path, {})
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: office.secret(), range(64)))
    assert len(found) == 1
    assert [path.name for path in tmp_path.iterdir()] == [SECRET_FILE]


@pytest.mark.parametrize("size", [0, 1, 31])
def test_a_secret_that_was_cut_short_is_refused_and_left_alone(size: int, tmp_path: Path) -> None:
    (tmp_path / SECRET_FILE).write_bytes(b"x" * size)
    with pytest.raises(ReportgenError, match=f"只有 {size} 字节") as caught:
        Office(tmp_path, {}).secret()
    assert caught.value.code == "E0902"
    assert (tmp_path / SECRET_FILE).stat().st_size == size


def test_a_longer_secret_is_used_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / SECRET_FILE).write_bytes(b"x" * 33)
    assert Office(tmp_path, {}).secret() == b"x" * 33


def test_the_secret_may_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vault").write_bytes(b"y" * 32)
    monkeypatch.setenv("REPORTGEN_SECRET_FILE", str(tmp_path / "vault"))
    assert Office(tmp_path, {}).secret() == b"y" * 32
    assert not (tmp_path / SECRET_FILE).exists()


def test_a_secret_that_cannot_be_kept_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportgenError) as caught:
        Office(tmp_path / "file", {}).secret()
    assert caught.value.code == "E0901"


def test_the_packaged_office_writes_no_secret() -> None:
    office = read_office(asset_dir("sample_subjects") / "office" / OFFICE_FILE)
    before = sorted(path.name for path in office.folder.iterdir())
    assert len(office.secret()) == 32
    assert sorted(path.name for path in office.folder.iterdir()) == before


def test_a_byte_order_mark_is_no_part_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / OFFICE_FILE).write_bytes(b"\xef\xbb\xbf" + "[agency]\nname = '样例'\n".encode())
    office = find_office(tmp_path)
    assert office is not None
    assert office.data == {"agency": {"name": "样例"}}


def test_settings_in_an_old_encoding_are_refused_with_the_first_bad_byte(tmp_path: Path) -> None:
    error = refused("a = '样'".encode("gbk"), tmp_path)
    assert error.code == "E0304"
    assert "第 6 字节" in error.text()


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"a = 1\nb 2\n", "第 2 行第 3 列：键之后应为等号"),
        (b"a = 1\na = 2\n", "第 2 行第 6 列：键或表重复"),
        (b"a = x\n", "第 1 行第 5 列：值有误，文字须加引号"),
        (b"a = 'x", "文件末尾：引号没有闭合"),
        (b"a = " + b"[" * 5000, "嵌套过深"),
    ],
)
def test_settings_that_are_no_toml_are_refused_with_their_place(
    content: bytes, place: str, tmp_path: Path
) -> None:
    error = refused(content, tmp_path)
    assert error.code == "E0312"
    assert "TOML" in error.entry.what
    assert place in error.text()


def test_settings_that_cannot_be_read_are_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ReportgenError) as caught:
        read_office(tmp_path / OFFICE_FILE)
    assert caught.value.code == "E0302"
    (tmp_path / OFFICE_FILE).mkdir()
    with pytest.raises(ReportgenError) as caught:
        read_office(tmp_path / OFFICE_FILE)
    assert caught.value.code == "E0302"
    assert find_office(tmp_path) is None


def test_a_link_to_nowhere_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / SECRET_FILE).symlink_to(tmp_path / "nowhere")
    with pytest.raises(ReportgenError) as caught:
        Office(tmp_path, {}).secret()
    assert caught.value.code == "E0901"
