"""Until the award notice (中标公示) is entered, nobody who may be the bidder learns whether a report was used."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import select

from reportgen.certify.facts import RegisterFacts
from reportgen.errors import ReportgenError
from reportgen.registry import award_entries, award_notices, bidders, lifecycle, verification, webhook_calls
from reportgen.registry.award_rows import AwardNoticeRow
from reportgen.registry.lifecycle import Desk, Use
from reportgen.registry.numbers import verification_code
from reportgen.registry.standing import standing
from reportgen.registry.tables import EventRow, ReportRow, State
from reportgen.registry.tags import Tag
from reportgen.registry.webhook_rows import CallState
from reportgen.store.account_rows import AccountKind
from reportgen.store.accounts import Caller
from reportgen.store.engine import Store
from reportgen.store.projects import import_project
from tests.factories import AGENT_USCC, OWNER_USCC, project
from tests.registry.hooked import account, entered, read, taken, webhook
from tests.registry.lives import DESK, NOW, OTHER, OWNER, SECRET, SHA, SUBJECT, USE, brought_to, issued

HOUR = timedelta(hours=1)
CLOSES = NOW - timedelta(days=1)
TODAY = NOW.date().isoformat()


def tender(store: Store, **changes: object) -> None:
    known = project(id=USE.project, bid_deadline=CLOSES.isoformat(), **changes)
    store.write(lambda s: import_project(s, known, NOW))


def announce(store: Store, *lots: str, day: str = TODAY, desk: Desk = DESK) -> None:
    store.write(lambda s: award_entries.enter(s, (USE.project, 1), lots or ("",), day, desk))


def who(kind: AccountKind, uscc: str = "", *, active: bool = True) -> Caller:
    return Caller(1, "somebody", kind, uscc, "单位", frozenset(), active)


def stands(store: Store, row: ReportRow, caller: Caller | None) -> tuple[str, str]:
    """Return the state that a caller is told of a report's file and of its paper."""
    knows, code = award_notices.known_to(caller), verification_code(SECRET, str(row.number))
    file = store.read(lambda s: verification.facts(s, SHA, "", NOW, knows))
    paper = store.read(lambda s: verification.paper(s, str(row.number), code, NOW, knows)).book
    altered = store.read(lambda s: verification.facts(s, "c" * 64, str(row.number), NOW, knows))
    assert (file.state, file.usable, file.consumed_at) == (altered.state, altered.usable, altered.consumed_at)
    assert file.consumed_at is None or file.used
    return file.state, paper.state


@pytest.mark.parametrize("state", [State.CONSUMED, State.ARCHIVED])
def test_strangers_and_bidders_are_told_of_a_use_from_the_notice_on(store: Store, state: State) -> None:
    tender(store)
    row = brought_to(store, state)
    word = {State.CONSUMED: "已核销", State.ARCHIVED: "已归档"}[state]
    strangers = (
        None,
        who(AccountKind.BIDDER, SUBJECT),
        who(AccountKind.RECIPIENT, OTHER),
        who(AccountKind.RECIPIENT, OWNER, active=False),
    )
    for caller in strangers:
        assert stands(store, row, caller) == ("有效", "有效")
    for caller in (who(AccountKind.RECIPIENT, OWNER), who(AccountKind.AGENCY)):
        assert stands(store, row, caller) == (word, word)
    announce(store)
    for caller in strangers:
        assert stands(store, row, caller) == (word, word)


def test_whoever_runs_the_tender_is_told_of_reports_for_the_other(store: Store) -> None:
    tender(store, agent={"name": "样例代理公司", "uscc": AGENT_USCC})
    row = brought_to(store, State.CONSUMED)
    for uscc in (OWNER_USCC, AGENT_USCC):
        assert stands(store, row, who(AccountKind.RECIPIENT, uscc)) == ("已核销", "已核销")


def test_the_office_s_own_commands_and_lists_tell_all(store: Store) -> None:
    tender(store)
    brought_to(store, State.CONSUMED)
    assert store.read(lambda s: verification.facts(s, SHA, "", NOW)).state == "已核销"


def test_used_and_unused_reports_look_alike_before_the_notice(store: Store) -> None:
    tender(store)
    used, unused = brought_to(store, State.CONSUMED), brought_to(store, State.ISSUED, "2")
    told = [_book(store, row) for row in (used, unused)]
    assert told[0] == replace(told[1], number=told[0].number)
    assert not told[0].use_told
    shown = store.read(lambda s: bidders.own_reports(s, SUBJECT, NOW))
    assert [(one.summary.state, one.summary.usable, one.consumed_at) for one in shown] == [
        ("有效", True, None)
    ] * 2


def test_a_used_report_past_its_date_looks_expired_before_the_notice(store: Store) -> None:
    tender(store)
    row = brought_to(store, State.CONSUMED)
    late = NOW.date() + timedelta(days=91)
    assert standing(row, late, untold=True).state == "已过期"
    assert standing(row, late).state == "已核销"


def test_revocation_is_told_at_once(store: Store) -> None:
    tender(store)
    row = brought_to(store, State.CONSUMED)
    store.write(lambda s: lifecycle.revoke(s, str(row.number), "FACT_WRONG", DESK))
    assert stands(store, row, None) == ("已撤销", "已撤销")
    (one,) = store.read(lambda s: bidders.own_reports(s, SUBJECT, NOW))
    assert (one.summary.state, one.revoked_at, one.reason, one.consumed_at) == (
        "已撤销",
        NOW,
        "所据事实有误",
        None,
    )


def test_what_is_no_tender_has_no_notice_to_wait_for(store: Store) -> None:
    row = store.write(lambda s: issued(s, matter="财政补助"))
    store.write(lambda s: lifecycle.consume(s, str(row.number), USE, DESK))
    assert stands(store, row, None) == ("已核销", "已核销")


