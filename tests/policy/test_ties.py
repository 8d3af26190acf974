"""The law that speaks of ties between applicants is told only where it was read and re-checked."""

import pytest

from reportgen.policy.loader import shelf
from reportgen.policy.ties import TIES, Tie, law_on
from reportgen.project.model import Matter

SHELF = shelf()


def test_all_law_on_ties_is_on_the_shelf_and_was_re_checked() -> None:
    assert all(SHELF[cite].printable for cite in TIES)


@pytest.mark.parametrize(
    ("tie", "matter", "article"),
    [
        (Tie.REPRESENTATIVE, Matter.WORKS_TENDER, "《中华人民共和国招标投标法实施条例》第三十四条第二款"),
        (Tie.MEMBER, Matter.WORKS_TENDER, "《中华人民共和国招标投标法实施条例》第三十七条第三款"),
        (Tie.HOLDING, Matter.GOVERNMENT_PROCUREMENT, "《中华人民共和国政府采购法实施条例》第十八条第一款"),
    ],
)
def test_a_tie_is_told_with_the_law_of_its_matter(tie: Tie, matter: Matter, article: str) -> None:
    law = law_on(tie, matter, SHELF)
    assert law is not None
    assert law.label() == article


@pytest.mark.parametrize("changes", [{"verified": False}, {"rechecked_on": None}])
def test_law_that_nobody_re_checked_is_not_told(changes: dict[str, object]) -> None:
    doubtful = {name: citation.model_copy(update=changes) for name, citation in SHELF.items()}
    assert all(law_on(tie, matter, doubtful) is None for tie in Tie for matter in Matter)
    assert law_on(Tie.HOLDING, Matter.WORKS_TENDER, {}) is None


def test_outside_tendering_no_law_is_told() -> None:
    tenders = {Matter.WORKS_TENDER, Matter.GOVERNMENT_PROCUREMENT}
    assert all(
        law_on(tie, matter, SHELF) is None for tie in Tie for matter in Matter if matter not in tenders
    )
