"""Uploads wait for the clerk, are decided once, and are shown to their own subject alone."""

from datetime import datetime

import pytest
from sqlmodel import select

from reportgen.errors import ReportgenError
from reportgen.registry import uploads
from reportgen.registry.lifecycle import Desk
from reportgen.registry.tables import EventRow
from reportgen.registry.upload_rows import UploadRow, UploadState
from reportgen.registry.uploads import Finding
from reportgen.store import accounts
from reportgen.store.account_rows import AccountKind
from reportgen.store.accounts import Opening
from reportgen.store.engine import Store

AT = datetime(2026, 11, 22, 9, 30)
SUBJECT, OTHER = "91990102MA9C2K077N", "91990200MA9C3H269Q"


def desk(actor: str) -> Desk:
    return Desk(actor, AT, b"k" * 32)


@pytest.fixture
def account(store: Store) -> int:
    asked = Opening("bidder", AccountKind.BIDDER, SUBJECT, "某公司", "经办人")
    return store.write(lambda session: accounts.open_account(session, asked, "", AT)).id or 0


def entered(store: Store, account: int, *found: Finding) -> UploadRow:
    row = UploadRow(
        key="", account_id=account, uscc=SUBJECT, name="a.xlsx", file="received/a", sha256="0" * 64, at=AT
    )
    return store.write(lambda session: uploads.enter(session, row, list(found), desk("bidder")))


def test_an_upload_is_decided_once_and_each_step_has_its_event(store: Store, account: int) -> None:
    taken, refused = entered(store, account), entered(store, account, Finding("提示", warns=True))
    assert taken.key != refused.key
    waiting = store.read(lambda session: uploads.listed(session, UploadState.PENDING))
    assert [row.key for row in waiting] == [taken.key, refused.key]
    store.write(lambda session: uploads.take(session, taken.key, desk("clerk")))
    done = store.write(lambda session: uploads.refuse(session, refused.key, "缺原件", desk("clerk")))
    assert (done.state, done.note, done.decided_by, done.decided_at) == ("REFUSED", "缺原件", "clerk", AT)
    for key in (taken.key, refused.key):
        with pytest.raises(ReportgenError, match="E0620"):
            store.write(lambda session, key=key: uploads.take(session, key, desk("clerk")))  # type: ignore[misc]
    with pytest.raises(ReportgenError, match="E0203"):
        store.write(lambda session: uploads.take(session, "none", desk("clerk")))
    tag = select(EventRow.actor).where(EventRow.tag == "upload:state:change").order_by(EventRow.id)  # type: ignore[arg-type]
    assert store.read(lambda session: list(session.exec(tag))) == ["bidder", "bidder", "clerk", "clerk"]


def test_a_faulty_one_is_refused_as_it_comes_in(store: Store, account: int) -> None:
    row = entered(store, account, Finding("有误"), Finding("提示", warns=True))
    assert (row.state, row.faults, row.decided_by) == ("REFUSED", 1, "")
    assert uploads.findings(row) == [Finding("有误"), Finding("提示", warns=True)]
    assert store.read(lambda session: uploads.listed(session, UploadState.PENDING)) == []


def test_of_many_findings_the_first_are_kept_and_all_are_counted(store: Store, account: int) -> None:
    row = entered(store, account, *(Finding(f"第 {number} 处") for number in range(500)))
    assert (row.faults, len(uploads.findings(row))) == (500, 200)


def test_an_upload_is_its_own_subject_s(store: Store, account: int) -> None:
    row = entered(store, account)
    assert store.read(lambda session: uploads.own(session, SUBJECT, row.key)).key == row.key
    assert [one.key for one in store.read(lambda session: uploads.of_subject(session, SUBJECT))] == [row.key]
    with pytest.raises(ReportgenError, match="E0203"):
        store.read(lambda session: uploads.own(session, OTHER, row.key))
    assert store.read(lambda session: uploads.of_subject(session, OTHER)) == []
