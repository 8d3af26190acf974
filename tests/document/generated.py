"""Requests for reports on generated subjects, ordinary and odd ones, and what comes of them."""

from decimal import Decimal
from pathlib import Path

from reportgen.cli.demo import sample_office
from reportgen.document.issuer import Binding
from reportgen.pipeline import Issued, Request, issue
from reportgen.project.applicant import Applicant, Member, single
from reportgen.project.model import Project
from reportgen.subject.model import Subject
from sample_subjects.draw import Plain
from sample_subjects.generator import PROFILES, generate_project, generate_subject
from sample_subjects.oddities import NAME_OF_60, ODDITIES, generate_odd_project, generate_odd_subject
from sample_subjects.vocabulary import TRADES
from tests.document.samples import NOW

_SIZES = (0, 1, 24, 80, 181)


def of_seed(seed: int) -> Request:
    """Return a request for a seed: profiles, trades, numbers of records and oddities all come round."""
    oddities = tuple(ODDITIES)
    records = _SIZES[seed // 7 % len(_SIZES)]
    if seed % 3 == 0:
        subject = generate_odd_subject(seed, oddities[seed // 3 % len(oddities)], records=records)
        project = generate_odd_project(seed, owner=NAME_OF_60 if seed % 2 else "", requirements=seed % 5 * 5)
        return asked(project, subject)
    category, profile = tuple(TRADES)[seed % len(TRADES)], PROFILES[seed // 5 % len(PROFILES)]
    subject = generate_subject(seed, records=records, profile=profile, category=category)
    return asked(generate_project(seed, category=category), subject)


def of_records(count: int, profile: str = "bad") -> Request:
    """Return a request for a builder of roads with so many records."""
    subject = generate_subject(3, records=count, profile=profile, category="公路工程")
    return asked(generate_project(3), subject)


def odd(name: str) -> Request:
    """Return a request for one of `ODDITIES`."""
    return asked(generate_project(3), generate_odd_subject(3, name))


def of_long_names(members: int = 1) -> Request:
    """Return a request whose applicant, members, project and recipient have names of sixty characters and more."""
    project = generate_odd_project(3, owner=NAME_OF_60, requirements=12)
    project["joint_venture"] = {"accepted": True, "most_members": 5}
    return asked(project, *(generate_odd_subject(seed, "long-names") for seed in range(members)))


def asked(project: Plain, *subjects: Plain) -> Request:
    """Return the request of some subjects for a project, for its owner's use."""
    made, share = Project.model_validate(project), Decimal(1) / len(subjects)
    members = [Member(subject=Subject.model_validate(s), share=round(share, 4)) for s in subjects]
    applicant = single(members[0].subject) if len(members) == 1 else Applicant(members=tuple(members))
    purpose = f"参加{made.name}投标"[:200]
    return Request(
        applicant,
        made,
        Binding(recipient=made.owner, purpose=purpose, authorisation="授权书", payer=made.owner.uscc),
    )


def issued(request: Request, folder: Path) -> Issued:
    """Return what comes of a request without a register."""
    return issue(request, sample_office(), NOW, folder / "report.pdf")
