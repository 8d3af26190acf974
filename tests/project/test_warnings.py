"""What a clerk is told to look at in a project, on both sides of each boundary."""

from datetime import date
from typing import Any

import pytest

from reportgen.intake.files import load_project
from reportgen.project.warnings import warnings
from reportgen.settings import asset_dir
from tests.factories import lot_data, project, requirement_data

SAMPLES = sorted((asset_dir("sample_subjects") / "projects").glob("*.yaml"))
ASKED = requirement_data()


def told(*asked: dict[str, Any], **changes: Any) -> dict[str, str]:
    found = warnings(project(requirements=list(asked or (ASKED,)), **changes))
    return {caution.path: caution.text for caution in found}


def works(**terms: Any) -> dict[str, Any]:
    return requirement_data("similar_works", category="房屋建筑工程", **terms)


def test_a_sound_project_has_no_warning() -> None:
    assert told() == {}
    assert [warnings(load_project(path)) for path in SAMPLES] == [()] * len(SAMPLES)


def test_a_project_that_asks_nothing_is_told() -> None:
    assert "没有一条必须满足" in told(requirement_data(hard="false"))["requirements"]


def test_a_report_that_expires_before_it_is_used_is_told() -> None:
    assert "早于投标截止时间 2026-12-10" in told(report_valid_until="2026-12-09")["report_valid_until"]
    assert told(report_valid_until="2026-12-10") == {}


def test_a_lot_without_requirements_is_told() -> None:
    bare, asking = (
        lot_data("A", value="4"),
        lot_data("B", value="9999996", requirements=[{**ASKED, "id": "R2"}]),
    )
    assert told(lots=[bare, asking]) == {"lots[0]": "标段 A 没有自己的资格条件，只用各标段共同的，请核对"}
    assert told(lots=[bare, lot_data("B", value="9999996")]) == {}
    found = warnings(project(lots=[bare, lot_data("B", value="9999996")]))
    assert [caution.path for caution in found] == ["requirements", "lots[0]", "lots[1]"]


def test_lots_that_do_not_add_up_are_told_with_the_difference() -> None:
    lots = [lot_data("A", value="4000000"), lot_data("B", value="5999999.99")]
    assert told(lots=lots)["value"].endswith("相差 0.01 元")
    assert told(lots=[lots[0], lot_data("B")]) == {}


@pytest.mark.parametrize(
    ("clause", "sound"), [("第二章 1.4.1", True), ("第三条", True), ("附录１", True), ("见招标文件", False)]
)
def test_a_clause_without_a_number_is_told(clause: str, sound: bool) -> None:
    assert (told(requirement_data(clause=clause)) == {}) == sound


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("不低于1800万元。", True),
        ("不低于１，８００ 万元（含）。", True),
        ("不低于0.18亿元。", True),
        ("不低于本标段合同价的2倍。", True),
        ("不低于1800元。", False),
        ("不低于1900万元。", False),
    ],
)
def test_a_sum_that_the_clause_does_not_state_is_told(text: str, sound: bool) -> None:
    found = told(requirement_data(text=text, need="18000000"))
    assert (found == {}) == sound
    if not sound:
        assert "所填为 18,000,000 元" in found["requirements[0].need"]


def test_a_contract_larger_than_the_project_is_told() -> None:
    assert "高于项目或标段的金额" in told(works(value="10000000.01"))["requirements[0].value"]
    assert told(works(value="10000000")) == {}
    lots = [lot_data("A", value="9", requirements=[{**works(value="10"), "id": "R2"}])]
    assert "lots[0].requirements[0].value" in told(lots=lots)


def test_a_share_above_the_whole_is_told() -> None:
    assert "比例为 4000%" in told(works(value_share="40"))["requirements[0].value_share"]
    assert told(works(value_share="1")) == {}
    assert "requirements[0].share" in told(requirement_data("litigation", share="50"))


def test_a_time_after_the_deadline_is_told() -> None:
    assert "晚于投标截止时间" in told(works(since="2026-12-11"))["requirements[0].since"]
    assert told(works(since="2026-12-10")) == {}
    asked = requirement_data("revenue_floor", needs={"2025": "1", "2026": "1"})
    assert told(asked)["requirements[0].needs"].startswith("2026 年")


def test_a_deadline_that_is_over_is_told_where_today_is_known() -> None:
    past = warnings(project(requirements=[ASKED]), today=date(2026, 12, 11))
    assert [caution.path for caution in past] == ["bid_deadline"]
    assert "投标截止时间 2026-12-10 已经过去，今天是 2026-12-11" in past[0].text
    assert warnings(project(requirements=[ASKED]), today=date(2026, 12, 10)) == ()


def test_a_category_of_works_that_is_near_the_projects_is_told() -> None:
    near = requirement_data("similar_works", category="房建工程")
    assert "用词不同" in told(near)["requirements[0].category"]
    assert told(works()) == {}
    assert told(requirement_data("similar_works", category="公路工程")) == {}
