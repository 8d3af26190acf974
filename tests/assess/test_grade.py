"""综合信用等级: every class on both sides of its boundary, its validity to the day, and its life."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from reportgen.assess.grade import (
    NOTICE,
    GradeAssessment,
    GradeState,
    GradeTerm,
    grade,
    grading_policy,
)
from reportgen.errors import ReportgenError
from reportgen.policy.model import Policy
from reportgen.subject.records import Grade
from tests.assess.graded import CHECKED, DAY, DISPUTED, SEVERE, SLIGHT, firm, honour, penalty, sources
from tests.assess.local_pack import CITY, DISTRICT, city_policy, packs
from tests.assess.worlds import GOOD
from tests.factories import Data, record_data, registration_data, source_data

Judge = Callable[..., GradeAssessment]


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    return city_policy(tmp_path_factory.mktemp("packs"), DAY)


@pytest.fixture(scope="module")
def judge(policy: Policy) -> Judge:
    def judged(*found: Data, on: date = DAY, years: int | None = None, **changes: Any) -> GradeAssessment:
        return grade(firm(*found, **changes), policy, on, years)

    return judged


def said(assessment: GradeAssessment) -> str:
    return "".join((*(r.text for r in assessment.reasons), *assessment.notes))


def test_no_record_at_all_with_a_closed_list_is_b(judge: Judge) -> None:
    found = judge()
    assert found.sentence == "综合信用等级 B 级（无优良信誉信息记录，且无不良行为信息记录）"
    assert not found.gaps
    assert [reason.evidence for reason in found.reasons] == [(), ()]


@pytest.mark.parametrize("kind", GOOD)
def test_one_honour_is_a_and_names_it(kind: str, judge: Judge) -> None:
    found = judge(honour(kind=kind))
    assert found.grade is Grade.A
    assert found.reasons[0].evidence == (f"{found.uscc}:H1",)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"valid_until": "2026-11-21"}, Grade.A),
        ({"valid_until": "2026-11-20"}, Grade.B),
        ({"valid_from": "2026-11-22"}, Grade.B),
        ({"removed_on": "2026-11-22"}, Grade.A),
        ({"removed_on": "2026-11-21"}, Grade.B),
        ({"determined_on": "2023-11-21"}, Grade.A),
        ({"determined_on": "2023-11-20"}, Grade.B),
        ({"determined_on": "2020-01-01", "valid_until": "2027-01-01"}, Grade.A),
        ({"determined_on": "2026-11-22"}, Grade.B),
        ({"source": "own"}, Grade.B),
        ({"source": "own"} | CHECKED, Grade.A),
        ({"source": "bank"}, Grade.B),
        ({"state": "已撤销", "revoked_on": "2026-11-01"}, Grade.B),
    ],
)
def test_an_honour_counts_while_it_holds_and_is_proven(changes: Data, expected: Grade, judge: Judge) -> None:
    assert judge(honour(**changes)).grade is expected


def test_what_no_longer_holds_or_is_only_declared_is_said_not_to_count(judge: Judge) -> None:
    assert "优良信誉信息 1 条，未计入" in said(judge(honour(source="own")))


@pytest.mark.parametrize("kind", ["公共信用综合评价", "行业信用评价", "综合信用等级", "行政许可", "信用承诺"])
def test_an_evaluation_or_a_licence_decides_nothing(kind: str, judge: Judge) -> None:
    assert judge(record_data(kind=kind)).grade is Grade.B


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Grade.C),
        (SLIGHT, Grade.C),
        (SLIGHT | {"publicity_until": "2026-11-21"}, Grade.C),
        (SLIGHT | {"publicity_until": "2026-11-20"}, Grade.A),
        ({"severity": "轻微"}, Grade.A),
        ({"state": "已修复", "repaired_on": "2026-11-01"}, Grade.A),
        ({"determined_on": "2025-11-21"}, Grade.C),
        ({"determined_on": "2025-11-20"}, Grade.A),
    ],
)
def test_an_adverse_record_beside_an_honour_is_c_only_while_it_may_be_used(
    changes: Data, expected: Grade, judge: Judge
) -> None:
    assert judge(honour(), penalty(**changes)).grade is expected


def test_a_withheld_record_leaves_no_trace(judge: Judge) -> None:
    repaired = penalty(**SEVERE, state="已修复", repaired_on="2026-11-01", number="罚〔2026〕7号")
    assert judge(honour(), repaired) == judge(honour())
    assert judge(penalty(severity="轻微")) == judge()


def test_an_honour_never_offsets_and_the_result_says_so(judge: Judge) -> None:
    assert "不抵消不良行为信息" in said(judge(honour(), penalty()))


def test_a_judgment_lost_and_undone_is_c_and_one_fulfilled_is_not(judge: Judge) -> None:
    lost = record_data(kind="民事裁判", against=True, fulfilment="全部未履行", determined_on="2015-01-01")
    assert judge(lost).grade is Grade.C
    assert judge(lost | {"fulfilment": "全部履行", "determined_on": "2026-01-01"}).grade is Grade.B


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (SEVERE, Grade.D),
        (SEVERE | {"severity": "特别严重"}, Grade.D),
        (SEVERE | {"severity": "一般"}, Grade.C),
        (SEVERE | {"social_impact": False}, Grade.C),
        (SEVERE | {"severity_manual": True}, Grade.C),
        (SEVERE | {"severity": None, "measures": ["吊销许可证件"]}, Grade.D),
        (SEVERE | {"source": "own"} | CHECKED, Grade.D),
        (SEVERE | {"source": "bank"}, None),
        (SEVERE | {"source": "own"}, None),
        (SEVERE | {"state": "已修复", "repaired_on": "2026-11-01"}, Grade.B),
    ],
)
def test_d_needs_a_severe_record_whose_impact_is_established(
    changes: Data, expected: Grade | None, judge: Judge
) -> None:
    assert judge(penalty(**changes)).grade is expected


def test_a_severe_record_without_impact_says_why_it_is_no_d(judge: Judge) -> None:
    assert "未见认定造成严重社会影响的文书" in said(judge(penalty(severity="严重")))
    assert "严重程度为人工判定" in said(judge(penalty(**SEVERE, severity_manual=True)))
    assert "社会影响" not in said(judge(penalty()))
    two = judge(penalty(severity="严重"), penalty(id="R2", severity="特别严重"))
    assert two.notes == ("严重失信信息 2 条未见认定造成严重社会影响的文书，不评为 D 级",)


def test_a_d_names_only_the_records_that_make_it_one(judge: Judge) -> None:
    found = judge(penalty(), penalty(id="R2", **SEVERE))
    assert [reason.evidence for reason in found.reasons] == [(f"{found.uscc}:R2",)]
    assert "文书认定造成严重社会影响" in said(found)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        ([penalty(**DISPUTED)], "综合信用等级 C 级【异议中】"),
        ([penalty(**DISPUTED), penalty(id="R2")], "综合信用等级 C 级（"),
        ([penalty(**SEVERE, **DISPUTED), penalty(id="R2")], "综合信用等级 D 级【异议中】"),
        ([penalty(**SEVERE), penalty(id="R2", **DISPUTED)], "综合信用等级 D 级（"),
        ([honour(**DISPUTED)], "综合信用等级 A 级【异议中】"),
        ([honour(**DISPUTED), honour(id="H2")], "综合信用等级 A 级（"),
    ],
)
def test_a_grade_that_rests_on_disputed_records_alone_is_marked(
    found: list[Data], sentence: str, judge: Judge
) -> None:
    assessment = judge(*found)
    assert assessment.sentence.startswith(sentence)
    assert "异议成立的重新评定" in said(assessment)


@pytest.mark.parametrize(
    "changes",
    [
        {"complete_for": []},
        {"collected_on": "2026-09-20"},
        {"complete_since": "2023-11-22"},
        {"origin": "自主申报"},
    ],
)
def test_without_a_fresh_closed_list_of_the_whole_look_back_there_is_no_a_or_b(
    changes: Data, judge: Judge
) -> None:
    listed = sources() if "complete_for" not in changes else []
    given_sources = [listed[0] | changes, *listed[1:]] if listed else [source_data()]
    found = judge(sources=given_sources, registration=registration_data(**CHECKED))
    assert found.grade is None
    assert found.term is None
    assert found.sentence == "证据不足，未评定综合信用等级"
    assert [gap.what for gap in found.gaps] == ["公共信用信息"]


@pytest.mark.parametrize("since", ["2023-11-21", "2015-06-01"])
def test_a_list_from_the_first_day_of_the_look_back_is_enough(since: str, judge: Judge) -> None:
    assert judge(sources=sources(complete_since=since)).grade is Grade.B


def test_a_young_firm_needs_a_list_from_its_founding(judge: Judge) -> None:
    young = {"registration": registration_data(established_on="2025-05-01")}
    assert judge(sources=sources(complete_since="2025-05-01"), **young).grade is Grade.B
    assert judge(sources=sources(complete_since="2025-05-02"), **young).grade is None


@pytest.mark.parametrize(("days", "expected"), [(60, Grade.B), (61, None)])
def test_facts_too_old_on_the_day_prove_no_absence(days: int, expected: Grade | None, judge: Judge) -> None:
    assert judge(on=date(2026, 11, 20) + timedelta(days=days)).grade is expected


def test_what_is_proven_decides_even_where_the_list_is_not_closed(judge: Judge) -> None:
    found = judge(penalty(), sources=[source_data()])
    assert found.grade is Grade.C
    assert "尚未查全" in said(found)
    assert "尚未查全" not in said(judge(penalty()))
    assert not judge(sources=[source_data()]).notes


@pytest.mark.parametrize("state", [{}, DISPUTED])
def test_an_adverse_claim_of_others_leaves_a_gap_until_it_is_proven(state: Data, judge: Judge) -> None:
    found = judge(honour(), penalty(source="bank", **state))
    assert found.grade is None
    assert "尚未证实" in found.gaps[0].why
    assert judge(penalty(id="R2"), penalty(source="bank", **state)).grade is Grade.C


@pytest.mark.parametrize(
    ("registration", "expected"),
    [
        ({"standing": "存续"}, Grade.B),
        ({"standing": "停业"}, Grade.B),
        ({"standing": "吊销"}, None),
        ({"standing": "注销"}, None),
        ({"source": "own"}, None),
        ({"source": "own"} | CHECKED, Grade.B),
    ],
)
def test_only_a_registered_and_running_firm_gets_an_a_or_b(
    registration: Data, expected: Grade | None, judge: Judge
) -> None:
    assert judge(registration=registration_data(**registration)).grade is expected


@pytest.mark.parametrize(
    ("on", "years", "until"),
    [
        (date(2026, 11, 21), None, date(2027, 11, 21)),
        (date(2026, 11, 21), 2, date(2028, 11, 21)),
        (date(2028, 2, 29), 1, date(2029, 2, 28)),
        (date(2028, 2, 29), 2, date(2030, 2, 28)),
        (date(2027, 2, 28), 1, date(2028, 2, 28)),
    ],
)
def test_a_grade_is_valid_to_the_same_day_of_a_later_year(
    on: date, years: int | None, until: date, judge: Judge
) -> None:
    term = judge(penalty(determined_on=on.isoformat()), on=on, years=years).term
    assert term is not None
    assert (term.since, term.until) == (on, until)
    assert term.state(until) is GradeState.VALID
    assert term.state(until + timedelta(days=1)) is GradeState.EXPIRED


@pytest.mark.parametrize("years", [0, -1, 3])
def test_a_validity_that_the_rules_do_not_offer_is_refused(years: int, judge: Judge) -> None:
    with pytest.raises(ReportgenError) as caught:
        judge(years=years)
    assert caught.value.code == "E0322"
    assert "1、2" in caught.value.text()


def term(**changes: Any) -> GradeTerm:
    return GradeTerm.model_validate({"since": DAY, "until": date(2027, 11, 21), **changes})


@pytest.mark.parametrize(
    ("changes", "on", "state"),
    [
        ({}, date(2026, 11, 20), None),
        ({}, date(2026, 11, 21), GradeState.VALID),
        ({}, date(2027, 11, 22), GradeState.EXPIRED),
        ({"revoked_on": date(2027, 1, 2)}, date(2027, 1, 1), GradeState.VALID),
        ({"revoked_on": date(2027, 1, 2)}, date(2027, 1, 2), GradeState.REVOKED),
        ({"revoked_on": date(2028, 1, 2)}, date(2028, 1, 2), GradeState.REVOKED),
        ({"superseded_on": date(2027, 1, 2)}, date(2027, 1, 1), GradeState.VALID),
        ({"superseded_on": date(2027, 1, 2)}, date(2027, 1, 2), GradeState.SUPERSEDED),
        ({"superseded_on": date(2027, 1, 2)}, date(2029, 1, 1), GradeState.SUPERSEDED),
        ({"superseded_on": date(2027, 11, 22)}, date(2027, 11, 22), GradeState.EXPIRED),
        (
            {"superseded_on": date(2027, 1, 2), "revoked_on": date(2027, 2, 2)},
            date(2027, 3, 1),
            GradeState.REVOKED,
        ),
    ],
)
def test_a_grade_lives_until_it_expires_is_revoked_or_replaced(
    changes: Data, on: date, state: GradeState | None
) -> None:
    assert term(**changes).state(on) is state


@pytest.mark.parametrize("name", ["until", "revoked_on", "superseded_on"])
def test_nothing_ends_a_grade_before_it_begins(name: str) -> None:
    with pytest.raises(ValidationError):
        term(**{name: DAY - timedelta(days=1)})


def test_a_grade_says_that_it_is_reusable_no_report_and_no_rating(judge: Judge) -> None:
    assert judge().notice == NOTICE
    assert "重复使用" in NOTICE
    assert "不是本机构为特定项目出具的、一次性使用的信用报告" in NOTICE
    assert "AAA" not in judge(honour()).sentence


def test_a_grade_names_its_rules_with_their_validity(judge: Judge) -> None:
    found = judge()
    assert "二（二）（有效性未核）" in found.cites[0]
    assert (found.pack.name, found.pack.effect, found.pack.on) == ("city", "未核", DAY)


def test_the_most_local_pack_that_grades_is_taken(tmp_path: Path) -> None:
    folder = packs(tmp_path)
    assert grading_policy(DISTRICT, DAY, folder).pack.name == "city"
    assert grading_policy(CITY, DAY, folder).day == DAY


@pytest.mark.parametrize(
    ("region", "on"), [("999900", DAY), ("100000", DAY), (CITY, date(2017, 7, 9)), ("", DAY)]
)
def test_a_region_or_a_day_without_a_grading_rule_is_refused(region: str, on: date, tmp_path: Path) -> None:
    with pytest.raises(ReportgenError) as caught:
        grading_policy(region, on, packs(tmp_path))
    assert caught.value.code == "E0321"


def test_a_policy_that_grades_nobody_is_refused(tmp_path: Path) -> None:
    policy = city_policy(tmp_path, DAY, values={}, measures=[])
    with pytest.raises(ReportgenError) as caught:
        grade(firm(), policy, DAY)
    assert caught.value.code == "E0321"


def test_a_subject_from_elsewhere_is_graded_and_the_certificate_says_where_it_counts(judge: Judge) -> None:
    elsewhere = judge(registration=registration_data(region="990201", authority="他市市场监督管理局"))
    assert elsewhere.grade is Grade.B
    assert elsewhere.notes == (
        "主体登记在他市市场监督管理局，不在样例市规则包的地区；等级照样例市规则包评定，只供该地区的事项使用",
    )


@pytest.mark.parametrize("region", [CITY, DISTRICT])
def test_a_subject_of_the_region_needs_no_such_note(region: str, judge: Judge) -> None:
    assert judge(registration=registration_data(region=region)).notes == ()


def test_two_articles_of_one_document_are_cited_together() -> None:
    known = firm()
    (cited,) = grade(known, grading_policy("210500", DAY), DAY).cites
    assert cited.endswith("二（二）、三（一）（有效性未核）")
