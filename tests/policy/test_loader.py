"""Rule packs: what a lawyer could misread is refused with file and line."""

from pathlib import Path

import pytest

from reportgen.errors import ReportgenError
from reportgen.policy.citation import OWN, Citation
from reportgen.policy.loader import (
    CITATIONS,
    PACKS,
    find_pack,
    load_pack,
    pack_paths,
    shelf,
    unused_citations,
)
from tests.policy.packs import (
    MEASURE,
    NATIONAL,
    OWN_LOCAL,
    SHELF,
    SWITCH,
    Edit,
    Packs,
    building,
    faults_of,
    line_of,
    pack_of,
    sha256_of,
)


def test_the_shipped_packs_load() -> None:
    assert [load_pack(path)[0].name for path in pack_paths()]
    assert PACKS / CITATIONS not in pack_paths()


def test_every_shipped_citation_that_a_gate_rests_on_may_be_printed() -> None:
    for path in pack_paths():
        pack, _ = load_pack(path)
        cites = [cite for gate in pack.gates for cite in (gate.cite, *gate.also)]
        assert cites
        assert all(pack.citations[cite].printable for cite in cites)


def test_an_unknown_key_is_refused_with_its_line(packs: Packs) -> None:
    folder = packs(("  conclusion:\n", "  colours: 3\n  conclusion:\n"))
    (fault,) = faults_of(folder)
    assert fault.startswith(f"{line_of(folder, '  colours:')}：values.colours：")


@pytest.mark.parametrize(
    ("old", "new", "start"),
    [
        ("total: 75,", "total: 75, colour: red,", "    - {since: 2023-05-01, value: {total"),
        ("total: 75,", "total: 175,", "    - {since: 2023-05-01, value: {total"),
        ("factors: 0.6,", "factors: 0.7,", "    - {since: 2023-05-01, value: {factors"),
        ("test: winding_up", "test: winding", "    test: winding"),
        ("2017-07-10, value: 3", "2017-02-30, value: 3", "    - {since: 2017-02-30"),
    ],
)
def test_a_fault_below_a_list_is_refused_with_its_line(old: str, new: str, start: str, packs: Packs) -> None:
    folder = packs((old, new))
    (fault,) = faults_of(folder)
    assert fault.startswith(line_of(folder, start))


@pytest.mark.parametrize(
    "edit", [("released: 2026-11-22", "released: 2026-02-30"), ("total: 75,", "total: 175,")]
)
def test_a_fault_of_a_pack_is_told_in_chinese(edit: Edit, packs: Packs) -> None:
    (fault,) = faults_of(packs(edit))
    assert "nput should be" not in fault


@pytest.mark.parametrize(
    "edit",
    [
        ("total: 75,", "total: 75, colour: red,"),
        ("total: 75,", "total: 100.5,"),
        ("factors: 0.6,", "factors: 0.7,"),
        ("zero: 0.4,", "zero: 1,"),
        ("full: 1}", "full: 1.2}"),
        ("test: winding_up", "test: winding"),
        ("matters: [工程招标投标]", "matters: [工程]"),
        ("2017-07-10, value: 3", "2017-02-30, value: 3"),
        ("value: 3,", "value: three,"),
        ("    cite: civil-code-72-3\n", ""),
        ('region: "100000"', "region: 中国"),
    ],
)
def test_a_value_out_of_its_bounds_is_refused(edit: Edit, packs: Packs) -> None:
    assert faults_of(packs(edit))


def test_a_repeated_key_is_refused_with_its_line(packs: Packs) -> None:
    folder = packs(("released: 2026-11-22\n", "released: 2026-11-22\nreleased: 2026-11-23\n"))
    assert faults_of(folder) == ["national.yaml:released：键重复（第 7 行）"]


def test_a_repeated_citation_is_refused_with_its_file(packs: Packs) -> None:
    twice = "  bidding-law-26:\n    kind: law\n"
    folder = packs(shelf=((twice, f"{twice}    document: 甲\n    rule: 乙\n{twice}"),))
    (fault,) = faults_of(folder)
    assert fault.startswith(f"{CITATIONS}:citations.bidding-law-26：键重复（第 ")


