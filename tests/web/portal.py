"""A portal under test: who signs in there, and how a browser sends its forms."""

import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import time_machine
from fastapi.testclient import TestClient

from reportgen.registry.numbers import verification_code
from reportgen.settings import asset_dir
from reportgen.store import accounts, people
from reportgen.store.account_rows import AccountKind, AccountState
from reportgen.store.accounts import Opening
from reportgen.store.tables import ROLES
from reportgen.web.house import House
from reportgen.zone import now

SAMPLES = asset_dir("sample_subjects")
SUBJECT = "91990102MA9C2K077N"
PROJECT = "JCYP-FJ-2026-0233"
RECIPIENT = "129901024KH7058200"
HERE = ("127.0.0.1", 50000)
"""Where the browser is, and its port."""
PASSWORD = "correct horse battery"
LOGINS = {AccountKind.AGENCY: "clerk", AccountKind.BIDDER: "bidder", AccountKind.RECIPIENT: "owner"}
_USCC = {AccountKind.AGENCY: "", AccountKind.BIDDER: SUBJECT, AccountKind.RECIPIENT: RECIPIENT}
_CSRF = re.compile(r'name="_csrf" value="([0-9a-f]{64})"')


@dataclass(frozen=True)
class Portal:
    """A portal, its office's folder, the clock, and what was logged."""

    client: TestClient
    folder: Path
    clock: time_machine.Traveller
    log: list[MutableMapping[str, Any]]

    @property
    def house(self) -> House:
        """Return what the portal's pages work with."""
        house: House = self.client.app.state.house  # type: ignore[attr-defined]
        return house

    @property
    def number(self) -> str:
        """Return the number of the one report."""
        (file,) = self.folder.glob("files/*/*/*.pdf")
        return file.name.partition(".")[0]

    @property
    def report(self) -> bytes:
        """Return the file of the one report."""
        (file,) = self.folder.glob("files/*/*/*.pdf")
        return file.read_bytes()

    @property
    def code(self) -> str:
        """Return the verification code of the one report."""
        return verification_code(self.house.press.secret, self.number)

    def post(self, path: str, words: dict[str, str] | None = None, **more: object) -> httpx2.Response:
        """Send a form as a browser does that shows this portal's pages."""
        headers = {"Sec-Fetch-Site": "same-origin"}
        return self.client.post(path, data={**self.token(), **(words or {})}, headers=headers, **more)  # type: ignore[arg-type]

    def token(self) -> dict[str, str]:
        """Return the token that the forms of this session bear, as a page shows it."""
        found = _CSRF.search(self.client.get("/").text)
        return {"_csrf": found[1]} if found else {}

    def sign_in(self, kind: AccountKind, password: str = PASSWORD) -> httpx2.Response:
        """Sign in as the account of a kind."""
        return self.post("/sign-in", {"login": LOGINS[kind], "password": password})

    def sign_in_as(self, login: str) -> None:
        """Sign in with a login, whoever was signed in before."""
        self.client.cookies.clear()
        assert self.post("/sign-in", {"login": login, "password": PASSWORD}).status_code == 303


def with_user(portal: Portal, login: str, *roles: str) -> None:
    """Give the agency a user with some roles, and him an account."""
    store, at = portal.house.store, now()
    asked = Opening(login, AccountKind.AGENCY, "", "", login)
    store.write(lambda session: accounts.open_account(session, asked, hashed(), at))
    store.write(lambda session: people.add_user(session, login, login))
    for role in roles:
        store.write(lambda session, role=role: people.grant(session, login, role))  # type: ignore[misc]


def with_account(portal: Portal, kind: AccountKind) -> None:
    """Open the account of a kind, which the agency has admitted; the agency's own has every role."""
    login, store, at = LOGINS[kind], portal.house.store, now()
    asked = Opening(login, kind, _USCC[kind], f"{login}单位" if _USCC[kind] else "", "经办人")
    row = store.write(lambda session: accounts.open_account(session, asked, hashed(), at))
    if kind is not AccountKind.AGENCY:
        account = row.id or 0
        store.write(lambda s: accounts.decide(s, account, AccountState.ACTIVE, "clerk", at))
        return
    store.write(lambda session: people.add_user(session, login, "经办人"))
    for role in ROLES:
        store.write(lambda session, role=role: people.grant(session, login, role))  # type: ignore[misc]


@cache
def hashed() -> str:
    # It is meant to be slow, and all have the same.
    return accounts.hashed(PASSWORD, "nobody")
