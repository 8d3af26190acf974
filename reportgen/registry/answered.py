"""Requests that must not be done twice: whoever asks again under his key is given the answer he was given.

Key and answer are written in the transaction of the work itself, so that there is never one without the other; who
comes with the same key meanwhile waits for that transaction, and finds its answer.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from reportgen.errors import ReportgenError
from reportgen.registry.api_key_rows import AnsweredRow
from reportgen.store.rows import changed, enter_once

KEPT = timedelta(hours=24)
"""For so long a key gives the same answer (本机构设定)."""
_OPEN = 0


@dataclass(frozen=True)
class Asked:
    """A request under its key: whose, and what it is known by."""

    account: int
    key: str
    sha256: str
    at: datetime


@dataclass(frozen=True)
class Answer:
    """An answer: its HTTP status and what it says."""

    status: int
    content: Mapping[str, object]


def earlier(session: Session, asked: Asked) -> Answer | None:
    """Return what was answered before, None where the work is still to be done; raises E0619 (another request)."""
    changed(session, delete(AnsweredRow).where(col(AnsweredRow.at) <= asked.at - KEPT))
    key = {"account_id": asked.account, "key": asked.key}
    enter_once(
        session, AnsweredRow, **key, request_sha256=asked.sha256, status=_OPEN, content="", at=asked.at
    )
    row = session.get_one(AnsweredRow, (asked.account, asked.key), populate_existing=True)
    if row.request_sha256 != asked.sha256:
        raise ReportgenError("E0619")
    return Answer(row.status, json.loads(row.content)) if row.status != _OPEN else None


def keep(session: Session, asked: Asked, answer: Answer) -> None:
    """Keep what is answered, in the transaction of the work."""
    row = session.get_one(AnsweredRow, (asked.account, asked.key))
    row.status, row.content = answer.status, json.dumps(answer.content, ensure_ascii=False)
    session.flush()
