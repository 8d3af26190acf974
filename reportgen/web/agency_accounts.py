"""Accounts of bidders and recipients: those that wait first, with the letter of authority, to be admitted or closed."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from reportgen.errors import ReportgenError
from reportgen.registry import accounts
from reportgen.store.account_rows import AccountKind, AccountRow, AccountState
from reportgen.store.people import Action
from reportgen.web.agency_codes import code_given
from reportgen.web.door import caller_of, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.letters import Kept, sent_letter
from reportgen.web.steps import Step, asked, confirmed, gone, told
from reportgen.zone import now

router = APIRouter(prefix="/agency/accounts")
KINDS = {AccountKind.BIDDER: "投标人", AccountKind.RECIPIENT: "招标人、代理机构"}
STATES = {AccountState.PENDING: "待审核", AccountState.ACTIVE: "可用", AccountState.CLOSED: "停用"}
_ORDER = tuple(STATES)


@router.get("", name="agency_accounts")
def agency_accounts(request: Request, house: TheHouse) -> HTMLResponse:
    """List the accounts, those that wait for a decision first, of these the oldest first."""
    found = house.store.read(accounts.listed)
    found.sort(key=lambda row: _ORDER.index(AccountState(row.state)))
    said = {"accounts": found, "kinds": KINDS, "states": STATES, "done": told(request)}
    return house.pages.page(request, "agency_accounts", said)


@router.get("/{account}", name="agency_account")
def agency_account(request: Request, house: TheHouse, account: int) -> HTMLResponse:
    """Show one account with what there is to decide."""
    row = _row(house, account)
    said = {"account": row, "kinds": KINDS, "states": STATES}
    return house.pages.page(request, "agency_account", said)


@router.get("/{account}/letter", name="agency_letter")
def agency_letter(house: TheHouse, account: int) -> Response:
    """Return the letter of authority as it was received; raises E0203, E0909 (lost, or not the same any more)."""
    row = _row(house, account)
    return sent_letter(house, Kept(row.authorisation, row.authorisation_sha256), f"授权书-{row.login}")


@router.post("/{account}", name="agency_account_decide")
def agency_account_decide(request: Request, house: TheHouse, account: int) -> Response:
    """Admit an account or close it, once it is confirmed."""
    form, row = form_of(request), _row(house, account)
    state = AccountState.CLOSED if form.word("state") == AccountState.CLOSED else AccountState.ACTIVE
    if not confirmed(form):
        return asked(request, house, _step(row, state))
    press = house.desk_of(caller_of(request).login)
    desk = press.desk(now())
    press.act(Action.USERS, lambda session: accounts.decide(session, account, state, desk))
    return gone("/agency/accounts", "closed" if state is AccountState.CLOSED else "admitted")


@router.post("/{account}/code", name="agency_account_code")
def agency_account_code(request: Request, house: TheHouse, account: int) -> HTMLResponse:
    """Give whoever has an account a code to set his password by, and show it once, when it is confirmed."""
    row, here = _row(house, account), f"/agency/accounts/{account}"
    return code_given(request, house, row.login, here, f"{here}/code")


def _row(house: House, account: int) -> AccountRow:
    """Return an account of somebody outside; the agency's own are what does not exist here."""
    found = house.store.read(lambda session: session.get(AccountRow, account))
    if found is None or found.kind == AccountKind.AGENCY:
        raise ReportgenError("E0203")
    return found


def _step(row: AccountRow, state: AccountState) -> Step:
    closing = state is AccountState.CLOSED
    means = (
        "停用之后不能再登录，已经登录的立即退出；停用的账号不能恢复，需要的重新申请。"
        if closing
        else "准予之后，这名经办人可以代表该单位申请、查看或核销报告。请先核对授权书：单位名称、代码、经办人与印章是否相符。"
    )
    return Step(
        title="停用账号" if closing else "准予使用",
        means=(means,),
        action=f"/agency/accounts/{row.id}",
        button="确认停用" if closing else "确认准予",
        back=f"/agency/accounts/{row.id}",
        fields={"state": state},
        facts=(("单位", row.organisation), ("统一社会信用代码", row.uscc), ("经办人", row.person)),
        grave=closing,
    )
