"""Statistics of a quarter: to the second, by what was issued and by what was used."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlmodel import Session

from reportgen.errors import ReportgenError
from reportgen.registry import lifecycle
from reportgen.registry.tables import Kind
from reportgen.registry.usage import HEADS, Line, quarter, table, usage, workbook
from reportgen.store.engine import Store
from tests.registry.lives import DESK, OTHER, OWNER, USE, issued, request

SECOND = timedelta(seconds=1)
START, END = quarter("2026Q4")
CELLS = ("信用报告", "工程招标投标", "样例学校", OWNER, "具备信用能力")


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2026Q1", "2026-01-01", "2026-04-01"),
        ("2026Q2", "2026-04-01", "2026-07-01"),
        ("2026Q3", "2026-07-01", "2026-10-01"),
        ("2026Q4", "2026-10-01", "2027-01-01"),
    ],
)
def test_a_quarter_begins_and_ends_at_midnight(text: str, since: str, until: str) -> None:
    assert quarter(text) == (datetime.fromisoformat(since), datetime.fromisoformat(until))


@pytest.mark.parametrize("text", ["2026Q0", "2026Q5", "2026q3", "26Q3", "2026Q3 ", "", "0000Q1", "9999Q4"])
def test_what_is_no_quarter_is_wrong_use(text: str) -> None:
    with pytest.raises(ReportgenError) as caught:
        quarter(text)
    assert caught.value.code == "E0201"


@given(st.integers(2000, 2998), st.integers(1, 3))
def test_quarters_follow_without_gap(year: int, number: int) -> None:
    assert quarter(f"{year}Q{number}")[1] == quarter(f"{year}Q{number + 1}")[0]
    assert quarter(f"{year}Q4")[1] == quarter(f"{year + 1}Q1")[0]


def at(session: Session, name: str, when: datetime, used: datetime | None = None, **changes: object) -> None:
    row = issued(session, name, days=3650, **changes)
    row.issued_at = when
    if used is not None:
        row.state, row.consumed_at, row.consumed_by = "CONSUMED", used, OWNER
    session.flush()


def counted(store: Store, name: str = "2026Q4") -> tuple[Line, ...]:
    since, until = quarter(name)
    return store.read(lambda s: usage(s, since, until))


@pytest.mark.parametrize(
    ("when", "counts"),
    [
        (START - SECOND / 1000, False),
        (START, True),
        (END - SECOND, True),
        (END - SECOND / 1000, True),
        (END, False),
    ],
)
def test_the_boundaries_of_a_quarter_hold_to_the_second(store: Store, when: datetime, counts: bool) -> None:
    store.write(lambda s: at(s, "1", when))
    assert counted(store) == ((Line(*CELLS, 1, 0),) if counts else ())


def test_issue_and_use_count_in_the_quarter_of_each(store: Store) -> None:
    store.write(lambda s: at(s, "1", START - SECOND, START))
    store.write(lambda s: at(s, "2", END - SECOND, END))
    assert counted(store) == (Line(*CELLS, 1, 1),)
    assert counted(store, "2026Q3") == (Line(*CELLS, 1, 0),)
    assert counted(store, "2027Q1") == (Line(*CELLS, 0, 1),)


def test_a_use_taken_back_is_no_use(store: Store) -> None:
    row = store.write(issued)
    number = str(row.number)
    store.write(lambda s: lifecycle.consume(s, number, USE, DESK))
    assert counted(store) == (Line(*CELLS, 1, 1),)
    store.write(lambda s: lifecycle.annul(s, number, "office", "second", DESK))
    assert counted(store) == (Line(*CELLS, 1, 0),)


def test_what_was_issued_counts_whatever_became_of_it(store: Store) -> None:
    row = store.write(issued)
    store.write(lambda s: lifecycle.revoke(s, str(row.number), "FRAUD", DESK))
    assert counted(store) == (Line(*CELLS, 1, 0),)


def test_groups_are_by_document_matter_recipient_and_conclusion(store: Store) -> None:
    def several(session: Session) -> None:
        at(session, "1", START)
        at(session, "2", START)
        at(session, "3", START, conclusion="LIMITED")
        at(session, "4", START, matter="政府采购")
        at(session, "5", START, kind=Kind.GRADE, conclusion="A")
        lifecycle.ask(session, request("6", recipient=OTHER, recipient_name="代理"), DESK)
        at(session, "6", START, recipient=OTHER)

    store.write(several)
    assert sorted(line.cells() for line in counted(store)) == sorted(
        [
            (*CELLS, 2, 0),
            (*CELLS[:4], "信用能力一般", 1, 0),
            ("信用报告", "政府采购", *CELLS[2:], 1, 0),
            ("综合信用等级证书", *CELLS[1:4], "A", 1, 0),
            ("信用报告", "工程招标投标", "代理", OTHER, "具备信用能力", 1, 0),
        ]
    )


def test_a_recipient_is_called_by_the_name_it_had_last(store: Store) -> None:
    store.write(issued)
    store.write(lambda s: lifecycle.ask(s, request("later", recipient_name="新名学校"), DESK))
    assert [line.recipient_name for line in counted(store)] == ["新名学校"]


LINES = (Line(*CELLS, 3, 1), Line("信用报告", "政府采购", "=HYPERLINK(1)", OTHER, "信用能力一般", 1, 0))
PLAIN = [
    [*CELLS, 3, 1],
    ["信用报告", "政府采购", "'=HYPERLINK(1)", OTHER, "信用能力一般", 1, 0],
]


def test_a_workbook_holds_the_lines_under_their_heads_and_no_formula() -> None:
    sheet = load_workbook(io.BytesIO(workbook(LINES, "2026Q4")))["2026Q4"]
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == [list(HEADS), *PLAIN]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_table_holds_the_same_and_says_that_it_is_utf_8() -> None:
    content = table(LINES)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows == [list(HEADS), *([str(cell) for cell in line] for line in PLAIN)]


def test_a_quarter_without_anything_has_no_lines(store: Store) -> None:
    assert counted(store, "2031Q1") == ()
    assert table(()).decode("utf-8-sig").strip() == ",".join(HEADS)
