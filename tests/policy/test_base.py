"""A pack that builds on another holds what that one holds, but for the values it states itself."""

import pytest

from reportgen.errors import ReportgenError
from reportgen.policy.loader import load_pack
from reportgen.policy.model import PolicyPack
from tests.policy.packs import NATIONAL, OWN_LOCAL, Packs, building, faults_of, pack_of, sha256_of

LOOK_BACK = "values:\n  look_back_years:\n    - {since: 2020-01-01, value: 5, cite: seed-benxi-2017-3-1}\n"
STATEMENT = "statements:\n  - {id: here, text: 甲, since: 2020-01-01, cite: seed-benxi-2017-3-1}\n"


def joined(packs: Packs, text: str) -> tuple[PolicyPack, PolicyPack]:
    """Return a pack with what it states, and its base."""
    folder = packs()
    return load_pack(building(folder, text))[0], pack_of(folder)


def test_a_series_of_its_own_replaces_that_of_the_base(packs: Packs) -> None:
    pack, base = joined(packs, LOOK_BACK)
    assert [item.value for item in pack.values.look_back_years] == [5]
    assert [item.value for item in base.values.look_back_years] == [3]
    assert pack.values.publicity_months == base.values.publicity_months


def test_its_rules_stand_behind_those_of_the_base(packs: Packs) -> None:
    pack, base = joined(packs, STATEMENT)
    assert pack.statements[:-1] == base.statements
    assert pack.statements[-1].id == "here"
    assert pack.gates == base.gates


def test_it_keeps_its_own_name_region_and_matters(packs: Packs) -> None:
    pack, base = joined(packs, STATEMENT)
    assert (pack.name, pack.region) == ("local", "990100")
    assert len(pack.matters) < len(base.matters)


def test_it_carries_the_citations_of_both(packs: Packs) -> None:
    own = LOOK_BACK.replace("seed-benxi-2017-3-1", "own-local") + OWN_LOCAL
    pack, base = joined(packs, own)
    assert set(pack.citations) == {*base.citations, "own-local"}


def test_its_fingerprint_changes_with_its_base(packs: Packs) -> None:
    one, other = packs(), packs(("total: 75,", "total: 76,"))
    assert sha256_of(one) != load_pack(building(one, LOOK_BACK))[1]
    assert load_pack(one / "local.yaml")[1] != load_pack(building(other, LOOK_BACK))[1]


def test_an_id_of_the_base_is_refused(packs: Packs) -> None:
    building(folder := packs(), STATEMENT.replace("here", "accuracy"))
    (fault,) = faults_of(folder, "local")
    assert fault.endswith("id accuracy 重复")


def test_a_citation_of_its_own_may_not_replace_one_of_the_base(packs: Packs) -> None:
    own = LOOK_BACK.replace("seed-benxi-2017-3-1", "own-curve") + OWN_LOCAL.replace("own-local", "own-curve")
    building(folder := packs(), own)
    assert faults_of(folder, "local") == [
        "local.yaml:12：citations.own-curve：所依据的基础规则包已有同名的引据"
    ]


@pytest.mark.parametrize("base", ["nowhere", "citations", "../national"])
def test_a_base_that_is_no_pack_of_the_folder_is_refused(base: str, packs: Packs) -> None:
    path = building(folder := packs(), LOOK_BACK)
    path.write_text(path.read_text("utf-8").replace("base: national", f"base: {base}"), encoding="utf-8")
    assert faults_of(folder, "local") == [f"local.yaml:2：base：没有规则包 {base}"]


def test_a_pack_without_a_base_needs_every_value(packs: Packs) -> None:
    path = building(folder := packs(), LOOK_BACK)
    path.write_text(path.read_text("utf-8").replace("base: national\n", ""), encoding="utf-8")
    faults = faults_of(folder, "local")
    assert any("values.conclusion：没有值，所依据的基础规则包也没有" in fault for fault in faults)
    assert not any("values.retention" in fault or "look_back" in fault for fault in faults)


def test_a_pack_that_builds_on_itself_is_refused(packs: Packs) -> None:
    building(folder := packs(), LOOK_BACK, "national")
    assert faults_of(folder) == ["national.yaml:2：base：national 又以本规则包为基础"]


def test_packs_that_build_on_each_other_are_refused(packs: Packs) -> None:
    folder = packs()
    (folder / "national.yaml").write_text(f"base: local\n{NATIONAL}", encoding="utf-8")
    building(folder, LOOK_BACK)
    building(folder, LOOK_BACK, "third")
    assert faults_of(folder, "local") == ["local.yaml:2：base：national 又以本规则包为基础"]
    assert faults_of(folder) == ["national.yaml:1：base：local 又以本规则包为基础"]
    assert "又以本规则包为基础" in faults_of(folder, "third")[0]


def test_the_faults_of_a_base_are_told_with_its_file(packs: Packs) -> None:
    building(folder := packs(("total: 75,", "total: 175,")), LOOK_BACK)
    with pytest.raises(ReportgenError) as caught:
        load_pack(folder / "local.yaml")
    assert [fault.path.partition(":")[0] for fault in caught.value.faults] == ["national.yaml"]
