"""The three fields of a 综合信用等级, and what holds for every grade, searched with small firms."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.assess.grade import GradeAssessment, grade
from reportgen.policy.model import Policy
from reportgen.subject.records import Grade
from tests.assess.graded import CHECKED, DAY, DISPUTED, firm, honour, penalty, sources
from tests.assess.local_pack import city_policy
from tests.assess.worlds import ADVERSE, GOOD, records
from tests.factories import (
    Data,
    contract_data,
    credit_line_data,
    headcount_data,
    person_data,
    qualification_data,
    registration_data,
    source_data,
    statement_data,
)

RANK = {Grade.A: 3, Grade.B: 2, Grade.C: 1, None: 1, Grade.D: 0}
"""No grade is worth what a C is: neither helps anywhere."""

Judge = Callable[..., GradeAssessment]


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    return city_policy(tmp_path_factory.mktemp("packs"), DAY)


@pytest.fixture(scope="module")
def judge(policy: Policy) -> Judge:
    return lambda *found, **changes: grade(firm(*found, **changes), policy, DAY)


def findings(assessment: GradeAssessment) -> dict[str, str]:
    return {finding.name: finding.text for field in assessment.fields for finding in field.findings}


def test_the_three_fields_say_that_nothing_is_known_of_a_bare_firm(judge: Judge) -> None:
    found = judge()
    assert [(f.name, f.quality) for f in found.fields] == [
        ("基础信用度", "基本信用素质"),
        ("商务信用度", "信用保障能力"),
        ("社会信用度", "信用行为记录"),
    ]
    texts = findings(found)
    assert texts["财务报表"] == "未取得：2023、2024、2025 年"
    assert texts["资质与许可"] == texts["关键人员"] == "未取得资料"
    assert texts["合同履约"] == "回溯期内未见合同资料"
    assert texts["严重失信"] == "未发现"
    assert findings(judge(sources=[source_data()]))["严重失信"] == "尚未查全，已取得的部分未发现"


def test_the_three_fields_hold_findings_with_their_evidence_and_no_size(judge: Judge) -> None:
    late = contract_data(performance={"delay_days": 3})
    found = judge(
        penalty(**DISPUTED),
        honour(source="own"),
        registration=registration_data(capital="50000000"),
        statements=[statement_data(), statement_data(id="F2024", year="2024", audited="false")],
        qualifications=[
            qualification_data(),
            qualification_data(id="Q2", category="消防", valid_until="2026-01-01"),
        ],
        people=[person_data(valid_until="2026-01-01")],
        headcounts=[headcount_data(insured="96")],
        credit_lines=[credit_line_data(), credit_line_data(id="B2", bank="旧银行", valid_until="2026-10-01")],
        contracts=[late, contract_data(id="C2", evidence={}, performance={})],
    )
    texts = findings(found)
    assert texts["财务报表"] == "经审计：2025 年；未经审计：2024 年；未取得：2023 年"
    assert texts["资质与许可"] == "在有效期内：建筑工程施工总承包二级；不在有效期内：消防二级"
    assert texts["关键人员"] == "证书有已过有效期的"
    assert texts["社会保险"] == "2025 年末参保人数为人员总数的 96%"
    assert texts["合同履约"] == "逾期 1 项，履约情况未见报告 1 项"
    assert texts["银行授信"] == "样本银行的授信在有效期内"
    assert texts["行政管理"] == "行政处罚 1 条（其中不良 1 条，异议中 1 条）"
    assert texts["诚实守信"] == "未发现"
    assert not any(figure in found.model_dump_json() for figure in ("50000000", "60000000", "12000000"))
    named = {name for field in found.fields for finding in field.findings for name in finding.evidence}
    assert named == {
        f"{found.uscc}:{i}"
        for i in ("REG", "F2025", "F2024", "Q1", "Q2", "P1", "H2025", "B1", "C1", "C2", "R1")
    }


def test_what_is_out_of_its_time_is_no_finding(judge: Judge) -> None:
    old = contract_data(signed_on="2020-01-01", ends_on="2023-01-01", accepted_on="2023-11-20")
    found = findings(judge(contracts=[old], headcounts=[headcount_data(year="2026", insured="96")]))
    assert found["合同履约"] == "回溯期内未见合同资料"
    assert "社会保险" not in found
    edge = findings(judge(contracts=[old | {"accepted_on": "2023-11-21"}]))
    assert edge["合同履约"] == "履约情况未见报告 1 项"


searched = settings(derandomize=True, deadline=None, max_examples=80)
ORIGINS: list[Data] = [
    *[{"source": "S1"}] * 3,
    {"source": "own"},
    {"source": "bank"},
    {"source": "own"} | CHECKED,
]


@st.composite
def facts(draw: st.DrawFn, name: str, kinds: tuple[str, ...] | None = None) -> Data:
    record: Data = draw(records(name, kinds or draw(st.sampled_from([ADVERSE, GOOD]))))
    return record | draw(st.sampled_from(ORIGINS)) | {"social_impact": draw(st.booleans())}


@st.composite
def firms(draw: st.DrawFn) -> Data:
    count = draw(st.integers(0, 3))
    closed = draw(st.sampled_from([["records"], ["records"], []]))
    listed = [source_data(complete_for=closed), *sources()[1:]]
    return {"sources": listed, "records": [draw(facts(f"记录{n}")) for n in range(count)]}


def plus(data: Data, record: Data) -> Data:
    return data | {"records": [*data["records"], record]}


@searched
@given(data=firms(), data_added=st.data())
def test_one_more_adverse_record_never_improves_the_grade(
    policy: Policy, data: Data, data_added: st.DataObject
) -> None:
    more = plus(data, data_added.draw(facts("更多", ADVERSE)))
    before, after = (grade(firm(**item), policy, DAY) for item in (data, more))
    assert RANK[after.grade] <= RANK[before.grade]


@searched
@given(data=firms(), added=facts("更多", GOOD))
def test_one_more_honour_never_worsens_the_grade(policy: Policy, data: Data, added: Data) -> None:
    before, after = (grade(firm(**item), policy, DAY) for item in (data, plus(data, added)))
    assert RANK[after.grade] >= RANK[before.grade]


@searched
@given(data=firms(), shuffle=st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_nothing(policy: Policy, data: Data, shuffle: Any) -> None:
    held = {
        **data,
        "qualifications": [qualification_data(id=f"Q{n}", grade=f"{n}级") for n in range(3)],
        "credit_lines": [credit_line_data(id=f"B{n}", bank=f"{n}号银行") for n in range(3)],
        "contracts": [
            contract_data(id="C1", performance={"penalised": True}),
            contract_data(id="C2", performance={"delay_days": 1}),
        ],
    }
    mixed = {name: shuffle.sample(items, len(items)) for name, items in held.items()}
    assert grade(firm(**held), policy, DAY) == grade(firm(**mixed), policy, DAY)
