"""Webhooks and their calls: whose event goes to whom and when, at least once, tried again, given up, forgotten."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from reportgen.client import received
from reportgen.errors import ReportgenError
from reportgen.registry import applications, lifecycle, webhook_calls, webhooks
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.tables import EventRow, ReportRow
from reportgen.registry.tags import Tag
from reportgen.registry.webhook_calls import DELAYS, KEPT, LEASE, LONG, SETTLED, Order, Reader, Tried
from reportgen.registry.webhook_rows import CallState, Failure, ReadRow, WebhookRow, WebhookState
from reportgen.registry.webhook_urls import target_of
from reportgen.registry.webhooks import BOTH, MOST, TOLD, Happening, secret_of
from reportgen.store import accounts, people
from reportgen.store.account_rows import AccountKind, AccountState
from reportgen.store.accounts import Caller
from reportgen.store.engine import Store
from reportgen.store.projects import import_project
from reportgen.zone import CHINA
from tests.factories import project
from tests.registry import test_applications as asking
from tests.registry.hooked import URL, account, entered, read, taken, webhook
from tests.registry.lives import DESK, NOW, OTHER, OWNER, SECRET, SUBJECT, USE, at, issued

CLOSES = datetime(2026, 12, 10, 10)
SECOND = timedelta(seconds=1)


@pytest.fixture
def bidder(store: Store) -> Caller:
    return account(store, "bidder", AccountKind.BIDDER, SUBJECT)


@pytest.fixture
def hook(store: Store, bidder: Caller) -> WebhookRow:
    return webhook(store, bidder)


@pytest.fixture
def report(store: Store, hook: WebhookRow) -> ReportRow:
    """Return a report that was issued after the bidder had registered a webhook."""
    return store.write(issued)


def kinds(store: Store, row: WebhookRow) -> list[str]:
    return [call.kind for call in entered(store, row)]


def stands(store: Store, row: WebhookRow) -> WebhookRow:
    return store.read(lambda session: session.get_one(WebhookRow, row.id))


def tried(store: Store, order: Order, moment: datetime, failure: Failure | None = None) -> None:
    outcome = Tried(moment, 12, None if failure else 204, failure)
    store.write(lambda session: webhook_calls.done(session, order, outcome, DESK))


def told(store: Store) -> list[dict[str, object]]:
    found = select(EventRow.data).where(EventRow.tag == Tag.OFFICE_WEBHOOK_CHANGE).order_by(EventRow.id)  # type: ignore[arg-type]
    return [json.loads(data) for data in store.read(lambda session: session.exec(found).all())]


def test_each_hears_of_his_own_and_of_nothing_else(store: Store, bidder: Caller) -> None:
    own = webhook(store, bidder)
    others = [
        webhook(store, account(store, "other", AccountKind.BIDDER, OTHER)),
        webhook(store, account(store, "buyer", AccountKind.RECIPIENT, OTHER)),
    ]
    agency = webhook(store, account(store, "auditor", AccountKind.AGENCY))
    store.write(issued)
    store.write(lambda s: applications.submit(s, _asked(bidder), DESK))
    assert read(store) == 2
    assert kinds(store, own) == kinds(store, agency) == ["report.issued", "application.changed"]
    assert [kinds(store, other) for other in others] == [[], []]


def _asked(bidder: Caller) -> ApplicationRow:
    row = asking.asked(bidder.account)
    row.uscc = SUBJECT
    return row


def test_a_call_says_numbers_and_states_alone(store: Store, hook: WebhookRow, bidder: Caller) -> None:
    report = store.write(issued)
    key = store.write(lambda s: applications.submit(s, _asked(bidder), DESK)).key
    read(store)
    of_report, of_application = (json.loads(call.body) for call in entered(store, hook))
    moment = "2026-11-22T09:30:00+08:00"
    assert of_report == {"type": "report.issued", "timestamp": moment, "data": {"report": report.number}}
    assert of_application == {
        "type": "application.changed",
        "timestamp": moment,
        "data": {"application": key, "state": "SUBMITTED"},
    }


def test_every_happening_is_told_under_its_name(store: Store, report: ReportRow, hook: WebhookRow) -> None:
    number = str(report.number)
    steps = (
        lambda s: lifecycle.consume(s, number, USE, DESK),
        lambda s: lifecycle.annul(s, number, "office", "other", DESK),
        lambda s: lifecycle.supersede(s, number, DESK),
        lambda s: lifecycle.revoke(s, number, "REQUESTED", DESK),
    )
    for step in steps:
        store.write(step)
    read(store)
    assert kinds(store, hook) == [
        *("report.issued", "report.consumed", "report.consumption_annulled"),
        *("report.superseded", "report.revoked"),
    ]
    assert set(TOLD.values()) == set(Happening)


def test_only_what_was_asked_for_and_came_later_is_told(store: Store, bidder: Caller) -> None:
    store.write(issued)
    row = webhook(store, bidder, {Happening.REPORT_CONSUMED})
    report = store.write(lambda s: issued(s, "2"))
    store.write(lambda s: lifecycle.consume(s, str(report.number), USE, DESK))
    read(store)
    assert kinds(store, row) == ["report.consumed"]


def test_before_the_opening_a_recipient_learns_nothing_at_all(store: Store) -> None:
    buyer = account(store, "buyer", AccountKind.RECIPIENT, OWNER)
    row = webhook(store, buyer)
    store.write(lambda s: import_project(s, project(id=USE.project), NOW))
    store.write(lambda s: issued(s, closes_at=CLOSES))
    read(store)
    (held,) = entered(store, row)
    assert (held.state, held.due_at) == (CallState.HELD, CLOSES)
    assert store.read(lambda s: webhooks.calls(s, row)) == ([], False)
    assert store.read(webhook_calls.waiting) == 0
    assert taken(store, CLOSES - SECOND) == []
    (order,) = taken(store, CLOSES)
    tried(store, order, CLOSES)
    assert [call.state for call in store.read(lambda s: webhooks.calls(s, row))[0]] == [CallState.DELIVERED]


def test_where_the_opening_was_put_off_he_waits_on(store: Store) -> None:
    row = webhook(store, account(store, "buyer", AccountKind.RECIPIENT, OWNER))
    store.write(lambda s: import_project(s, project(id=USE.project), NOW))
    store.write(lambda s: issued(s, closes_at=CLOSES))
    read(store)
    later = CLOSES + timedelta(days=5)
    amended = project(id=USE.project, bid_deadline=later.isoformat())
    store.write(lambda s: import_project(s, amended, NOW + timedelta(hours=1)))
    assert taken(store, CLOSES) == []
    assert store.read(lambda s: webhooks.calls(s, row)) == ([], False)
    (order,) = taken(store, later)
    assert order.tries == 1


def test_a_webhook_has_one_call_of_an_event_however_often_it_is_read(
    store: Store, report: ReportRow, hook: WebhookRow
) -> None:
    first, second = Reader(), Reader()
    assert [reader.read(store, NOW) for reader in (first, second, first, second)] == [1, 1, 0, 0]
    assert len(entered(store)) == 1


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_an_event_that_is_seen_after_a_later_one_is_told_as_well(store: Store, hook: WebhookRow) -> None:
    places = [replace(USE, project=name) for name in ("P-1", "P-2")]
    slow, fast = (
        str(store.write(lambda s, p=place: issued(s, p.project, project=p.project)).number)  # type: ignore[misc]
        for place in places
    )
    reader = Reader()
    assert reader.read(store, NOW) == 2
    with Session(store.engine) as late:
        lifecycle.consume(late, slow, places[0], DESK)
        late.flush()
        store.write(lambda s: lifecycle.consume(s, fast, places[1], DESK))
        assert reader.read(store, NOW) == 1
        assert [call.about for call in entered(store)] == [slow, fast, fast]
        late.commit()
    assert reader.read(store, NOW) == 1
    assert [call.about for call in entered(store)] == [slow, fast, slow, fast]


def test_events_are_read_again_until_none_can_come_any_more(
    store: Store, report: ReportRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr("reportgen.registry.webhook_calls.time.monotonic", lambda: clock[0])
    reader = Reader()
    settled = [_settled(store)]
    for seconds in (0.0, 0.0, SETTLED - 1, 1.0):
        clock[0] += seconds
        reader.read(store, NOW)
        settled.append(_settled(store))
    newest = store.read(lambda s: max(s.exec(select(EventRow.id)).all()))  # type: ignore[type-var]
    assert settled == [settled[0]] * 4 + [newest]
    assert newest is not None and newest > settled[0]


def _settled(store: Store) -> int:
    return store.read(lambda session: session.exec(select(ReadRow.event_id)).one())


def test_what_somebody_has_taken_is_left_to_him_for_a_while(store: Store, report: ReportRow) -> None:
    read(store)
    (first,) = taken(store)
    assert taken(store, NOW + LEASE - SECOND) == []
    (second,) = taken(store, NOW + LEASE)
    assert (first.key, first.body) == (second.key, second.body)
    # The first comes back too late: what he has to say is not entered.
    tried(store, first, NOW + LEASE)
    assert entered(store)[0].state == CallState.WAITING
    tried(store, second, NOW + LEASE)
    assert entered(store)[0].state == CallState.DELIVERED


def test_a_webhook_that_is_busy_is_given_no_second_call(store: Store, hook: WebhookRow) -> None:
    for name in ("1", "2"):
        store.write(lambda s, n=name: issued(s, n, project=f"P-{n}"))  # type: ignore[misc]
    read(store)
    assert len(store.read(lambda s: webhook_calls.due(s, NOW, (), 10))) == 1
    assert store.read(lambda s: webhook_calls.due(s, NOW, (hook.id or 0,), 10)) == []


def test_a_call_that_fails_is_tried_at_growing_distances_and_given_up(
    store: Store, report: ReportRow, hook: WebhookRow
) -> None:
    read(store)
    moment, names = NOW, set()
    for number, delay in enumerate((*DELAYS, None), 1):
        (order,) = taken(store, moment)
        names.add(order.name)
        assert order.tries == number
        tried(store, order, moment, Failure.SLOW)
        if delay:
            assert taken(store, moment + delay - SECOND) == []
            moment += delay
    assert timedelta(days=3) < moment - NOW < timedelta(days=4)
    assert len(names) == 1
    (call,) = entered(store)
    assert (call.state, call.failure, call.status, call.tries) == (CallState.FAILED, "SLOW", None, 10)
    row = stands(store, hook)
    assert (row.state, row.off_at, row.off_why, row.failing_since) == ("OFF", moment, "SLOW", NOW)


def test_one_success_and_a_webhook_is_as_good_as_new(
    store: Store, report: ReportRow, hook: WebhookRow
) -> None:
    read(store)
    (order,) = taken(store)
    tried(store, order, NOW, Failure.UNREACHABLE)
    assert stands(store, hook).failing_since == NOW
    (order,) = taken(store, NOW + LONG)
    tried(store, order, NOW + LONG)
    assert (stands(store, hook).failing_since, stands(store, hook).state) == (None, WebhookState.ACTIVE)


def test_what_is_off_is_not_called_and_afterwards_told_all_that_waited(
    store: Store, report: ReportRow, hook: WebhookRow, bidder: Caller
) -> None:
    read(store)
    (order,) = taken(store)
    tried(store, order, NOW, Failure.GONE)
    assert stands(store, hook).state == WebhookState.OFF
    store.write(lambda s: lifecycle.revoke(s, str(report.number), "REQUESTED", DESK))
    read(store)
    assert taken(store, NOW + LONG) == []
    store.write(lambda s: webhooks.switch_on(s, bidder, hook.key, DESK))
    for kind in ("report.issued", "report.revoked"):
        (order,) = taken(store, NOW + LONG)
        assert json.loads(order.body)["type"] == kind
        tried(store, order, NOW + LONG)
    assert [said["state"] for said in told(store)] == ["ACTIVE", "OFF", "ACTIVE"]
    with pytest.raises(ReportgenError, match="E0203"):
        store.write(lambda s: webhooks.switch_on(s, bidder, hook.key, DESK))


def test_whose_account_is_closed_is_told_nothing_more(
    store: Store, report: ReportRow, bidder: Caller
) -> None:
    read(store)
    store.write(lambda s: accounts.decide(s, bidder.account, AccountState.CLOSED, "clerk", NOW))
    assert taken(store) == []
    store.write(lambda s: lifecycle.consume(s, str(report.number), USE, DESK))
    read(store)
    assert len(entered(store)) == 1


def test_who_lost_his_last_role_in_the_agency_is_told_nothing_more(store: Store) -> None:
    auditor = account(store, "auditor", AccountKind.AGENCY)
    webhook(store, auditor)
    store.write(issued)
    read(store)
    store.write(lambda s: people.withdraw(s, "auditor", "AUDITOR"))
    assert taken(store) == []


def test_a_call_is_made_again_under_the_same_id(
    store: Store, report: ReportRow, hook: WebhookRow, bidder: Caller
) -> None:
    read(store)
    (order,) = taken(store)
    with pytest.raises(ReportgenError, match="E0203"):
        store.write(lambda s: webhooks.again(s, bidder, hook.key, order.key, NOW))
    tried(store, order, NOW)
    store.write(lambda s: webhooks.again(s, bidder, hook.key, order.key, NOW))
    (again,) = taken(store)
    assert (again.name, again.body, again.tries) == (order.name, order.body, 1)


def test_calls_are_forgotten_when_they_were_kept_long_enough(store: Store, report: ReportRow) -> None:
    read(store)
    (order,) = taken(store)
    tried(store, order, NOW)
    for moment, gone in ((NOW + KEPT, 0), (NOW + KEPT + LEASE, 1)):
        assert store.write(lambda s, at=moment: webhook_calls.forget(s, at)) == gone  # type: ignore[misc]


def test_the_secret_lies_nowhere_and_is_renewed_with_a_day_for_both(
    store: Store, report: ReportRow, hook: WebhookRow, bidder: Caller
) -> None:
    first = secret_of(hook.key, 1, SECRET)
    row = store.write(lambda s: webhooks.renew(s, bidder, hook.key, at(hours=1)))
    second = secret_of(row.key, row.generation, SECRET)
    assert first != second
    stored = store.read(lambda s: str(s.exec(select(WebhookRow)).one()))
    assert first not in stored and second not in stored
    read(store)
    (order,) = taken(store, NOW + timedelta(hours=2))
    assert order.secrets == (second, first)
    for secret in order.secrets:
        assert received(secret, order.headers(NOW), order.body, _seconds(NOW)).id == order.name
    (order,) = taken(store, NOW + timedelta(hours=1) + BOTH)
    assert order.secrets == (second,)


def _seconds(moment: datetime) -> float:
    return moment.replace(tzinfo=CHINA).timestamp()


def test_what_the_events_say_of_a_webhook(store: Store, hook: WebhookRow, bidder: Caller) -> None:
    store.write(lambda s: webhooks.renew(s, bidder, hook.key, DESK))
    store.write(lambda s: webhooks.remove(s, bidder, hook.key, DESK))
    common = {"login": "bidder", "uscc": SUBJECT, "webhook": hook.id}
    assert told(store) == [
        {**common, "state": "ACTIVE", "host": "hook.example.cn"},
        {**common, "state": "ACTIVE", "generation": 2},
        {**common, "state": "CLOSED"},
    ]


def test_removing_takes_its_calls_along_and_nobody_elses(
    store: Store, hook: WebhookRow, bidder: Caller
) -> None:
    kept = webhook(store, bidder, url=URL + "2")
    store.write(issued)
    read(store)
    (_, order) = sorted(taken(store), key=lambda order: order.webhook == hook.id)
    store.write(lambda s: webhooks.remove(s, bidder, hook.key, DESK))
    tried(store, order, NOW)
    assert [call.webhook_id for call in entered(store)] == [kept.id]


def test_nobody_touches_anothers_webhook(store: Store, report: ReportRow, hook: WebhookRow) -> None:
    other = account(store, "other", AccountKind.BIDDER, OTHER)
    read(store)
    call = entered(store)[0].key
    for step in (
        lambda s: webhooks.one(s, other.account, hook.key),
        lambda s: webhooks.renew(s, other, hook.key, DESK),
        lambda s: webhooks.switch_on(s, other, hook.key, DESK),
        lambda s: webhooks.remove(s, other, hook.key, DESK),
        lambda s: webhooks.again(s, other, hook.key, call, NOW),
    ):
        with pytest.raises(ReportgenError, match="E0203"):
            store.write(step)


def test_an_account_has_few_and_for_what_it_may_see(store: Store, bidder: Caller) -> None:
    buyer = account(store, "buyer", AccountKind.RECIPIENT, OWNER)
    for caller, wanted in ((buyer, {Happening.APPLICATION_CHANGED}), (bidder, set()), (bidder, {"made.up"})):
        assert _refused(store, caller, wanted) == ["kinds"]
    for _ in range(MOST):
        webhook(store, bidder)
    assert _refused(store, bidder, set(Happening)) == ["url"]


def _refused(store: Store, caller: Caller, wanted: set[Happening] | set[str]) -> list[str]:
    with pytest.raises(ReportgenError) as caught:
        store.write(lambda s: webhooks.create(s, caller, target_of(URL, ()), wanted, DESK))
    return [fault.path for fault in caught.value.faults]


def test_the_log_is_read_page_by_page(
    store: Store, hook: WebhookRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "PAGE", 2)
    for name in "12345":
        store.write(lambda s, n=name: issued(s, n, project=f"P-{n}"))  # type: ignore[misc]
    read(store)
    pages, before, more = [], "", True
    while more:
        found, more = store.read(lambda s, b=before: webhooks.calls(s, hook, b))  # type: ignore[misc]
        pages.append([call.about for call in found])
        before = found[-1].key
    newest_first = [call.about for call in reversed(entered(store))]
    assert pages == [newest_first[:2], newest_first[2:4], newest_first[4:]]
