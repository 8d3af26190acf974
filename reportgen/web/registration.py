"""Asking for an account, which the agency decides on, and changing one's own password."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from reportgen.errors import Fault, ReportgenError
from reportgen.registry import accounts as registered
from reportgen.store import accounts
from reportgen.store.account_rows import AccountKind
from reportgen.store.accounts import Opening
from reportgen.web.door import Filled, caller_of, cookie_name, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.letters import keeping, letter_faults
from reportgen.web.limiting import address_of
from reportgen.web.public import by_field
from reportgen.zone import now

router = APIRouter()
_LETTER = "letter"
_KINDS = (AccountKind.BIDDER, AccountKind.RECIPIENT)
_TAKEN = "这个登录名已有人使用，请换一个"


@router.get("/register", name="register_form")
def register_form(request: Request, house: TheHouse) -> HTMLResponse:
    """Show the form to ask for an account."""
    return house.pages.page(request, "register")


@router.post("/register", name="register")
def register(request: Request, house: TheHouse) -> Response:
    """Take in who asks for an account; he learns of a login that is taken and of nothing else that is known here."""
    house.limits.sign_in(address_of(request))
    form = form_of(request)
    asked = _asked(form)
    faults = [*registered.faults_of(asked), *_faults(form), *letter_faults(form.files.get(_LETTER), _LETTER)]
    try:
        # It is slow on purpose, and for nothing where something else is wrong already.
        made = "" if faults else accounts.hashed(form.words["password"], asked.login)
    except ReportgenError as error:
        faults, made = list(error.faults), ""
    if faults:
        return _again(request, house, faults)
    try:
        _enter(house, asked, made, form)
    except ReportgenError as error:
        if error.code != "E0355":
            raise
        return _again(request, house, [Fault("E0355", "login", _TAKEN)])
    return RedirectResponse("/register/sent", 303)


@router.get("/register/sent", name="register_sent")
def register_sent(request: Request, house: TheHouse) -> HTMLResponse:
    """Say what comes next."""
    return house.pages.page(request, "register_sent")


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

    token = house.store.write(work)
    answer = RedirectResponse("/account/password?changed=yes", 303)
    answer.set_cookie(cookie_name(house), token, secure=house.settings.secure, httponly=True, samesite="lax")
    return answer


def _asked(form: Filled) -> Opening:
    kind = form.word("kind")
    return Opening(
        login=form.word("login"),
        kind=AccountKind(kind) if kind in _KINDS else AccountKind.BIDDER,
        uscc=form.word("uscc").upper(),
        organisation=form.word("organisation"),
        person=form.word("person"),
    )


def _faults(form: Filled) -> list[Fault]:
    faults = []
    if form.word("kind") not in _KINDS:
        faults.append(Fault("E0301", "kind", "请选择账号的用途"))
    if not form.words.get("password"):
        faults.append(Fault("E0301", "password", "请填写"))
    elif form.words.get("password") != form.words.get("again"):
        faults.append(Fault("E0301", "again", "两次填写的密码不同"))
    return faults


def _again(request: Request, house: House, faults: list[Fault]) -> HTMLResponse:
    said = {"wrong": by_field(faults), "given": form_of(request).words}
    return house.pages.page(request, "register", said, 422)


def _enter(house: House, asked: Opening, password: str, form: Filled) -> None:
    desk = house.press.desk(now())
    with keeping(house, form.files[_LETTER]) as letter:
        whole = Opening(
            asked.login,
            asked.kind,
            asked.uscc,
            asked.organisation,
            asked.person,
            letter.file,
            letter.sha256,
        )
        house.store.write(lambda session: registered.ask(session, whole, password, desk))


def _changed(house: House, login: str, form: Filled) -> str:
    """Return the new password, hashed; raises E0301 (the old one is wrong, the new one no good), E1114 (locked)."""
    at, secret = now(), house.press.secret
    old, new = form.words.get("old", ""), form.words.get("password", "")
    if house.store.read(lambda session: accounts.locked(session, login, secret, at)):
        raise ReportgenError("E1114", minutes=accounts.LOCKED.seconds // 60)
    row = house.store.read(lambda session: accounts.by_login(session, login))
    if not accounts.fits(old, row.password if row else ""):
        house.store.write(lambda session: accounts.failed(session, login, secret, at))
        raise _wrong("old", "现在的密码不对")
    if new != form.words.get("again", ""):
        raise _wrong("again", "两次填写的密码不同")
    if new == old:
        raise _wrong("password", "新密码与现在的相同")
    return accounts.hashed(new, login)


def _wrong(field: str, what: str) -> ReportgenError:
    return ReportgenError("E0301", path=field, faults=[Fault("E0301", field, what)])
