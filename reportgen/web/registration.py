"""Asking for an account, which the agency decides on."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from reportgen.errors import Fault, ReportgenError
from reportgen.registry import accounts as registered
from reportgen.store import accounts
from reportgen.store.account_rows import AccountKind
from reportgen.store.accounts import Opening
from reportgen.web.door import Filled, form_of
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