def test_a_value_that_cites_nothing_known_is_refused_with_its_line(packs: Packs) -> None:
    folder = packs(("cite: own-look-back}", "cite: nothing}"))
    place = line_of(folder, "    - {since: 2017-07-10")
    assert faults_of(folder) == [f"{place}：values.look_back_years[0].cite：没有引据 nothing"]


def test_a_value_without_a_citation_is_refused(packs: Packs) -> None:
    faults = faults_of(packs((", cite: own-curve", "")))
    assert any("curve" in fault and "cite" in fault for fault in faults)


@pytest.mark.parametrize(
    ("cite", "place"),
    [
        ("    cite: civil-code-72-3\n", "gates[0].cite"),
        ("    cite: credit-reporting-23-1\n", "statements[0].cite"),
        ("cite: construction-law-26-1}", "rights[0].cite"),
    ],
)
def test_a_rule_that_cites_nothing_known_is_refused(cite: str, place: str, packs: Packs) -> None:
    unknown = cite.replace(cite.strip(" \n}").removeprefix("cite: "), "nothing")
    faults = faults_of(packs((cite, unknown)))
    assert any(fault.endswith(f"{place}：没有引据 nothing") for fault in faults)


def test_an_own_citation_that_nothing_uses_is_refused_with_its_line(packs: Packs) -> None:
    folder = packs(("  own-curve:", "  own-idle: {kind: own, document: 办法, rule: 闲置}\n  own-curve:"))
    place = line_of(folder, "  own-idle:")
    assert faults_of(folder) == [f"{place}：citations.own-idle：没有任何值引用它"]


@pytest.mark.parametrize("until", ["until: 2026-04-01, ", "until: 2030-01-01, ", ""])
def test_overlapping_dates_are_refused_with_their_line(until: str, packs: Packs) -> None:
    folder = packs(("until: 2026-03-31, ", until))
    place = line_of(folder, "    - {since: 2023-05-01")
    assert faults_of(folder) == [f"{place}：values.publicity_months：日期重叠：2023-05-01 起与 2026-04-01 起"]


def test_dates_overlap_in_whatever_order_they_are_written(packs: Packs) -> None:
    later = "    - {since: 2016-01-01, until: 2017-07-10, value: 5, cite: own-look-back}\n"
    first = "    - {since: 2017-07-10, value: 3, cite: own-look-back}\n"
    (fault,) = faults_of(packs((first, first + later)))
    assert fault.endswith("日期重叠：2016-01-01 起与 2017-07-10 起")


@pytest.mark.parametrize(
    "edit",
    [
        ("until: 2026-03-31, ", "until: 2023-04-30, "),
        ("    since: 2021-01-01\n", "    since: 2021-01-01\n    until: 2020-01-01\n"),
        ("    since: 2013-03-15\n", "    since: 2013-03-15\n    until: 2013-03-14\n"),
    ],
)
def test_a_rule_ends_no_earlier_than_it_begins(edit: Edit, packs: Packs) -> None:
    assert faults_of(packs(edit))


@pytest.mark.parametrize(
    "edit",
    [
        (", 特别严重: 60", ""),
        ("fade_months: 36", "fade_months: 0"),
        ("2017-07-10, value: 3", "2017-07-10, value: -3"),
        ("capacity_multiplier: 2", "capacity_multiplier: -2"),
        ("validity: 90", "validity: -90"),
        ("id: winding-up", "id: ended"),
        ("id: duty\n", "id: accuracy\n"),
    ],
)
def test_a_value_with_which_no_judgement_can_be_made_is_refused(edit: Edit, packs: Packs) -> None:
    assert faults_of(packs(edit))


def test_citations_that_are_no_mapping_are_refused(packs: Packs) -> None:
    assert faults_of(packs(("citations:\n", "citations: [甲]\nothers:\n")))


def test_a_pack_may_not_replace_a_citation_of_the_shelf(packs: Packs) -> None:
    fake = "  civil-code-72-3: {kind: law, document: 《假法》, article: 第一条, rule: 甲, read_in: 乙, "
    dates = "read_on: 2026-01-01, rechecked_on: 2026-01-01, verified: true}\n"
    assert faults_of(packs(("citations:\n", f"citations:\n{fake}{dates}")))


def test_a_packs_own_citation_does_not_pose_as_law(packs: Packs) -> None:
    folder = packs(("  own-curve: {kind: own,", "  own-curve: {kind: rule,"))
    (fault,) = faults_of(folder)
    assert fault.startswith(
        f"{line_of(folder, '  own-curve:')}：citations.own-curve：规则包自带的引据只能是 own"
    )


