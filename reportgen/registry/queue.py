"""The agency's queue: applications by state, those first that are due first, with who took which step."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from reportgen.assess.wording import percent
from reportgen.registry import applications
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.application_rows import ApplicationState as State
from reportgen.registry.tables import ReportRow
from reportgen.store.account_rows import AccountRow
from reportgen.store.people import Action
from reportgen.store.tables import ProjectRow, SubjectRow, UserRow

PAGE = 50
NEAR = timedelta(days=1)
"""An application that is due so soon is marked (本机构设定)."""
STEPS: Mapping[State, Action] = {
    State.SUBMITTED: Action.PREPARE,
    State.PREPARED: Action.REVIEW,
    State.REVIEWED: Action.ISSUE,
}
"""What is to be done next in a state."""


class Due(StrEnum):
    """How an application stands to its deadline."""

    OVERDUE = "overdue"
    NEAR = "near"
    LATER = "later"
    NONE = "none"


@dataclass(frozen=True)
class Deadline:
    """How an application stands to its deadline, and that in words; nothing where it is done with."""

    due: Due
    words: str = ""


@dataclass(frozen=True)
class Member:
    """A member of an applicant: its code and name, its share and its work, where it is one of several."""

    uscc: str
    name: str
    share: str
    work: str


@dataclass(frozen=True)
class Waiting:
    """An application as the agency sees it.

    `account` is who sent it in; `names` those of the office's users by login. `place` counts from 1 among what waits
    to be rendered; 0 where it does not.
    """

    row: ApplicationRow
    members: tuple[Member, ...]
    project: str
    account: AccountRow
    names: Mapping[str, str]
    deadline: Deadline
    number: str = ""
    place: int = 0

    @property
    def state(self) -> State:
        """Return the state."""
        return State(self.row.state)

    @property
    def label(self) -> str:
        """Return the state in words."""
        return applications.LABELS[self.state]

    @property
    def step(self) -> Action | None:
        """Return what is to be done next by a person; None where nothing is."""
        return STEPS.get(self.state)

    def own(self, login: str) -> bool:
        """Say whether somebody prepared or reviewed it, and so takes no further step."""
        return bool(login) and login in {self.row.prepared_by, self.row.reviewed_by}

    def taken(self) -> Sequence[tuple[str, str, datetime | None]]:
        """Return the steps that were taken: what, by whom, when."""
        row = self.row
        steps = (
            ("编制", row.prepared_by, row.prepared_at),
            ("复核", row.reviewed_by, row.reviewed_at),
            ("签发", row.issued_by, row.queued_at),
        )
        return [(step, self.names.get(login, login), at) for step, login, at in steps if login]


def counts(session: Session, project: str = "") -> dict[State, int]:
    """Return how many applications are in each state, of a project where one is named."""
    asked = select(ApplicationRow.state, func.count()).group_by(ApplicationRow.state)
    found = dict(session.exec(asked.where(*_where(tuple(State), project))).all())
    return {state: found.get(state, 0) for state in State}


def listed(
    session: Session, states: Collection[State], project: str, page: int, at: datetime
) -> list[Waiting]:
    """Return one page, from 1, of the applications in some states: open ones as they are due, others newest first."""
    # What is done with comes by its end; what waits has none, and comes as it is due.
    order = (col(ApplicationRow.ended_at).desc(), col(ApplicationRow.due_at), col(ApplicationRow.id))
    asked = select(ApplicationRow).where(*_where(states, project)).order_by(*order)
    rows = session.exec(asked.offset((page - 1) * PAGE).limit(PAGE)).all()
    return _told(session, rows, at)


def one(session: Session, key: str, at: datetime) -> Waiting:
    """Return an application; raises E0354."""
    row = applications.by_key(session, key)
    (found,) = _told(session, [row], at)
    return replace(found, place=applications.place_of(session, row)) if row.state == State.QUEUED else found


def deadline(row: ApplicationRow, at: datetime) -> Deadline:
    """Return how an application stands to its deadline at a moment."""
    if row.state not in applications.OPEN:
        return Deadline(Due.NONE)
    left = row.due_at - at
    if left < timedelta(0):
        return Deadline(Due.OVERDUE, f"已逾期 {_span(-left)}")
    return Deadline(Due.NEAR if left < NEAR else Due.LATER, f"还有 {_span(left)}")


def _span(left: timedelta) -> str:
    hours = left // timedelta(hours=1)
    if left.days:
        return f"{left.days} 天"
    return f"{hours} 小时" if hours else f"{left // timedelta(minutes=1) + 1} 分钟"


def _where(states: Collection[State], project: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [col(ApplicationRow.state).in_(states)]
    return [*found, col(ApplicationRow.project) == project] if project else found


def _told(session: Session, rows: Sequence[ApplicationRow], at: datetime) -> list[Waiting]:
    """Return applications with what is shown beside them, asked for all of them at once."""
    accounts, reports = {row.account_id for row in rows}, {row.report_id for row in rows if row.report_id}
    sent = {
        row.id: row for row in session.exec(select(AccountRow).where(col(AccountRow.id).in_(accounts))).all()
    }
    numbered = select(ReportRow.id, ReportRow.number).where(col(ReportRow.id).in_(reports))
    numbers = dict(session.exec(numbered).all())
    names = dict(session.exec(select(UserRow.login, UserRow.name)).all())
    projects, members = _projects(session, rows), _members(session, rows)
    return [
        Waiting(
            row=row,
            members=members[row.key],
            project=projects.get((row.project, row.round), ""),
            account=sent[row.account_id],
            names=names,
            deadline=deadline(row, at),
            number=(numbers.get(row.report_id) or "") if row.state == State.ISSUED else "",
        )
        for row in rows
    ]


def _projects(session: Session, rows: Sequence[ApplicationRow]) -> dict[tuple[str, int], str]:
    asked = select(ProjectRow.project, ProjectRow.round, ProjectRow.name)
    wanted = asked.where(col(ProjectRow.project).in_({row.project for row in rows}))
    # The newest version comes last, and stays.
    found = session.exec(wanted.order_by(col(ProjectRow.known_at), col(ProjectRow.id))).all()
    return {(project, round_): name for project, round_, name in found}


def _members(session: Session, rows: Sequence[ApplicationRow]) -> dict[str, tuple[Member, ...]]:
    given = {row.key: json.loads(row.members) for row in rows}
    codes = {item["uscc"] for items in given.values() for item in items}
    asked = select(SubjectRow.uscc, SubjectRow.name).where(col(SubjectRow.uscc).in_(codes))
    names = dict(session.exec(asked).all())
    return {
        key: tuple(
            Member(item["uscc"], names.get(item["uscc"], ""), percent(Decimal(item["share"])), item["work"])
            for item in items
        )
        for key, items in given.items()
    }
