"""The life of an application: two persons, one at a time, nothing lost where who renders dies."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from reportgen.errors import ReportgenError
from reportgen.registry import applications
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.application_rows import ApplicationState as State
from reportgen.registry.applications import CLAIM
from reportgen.registry.lifecycle import Desk
from reportgen.registry.tables import EventRow
from reportgen.store import accounts
from reportgen.store.account_rows import AccountKind
from reportgen.store.accounts import Opening
from reportgen.store.engine import Store

AT = datetime(2026, 11, 22, 9, 30)
SUBJECT, RECIPIENT = "91990102MA9C2K077N", "129901024KH7058200"


def desk(actor: str, at: datetime = AT) -> Desk:
    return Desk(actor, at, b"k" * 32)


def asked(account: int, project: str = "P-1", lot: str = "") -> ApplicationRow:
    return ApplicationRow(
        key="",
        account_id=account,
        uscc=SUBJECT,
        members=f'[{{"uscc":"{SUBJECT}"}}]',
        project=project,
        round=1,
        lot=lot,
        recipient=RECIPIENT,
        recipient_name="某单位",
        purpose="投标",
        payer=RECIPIENT,
        authorisation="授1",
        letter="",
        letter_sha256="",
        submitted_at=AT,
        due_at=AT + timedelta(days=7),
    )


@pytest.fixture
def account(store: Store) -> int:
    asked = Opening("bidder", AccountKind.BIDDER, SUBJECT, "某公司", "经办人")
    return store.write(lambda session: accounts.open_account(session, asked, "", AT)).id or 0


@pytest.fixture
def submitted(store: Store, account: int) -> str:
    return store.write(lambda s: applications.submit(s, asked(account), desk("bidder"))).key


def queue(store: Store, key: str) -> None:
    """Bring an application to where it waits to be rendered."""
    steps: list[Callable[[Session], ApplicationRow]] = [
        lambda s: _without_draft(s, key),
        lambda s: applications.reviewed(s, key, desk("reviewer")),
        lambda s: applications.queued(s, key, 10, desk("issuer")),
    ]
    for step in steps:
        store.write(step)


def _without_draft(session: Session, key: str) -> ApplicationRow:
    """Prepare an application whose draft does not matter here."""
    row = applications.by_key(session, key)
    row.state, row.prepared_by = State.PREPARED, "clerk"
    session.flush()
    return row


def refusal(store: Store, step: Callable[[Session], object]) -> str:
    with pytest.raises(ReportgenError) as caught:
        store.write(step)
    return caught.value.code


def test_its_address_tells_no_count(store: Store, account: int) -> None:
    keys = {
        store.write(lambda s, n=n: applications.submit(s, asked(account, f"P-{n}"), desk("bidder"))).key  # type: ignore[misc]
        for n in range(3)
    }
    assert all(len(key) == 32 for key in keys)
    assert len(keys) == 3


def test_the_same_is_not_asked_twice_while_it_is_open(store: Store, account: int, submitted: str) -> None:
    again = refusal(store, lambda s: applications.submit(s, asked(account), desk("bidder")))
    assert again == "E0613"
    store.write(lambda s: applications.submit(s, asked(account, lot="2"), desk("bidder")))
    store.write(lambda s: applications.withdrawn(s, submitted, desk("bidder")))
    store.write(lambda s: applications.submit(s, asked(account), desk("bidder")))


def test_whoever_prepared_it_neither_reviews_nor_issues(store: Store, submitted: str) -> None:
    store.write(lambda s: _without_draft(s, submitted))
    assert refusal(store, lambda s: applications.reviewed(s, submitted, desk("clerk"))) == "E1102"
    store.write(lambda s: applications.reviewed(s, submitted, desk("reviewer")))
    assert refusal(store, lambda s: applications.queued(s, submitted, 10, desk("clerk"))) == "E1102"
    row = store.write(lambda s: applications.queued(s, submitted, 10, desk("issuer")))
    assert (row.state, row.prepared_by, row.reviewed_by, row.issued_by) == (
        State.QUEUED,
        "clerk",
        "reviewer",
        "issuer",
    )


def test_no_step_is_taken_twice_or_out_of_order(store: Store, submitted: str) -> None:
    assert refusal(store, lambda s: applications.reviewed(s, submitted, desk("reviewer"))) == "E0614"
    assert refusal(store, lambda s: applications.done(s, submitted, desk("portal"))) == "E0614"
    queue(store, submitted)
    assert refusal(store, lambda s: applications.withdrawn(s, submitted, desk("bidder"))) == "E0614"
    store.write(lambda s: applications.done(s, submitted, desk("portal")))
    assert refusal(store, lambda s: applications.done(s, submitted, desk("portal"))) == "E0614"


def test_an_unknown_one_is_not_there(store: Store) -> None:
    assert refusal(store, lambda s: applications.done(s, "x" * 32, desk("portal"))) == "E0354"


def test_the_queue_is_bounded(store: Store, account: int) -> None:
    keys = [
        store.write(lambda s, n=n: applications.submit(s, asked(account, f"P-{n}"), desk("bidder"))).key  # type: ignore[misc]
        for n in range(2)
    ]
    for key in keys:
        store.write(lambda s, key=key: _without_draft(s, key))  # type: ignore[misc]
        store.write(lambda s, key=key: applications.reviewed(s, key, desk("reviewer")))  # type: ignore[misc]
    store.write(lambda s: applications.queued(s, keys[0], 1, desk("issuer")))
    assert refusal(store, lambda s: applications.queued(s, keys[1], 1, desk("issuer"))) == "E0618"
    store.write(lambda s: applications.done(s, keys[0], desk("portal")))
    store.write(lambda s: applications.queued(s, keys[1], 1, desk("issuer")))


def test_what_a_dead_worker_had_taken_is_taken_again(store: Store, submitted: str) -> None:
    queue(store, submitted)
    first = store.write(lambda s: applications.claim(s, "one", AT))
    assert first is not None
    assert store.write(lambda s: applications.claim(s, "two", AT + CLAIM / 2)) is None
    again = store.write(lambda s: applications.claim(s, "two", AT + CLAIM))
    assert again is not None
    assert (again.key, again.claimed_by, again.attempts) == (submitted, "two", 2)


def test_what_a_dead_worker_gives_back_is_taken_at_once(store: Store, submitted: str) -> None:
    queue(store, submitted)
    assert store.write(lambda s: applications.claim(s, "one", AT)) is not None
    store.write(lambda s: applications.release(s, "another"))
    assert store.write(lambda s: applications.claim(s, "two", AT)) is None
    store.write(lambda s: applications.release(s, "one"))
    again = store.write(lambda s: applications.claim(s, "two", AT))
    assert again is not None
    assert (again.key, again.claimed_by, again.attempts) == (submitted, "two", 2)


def test_each_knows_its_place_among_those_that_wait(store: Store, account: int) -> None:
    keys = [
        store.write(lambda s, n=n: applications.submit(s, asked(account, f"P-{n}"), desk("bidder"))).key  # type: ignore[misc]
        for n in range(3)
    ]
    for key in keys:
        queue(store, key)

    def places(session: Session) -> list[int]:
        return [applications.place_of(session, applications.by_key(session, key)) for key in keys]

    assert store.read(places) == [1, 2, 3]
    store.write(lambda s: applications.done(s, keys[0], desk("portal")))
    assert store.read(places)[1:] == [1, 2]


def test_many_workers_take_each_application_once(store: Store, account: int) -> None:
    keys = []
    for n in range(8):
        key = store.write(lambda s, n=n: applications.submit(s, asked(account, f"P-{n}"), desk("bidder"))).key  # type: ignore[misc]
        queue(store, key)
        keys.append(key)

    def work(name: int) -> list[str]:
        taken = []
        for _ in range(12):
            row = store.write(lambda s: applications.claim(s, f"w{name}", AT))
            taken += [row.key] if row else []
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [key for part in pool.map(work, range(4)) for key in part]
    assert sorted(taken) == sorted(keys)


def test_each_step_is_an_event_without_a_name(store: Store, submitted: str) -> None:
    queue(store, submitted)
    said = store.read(
        lambda s: s.exec(select(EventRow.data).where(EventRow.tag == "application:state:change")).all()
    )
    assert [state for text in said for state in State if f'"state":"{state}"' in text] == [
        State.SUBMITTED,
        State.REVIEWED,
        State.QUEUED,
    ]
    assert "某" not in "".join(said)
