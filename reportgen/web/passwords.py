"""One's own password: changed by who knows it, or set by a code of the agency's by who does not."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from reportgen.errors import Fault, ReportgenError
from reportgen.registry import accounts as registered
from reportgen.registry import setting_codes
from reportgen.store import accounts
from reportgen.web.door import Filled, caller_of, form_of, signed_in
from reportgen.web.house import House, TheHouse
from reportgen.web.limiting import address_of
from reportgen.web.public import by_field
from reportgen.web.sign import proven
from reportgen.zone import now

router = APIRouter()


@router.get("/account/password", name="password_form")
def password_form(request: Request, house: TheHouse, changed: str = "") -> HTMLResponse:
    """Show the form to change one's own password."""
    return house.pages.page(request, "password", {"done": changed == "yes"})


@router.post("/account/password", name="password")
def password(request: Request, house: TheHouse) -> Response:
    """Change one's own password, which ends one's other sessions."""
    house.limits.sign_in(address_of(request))
    caller, form = caller_of(request), form_of(request)
    try:
        made = _changed(house, caller.login, form)
    except ReportgenError as error:
        if error.code not in {"E0301", "E1114"}:
            raise
        said = {"wrong": by_field(list(error.faults)), "error": error.shown()}
        return house.pages.page(request, "password", said, error.entry.http)
    at, press = now(), house.desk_of(caller.login)

    def work(session: Session) -> str:
        registered.change_password(session, caller.login, made, press.desk(at))
        return accounts.sign_in(session, caller.account, caller.login, press.secret, at)

    return signed_in(house, "/account/password?changed=yes", house.store.write(work))


@router.get("/password", name="password_by_code_form")
def password_by_code_form(request: Request, house: TheHouse) -> HTMLResponse:
    """Show the form to set a password by a code."""
    return house.pages.page(request, "password_by_code")


@router.post("/password", name="password_by_code")
def password_by_code(request: Request, house: TheHouse) -> Response:
    """Set a password by a code; whoever comes without the right one learns nothing of which logins exist."""
    house.limits.sign_in(address_of(request))
    form = form_of(request)
    login, code = form.word("login"), form.word("code")
    try:
        made = _by_code(house, login, code, form)
        press, at = house.desk_of(login), now()
        desk = press.desk(at)
        house.store.write(
            lambda session: setting_codes.redeem(session, login, code, made, press.secret, desk)
        )
    except ReportgenError as error:
        if error.code != "E0301":
            raise
        said = {"wrong": by_field(list(error.faults)), "login": login, "code": code}
        return house.pages.page(request, "password_by_code", said, error.entry.http)
    return RedirectResponse("/sign-in?set=yes", 303)


def _changed(house: House, login: str, form: Filled) -> str:
    """Return the new password, hashed; raises E0301 (the old one is wrong, the new one no good), E1114 (locked)."""
    old = form.words.get("old", "")
    try:
        proven(house, login, old)
    except ReportgenError as error:
        if error.code != "E1113":
            raise
        raise _wrong("old", "现在的密码不对") from error
    if form.words.get("password", "") == old:
        raise _wrong("password", "新密码与现在的相同")
    return _new(form, login)


def _by_code(house: House, login: str, code: str, form: Filled) -> str:
    """Return the password to be set, hashed; raises E0301 (something is missing, the code no good, the password neither)."""
    missing = [
        Fault("E0301", name, "请填写") for name in ("login", "code", "password") if not form.words.get(name)
    ]
    if missing:
        raise ReportgenError("E0301", path="password", faults=missing)
    row = house.store.read(lambda session: accounts.by_login(session, login))
    if not setting_codes.fits(row, login, code, house.press.secret, now()):
        raise setting_codes.not_it()
    return _new(form, login)


def _new(form: Filled, login: str) -> str:
    """Return the new password of a form, hashed; raises E0301 (typed differently, or no good one)."""
    new = form.words.get("password", "")
    if new != form.words.get("again", ""):
        raise _wrong("again", "两次填写的密码不同")
    return accounts.hashed(new, login)


def _wrong(field: str, what: str) -> ReportgenError:
    return ReportgenError("E0301", path=field, faults=[Fault("E0301", field, what)])
