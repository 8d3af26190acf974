"""Projects, their lots, their one date, and the joint ventures that may apply for them."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from reportgen.errors import ReportgenError
from reportgen.faults import faults_of
from reportgen.project.applicant import Applicant, Member, check_joint, joint, single
from reportgen.project.model import TENDER_MATTERS, Matter, Project
from reportgen.project.requirements import LiquidityTerms, SimilarWorksRequirement, instead
from reportgen.subject.model import Subject
from tests.factories import (
    PARTNER_USCC,
    SUBJECT_USCC,
    THIRD_USCC,
    Data,
    lot_data,
    project,
    project_data,
    requirement_data,
    subject,
)

LEAD = subject()
PARTNER = subject(uscc=PARTNER_USCC, name="样本乙建设有限公司")
THIRD = subject(uscc=THIRD_USCC, name="样本丙建设有限公司")
SUBSIDY = {"matter": "财政补助", "role": "申请补助主体", "bid_deadline": None, "decision_date": "2026-12-20"}


def why_not(**changes: Any) -> str:
    """Return the messages with which a project is refused."""
    with pytest.raises(ValidationError) as caught:
        project(**changes)
    return "；".join(detail["msg"] for detail in caught.value.errors())


def refusal(applicant: Applicant, rule: dict[str, str]) -> str:
    """Return why a joint venture is refused by a project with this rule."""
    with pytest.raises(ReportgenError) as caught:
        check_joint(applicant, project(joint_venture=rule))
    assert caught.value.code == "E0308"
    return str(caught.value.data()["detail"])


def bad_shares(*shares: str) -> ReportgenError:
    """Return the error with which the partners' shares are refused."""
    partners = list(zip([PARTNER, THIRD], map(Decimal, shares), strict=False))
    with pytest.raises(ReportgenError) as caught:
        joint(LEAD, partners)
    assert caught.value.code == "E0202"
    return caught.value


@pytest.mark.parametrize("dates", [{"bid_deadline": None}, {"decision_date": "2026-12-20"}])
def test_a_project_has_one_date_neither_none_nor_two(dates: dict[str, str | None]) -> None:
    assert "须且只须写明一个" in why_not(**dates)


@pytest.mark.parametrize("matter", Matter)
def test_a_tender_has_a_deadline_and_other_matters_may_have_a_decision_date(matter: Matter) -> None:
    changes = SUBSIDY | {"matter": matter}
    if matter in TENDER_MATTERS:
        assert "招标采购事项须写明 bid_deadline" in why_not(**changes)
    else:
        assert project(**changes).judged_on == date(2026, 12, 20)


def test_the_day_of_judging_is_named_as_the_matter_names_it() -> None:
    tender, subsidy = project(), project(**SUBSIDY)
    assert (tender.judged_by, tender.is_tender) == ("投标截止时间", True)
    assert (subsidy.judged_by, subsidy.is_tender) == ("决定日期", False)


@pytest.mark.parametrize(
    ("written", "local"),
    [
        ("2026-12-10T10:00", "2026-12-10T10:00"),
        ("2026-12-10 10:00", "2026-12-10T10:00"),
        ("2026-12-10T10:00:00+08:00", "2026-12-10T10:00"),
        ("2026-12-10T02:00:00Z", "2026-12-10T10:00"),
        ("2026-12-10T16:00:00Z", "2026-12-11T00:00"),
        ("2026-12-10T15:59:59Z", "2026-12-10T23:59:59"),
        ("2026-12-31T18:00:00-05:00", "2027-01-01T07:00"),
        ("2026-12-10T00:30:00+09:00", "2026-12-09T23:30"),
    ],
)
def test_a_deadline_is_told_in_the_time_of_shanghai(written: str, local: str) -> None:
    found = project(bid_deadline=written)
    assert found.bid_deadline == datetime.fromisoformat(local)
    assert found.judged_on == date.fromisoformat(local[:10])


