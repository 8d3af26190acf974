"""Offices and lists of requests for the tests of batches: generated subjects, entered as the office learned them."""

import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from reportgen import pipeline
from reportgen.batch import job
from reportgen.batch.columns import KEYS
from reportgen.batch.job import Job, Outcome, Place
from reportgen.cli.init import make_office
from reportgen.document.typeset import Typeset
from reportgen.project.model import Project
from reportgen.settings import database_url, find_office
from reportgen.store.engine import Store, open_store
from reportgen.store.facts import import_subject
from reportgen.store.projects import import_project
from reportgen.subject.model import Subject
from sample_subjects.generator import generate_project, generate_subject

MOMENT = "2026-11-22 09:30:00+08:00"
"""When batches are begun."""
LEARNED = datetime(2026, 11, 22, 9, 0)
LOGIN = "clerk"
SUBJECTS, PROJECTS = 6, 2
Asked = dict[str, str]
FAULTS: dict[str, tuple[Asked, str, str]] = {
    "no code": ({"applicant": "91990102M9LYGGF686"}, "applicant", "E0301"),
    "unknown subject": ({"applicant": "91990102MA9C2K077N"}, "applicant", "E0350"),
    "no such file": ({"applicant": "nowhere.yaml"}, "applicant", "E0302"),
    "unknown project": ({"project": "P-0"}, "project", "E0351"),
    "no lots": ({"lot": "A"}, "lot", "E0306"),
    "another role": ({"role": "供应商"}, "role", "E0301"),
    "not of the project": ({"recipient": "129901024KH7058200"}, "recipient", "E0301"),
    "no recipient": ({"recipient": ""}, "recipient", "E0301"),
    "no authorisation": ({"authorisation": ""}, "authorisation", "E0301"),
    "long purpose": ({"purpose": "长" * 201}, "purpose", "E0301"),
    "unprintable": ({"purpose": "投标\u202e"}, "purpose", "E0701"),
    "payer": ({"payer": "1"}, "payer", "E0301"),
    "share": ({"partners": "91990102MA9C2K077N:x"}, "partners", "E0350"),
    "no successor": ({"supersedes": "XY20261122AAAAAAAA-A"}, "supersedes", "E0502"),
}
"""Kinds of faulty rows: what is changed of a sound one, and the column and code of its fault."""


@dataclass(frozen=True)
class Sample:
    """The office of a test, and where it lies."""

    folder: Path

    @property
    def place(self) -> Place:
        return Place(str(self.folder), LOGIN)

    @property
    def subjects(self) -> list[Subject]:
        return subjects(SUBJECTS)

    @property
    def projects(self) -> list[Project]:
        return projects(PROJECTS)

    def asked(self, number: int = 0, of: int = 0, **changes: str) -> Asked:
        """Return the cells of a request for a subject, and of a project, by their numbers."""
        return asked(self.subjects[number], self.projects[of]) | changes

    def enter(self, *learned: Subject | Project) -> None:
        """Let the office learn of more."""
        enter(self.folder, learned)


def make_sample(folder: Path) -> None:
    """Make the office of a sample."""
    make_office(folder)
    enter(folder, [*subjects(SUBJECTS), *projects(PROJECTS)])


def enter(folder: Path, learned: Iterable[Subject | Project]) -> None:
    """Let an office learn of subjects and projects."""
    store = store_of(folder)
    for one in learned:
        store.write(lambda session, o=one: _enter(session, o))  # type: ignore[misc]
    store.close()


def _enter(session: Any, one: Subject | Project) -> object:
    if isinstance(one, Subject):
        return import_subject(session, one, LEARNED)
    return import_project(session, one, LEARNED)


def store_of(folder: Path) -> Store:
    """Open the database of an office."""
    office = find_office(folder)
    assert office is not None
    return open_store(database_url(office))


@cache
def _subject(seed: int, profile: str) -> Subject:
    return Subject.model_validate(generate_subject(seed, profile=profile, records=4, contracts=4))


def subjects(count: int, profile: str = "good") -> list[Subject]:
    """Return generated subjects, the same ones each time."""
    return [_subject(seed, profile) for seed in range(count)]


@cache
def _project(seed: int) -> Project:
    return Project.model_validate(generate_project(seed))


def projects(count: int) -> list[Project]:
    """Return generated projects, the same ones each time."""
    return [_project(seed) for seed in range(count)]


def asked(subject: Subject, project: Project) -> Asked:
    """Return the cells of a request, by the columns' keys."""
    return {
        "applicant": subject.uscc,
        "project": project.id,
        "recipient": project.owner.uscc,
        "authorisation": "样例授〔2026〕1号",
    }


def write_csv(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """Write a list of requests with its columns' keys as heads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, KEYS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def set_quickly(judged: object, identity: Any) -> Typeset:
    """Set a report in no time; pages are tested elsewhere."""
    return Typeset(f"{identity.number} {identity.code} {identity.issued_at}".encode(), 1)


def do_quickly(given: Job) -> Outcome:
    """Do a job with everything but typesetting and signing, in any process."""
    pipeline.typeset = set_quickly
    pipeline.certified = lambda done, *_: pipeline.Finished(done)
    return job.do(given)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
