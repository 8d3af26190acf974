"""What the office must forget is readable nowhere in its facts; what it may keep stays as it was."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from reportgen.errors import ReportgenError
from reportgen.store.engine import Store
from reportgen.store.erase import (
    Due,
    due,
    erase_due,
    erase_record,
    erase_subject,
    erase_version,
    old_subjects,
    old_versions,
    readable_subjects,
    scrub,
)
from reportgen.store.facts import (
    find_subjects,
    import_subject,
    subject_at,
    subject_by_hash,
    versions,
)
from reportgen.store.tables import CheckRow, SnapshotRow
from reportgen.subject.canonical import canonical, sha256
from reportgen.subject.model import Subject
from reportgen.subject.records import RecordKind, Severity
from reportgen.subject.window import KeptFrom, Retention, Window
from tests.factories import (
    PARTNER_USCC,
    SUBJECT_USCC,
    Data,
    made_up_uscc,
    person_data,
    record_data,
    source_data,
    subject,
)

NOW = datetime(2026, 11, 21, 9, 30)
HOUR = timedelta(hours=1)
LATER = NOW + timedelta(days=1)
CHECK = {"by": "核验员甲", "how": "查验原件", "on": "2026-11-19"}
numbers = iter(range(1000, 10**6))


def span(on: date) -> Window:
    limits = {Severity.SLIGHT: 0, Severity.ORDINARY: 12, Severity.SERIOUS: 36, Severity.GRAVE: 36}
    return Window(
        start=date(on.year - 3, on.month, on.day),
        end=on,
        judged_on=on,
        publicity=limits,
        default_severity={RecordKind.PENALTY: Severity.ORDINARY},
    )


def secret(name: str = "R1", **changes: Any) -> Data:
    """Return a record whose text is found again wherever it still stands."""
    return record_data(**{"id": name, "title": f"机密决定{name}", **changes})


def learn(store: Store, *records: Data, hours: int = 0, uscc: str = SUBJECT_USCC, **more: Any) -> str:
    known = subject(uscc=uscc, records=list(records), **more)
    return store.write(lambda session: import_subject(session, known, NOW + HOUR * hours)).sha256


def rows(store: Store, uscc: str = SUBJECT_USCC) -> list[SnapshotRow]:
    found = select(SnapshotRow).where(SnapshotRow.uscc == uscc).order_by(col(SnapshotRow.id))
    return store.read(lambda session: list(session.exec(found).all()))


def shown(store: Store, name: str = "R1", uscc: str = SUBJECT_USCC) -> list[bool]:
    """Return for each version, the oldest first, whether the text of a record can be read in it."""
    return [f"机密决定{name}" in (row.content or "") for row in rows(store, uscc)]


def erased(store: Store, on: datetime = LATER, uscc: str = SUBJECT_USCC) -> Due:
    """Erase what is due, which is what was said to be due; nothing is due any more then."""
    said = store.read(lambda session: due(session, uscc, lambda _: span(on.date())))
    done = store.write(lambda session: erase_due(session, uscc, lambda _: span(on.date()), on))
    assert done == said
    assert store.read(lambda session: due(session, uscc, lambda _: span(on.date()))).earlier == ()
    return done


def checks(store: Store) -> list[str]:
    return [row.fact for row in store.read(lambda session: session.exec(select(CheckRow)).all())]


def test_a_record_that_is_deleted_is_readable_in_no_version(store: Store) -> None:
    learn(store, secret("R1", verification=CHECK), secret("R2"))
    learn(store, secret("R1", verification=CHECK, amount="1"), secret("R2"), hours=1)
    assert store.write(lambda session: erase_record(session, SUBJECT_USCC, "R1", LATER)) == 2
    assert shown(store, "R1") == [False, False]
    assert shown(store, "R2") == [True, True]
    assert checks(store) == []
    assert store.write(lambda session: erase_record(session, SUBJECT_USCC, "R1", LATER)) == 0


def test_any_other_fact_of_a_list_can_be_deleted_as_well(store: Store) -> None:
    learn(store, people=[person_data()])
    store.write(lambda session: erase_record(session, SUBJECT_USCC, "P1", LATER))
    assert store.read(lambda session: subject_at(session, SUBJECT_USCC)).people == ()


def test_of_what_was_taken_out_the_hash_stays_beside_that_of_what_is_left(store: Store) -> None:
    learned = learn(store, secret(), secret("R2"))
    store.write(lambda session: erase_record(session, SUBJECT_USCC, "R1", LATER))
    (row,) = rows(store)
    assert (row.sha256, row.erased_at) == (learned, LATER)
    assert row.redacted_sha256 == sha256(row.content or "") != learned
    left = store.read(lambda session: subject_at(session, SUBJECT_USCC))
    assert canonical(left) == canonical(subject(records=[secret("R2")]))


def test_facts_are_found_by_the_hash_of_what_was_learned_only_while_all_of_them_are_there(
    store: Store,
) -> None:
    learned = learn(store, secret())
    assert store.read(lambda s: subject_by_hash(s, SUBJECT_USCC, learned)) == subject(records=[secret()])
    store.write(lambda session: erase_record(session, SUBJECT_USCC, "R1", LATER))
    assert store.read(lambda s: subject_by_hash(s, SUBJECT_USCC, learned)) is None


def test_what_was_erased_does_not_come_back_with_the_same_file(store: Store) -> None:
    learn(store, secret())
    store.write(lambda session: erase_record(session, SUBJECT_USCC, "R1", LATER))
    learn(store, secret(), hours=48)
    assert shown(store) == [False]


@pytest.mark.parametrize(
    ("newer", "left"),
    [
        ([], [False, False]),
        ([secret(state="已修复", repaired_on="2026-11-20")], [False, True]),
        ([secret(state="已撤销", revoked_on="2026-11-20")], [False, True]),
        ([secret(state="异议中", disputed_on="2026-11-20")], [True, True]),
        ([secret(amount="1")], [True, True]),
    ],
    ids=["deleted", "repaired", "revoked", "disputed", "corrected"],
)
def test_repair_and_deletion_reach_the_earlier_versions(
    store: Store, newer: list[Data], left: list[bool]
) -> None:
    learn(store, secret())
    learn(store, *newer, hours=1)
    assert erased(store).earlier == (() if left[0] else ("R1",))
    assert shown(store) == left


@pytest.mark.parametrize(("on", "left"), [(date(2027, 6, 1), True), (date(2027, 6, 2), False)])
def test_what_the_rules_no_longer_let_be_published_is_taken_out_the_day_after(
    store: Store, on: date, left: bool
) -> None:
    learn(store, secret(determined_on="2026-06-01"))
    learn(store, secret(determined_on="2026-06-01", amount="1"), hours=1)
    assert erased(store, datetime.combine(on, datetime.min.time())).gone == ()
    assert shown(store) == [left, True]


def test_a_check_goes_with_its_record_and_stays_while_what_counts_still_holds_it(store: Store) -> None:
    both = {"verification": CHECK}
    learn(store, secret("R1", **both), secret("R2", **both))
    learn(store, secret("R1", state="已修复", repaired_on="2026-11-20", **both), hours=1)
    assert erased(store).earlier == ("R1", "R2")
    assert checks(store) == ["R1"]


def test_praise_and_every_other_fact_stay_as_they_were(store: Store) -> None:
    learn(store, secret(kind="诚信荣誉"), people=[person_data()])
    learn(store, hours=1)
    assert erased(store) == Due((), ())
    assert shown(store) == [True, False]


def test_the_version_that_counts_rules_and_not_the_one_learned_last(store: Store) -> None:
    learn(store, secret())
    learn(store, as_of="2026-11-01", hours=1)
    assert erased(store).earlier == ()
    learn(store, secret("R2"), as_of="2026-11-02", hours=2)
    assert erased(store).earlier == ("R2",)
    assert shown(store, "R1") == [True, False, False]


def test_the_subjects_of_whom_anything_can_be_read_are_looked_through(store: Store) -> None:
    for uscc in (SUBJECT_USCC, PARTNER_USCC):
        learn(store, secret(), uscc=uscc)
        learn(store, hours=1, uscc=uscc)
    assert store.read(readable_subjects) == [SUBJECT_USCC, PARTNER_USCC]
    store.write(lambda session: erase_subject(session, SUBJECT_USCC, LATER))
    assert store.read(readable_subjects) == [PARTNER_USCC]
    assert store.read(lambda session: due(session, SUBJECT_USCC, lambda _: span(NOW.date()))) == Due((), ())


@pytest.mark.parametrize(
    ("newer", "gone"),
    [
        ([secret(state="已修复", repaired_on="2026-11-20")], True),
        ([secret(state="已撤销", revoked_on="2026-11-20")], True),
        ([secret(state="异议中", disputed_on="2026-11-20")], False),
        ([secret(amount="1")], False),
        ([], True),
        ([secret("R9")], True),
        ([secret("R9", title="机密决定R1")], False),
    ],
    ids=["repaired", "revoked", "disputed", "corrected", "off the list", "another", "under another id"],
)
def test_an_adverse_record_is_gone_once_it_was_repaired_revoked_or_taken_off_a_closed_list(
    store: Store, newer: list[Data], gone: bool
) -> None:
    learn(store, secret())
    learn(store, *newer, hours=1, sources=[source_data(complete_for=["records"])])
    assert erased(store).gone == (("R1",) if gone else ())


@pytest.mark.parametrize(
    "source",
    [
        {},
        {"complete_for": ["records"], "origin": "自主申报"},
        {"complete_for": ["records"], "complete_since": "2026-06-02"},
        {"complete_for": ["民事裁判", "刑事处罚"]},
    ],
    ids=["no list", "the subject's own list", "a list that begins later", "a list of other records"],
)
def test_that_a_record_is_missing_says_nothing_where_no_closed_list_reaches_it(
    store: Store, source: Data
) -> None:
    learn(store, secret(determined_on="2026-06-01"))
    learn(store, hours=1, sources=[source_data(**source)])
    assert erased(store) == Due(("R1",), ())


def test_what_goes_because_its_publicity_is_over_is_not_gone_from_reports(store: Store) -> None:
    learn(store, secret(determined_on="2025-06-01"))
    learn(store, hours=1, sources=[source_data(complete_for=["records"])])
    assert erased(store) == Due(("R1",), ())


def test_what_may_no_longer_be_looked_up_is_gone_though_it_still_counts(store: Store) -> None:
    learn(store, secret(determined_on="2026-06-01"))
    held = Retention(years=5, kept_from=KeptFrom.DETERMINED)
    on = date(2031, 6, 2)
    found = store.read(lambda s: due(s, SUBJECT_USCC, lambda _: replace(span(on), retention=held)))
    assert found == Due((), ("R1",))


@pytest.mark.parametrize(
    "other", [{"kind": "诚信荣誉"}, {"kind": "行政许可"}, {"kind": "民事裁判", "against": False}]
)
def test_what_burdens_nobody_is_never_gone_from_reports(store: Store, other: Data) -> None:
    learn(store, secret(**other))
    learn(store, secret(**other, state="已撤销", revoked_on="2026-11-20"), hours=1)
    assert erased(store).gone == ()


def test_the_rules_are_those_of_the_region_in_which_the_subject_is_registered(store: Store) -> None:
    learn(store, secret())
    asked: list[str] = []

    def spans(region: str) -> Window:
        asked.append(region)
        return span(NOW.date())

    store.read(lambda session: due(session, SUBJECT_USCC, spans))
    assert asked == ["990102"]


@st.composite
def histories(draw: st.DrawFn) -> list[list[Data]]:
    states: list[Data] = [
        {},
        {"state": "已修复", "repaired_on": "2026-11-20"},
        {"state": "已撤销", "revoked_on": "2026-11-20"},
        {"determined_on": "2024-06-01"},
        {"fulfilment": "全部未履行", "determined_on": "2020-06-01"},
    ]
    names = st.sets(st.sampled_from(["R1", "R2", "R3"]))
    return [
        [secret(name, **draw(st.sampled_from(states))) for name in sorted(draw(names))]
        for _ in range(draw(st.integers(1, 4)))
    ]


@given(history=histories())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_afterwards_no_earlier_version_tells_more_than_what_counts_lets_be_seen(
    store: Store, history: list[list[Data]]
) -> None:
    uscc = made_up_uscc(next(numbers))
    for hours, records in enumerate(history):
        learn(store, *records, uscc=uscc, hours=hours)
    before = store.read(lambda session: subject_at(session, uscc))
    taken = set(erased(store, uscc=uscc).earlier)
    *earlier, last = [Subject.model_validate_json(row.content or "") for row in rows(store, uscc)]
    kept = {
        record.id for record in before.records if record.repaired_on is None and record.revoked_on is None
    }
    assert last == before
    for version in earlier:
        assert {record.id for record in version.records} <= kept - taken
    assert [row.sha256 for row in rows(store, uscc)] == [
        version.sha256 for version in reversed(store.read(lambda session: versions(session, uscc)))
    ]


def retain(store: Store, before: date, spared: frozenset[str] = frozenset()) -> list[str]:
    def work(session: Session) -> list[str]:
        old = old_subjects(session, before, spared)
        for uscc in old:
            erase_subject(session, uscc, LATER)
        return old

    return store.write(work)


@pytest.mark.parametrize(("before", "gone"), [(NOW.date(), False), (NOW.date() + timedelta(days=1), True)])
def test_a_subject_of_whom_nothing_was_learned_since_a_day_is_forgotten(
    store: Store, before: date, gone: bool
) -> None:
    learned = learn(store, secret(verification=CHECK), former_names=["样本旧名有限公司"])
    assert retain(store, before) == ([SUBJECT_USCC] if gone else [])
    assert shown(store) == [not gone]
    assert bool(checks(store)) is not gone
    assert len(store.read(find_subjects)) == (0 if gone else 1)
    assert store.read(lambda session: find_subjects(session, "旧名")) == [] or not gone
    (version,) = store.read(lambda session: versions(session, SUBJECT_USCC))
    assert (version.sha256, version.readable) == (learned, not gone)
    if gone:
        with pytest.raises(ReportgenError, match=r"E0350[\s\S]*依规删除"):
            store.read(lambda session: subject_at(session, SUBJECT_USCC))
    assert retain(store, before) == []


def test_a_subject_is_spared_where_a_report_of_it_must_be_kept(store: Store) -> None:
    learn(store, secret())
    learn(store, uscc=PARTNER_USCC)
    assert retain(store, date(2027, 1, 1), frozenset({SUBJECT_USCC})) == [PARTNER_USCC]
    assert shown(store) == [True]


def test_a_forgotten_subject_may_be_learned_again(store: Store) -> None:
    learn(store, secret())
    retain(store, date(2027, 1, 1))
    learn(store, secret(), hours=48)
    assert shown(store) == [False, True]
    assert len(store.read(find_subjects)) == 1


def outdate(store: Store, before: date, spared: frozenset[str] = frozenset()) -> int:
    def work(session: Session) -> int:
        old = old_versions(session, before, spared)
        for version in old:
            erase_version(session, version, LATER)
        return len(old)

    return store.write(work)


def test_an_old_version_goes_whole_unless_it_counts_or_is_spared(store: Store) -> None:
    first = learn(store, secret("R1", verification=CHECK), secret("R2", verification=CHECK))
    learn(store, secret("R2", amount="1", verification=CHECK), hours=1)
    learn(store, secret("R2", amount="2"), hours=72)
    assert outdate(store, NOW.date()) == 0
    assert outdate(store, LATER.date(), frozenset({first})) == 1
    assert shown(store, "R2") == [True, False, True]
    assert outdate(store, LATER.date()) == 1
    assert shown(store, "R2") == [False, False, True]
    assert checks(store) == ["R2"]
    assert outdate(store, date(2030, 1, 1)) == 0
    assert [row.redacted_sha256 for row in rows(store)] == [None] * 3
    assert rows(store)[0].sha256 == first


def test_after_scrubbing_no_file_of_the_database_holds_what_was_erased(store: Store, tmp_path: Path) -> None:
    learn(store, secret(content="长" * 4000), secret("R2", content="长" * 4000))
    store.write(lambda session: erase_record(session, SUBJECT_USCC, "R1", LATER))
    scrub(store)
    held = b"".join(path.read_bytes() for path in tmp_path.glob("office.db*"))
    assert "机密决定R1".encode() not in held
    assert ("机密决定R2".encode() in held) == (store.engine.dialect.name == "sqlite")


def test_the_log_is_not_emptied_while_somebody_reads(store: Store) -> None:
    learn(store, secret())
    if store.engine.dialect.name == "sqlite":
        quick = Store(store.engine.execution_options(writes=False))
        with quick.engine.connect() as reader:
            reader.exec_driver_sql("SELECT count(*) FROM snapshot").scalar()
            learn(store, secret("R2"), hours=1)
            with quick.engine.connect() as other:
                other.exec_driver_sql("PRAGMA busy_timeout = 1")
            with pytest.raises(ReportgenError, match="E0903"):
                scrub(store)
    scrub(store)