def test_a_fault_of_a_citation_on_the_shelf_is_told_with_that_file(packs: Packs) -> None:
    used = "  civil-code-72-3:\n"
    folder = packs(shelf=((used, f"{used}    colour: 红\n"),))
    (fault,) = faults_of(folder)
    assert fault.startswith(
        f"{line_of(folder, '    colour:', CITATIONS)}：citations.civil-code-72-3.colour：不认识的键"
    )


def test_an_unknown_further_article_is_refused_at_its_place(packs: Packs) -> None:
    (fault,) = faults_of(packs(("also: [civil-code-69, civil-code-73]", "also: [civil-code-69, nothing]")))
    assert fault.endswith("gates[1].also[1]：没有引据 nothing")


def test_a_repeated_id_is_refused_with_its_line(packs: Packs) -> None:
    folder = packs(("id: winding-up", "id: ended\n    # 重复"))
    lines = (folder / "national.yaml").read_text("utf-8").splitlines()
    assert faults_of(folder) == [f"national.yaml:{lines.index('    # 重复')}：gates[1].id：id ended 重复"]


def test_a_gate_rests_on_no_setting_of_our_own(packs: Packs) -> None:
    folder = packs(("    cite: civil-code-72-3\n", "    cite: own-conclusion\n"))
    assert faults_of(folder) == [
        f"{line_of(folder, '    cite: own-conclusion')}：gates[0].cite：否决项不得以本机构设定为据"
    ]


def test_no_further_article_of_a_gate_is_our_own_either(packs: Packs) -> None:
    (fault,) = faults_of(packs(("also: [civil-code-69,", "also: [own-conclusion,")))
    assert fault.endswith("否决项不得以本机构设定为据")


@pytest.mark.parametrize(
    ("old", "place"),
    [
        ("    cite: civil-code-72-3\n", "gates[0].cite"),
        ("    cite: credit-reporting-23-1\n", "statements[0].cite"),
    ],
)
def test_nothing_is_said_to_be_law_on_an_unverified_citation(old: str, place: str, packs: Packs) -> None:
    folder = packs((old, "    cite: credit-repair-36-minor\n"))
    found = f"{line_of(folder, '    cite: credit-repair-36-minor')}：{place}"
    assert faults_of(folder) == [f"{found}：引据 credit-repair-36-minor 未经核实与复核，不得作为依据"]


def test_a_gate_needs_a_citation_that_a_second_reader_has_checked(packs: Packs) -> None:
    start = SHELF.index("  civil-code-72-3:\n")
    entry = SHELF[start : SHELF.index("\n  ", SHELF.index("verified:", start))]
    unchecked = "\n".join(line for line in entry.splitlines() if "rechecked_on" not in line)
    (fault,) = faults_of(packs(shelf=((entry, unchecked),)))
    assert fault.endswith("引据 civil-code-72-3 未经核实与复核，不得作为依据")


def test_a_statement_may_rest_on_our_own_setting() -> None:
    pack = pack_of(PACKS)
    (statement,) = (item for item in pack.statements if item.id == "single-use")
    assert pack.citations[statement.cite].own


def test_a_citation_is_verified_only_with_article_place_and_date() -> None:
    whole = {"kind": "law", "document": "《虚构法》", "rule": "甲", "verified": True}
    read = {"article": "第一条", "read_in": "乙", "read_on": "2026-01-01"}
    assert not Citation.model_validate(whole | read).printable
    assert Citation.model_validate(whole | read | {"rechecked_on": "2026-01-02"}).printable
    for key in read:
        with pytest.raises(ValueError, match="须写明 article"):
            Citation.model_validate(whole | {k: v for k, v in read.items() if k != key})


def test_a_citation_is_named_as_a_report_prints_it() -> None:
    law = {"kind": "law", "document": "《虚构法》", "article": "第一条", "paragraph": "第二款", "rule": "甲"}
    assert Citation.model_validate(law).label() == "《虚构法》第一条第二款"
    assert Citation.model_validate(law | {"kind": "own"}).label() == OWN


