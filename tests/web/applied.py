"""Applications of tests, as the portal's bidders send them in."""

from datetime import timedelta
from typing import Any

from reportgen.press import Press
from reportgen.registry import applications
from reportgen.registry.application_rows import ApplicationRow
from reportgen.store import accounts
from reportgen.store.account_rows import AccountKind
from reportgen.store.accounts import Opening
from reportgen.zone import now
from tests.web.portal import RECIPIENT, SUBJECT


def submitted(press: Press, project: str, uscc: str = SUBJECT, *, account: int = 0, **more: Any) -> str:
    """Send in an application for a subject and return its key; `more` are words of its row."""
    row = ApplicationRow(
        key="",
        account_id=account or _account(press, uscc),
        uscc=uscc,
        members=f'[{{"uscc":"{uscc}","share":"1","work":""}}]',
        **{**_words(project), **more},
    )
    desk = press.desk(now())
    return press.store.write(lambda session: applications.submit(session, row, desk)).key


def _words(project: str) -> dict[str, Any]:
    return {
        "project": project,
        "round": 1,
        "lot": "",
        "recipient": RECIPIENT,
        "recipient_name": "霁川市云屏区教育局",
        "purpose": "投标",
        "payer": RECIPIENT,
        "authorisation": "授1",
        "letter": "",
        "letter_sha256": "",
        "submitted_at": now(),
        "due_at": now() + timedelta(days=3),
    }


def _account(press: Press, uscc: str) -> int:
    asked = Opening(f"b{uscc[-4:]}", AccountKind.BIDDER, uscc, "某公司", "经办人")
    return press.store.write(lambda session: accounts.open_account(session, asked, "", now())).id or 0
