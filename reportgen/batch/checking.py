"""The check of a list of requests before anything is issued: every fault of every row, by row and column.

What needs no judgement and no typesetting is found here, with the pipeline's own checks. What lacks evidence is not
a fault: it comes out as the 缺件清单.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from reportgen.admission import (
    check_characters,
    check_independent,
    check_office,
    check_payer,
    check_timely,
)
from reportgen.assess.choices import check_choices
from reportgen.batch.columns import KEYS
from reportgen.batch.job import Item, Opened
from reportgen.batch.reading import Row
from reportgen.batch.sources import Sources, Words, binding, bound, recipient
from reportgen.batch.wording import RowFault, advised, unfit
from reportgen.document.issuer import Binding
from reportgen.errors import Fault, ReportgenError
from reportgen.policy.loader import select
from reportgen.project.applicant import Applicant, check_joint
from reportgen.project.model import Project
from reportgen.registry import office
from reportgen.registry.lifecycle import by_number
from reportgen.registry.requests import Request, superseded
from reportgen.store.people import Action, permitted
from reportgen.zone import now

_UNKNOWN = "—"
Found = tuple[str, ReportgenError]
"""What is wrong in a row: the key of the column, and the error."""


@dataclass(frozen=True)
class Checked:
    """A list of requests as checked: the sound rows as items, and what is wrong with the others, by row."""

    items: list[Item]
    faults: list[RowFault]


@dataclass
class Checker:
    """The check of rows for an office; a subject or project named in many rows is looked at once."""

    place: Opened
    sources: Sources
    uses: dict[str, int]
    _subjects: dict[str, list[ReportgenError]] = field(default_factory=dict)
    _projects: dict[tuple[str, str], list[ReportgenError]] = field(default_factory=dict)
    _successors: list[ReportgenError] | None = None

    def check(self, row: Row) -> Item | list[RowFault]:
        """Return a sound row as an item, or every fault of it."""
        faults = list(row.faults)
        named = {fault.column for fault in faults}
        request, found = self._request(row.words)
        faults += [_fault(row, *one) for one in found if one[0] not in named]
        if request is None or faults:
            return sorted(faults, key=lambda fault: KEYS.index(fault.column))
        if other := self._taken(request, row.number):
            return [_fault(row, "applicant", ReportgenError("E0362", row=other))]
        return Item(row.number, request.key(), row.words)

    def _request(self, words: Words) -> tuple[Request | None, list[Found]]:
        """Return the request of a row, or None, and all that is wrong with its parts."""
        found: list[Found] = []
        applicant = self._applicant(words, found)
        project = self._project(words, found)
        made = self._binding(words, project, found)
        if applicant is not None and project is not None:
            payer = partial(check_payer, applicant, project, words.payer)
            found += _wrong("partners", partial(check_joint, applicant, project))
            # Where there are no rules, the project's own check has said so.
            found += _wrong("payer", lambda: payer(select(project)), but="E0310")
        request = None
        if applicant is not None and project is not None and made is not None:
            request = Request(applicant, project, made, words.supersedes)
        return request, found + self._successor(words.supersedes, request)

    def _applicant(self, words: Words, found: list[Found]) -> Applicant | None:
        known = [("applicant", words.applicant), *(("partners", name) for name, _ in words.members())]
        for column, word in known:
            found += [(column, error) for error in self._of_subject(word)]
        if found:
            return None
        try:
            return self.sources.applicant(words)
        except ReportgenError as error:
            found.append(("partners", error))
        return None

    def _of_subject(self, word: str) -> list[ReportgenError]:
        if word not in self._subjects:
            self._subjects[word] = list(self._subject_errors(word))
        return self._subjects[word]

    def _subject_errors(self, word: str) -> Iterator[ReportgenError]:
        try:
            subject = self.sources.subject(word)
        except ReportgenError as error:
            yield error
            return
        agency = self.place.means.issuer.agency
        yield from _errors(partial(check_characters, subject, "subject"))
        yield from _errors(partial(check_independent, agency, subject))

    def _project(self, words: Words, found: list[Found]) -> Project | None:
        try:
            whole = self.sources.project(words.project)
        except ReportgenError as error:
            found.append(("project", error))
            return None
        try:
            project = whole.select(words.lot)
        except ReportgenError as error:
            found.append(("lot", error))
            return None
        if words.role and words.role != project.role:
            found.append(("role", unfit(f"{words.role}与项目写明的身份“{project.role}”不同")))
        found += [("project", error) for error in self._of_project(words, project)]
        return project

    def _of_project(self, words: Words, project: Project) -> list[ReportgenError]:
        name = (words.project, words.lot)
        if name not in self._projects:
            on = now().date()
            self._projects[name] = [
                *_errors(partial(check_timely, project, on)),
                *_errors(lambda: check_choices(project, select(project))),
                *_errors(partial(check_characters, project.whole(), "project")),
            ]
        return self._projects[name]

    def _binding(self, words: Words, project: Project | None, found: list[Found]) -> Binding | None:
        # What can be told of these cells is told, also where the project is unknown.
        texts = {"purpose": words.purpose, "authorisation": words.authorisation}
        wrong = [
            *_errors(partial(check_characters, texts, "")),
            *_errors(partial(bound, words, _UNKNOWN, _UNKNOWN)),
        ]
        columns = {column: fault for error in wrong for column, fault in _by_column(error)}
        if project is not None and "recipient" not in columns:
            columns |= dict(_wrong("recipient", partial(recipient, words, project)))
        found += columns.items()
        return None if columns or project is None else binding(words, project)

    def _successor(self, number: str, request: Request | None) -> list[Found]:
        if not number:
            return []
        press = self.place.press
        if self._successors is None:
            allowed = partial(permitted, login=press.actor, action=Action.SUPERSEDE)
            self._successors = list(_errors(partial(press.store.read, allowed)))
        old = partial(by_number, number=number) if request is None else partial(superseded, request=request)
        found = self._successors or list(_errors(lambda: press.store.read(old)))
        return [("supersedes", error) for error in found]

    def _taken(self, request: Request, row: int) -> int | None:
        """Return the row that asks for the same use already; a successor has the use of what it takes the place of."""
        use = Request(request.applicant, request.project, request.binding).key()
        other = self.uses.setdefault(use, row)
        return other if other != row else None


def check_rows(
    rows: Iterable[Row], place: Opened, uses: dict[str, int], seen: Callable[[], object] = lambda: None
) -> Checked:
    """Return the items of all sound rows, and every fault of the others.

    `uses`: the rows that have been issued already, by their request keys. `seen` is called after each row.
    Raises E1101, E1102, E1107 where the office may issue nothing at all, whatever is asked.
    """
    permit(place)
    checker, checked = Checker(place, Sources(place.press.store), dict(uses)), Checked([], [])
    for row in rows:
        found = checker.check(row)
        if isinstance(found, Item):
            checked.items.append(found)
        else:
            checked.faults.extend(found)
        seen()
    return checked


def permit(place: Opened) -> None:
    """Refuse a batch that the office may not do; raises E1101, E1102, E1107."""
    issuer, at = place.means.issuer, now()
    check_office(issuer, at.date())
    desk = place.press.desk(at)
    place.press.store.read(lambda session: office.admitted(session, issuer, Action.ISSUE, desk))


def _fault(row: Row, column: str, error: ReportgenError) -> RowFault:
    return RowFault(row.number, column, error.code, advised(error, column))


def _errors(check: Callable[[], object]) -> Iterator[ReportgenError]:
    try:
        check()
    except ReportgenError as error:
        yield error


def _wrong(column: str, check: Callable[[], object], but: str = "") -> list[Found]:
    return [(column, error) for error in _errors(check) if error.code != but]


def _by_column(error: ReportgenError) -> Iterator[Found]:
    """Yield the faults of what a report is bound to, each at its column; the payer is by default the recipient."""
    paths = {fault.path.partition(".")[0]: fault for fault in reversed(error.faults)}
    for column, fault in paths.items():
        if not (column == "payer" and "recipient" in paths):
            yield column, _unprintable(fault) if fault.code == "E0701" else unfit(fault.what)


def _unprintable(fault: Fault) -> ReportgenError:
    return ReportgenError("E0701", faults=[Fault("E0701", "", fault.what)])
