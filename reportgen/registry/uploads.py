"""The life of an upload: handed in by a bidder and checked, then taken or refused by the clerk; never imported by itself.

    待处理 → 已采用, or 已退回

A workbook with faults is refused as it comes in, with its faults: the clerk is shown none that cannot be imported.
A paper that proves something goes the same way, 待处理 → 已收 or 已退回; nobody reads it but the clerk.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from reportgen.errors import ReportgenError
from reportgen.registry.events import office_stream, record
from reportgen.registry.lifecycle import Desk
from reportgen.registry.tags import Tag
from reportgen.registry.upload_rows import UploadKind, UploadRow
from reportgen.registry.upload_rows import UploadState as State
from reportgen.store.rows import changed

RECEIVED = "received/"
"""How the names of all files begin that strangers handed in, among the office's files."""
LABELS: Mapping[State, str] = {
    State.PENDING: "待处理",
    State.TAKEN: "已采用",
    State.REFUSED: "已退回",
}
_RECEIVED = "已收"
_KEY = 16
_MOST = 200
"""So many findings are kept of a check, and so many uploads are listed; the marked copy has all findings."""
_FAULTY = "检查发现 {count} 处有误，请改正后重新上传"


@dataclass(frozen=True)
class Finding:
    """What the check of a workbook found: a sentence with sheet, row and column; `warns` where it stops nothing."""

    what: str
    warns: bool = False


def label(row: UploadRow) -> str:
    """Return the state of an upload in words: of a paper nothing is imported, it is received."""
    state = State(row.state)
    return _RECEIVED if row.kind == UploadKind.PAPER and state is State.TAKEN else LABELS[state]


def received_name(ending: str) -> str:
    """Return a name for a file that a stranger handed in, which tells nothing and nobody can guess."""
    return f"{RECEIVED}{secrets.token_hex(_KEY)}{ending}"


def enter(session: Session, row: UploadRow, found: list[Finding], desk: Desk) -> UploadRow:
    """Enter an upload as it was handed in, with what its check found; one with faults is refused at once."""
    row.key, row.at = secrets.token_hex(_KEY), desk.at
    row.faults = sum(not finding.warns for finding in found)
    row.findings = json.dumps([vars(finding) for finding in found[:_MOST]], ensure_ascii=False)
    if row.faults:
        row.state, row.decided_at, row.note = State.REFUSED, desk.at, _FAULTY.format(count=row.faults)
    session.add(row)
    session.flush()
    _tell(session, row, desk)
    return row


def findings(row: UploadRow) -> list[Finding]:
    """Return what the check of an upload found, faults first, as many as are kept."""
    kept: list[dict[str, Any]] = json.loads(row.findings)
    return [Finding(**finding) for finding in kept]


def listed(session: Session, state: State | None = None) -> list[UploadRow]:
    """Return uploads for the clerk, those that wait longest first."""
    found = select(UploadRow)
    if state is not None:
        found = found.where(UploadRow.state == state)
    return list(session.exec(found.order_by(col(UploadRow.at), col(UploadRow.id)).limit(_MOST)).all())


def of_subject(session: Session, uscc: str) -> list[UploadRow]:
    """Return what was handed in for a subject, the newest first."""
    found = select(UploadRow).where(UploadRow.uscc == uscc)
    return list(session.exec(found.order_by(col(UploadRow.id).desc()).limit(_MOST)).all())


def own(session: Session, uscc: str, key: str) -> UploadRow:
    """Return an upload of a subject; raises E0203 for any other as for none."""
    found = select(UploadRow).where(UploadRow.key == key, UploadRow.uscc == uscc)
    row = session.exec(found).one_or_none()
    if row is None:
        raise ReportgenError("E0203")
    return row


def by_key(session: Session, key: str) -> UploadRow:
    """Return an upload for the clerk; raises E0203."""
    row = session.exec(select(UploadRow).where(UploadRow.key == key)).one_or_none()
    if row is None:
        raise ReportgenError("E0203")
    return row


def take(session: Session, key: str, desk: Desk, note: str = "") -> UploadRow:
    """待处理 → 已采用, once its facts are imported, or 已收; raises E0203, E0620 (decided already)."""
    return _decided(session, key, State.TAKEN, note, desk)


def refuse(session: Session, key: str, note: str, desk: Desk) -> UploadRow:
    """待处理 → 已退回, with what the bidder is to do; raises E0203, E0620 (decided already)."""
    return _decided(session, key, State.REFUSED, note, desk)


def _decided(session: Session, key: str, state: State, note: str, desk: Desk) -> UploadRow:
    values: dict[str, str | datetime] = {
        "state": state,
        "note": note,
        "decided_at": desk.at,
        "decided_by": desk.actor,
    }
    step = update(UploadRow).where(col(UploadRow.key) == key, col(UploadRow.state) == State.PENDING)
    done = changed(session, step.values(values))
    row = by_key(session, key)
    if done == 0:
        raise ReportgenError("E0620", state=label(row))
    session.refresh(row)
    _tell(session, row, desk)
    return row


def _tell(session: Session, row: UploadRow, desk: Desk) -> None:
    stream = office_stream(session, f"upload:{row.id}")
    said = {"uscc": row.uscc, "state": row.state, "sha256": row.sha256}
    record(session, stream, Tag.UPLOAD_STATE_CHANGE, desk.at, desk.actor, desk.key, **said)
