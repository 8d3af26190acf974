"""What strangers handed in goes when its time is over, with its event, whatever a crash left in between."""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from reportgen.document.issuer import ReceivedSettings
from reportgen.registry import accounts, applications, received
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.audit import verify
from reportgen.registry.retention import Erased, Keeper, kept_since
from reportgen.registry.tables import EventRow
from reportgen.registry.tags import Tag
from reportgen.registry.upload_rows import UploadKind, UploadRow, UploadState
from reportgen.registry.uploads import RECEIVED, enter, refuse, take
from reportgen.store.account_rows import AccountKind, AccountRow, AccountState
from reportgen.store.accounts import Opening
from reportgen.store.engine import Store
from reportgen.store.files import Folder
from tests.registry.lives import DESK, NOW, SUBJECT, at, issued

YEARS, SPANS = 10, ReceivedSettings(refused_days=180, workbook_days=365)
LETTER, WORKBOOK, COPY = f"{RECEIVED}letter.pdf", f"{RECEIVED}book.xlsx", f"{RECEIVED}copy.xlsx"


@pytest.fixture
def files(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "files")


def keeper(store: Store, files: Folder, days: float, *, dry_run: bool = False) -> Keeper:
    desk = at(days=days)
    return Keeper(store, files, kept_since(desk.at.date(), YEARS), desk, dry_run, SPANS)


def run(store: Store, files: Folder, days: float) -> tuple[str, ...]:
    """Run twice: the first run does what a dry run said, the second has nothing to do."""
    said = keeper(store, files, days, dry_run=True).erase()
    done: Erased = keeper(store, files, days).erase()
    assert done == said
    assert keeper(store, files, days).erase().received == ()
    assert verify(store, DESK.key).sound
    assert set(files.names()) >= store.read(received.named)
    return done.received


def put(files: Folder, *names: str) -> None:
    """Hand in files a while ago, as the machine's clock has it."""
    for name in names:
        files.write(name, b"%PDF")
        os.utime(files.where(name), (NOW.timestamp(), NOW.timestamp()))


def account(store: Store, *states: AccountState, login: str = "asker") -> int:
    """Ask for an account with a letter, which goes through some states at once."""
    opening = Opening(login, AccountKind.BIDDER, SUBJECT, "某公司", "经办人", LETTER, "a" * 64)

    def work(session: Session) -> int:
        row = accounts.ask(session, opening, "", DESK)
        for state in states:
            accounts.decide(session, row.id or 0, state, DESK)
        return row.id or 0

    return store.write(work)


def application(store: Store, end: str, report: int | None = None) -> None:
    words: dict[str, Any] = {
        "members": "[]", "project": "P-1", "round": 1, "lot": "", "recipient": SUBJECT, "recipient_name": "某局",
        "purpose": "投标", "payer": SUBJECT, "authorisation": "授1", "letter": LETTER, "letter_sha256": "b" * 64,
        "submitted_at": NOW, "due_at": NOW,
    }  # fmt: skip
    owner = account(store, login="other")

    def work(session: Session) -> None:
        session.get_one(AccountRow, owner).authorisation = ""
        row = ApplicationRow(key="", account_id=owner, uscc=SUBJECT, **words)
        key = applications.submit(session, row, DESK).key
        if end == "returned":
            applications.returned(session, key, "请补正", DESK)
        elif end == "withdrawn":
            applications.withdrawn(session, key, DESK)
        elif end == "issued":
            row.state, row.ended_at, row.report_id = "ISSUED", NOW, report

    store.write(work)


def upload(store: Store, decided: UploadState, kind: UploadKind = UploadKind.WORKBOOK) -> None:
    owner = account(store, login="third")

    def work(session: Session) -> None:
        session.get_one(AccountRow, owner).authorisation = ""
        row = UploadRow(
            key="",
            account_id=owner,
            uscc=SUBJECT,
            name="a.xlsx",
            file=WORKBOOK,
            marked=COPY,
            sha256="c" * 64,
            at=NOW,
            kind=kind,
        )
        key = enter(session, row, [], DESK).key
        if decided is UploadState.TAKEN:
            take(session, key, DESK)
        elif decided is UploadState.REFUSED:
            refuse(session, key, "请改正", DESK)

    store.write(work)


def told(store: Store, tag: Tag) -> list[dict[str, Any]]:
    asked = select(EventRow.data).where(EventRow.tag == tag).order_by(col(EventRow.id))
    return [json.loads(said) for said in store.read(lambda session: session.exec(asked).all())]


REJECTED, CLOSED = (AccountState.CLOSED,), (AccountState.ACTIVE, AccountState.CLOSED)


