"""Data quality: sentences in quality.yaml, and what holds for every sample subject and project."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from reportgen.assess.asking import Whom, brought
from reportgen.assess.aspects import section_qualities
from reportgen.assess.case import Case
from reportgen.assess.extract import extract_policy
from reportgen.assess.quality import DataGap, DataQuality, Matters, case_quality, data_quality
from reportgen.document.sections import sections
from reportgen.intake.files import load_project, load_subject
from reportgen.plain import read_plain
from reportgen.policy.loader import select
from reportgen.project.applicant import single
from reportgen.project.model import Project
from reportgen.settings import asset_dir
from reportgen.subject.base import Fact, Source
from reportgen.subject.model import Subject
from tests.assess.build import HERE, given_case, judged
from tests.factories import Data

SAMPLES = asset_dir("sample_subjects")
SUBJECTS = sorted((SAMPLES / "subjects").glob("*.yaml"))
ORDER = list(Matters)
SENTENCES = read_plain(HERE / "quality.yaml").data["cases"]
SUPPLIED_BY = {
    "qualification": ("qualifications",),
    "technology": ("technology",),
    "equipment": ("equipment",),
    "people": ("people",),
    "headcount": ("headcounts",),
    "bid_capacity": ("statements", "contracts"),
    "supply_capacity": ("qualifications", "contracts"),
    "turnover": ("statements",),
    "revenue_floor": ("statements",),
    "current_ratio": ("statements",),
    "liquidity": ("statements", "credit_lines"),
    "litigation": ("statements", "records"),
    "similar_works": ("contracts",),
    "performance": ("contracts",),
    "standing": ("records",),
}
"""The collections that prove a kind of requirement."""


def line(gap: DataGap) -> str:
    return f"{gap.clause} {gap.what}：{gap.why}"


def standing(found: DataQuality) -> list[str]:
    now = found.conclusion.value if found.conclusion else "证据不足"
    return [f"{now}；至多{found.at_best.value if found.at_best else '证据不足'}"]


def shown(found: DataQuality) -> list[str]:
    return [f"{a.name} {a.text}" for s in found.subjects for section in s.sections for a in section.aspects]


SEEN: dict[str, Callable[[DataQuality], list[str]]] = {
    "first": lambda found: [line(found.gaps[0])],
    "second": lambda found: [line(found.gaps[1])],
    "matters": lambda found: [found.gaps[0].matters.value],
    "asks": lambda found: list(found.letter()),
    "looks": lambda found: [w.ask.paper for w in found.wanted() if w.ask.whom is Whom.PUBLIC],
    "where": lambda found: [w.ask.where for w in found.wanted()],
    "section": shown,
    "standing": standing,
}


@pytest.mark.parametrize("sentence", SENTENCES, ids=[str(n) for n in range(1, len(SENTENCES) + 1)])
def test_the_gaps_are_what_the_sentence_says(sentence: Data) -> None:
    found = case_quality(given_case(sentence.get("given")))
    expected = dict(sentence["expect"])
    unasked = expected.pop("unasked", None)
    for key, text in expected.items():
        assert any(text in seen for seen in SEEN[key](found)), (sentence["name"], key, SEEN[key](found))
    assert unasked is None or not any(unasked in text for text in found.letter()), sentence["name"]


@dataclass(frozen=True)
class Tried:
    """A sample subject before a sample project, and what was found."""

    subject: Subject
    project: Project
    found: DataQuality


def projects() -> Iterator[Project]:
    for path in sorted((SAMPLES / "projects").glob("*.yaml")):
        whole = load_project(path)
        yield from ([whole.select(lot.id) for lot in whole.lots] or [whole])


def quality(subject: Subject, project: Project) -> DataQuality:
    return case_quality(Case(single(subject), project, select(project)))


@cache
def all_tried() -> tuple[Tried, ...]:
    subjects = [load_subject(path) for path in SUBJECTS]
    return tuple(Tried(s, p, quality(s, p)) for p in projects() for s in subjects)


def test_every_gap_says_what_to_ask_for_and_the_most_important_come_first() -> None:
    for tried in all_tried():
        gaps = tried.found.gaps
        assert [gap.matters for gap in gaps] == sorted((gap.matters for gap in gaps), key=ORDER.index)
        assert all(gap.asks and gap.why for gap in gaps)
        scored = [gap.gain for gap in gaps if gap.matters is Matters.SCORING]
        assert scored == sorted(scored, reverse=True)


def test_the_gaps_of_a_joint_venture_say_whose_they_are() -> None:
    patch = {"joint": {"share": "0.4"}, "drop": ["partner.statements.2024"], "open": ["partner.records"]}
    found = case_quality(given_case(patch))
    assert [subject.name for subject in found.subjects] == ["样例朴石建筑有限公司", "样例远岫建筑有限公司"]
    assert found.gaps[0].what == "②公共信用信息"
    assert any("②2024 年经审计的财务报表" in text for text in found.letter())


def test_without_a_conclusion_the_first_gap_is_one_that_stops_it() -> None:
    open_ = [tried.found for tried in all_tried() if tried.found.conclusion is None]
    assert open_
    assert all(found.gaps[0].matters is Matters.CONCLUDING for found in open_)


def test_shares_are_shares() -> None:
    for tried in all_tried():
        (subject,) = tried.found.subjects
        assert 0 <= subject.share <= 1
        assert all(0 <= section.share <= 1 for section in subject.sections)
        assert all(0 <= a.have <= a.of for section in subject.sections for a in section.aspects)


def test_nobody_is_asked_for_its_own_clean_record_or_for_the_number_of_an_identity_card() -> None:
    for tried in all_tried():
        wanted = tried.found.wanted()
        assert not any("身份证" in item.ask.paper for item in wanted)
        assert all(bool(item.ask.where) is (item.ask.whom is Whom.PUBLIC) for item in wanted)
        brought_ = [item.ask.paper for item in wanted if item.ask.whom is Whom.APPLICANT]
        assert not any("公共信用信息" in paper or "查询结果" in paper for paper in brought_)


def test_the_order_of_facts_changes_nothing() -> None:
    for tried in all_tried():
        reversed_ = {name: getattr(tried.subject, name)[::-1] for name in ("records", "contracts", "people")}
        turned = tried.subject.model_copy(update=reversed_)
        assert quality(turned, tried.project).gaps == tried.found.gaps


def test_who_is_found_capable_with_all_papers_lacks_nothing_before_presentation() -> None:
    full = [t for t in all_tried() if t.subject.name == load_subject(SUBJECTS[0]).name]
    capable = [t.found for t in full if t.found.conclusion == "具备信用能力"]
    assert capable
    assert all(gap.matters is Matters.SHOWING for found in capable for gap in found.gaps)


def test_what_the_first_gap_asks_for_removes_it() -> None:
    removed = 0
    for tried in all_tried():
        gap = tried.found.gaps[0] if tried.found.gaps else None
        donor = donor_of(tried.project)
        asked = [r for r in tried.project.requirements if gap and r.clause == gap.clause]
        if gap is None or donor is None or len(asked) != 1:
            continue
        after = quality(supplied(tried.subject, donor, SUPPLIED_BY[asked[0].kind]), tried.project)
        assert (gap.clause, gap.what) not in [(other.clause, other.what) for other in after.gaps], line(gap)
        removed += 1
    assert removed > 10


def donor_of(project: Project) -> Subject | None:
    """Return a sample subject that proves everything the project asks."""
    for tried in all_tried():
        if tried.project == project and not any(g.matters is not Matters.SHOWING for g in tried.found.gaps):
            return tried.subject
    return None


def supplied(subject: Subject, donor: Subject, names: tuple[str, ...]) -> Subject:
    """Return a subject whose facts of some collections are those of another, with their sources."""

    def theirs(item: Any) -> Any:
        source = {"source": f"D-{item.source}"} if isinstance(item, Fact) else {}
        return item.model_copy(update={"id": f"D-{item.id}", **source})

    sources: tuple[Source, ...] = (*subject.sources, *map(theirs, donor.sources))
    facts = {name: tuple(map(theirs, getattr(donor, name))) for name in names}
    return Subject.model_validate({**dict(subject), "sources": sources, **facts})


def test_without_a_project_the_gaps_are_in_the_order_of_the_report() -> None:
    subject = load_subject(next(path for path in SUBJECTS if path.name.startswith("10-")))
    found = data_quality(subject, extract_policy(subject.registration.region, subject.as_of), subject.as_of)
    titles = [section.title for section in found.subjects[0].sections]
    places = [titles.index(gap.what.split("：")[0]) for gap in found.gaps]
    assert places == sorted(places)
    assert {gap.matters for gap in found.gaps} == {Matters.SHOWING}
    assert not any("可以不提供" in text for text in found.letter())


def test_the_sections_are_those_of_the_printed_report() -> None:
    case = given_case()
    printed = {(section.label, section.title) for section in sections(case, judged())}
    told = section_qualities(case.subjects[0], case.policy, case.judged_on)
    assert {(section.number, section.title) for section in told} <= printed


@pytest.mark.parametrize(
    ("paper", "asked"),
    [
        ("授信文件的核实", "可供核实的材料：授信文件"),
        ("《某工程》的核实记录", "可供核实的材料：《某工程》"),
        ("2024 年经审计的财务报表", "2024 年经审计的财务报表"),
    ],
)
def test_nobody_is_asked_to_check_what_it_says_itself(paper: str, asked: str) -> None:
    assert brought(paper).paper == asked
