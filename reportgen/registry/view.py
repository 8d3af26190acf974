"""A report as the issuing desk sees it: where it stands, what changed since, its use, its events in order."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from reportgen.registry.events import Tag, report_stream
from reportgen.registry.standing import SUPERSEDED, Change, Standing, earlier, later, standing
from reportgen.registry.tables import EventRow, Kind, ReportRow, RequestRow
from reportgen.registry.words import KINDS, OUTCOMES, REASONS, TAGS, Reason, conclusion
from reportgen.store.agency import lost_on
from reportgen.store.tables import SubjectRow

# Built once: every list and every look-up asks it.
_NAMES = select(SubjectRow.uscc, SubjectRow.name).where(
    col(SubjectRow.uscc).in_(bindparam("codes", expanding=True))
)


@dataclass(frozen=True)
class Party:
    """A legal entity by its code and the name it has now, nothing where the office knows none."""

    uscc: str
    name: str


@dataclass(frozen=True)
class Happened:
    """An event of a report in Chinese: when, what, by whom, and what it says."""

    at: datetime
    what: str
    tag: str
    actor: str
    said: Mapping[str, object]

    @property
    def words(self) -> str:
        """Return what of its data a line shows; `said` holds all."""
        return "，".join(words for name, value in self.said.items() if (words := _said(name, value)))


@dataclass(frozen=True)
class Summary:
    """A report in a list, standing as on a day."""

    number: str
    kind: str
    state: str
    usable: bool
    changes: tuple[Change, ...]
    applicant: tuple[Party, ...]
    project: str
    round: int
    lot: str
    conclusion: str
    issued_at: datetime | None
    valid_until: date | None


@dataclass(frozen=True)
class Shown:
    """All that the desk is shown of a report; `earlier` begins with the newest, `later` with the oldest."""

    summary: Summary
    register_number: str
    recipient: Party
    purpose: str
    authorisation: str
    pack: str
    prepared_by: str
    reviewed_by: str
    issued_by: str
    consumed_at: datetime | None
    consumed_by: str | None
    revoked_at: datetime | None
    filing_lost_on: date | None
    earlier: tuple[str, ...]
    later: tuple[str, ...]
    file: str
    sha256: str
    pages: int | None
    events: tuple[Happened, ...]


def summaries(
    session: Session, rows: Collection[ReportRow], on: date, untold: Collection[int] = ()
) -> list[Summary]:
    """Return reports as a list shows them on a day; `untold` are the ids of those whose use is not to be told yet."""
    names = _names(session, {uscc for row in rows for uscc in row.applicant.split(";")})
    return [_summary(session, row, names, standing(row, on, untold=row.id in untold)) for row in rows]


def show(session: Session, row: ReportRow, on: date) -> Shown:
    """Return a report as it stands on a day."""
    (summary,) = summaries(session, [row], on)
    asked = session.get_one(RequestRow, row.request_id)
    return Shown(
        summary=summary,
        register_number=row.register_number or "",
        recipient=Party(asked.recipient, asked.recipient_name),
        purpose=row.purpose,
        authorisation=asked.authorisation,
        pack=row.pack,
        prepared_by=row.prepared_by,
        reviewed_by=row.reviewed_by,
        issued_by=row.issued_by,
        consumed_at=row.consumed_at,
        consumed_by=row.consumed_by,
        revoked_at=row.revoked_at,
        filing_lost_on=lost_on(session),
        earlier=tuple(earlier(session, row)),
        later=tuple(str(other.number) for other in later(session, row)),
        file=row.file or "",
        sha256=row.sha256 or "",
        pages=row.pages,
        events=tuple(_events(session, row)),
    )


def _said(name: str, value: object) -> str:
    if name == "outcome":
        return OUTCOMES.get(str(value), "")
    if name == "reason":
        return REASONS.get(Reason(str(value)), "") if value in set(Reason) else str(value)
    return f"{_TOLD[name]} {value}" if name in _TOLD else ""


_TOLD = {"by": "使用单位", "first": "办理人", "second": "办理人", "pages": "页数"}


def _summary(session: Session, row: ReportRow, names: Mapping[str, str], stands: Standing) -> Summary:
    after = later(session, row) if row.superseded else []
    followed = [Change(SUPERSEDED, other.issued_at) for other in after[:1] if other.issued_at]
    return Summary(
        number=str(row.number),
        kind=KINDS[Kind(row.kind)],
        state=stands.state,
        usable=stands.usable,
        changes=(*stands.changes, *followed),
        applicant=tuple(Party(uscc, names.get(uscc, "")) for uscc in row.applicant.split(";")),
        project=row.project,
        round=row.round,
        lot=row.lot,
        conclusion=conclusion(row.conclusion),
        issued_at=row.issued_at,
        valid_until=row.valid_until,
    )


def _names(session: Session, codes: Collection[str]) -> Mapping[str, str]:
    return dict(session.exec(_NAMES, params={"codes": list(codes)}).all())


def _events(session: Session, row: ReportRow) -> list[Happened]:
    found = select(EventRow).where(EventRow.stream == report_stream(row.id or 0))
    events = session.exec(found.order_by(col(EventRow.seq))).all()
    return [Happened(e.at, TAGS[Tag(e.tag)], e.tag, e.actor, json.loads(e.data)) for e in events]