def test_every_lot_has_a_notice_of_its_own(store: Store) -> None:
    lots = [{"id": lot, "name": f"{lot} 标段"} for lot in ("A", "B")]
    tender(store, lots=lots)
    rows = {lot: store.write(lambda s, lot=lot: issued(s, lot, lot=lot)) for lot in ("A", "B")}  # type: ignore[misc]
    for lot, row in rows.items():
        store.write(
            lambda s, lot=lot, row=row: lifecycle.consume(  # type: ignore[misc]
                s, str(row.number), Use(USE.project, 1, lot, OWNER), DESK
            )
        )
    announce(store, "A")
    told = store.read(lambda s: bidders.own_reports(s, SUBJECT, NOW))
    assert {one.summary.lot: one.summary.state for one in told} == {"A": "已核销", "B": "有效"}
    found = store.read(lambda s: award_entries.awards(s, USE.project, 1))
    assert ([row.lot for row in found.entered], found.waiting) == (["A"], ("B",))


@pytest.mark.parametrize(
    ("lots", "day", "path"),
    [
        (("",), "2026-11-23", "on"),
        (("",), "2026-11-20", "on"),
        (("",), "昨日", "on"),
        (("",), "", "on"),
        ((), TODAY, "lot"),
        (("A",), TODAY, "lot"),
    ],
)
def test_a_notice_is_of_a_past_day_since_the_opening_and_of_a_lot(
    store: Store, lots: tuple[str, ...], day: str, path: str
) -> None:
    tender(store)
    with pytest.raises(ReportgenError, match="E0301") as caught:
        store.write(lambda s: award_entries.enter(s, (USE.project, 1), lots, day, DESK))
    assert [fault.path for fault in caught.value.faults] == [path]
    assert store.read(lambda s: s.exec(select(AwardNoticeRow)).all()) == []


def test_a_notice_is_entered_once_after_the_opening_and_of_a_tender(store: Store) -> None:
    tender(store)
    early = Desk("owner", CLOSES - HOUR, DESK.key)
    with pytest.raises(ReportgenError, match="E0301"):
        announce(store, day=CLOSES.date().isoformat(), desk=early)
    announce(store)
    with pytest.raises(ReportgenError, match="E0301"):
        announce(store)
    with pytest.raises(ReportgenError, match="E0351"):
        store.write(lambda s: award_entries.enter(s, ("unknown", 1), ("",), TODAY, DESK))


def test_the_office_s_chain_tells_who_entered_it_and_when(store: Store) -> None:
    tender(store)
    announce(store, desk=Desk("owner", NOW, DESK.key))
    found = select(EventRow).where(EventRow.tag == Tag.PROJECT_AWARD_ENTER)
    (event,) = store.read(lambda s: s.exec(found).all())
    assert (event.stream, event.actor, event.at) == ("office", "owner", NOW)
    assert json.loads(event.data) == {"lot": "", "on": TODAY, "project": USE.project, "round": 1}


def test_a_bidder_s_calls_of_a_use_wait_for_the_notice_and_nobody_else_s(store: Store) -> None:
    tender(store)
    hooks = {
        kind: webhook(store, account(store, kind.lower(), kind, uscc))
        for kind, uscc in (
            (AccountKind.BIDDER, SUBJECT),
            (AccountKind.RECIPIENT, OWNER),
            (AccountKind.AGENCY, ""),
        )
    }
    row = store.write(issued)
    number = str(row.number)
    store.write(lambda s: lifecycle.consume(s, number, USE, DESK))
    store.write(lambda s: lifecycle.annul(s, number, "office", "other", DESK))
    read(store)
    states = {kind: {call.kind: call.state for call in entered(store, hook)} for kind, hook in hooks.items()}
    held = {"report.consumed": CallState.HELD, "report.consumption_annulled": CallState.HELD}
    assert states[AccountKind.BIDDER] == {"report.issued": CallState.WAITING, **held}
    for kind in (AccountKind.RECIPIENT, AccountKind.AGENCY):
        assert set(states[kind].values()) == {CallState.WAITING}
    hook = hooks[AccountKind.BIDDER]
    for moment in (NOW, NOW + 2 * HOUR, NOW + 200 * HOUR):
        while orders := [order for order in taken(store, moment) if order.webhook == hook.id]:
            assert {json.loads(order.body)["type"] for order in orders} == {"report.issued"}
            _delivered(store, orders)
    assert {call.state for call in entered(store, hook)} == {CallState.DELIVERED, CallState.HELD}
    later = Desk("owner", NOW + 201 * HOUR, DESK.key)
    announce(store, desk=later)
    told = []
    while orders := [order for order in taken(store, later.at) if order.webhook == hook.id]:
        told += [json.loads(order.body)["type"] for order in orders]
        _delivered(store, orders)
    assert told == ["report.consumed", "report.consumption_annulled"]
    store.write(lambda s: lifecycle.consume(s, number, USE, later))
    read(store, later.at)
    assert entered(store, hook)[-1].state == CallState.WAITING


def _delivered(store: Store, orders: list[webhook_calls.Order]) -> None:
    for order in orders:
        tried = webhook_calls.Tried(order.until, 12, 204)
        store.write(partial(webhook_calls.done, order=order, tried=tried, desk=DESK))


def _book(store: Store, row: ReportRow) -> RegisterFacts:
    """Return what a stranger is told of a report by its number and code."""
    number, code = str(row.number), verification_code(SECRET, str(row.number))
    knows = award_notices.known_to(None)
    return store.read(lambda s: verification.paper(s, number, code, NOW, knows)).book
