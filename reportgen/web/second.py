"""The second person of what takes two of the agency: he agrees on the first one's page, by his own password."""

from fastapi import Request

from reportgen.errors import Fault, ReportgenError
from reportgen.store.account_rows import AccountKind
from reportgen.web.door import form_of
from reportgen.web.house import House
from reportgen.web.limiting import address_of
from reportgen.web.sign import proven


def second_person(request: Request, house: House, first: str) -> str:
    """Return who agrees, by his own password; raises E0301 (nothing typed, himself, wrong), E1114 (locked), E0618."""
    house.limits.sign_in(address_of(request))
    form = form_of(request)
    login, password = form.word("second"), form.words.get("password", "")
    missing = [name for name, word in (("second", login), ("password", password)) if not word]
    if missing:
        raise ReportgenError("E0301", faults=[Fault("E0301", name, "请填写") for name in missing])
    if login == first:
        raise ReportgenError("E0301", faults=[Fault("E0301", "second", "须由另一名在册用户共同办理")])
    try:
        row = proven(house, login, password)
    except ReportgenError as error:
        if error.code != "E1113":
            raise
        fault = Fault("E0301", "password", "登录名或密码不对")
        raise ReportgenError("E0301", faults=[fault]) from error
    if row.kind != AccountKind.AGENCY:
        raise ReportgenError("E0301", faults=[Fault("E0301", "second", "须是本机构的在册用户")])
    return login