@pytest.mark.parametrize(
    ("states", "days"),
    [((), None), ((AccountState.ACTIVE,), None), (REJECTED, 180), (CLOSED, 365 * YEARS + 3)],
)
def test_a_letter_goes_a_while_after_its_account_was_closed_and_sooner_where_it_was_never_admitted(
    store: Store, files: Folder, states: tuple[AccountState, ...], days: int | None
) -> None:
    put(files, LETTER)
    account(store, *states)
    if days is None:
        assert run(store, files, 20 * 366) == ()
        return
    assert run(store, files, days - 1) == ()
    assert run(store, files, days + 1) == (LETTER,)
    assert files.names() == []
    assert told(store, Tag.OFFICE_LETTER_ERASE) == [{"login": "asker", "sha256": "a" * 64}]


@pytest.mark.parametrize(
    ("end", "days"), [("open", None), ("returned", 180), ("withdrawn", 180), ("issued", 365 * YEARS + 3)]
)
def test_a_letter_goes_a_while_after_its_application_has_ended(
    store: Store, files: Folder, end: str, days: int | None
) -> None:
    put(files, LETTER)
    application(store, end)
    if days is None:
        assert run(store, files, 20 * 366) == ()
        return
    assert run(store, files, days - 1) == ()
    assert run(store, files, days + 1) == (LETTER,)
    assert [said["sha256"] for said in told(store, Tag.APPLICATION_LETTER_ERASE)] == ["b" * 64]


def test_the_letter_of_a_disputed_report_is_kept_until_the_case_is_closed(
    store: Store, files: Folder
) -> None:
    put(files, LETTER)
    report = store.write(lambda session: issued(session, "1").id)
    application(store, "issued", report)
    assert report is not None

    def dispute(session: Session, since: Any) -> None:
        from reportgen.registry.tables import ReportRow

        session.get_one(ReportRow, report).disputed_at = since

    store.write(lambda session: dispute(session, NOW))
    late = 365 * YEARS + 4
    assert keeper(store, files, late).erase().received == ()
    store.write(lambda session: dispute(session, None))
    assert keeper(store, files, late).erase().received == (LETTER,)


@pytest.mark.parametrize("state", list(UploadState))
def test_a_workbook_goes_with_its_marked_copy_a_while_after_it_was_decided_on(
    store: Store, files: Folder, state: UploadState
) -> None:
    put(files, WORKBOOK, COPY)
    upload(store, state)
    assert run(store, files, 364) == ()
    gone = run(store, files, 366)
    assert gone == (() if state is UploadState.PENDING else (WORKBOOK, COPY))
    assert len(told(store, Tag.UPLOAD_FILE_ERASE)) == (state is not UploadState.PENDING)


@pytest.mark.parametrize(
    ("state", "days"),
    [(UploadState.PENDING, None), (UploadState.REFUSED, 180), (UploadState.TAKEN, 365 * YEARS + 3)],
)
def test_a_paper_is_kept_as_a_letter_is_where_it_was_received(
    store: Store, files: Folder, state: UploadState, days: int | None
) -> None:
    put(files, WORKBOOK, COPY)
    upload(store, state, UploadKind.PAPER)
    if days is None:
        assert run(store, files, 20 * 366) == ()
        return
    assert run(store, files, days - 1) == ()
    assert run(store, files, days + 1) == (WORKBOOK, COPY)


def test_what_a_crash_left_after_the_row_let_go_is_removed_by_the_next_run(
    store: Store, files: Folder
) -> None:
    put(files, LETTER)
    account(store, *REJECTED)
    broken = keeper(store, files, 181)
    held = store.read(lambda s: received.over(s, received.kept_on(broken.desk.at, broken.before, SPANS)))
    for each in held:
        store.write(lambda session, each=each: each.let_go(session, broken.desk))  # type: ignore[misc]
    assert files.names() == [LETTER]
    assert run(store, files, 181) == (LETTER,)
    assert len(told(store, Tag.OFFICE_LETTER_ERASE)) == 1


def test_what_is_just_being_handed_in_has_no_row_yet_and_stays(store: Store, files: Folder) -> None:
    files.write(LETTER, b"%PDF")
    young = Path(files.where(LETTER)).stat().st_mtime
    day = timedelta(days=1).total_seconds()
    for after, gone in ((0.5 * day, ()), (1.5 * day, (LETTER,))):
        os.utime(files.where(LETTER), (young, (NOW.timestamp() + 100 * day) - after))
        assert keeper(store, files, 100).erase().received == gone
