"""设定码 handed to users and to account holders, who set their passwords themselves; shown once, when confirmed."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from reportgen.registry import setting_codes
from reportgen.store.people import Action
from reportgen.web.door import caller_of, form_of
from reportgen.web.house import House
from reportgen.web.steps import Step, asked, confirmed
from reportgen.zone import now

_MEANS = (
    f"设定码交给本人，由其在本门户的“设定密码”页自行设定密码；{setting_codes.HOURS} 小时之内用一次有效。",
    "请先核实要设定码的是本人：现有的密码在设定新密码之前照旧可用，设定之后，此前的登录一律退出。发给设定码的事记入审计。",
)


def code_given(request: Request, house: House, login: str, back: str, here: str) -> HTMLResponse:
    """Return the page that shows a new code for a login; before that, the one on which it is confirmed.

    Raises E0354 (nobody has the login, or it is closed).
    """
    if not confirmed(form_of(request)):
        step = Step("发给设定码", _MEANS, here, "确认发给", back, {"login": login}, (("登录名", login),))
        return asked(request, house, step)
    press = house.desk_of(caller_of(request).login)
    desk = press.desk(now())
    code, ends = press.act(
        Action.USERS, lambda session: setting_codes.make(session, login, press.secret, desk)
    )
    said = {"login": login, "code": code, "ends": ends, "back": back}
    return house.pages.page(request, "agency_code", said)
