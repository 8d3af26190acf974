"""Risk notes: what a sentence case cannot count."""

import pytest

from reportgen.assess.model import Level, RiskNote
from tests.assess.build import judged
from tests.factories import Data

ENDING = "证照即将到期"
SOON: Data = {"subject.qualifications.safety.valid_until": "2027-01-31"}
AGAIN: Data = {"like": "safety", "id": "again", "source": "bank", "valid_until": "2027-01-31"}

SUBSIDY: Data = {
    "set": {
        "project.matter": "财政补助",
        "project.role": "申请补助主体",
        "project.decision_date": "2026-12-15",
    },
    "unset": ["project.bid_deadline"],
}


def ending(given: Data) -> list[RiskNote]:
    return [note for note in judged(given).risks if note.title == ENDING]


def test_a_licence_received_from_two_sources_is_told_once_and_by_its_clause() -> None:
    (note,) = ending({"set": SOON, "add": {"subject.qualifications": [AGAIN]}})
    assert (note.level, note.clause) == (Level.MEDIUM, "1.2")


def test_a_licence_that_only_works_themselves_need_is_told_once_and_names_no_clause() -> None:
    given = {"set": SOON, "add": {"subject.qualifications": [AGAIN]}, "drop": ["project.requirements.safety"]}
    (note,) = ending(given)
    assert (note.level, note.clause) == (Level.MEDIUM, "")


@pytest.mark.parametrize(
    ("given", "said"), [({}, "签约与履约中留意"), (SUBSIDY, "作出决定与此后的检查中留意")]
)
def test_the_advice_of_a_good_conclusion_speaks_of_a_contract_only_where_one_is_signed(
    given: Data, said: str
) -> None:
    assert said in judged(given).recommendation


@pytest.mark.parametrize(("given", "said"), [({}, "如签约，"), (SUBSIDY, "如予通过，")])
def test_so_does_that_of_a_middling_one(given: Data, said: str) -> None:
    weak: Data = {"project.requirements.cranes.hard": "false", "subject.equipment.cranes.count": "1"}
    tied: Data = {"subject.equipment.cranes.committed": "1"}
    changed = {**given, "set": {**given.get("set", {}), **weak, **tied}}
    assert said in judged(changed).recommendation


def test_a_licence_that_only_adds_points_is_a_small_risk() -> None:
    (note,) = ending({"set": {**SOON, "project.requirements.safety.hard": "false"}})
    assert (note.level, note.clause) == (Level.LOW, "1.2")
