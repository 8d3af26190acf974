"""A base applicant and project, the small changes a case makes to them, and the judgement.

A change is written with paths: `subject.people.manager.engaged_on` is a field of the fact `manager`,
`partner.…` the same of a second member, `project.requirements.safety.hard` a field of a requirement.

    set    path: value                   change a field, or add it
    unset  [path, …]                     take a field away
    add    path: [{…}, …]                add facts or requirements; `like: id` starts from a copy
    drop   [path, …]                     remove facts or requirements
    open   [subject.people, …]           the public list of that collection is no longer complete
    times  path: {of: n, …}              add n equal items; `{n}` in the id is their number
    joint  {share, lead_work, work, …}   add `partner`, at first a copy of the subject, as a member;
                                         `lead_specialties`, `specialties`: 资质 each answers for
"""

from copy import deepcopy
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from reportgen.assess.case import Case
from reportgen.assess.judge import assess
from reportgen.assess.model import Assessment, RequirementResult
from reportgen.plain import read_plain
from reportgen.policy.loader import select
from reportgen.project.applicant import Applicant, Member
from reportgen.project.model import Project
from reportgen.subject.model import Subject
from tests.factories import PARTNER_USCC, Data

HERE = Path(__file__).resolve().parent
SNAPSHOT = "0" * 64


def read(path: Path) -> Data:
    """Return a file of the tests; every scalar is text, as at intake."""
    plain = read_plain(path)
    assert not plain.faults, plain.faults
    return plain.data


@cache
def _base(name: str) -> Data:
    return read(HERE / "base" / f"{name}.yaml")


def base() -> Data:
    """Return base subject, partner and project as plain mappings of their own."""
    subject = deepcopy(_base("subject"))
    partner = deepcopy(subject) | {"uscc": PARTNER_USCC, "name": "样例远岫建筑有限公司"}
    return {"subject": subject, "partner": partner, "project": deepcopy(_base("project"))}


def change(data: Data, given: Data) -> None:
    """Change `data` in place as a case says."""
    for path in given.get("drop", []):
        items, name = _split(data, path)
        items.remove(_step(items, name))
    for path, added in given.get("add", {}).items():
        _extend(data, path, added)
    for path, spec in given.get("times", {}).items():
        _extend(data, path, _numbered(dict(spec)))
    for path, value in given.get("set", {}).items():
        holder, name = _split(data, path)
        holder[name] = value
    for path in given.get("unset", []):
        holder, name = _split(data, path)
        del holder[name]
    for path in given.get("open", []):
        _open(data, path)


def _split(data: Data, path: str) -> tuple[Any, str]:
    *steps, last = path.split(".")
    holder: Any = data
    for step in steps:
        holder = _step(holder, step)
    return holder, last


def _step(holder: Any, step: str) -> Any:
    if isinstance(holder, list):
        return next(item for item in holder if item["id"] == step)
    return holder[step]


def _extend(data: Data, path: str, added: list[Data]) -> None:
    holder, name = _split(data, path)
    items = holder.setdefault(name, [])
    for item in added:
        like = item.get("like")
        start = deepcopy(_step(items, like)) if like else {}
        items.append({**start, **{key: value for key, value in item.items() if key != "like"}})


def _numbered(spec: Data) -> list[Data]:
    count = int(spec.pop("of"))
    return [{**spec, "id": spec["id"].replace("{n}", str(number))} for number in range(1, count + 1)]


def _open(data: Data, path: str) -> None:
    member, collection = path.split(".")
    for source in data[member]["sources"]:
        if collection in source.get("complete_for", []):
            source["complete_for"].remove(collection)


def case_of(data: Data, joint: Data | None = None) -> Case:
    """Return the case that plain data describe, with its members, project and policy."""
    return Case(
        _applicant(data, joint), (project := Project.model_validate(data["project"])), select(project)
    )


def _applicant(data: Data, joint: Data | None) -> Applicant:
    subject = Subject.model_validate(data["subject"])
    if joint is None:
        return Applicant(members=(Member(subject=subject),))
    share = Decimal(str(joint.get("share", "0.4")))
    lead = Member(
        subject=subject,
        share=1 - share,
        work=joint.get("lead_work", ""),
        specialties=joint.get("lead_specialties", ()),
    )
    partner = Subject.model_validate(data["partner"])
    second = Member(
        subject=partner,
        share=share,
        work=joint.get("work", ""),
        specialties=joint.get("specialties", ()),
    )
    return Applicant(members=(lead, second))


def given_case(given: Data | None = None) -> Case:
    """Return the base case as `given` changes it."""
    data = base()
    change(data, given or {})
    return case_of(data, (given or {}).get("joint"))


def judged(given: Data | None = None) -> Assessment:
    """Return the assessment of the base case as `given` changes it."""
    return assess(given_case(given), SNAPSHOT)


def asked(assessment: Assessment, name: str) -> RequirementResult:
    """Return the result of one requirement."""
    return next(item for item in assessment.requirements if item.id == name)
