"""Every sample case is judged as `cases.yaml` expects."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reportgen.assess.case import Case
from reportgen.assess.judge import assess
from reportgen.assess.model import Assessment
from reportgen.intake.files import load_project, load_subject
from reportgen.plain import read_plain
from reportgen.policy.loader import select
from reportgen.project.applicant import Applicant, joint, single

ROOT = Path(__file__).parents[2] / "sample_subjects"
CASES = {case["id"]: case for case in read_plain(ROOT / "cases.yaml").data["cases"]}


def applicant(case: dict[str, Any]) -> Applicant:
    if "subject" in case:
        return single(load_subject(ROOT / case["subject"]))
    lead, *partners = [(load_subject(ROOT / m["subject"]), Decimal(m["share"])) for m in case["members"]]
    return joint(lead[0], partners, [member["work"] for member in case["members"]])


def judged(name: str) -> Assessment:
    case = CASES[name]
    project = load_project(ROOT / case["project"]).select(case.get("lot", ""))
    return assess(Case(applicant(case), project, select(project)), "0" * 64)


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_case_is_judged_as_expected(name: str) -> None:
    found = judged(name)
    assert (found.conclusion.name if found.conclusion else "GAPS") == CASES[name]["expect"]


def test_the_disputed_penalty_decides() -> None:
    assert judged("housing-disputed").disputed


def test_the_repaired_records_leave_no_trace() -> None:
    text = judged("housing-disputed").model_dump_json()
    assert "0044号" in text
    assert not [trace for trace in ("0009号", "使用登记", "REC-001", "REC-013") if trace in text]


def test_the_safety_licence_that_ends_soon_is_a_risk() -> None:
    assert any("安全生产许可证" in note.text for note in judged("housing-expired").risks)
