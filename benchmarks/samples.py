"""What is typeset here: reports of generated subjects, another for each seed.

Two samples of one kind of report, a capable road builder with 24 records and 12 contracts:

- `WHOLE`: the report as it is issued. It has 17 to 19 pages; one with nothing recorded still has 16, for the
  law, the method and the ways to verify are printed in full whatever the subject.
- `TEN`: the same content with the sections of `_KEPT` and no others. Cover, declaration, contents and conclusion
  stay, and of the rest what gives 10 ± 1 pages: what the project asks, the record, the funds and the risks, with
  all the charts, lists, wide and narrow tables. Rows and words within a section are as in the whole report.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from reportgen.assess.case import Case
from reportgen.assess.judge import assess
from reportgen.cli.demo import sample_office
from reportgen.document.compose import Inputs, compose
from reportgen.document.content import Content
from reportgen.document.enclosed import enclosed
from reportgen.document.issuer import Binding, issuer_of
from reportgen.document.typeset import Enclosure
from reportgen.pipeline import Judged, Means, Request, identify, snapshot
from reportgen.policy.loader import select
from reportgen.project.applicant import single
from reportgen.project.model import Project
from reportgen.subject.model import Subject
from sample_subjects.generator import generate_project, generate_subject

Length = Literal["ten", "whole"]
TEN: Length = "ten"
WHOLE: Length = "whole"
NOW = datetime(2026, 11, 21, 9, 30)
CATEGORY = "公路工程"
_KEPT = frozenset({"2", "4", "9", "11"})
_SECRET = b"benchmark, which has no secrets."


@dataclass(frozen=True)
class Sample:
    """A report to be typeset: where it comes from, its content, what is attached to it, and its number."""

    seed: int
    length: Length
    content: Content
    enclosures: tuple[Enclosure, ...]
    number: str


def request(seed: int, records: int = 24, contracts: int = 12) -> Request:
    """Return a request of a generated subject for a generated project of its trade."""
    # Drawn numbers of projects are four digits, and thousands of them meet.
    tender = generate_project(seed, category=CATEGORY) | {"id": f"YH-2026-{seed:08d}"}
    project = Project.model_validate(tender)
    data = generate_subject(seed, profile="good", category=CATEGORY, records=records, contracts=contracts)
    applicant = single(Subject.model_validate(data))
    binding = Binding(recipient=project.owner, purpose="投标", authorisation="样例", payer=project.owner.uscc)
    return Request(applicant, project, binding)


def inputs(asked: Request) -> Inputs:
    """Return what the report of a request is made from, unregistered and unsigned, of the sample agency."""
    issuer = issuer_of(sample_office())
    case = Case(asked.applicant, asked.project, select(asked.project))
    found = assess(case, snapshot(asked.applicant, asked.project))
    judged = Judged(asked, case, found, Means(issuer))
    return Inputs(case, found, asked.binding, issuer, identify(judged, _SECRET, NOW))


def sample(seed: int, length: Length = TEN, records: int = 24) -> Sample:
    """Return the sample of a seed; its charts, seal and code to scan are drawn already."""
    made = inputs(request(seed, records))
    content = kept(compose(made), length)
    return Sample(seed, length, content, tuple(enclosed(made)), made.identity.number)


def kept(content: Content, length: Length) -> Content:
    """Return what a sample of a length prints of a report."""
    if length == WHOLE:
        return content
    return replace(content, sections=tuple(s for s in content.sections if s.label in _KEPT))
