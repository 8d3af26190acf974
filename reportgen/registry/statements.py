"""主体声明: what a subject says beside a record that a case has kept, where it said nothing as the case was closed."""

from sqlalchemy import update
from sqlmodel import Session, col

from reportgen.errors import Fault, ReportgenError
from reportgen.registry.changes import learn
from reportgen.registry.events import Tag, office_stream, record
from reportgen.registry.lifecycle import Desk
from reportgen.registry.objections import Ending
from reportgen.registry.tables import ObjectionRow
from reportgen.store.facts import known_now
from reportgen.store.rows import taken
from reportgen.store.tables import SubjectRow

LONGEST = 500
"""Characters of a statement, which stands in reports beside the record (本机构设定)."""


def add(session: Session, uscc: str, case_id: int, statement: str, desk: Desk) -> ObjectionRow:
    """Record a subject's statement with its own case that kept a record, once; the record bears it from then on.

    Raises E0301 (the text), E0203 (no such case of this subject, another ending, or a statement is there).
    """
    if not 1 <= len(statement) <= LONGEST:
        fault = Fault("E0301", "statement", f"请写 1 至 {LONGEST} 字，现为 {len(statement)} 字")
        raise ReportgenError("E0301", path="statement", faults=[fault])
    # Imports of the subject wait here, as they do for a case.
    session.get(SubjectRow, uscc, with_for_update=True)
    mine = (col(ObjectionRow.id) == case_id, col(ObjectionRow.uscc) == uscc)
    silent = (col(ObjectionRow.state) == Ending.KEPT, col(ObjectionRow.statement) == "")
    step = update(ObjectionRow).where(*mine, *silent).values(statement=statement)
    case = taken(session, step, ObjectionRow)
    if case is None:
        raise ReportgenError("E0203")
    subject = known_now(session, uscc)
    if subject is not None:
        learn(session, subject, desk)
    stream = office_stream(session, f"objection:{case.id}")
    said = {"uscc": uscc, "objection": case.id, "state": case.state}
    record(session, stream, Tag.OBJECTION_STATEMENT_ADD, desk.at, desk.actor, desk.key, **said)
    return case
