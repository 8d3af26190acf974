"""From the words of a row to the request they make: subjects and projects from the office's database, or from files."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from reportgen.batch.wording import unfit
from reportgen.document.issuer import Binding
from reportgen.errors import ReportgenError
from reportgen.faults import faults_of
from reportgen.files import irregular, unreadable
from reportgen.intake.files import ENDINGS, load_project, load_subject
from reportgen.project.applicant import Applicant, joint, single
from reportgen.project.model import Party, Project
from reportgen.registry.requests import Request
from reportgen.store.engine import Store
from reportgen.store.facts import subject_at
from reportgen.store.projects import project_at
from reportgen.subject.identifiers import uscc_fault
from reportgen.subject.model import Subject

T = TypeVar("T")
_SUBJECTS, _PROJECTS = 500, 100
"""So many are held in memory at once; a subject takes some 150 KB."""


@dataclass(frozen=True)
class Words:
    """The cells of a row, as they are written; what is not given is empty.

    `applicant` and `project`: a code of the office's database, or a file; a folder of CSV files ends with a slash.
    `partners`: the other members of a joint venture, `SUBJECT:SHARE` each, with semicolons between them.
    """

    applicant: str
    project: str
    recipient: str
    authorisation: str
    partners: str = ""
    lot: str = ""
    role: str = ""
    purpose: str = ""
    payer: str = ""
    supersedes: str = ""

    def members(self) -> list[tuple[str, str]]:
        """Return the partners as words of subject and share."""
        parts = (part.strip() for part in self.partners.replace("；", ";").replace("\n", ";").split(";"))
        found = (part.replace("：", ":").rpartition(":") for part in parts if part)
        return [(name.strip(), share.strip()) for name, _, share in found]


@dataclass(frozen=True)
class _Found(Generic[T]):
    """What a word came to: the thing, or why there is none."""

    thing: T | None
    error: ReportgenError | None = None

    def get(self) -> T:
        if self.thing is None:
            raise self.error or AssertionError
        return self.thing


class Sources:
    """Where the subjects and projects of a batch come from; each word is looked up once while it is held."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._subjects = lru_cache(_SUBJECTS)(self._find_subject)
        self._projects = lru_cache(_PROJECTS)(self._find_project)

    def subject(self, word: str) -> Subject:
        """Return a subject; raises E0301 (no code), E0350 (unknown), and what reading a file raises."""
        return self._subjects(word).get()

    def project(self, word: str) -> Project:
        """Return a project with all its lots; raises E0351 (unknown), and what reading a file raises."""
        return self._projects(word).get()

    def request(self, words: Words) -> Request:
        """Return the request that words make; raises what its parts raise."""
        project = self.project(words.project).select(words.lot)
        return Request(self.applicant(words), project, binding(words, project), words.supersedes)

    def applicant(self, words: Words) -> Applicant:
        """Return the applicant; raises E0202, E0301 (shares) and what `subject` raises."""
        lead = self.subject(words.applicant)
        partners = [(self.subject(name), _share(share)) for name, share in words.members()]
        return joint(lead, partners) if partners else single(lead)

    def _find_subject(self, word: str) -> _Found[Subject]:
        try:
            return _Found(self._subject(word))
        except ReportgenError as error:
            return _Found(None, error)

    def _find_project(self, word: str) -> _Found[Project]:
        try:
            return _Found(self._project(word))
        except ReportgenError as error:
            return _Found(None, error)

    def _subject(self, word: str) -> Subject:
        if is_file(word):
            return load_subject(_regular(word))
        if fault := uscc_fault(word):
            raise unfit(fault)
        return self._store.read(lambda session: subject_at(session, word))

    def _project(self, word: str) -> Project:
        if is_file(word):
            return load_project(_regular(word))
        return self._store.read(lambda session: project_at(session, word))


def is_file(word: str) -> bool:
    """Say whether a word names a file or a folder: by its ending alone, so that none can pass for a code."""
    return Path(word).suffix.lower() in ENDINGS or word.endswith("/")


def recipient(words: Words, project: Project) -> Party:
    """Return the recipient of a row; raises E0301 where it is not of the project."""
    try:
        return project.recipient(words.recipient)
    except ValueError as error:
        raise unfit(str(error)) from error


def binding(words: Words, project: Project) -> Binding:
    """Return what a report is bound to; raises what `recipient` and `bound` raise."""
    return bound(words, recipient(words, project).name, project.purpose)


def bound(words: Words, name: str, purpose: str) -> Binding:
    """Return what a report is bound to, for a recipient of a name; raises E0301 with every fault by its path."""
    try:
        return Binding.model_validate(
            {
                "recipient": {"name": name, "uscc": words.recipient},
                "purpose": words.purpose or purpose,
                "authorisation": words.authorisation,
                "payer": words.payer or words.recipient,
            }
        )
    except ValidationError as error:
        raise ReportgenError("E0301", faults=faults_of(error)) from error


def _regular(word: str) -> Path:
    path = Path(word)
    try:
        regular = path.is_file() or path.is_dir()
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    if not regular:
        # A device or a pipe would be read without end.
        raise irregular(path)
    return path


def _share(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise unfit(f"份额应为小于 1 的小数：{text}") from error
