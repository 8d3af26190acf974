"""The page on which an account's owner makes and ends the keys of its programs; a key is shown once."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from reportgen.errors import ReportgenError
from reportgen.registry import api_keys
from reportgen.registry.api_keys import OFFERED, SCOPES
from reportgen.web.door import caller_of, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.public import by_field
from reportgen.zone import now

router = APIRouter(prefix="/account/keys")


@router.get("", name="account_keys")
def keys(request: Request, house: TheHouse) -> HTMLResponse:
    """List the keys of the account, and offer a new one."""
    return _page(request, house, {})


@router.post("", name="account_key_new")
def new(request: Request, house: TheHouse) -> HTMLResponse:
    """Make a key and show it, which no other page does."""
    form, caller = form_of(request), caller_of(request)
    name, scopes = form.word("name"), form.all("scope")
    press = house.desk_of(caller.login)
    desk = press.desk(now())
    try:
        row, token = press.store.write(
            lambda session: api_keys.create(session, caller, name, scopes, press.secret, desk)
        )
    except ReportgenError as error:
        if error.code != "E0301":
            raise
        given = {"name": name, "scopes": scopes, "wrong": by_field(list(error.faults))}
        return _page(request, house, given, error.entry.http)
    return _page(request, house, {"made": row, "token": token})


@router.post("/{key}/revoke", name="account_key_revoke")
def revoke(request: Request, house: TheHouse, key: int) -> Response:
    """End a key at once."""
    caller = caller_of(request)
    press = house.desk_of(caller.login)
    desk = press.desk(now())
    press.store.write(lambda session: api_keys.revoke(session, caller, key, desk))
    return RedirectResponse("/account/keys", 303)


def _page(request: Request, house: House, said: Mapping[str, object], status: int = 200) -> HTMLResponse:
    caller = caller_of(request)
    rows = house.store.read(lambda session: api_keys.listed(session, caller.account))
    offered = {scope: words for scope, words in SCOPES.items() if scope in OFFERED[caller.kind]}
    shown = {"rows": rows, "offered": offered, "words": SCOPES, "wrong": {}, "name": "", "scopes": []}
    return house.pages.page(request, "account_keys", {**shown, "token": "", **said}, status)
