"""Every 否决项 of every rule pack, and every local rule once chosen, decides by itself.

Each row changes the base case, which is 具备, by the one fact that the gate is about and nothing else.
"""

import pytest

from reportgen.assess.model import Basis, Conclusion
from reportgen.policy.loader import PACKS, load_pack, pack_paths
from tests.assess.build import judged
from tests.factories import Data

BAN = {
    "id": "ban",
    "source": "gov",
    "kind": "禁止参加",
    "title": "禁止参加决定",
    "authority": "样例局",
    "determined_on": "2026-01-10",
}
MATTERS = {
    "bidding-ban": "工程招标投标",
    "procurement-ban": "政府采购",
    "procurement-major-breach": "政府采购",
    "benxi-grade-tender": "工程招标投标",
    "benxi-grade-funds": "财政补助",
    "cangzhou-property-record": "国有产权交易",
    "cangzhou-procurement-record": "政府采购",
    "cangzhou-subsidy-record": "财政补助",
}


def standing(word: str) -> Data:
    return {"set": {"subject.registration.standing": word}}


def banned(matter: str) -> Data:
    ban = {"scope": [matter], "since": "2026-01-10", "until": "2028-01-09", "legal_basis": "样例规定第一条"}
    return {"add": {"subject.records": [{**BAN, "ban": ban}]}}


def penalty(**changes: object) -> Data:
    record = {**BAN, "kind": "行政处罚", "title": "处罚决定", "severity": "严重", **changes}
    return {"add": {"subject.records": [record]}}


def graded(grade: str) -> Data:
    valid = {"valid_from": "2026-01-10", "valid_until": "2027-01-09"}
    return {"add": {"subject.records": [{**BAN, "kind": "综合信用等级", "grade": grade, **valid}]}}


ALONE: dict[str, Data] = {
    "ended": standing("注销"),
    "winding-up": standing("清算"),
    "bidding-ban": banned("工程招标投标"),
    "procurement-ban": banned("政府采购"),
    "procurement-major-breach": penalty(measures=["责令停产停业"]),
    "benxi-grade-tender": graded("C"),
    "benxi-grade-funds": graded("D"),
    "cangzhou-property-record": penalty(),
    "cangzhou-procurement-record": penalty(),
    "cangzhou-subsidy-record": penalty(),
}
HARMLESS: dict[str, Data] = {
    "ended": standing("存续"),
    "winding-up": standing("停业"),
    "bidding-ban": banned("政府采购"),
    "procurement-ban": banned("工程招标投标"),
    "procurement-major-breach": penalty(measures=["罚款"], severity="一般"),
    "benxi-grade-tender": graded("B"),
    "benxi-grade-funds": graded("A"),
    "cangzhou-property-record": penalty(severity="一般"),
    "cangzhou-procurement-record": penalty(severity="一般"),
    "cangzhou-subsidy-record": penalty(severity="一般"),
}


def shipped() -> dict[str, str]:
    """Return every gate and switch of the shipped packs with the region that has it."""
    found: dict[str, str] = {}
    for pack in sorted((load_pack(path)[0] for path in pack_paths(PACKS)), key=lambda pack: pack.region):
        for name in (*(gate.id for gate in pack.gates), *(switch.id for switch in pack.switches)):
            found.setdefault(name, pack.region)
    return found


def given(name: str, change: Data) -> Data:
    """Return the change with the matter the gate is about, and the owner's choice where it needs one."""
    fields = {**change.get("set", {}), "project.region": shipped()[name]}
    if name in MATTERS:
        fields["project.matter"] = MATTERS[name]
    if name.startswith(("benxi", "cangzhou")):
        by = {"name": "样例市汀步小学", "uscc": "12990102MA000004XD"}
        choice = {"switch": name, "by": by, "clause": "公告第三条", "chosen_on": "2026-11-01"}
        fields["project.choices"] = [choice]
    return {**change, "set": fields}


def test_every_shipped_gate_and_switch_has_a_row() -> None:
    assert set(ALONE) == set(HARMLESS) == set(shipped())


@pytest.mark.parametrize("name", ALONE)
def test_a_gate_alone_flips_the_conclusion(name: str) -> None:
    assessment = judged(given(name, ALONE[name]))
    assert assessment.conclusion is Conclusion.INCAPABLE
    assert [gate.id for gate in assessment.gates if gate.tripped] == [name]
    assert {reason.basis for reason in assessment.reasons} <= {Basis.LAW, Basis.TENDER}


@pytest.mark.parametrize("name", HARMLESS)
def test_its_harmless_neighbour_does_not(name: str) -> None:
    assessment = judged(given(name, HARMLESS[name]))
    assert assessment.conclusion is Conclusion.CAPABLE
    assert not [gate.id for gate in assessment.gates if gate.tripped]
