"""Signing in and out. Who fails learns nothing of whether the login exists; who comes in gets a new token."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from reportgen.errors import Fault, ReportgenError
from reportgen.store import accounts
from reportgen.store.account_rows import AccountKind, AccountRow
from reportgen.store.accounts import Caller
from reportgen.web.door import caller_of, cookie_name, form_of, signed_in
from reportgen.web.house import House, TheHouse
from reportgen.web.limiting import address_of
from reportgen.web.public import by_field
from reportgen.zone import now

router = APIRouter()
DESKS = {AccountKind.AGENCY: "/agency", AccountKind.BIDDER: "/bidder", AccountKind.RECIPIENT: "/committee"}


@router.get("/sign-in", name="sign_in_form")
def sign_in_form(
    request: Request,
    house: TheHouse,
    next: str = "",  # noqa: A002 - the word of the URL
    set: str = "",  # noqa: A002 - likewise
) -> Response:
    """Show the form to sign in; `set` says that a password was just set by a code."""
    if request.state.caller is not None:
        return RedirectResponse("/desk", 303)
    return house.pages.page(request, "sign_in", {"next": _within(next), "set": set == "yes"})


@router.post("/sign-in", name="sign_in")
def sign_in(request: Request, house: TheHouse) -> Response:
    """Sign in and go where one was going."""
    house.limits.sign_in(address_of(request))
    form = form_of(request)
    login, onward = form.word("login"), _within(form.word("next"))
    try:
        token = _token(house, login, form.words.get("password", ""))
    except ReportgenError as error:
        if error.code not in {"E0301", "E1113", "E1114"}:
            raise
        wrong = by_field(list(error.faults))
        said = {"next": onward, "login": login, "wrong": wrong, "error": error.shown()}
        return house.pages.page(request, "sign_in", said, error.entry.http)
    return signed_in(house, onward or "/desk", token)


@router.post("/sign-out", name="sign_out")
def sign_out(request: Request, house: TheHouse) -> Response:
    """End the session."""
    token = request.state.token
    house.store.write(lambda session: accounts.sign_out(session, token))
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(cookie_name(house), secure=house.settings.secure, httponly=True, samesite="lax")
    return answer


@router.get("/desk", name="desk")
def desk(request: Request) -> Response:
    """Go to the desk of whoever is signed in."""
    caller: Caller = caller_of(request)
    return RedirectResponse(DESKS[caller.kind] if caller.active else "/register/sent", 303)


def _token(house: House, login: str, password: str) -> str:
    """Return the token of a new session; raises E0301 (nothing typed), E1113 (wrong), E1114 (locked)."""
    given = {"login": login, "password": password}
    missing = [Fault("E0301", name, "请填写") for name, word in given.items() if not word]
    if missing:
        raise ReportgenError("E0301", path="sign-in", faults=missing)
    account, at = proven(house, login, password).id or 0, now()
    return house.store.write(
        lambda session: accounts.sign_in(session, account, login, house.press.secret, at)
    )


def proven(house: House, login: str, password: str) -> AccountRow:
    """Return the account whose password somebody knows, a failure counted; raises E1113 (wrong), E1114 (locked)."""
    at, secret = now(), house.press.secret
    if house.store.read(lambda session: accounts.locked(session, login, secret, at)):
        raise ReportgenError("E1114", minutes=accounts.LOCKED.seconds // 60)
    row = house.store.read(lambda session: accounts.by_login(session, login))
    # Outside of any transaction: it takes as long as it is meant to.
    right = accounts.fits(password, row.password if row else "")
    may = row and right and house.store.read(lambda session: accounts.caller(session, row))
    if row is None or not may:
        house.store.write(lambda session: accounts.failed(session, login, secret, at))
        raise ReportgenError("E1113")
    return row


def _within(onward: str) -> str:
    """Return a path of this portal, nothing for an address elsewhere."""
    parts = urlsplit(onward)
    own = onward.startswith("/") and not onward.startswith(("//", "/\\"))
    return onward if own and not parts.scheme and not parts.netloc else ""
