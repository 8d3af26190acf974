"""Packs and days are compared item by item; a lawyer reads every value with its Chinese name."""

from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from reportgen.errors import ReportgenError
from reportgen.policy.compare import Change, Sort, compare
from reportgen.policy.loader import PACKS, load_pack, pack_paths
from reportgen.policy.model import RULES
from reportgen.policy.rules import GateTest, SwitchTest
from reportgen.policy.sheet import Part, Sheet, policy_on, sheet, turns
from reportgen.policy.values import Values
from reportgen.policy.wording import FIELDS, SERIES, TESTS
from reportgen.subject.matter import Matter
from tests.policy.packs import MEASURE, SWITCH, Packs, building

EVE, DAY = date(2026, 3, 31), date(2026, 4, 1)


def read(path: Path = PACKS / "national.yaml", day: date = DAY) -> Sheet:
    """Return a pack as it stands on a day."""
    return sheet(load_pack(path)[0].on(day, load_pack(path)[1]))


def between(before: Path, after: Path) -> dict[str, Change]:
    """Return by id what differs between two packs on the same day."""
    return {change.id: change for change in compare(read(before), read(after))}


def test_every_series_field_rule_and_test_has_its_chinese_name() -> None:
    assert set(SERIES) == set(FIELDS) == set(Values.model_fields)
    for name, field in Values.model_fields.items():
        (dated, _) = get_args(field.annotation)
        value = dated.model_fields["value"].annotation
        fields = value.model_fields if isinstance(value, type) and issubclass(value, BaseModel) else {""}
        assert set(FIELDS[name]) == set(fields)
    assert set(TESTS) == {*GateTest, *SwitchTest}
    assert {group.upper() for group in RULES} <= set(Part.__members__)


@pytest.mark.parametrize("path", pack_paths(), ids=lambda path: path.stem)
def test_every_item_of_every_shipped_pack_is_read_once_with_what_it_rests_on(path: Path) -> None:
    for day in turns(load_pack(path)[0]):
        page = read(path, day)
        for part in Part:
            names = [item.id for item in page.part(part)]
            assert len(set(names)) == len(names)
        assert all(page.grounds(item) for item in page.items if item.since)
        assert {item.id for item in page.part(Part.CITATIONS)} == set(page.citations)


def test_what_nobody_verified_is_marked_and_what_is_ours_is_labelled() -> None:
    page = read()
    grounds = {item.id: page.grounds(item) for item in page.part(Part.VALUES)}
    assert grounds["publicity_months"] == ("《信用修复管理办法》第二章（条号未核）［未核实］",)
    assert grounds["curve"] == ("本机构设定（本机构信用能力评价办法）",)


def test_a_day_without_every_value_is_refused_with_the_names_of_those_missing() -> None:
    pack, sha256 = load_pack(PACKS / "national.yaml")
    assert policy_on(pack, sha256, None).day == turns(pack)[-1]
    with pytest.raises(ReportgenError, match="没有公示期上限") as caught:
        policy_on(pack, sha256, date(2023, 4, 30))
    assert caught.value.code == "E0340"


def test_equal_packs_do_not_differ() -> None:
    assert compare(read(), read()) == ()
    assert compare(read(), read(day=date(2027, 1, 1))) == ()


def test_two_days_of_a_pack_differ_in_what_began_and_ended_between_them() -> None:
    changes = {change.id: change for change in compare(read(day=EVE), read())}
    publicity = changes["publicity_months"]
    assert (publicity.part, publicity.sort) == (Part.VALUES, Sort.CHANGED)
    said = {d.label: (d.before, d.after) for d in publicity.differences}
    assert said == {"轻微": ("", "原则上不公示"), "一般": ("36 个月", "12 个月")}
    assert (publicity.before_span, publicity.after_span) == ("2023-05-01 至 2026-03-31", "2026-04-01 起")
    assert publicity.before_grounds != publicity.after_grounds
    assert changes["needed_publicity_months"].sort is Sort.ADDED
    assert changes["repaired"].part is Part.STATEMENTS


def test_two_days_compared_backwards_swap_added_and_removed() -> None:
    forth, back = compare(read(day=EVE), read()), compare(read(), read(day=EVE))
    swapped = {Sort.ADDED: Sort.REMOVED, Sort.REMOVED: Sort.ADDED, Sort.CHANGED: Sort.CHANGED}
    assert {(c.id, swapped[c.sort]) for c in forth} == {(c.id, c.sort) for c in back}


def test_a_changed_value_is_told_before_and_after(packs: Packs) -> None:
    changed = packs(("total: 75,", "total: 80,"))
    changes = between(packs() / "national.yaml", changed / "national.yaml")
    (difference,) = changes["conclusion"].differences
    assert (difference.label, difference.before, difference.after) == ("综合得分不低于", "75 分", "80 分")
    assert list(changes) == ["conclusion"]


@pytest.mark.parametrize(("rules", "name"), [(SWITCH, "local-grade"), (MEASURE, "local-easy")])
def test_a_rule_is_told_as_added_and_as_removed_with_its_matters(rules: str, name: str, packs: Packs) -> None:
    folder = packs()
    before, after = building(folder, "", "a"), building(folder, rules, "b")
    added, removed = between(before, after)[name], between(after, before)[name]
    assert (added.sort, removed.sort) == (Sort.ADDED, Sort.REMOVED)
    assert added.matters == removed.matters == ((Matter.WORKS_TENDER,) if rules is SWITCH else ())
    assert added.after_grounds
    assert not added.before_grounds


def test_a_gate_is_told_as_changed_with_its_further_articles(packs: Packs) -> None:
    changed = packs(("also: [civil-code-69, civil-code-73]", "also: [civil-code-69]"))
    change = between(packs() / "national.yaml", changed / "national.yaml")["winding-up"]
    assert (change.part, change.sort, change.differences) == (Part.GATES, Sort.CHANGED, ())
    assert set(change.before_grounds) - set(change.after_grounds) == {"《中华人民共和国民法典》第七十三条"}


def test_a_new_end_is_a_change(packs: Packs) -> None:
    first = "    test: registration_ended\n    since: 2021-01-01\n"
    changed = packs((first, f"{first}    until: 2027-01-01\n"))
    change = between(packs() / "national.yaml", changed / "national.yaml")["ended"]
    assert (change.before_span, change.after_span) == ("2021-01-01 起", "2021-01-01 至 2027-01-01")


def test_a_citation_in_other_words_is_a_change(packs: Packs) -> None:
    changed = packs(("综合得分 75 分", "综合得分七十五分"))
    (change,) = compare(read(packs() / "national.yaml"), read(changed / "national.yaml"))
    assert (change.part, change.id) == (Part.CITATIONS, "own-conclusion")
    assert [difference.label for difference in change.differences] == ["复述"]


def test_the_heads_of_two_packs_are_compared(packs: Packs) -> None:
    folder = packs()
    change = between(folder / "national.yaml", building(folder, ""))["pack"]
    assert {"名称", "代号", "地区", "基础", "事项", "有效性"} == {d.label for d in change.differences}
