"""Small firms to be graded: a public source that is a closed list, a declaration and a counterparty."""

from datetime import date
from typing import Any

from reportgen.subject.model import Subject
from tests.factories import Data, record_data, source_data, subject_data

DAY = date(2026, 11, 21)
CHECKED = {"verification": {"by": "核验员甲", "how": "查验原件", "on": "2026-11-19"}}
DISPUTED = {"state": "异议中", "disputed_on": "2026-11-01"}
SEVERE = {"severity": "严重", "social_impact": True}
SLIGHT = {"severity": "轻微", "publicity_until": "2026-12-31", "determined_on": "2026-10-01"}


def sources(**changes: Any) -> list[Data]:
    """Return a public source that is a closed list of records, a declaration, and a counterparty."""
    return [
        source_data(complete_for=["records"], **changes),
        source_data(id="own", name="自主申报", origin="自主申报"),
        source_data(id="bank", name="样本银行", origin="交易对方"),
    ]


def firm(*found: Data, **changes: Any) -> Subject:
    return Subject.model_validate(subject_data(**{"sources": sources(), "records": list(found), **changes}))


def honour(**changes: Any) -> Data:
    return record_data(**{"id": "H1", "kind": "诚信荣誉", "title": "守合同重信用", **changes})


def penalty(**changes: Any) -> Data:
    return record_data(**{"measures": ["罚款"], "category": "房屋建筑工程", **changes})
