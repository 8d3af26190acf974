"""What the register says of a file that is checked, and of a paper, on both databases."""

from datetime import timedelta

import pytest

from reportgen.certify.facts import Change, RegisterFacts, Source
from reportgen.errors import ReportgenError
from reportgen.registry import lifecycle, verification
from reportgen.registry.events import Tag
from reportgen.registry.marks import mark
from reportgen.registry.numbers import verification_code
from reportgen.registry.tables import ReportRow, State
from reportgen.registry.view import Party
from reportgen.store.engine import Store
from reportgen.store.projects import import_project
from reportgen.store.tables import AgencyRow
from tests.factories import project
from tests.registry.lives import DESK, NOW, OWNER, SECRET, SHA, SUBJECT, USE, at, brought_to, issued, numbered

TODAY = NOW.date()
ANOTHER = "b" * 64


def said(store: Store, sha256: str = SHA, number: str = "", days: int = 0) -> RegisterFacts:
    when = NOW + timedelta(days=days)
    return store.read(lambda s: verification.facts(s, sha256, number, when))


def code_of(row: ReportRow) -> str:
    return verification_code(SECRET, str(row.number))


def paper(store: Store, number: str, code: str) -> verification.Paper:
    return store.read(lambda s: verification.paper(s, number, code, NOW))


def test_a_file_is_found_by_its_hash(store: Store) -> None:
    row = store.write(lambda s: issued(s, round=2, lot="A"))
    assert said(store) == RegisterFacts(
        source=Source.REGISTER,
        as_of=NOW,
        agency="",
        number=str(row.number),
        sha256=SHA,
        state="有效",
        usable=True,
        project=USE.project,
        round=2,
        lot="A",
        recipient=OWNER,
        valid_until=TODAY + timedelta(days=90),
    )


def test_the_book_bears_the_agencys_name(store: Store) -> None:
    agency = AgencyRow(
        uscc=SUBJECT,
        name="样例",
        filing_number="1",
        filing_authority="1",
        filing_since=TODAY,
        filing_until=TODAY,
    )
    store.write(lambda s: s.add(agency))
    assert said(store) == RegisterFacts(Source.REGISTER, NOW, "样例")


def test_an_altered_file_is_found_by_the_number_it_bears(store: Store) -> None:
    row = store.write(issued)
    found = said(store, ANOTHER, str(row.number))
    assert (found.number, found.sha256) == (row.number, SHA)
    assert said(store, ANOTHER, "XY-1") == RegisterFacts(Source.REGISTER, NOW, "")


@pytest.mark.parametrize("state", [State.RENDERING, State.VOID, State.DRAFT])
def test_what_was_never_issued_is_not_known(store: Store, state: State) -> None:
    row = brought_to(store, state)
    assert said(store, SHA, str(row.number)) == RegisterFacts(Source.REGISTER, NOW, "")


@pytest.mark.parametrize(
    ("state", "word", "used"),
    [
        (State.CONSUMED, "已核销", True),
        (State.ARCHIVED, "已归档", True),
        (State.REVOKED, "已撤销", False),
        (State.EXPIRED, "已过期", False),
    ],
)
def test_the_state_is_the_registers_own_word(store: Store, state: State, word: str, used: bool) -> None:
    brought_to(store, state)
    found = said(store)
    assert (found.state, found.usable, found.used) == (word, False, used)
    assert found.consumed_at == (NOW if used else None)


def test_a_date_that_has_passed_needs_nobody_to_say_so(store: Store) -> None:
    store.write(lambda s: issued(s, days=5))
    assert (said(store, days=5).state, said(store, days=6).state) == ("有效", "已过期")


def test_what_changed_since_issue_comes_with_it(store: Store) -> None:
    old = store.write(issued)
    assert old.id is not None
    store.write(lambda s: mark(s, [old.id or 0], Tag.REPORT_MARK_DISPUTE, at(days=1)))
    store.write(lambda s: lifecycle.supersede(s, str(old.number), DESK))
    new = store.write(lambda s: issued(s, "1b", supersedes_id=old.id, purpose="投标 1"))
    found = said(store, ANOTHER, str(old.number))
    assert found.usable
    assert found.changes == (Change("异议中", NOW + timedelta(days=1)), Change("被替代", NOW))
    assert found.later == (str(new.number),)


def test_a_paper_is_told_the_few_facts_to_compare(store: Store) -> None:
    store.write(lambda s: import_project(s, project(id=USE.project, name="样例项目"), NOW))
    row = store.write(issued)
    found = paper(store, str(row.number), code_of(row).lower())
    assert (found.applicant, found.project_name) == ((Party(SUBJECT, ""),), "样例项目")
    assert (found.conclusion, found.pages, found.issued_at) == ("具备信用能力", 18, NOW)
    assert (found.book.project, found.book.state) == (USE.project, "有效")


def test_a_paper_is_not_told_who_used_it_and_when(store: Store) -> None:
    row = brought_to(store, State.CONSUMED)
    book = paper(store, str(row.number), code_of(row)).book
    assert (book.state, book.consumed_at, book.recipient) == ("已核销", None, "")


def test_a_wrong_code_and_an_unknown_number_are_answered_alike(store: Store) -> None:
    row, other = store.write(issued), store.write(lambda s: numbered(s, "2"))
    never = verification_code(SECRET, "XY20261122AAAAAAAA-A")
    wrong = [
        (str(row.number), never),
        (str(row.number), code_of(other)),
        ("XY20261122AAAAAAAA-A", never),
        ("XY20261122AAAAAAAA-A", code_of(row)),
        (str(other.number), code_of(other)),
    ]
    for number, code in wrong:
        with pytest.raises(ReportgenError) as caught:
            paper(store, number, code)
        assert caught.value.code == "E0505"
        assert caught.value.text().replace(number, "N") == ReportgenError("E0505", number="N").text()
