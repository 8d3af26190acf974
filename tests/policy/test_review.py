"""What a folder of packs looks like beyond what the loader refuses."""

import json
from datetime import date
from pathlib import Path

import pytest

from reportgen.errors import ReportgenError
from reportgen.policy.fairness import GROUNDS, Outcome
from reportgen.policy.loader import CITATIONS, PACKS, RELEASED, unused_citations
from reportgen.policy.review import PackReview, review
from reportgen.policy.ties import TIES
from scripts.release_pack import release
from tests.policy.packs import MEASURE, SWITCH, Packs, building


def pack_of(folder: Path, name: str = "national") -> PackReview:
    """Return what is said of a pack."""
    return next(pack for pack in review(folder).packs if pack.name == name)


def test_the_shipped_packs_have_no_fault_and_pass_their_self_check() -> None:
    found = review(PACKS)
    assert not found.faults
    assert not any(pack.failures for pack in found.packs)
    assert {pack.complete_from for pack in found.packs} == {date(2023, 5, 1)}


def test_the_faults_of_every_pack_are_told_once_and_the_others_are_still_read(packs: Packs) -> None:
    folder = packs()
    building(folder, "colour: 红\n", "a")
    building(folder, "colours: 红\n", "b")
    found = review(folder)
    assert [fault.path for fault in found.faults] == ["a.yaml:8", "b.yaml:8"]
    assert [pack.name for pack in found.packs] == ["national"]


def test_the_fault_of_a_base_is_told_once_for_all_that_build_on_it(packs: Packs) -> None:
    folder = packs(("total: 75,", "total: 175,"))
    building(folder, "")
    found = review(folder)
    assert len(found.faults) == 1
    assert not found.packs


def test_a_file_that_cannot_be_read_is_a_fault_with_its_reason(packs: Packs) -> None:
    folder = packs()
    (folder / "broken.yaml").write_text("a: [1", encoding="utf-8")
    (fault,) = review(folder).faults
    assert (fault.code, Path(fault.path).name) == ("E0305", "broken.yaml")


def test_a_folder_without_packs_is_refused(tmp_path: Path) -> None:
    (tmp_path / CITATIONS).write_text("citations: {}\n", encoding="utf-8")
    with pytest.raises(ReportgenError) as caught:
        review(tmp_path)
    assert caught.value.code == "E0302"


def test_a_faulty_citation_on_the_shelf_is_told(packs: Packs) -> None:
    idle = unused_citations()[0]
    folder = packs(shelf=((f"  {idle}:\n", f"  {idle}:\n    colour: 红\n"),))
    (fault,) = review(folder).faults
    assert fault.path.startswith(f"{CITATIONS}:")


def test_an_unverified_citation_in_use_is_told_with_every_place(packs: Packs) -> None:
    (minor,) = (c for c in review(packs()).unverified if c.id == "credit-repair-36-minor")
    assert len(minor.places) == 1
    assert minor.places[0].endswith("values.needed_publicity_months[0].cite")
    assert minor.places[0].startswith("national.yaml:")


def test_what_the_self_check_and_the_ties_of_applicants_go_by_is_not_idle(packs: Packs) -> None:
    folder = packs()
    assert set(unused_citations(folder)) - set(review(folder).unused) == GROUNDS | TIES


def test_a_citation_without_a_second_reader_is_told(packs: Packs) -> None:
    idle = unused_citations()[0]
    plain = f"  {idle}:\n    kind: law\n    document: 甲\n    article: 一\n    rule: 乙\n    read_in: 丙\n"
    read = "    read_on: 2026-01-01\n    verified: true\n  was-"
    folder = packs(shelf=((f"  {idle}:\n", f"{plain}{read}{idle}:\n"),))
    assert review(folder).read_once == (idle,)


@pytest.mark.parametrize(
    ("until", "told"),
    [
        ("2026-03-30", "公示期上限（publicity_months）2026-03-31 至 2026-03-31 没有值"),
        ("2026-01-31", "公示期上限（publicity_months）2026-02-01 至 2026-03-31 没有值"),
    ],
)
def test_a_gap_between_two_values_is_told(until: str, told: str, packs: Packs) -> None:
    assert told in pack_of(packs(("until: 2026-03-31, ", f"until: {until}, "))).remarks


def test_values_without_a_gap_are_not_remarked(packs: Packs) -> None:
    assert not any("没有值" in remark for remark in pack_of(packs()).remarks)


def test_a_series_that_ends_is_told(packs: Packs) -> None:
    folder = packs(("{since: 2017-07-10, value: 3", "{since: 2017-07-10, until: 2027-12-31, value: 3"))
    assert "回溯期（look_back_years）2027-12-31 之后没有值" in pack_of(folder).remarks


def test_gates_older_than_the_values_are_told_where_the_gates_stand(packs: Packs) -> None:
    folder = packs()
    building(folder, "")
    assert any("否决项自 2014-08-31 起" in remark for remark in pack_of(folder).remarks)
    assert pack_of(folder, "local").remarks == ()


def test_a_base_released_after_the_pack_is_told(packs: Packs) -> None:
    folder = packs(("released: 2026-11-22", "released: 2026-11-23"))
    building(folder, "")
    (remark,) = pack_of(folder, "local").remarks
    assert remark.startswith("发布早于所依据的 national（2026-11-23）")


def test_two_releases_of_one_day_are_told(packs: Packs) -> None:
    folder = packs()
    text = (folder / "national.yaml").read_text("utf-8")
    (folder / "twin.yaml").write_text(text, encoding="utf-8")
    found = {pack.file: pack.remarks[-1] for pack in review(folder).packs}
    assert found["twin.yaml"] == "与 national.yaml 同名且同日发布：不知以哪一件为准"


def test_a_failed_self_check_is_told_once_for_all_days(packs: Packs) -> None:
    folder = packs()
    building(folder, MEASURE.replace("优先办理", "本地企业优先") + SWITCH)
    (failed,) = pack_of(folder, "local").failures
    assert failed.id == "no-local-preference"
    outcomes = [check.outcome for check in pack_of(folder, "local").fairness]
    assert (outcomes.count(Outcome.REMARK), outcomes.count(Outcome.FAILED)) == (1, 1)


def test_a_release_is_told_and_a_changed_one_is_a_fault(packs: Packs) -> None:
    folder, changed = packs(), packs(("total: 75,", "total: 76,"))
    assert not pack_of(folder).registered
    listed = release(["national"], folder)
    assert pack_of(folder).registered
    (changed / RELEASED).write_text(json.dumps(listed), encoding="utf-8")
    assert "已发布的规则包不得改动" in review(changed).faults[0].what
