"""A penalty whose text names a contract of the subject, beside what that contract says of penalties."""

from typing import Any

import pytest

from reportgen.subject.warnings import warnings
from tests.factories import contract_data, record_data, subject

NAMES_IT = {"content": "在样本小学教学楼工程中使用不合格的保温板，罚款448000元。"}


def told(record: dict[str, Any], **performance: Any) -> list[str]:
    given = subject(contracts=[contract_data(performance=performance)], records=[record_data(**record)])
    return [f"{caution.path} {caution.text}" for caution in warnings(given)]


@pytest.mark.parametrize("performance", [{"penalised": "false"}, {}])
def test_a_penalty_that_names_a_contract_without_one_is_told(performance: dict[str, str]) -> None:
    (text,) = told({**NAMES_IT, "number": "样建罚〔2026〕1号"}, **performance)
    assert text == (
        "contracts[0].performance.penalised 样建罚〔2026〕1号提到《样本小学教学楼工程》，该合同的履约情况没有写明受过处罚，"
        "请核对两处；确与该合同履约无关的，不必改"
    )


def test_an_objection_to_the_penalty_settles_nothing() -> None:
    disputed = {**NAMES_IT, "state": "异议中", "disputed_on": "2026-07-01"}
    assert len(told(disputed, penalised="false")) == 1


@pytest.mark.parametrize(
    ("record", "performance"),
    [
        (NAMES_IT, {"penalised": "true"}),
        ({"content": "在别处的工程中使用不合格的保温板。"}, {"penalised": "false"}),
        ({**NAMES_IT, "determined_on": "2024-02-29"}, {"penalised": "false"}),
        ({**NAMES_IT, "state": "已修复", "repaired_on": "2026-08-01"}, {"penalised": "false"}),
        ({**NAMES_IT, "kind": "行政检查"}, {"penalised": "false"}),
    ],
    ids=["it says so", "another work", "before it was signed", "repaired", "no penalty"],
)
def test_what_agrees_is_not_told(record: dict[str, str], performance: dict[str, str]) -> None:
    assert told(record, **performance) == []
