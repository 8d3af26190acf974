"""The pages on which an account's owner registers webhooks and reads what became of their calls."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from reportgen.errors import Fault, ReportgenError
from reportgen.registry import webhook_calls, webhooks
from reportgen.registry.webhook_rows import Failure, WebhookRow
from reportgen.registry.webhook_urls import Target, target_of
from reportgen.registry.webhooks import CALLS, FAILURES, HAPPENINGS, OFFERED
from reportgen.web.door import caller_of, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.outward import Missed, addresses_of
from reportgen.web.public import by_field
from reportgen.zone import now

router = APIRouter(prefix="/account/webhooks")
_MISSED: Mapping[Failure, str] = {
    Failure.UNKNOWN: "查不到这个域名，请核对",
    Failure.INSIDE: "这个域名的地址不在公网，不能登记；在机构内网的，请机构在设置中列出",
}


@router.get("", name="account_webhooks")
def account_webhooks(request: Request, house: TheHouse) -> HTMLResponse:
    """List the webhooks of the account, and offer a new one."""
    return _list(request, house, {})


@router.post("", name="account_webhook_new")
def new(request: Request, house: TheHouse) -> HTMLResponse:
    """Register a webhook and show its secret, which no page shows again."""
    form, caller = form_of(request), caller_of(request)
    url, kinds = form.word("url"), form.all("kind")
    press = house.desk_of(caller.login)
    desk = press.desk(now())
    try:
        target = _looked_up(target_of(url, house.settings.webhook_hosts))
        row = press.store.write(lambda session: webhooks.create(session, caller, target, kinds, desk))
    except ReportgenError as error:
        if error.code != "E0301":
            raise
        given = {"url": url, "chosen": kinds, "wrong": by_field(list(error.faults))}
        return _list(request, house, given, error.entry.http)
    return _one(request, house, row, secret=_secret(house, row))


@router.get("/{key}", name="account_webhook")
def account_webhook(request: Request, house: TheHouse, key: str, before: str = "") -> HTMLResponse:
    """Show a webhook: how it stands, and its calls, the newest first."""
    return _one(request, house, _held(request, house, key), before)


@router.post("/{key}/secret", name="account_webhook_secret")
def secret(request: Request, house: TheHouse, key: str) -> HTMLResponse:
    """Give a webhook a new secret and show it."""
    caller = caller_of(request)
    press = house.desk_of(caller.login)
    desk = press.desk(now())
    row = press.store.write(lambda session: webhooks.renew(session, caller, key, desk))
    return _one(request, house, row, secret=_secret(house, row))


@router.post("/{key}/on", name="account_webhook_on")
def on(request: Request, house: TheHouse, key: str) -> Response:
    """Have a webhook called again that was switched off."""
    caller = caller_of(request)
    press = house.desk_of(caller.login)
    desk = press.desk(now())
    press.store.write(lambda session: webhooks.switch_on(session, caller, key, desk))
    return RedirectResponse(f"/account/webhooks/{key}", 303)


@router.post("/{key}/remove", name="account_webhook_remove")
def remove(request: Request, house: TheHouse, key: str) -> Response:
    """Remove a webhook with its calls."""
    caller = caller_of(request)
    press = house.desk_of(caller.login)
    desk = press.desk(now())
    press.store.write(lambda session: webhooks.remove(session, caller, key, desk))
    return RedirectResponse("/account/webhooks", 303)


@router.post("/{key}/calls/{call}/again", name="account_webhook_again")
def again(request: Request, house: TheHouse, key: str, call: str) -> Response:
    """Make a call again."""
    caller, at = caller_of(request), now()
    house.store.write(lambda session: webhooks.again(session, caller, key, call, at))
    return RedirectResponse(f"/account/webhooks/{key}", 303)


def _looked_up(target: Target) -> Target:
    """Return a target whose addresses may all be called; raises E0301."""
    try:
        addresses_of(target)
    except Missed as missed:
        fault = Fault("E0301", "url", _MISSED[missed.failure])
        raise ReportgenError("E0301", path="webhook", faults=[fault]) from missed
    return target


def _held(request: Request, house: House, key: str) -> WebhookRow:
    account = caller_of(request).account
    return house.store.read(lambda session: webhooks.one(session, account, key))


def _secret(house: House, row: WebhookRow) -> str:
    return webhooks.secret_of(row.key, row.generation, house.press.secret)


def _list(request: Request, house: House, said: Mapping[str, object], status: int = 200) -> HTMLResponse:
    caller = caller_of(request)
    rows = house.store.read(lambda session: webhooks.listed(session, caller.account))
    offered = {kind: words for kind, words in HAPPENINGS.items() if kind in OFFERED[caller.kind]}
    shown = {"rows": rows, "offered": offered, "words": HAPPENINGS, "wrong": {}, "url": "", "chosen": []}
    return house.pages.page(request, "account_webhooks", {**shown, "failures": FAILURES, **said}, status)


def _one(
    request: Request, house: House, row: WebhookRow, before: str = "", *, secret: str = ""
) -> HTMLResponse:
    found, more = house.store.read(lambda session: webhooks.calls(session, row, before))
    said = {"row": row, "calls": found, "more": more, "before": before, "secret": secret}
    words = {
        "words": HAPPENINGS,
        "states": CALLS,
        "failures": FAILURES,
        "tries": len(webhook_calls.DELAYS) + 1,
    }
    return house.pages.page(request, "account_webhook", {**said, **words})