@given(st.datetimes(datetime(1992, 1, 1), datetime(2099, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_the_offset_with_which_a_deadline_is_written_does_not_matter(moment: datetime, minutes: int) -> None:
    written = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    found = project(bid_deadline=written.isoformat()).bid_deadline
    assert found is not None
    assert datetime.fromisoformat(f"{found.isoformat()}+08:00") == written


@pytest.mark.parametrize("written", ["20261210", "2026", "1765330200", "2026-12-10", " 2026-12-10 "])
def test_a_number_or_a_day_is_no_deadline(written: str) -> None:
    assert why_not(bid_deadline=written)


@pytest.mark.parametrize("written", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+09:00"])
def test_a_deadline_beyond_the_calendar_is_refused_like_any_other_fault(written: str) -> None:
    assert why_not(bid_deadline=written)


@pytest.mark.parametrize("value", ["-1", "-0.01"])
def test_a_project_has_no_negative_value(value: str) -> None:
    assert why_not(value=value)
    assert why_not(lots=[lot_data(value=value)])


@pytest.mark.parametrize(("years", "accepted"), [("0", False), ("0.5", True), ("50", True), ("50.1", False)])
def test_a_contract_runs_for_more_than_nothing_and_at_most_fifty_years(years: str, accepted: bool) -> None:
    if accepted:
        assert project(period_years=years).period_years == Decimal(years)
    else:
        assert why_not(period_years=years)


def test_a_project_without_lots_is_its_own_selection() -> None:
    whole = project()
    assert whole.select() is whole
    assert whole.lot is None


def test_a_lot_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ReportgenError, match="C 不在 A、B 之中") as caught:
        project(lots=[lot_data("A"), lot_data("B")]).select("C")
    assert caught.value.code == "E0306"


def test_a_project_without_lots_has_no_lot_to_select() -> None:
    with pytest.raises(ReportgenError, match="（不分标段）") as caught:
        project().select("A")
    assert caught.value.code == "E0306"


def test_a_project_of_lots_needs_one_to_be_named() -> None:
    with pytest.raises(ReportgenError, match="A、B") as caught:
        project(lots=[lot_data("A"), lot_data("B")]).select()
    assert caught.value.code == "E0307"


def test_a_lots_own_value_and_period_replace_the_projects() -> None:
    chosen = project(lots=[lot_data(value="300", period_years="0.5")]).select("A")
    assert (chosen.value, chosen.period_years) == (Decimal(300), Decimal("0.5"))
    assert chosen.lot is not None
    assert chosen.lot.id == "A"


def test_a_lot_takes_from_the_project_what_it_does_not_say() -> None:
    chosen = project(lots=[lot_data()]).select("A")
    assert (chosen.value, chosen.period_years) == (Decimal(10_000_000), Decimal(1))


def test_a_lot_worth_nothing_is_worth_nothing() -> None:
    assert project(lots=[lot_data(value="0")]).select("A").value == 0


def test_a_lots_requirements_come_after_the_projects_and_not_the_others() -> None:
    lots = [lot_data(name, requirements=[requirement_data(id=f"R{name}")]) for name in "AB"]
    whole = project(requirements=[requirement_data()], lots=lots)
    assert [item.id for item in whole.select("B").requirements] == ["R01", "RB"]
    assert [item.id for item in whole.requirements] == ["R01"]


def test_a_project_is_read_back_from_what_it_gives_out() -> None:
    whole = project(lots=[lot_data("A")], requirements=[requirement_data()])
    assert Project.model_validate(whole.model_dump(mode="json")) == whole


def test_a_file_cannot_select_a_lot() -> None:
    assert why_not(lot=lot_data("Z"))


def test_ids_of_lots_and_of_requirements_are_used_once() -> None:
    assert "id 重复：A" in why_not(lots=[lot_data("A"), lot_data("A")])
    twice = [requirement_data(), requirement_data()]
    assert "id 重复：R01" in why_not(requirements=twice)
    assert "id 重复：R01" in why_not(lots=[lot_data(requirements=twice)])


def test_a_lot_may_not_repeat_a_requirement_of_the_project_but_one_of_another_lot() -> None:
    lots = [lot_data(name, requirements=[requirement_data()]) for name in "AB"]
    assert "id 重复：R01" in why_not(requirements=[requirement_data()], lots=lots)
    assert len(project(lots=lots).lots) == 2


@pytest.mark.parametrize("code", ["", SUBJECT_USCC[:-1], SUBJECT_USCC.lower()])
def test_the_owner_has_a_valid_code(code: str) -> None:
    assert "统一社会信用代码" in why_not(owner={"name": "样本市教育局", "uscc": code})


@pytest.mark.parametrize("matter", ["招投标", "工程招标", ""])
def test_a_matter_is_one_of_the_list(matter: str) -> None:
    assert why_not(matter=matter)


def test_a_requirement_is_read_by_its_kind() -> None:
    works = requirement_data("similar_works", category="房屋建筑工程", value="5000000")
    (found,) = project(requirements=[works]).requirements
    assert isinstance(found, SimilarWorksRequirement)
    assert (found.count, found.hard, found.joint_works) == (1, True, False)


@pytest.mark.parametrize("changes", [{"kind": "size"}, {"need": "-1"}, {"years": "0"}, {"factor_k": "0"}])
def test_a_requirement_out_of_its_bounds_is_refused(changes: dict[str, str]) -> None:
    assert why_not(requirements=[requirement_data(**changes)])


def faults(**changes: Any) -> list[str]:
    """Return the faults of a project with one requirement, each as its path and message."""
    with pytest.raises(ValidationError) as caught:
        project(requirements=[requirement_data(**changes)])
    return [f"{fault.path}：{fault.what}" for fault in faults_of(caught.value)]


SUPPLY: Data = {"kind": "supply_capacity", "category": "生产许可", "product": "混凝土", "unit": "立方米"}


@pytest.mark.parametrize("needs", [{}, {"need": "1", "need_per_year": "1"}])
def test_a_supply_is_asked_for_the_whole_contract_or_yearly(needs: Data) -> None:
    (fault,) = faults(**SUPPLY, **needs)
    assert "need（合同期总量）与 need_per_year（每年数量）须且只须写明一个" in fault


@pytest.mark.parametrize("changes", [{"need": "0"}, {"need": "-1"}, {"need": "1", "unit": ""}])
def test_a_supply_asked_for_is_more_than_nothing_and_in_a_unit(changes: Data) -> None:
    assert faults(**SUPPLY | changes)


@pytest.mark.parametrize("kind", ["revenue_floor", "current_ratio"])
def test_each_year_has_the_same_need_or_its_own(kind: str) -> None:
    by_year = {"2024": "1", "2023": "2"}
    assert "须且只须写明一个" in faults(kind=kind)[0]
    assert "须且只须写明一个" in faults(kind=kind, need="1", needs=by_year)[0]
    assert "不再写 years" in faults(kind=kind, years="3", needs=by_year)[0]
    assert faults(kind=kind, needs={"2024": "0"}) == ["requirements[0].needs.2024：应大于 0：0"]
    assert faults(kind=kind, needs={"204": "1"}) == ["requirements[0].needs.204：应不小于 1949：204"]
    (found,) = project(requirements=[requirement_data(kind, needs=by_year)]).requirements
    assert getattr(found, "needs") == {2023: 2, 2024: 1}  # noqa: B009 - of two kinds


def young(**terms: Any) -> Data:
    """Return the alternative of a tender for firms founded less than three years before."""
    return {"founded_within_years": "3", "requirement": {"kind": "liquidity", "need": "5", **terms}}


def test_an_alternative_stands_in_the_place_of_its_requirement() -> None:
    (asked,) = project(
        requirements=[requirement_data(page="7", hard="false", alternative=young())]
    ).requirements
    assert asked.alternative is not None
    assert asked.alternative.requirement == LiquidityTerms(kind="liquidity", need=Decimal(5))
    other = instead(asked, asked.alternative)
    assert (other.id, other.clause, other.text) == (asked.id, asked.clause, asked.text)
    assert (other.page, other.hard, other.kind, other.alternative) == (7, False, "liquidity", None)


def test_a_project_with_alternatives_and_needs_by_year_is_read_back_from_what_it_gives_out() -> None:
    floor = requirement_data("revenue_floor", id="R02", needs={"2024": "1"}, alternative=young())
    whole = project(requirements=[requirement_data(alternative=young()), floor])
    assert Project.model_validate(whole.model_dump(mode="json")) == whole


def test_an_alternative_has_no_alternative() -> None:
    (fault,) = faults(alternative=young(alternative=young()))
    assert fault == "requirements[0].alternative.requirement.alternative：替代条件不能再有替代条件"


@pytest.mark.parametrize("key", ["id", "clause", "text", "hard", "page"])
def test_an_alternative_keeps_the_place_of_its_requirement(key: str) -> None:
    (fault,) = faults(alternative=young(**{key: "1"}))
    assert fault == f"requirements[0].alternative.requirement.{key}：不认识的键：1"


def test_the_faults_of_an_alternative_are_told_by_their_path() -> None:
    place = "requirements[0].alternative"
    assert faults(alternative=young(need="-1")) == [f"{place}.requirement.need：应不小于 0：-1"]
    assert faults(alternative=young(kind="size"))[0].startswith(f"{place}.requirement：kind 只能是 ")
    assert faults(alternative={"founded_within_years": "3"}) == [f"{place}.requirement：缺少此项"]
    assert faults(alternative=young() | {"founded_within_years": "0"}) == [
        f"{place}.founded_within_years：应大于 0：0"
    ]


def test_the_schema_tells_the_terms_of_an_alternative_from_a_requirement() -> None:
    definitions = Project.model_json_schema()["$defs"]
    assert {"id", "clause", "text"} <= set(definitions["TurnoverRequirement"]["required"])
    assert definitions["TurnoverTerms"]["required"] == ["kind"]
    choices = definitions["Alternative"]["properties"]["requirement"]["discriminator"]["mapping"]
    assert (
        choices.keys()
        == definitions["Lot"]["properties"]["requirements"]["items"]["discriminator"]["mapping"].keys()
    )


def test_a_round_begins_at_one() -> None:
    assert project().round == 1
    assert why_not(round="0")


def test_a_single_subject_is_an_applicant_with_the_whole_share() -> None:
    applicant = single(LEAD)
    assert (applicant.lead, applicant.joint, applicant.name) == (LEAD, False, "样本甲建设有限公司")
    assert [member.share for member in applicant.members] == [1]


def test_the_lead_holds_what_the_partners_leave() -> None:
    applicant = joint(LEAD, [(PARTNER, Decimal("0.3")), (THIRD, Decimal("0.25"))], ["土建", "机电"])
    assert [member.share for member in applicant.members] == [Decimal(s) for s in ("0.45", "0.3", "0.25")]
    assert [member.work for member in applicant.members] == ["土建", "机电", ""]
    assert applicant.subjects == (LEAD, PARTNER, THIRD)
    assert applicant.name == "样本甲建设有限公司、样本乙建设有限公司、样本丙建设有限公司（联合体）"


@given(st.lists(st.integers(1, 99), min_size=2, max_size=2))
def test_shares_make_up_the_whole_or_are_refused(percents: list[int]) -> None:
    shares = [str(Decimal(percent) / 100) for percent in percents]
    if sum(percents) >= 100:
        assert bad_shares(*shares).path == "partner"
    else:
        partners = zip([PARTNER, THIRD], map(Decimal, shares), strict=True)
        assert sum(member.share for member in joint(LEAD, list(partners)).members) == 1


@pytest.mark.parametrize("shares", [["1"], ["0.5", "0.5"], ["0.7", "0.7"], ["0"], ["-0.2"], ["0.5", "0"]])
def test_shares_that_leave_the_lead_nothing_or_a_partner_nothing_are_refused(shares: list[str]) -> None:
    assert bad_shares(*shares).path == "partner"


@pytest.mark.parametrize(
    ("shares", "reason"),
    [
        (["1"], "份额为 1，合计 1；"),
        (["0.5", "0.5"], "份额为 0.5、0.5，合计 1.0；"),
        (["-0.2"], "份额为 -0.2，合计 -0.2；"),
        (["NaN"], "份额为 NaN，合计 NaN；"),
    ],
)
def test_a_refusal_of_shares_names_what_was_given_and_what_is_asked(shares: list[str], reason: str) -> None:
    text = bad_shares(*shares).text()
    assert reason in text
    assert "每份须大于 0，合计须小于 1" in text


def test_the_members_shares_make_up_the_whole() -> None:
    with pytest.raises(ValidationError):
        Applicant(members=(Member(subject=LEAD), Member(subject=PARTNER)))


def test_nobody_is_a_member_twice() -> None:
    with pytest.raises(ValidationError, match="联合体成员重复"):
        Applicant(members=(Member(subject=LEAD), Member(subject=LEAD)))


def test_a_partner_that_is_the_lead_is_refused_with_a_code() -> None:
    with pytest.raises(ReportgenError, match="联合体成员重复") as caught:
        joint(LEAD, [(LEAD, Decimal("0.4"))])
    assert caught.value.code == "E0301"


def pair() -> Applicant:
    """Return a joint venture of two."""
    return joint(LEAD, [(PARTNER, Decimal("0.4"))])


def trio() -> Applicant:
    """Return a joint venture of three."""
    return joint(LEAD, [(PARTNER, Decimal("0.3")), (THIRD, Decimal("0.3"))])


def test_a_joint_venture_is_refused_where_none_is_accepted() -> None:
    assert refusal(pair(), {}) == "本项目不接受联合体"
    assert refusal(pair(), {"accepted": "false", "most_members": "3"}) == "本项目不接受联合体"


def test_a_joint_venture_has_as_many_members_as_the_project_allows() -> None:
    rule = {"accepted": "true", "most_members": "2"}
    check_joint(pair(), project(joint_venture=rule))
    assert refusal(trio(), rule) == "成员 3 家，多于允许的 2 家"
    check_joint(trio(), project(joint_venture={"accepted": "true"}))


def test_a_single_applicant_needs_no_rule_for_joint_ventures() -> None:
    check_joint(single(LEAD), project())


def test_the_schema_of_a_project_and_of_a_subject_can_be_printed() -> None:
    assert "bid_deadline" in Project.model_json_schema()["properties"]
    assert "records" in Subject.model_json_schema()["properties"]


def test_a_key_nobody_knows_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Project.model_validate(project_data(deadline="2026-12-10"))
