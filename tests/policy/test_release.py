"""A released pack stays as it is: its SHA-256 is on the list, and a changed file is refused."""

import json
from pathlib import Path

import pytest

from reportgen.errors import ReportgenError
from reportgen.policy.loader import RELEASED, load_pack, released
from scripts.release_pack import main, release
from tests.policy.packs import NATIONAL, Packs, building, edited, faults_of, sha256_of

MORE = ("total: 75,", "total: 76,")


def test_a_release_is_listed_with_its_fingerprint(packs: Packs) -> None:
    folder = packs()
    assert release(["national"], folder) == released(folder) == {"national": sha256_of(folder)}
    assert sorted(path.name for path in folder.iterdir()) == ["citations.yaml", "national.yaml", RELEASED]


def test_a_released_pack_that_changed_is_refused(packs: Packs, tmp_path: Path) -> None:
    listed, folder = release(["national"], packs()), packs(MORE)
    (folder / RELEASED).write_text(json.dumps(listed), encoding="utf-8")
    (fault,) = faults_of(folder)
    assert "已发布的规则包不得改动" in fault


def test_a_comment_in_a_released_pack_is_no_change(packs: Packs) -> None:
    listed, folder = release(["national"], packs()), packs(("name: national", "# 注\nname: national"))
    (folder / RELEASED).write_text(json.dumps(listed), encoding="utf-8")
    assert load_pack(folder / "national.yaml")


def test_a_pack_whose_released_base_changed_is_refused_too(packs: Packs) -> None:
    folder, changed = packs(), packs(MORE)
    building(folder, "")
    listed = release(["local"], folder)
    (changed / RELEASED).write_text(json.dumps(listed), encoding="utf-8")
    building(changed, "")
    assert "不得改动" in faults_of(changed, "local")[0]


def test_an_entry_is_never_changed(packs: Packs) -> None:
    listed, folder = release(["national"], packs()), packs(MORE)
    (folder / RELEASED).write_text(json.dumps(listed), encoding="utf-8")
    building(folder, "")
    with pytest.raises(ReportgenError, match="不得改动"):
        release(["national"], folder)
    with pytest.raises(ReportgenError, match="不得改动"):
        release(["local"], folder)
    assert released(folder) == listed


def test_a_second_release_changes_nothing(packs: Packs) -> None:
    folder = packs()
    assert release(["national"], folder) == release(["national"], folder)


def test_a_new_release_is_a_new_file(packs: Packs) -> None:
    folder = packs()
    release(["national"], folder)
    later = edited(NATIONAL, (MORE, ("released: 2026-11-22", "released: 2026-11-23")))
    (folder / "national-2.yaml").write_text(later, encoding="utf-8")
    assert set(release(["national-2"], folder)) == {"national", "national-2"}


@pytest.mark.parametrize("name", ["nothing", "citations"])
def test_what_is_no_pack_is_not_released(name: str, packs: Packs) -> None:
    folder = packs()
    with pytest.raises(ReportgenError) as caught:
        release([name], folder)
    assert caught.value.code == "E0341"
    assert released(folder) == {}


def test_a_faulty_pack_is_not_released(packs: Packs) -> None:
    folder = packs(("total: 75,", "total: 175,"))
    with pytest.raises(ReportgenError):
        release(["national"], folder)
    assert released(folder) == {}


def test_the_script_says_why_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nothing"]) == 3
    assert "E0341" in capsys.readouterr().err
    assert main([]) == 2
