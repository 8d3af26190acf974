"""A base applicant and project, the changes a case makes to them, and the judgement.

The changes are those of `reportgen.intake.patch`. A case may also say

    joint  {share, lead_work, work, …}   add `partner`, at first a copy of the subject, as a member;
                                         `lead_specialties`, `specialties`: 资质 each answers for
"""

from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from functools import cache
from pathlib import Path

from reportgen.assess.case import Case
from reportgen.assess.judge import assess
from reportgen.assess.model import Assessment, RequirementResult
from reportgen.intake.patch import Patch
from reportgen.plain import read_plain
from reportgen.policy.loader import select
from reportgen.project.applicant import Applicant, Member
from reportgen.project.model import Project
from reportgen.subject.model import Subject
from tests.factories import PARTNER_USCC, Data

HERE = Path(__file__).resolve().parent
SNAPSHOT = "0" * 64
JOINT = "joint"
OTHERS = frozenset({JOINT})
_NO_PATCH = Patch({})


@cache
def read(path: Path) -> Data:
    """Return a file of the tests; every scalar is text, as at intake."""
    plain = read_plain(path)
    assert not plain.faults, plain.faults
    return plain.data


def base(files: Mapping[str, Path] | None = None) -> Data:
    """Return subject, partner and project as plain mappings of their own, from `files` or the base."""
    given = files or {}
    subject = deepcopy(read(given.get("subject", HERE / "base" / "subject.yaml")))
    copied = subject | {"uscc": PARTNER_USCC, "name": "样例远岫建筑有限公司"}
    partner = deepcopy(read(given["partner"]) if "partner" in given else copied)
    project = deepcopy(read(given.get("project", HERE / "base" / "project.yaml")))
    return {"subject": subject, "partner": partner, "project": project}


def case_of(data: Data, joint: Data | None = None, patch: Patch = _NO_PATCH, lot: str = "") -> Case:
    """Return the case that plain data describe, with its members, project and policy."""
    project = patch.read(Project, data, "project").select(lot)
    return Case(_applicant(data, joint, patch), project, select(project))


def _applicant(data: Data, joint: Data | None, patch: Patch) -> Applicant:
    subject = patch.read(Subject, data, "subject")
    if joint is None:
        return Applicant(members=(Member(subject=subject),))
    share = Decimal(str(joint.get("share", "0.4")))
    lead = Member(
        subject=subject,
        share=1 - share,
        work=joint.get("lead_work", ""),
        specialties=joint.get("lead_specialties", ()),
    )
    second = Member(
        subject=patch.read(Subject, data, "partner"),
        share=share,
        work=joint.get("work", ""),
        specialties=joint.get("specialties", ()),
    )
    return Applicant(members=(lead, second))


def changed_case(patch: Patch, files: Mapping[str, Path] | None = None, lot: str = "") -> Case:
    """Return the case of the files, or of the base, as a patch changes it."""
    return case_of(patch.apply(base(files)), patch.given.get(JOINT), patch, lot)


def given_case(given: Data | None = None) -> Case:
    """Return the base case as `given` changes it."""
    return changed_case(Patch(given or {}, others=OTHERS))


def judged(given: Data | None = None) -> Assessment:
    """Return the assessment of the base case as `given` changes it."""
    return assess(given_case(given), SNAPSHOT)


def asked(assessment: Assessment, name: str) -> RequirementResult:
    """Return the result of one requirement."""
    return next(item for item in assessment.requirements if item.id == name)
