"""Every route × every kind of caller: let in exactly where the table of access says so, and no GET changes a row.

Routes are found by walking the portal, so that one that is added tomorrow is asked the same questions.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import cast

import httpx2
from fastapi import Request
from fastapi.routing import APIRoute
from sqlalchemy import select

from reportgen.registry.api_keys import OFFERED, Scope
from reportgen.registry.tags import Tag
from reportgen.store import accounts, people
from reportgen.store.account_rows import AccountKind, AccountState
from reportgen.store.accounts import Opening
from reportgen.store.tables import METADATA, ROLES
from reportgen.web import app as made
from reportgen.web.access import ACCESS, Rule
from reportgen.web.door import CSRF_FIELD, csrf_of
from reportgen.zone import now
from tests.web.keys import bearing, token_of
from tests.web.portal import PROJECT, RECIPIENT, SUBJECT, Portal

COUNTS = {"look", "signed_in", "api_key", "stream"}
"""Tables that a GET may write to: how often something was looked up, when somebody or a key was last seen.

Who looks at a subject's record leaves an event, and with it the end of its chain (`stream`).
"""
LOOKED_AT = {
    "agency_subject",
    "agency_objection",
    "agency_upload",
    "agency_application",
    "agency_application_draft",
}
"""Whose GET enters an event: who of the agency looked at whose record, and when."""
OPEN = {
    "home", "look_by_link", "look_by_paper", "look_by_file", "sign_in_form", "sign_in", "register_form",
    "register", "register_sent", "password_by_code_form", "password_by_code", "api_openapi", "static", "healthz",
    "readyz", "metrics",
}  # fmt: skip
"""What anybody may use. Whoever opens one more route says so here."""
OF_KIND = {
    "agency": AccountKind.AGENCY,
    "bidder": AccountKind.BIDDER,
    "committee": AccountKind.RECIPIENT,
}
LET_IN = "what he asked for"
NOBODY = "999999"
"""What no number, code, key or id of the office is."""
_TOLD = {
    ("E1110", 401): "that he must sign in",
    ("E1115", 401): "that he must show a key",
    ("E1116", 403): "that his key is not for it",
    ("E1111", 403): "that it is not for him",
}
_EACH = {"nobody", "waiting bidder", "bidder", "recipient", "ADMIN", "closed"}
"""Who tries even the doors of other kinds than his own."""
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass
class Somebody:
    """A caller: what he is called here, of what kind and role the door should take him, and his session."""

    name: str
    kind: AccountKind | None = None
    role: str = ""
    waiting: bool = False
    account: int = 0
    token: str = ""
    key: str = ""
    scopes: frozenset[str] = frozenset()


def _routes() -> Iterator[APIRoute]:
    for room in made._ROOMS:
        yield from (route for route in room.router.routes if isinstance(route, APIRoute))


def _routes_for(somebody: Somebody) -> Iterator[APIRoute]:
    """Leave out what says nothing new: a key where none is looked at, and each of many alike who are all refused."""
    for route in _routes():
        rule = ACCESS[route.name]
        if rule.kinds is None:
            wanted = somebody.kind is None
        elif somebody.key or rule.scope:
            wanted = bool(rule.scope)
        else:
            wanted = somebody.kind in rule.kinds or somebody.name in _EACH
        if wanted:
            yield route


def test_the_walk_meets_every_row_of_the_table() -> None:
    assert {route.name for route in _routes()} | {"static"} == set(ACCESS)


def test_nothing_is_open_but_what_is_named_here() -> None:
    assert {name for name, rule in ACCESS.items() if rule.kinds is None} == OPEN


def test_each_desk_is_for_its_own_kind_alone() -> None:
    for route in _routes():
        kind = OF_KIND.get(route.path.split("/")[1])
        if kind is not None:
            assert ACCESS[route.name].kinds == frozenset({kind}), route.name


def test_every_route_lets_in_whom_the_table_names_and_nobody_else(portal: Portal) -> None:
    wrong = []
    for somebody in _everybody(portal):
        # What one address may ask in a minute is enough for one caller and not for all.
        portal.clock.shift(121)
        for route in _routes_for(somebody):
            for method in sorted(route.methods or ()):
                answer = _sent(portal, method, _path(route, {}), somebody)
                said, meant = _said(answer), _meant(ACCESS[route.name], somebody, method)
                if said != meant:
                    wrong.append(f"{method} {route.name}: {somebody.name} finds {said}, not {meant}")
    assert wrong == []


def test_no_get_changes_anything_but_counts(portal: Portal) -> None:
    known = {
        "number": portal.number,
        "code": portal.code,
        "uscc": SUBJECT,
        "project": PROJECT,
        "login": "bidder",
    }
    callers = [somebody for somebody in _everybody(portal) if not somebody.waiting]
    before = _rows(portal)
    for route in _routes():
        if "GET" not in (route.methods or ()):
            continue
        rule = ACCESS[route.name]
        let_in = [somebody for somebody in callers if _meant(rule, somebody, "GET") == LET_IN]
        for somebody in let_in[:1] if rule.kinds is None else let_in:
            answer = _sent(portal, "GET", _path(route, known), somebody)
            assert answer.status_code < 500, f"{route.name}: {somebody.name}"
        after = _rows(portal)
        assert {name for name in before if before[name] != after[name]} == set(), route.name


def _everybody(portal: Portal) -> Iterator[Somebody]:
    """Open an account of each kind and sign it in; last come those whose session is worth nothing."""
    bidder, recipient = AccountKind.BIDDER, AccountKind.RECIPIENT
    yield Somebody("nobody")
    yield _signed(portal, Somebody("waiting bidder", bidder, waiting=True), SUBJECT)
    yield _signed(portal, Somebody("waiting recipient", recipient, waiting=True), RECIPIENT)
    yield _signed(portal, Somebody("bidder", bidder), SUBJECT)
    yield _signed(portal, Somebody("other bidder", bidder), "9199010070C4K1180N")
    yield _signed(portal, Somebody("recipient", recipient), RECIPIENT)
    yield _signed(portal, Somebody("other recipient", recipient), "129901004KH702160R")
    for role in ROLES:
        yield _signed(portal, Somebody(role, AccountKind.AGENCY, role), "")
    yield from _shut_out(portal)
    for kind in AccountKind:
        for scopes in (OFFERED[kind], ()):
            name = f"key of {kind} for {len(scopes)} things"
            key = token_of(portal, kind, scopes) if scopes else token_of(portal, kind, [Scope.VERIFICATIONS])
            yield Somebody(name, kind, key=key, scopes=frozenset(scopes or [Scope.VERIFICATIONS]))


def _shut_out(portal: Portal) -> Iterator[Somebody]:
    """Sign in two whose session ends: his account is closed, or his last role is taken."""
    write = portal.house.store.write
    closed = _signed(portal, Somebody("closed", AccountKind.BIDDER), SUBJECT)
    write(lambda session: accounts.decide(session, closed.account, AccountState.CLOSED, "clerk", now()))
    idle = _signed(portal, Somebody("without a role", AccountKind.AGENCY, "CLERK"), "")
    write(lambda session: people.close_user(session, "a-without-a-role", now()))
    for body in (closed, idle):
        yield Somebody(body.name, token=body.token)


def _signed(portal: Portal, somebody: Somebody, uscc: str) -> Somebody:
    write, login = portal.house.store.write, "a-" + somebody.name.replace(" ", "-")
    kind = cast("AccountKind", somebody.kind)
    opening = Opening(login, kind, uscc, "单位" if uscc else "", "经办人")
    if somebody.role:
        write(lambda session: people.add_user(session, login, "经办人"))
        write(lambda session: people.grant(session, login, somebody.role))
    row = write(lambda session: accounts.open_account(session, opening, "", now()))
    somebody.account = row.id or 0
    if kind is not AccountKind.AGENCY and not somebody.waiting:
        decided = partial(accounts.decide, account=somebody.account, state=AccountState.ACTIVE)
        write(lambda session: decided(session, by="clerk", at=now()))
    somebody.token = _token(portal, somebody)
    return somebody


def _token(portal: Portal, somebody: Somebody) -> str:
    secret = portal.house.press.secret
    return portal.house.store.write(
        lambda session: accounts.sign_in(session, somebody.account, somebody.name, secret, now())
    )


def _sent(portal: Portal, method: str, path: str, somebody: Somebody) -> httpx2.Response:
    """Ask as a browser does; a form bears its session's token, and nothing else that anybody filled in."""
    if somebody.key:
        return portal.client.request(
            method, path, headers=bearing(somebody.key, **{"Sec-Fetch-Site": "same-origin"})
        )
    if method == "GET":
        return portal.client.get(path, headers=_cookie(somebody.token))
    headers = {**_cookie(somebody.token), "Sec-Fetch-Site": "same-origin"}
    data = {CSRF_FIELD: _csrf(portal, somebody.token)}
    answer = portal.client.request(method, path, data=data, headers=headers)
    if "set-cookie" in answer.headers and somebody.account:
        # He has been signed out.
        somebody.token = _token(portal, somebody)
    return answer