@pytest.mark.parametrize(
    "edit",
    [
        ("total: 75,", "total: 76,"),
        ("value: 3,", "value: 4,"),
        ("title: 法人已注销", "title: 法人注销"),
        ("until: 2026-03-31", "until: 2026-03-30"),
        ("综合得分 75 分", "综合得分七十五分"),
    ],
)
def test_the_fingerprint_changes_with_a_value_or_an_own_citation(edit: Edit, packs: Packs) -> None:
    assert sha256_of(packs(edit)) != sha256_of(PACKS)


def test_the_fingerprint_changes_with_a_citation_in_use_and_not_with_an_idle_one(packs: Packs) -> None:
    idle = unused_citations()[0]
    assert sha256_of(packs(shelf=((f"  {idle}:\n", f"  {idle}:\n    effect: 改\n"),))) == sha256_of(PACKS)
    used = "  civil-code-72-3:\n"
    assert sha256_of(packs(shelf=((used, f"{used}    effect: 改\n"),))) != sha256_of(PACKS)


def test_the_fingerprint_does_not_change_with_comments_and_order(packs: Packs) -> None:
    comments = packs(
        ("name: national", "# 注\nname: national   # 注"), shelf=(("citations:", "# 注\ncitations:"),)
    )
    lines = ("name: national\ntitle: 全国基础规则包\n", "title: 全国基础规则包\nname: national\n")
    assert sha256_of(comments) == sha256_of(packs(lines)) == sha256_of(packs()) == sha256_of(PACKS)


def test_unused_citations_are_those_no_pack_names(packs: Packs) -> None:
    folder = packs(("also: [civil-code-69, civil-code-73]", "also: [civil-code-73]"))
    assert set(unused_citations(folder)) - set(unused_citations(packs())) == {"civil-code-69"}


def test_a_folder_without_citations_is_refused(tmp_path: Path) -> None:
    (tmp_path / "national.yaml").write_text(NATIONAL, encoding="utf-8")
    with pytest.raises(ReportgenError, match=CITATIONS) as caught:
        load_pack(tmp_path / "national.yaml")
    assert caught.value.code == "E0302"


@pytest.mark.parametrize("group", ["switches", "measures"])
def test_what_others_may_apply_rests_on_no_setting_of_our_own(group: str, packs: Packs) -> None:
    rules = {"switches": SWITCH, "measures": MEASURE}[group]
    folder = packs()
    assert load_pack(building(folder, rules, "sound"))
    building(folder, rules.replace("seed-benxi-2017-2-use", "own-local") + OWN_LOCAL)
    (fault,) = faults_of(folder, "local")
    assert f"{group}[0].cite：" in fault
    assert fault.endswith(f"不得以{OWN}为据")


def test_a_gate_rests_on_no_local_document(packs: Packs) -> None:
    gate = "gates:\n  - {id: local, title: 甲, test: winding_up, since: 2021-01-01, cite: seed-benxi-2017-2-use}\n"
    building(folder := packs(), gate)
    (fault,) = faults_of(folder, "local")
    assert fault == "local.yaml:9：gates[0].cite：否决项不得以地方文件为据"


def test_a_faulty_citation_on_the_shelf_is_told_though_nothing_uses_it(packs: Packs) -> None:
    idle = unused_citations()[0]
    folder = packs(shelf=((f"  {idle}:\n", f"  {idle}:\n    colour: 红\n"),))
    assert load_pack(folder / "national.yaml")
    with pytest.raises(ReportgenError, match=f"citations.{idle}.colour：不认识的键"):
        shelf(folder)


@pytest.mark.parametrize("name", ["national", "national.yaml", str(PACKS / "national.yaml")])
def test_a_pack_is_found_by_its_name_and_by_its_file(name: str) -> None:
    assert find_pack(name) == PACKS / "national.yaml"


def test_by_its_name_the_newest_release_is_found(packs: Packs) -> None:
    folder = packs()
    newer = NATIONAL.replace("released: 2026-11-22", "released: 2026-11-23")
    (folder / "a-later-one.yaml").write_text(newer, encoding="utf-8")
    assert find_pack("national", folder).name == "a-later-one.yaml"


@pytest.mark.parametrize("name", ["nowhere", "nowhere.yaml", "citations"])
def test_an_unknown_pack_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(ReportgenError, match="national") as caught:
        find_pack(name)
    assert caught.value.code == "E0341"
