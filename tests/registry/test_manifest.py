"""What goes into a project's manifest, and that nobody gets one before 开标."""

from datetime import date, datetime, timedelta

import pytest

from reportgen.certify.manifest import Listed
from reportgen.document.issuer import Agency
from reportgen.errors import ReportgenError
from reportgen.registry import lifecycle, queries
from reportgen.registry.manifest import Scope, manifest
from reportgen.registry.tables import ReportRow, State
from reportgen.store.engine import Store
from reportgen.store.projects import import_project
from tests.factories import lot_data, project
from tests.registry.lives import DESK, NOW, OWNER, SHA, SUBJECT, USE, brought_to, drafted, issued

CLOSES = datetime(2026, 12, 10, 10)
AGENCY = Agency(
    name="样例信用服务有限公司",
    uscc="91990102MA9C000128",
    filing_number="样例备1号",
    filing_authority="样例",
    filing_since=date(2026, 1, 15),
    filing_until=date(2027, 12, 31),
    public_list="样例",
    address="样例",
    phone="000",
    email="office@example.cn",
    website="https://www.example.cn",
    sample=True,
)


def known(store: Store, **changes: object) -> None:
    store.write(lambda s: import_project(s, project(id=USE.project, **changes), NOW))


def told(store: Store, at: datetime = CLOSES, scope: Scope | None = None) -> dict[str, Listed]:
    said = store.read(lambda s: manifest(s, AGENCY, scope or Scope(USE.project), at))
    assert said.as_of == at
    return {report.number: report for report in said.reports}


def refused(store: Store, at: datetime, scope: Scope | None = None) -> tuple[str, str]:
    with pytest.raises(ReportgenError) as caught:
        told(store, at, scope)
    return caught.value.code, caught.value.text()


def number(row: ReportRow) -> str:
    return str(row.number)


def test_nobody_gets_a_manifest_before_the_opening(store: Store) -> None:
    known(store)
    early = CLOSES - timedelta(microseconds=1)
    none = refused(store, early)
    store.write(issued)
    assert refused(store, early) == none
    assert none[0] == "E1106"
    assert len(told(store)) == 1


def test_a_manifest_lists_every_issued_report_and_no_other(store: Store) -> None:
    known(store)
    rows = {state: brought_to(store, state, str(n)) for n, state in enumerate(State)}
    issued_ones = (State.ISSUED, State.CONSUMED, State.ARCHIVED, State.EXPIRED, State.REVOKED)
    said = told(store)
    assert list(said) == sorted(number(rows[state]) for state in issued_ones)
    states = {
        state: (said[number(rows[state])].state, said[number(rows[state])].usable) for state in issued_ones
    }
    assert states == {
        State.ISSUED: ("有效", True),
        State.CONSUMED: ("已核销", False),
        State.ARCHIVED: ("已归档", False),
        State.EXPIRED: ("已过期", False),
        State.REVOKED: ("已撤销", False),
    }
    assert said[number(rows[State.CONSUMED])].used_by == OWNER
    assert said[number(rows[State.REVOKED])].revoked_at == NOW


def test_a_report_is_listed_with_all_that_a_reader_compares(store: Store) -> None:
    known(store)
    row = store.write(issued)
    (report,) = told(store).values()
    assert (report.kind, report.sha256, report.pages, report.purpose) == ("信用报告", SHA, 18, "投标 1")
    assert (report.applicant[0].uscc, report.recipient.uscc, report.recipient.name) == (
        SUBJECT,
        OWNER,
        "样例学校",
    )
    assert (report.conclusion, report.issued_at, report.valid_until) == (
        "具备信用能力",
        NOW,
        row.valid_until,
    )


def test_a_superseded_report_names_the_one_that_followed(store: Store) -> None:
    known(store)
    old = store.write(issued)
    store.write(lambda s: lifecycle.supersede(s, number(old), DESK))
    new = store.write(lambda s: issued(s, "2", purpose=old.purpose, supersedes_id=old.id))
    report = told(store)[number(old)]
    assert (report.state, report.usable, report.later) == ("有效", True, (number(new),))
    assert [change.word for change in report.changes] == ["被替代"]


def test_a_manifest_is_of_all_lots_or_of_one(store: Store) -> None:
    known(store, lots=[lot_data("A"), lot_data("B")])
    rows = {lot: store.write(lambda s, lot=lot: issued(s, lot, lot=lot)) for lot in "AB"}  # type: ignore[misc]
    store.write(lambda s: drafted(s, "draft", lot="A"))
    assert list(told(store)) == sorted(map(number, rows.values()))
    assert list(told(store, scope=Scope(USE.project, lot="B"))) == [number(rows["B"])]
    assert refused(store, CLOSES, Scope(USE.project, lot="C"))[0] == "E0306"
    both, one = (
        store.read(lambda s, lot=lot: manifest(s, AGENCY, Scope(USE.project, lot=lot), CLOSES)).lots  # type: ignore[misc]
        for lot in (None, "A")
    )
    assert (both, one) == (("A", "B"), ("A",))


def test_another_round_has_a_manifest_of_its_own(store: Store) -> None:
    known(store)
    known(store, round=2, bid_deadline="2027-01-10T10:00:00+08:00")
    first = store.write(issued)
    assert list(told(store, scope=Scope(USE.project, 1))) == [number(first)]
    assert refused(store, CLOSES)[0] == "E1106"
    assert told(store, CLOSES + timedelta(days=40)) == {}


def test_a_manifest_of_an_unknown_project_is_none(store: Store) -> None:
    assert refused(store, CLOSES, Scope("没有的项目"))[0] == "E0351"


def test_a_long_list_is_whole(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "_MOST", 1)
    known(store)
    for name in "123":
        store.write(lambda s, n=name: issued(s, n))  # type: ignore[misc]
    assert len(told(store)) == 3
