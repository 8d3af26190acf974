"""The pages of webhooks: registered, their secret shown once, their calls read, made again, switched on, removed."""

import re

import pytest
from sqlmodel import select

from reportgen.registry import webhook_calls, webhooks
from reportgen.registry.tables import EventRow
from reportgen.registry.tags import Tag
from reportgen.registry.webhook_calls import Tried
from reportgen.registry.webhook_rows import CallState, Failure, WebhookRow
from reportgen.store.account_rows import AccountKind
from reportgen.zone import now
from tests.registry.hooked import entered
from tests.web.keys import caller_of
from tests.web.portal import Portal
from tests.web.test_calling import PUBLIC, resolving

PATH = "/account/webhooks"
GIVEN = {"url": "https://hook.example.cn/told?token=x", "kind": "report.issued"}
_SECRET = re.compile(r"whsec_[0-9A-Za-z+/]{43}=")


@pytest.fixture
def bidder(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Portal:
    resolving(monkeypatch, [PUBLIC])
    portal.sign_in(AccountKind.BIDDER)
    return portal


def held(portal: Portal) -> list[WebhookRow]:
    account = caller_of(portal, AccountKind.BIDDER).account
    return portal.house.store.read(lambda session: webhooks.listed(session, account))


def registered(portal: Portal) -> str:
    """Register a webhook and return its page."""
    assert portal.post(PATH, GIVEN).status_code == 200
    return f"{PATH}/{held(portal)[0].key}"


def happened(portal: Portal) -> None:
    """Enter the call of the one report, as though it had been issued after the webhook was registered."""
    (row,) = held(portal)
    store = portal.house.store
    found = select(EventRow.id).where(EventRow.tag == Tag.REPORT_STATE_ISSUE)
    event = store.read(lambda session: session.exec(found).one())
    assert event is not None
    row.after = event - 1
    store.write(lambda session: session.merge(row))
    store.write(lambda session: webhook_calls.enter(session, [event], now()))


def tried(portal: Portal, failure: Failure | None = None) -> None:
    store, press, at = portal.house.store, portal.house.press, now()
    due = store.read(lambda session: webhook_calls.due(session, at, (), 9))
    (order,) = store.write(lambda session: webhook_calls.claim(session, due, press.secret, at))
    outcome = Tried(at, 12, 503 if failure else 204, failure)
    store.write(lambda session: webhook_calls.done(session, order, outcome, press.desk(at)))


def test_the_secret_is_shown_once(bidder: Portal) -> None:
    assert "还没有回调" in bidder.client.get(PATH).text
    page = bidder.post(PATH, GIVEN).text
    (secret,) = _SECRET.findall(page)
    (row,) = held(bidder)
    assert secret == webhooks.secret_of(row.key, 1, bidder.house.press.secret)
    assert "还没有通知" in page
    for path in (PATH, f"{PATH}/{row.key}"):
        page = bidder.client.get(path).text
        assert "https://hook.example.cn/told?token=x" in page
        assert not _SECRET.search(page)
    new = bidder.post(f"{PATH}/{row.key}/secret").text
    assert _SECRET.findall(new) == [webhooks.secret_of(row.key, 2, bidder.house.press.secret)] != [secret]
    assert "新旧两种签名" in new


@pytest.mark.parametrize(
    ("given", "field", "what"),
    [
        ({"url": ""}, "url", "请填写"),
        ({"url": "http://hook.example.cn/"}, "url", "须以 https:// 开头"),
        ({"kind": ""}, "kinds", "请至少选择一项"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    bidder: Portal, given: dict[str, str], field: str, what: str
) -> None:
    answer = bidder.post(PATH, {**GIVEN, **given})
    assert answer.status_code == 422
    assert re.search(f'id="w-{field}">[^<]*{what}', answer.text)
    assert given.get("url", GIVEN["url"]) in answer.text
    assert held(bidder) == []


@pytest.mark.parametrize("found", ["127.0.0.1", "169.254.169.254", "64:ff9b::a00:1"])
def test_what_means_the_house_is_not_even_registered(
    bidder: Portal, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, [found])
    answer = bidder.post(PATH, GIVEN)
    assert (answer.status_code, "地址不在公网" in answer.text, held(bidder)) == (422, True, [])


def test_the_log_shows_what_became_of_a_call_and_makes_it_again(bidder: Portal) -> None:
    path = registered(bidder)
    happened(bidder)
    page = bidder.client.get(path).text
    assert bidder.number in page and "待投递" in page and "再投递</button>" not in page
    tried(bidder)
    page = bidder.client.get(path).text
    assert "已送达" in page and "204，12 毫秒" in page
    (call,) = entered(bidder.house.store)
    answer = bidder.post(f"{path}/calls/{call.key}/again")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert entered(bidder.house.store)[0].state == CallState.WAITING
    assert bidder.post(f"{path}/calls/{call.key}/again").status_code == 404


def test_who_was_switched_off_sees_why_and_switches_on(bidder: Portal) -> None:
    path = registered(bidder)
    happened(bidder)
    tried(bidder, Failure.GONE)
    page = bidder.client.get(path).text
    assert "已停用" in page and "对方不再接收" in page
    assert "× 已停用" in bidder.client.get(PATH).text
    assert bidder.post(f"{path}/on").status_code == 303
    assert "已停用" not in bidder.client.get(path).text
    tried(bidder)


def test_who_fails_sees_since_when(bidder: Portal) -> None:
    path = registered(bidder)
    happened(bidder)
    tried(bidder, Failure.STATUS)
    page = bidder.client.get(path).text
    assert "自 2026-11-22 09:30 起投递失败" in page
    assert "对方没有收下，503" in page
    assert "… 投递失败" in bidder.client.get(PATH).text


def test_what_is_removed_is_gone(bidder: Portal) -> None:
    path = registered(bidder)
    happened(bidder)
    assert bidder.post(f"{path}/remove").status_code == 303
    assert bidder.client.get(path).status_code == 404
    assert (held(bidder), entered(bidder.house.store)) == ([], [])


def test_anothers_webhook_is_none(bidder: Portal) -> None:
    path = registered(bidder)
    bidder.client.cookies.clear()
    bidder.sign_in(AccountKind.RECIPIENT)
    assert bidder.client.get(path).status_code == 404
    for step in ("secret", "on", "remove", "calls/1/again"):
        assert bidder.post(f"{path}/{step}").status_code == 404
    assert "申请的状态变化" not in bidder.client.get(PATH).text


def test_what_waits_is_counted_for_whoever_runs_the_portal(bidder: Portal) -> None:
    registered(bidder)
    happened(bidder)
    assert "reportgen_webhook_calls_waiting 1.0" in bidder.client.get("/metrics").text
