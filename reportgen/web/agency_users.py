"""The agency's users and their roles."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from reportgen.errors import Fault, ReportgenError
from reportgen.registry import users
from reportgen.store import people
from reportgen.store.people import PERMITTED, ROLE_NAMES, Action
from reportgen.web.agency_codes import code_given
from reportgen.web.door import caller_of, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.public import by_field
from reportgen.web.steps import Step, asked, confirmed, gone, told
from reportgen.zone import now

router = APIRouter(prefix="/agency/users")


@router.get("", name="agency_users")
def agency_users(request: Request, house: TheHouse) -> HTMLResponse:
    """List the users with their roles."""
    return _page(request, house)


@router.post("/add", name="agency_user_add")
def agency_user_add(request: Request, house: TheHouse) -> Response:
    """Enter a user, who has no role yet."""
    form, press = form_of(request), house.desk_of(caller_of(request).login)
    login, name, desk = form.word("login"), form.word("name"), press.desk(now())
    given = {"login": login, "name": name}
    missing = [Fault("E0301", field, "请填写") for field, word in given.items() if not word]
    if missing:
        return _page(request, house, by_field(missing), given)
    try:
        press.act(Action.USERS, lambda session: users.add(session, login, name, desk))
    except ReportgenError as error:
        if error.code not in {"E0301", "E0355"}:
            raise
        wrong = by_field(list(error.faults)) or {"login": str(error.data()["detail"])}
        return _page(request, house, wrong, given)
    return gone("/agency/users", "user-added")


@router.post("/role", name="agency_user_role")
def agency_user_role(request: Request, house: TheHouse) -> Response:
    """Give a user a role or take it away; raises E0301, E0354."""
    form, press = form_of(request), house.desk_of(caller_of(request).login)
    login, role, desk = form.word("login"), form.word("role"), press.desk(now())
    work = users.grant if form.word("do") == "grant" else users.withdraw
    press.act(Action.USERS, lambda session: work(session, login, role, desk))
    return gone("/agency/users", "user-changed")


@router.post("/close", name="agency_user_close")
def agency_user_close(request: Request, house: TheHouse) -> Response:
    """Close a user, once it is confirmed; what he did stays on record."""
    form, press = form_of(request), house.desk_of(caller_of(request).login)
    login, desk = form.word("login"), press.desk(now())
    if not confirmed(form):
        return asked(request, house, _closing(login))
    press.act(Action.USERS, lambda session: users.close(session, login, desk))
    return gone("/agency/users", "user-closed")


@router.post("/code", name="agency_user_code")
def agency_user_code(request: Request, house: TheHouse) -> HTMLResponse:
    """Give a user a code to set his password by, and show it once, when it is confirmed."""
    login = form_of(request).word("login")
    return code_given(request, house, login, "/agency/users", "/agency/users/code")


def _page(
    request: Request,
    house: House,
    wrong: dict[str, str] | None = None,
    given: dict[str, str] | None = None,
) -> HTMLResponse:
    said = {
        "users": house.store.read(users.listed),
        "names": house.store.read(people.names_of_users),
        "roles": ROLE_NAMES,
        "staff": len(house.store.read(people.listed_staff)),
        "may": bool(caller_of(request).roles & PERMITTED[Action.USERS]),
        "wrong": wrong or {},
        "given": given or {},
        "done": told(request),
    }
    return house.pages.page(request, "agency_users", said, 422 if wrong else 200)


def _closing(login: str) -> Step:
    return Step(
        title="停用用户",
        means=(
            "停用之后不能再登录，其角色一概不作数；其经办的记录都留着。停用的用户不能恢复，登录名也不能再用。",
        ),
        action="/agency/users/close",
        button="确认停用",
        back="/agency/users",
        fields={"login": login},
        facts=(("登录名", login),),
        grave=True,
    )
