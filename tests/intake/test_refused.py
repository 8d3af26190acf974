"""What no file brings in: numbers of persons, and grades in a project that nobody can read."""

from pathlib import Path
from typing import Any

import pytest

from reportgen.errors import ReportgenError
from reportgen.intake.files import load_project, load_subject
from tests.factories import (
    contract_data,
    fact_data,
    project_data,
    requirement_data,
    subject_data,
    write_yaml,
)
from tests.subject.test_private import NOBODY

MOBILE = "13900000000"


def faults(caught: pytest.ExceptionInfo[ReportgenError]) -> list[tuple[str, str]]:
    assert caught.value.code == "E0301"
    return [(fault.path, fault.what) for fault in caught.value.faults]


def officer(name: str) -> Any:
    return {**fact_data("OFF-1"), "name": name, "post": "董事"}


def test_a_number_of_an_identity_card_is_refused_anywhere_in_a_subject_and_never_told(tmp_path: Path) -> None:
    data = subject_data(
        officers=[officer(f"某穗 {NOBODY}")], contracts=[contract_data(name=f"宿舍楼（联系人{NOBODY}）")]
    )
    with pytest.raises(ReportgenError) as caught:
        load_subject(write_yaml(tmp_path / "s.yaml", data))
    assert sorted(path for path, _ in faults(caught)) == ["contracts[0].name", "officers[0].name"]
    assert all("报告不载身份证件号码，请删去或遮盖" in what for _, what in faults(caught))
    assert NOBODY not in caught.value.text()


def test_a_number_of_an_identity_card_is_refused_in_a_project(tmp_path: Path) -> None:
    data = project_data(requirements=[requirement_data(text=f"联系人证件号{NOBODY}")])
    with pytest.raises(ReportgenError) as caught:
        load_project(write_yaml(tmp_path / "p.yaml", data))
    assert [path for path, _ in faults(caught)] == ["requirements[0].text"]


def test_a_mobile_number_is_refused_in_the_name_of_a_person_only(tmp_path: Path) -> None:
    contract = contract_data(name=f"热线 {MOBILE} 工程")
    with pytest.raises(ReportgenError) as caught:
        data = subject_data(officers=[officer(f"某穗 {MOBILE}")], contracts=[contract])
        load_subject(write_yaml(tmp_path / "s.yaml", data))
    assert [path for path, _ in faults(caught)] == ["officers[0].name"]


def test_a_grade_that_nobody_can_read_is_refused_in_a_project_and_in_its_alternatives(tmp_path: Path) -> None:
    asked = requirement_data("qualification", category="安全生产许可证", grade="二等")
    terms = {"kind": "qualification", "category": "安全生产许可证", "grade": "三等"}
    other = requirement_data(
        "qualification",
        id="R2",
        category="安全生产许可证",
        alternative={"founded_within_years": 3, "requirement": terms},
    )
    with pytest.raises(ReportgenError) as caught:
        load_project(write_yaml(tmp_path / "p.yaml", project_data(requirements=[asked, other])))
    told = faults(caught)
    assert [path for path, _ in told] == [
        "requirements[0].grade",
        "requirements[1].alternative.requirement.grade",
    ]
    assert "认不出等级“二等”，请写作一级、甲级、特级" in told[0][1]
