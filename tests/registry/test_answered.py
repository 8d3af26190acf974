"""Answers under a key on both databases: one execution, one answer, and nothing kept of what failed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count

import pytest
from sqlmodel import Session

from reportgen.errors import ReportgenError
from reportgen.registry import answered, api_keys, owned
from reportgen.registry.answered import Answer, Asked
from reportgen.registry.lifecycle import Desk
from reportgen.registry.owned import Place
from reportgen.store import accounts
from reportgen.store.account_rows import AccountKind, AccountState
from reportgen.store.accounts import Caller, Opening
from reportgen.store.engine import Store

AT = datetime(2026, 11, 22, 9, 30)
USCC = {AccountKind.BIDDER: "91990102MA9C2K077N", AccountKind.RECIPIENT: "129901024KH7058200"}


def caller(store: Store, kind: AccountKind) -> Caller:
    asked = Opening(kind.lower(), kind, USCC[kind], "某单位", "经办人")
    row = store.write(lambda session: accounts.open_account(session, asked, "", AT))
    row = store.write(lambda s: accounts.decide(s, row.id or 0, AccountState.ACTIVE, "clerk", AT))
    found = store.read(lambda session: accounts.caller(session, row))
    assert found is not None
    return found


def test_many_at_once_are_one(store: Store) -> None:
    asked, done = Asked(caller(store, AccountKind.BIDDER).account, "k", "0" * 64, AT), count()

    def work(session: Session) -> Answer:
        before = answered.earlier(session, asked)
        if before is None:
            before = Answer(201, {"n": next(done)})
            answered.keep(session, asked, before)
        return before

    with ThreadPoolExecutor(4) as pool:
        answers = [future.result() for future in [pool.submit(store.write, work) for _ in range(12)]]
    assert len({answer.content["n"] for answer in answers}) == 1
    with pytest.raises(ReportgenError, match="E0619"):
        store.write(lambda session: answered.earlier(session, replace(asked, sha256="1" * 64)))
    later = replace(asked, sha256="1" * 64, at=AT + timedelta(days=1))
    assert store.write(lambda session: answered.earlier(session, later)) is None


def test_what_failed_is_done_again(store: Store) -> None:
    asked = Asked(caller(store, AccountKind.BIDDER).account, "k", "0" * 64, AT)

    def fail(session: Session) -> None:
        answered.earlier(session, asked)
        raise ReportgenError("E0613", project="P")

    with pytest.raises(ReportgenError, match="E0613"):
        store.write(fail)
    assert store.write(lambda session: answered.earlier(session, asked)) is None


def test_an_empty_office_has_nothing_to_show_and_no_place_to_begin_at(store: Store) -> None:
    start = Place("", 10)
    for kind in USCC:
        who = caller(store, kind)
        assert store.read(lambda s, who=who: owned.reports(s, who, start, AT, "P")) == ([], False)  # type: ignore[misc]
        assert store.read(lambda s, who=who: owned.projects(s, who, start, AT)) == ([], False)  # type: ignore[misc]
        with pytest.raises(ReportgenError, match="E0301"):
            store.read(lambda s, who=who: owned.projects(s, who, Place("P\n1", 1), AT))  # type: ignore[misc]
        with pytest.raises(ReportgenError, match="E0203"):
            store.read(lambda s, who=who: owned.application(s, who, "0" * 32))  # type: ignore[misc]


def test_an_account_has_so_many_keys_at_a_time(store: Store) -> None:
    who, desk = caller(store, AccountKind.BIDDER), Desk("bidder", AT, b"k" * 32)

    def make(session: Session, name: str) -> str:
        return api_keys.create(session, who, name, ["reports:read"], b"s" * 32, desk)[1]

    tokens = [store.write(partial(make, name=f"系统 {number}")) for number in range(api_keys.MOST)]
    with pytest.raises(ReportgenError, match="E0301"):
        store.write(partial(make, name="系统"))
    held = store.read(lambda session: api_keys.holder(session, tokens[0], b"s" * 32, AT.date()))
    assert held is not None
    assert held.caller == who
    assert store.read(lambda session: api_keys.holder(session, tokens[0], b"t" * 32, AT.date())) is None
    assert store.read(lambda session: api_keys.holder(session, tokens[0][:-1], b"s" * 32, AT.date())) is None
