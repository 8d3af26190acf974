"""Answers that are kept a while for the account that was given them.

Of requests that must not be done twice: whoever asks again under his key is given the answer he was given.

Key and answer are written in the transaction of the work itself, so that there is never one without the other; who
comes with the same key meanwhile waits for that transaction, and finds its answer. And of forms whose outcome another
page tells: it is too long for an address, and nobody else's business.
"""

import json
import secrets
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
_PAGE, _TOKEN = "page ", 16
"""A key of a page holds a blank, as no Idempotency-Key does."""


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
    _forget(session, asked.at)
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


def leave(session: Session, account: int, said: Mapping[str, object], at: datetime) -> str:
    """Keep what a page is to tell an account, and return the word under which `found` gives it."""
    _forget(session, at)
    word, content = secrets.token_hex(_TOKEN), json.dumps(said, ensure_ascii=False)
    key = f"{_PAGE}{word}"
    session.add(
        AnsweredRow(account_id=account, key=key, request_sha256="", status=200, content=content, at=at)
    )
    session.flush()
    return word


def found(session: Session, account: int, word: str, at: datetime) -> dict[str, object] | None:
    """Return what was left for an account under a word; None where nothing is, or it was too long ago."""
    row = session.get(AnsweredRow, (account, f"{_PAGE}{word}"))
    return json.loads(row.content) if row is not None and row.at > at - KEPT else None


def _forget(session: Session, at: datetime) -> None:
    changed(session, delete(AnsweredRow).where(col(AnsweredRow.at) <= at - KEPT))