def _cookie(token: str) -> dict[str, str]:
    return {"Cookie": f"reportgen={token}"} if token else {}


def _csrf(portal: Portal, token: str) -> str:
    state = SimpleNamespace(token=token, caller=True)
    return csrf_of(cast("Request", SimpleNamespace(state=state, app=portal.client.app)))


def _path(route: APIRoute, words: dict[str, str]) -> str:
    place = f"project={words.get('project', NOBODY)}&round=1"
    return _PARAMETER.sub(lambda found: words.get(found[1], NOBODY), route.path) + f"?{place}"


def _said(answer: httpx2.Response) -> str:
    status, place = answer.status_code, answer.headers.get("location", "")
    text = "" if "pdf" in answer.headers.get("content-type", "") else answer.text
    if status == 303 and place.startswith("/sign-in?next="):
        return "the sign-in form"
    if status >= 500 or "E1112" in text:
        return f"{status}"
    told = (words for (code, wanted), words in _TOLD.items() if status == wanted and code in text)
    return next(told, LET_IN)


def _meant(rule: Rule, somebody: Somebody, method: str) -> str:
    if rule.kinds is None:
        return LET_IN
    if rule.scope:
        return _meant_by_key(rule, somebody)
    if somebody.kind is None or somebody.key:
        return "the sign-in form" if method == "GET" else "that he must sign in"
    ready = rule.waiting or not somebody.waiting
    fit = somebody.kind in rule.kinds and (not somebody.role or somebody.role in rule.roles)
    return LET_IN if ready and fit else "that it is not for him"


def _meant_by_key(rule: Rule, somebody: Somebody) -> str:
    if not somebody.key:
        return "that he must show a key"
    if somebody.kind not in (rule.kinds or ()):
        return "that it is not for him"
    return LET_IN if rule.scope in somebody.scopes else "that his key is not for it"


def _rows(portal: Portal) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table but those that count; of events, all but that somebody looked."""
    tables = [table for table in METADATA.sorted_tables if table.name not in COUNTS]
    found = portal.house.store.read(
        lambda session: {
            table.name: [tuple(row) for row in session.execute(select(table))] for table in tables
        }
    )
    found["event"] = [row for row in found["event"] if Tag.SUBJECT_FACTS_LOOK not in row]
    return found
